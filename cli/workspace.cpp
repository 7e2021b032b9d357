#include "cli/workspace.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/command.h"

namespace tollgate::cli {
namespace fs = std::filesystem;

namespace {

// A carrier file over this is refused before it is read: the compiler's own limit is lower and gives the better message for the rest.
constexpr uintmax_t kFileMax = 64u * 1024 * 1024;

Error cannot(const std::string& doing, const std::string& path, const std::string& why) {
  return Error{"file", fmt::format("cannot {} {}: {}", doing, path, why)};
}

void add_folder(const fs::path& folder, std::vector<std::string>& out) {
  std::error_code ec;
  for (fs::recursive_directory_iterator it(folder, fs::directory_options::skip_permission_denied, ec), end; it != end; it.increment(ec)) {
    if (ec) break;
    if (it->is_regular_file(ec) && it->path().extension() == ".carrier") out.push_back(it->path().string());
  }
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
  std::error_code ec;
  if (fs::is_directory(path, ec)) return cannot("read", path, "it is a folder");
  uintmax_t size = fs::file_size(path, ec);
  if (ec) return cannot("read", path, ec.message());
  if (size > kFileMax) return cannot("read", path, fmt::format("it has {} bytes, more than {}", size, kFileMax));
  std::ifstream in(path, std::ios::binary);
  if (!in) return cannot("read", path, std::strerror(errno));
  std::string text(size, '\0');
  in.read(text.data(), static_cast<std::streamsize>(size));
  text.resize(static_cast<size_t>(in.gcount()));
  return text;
}

Result<std::vector<SourceText>> read_sources(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code ec;
    if (!fs::exists(path, ec)) return cannot("read", path, "no such file or folder");
    if (fs::is_directory(path, ec)) {
      size_t before = files.size();
      add_folder(path, files);
      if (files.size() == before) return cannot("read", path, "there is no .carrier file in this folder");
    } else {
      files.push_back(path);
    }
  }
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  std::vector<SourceText> sources;
  for (const std::string& file : files) {
    Result<std::string> text = read_file(file);
    if (!text.ok()) return text.error();
    sources.push_back({file, std::move(text).value()});
  }
  return sources;
}

std::vector<std::string> with_tests_beside(const std::vector<std::string>& paths) {
  constexpr std::string_view kTests = ".test.carrier", kFile = ".carrier";
  std::vector<std::string> out;
  for (const std::string& path : paths) {
    out.push_back(path);
    if (!path.ends_with(kFile)) continue;
    const bool tests = path.ends_with(kTests);
    std::string other = path.substr(0, path.size() - (tests ? kTests : kFile).size()) + std::string(tests ? kFile : kTests);
    std::error_code ec;
    if (fs::is_regular_file(other, ec)) out.push_back(std::move(other));
  }
  return out;
}

std::string today() { return fmt::format("{:%F}", fmt::gmtime(std::time(nullptr))); }

int exit_of(const Compilation& compilation) {
  if (compilation.ok()) return kDone;
  return compilation.defective() ? kDefect : kFindings;
}

Status write_file(const std::string& path, std::string_view bytes) {
  std::string temporary = fmt::format("{}.{}.tmp", path, getpid());
  {
    std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (!out) {
      Error error = cannot("write", path, std::strerror(errno));
      std::error_code ignored;
      fs::remove(temporary, ignored);
      return error;
    }
  }
  std::error_code ec;
  fs::rename(temporary, path, ec);
  if (ec) return cannot("write", path, ec.message());
  return Done{};
}

}  // namespace tollgate::cli
