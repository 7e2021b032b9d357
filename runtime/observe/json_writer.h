// JsonWriter: JSON appended to a string, member by member, without a tree. Commas are its business; balance is the caller's.
//
//   JsonWriter w; w.begin().text("id", id).number("version", 3).begin("outcome").text("class", "succeeded").end().end(); w.take()
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tollgate {

// Appends `text` in quotes. Control characters are escaped and bytes that are no UTF-8 replaced, so the result is always one line of JSON.
void append_json_text(std::string& out, std::string_view text);

class JsonWriter {
 public:
  JsonWriter& begin() { return open({}, '{'); }                                   // {  as an element, or the whole
  JsonWriter& begin(std::string_view name) { return open(name, '{'); }            // "name":{
  JsonWriter& begin_list(std::string_view name) { return open(name, '['); }       // "name":[
  JsonWriter& end() { return close('}'); }
  JsonWriter& end_list() { return close(']'); }

  JsonWriter& text(std::string_view name, std::string_view value);
  JsonWriter& number(std::string_view name, int64_t value);
  JsonWriter& boolean(std::string_view name, bool value);
  JsonWriter& raw(std::string_view name, std::string_view json);   // already JSON
  JsonWriter& time(std::string_view name, int64_t wall_us);        // "2026-11-24T10:00:00.123456Z"; left out if 0

  std::string take() { return std::move(out_); }

 private:
  JsonWriter& open(std::string_view name, char bracket);
  JsonWriter& close(char bracket);
  void member(std::string_view name);

  std::string out_;
};

// RFC 3339, UTC, microseconds.
std::string time_text(int64_t wall_us);

}  // namespace tollgate
