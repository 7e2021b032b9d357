// A shape flattened into append operations, once, when its module is loaded.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/bytecode/format.h"
#include "runtime/bytecode/wire.h"
#include "runtime/shapes/codec.h"
#include "runtime/shapes/multipart.h"
#include "runtime/shapes/shapes.h"
#include "runtime/shapes/text_check.h"
#include "runtime/shapes/text_parts.h"
#include "runtime/value/decimal.h"

namespace tollgate {
namespace {

enum class Mode : uint8_t { json, json_part, form, xml, xml_attribute, segment, raw, line, part_name, part_type, csv, csv_alone, fixed };

enum class OpKind : uint8_t {
  bytes,           // append texts[text]
  comma,           // "," unless an object or list has just been opened
  ampersand,       // "&" unless the form has just begun
  row,             // begin a row of separated values
  separator,       // the format's separator unless the row has just begun
  part,            // a part of a multipart begins here
  parts,           // go back to `open` and write the parts with their boundary
  hole,            // append hole `hole` as `mode` says
  skip_unless_any, // go to `to` unless a hole of [first, first + count) of the list is present
  skip_if_present, // go to `to` if hole `hole` is present
  go,              // go to `to`
  open,            // begin the bytes of a codec
  close,           // encode them and append the text as `mode` says
};

// What stands in a codec's parentheses: exactly one of the three.
struct Operand {
  Index hole = kNone, setting = kNone;
  std::string text = {};
};

struct Append {
  OpKind kind = OpKind::bytes;
  Mode mode = Mode::raw;
  Index codec = kNone;    // kNone: the bytes themselves
  uint32_t hole = 0, to = 0, first = 0, count = 0;
  uint32_t width = 0;     // of a hole in a text: exactly so many characters
  CsvFormat format = {};
  std::string text;
  std::vector<Operand> operands;  // close
};

Mode mode_of(ShapeRoot root) {
  switch (root) {
    case ShapeRoot::json: return Mode::json;
    case ShapeRoot::form:
    case ShapeRoot::query: return Mode::form;
    case ShapeRoot::xml: return Mode::xml;
    case ShapeRoot::path: return Mode::segment;
    case ShapeRoot::lines: return Mode::line;
    case ShapeRoot::csv: return Mode::csv;
    case ShapeRoot::fixed: return Mode::fixed;
    default: return Mode::raw;
  }
}

Mode part_of(Mode mode) { return mode == Mode::json ? Mode::json_part : mode; }

// One field of separated values: quoted if it must be. Alone in its row an empty one is quoted, for an empty line is no row.
bool escape_csv(std::string_view text, const CsvFormat& format, bool alone, std::string& out) {
  bool blank_end = !text.empty() && (text.front() == ' ' || text.back() == ' ');
  bool plain = text.find(format.separator) == std::string_view::npos && text.find_first_of("\r\n") == std::string_view::npos &&
               !(format.quoted && text.find(format.quote) != std::string_view::npos) && !(alone && text.empty());
  if (!valid_utf8(text) || (!plain && !format.quoted)) return false;
  if (plain && !(blank_end && format.quoted)) return out += text, true;
  out += format.quote;
  for (char c : text) {
    if (c == format.quote) out += c;
    out += c;
  }
  out += format.quote;
  return true;
}

// False: `text` cannot be said in this mode.
bool escape(std::string_view text, Mode mode, std::string& out, const CsvFormat& format = {}) {
  switch (mode) {
    case Mode::json:
      if (!valid_utf8(text)) return false;
      out += '"';
      escape_json(text, out);
      out += '"';
      return true;
    case Mode::json_part:
      if (!valid_utf8(text)) return false;
      escape_json(text, out);
      return true;
    case Mode::form:
      escape_form(text, out);
      return valid_utf8(text);
    case Mode::xml: return valid_utf8(text) && escape_xml(text, false, out);
    case Mode::xml_attribute: return valid_utf8(text) && escape_xml(text, true, out);
    case Mode::segment:
      escape_percent(text, out);
      return valid_utf8(text) && !text.empty() && text != "." && text != "..";
    case Mode::fixed:
    case Mode::line: out += text; return valid_utf8(text) && text.find_first_of("\r\n") == std::string_view::npos;
    case Mode::part_name: out += text; return valid_utf8(text) && text.find_first_of("\"\\\r\n") == std::string_view::npos;
    case Mode::part_type:
      out += text;
      return valid_utf8(text) && !text.empty() && text.find_first_of("\r\n\t") == std::string_view::npos && text.front() != ' ' && text.back() != ' ';
    case Mode::csv:
    case Mode::csv_alone: return escape_csv(text, format, mode == Mode::csv_alone, out);
    case Mode::raw: out += text; return true;
  }
  return false;
}

}  // namespace

struct Builder::Program {
  std::vector<Append> ops;
  std::vector<uint32_t> lists;        // hole lists of skip_unless_any
  std::vector<std::string> names;     // of holes, for errors
};

namespace {

// What Builder::Program holds, under a name that the compiler of shapes may use.
struct Output {
  std::vector<Append>& ops;
  std::vector<uint32_t>& lists;
};

class Flattener {
 public:
  Flattener(const Module& module, const Shape& shape, Output out) : m_(module), shape_(shape), out_(out) {}

  void run() {
    if (shape_.nodes.empty()) return;
    body(0, shape_.root, shape_.format);
    seal();
  }

 private:
  const ShapeNode& node(Index i) const { return shape_.nodes[i]; }

  // Literal bytes gather until something else is emitted.
  void bytes(std::string_view text) { pending_ += text; }
  size_t emit(Append op) {
    seal();
    out_.ops.push_back(std::move(op));
    return out_.ops.size() - 1;
  }
  void seal() {
    if (pending_.empty()) return;
    Append op;
    op.text = std::move(pending_);
    pending_.clear();
    out_.ops.push_back(std::move(op));
  }
  void land(size_t op) {
    seal();
    out_.ops[op].to = static_cast<uint32_t>(out_.ops.size());
  }

  static bool rows(const ShapeNode& n) { return n.kind == NodeKind::list && (n.flags & kEach) != 0; }

  void body(Index i, ShapeRoot root, Index format) {
    if (rows(node(i)) && root == ShapeRoot::csv) return csv(node(i).children[0], csv_format(m_.text(format)));  // one of them
    if (rows(node(i)) && (root == ShapeRoot::text || root == ShapeRoot::fixed)) return value(node(i).children[0], mode_of(root)), bytes("\n");
    if (root == ShapeRoot::csv) return csv(i, csv_format(m_.text(format)));
    if (root == ShapeRoot::lines) return lines(i, m_.text(format));
    if (root == ShapeRoot::multipart) return multipart(i);
    if (root == ShapeRoot::xml && node(i).kind == NodeKind::object) return xml_document(i);
    if ((root == ShapeRoot::form || root == ShapeRoot::query) && node(i).kind == NodeKind::object) return form(i);
    value(i, mode_of(root));
  }

  void literal(const ShapeNode& n, Mode mode) {
    const Constant& c = m_.constants[n.value];
    std::string text;
    switch (c.kind) {
      case Kind::boolean: text = c.integer != 0 ? "true" : "false"; break;
      case Kind::integer: text = fmt::format("{}", c.integer); break;
      case Kind::decimal: text = to_text(Decimal{c.integer, c.scale}); break;
      default: {
        std::string escaped;
        if (mode == Mode::segment || mode == Mode::raw) escaped = m_.text(c.text);
        else escape(m_.text(c.text), mode, escaped, format_);
        return bytes(escaped);
      }
    }
    bytes(text);
  }

  void hole(Index hole, Mode mode, uint32_t width = 0) {
    Append op;
    op.kind = OpKind::hole;
    op.hole = hole;
    op.mode = mode;
    op.width = width;
    op.format = format_;
    emit(std::move(op));
  }

  void value(Index i, Mode mode) {
    const ShapeNode& n = node(i);
    switch (n.kind) {
      case NodeKind::object: return mode == Mode::json ? json_object(i) : void();
      case NodeKind::list: return mode == Mode::json ? json_list(i) : void();
      case NodeKind::pairs: return mode == Mode::json ? json_pairs(i) : void();
      case NodeKind::literal: return literal(n, mode);
      case NodeKind::null: return bytes(mode == Mode::json ? "null" : "");
      case NodeKind::any: return bytes(mode == Mode::json ? "\"\"" : "");
      case NodeKind::hole: return hole(n.value, mode);
      case NodeKind::alternatives: return alternatives(i, mode);
      case NodeKind::codec: return codec(n, mode);
      case NodeKind::text:
        if (mode == Mode::csv || mode == Mode::csv_alone) return quoted_text(n, mode);
        if (mode == Mode::json) bytes("\"");
        for (Index child : n.children) {
          if (node(child).kind == NodeKind::hole) hole(node(child).value, part_of(mode), node(child).size);
          else value(child, part_of(mode));
        }
        if (mode == Mode::json) bytes("\"");
        return;
      case NodeKind::member:
      case NodeKind::setting:
      case NodeKind::missing: return;
    }
  }

  void codec(const ShapeNode& n, Mode mode) {
    separator(OpKind::open);
    CsvFormat outside = format_;
    if (!n.children.empty()) body(n.children[0], n.root, n.ns);
    format_ = outside;
    std::vector<Operand> operands;
    for (size_t k = 1; k < n.children.size(); k++) operands.push_back(operand(node(n.children[k])));
    close(n.name, mode, std::move(operands));
  }
  void close(Index codec, Mode mode, std::vector<Operand> operands = {}) {
    Append op;
    op.kind = OpKind::close;
    op.codec = codec;
    op.mode = mode;
    op.format = format_;
    op.operands = std::move(operands);
    emit(std::move(op));
  }
  // A field of separated values is quoted as a whole.
  void quoted_text(const ShapeNode& n, Mode mode) {
    separator(OpKind::open);
    for (Index child : n.children) {
      if (node(child).kind == NodeKind::hole) hole(node(child).value, Mode::raw, node(child).size);
      else value(child, Mode::raw);
    }
    close(kNone, mode);
  }

  // A row for the header, if there is one, then the row of values. A column whose member is left out is left out of both.
  void csv(Index i, const CsvFormat& format) {
    format_ = format;
    const ShapeNode& n = node(i);
    Mode mode = n.children.size() == 1 ? Mode::csv_alone : Mode::csv;
    auto separate = [&] {
      Append op;
      op.kind = OpKind::separator;
      op.text = format.separator;
      emit(std::move(op));
    };
    if (n.kind == NodeKind::list) {
      separator(OpKind::row);
      for (Index child : n.children) separate(), value(child, mode);
      return bytes("\r\n");
    }
    auto columns = [&](auto&& write) {
      separator(OpKind::row);
      for (Index child : n.children) member(child, [&](const ShapeNode& m) { separate(), write(m); });
      bytes("\r\n");
    };
    columns([&](const ShapeNode& m) {
      std::string label;
      escape(m_.text(m.name), mode, label, format);
      bytes(label);
    });
    columns([&](const ShapeNode& m) { value(m.children[0], mode); });
  }

  void lines(Index i, std::string_view between) {
    for (Index child : node(i).children) {
      if (node(i).kind == NodeKind::list) value(child, Mode::line), bytes("\n");
      else member(child, [&](const ShapeNode& m) {
        bytes(m_.text(m.name));
        bytes(between);
        value(m.children[0], Mode::line);
        bytes("\n");
      });
    }
  }

  // What a part is, if its content says so.
  std::string_view part_type(const ShapeNode& content) const {
    if (content.kind != NodeKind::codec || content.name != kNone) return {};
    switch (content.root) {
      case ShapeRoot::json: return "application/json";
      case ShapeRoot::xml: return "text/xml; charset=utf-8";
      case ShapeRoot::csv: return "text/csv; charset=utf-8";
      case ShapeRoot::form: return "application/x-www-form-urlencoded";
      default: return {};
    }
  }

  void multipart(Index i) {
    separator(OpKind::open);
    for (Index child : node(i).children)
      member(child, [&](const ShapeNode& m) {
        separator(OpKind::part);
        bytes("Content-Disposition: form-data; name=\"");
        bytes(m_.text(m.name));
        bytes("\"");
        part(m.children[0]);
      });
    separator(OpKind::parts);
  }

  void part(Index i) {
    const ShapeNode& n = node(i);
    Index content = i, type = kNone;
    if (n.kind == NodeKind::object) {
      content = kNone;
      for (Index child : n.children) {
        const ShapeNode& m = node(child);
        if (!(m.flags & kAttribute)) content = m.children[0];
        else if (m_.text(m.name) == "type") type = child;
        else member(child, [&](const ShapeNode& name) { bytes("; filename=\""), value(name.children[0], Mode::part_name), bytes("\""); });
      }
    }
    std::string_view known = content == kNone ? std::string_view() : part_type(node(content));
    if (type != kNone) member(type, [&](const ShapeNode& said) { bytes("\r\nContent-Type: "), value(said.children[0], Mode::part_type); });
    else if (!known.empty()) bytes("\r\nContent-Type: "), bytes(known);
    bytes("\r\n\r\n");
    if (content != kNone) value(content, Mode::raw);
    bytes("\r\n");
  }

  Operand operand(const ShapeNode& n) const {
    if (n.kind == NodeKind::hole) return {n.value, kNone};
    if (n.kind == NodeKind::setting) return {kNone, n.value};
    return {kNone, kNone, std::string(m_.text(m_.constants[n.value].text))};
  }

  // The hole of an alternatives node (its own, or its last child's), or kNone.
  Index alternative_hole(const ShapeNode& n) const {
    if (n.value != kNone) return n.value;
    for (Index child : n.children)
      if (node(child).kind == NodeKind::hole) return node(child).value;
    return kNone;
  }
  bool may_be_missing(Index i) const {
    const ShapeNode& n = node(i);
    if (n.kind == NodeKind::missing) return true;
    if (n.kind != NodeKind::alternatives) return false;
    return !n.children.empty() && node(n.children[0]).kind == NodeKind::missing;
  }

  // The hole if it is present, else the first literal.
  void alternatives(Index i, Mode mode) {
    const ShapeNode& n = node(i);
    Index bound = alternative_hole(n);
    Index first = kNone;
    for (Index child : n.children)
      if (first == kNone && node(child).kind != NodeKind::hole && node(child).kind != NodeKind::missing) first = child;
    if (bound == kNone) return first == kNone ? void() : value(first, mode);
    if (first == kNone) return hole(bound, mode);
    Append test;
    test.kind = OpKind::skip_if_present;
    test.hole = bound;
    size_t at = emit(std::move(test));
    value(first, mode);
    Append go;
    go.kind = OpKind::go;
    size_t over = emit(std::move(go));
    land(at);
    hole(bound, mode);
    land(over);
  }

  void holes_below(Index i, std::vector<uint32_t>& found) const {
    const ShapeNode& n = node(i);
    if (n.kind == NodeKind::hole || (n.kind == NodeKind::alternatives && n.value != kNone)) found.push_back(n.value);
    for (Index child : n.children) holes_below(child, found);
  }

  // One member, left out as a whole when it is optional and none of its holes is present.
  template <class F>
  void member(Index i, F&& write) {
    const ShapeNode& n = node(i);
    if (n.children.empty() || node(n.children[0]).kind == NodeKind::missing) return;
    bool droppable = (n.flags & kOptional) != 0 || may_be_missing(n.children[0]);
    std::vector<uint32_t> holes;
    if (droppable) holes_below(n.children[0], holes);
    if (!droppable || holes.empty()) return may_be_missing(n.children[0]) ? void() : write(n);
    Append skip;
    skip.kind = OpKind::skip_unless_any;
    skip.first = static_cast<uint32_t>(out_.lists.size());
    skip.count = static_cast<uint32_t>(holes.size());
    out_.lists.insert(out_.lists.end(), holes.begin(), holes.end());
    size_t at = emit(std::move(skip));
    write(n);
    land(at);
  }

  void separator(OpKind kind) {
    Append op;
    op.kind = kind;
    emit(std::move(op));
  }

  void json_object(Index i) {
    bytes("{");
    for (Index child : node(i).children)
      member(child, [&](const ShapeNode& n) {
        separator(OpKind::comma);
        std::string label;
        escape(m_.text(n.name), Mode::json, label);
        bytes(label + ":");
        value(n.children[0], Mode::json);
      });
    bytes("}");
  }

  void json_list(Index i) {
    bytes("[");
    bool first = true;
    for (Index child : node(i).children) {
      if (!first) bytes(",");
      first = false;
      value(child, Mode::json);
    }
    bytes("]");
  }

  void json_pairs(Index i) {
    const ShapeNode& pairs = node(i);
    std::string key, with;
    escape(m_.text(pairs.name), Mode::json, key);
    escape(m_.text(pairs.ns), Mode::json, with);
    bytes("[");
    for (Index child : pairs.children)
      member(child, [&](const ShapeNode& n) {
        separator(OpKind::comma);
        std::string name;
        escape(m_.text(n.name), Mode::json, name);
        bytes("{" + key + ":" + name + "," + with + ":");
        value(n.children[0], Mode::json);
        bytes("}");
      });
    bytes("]");
  }

  void form(Index i) {
    for (Index child : node(i).children)
      member(child, [&](const ShapeNode& n) {
        const ShapeNode& content = node(n.children[0]);
        if (content.kind != NodeKind::list) return form_pair(n, n.children[0]);
        for (Index element : content.children) form_pair(n, element);
      });
  }
  void form_pair(const ShapeNode& member, Index content) {
    separator(OpKind::ampersand);
    std::string label;
    escape_form(m_.text(member.name), label);
    bytes(label + "=");
    value(content, Mode::form);
  }

  // Prefixes are n0, n1 … in the order in which the namespaces first appear, all declared on the root element.
  void xml_document(Index i) {
    bytes("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    prefixes_.clear();
    gather(i);
    std::string declarations;
    for (size_t k = 0; k < prefixes_.size(); k++) {
      declarations += fmt::format(" xmlns:n{}=\"", k);
      escape(prefixes_[k], Mode::xml_attribute, declarations);
      declarations += '"';
    }
    for (Index child : node(i).children) {
      element(child, declarations);
      declarations.clear();
    }
  }
  void gather(Index i) {
    const ShapeNode& n = node(i);
    if (n.kind == NodeKind::codec) return;  // a document of its own
    if (n.kind == NodeKind::member && n.ns != kNone && !(n.flags & kAnyNamespace)) {
      std::string_view uri = m_.text(n.ns);
      if (std::find(prefixes_.begin(), prefixes_.end(), uri) == prefixes_.end()) prefixes_.emplace_back(uri);
    }
    for (Index child : n.children) gather(child);
  }
  std::string qualified(const ShapeNode& n) const {
    std::string label(m_.text(n.name));
    if (n.ns == kNone || (n.flags & kAnyNamespace)) return label;
    auto at = std::find(prefixes_.begin(), prefixes_.end(), m_.text(n.ns)) - prefixes_.begin();
    return fmt::format("n{}:{}", at, label);
  }

  void element(Index i, const std::string& declarations) {
    member(i, [&](const ShapeNode& n) {
      const ShapeNode& inside = node(n.children[0]);
      std::string name = qualified(n);
      if (inside.kind == NodeKind::list)
        for (Index child : inside.children) tagged(name, declarations, child);
      else if (inside.kind == NodeKind::pairs) xml_pairs(name, inside);
      else tagged(name, declarations, n.children[0]);
    });
  }

  void tagged(const std::string& name, const std::string& declarations, Index content) {
    bytes("<" + name + declarations);
    const ShapeNode& inside = node(content);
    if (inside.kind != NodeKind::object) {
      bytes(">");
      value(content, Mode::xml);
      return bytes("</" + name + ">");
    }
    for (Index child : inside.children)
      if (node(child).flags & kAttribute)
        member(child, [&](const ShapeNode& n) {
          bytes(" " + qualified(n) + "=\"");
          value(n.children[0], Mode::xml_attribute);
          bytes("\"");
        });
    bytes(">");
    for (Index child : inside.children) {
      if (node(child).flags & kAttribute) continue;
      if (m_.text(node(child).name).empty()) member(child, [&](const ShapeNode& n) { value(n.children[0], Mode::xml); });
      else element(child, "");
    }
    bytes("</" + name + ">");
  }

  void xml_pairs(const std::string& name, const ShapeNode& pairs) {
    std::string key(m_.text(pairs.name)), with(m_.text(pairs.ns));
    for (Index child : pairs.children)
      member(child, [&](const ShapeNode& n) {
        std::string label;
        escape(m_.text(n.name), Mode::xml, label);
        bytes("<" + name + "><" + key + ">" + label + "</" + key + "><" + with + ">");
        value(n.children[0], Mode::xml);
        bytes("</" + with + "></" + name + ">");
      });
  }

  const Module& m_;
  const Shape& shape_;
  Output out_;
  std::string pending_;
  CsvFormat format_;
  std::vector<std::string> prefixes_;
};

// The characters of a value; false: it has none of its own and a form is compulsory.
bool spell(const Value& v, std::string_view& text, std::string& room) {
  if (v.text_like()) return text = v.view(), true;
  switch (v.kind) {
    case Kind::boolean: return text = v.truth() ? "true" : "false", true;
    case Kind::integer: room = fmt::format("{}", v.integer); break;
    case Kind::decimal: room = to_text(Decimal{v.integer, v.scale}); break;
    case Kind::currency: room = unpack_currency(v.size); break;
    default: return false;
  }
  text = room;
  return true;
}

// What stands in a fixed width: numbers behind zeros, everything else before blanks.
std::string_view pad(const Value& v, std::string_view text, uint32_t width, std::string& out) {
  bool number = v.kind == Kind::integer || v.kind == Kind::decimal || v.kind == Kind::duration;
  size_t length = characters_of(text);
  if (length > width) return "is longer than its width";
  if (!number && !text.empty() && text.back() == ' ') return "ends in a blank, which its padding would swallow";
  if (!escape(text, Mode::fixed, out)) return "has characters that cannot be written here";
  size_t at = out.size() - (number ? text.size() : 0);
  out.insert(at, width - length, number && text.front() != '-' ? '0' : ' ');
  return {};
}

std::string_view append(const Append& op, const Value& v, std::string& out) {
  Mode mode = op.mode;
  if (v.kind == Kind::missing) return "is missing";
  if (v.kind == Kind::null && mode == Mode::json) return out += "null", std::string_view();
  std::string_view text;
  std::string room;
  if (!spell(v, text, room)) return "is of a kind that has no text of its own";
  if (mode == Mode::fixed && op.width != 0) return pad(v, text, op.width, out);
  if (op.width != 0 && (!valid_utf8(text) || characters_of(text) != op.width)) return "does not have the width it must have";
  bool bare = mode == Mode::json && (v.kind == Kind::boolean || v.kind == Kind::integer || v.kind == Kind::decimal);
  if (escape(text, bare ? Mode::raw : mode, out, op.format)) return {};
  return mode == Mode::segment ? "is empty, a dot or two dots in a path, or not UTF-8" : "has characters that cannot be written here";
}

}  // namespace

Builder::Builder(const Module& module, Index shape) : program_(std::make_unique<Program>()) {
  const Shape& s = module.shapes[shape];
  Flattener(module, s, {program_->ops, program_->lists}).run();
  for (const Hole& hole : s.holes) {
    std::string_view name = module.text(hole.name);
    program_->names.emplace_back(name.empty() ? module.text(hole.origin) : name);
  }
}
Builder::~Builder() = default;
Builder::Builder(Builder&&) noexcept = default;
Builder& Builder::operator=(Builder&&) noexcept = default;

Labels Builder::labels_of(std::span<const Value> holes) {
  Labels all = kPublic;
  for (const Value& v : holes) all = join(all, v.labels);
  return all;
}

namespace {

struct Run {
  std::span<const Value> holes;
  std::string out;
  // The bytes of one codec, or of the whole body.
  struct Level {
    size_t start = 0;
    size_t columns = 0;           // of the row that is being written
    std::vector<size_t> cuts;     // where parts begin
  };
  std::vector<Level> levels{Level()};
  uint32_t blamed = 0;
  std::span<const Value> settings = {};

  bool any_present(std::span<const uint32_t> list) const {
    for (uint32_t hole : list)
      if (holes[hole].present()) return true;
    return false;
  }
  // What was written since the level began, and the level is left.
  std::string leave() {
    std::string inner = out.substr(levels.back().start);
    out.resize(levels.back().start);
    levels.pop_back();
    return inner;
  }
  std::string_view close(const Append& op) {
    std::string inner = leave(), encoded;
    if (op.codec == kNone) encoded = std::move(inner);
    else if (!encode_codec(static_cast<Codec>(op.codec), operands(op), inner, encoded)) return "cannot be written in this codec, or not with this key";
    return escape(encoded, op.mode, out, op.format) ? std::string_view() : "cannot be written here once encoded";
  }
  std::vector<Value> operands(const Append& op) const {
    std::vector<Value> out;
    for (const Operand& o : op.operands)
      out.push_back(o.hole != kNone ? holes[o.hole] : o.setting == kNone ? Value::text(o.text) : o.setting < settings.size() ? settings[o.setting] : Value::missing());
    return out;
  }
  void join() {
    std::vector<size_t> cuts = std::move(levels.back().cuts);
    for (size_t& cut : cuts) cut -= levels.back().start;
    join_parts(leave(), cuts, out);
  }
  // Why it failed, or empty; moves `at` to the next operation.
  std::string_view step(const Append& op, std::span<const uint32_t> lists, size_t& at) {
    at++;
    switch (op.kind) {
      case OpKind::bytes: out += op.text; return {};
      case OpKind::comma:
        if (!out.empty() && out.size() > levels.back().start && out.back() != '{' && out.back() != '[') out += ',';
        return {};
      case OpKind::ampersand:
        if (out.size() > levels.back().start) out += '&';
        return {};
      case OpKind::row: levels.back().columns = 0; return {};
      case OpKind::separator:
        if (levels.back().columns++ != 0) out += op.text;
        return {};
      case OpKind::part: levels.back().cuts.push_back(out.size()); return {};
      case OpKind::parts: return join(), std::string_view();
      case OpKind::hole: blamed = op.hole; return append(op, holes[op.hole], out);
      case OpKind::skip_unless_any:
        if (!any_present(lists.subspan(op.first, op.count))) at = op.to;
        return {};
      case OpKind::skip_if_present:
        if (holes[op.hole].present()) at = op.to;
        return {};
      case OpKind::go: at = op.to; return {};
      case OpKind::open: levels.push_back({out.size(), 0, {}}); return {};
      case OpKind::close: return close(op);
    }
    return {};
  }
};

}  // namespace

Result<std::string_view> Builder::build(std::span<const Value> holes, Arena& arena, std::span<const Value> settings) const {
  const Program& p = *program_;
  if (holes.size() < p.names.size()) return Error{"unbuildable", "a hole has no value"};
  Run run;
  run.holes = holes;
  run.settings = settings;
  run.out.reserve(1024);
  for (size_t at = 0; at < p.ops.size();) {
    std::string_view why = run.step(p.ops[at], p.lists, at);
    if (why.empty() && run.out.size() > kBodyMax) why = "makes the message longer than 256 KiB";
    if (!why.empty()) return Error{"unbuildable", fmt::format("{} {}", run.blamed < p.names.size() ? p.names[run.blamed] : "", why)};
  }
  std::string_view kept = arena.copy(run.out);
  if (kept.data() == nullptr) return Error{"out_of_memory", "the message does not fit the arena"};
  return kept;
}

}  // namespace tollgate
