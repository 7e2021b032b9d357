// gzip, deflate and zip, by zlib and libzip. What is written depends on the bytes alone: no time, no name of a machine.
#include <zip.h>
#include <zlib.h>

#include <memory>

#include "runtime/codecs/pairs.h"

namespace tollgate {
namespace {

constexpr int kGzipWindow = 15 + 16, kZlibWindow = 15, kMemory = 8;
constexpr size_t kChunk = 64 * 1024;

bool deflate_all(int window, std::string_view in, std::string& out) {
  z_stream z{};
  if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window, kMemory, Z_DEFAULT_STRATEGY) != Z_OK) return false;
  const size_t start = out.size();
  out.resize(start + deflateBound(&z, static_cast<uLong>(in.size())));
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
  z.avail_in = static_cast<uInt>(in.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data() + start);
  z.avail_out = static_cast<uInt>(out.size() - start);
  const bool good = deflate(&z, Z_FINISH) == Z_STREAM_END;
  out.resize(start + z.total_out);
  deflateEnd(&z);
  return good;
}

// One stream and nothing after it.
bool inflate_all(int window, std::string_view in, std::string& out) {
  z_stream z{};
  if (inflateInit2(&z, window) != Z_OK) return false;
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
  z.avail_in = static_cast<uInt>(in.size());
  const size_t start = out.size();
  int state = Z_OK;
  while (state == Z_OK && out.size() - start <= kDecodedMax) {
    const size_t at = out.size();
    out.resize(at + kChunk);
    z.next_out = reinterpret_cast<Bytef*>(out.data() + at);
    z.avail_out = static_cast<uInt>(kChunk);
    state = inflate(&z, Z_NO_FLUSH);
    out.resize(at + kChunk - z.avail_out);
    if (state == Z_BUF_ERROR || (state == Z_OK && z.avail_in == 0 && z.avail_out != 0)) break;  // cut short
  }
  const bool good = state == Z_STREAM_END && z.avail_in == 0 && out.size() - start <= kDecodedMax;
  inflateEnd(&z);
  return good;
}

// ---- zip

struct Free {
  void operator()(zip_t* p) const { zip_discard(p); }
  void operator()(zip_file_t* p) const { zip_fclose(p); }
  void operator()(zip_source_t* p) const { zip_source_free(p); }
};
using Archive = std::unique_ptr<zip_t, Free>;
using File = std::unique_ptr<zip_file_t, Free>;
using Source = std::unique_ptr<zip_source_t, Free>;

constexpr zip_uint16_t kDosNewYear1980 = 0x21, kDosMidnight = 0;

bool read_source(zip_source_t* source, std::string& out) {
  if (zip_source_open(source) != 0) return false;
  char buffer[4096];
  zip_int64_t n = 0;
  while ((n = zip_source_read(source, buffer, sizeof buffer)) > 0) out.append(buffer, static_cast<size_t>(n));
  zip_source_close(source);
  return n == 0;
}

bool zip_one(std::string_view name, std::string_view in, std::string& out) {
  zip_error_t error;
  zip_error_init(&error);
  Source made(zip_source_buffer_create(nullptr, 0, 0, &error));
  if (!made) return false;
  zip_source_keep(made.get());  // closing the archive gives one reference back
  Archive archive(zip_open_from_source(made.get(), ZIP_TRUNCATE, &error));
  if (!archive) return zip_source_free(made.get()), false;
  zip_source_t* content = zip_source_buffer(archive.get(), in.data(), in.size(), 0);
  const zip_int64_t at = content == nullptr ? -1 : zip_file_add(archive.get(), std::string(name).c_str(), content, ZIP_FL_ENC_UTF_8);
  if (at < 0) return zip_source_free(content), false;
  if (zip_file_set_dostime(archive.get(), static_cast<zip_uint64_t>(at), kDosMidnight, kDosNewYear1980, 0) != 0) return false;
  if (zip_close(archive.get()) != 0) return false;
  (void)archive.release();
  return read_source(made.get(), out);
}

bool unzip_one(std::string_view in, std::string& out) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(in.data(), in.size(), 0, &error);
  if (source == nullptr) return false;
  Archive archive(zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error));
  if (!archive) return zip_source_free(source), false;
  if (zip_get_num_entries(archive.get(), 0) != 1) return false;
  File file(zip_fopen_index(archive.get(), 0, 0));
  if (!file) return false;
  const size_t start = out.size();
  char buffer[4096];
  zip_int64_t n = 0;
  while ((n = zip_fread(file.get(), buffer, sizeof buffer)) > 0) {
    out.append(buffer, static_cast<size_t>(n));
    if (out.size() - start > kDecodedMax) return false;
  }
  return n == 0;
}

}  // namespace

TG_ENCODE(gzip) { return deflate_all(kGzipWindow, in, out); }
TG_DECODE(gzip) { return inflate_all(kGzipWindow, in, out); }
TG_ENCODE(deflate) { return deflate_all(kZlibWindow, in, out); }
TG_DECODE(deflate) { return inflate_all(kZlibWindow, in, out); }
TG_ENCODE(zip) { return zip_one(a[0].view(), in, out); }
TG_DECODE(zip) { return unzip_one(in, out); }

}  // namespace tollgate
