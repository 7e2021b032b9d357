// RequestReader: HTTP/1.1 requests out of a stream of bytes, strictly. What two readers could understand differently (two lengths, a length
// beside chunks, a bare line feed, folded headers) is refused, for between a proxy and us that difference is how requests are smuggled.
// Pure: no socket, no clock.
//
//   reader.append(bytes);
//   while (reader.next() == RequestReader::Step::complete) { HttpRequest r = reader.take(); … }
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "runtime/links/http_message.h"

namespace tollgate {

constexpr size_t kRequestBodyMax = 256 * 1024;
constexpr size_t kRequestHeadMax = 16 * 1024;   // request line and headers; also all of a body's chunk lines and trailers
constexpr size_t kRequestTargetMax = 4 * 1024;
constexpr size_t kRequestHeadersMax = 100;

class RequestReader {
 public:
  enum class Step : uint8_t { need_more, complete, refused };

  explicit RequestReader(size_t body_max = kRequestBodyMax) : body_max_(body_max) {}

  void append(std::string_view bytes) { buffer_.append(bytes); }
  // Reads on as far as the bytes go. `refused` is final: answer refused_status() and close.
  Step next();
  // The complete request; the reader then stands at the next one.
  HttpRequest take();

  // 400, 413, 414, 417, 431, 501 or 505.
  uint16_t refused_status() const { return refused_; }
  // True once after a head that asks for "100 Continue" before it sends its body.
  bool take_expectation();
  // The request under way, or just completed, lets the connection live on.
  bool keep_alive() const { return keep_alive_; }
  // Bytes of a request have come, but not all of it.
  bool in_request() const { return phase_ != Phase::head || !buffer_.empty(); }
  // How much is held: bounded by the limits plus one append.
  size_t held() const { return buffer_.size() + request_.body.size(); }

 private:
  enum class Phase : uint8_t { head, body, chunk_line, chunk, chunk_end, trailers, complete, refused };

  Step refuse(uint16_t status);
  Step read_head();
  Step read_body();
  Step read_chunk_line();
  Step read_chunk();
  Step read_chunk_end();
  Step read_trailers();
  bool read_request_line(std::string_view line);
  bool read_header(std::string_view line);
  bool read_framing();
  bool spend_framing(size_t bytes);
  void consume(size_t bytes) { at_ += bytes; }
  std::string_view unread() const { return std::string_view(buffer_).substr(at_); }

  size_t body_max_;
  std::string buffer_;
  size_t at_ = 0, scanned_ = 0;   // consumed bytes; how far a line's end was already sought
  Phase phase_ = Phase::head;
  HttpRequest request_;
  size_t remaining_ = 0;          // of the body or the chunk
  size_t framing_bytes_ = 0;
  uint16_t refused_ = 0;
  bool keep_alive_ = true, expects_ = false, minor_one_ = true;
};

}  // namespace tollgate
