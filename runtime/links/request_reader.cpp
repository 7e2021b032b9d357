#include "runtime/links/request_reader.h"

#include <algorithm>

#include "runtime/base/bug.h"

namespace tollgate {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr size_t kChunkLineMax = 256;
constexpr size_t kLengthDigitsMax = 15;

bool token_char(char c) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || kMarks.find(c) != kMarks.npos;
}

bool token(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), token_char); }

void lower(std::string& text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
}

std::string lowered(std::string_view text) {
  std::string out(text);
  lower(out);
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

RequestReader::Step RequestReader::refuse(uint16_t status) {
  phase_ = Phase::refused;
  refused_ = status;
  keep_alive_ = false;
  buffer_.clear();
  at_ = scanned_ = 0;
  request_ = HttpRequest{};
  return Step::refused;
}

RequestReader::Step RequestReader::next() {
  Step step = Step::complete;
  Phase before;
  do {
    before = phase_;
    switch (phase_) {
      case Phase::head: step = read_head(); break;
      case Phase::body: step = read_body(); break;
      case Phase::chunk_line: step = read_chunk_line(); break;
      case Phase::chunk: step = read_chunk(); break;
      case Phase::chunk_end: step = read_chunk_end(); break;
      case Phase::trailers: step = read_trailers(); break;
      case Phase::complete: step = Step::complete; break;
      case Phase::refused: step = Step::refused; break;
    }
  } while (phase_ != before);
  // What was consumed is dropped here, once per call, so that a stream of small chunks costs no quadratic copying.
  if (at_ > 0) {
    buffer_.erase(0, at_);
    scanned_ = scanned_ > at_ ? scanned_ - at_ : 0;
    at_ = 0;
  }
  return step;
}

HttpRequest RequestReader::take() {
  TG_CHECK(phase_ == Phase::complete, "take of an incomplete request");
  phase_ = Phase::head;
  scanned_ = 0;
  expects_ = false;
  HttpRequest taken = std::move(request_);
  request_ = HttpRequest{};
  return taken;
}

bool RequestReader::take_expectation() {
  const bool waiting = expects_ && (phase_ == Phase::body || phase_ == Phase::chunk_line) && unread().empty() && request_.body.empty();
  if (waiting) expects_ = false;
  return waiting;
}

RequestReader::Step RequestReader::read_head() {
  // Empty lines before a request are tolerated (RFC 9112, 2.2), within the limit of a head.
  while (unread().starts_with(kLineEnd)) consume(2);
  const std::string_view bytes = unread();
  const size_t from = std::max(scanned_, at_) - at_;
  const size_t end = bytes.find("\r\n\r\n", from < 3 ? 0 : from - 3);
  if (end == bytes.npos) {
    scanned_ = buffer_.size();
    return bytes.size() > kRequestHeadMax ? refuse(431) : Step::need_more;
  }
  if (end + 4 > kRequestHeadMax) return refuse(431);
  std::string_view head = bytes.substr(0, end);
  refused_ = 400;
  for (bool first = true; first || !head.empty(); first = false) {
    const size_t line_end = head.find(kLineEnd);
    const std::string_view line = head.substr(0, line_end);
    if (!(first ? read_request_line(line) : read_header(line))) return refuse(refused_);
    if (line_end == head.npos) break;
    head.remove_prefix(line_end + 2);
  }
  consume(end + 4);
  framing_bytes_ = 0;
  return read_framing() ? Step::need_more : refuse(refused_);
}

bool RequestReader::read_request_line(std::string_view line) {
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == line.npos || last == first) return false;
  const std::string_view method = line.substr(0, first), target = line.substr(first + 1, last - first - 1), version = line.substr(last + 1);
  if (!token(method) || method.size() > 16) return false;
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    if (version.starts_with("HTTP/")) refused_ = 505;
    return false;
  }
  if (target.size() > kRequestTargetMax) {
    refused_ = 414;
    return false;
  }
  const bool plain = std::all_of(target.begin(), target.end(), [](unsigned char c) { return c > 0x20 && c < 0x7f && c != '#'; });
  if (!target.starts_with('/') || !plain) return false;
  minor_one_ = version == "HTTP/1.1";
  keep_alive_ = minor_one_;
  request_.method = method;
  const size_t question = target.find('?');
  request_.path = target.substr(0, question);
  if (question != target.npos) request_.query = target.substr(question + 1);
  return true;
}

bool RequestReader::read_header(std::string_view line) {
  if (request_.headers.size() == kRequestHeadersMax) {
    refused_ = 431;
    return false;
  }
  const size_t colon = line.find(':');
  // A space before the colon, and a line that begins with one (folding), are not tokens.
  if (colon == line.npos || !token(line.substr(0, colon))) return false;
  const std::string_view value = trimmed(line.substr(colon + 1));
  const bool plain = std::all_of(value.begin(), value.end(), [](unsigned char c) { return c == '\t' || (c >= 0x20 && c != 0x7f); });
  if (!plain) return false;
  request_.headers.emplace_back(line.substr(0, colon), value);
  lower(request_.headers.back().first);
  return true;
}

// Decides how long the body is, or refuses what leaves it open.
bool RequestReader::read_framing() {
  int lengths = 0, encodings = 0, hosts = 0;
  std::string_view length, encoding;
  for (const auto& [name, value] : request_.headers) {
    if (name == "content-length") { ++lengths; length = value; }
    if (name == "transfer-encoding") { ++encodings; encoding = value; }
    if (name == "host") ++hosts;
    if (name == "connection") {
      const std::string wish = lowered(value);
      if (wish.find("close") != wish.npos) keep_alive_ = false;
      else if (wish.find("keep-alive") != wish.npos) keep_alive_ = true;
    }
    if (name == "expect") {
      refused_ = 417;
      if (lowered(value) != "100-continue") return false;
      expects_ = minor_one_;
    }
  }
  refused_ = 400;
  if (lengths > 1 || encodings > 1 || (lengths > 0 && encodings > 0) || hosts > 1 || (minor_one_ && hosts == 0)) return false;
  if (encodings > 0) {
    refused_ = minor_one_ ? 501 : 400;
    if (!minor_one_ || lowered(encoding) != "chunked") return false;
    phase_ = Phase::chunk_line;
    return true;
  }
  if (lengths == 0) {
    phase_ = Phase::complete;
    return true;
  }
  if (length.empty() || !std::all_of(length.begin(), length.end(), [](char c) { return c >= '0' && c <= '9'; })) return false;
  refused_ = 413;
  if (length.size() > kLengthDigitsMax) return false;
  remaining_ = 0;
  for (char c : length) remaining_ = remaining_ * 10 + static_cast<size_t>(c - '0');
  if (remaining_ > body_max_) return false;
  phase_ = remaining_ == 0 ? Phase::complete : Phase::body;
  return true;
}

RequestReader::Step RequestReader::read_body() {
  const std::string_view bytes = unread().substr(0, remaining_);
  request_.body.append(bytes);
  remaining_ -= bytes.size();
  consume(bytes.size());
  if (remaining_ > 0) return Step::need_more;
  phase_ = Phase::complete;
  return Step::complete;
}

// Chunk lines and trailers are bounded together: a body of one-byte chunks with long extensions is no way round the limits.
bool RequestReader::spend_framing(size_t bytes) {
  framing_bytes_ += bytes;
  consume(bytes);
  return framing_bytes_ <= kRequestHeadMax + body_max_;
}

RequestReader::Step RequestReader::read_chunk_line() {
  const std::string_view bytes = unread();
  const size_t end = bytes.find(kLineEnd);
  if (end == bytes.npos) return bytes.size() > kChunkLineMax ? refuse(400) : Step::need_more;
  const std::string_view line = bytes.substr(0, end);
  const size_t digits = static_cast<size_t>(std::find_if(line.begin(), line.end(), [](char c) { return hex_digit(c) < 0; }) - line.begin());
  const std::string_view extension = trimmed(line.substr(digits));
  if (digits == 0 || end > kChunkLineMax || !(extension.empty() || extension.front() == ';')) return refuse(400);
  if (extension.find_first_of("\r\n") != extension.npos) return refuse(400);
  if (digits > kLengthDigitsMax) return refuse(413);
  size_t size = 0;
  for (char c : line.substr(0, digits)) size = size * 16 + static_cast<size_t>(hex_digit(c));
  if (size > body_max_ - request_.body.size()) return refuse(413);
  if (!spend_framing(end + 2)) return refuse(413);
  remaining_ = size;
  phase_ = size == 0 ? Phase::trailers : Phase::chunk;
  return Step::need_more;
}

RequestReader::Step RequestReader::read_chunk() {
  const std::string_view bytes = unread().substr(0, remaining_);
  request_.body.append(bytes);
  remaining_ -= bytes.size();
  consume(bytes.size());
  if (remaining_ > 0) return Step::need_more;
  phase_ = Phase::chunk_end;
  return Step::need_more;
}

RequestReader::Step RequestReader::read_chunk_end() {
  if (unread().size() < 2) return Step::need_more;
  if (!unread().starts_with(kLineEnd)) return refuse(400);
  consume(2);
  phase_ = Phase::chunk_line;
  return Step::need_more;
}

// Trailers are read over: nothing in them is trusted.
RequestReader::Step RequestReader::read_trailers() {
  while (true) {
    const size_t end = unread().find(kLineEnd);
    if (end == std::string_view::npos) return unread().size() > kRequestHeadMax ? refuse(431) : Step::need_more;
    if (!spend_framing(end + 2)) return refuse(431);
    if (end > 0) continue;
    phase_ = Phase::complete;
    return Step::complete;
  }
}

}  // namespace tollgate
