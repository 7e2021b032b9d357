// Charsets by iconv. Nothing is replaced by something similar: a character that the charset lacks cannot be said.
#include <iconv.h>

#include <array>
#include <cerrno>
#include <string>

#include "runtime/codecs/pairs.h"
#include "runtime/value/utf8.h"

namespace tollgate {
namespace {

constexpr size_t kOpenMax = 4;      // descriptors that one thread keeps
constexpr char kUtf8[] = "UTF-8";

class Converter {
 public:
  Converter() = default;
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  ~Converter() { close(); }

  bool is(const std::string& from, const std::string& to) const { return open_ && from_ == from && to_ == to; }
  bool open(const std::string& from, const std::string& to) {
    close();
    handle_ = iconv_open(to.c_str(), from.c_str());
    open_ = handle_ != reinterpret_cast<iconv_t>(-1);
    from_ = from;
    to_ = to;
    return open_;
  }
  bool run(std::string_view in, std::string& out) {
    iconv(handle_, nullptr, nullptr, nullptr, nullptr);
    char* from = const_cast<char*>(in.data());
    size_t left = in.size();
    char buffer[1024];
    while (left > 0) {
      char* to = buffer;
      size_t room = sizeof buffer;
      const size_t irreversible = iconv(handle_, &from, &left, &to, &room);
      out.append(buffer, static_cast<size_t>(to - buffer));
      if (irreversible == static_cast<size_t>(-1) ? errno != E2BIG : irreversible != 0) return false;
      if (out.size() > kDecodedMax) return false;
    }
    return true;
  }

 private:
  void close() {
    if (open_) iconv_close(handle_);
    open_ = false;
  }
  iconv_t handle_{};
  std::string from_, to_;
  bool open_ = false;
};

bool convert(const std::string& from, const std::string& to, std::string_view in, std::string& out) {
  thread_local std::array<Converter, kOpenMax> converters;
  thread_local size_t next = 0;
  for (Converter& c : converters)
    if (c.is(from, to)) return c.run(in, out);
  Converter& fresh = converters[next++ % kOpenMax];
  return fresh.open(from, to) && fresh.run(in, out);
}

}  // namespace

TG_ENCODE(charset) { return is_utf8(in) && convert(kUtf8, std::string(a[0].view()), in, out); }
TG_DECODE(charset) {
  const size_t start = out.size();
  return convert(std::string(a[0].view()), kUtf8, in, out) && is_utf8(std::string_view(out).substr(start));
}

}  // namespace tollgate
