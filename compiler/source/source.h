// Source text and places in it. Every later phase speaks of places as Span (bytes), and turns them into lines and columns
// only to show them.
//
//   SourceSet sources;
//   FileId id = sources.add("mtn.carrier", text);
//   LineColumn at = sources.file(id).line_column(span.begin);
//
// A SourceSet owns its files; a SourceFile is immutable after add(), so readers in several threads are safe.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace tollgate {

// Longer files are refused: the longest carrier file we know has 3,000 lines, about 150 KiB.
inline constexpr size_t kSourceBytesMax = 1024 * 1024;

enum class FileId : uint32_t {};

// Half-open range of byte offsets in one file.
struct Span {
  FileId file{};
  uint32_t begin = 0;
  uint32_t end = 0;

  uint32_t size() const { return end - begin; }
  bool empty() const { return begin == end; }
  bool covers(const Span& other) const { return file == other.file && begin <= other.begin && other.end <= end; }
  friend bool operator==(const Span&, const Span&) = default;
};

// The smallest span that holds both; both must be of one file.
Span join(const Span& a, const Span& b);

// Both count from 1; the column counts Unicode code points, so it is what an editor shows when no tab stands before it.
struct LineColumn {
  uint32_t line = 1;
  uint32_t column = 1;
  friend bool operator==(const LineColumn&, const LineColumn&) = default;
};

class SourceFile {
 public:
  SourceFile(FileId id, std::string name, std::string text);

  FileId id() const { return id_; }
  const std::string& name() const { return name_; }
  std::string_view text() const { return text_; }

  // The text of a span of this file; cut to the file's end if the span reaches past it.
  std::string_view text(const Span& span) const;
  Span span(size_t begin, size_t end) const;

  uint32_t line_count() const { return static_cast<uint32_t>(line_starts_.size()); }
  // Line of a byte offset, from 1; offsets past the end belong to the last line.
  uint32_t line_of(uint32_t offset) const;
  LineColumn line_column(uint32_t offset) const;
  // Bytes of a line without its line break; empty for a line that is not there.
  std::string_view line_text(uint32_t line) const;
  uint32_t line_begin(uint32_t line) const;

 private:
  FileId id_;
  std::string name_;
  std::string text_;
  std::vector<uint32_t> line_starts_;
};

class SourceSet {
 public:
  // Takes the text over; the name is what diagnostics show (a path as the user wrote it).
  FileId add(std::string name, std::string text);
  // Another text under the same id and name. Trees and views of the old text are void; those of other files stay good.
  void replace(FileId id, std::string text);
  const SourceFile& file(FileId id) const;
  size_t size() const { return files_.size(); }

 private:
  std::deque<SourceFile> files_;  // a deque: references to files stay good while more are added
};

}  // namespace tollgate
