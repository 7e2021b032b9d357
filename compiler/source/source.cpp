#include "compiler/source/source.h"

#include <algorithm>

#include "runtime/base/bug.h"

namespace tollgate {

Span join(const Span& a, const Span& b) {
  TG_CHECK(a.file == b.file, "spans of two files cannot be joined");
  return Span{a.file, std::min(a.begin, b.begin), std::max(a.end, b.end)};
}

SourceFile::SourceFile(FileId id, std::string name, std::string text)
    : id_(id), name_(std::move(name)), text_(std::move(text)) {
  line_starts_.push_back(0);
  // Offsets are 32 bits; what lies beyond kSourceBytesMax is refused before anybody asks for its lines.
  const size_t indexed = std::min(text_.size(), kSourceBytesMax);
  for (size_t at = text_.find('\n'); at < indexed; at = text_.find('\n', at + 1)) line_starts_.push_back(static_cast<uint32_t>(at + 1));
}

std::string_view SourceFile::text(const Span& span) const {
  const size_t begin = std::min<size_t>(span.begin, text_.size());
  const size_t end = std::clamp<size_t>(span.end, begin, text_.size());
  return std::string_view(text_).substr(begin, end - begin);
}

Span SourceFile::span(size_t begin, size_t end) const {
  return Span{id_, static_cast<uint32_t>(begin), static_cast<uint32_t>(end)};
}

uint32_t SourceFile::line_of(uint32_t offset) const {
  auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  return static_cast<uint32_t>(after - line_starts_.begin());
}

LineColumn SourceFile::line_column(uint32_t offset) const {
  offset = static_cast<uint32_t>(std::min<size_t>(offset, text_.size()));
  const uint32_t line = line_of(offset);
  uint32_t column = 1;
  for (uint32_t i = line_starts_[line - 1]; i < offset; ++i)
    if ((static_cast<unsigned char>(text_[i]) & 0xC0) != 0x80) ++column;
  return {line, column};
}

uint32_t SourceFile::line_begin(uint32_t line) const {
  if (line == 0) return 0;
  return line > line_count() ? static_cast<uint32_t>(text_.size()) : line_starts_[line - 1];
}

std::string_view SourceFile::line_text(uint32_t line) const {
  if (line == 0 || line > line_count()) return {};
  const size_t begin = line_starts_[line - 1];
  size_t end = line < line_count() ? line_starts_[line] - 1 : text_.size();
  if (end > begin && text_[end - 1] == '\r') --end;
  return std::string_view(text_).substr(begin, end - begin);
}

FileId SourceSet::add(std::string name, std::string text) {
  const FileId id{static_cast<uint32_t>(files_.size())};
  files_.emplace_back(id, std::move(name), std::move(text));
  return id;
}

void SourceSet::replace(FileId id, std::string text) {
  TG_CHECK(static_cast<size_t>(id) < files_.size(), "a FileId of another SourceSet");
  SourceFile& file = files_[static_cast<size_t>(id)];
  file = SourceFile(id, file.name(), std::move(text));
}

const SourceFile& SourceSet::file(FileId id) const {
  TG_CHECK(static_cast<size_t>(id) < files_.size(), "a FileId of another SourceSet");
  return files_[static_cast<size_t>(id)];
}

}  // namespace tollgate
