#include "runtime/api/private_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tollgate {
namespace {

class OpenFile {
 public:
  explicit OpenFile(const std::string& path) : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~OpenFile() {
    if (fd_ >= 0) close(fd_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

Result<std::string> read_file(const std::string& path, size_t bytes_max, Privacy privacy) {
  const OpenFile file(path);
  if (file.fd() < 0) return Error{errno == ENOENT ? "file_missing" : "file_unreadable", fmt::format("cannot read {}: {}", path, std::strerror(errno))};
  // The open file is asked, not its name: the name may point elsewhere by now.
  struct stat about{};
  if (fstat(file.fd(), &about) != 0 || !S_ISREG(about.st_mode)) return Error{"file_unreadable", fmt::format("cannot read {}: it is not a file", path)};
  if (privacy == Privacy::owner_only && (about.st_mode & 077) != 0)
    return Error{"file_exposed", fmt::format("{} may be read by others (mode {:04o}): run chmod 600 {}", path, about.st_mode & 07777, path)};
  std::string bytes;
  char buffer[65536];
  while (true) {
    const ssize_t got = read(file.fd(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error{"file_unreadable", fmt::format("cannot read {}: {}", path, std::strerror(errno))};
    if (got == 0) return bytes;
    bytes.append(buffer, static_cast<size_t>(got));
    if (bytes.size() > bytes_max) return Error{"file_too_large", fmt::format("{} is over {} KiB", path, bytes_max / 1024)};
  }
}

}  // namespace tollgate
