// A shape flattened into append operations.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/bytecode/wire.h"
#include "runtime/shapes/append.h"
#include "runtime/shapes/codec.h"
#include "runtime/value/decimal.h"

namespace tollgate {
namespace {

SpellMode part_of(SpellMode mode) { return mode == SpellMode::json ? SpellMode::json_part : mode; }

class Flattener {
 public:
  Flattener(const Module& module, const Shape& shape) : m_(module), shape_(shape) {}

  AppendList run() {
    if (shape_.nodes.empty()) return {};
    body(0, shape_.root, shape_.format);
    seal();
    return std::move(out_);
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
    if (rows(node(i)) && (root == ShapeRoot::text || root == ShapeRoot::fixed)) return value(node(i).children[0], spell_mode(root)), bytes("\n");
    if (root == ShapeRoot::csv) return csv(i, csv_format(m_.text(format)));
    if (root == ShapeRoot::lines) return lines(i, m_.text(format));
    if (root == ShapeRoot::multipart) return multipart(i);
    if (root == ShapeRoot::xml && node(i).kind == NodeKind::object) return xml_document(i);
    if ((root == ShapeRoot::form || root == ShapeRoot::query) && node(i).kind == NodeKind::object) return form(i);
    value(i, spell_mode(root));
  }

  void literal(const ShapeNode& n, SpellMode mode) {
    const Constant& c = m_.constants[n.value];
    std::string text;
    switch (c.kind) {
      case Kind::boolean: text = c.integer != 0 ? "true" : "false"; break;
      case Kind::integer: text = fmt::format("{}", c.integer); break;
      case Kind::decimal: text = to_text(Decimal{c.integer, c.scale}); break;
      default: {
        std::string escaped;
        if (mode == SpellMode::segment || mode == SpellMode::raw) escaped = m_.text(c.text);
        else spell_text(m_.text(c.text), mode, escaped, format_);
        return bytes(escaped);
      }
    }
    bytes(text);
  }

  void hole(Index hole, SpellMode mode, uint32_t width = 0) {
    Append op;
    op.kind = AppendKind::hole;
    op.hole = hole;
    op.mode = mode;
    op.width = width;
    op.round = shape_.holes[hole].each;
    op.format = format_;
    emit(std::move(op));
  }

  // One element of a list, or one for each round.
  template <class F>
  void element_of(Index i, F&& write) {
    const ShapeNode& n = node(i);
    if (n.kind != NodeKind::repeat) return write(i);
    Append each;
    each.kind = AppendKind::each;
    each.hole = n.value;
    size_t begin = emit(std::move(each));
    write(n.children[0]);
    Append again;
    again.kind = AppendKind::again;
    again.hole = n.value;
    again.to = static_cast<uint32_t>(begin + 1);
    emit(std::move(again));
    land(begin);
  }

  void value(Index i, SpellMode mode) {
    const ShapeNode& n = node(i);
    switch (n.kind) {
      case NodeKind::object: return mode == SpellMode::json ? json_object(i) : void();
      case NodeKind::list: return mode == SpellMode::json ? json_list(i) : void();
      case NodeKind::pairs: return mode == SpellMode::json ? json_pairs(i) : void();
      case NodeKind::literal: return literal(n, mode);
      case NodeKind::null: return bytes(mode == SpellMode::json ? "null" : "");
      case NodeKind::any: return bytes(mode == SpellMode::json ? "\"\"" : "");
      case NodeKind::hole: return hole(n.value, mode);
      case NodeKind::alternatives: return alternatives(i, mode);
      case NodeKind::codec: return codec(n, mode);
      case NodeKind::text:
        if (mode == SpellMode::csv || mode == SpellMode::csv_alone) return quoted_text(n, mode);
        if (mode == SpellMode::json) bytes("\"");
        for (Index child : n.children) {
          if (node(child).kind == NodeKind::hole) hole(node(child).value, part_of(mode), node(child).size);
          else value(child, part_of(mode));
        }
        if (mode == SpellMode::json) bytes("\"");
        return;
      case NodeKind::member:
      case NodeKind::setting:
      case NodeKind::repeat:
      case NodeKind::missing: return;
    }
  }

  void codec(const ShapeNode& n, SpellMode mode) {
    separator(AppendKind::open);
    CsvFormat outside = format_;
    if (!n.children.empty()) body(n.children[0], n.root, n.ns);
    format_ = outside;
    std::vector<Operand> operands;
    for (size_t k = 1; k < n.children.size(); k++) operands.push_back(operand(node(n.children[k])));
    close(n.name, mode, std::move(operands));
  }
  void close(Index codec, SpellMode mode, std::vector<Operand> operands = {}) {
    Append op;
    op.kind = AppendKind::close;
    op.codec = codec;
    op.mode = mode;
    op.format = format_;
    op.operands = std::move(operands);
    emit(std::move(op));
  }
  // A field of separated values is quoted as a whole.
  void quoted_text(const ShapeNode& n, SpellMode mode) {
    separator(AppendKind::open);
    for (Index child : n.children) {
      if (node(child).kind == NodeKind::hole) hole(node(child).value, SpellMode::raw, node(child).size);
      else value(child, SpellMode::raw);
    }
    close(kNone, mode);
  }

  // A row for the header, if there is one, then the row of values. A column whose member is left out is left out of both.
  void csv(Index i, const CsvFormat& format) {
    format_ = format;
    const ShapeNode& n = node(i);
    SpellMode mode = n.children.size() == 1 ? SpellMode::csv_alone : SpellMode::csv;
    auto separate = [&] {
      Append op;
      op.kind = AppendKind::separator;
      op.text = format.separator;
      emit(std::move(op));
    };
    if (n.kind == NodeKind::list) {
      separator(AppendKind::row);
      for (Index child : n.children) element_of(child, [&](Index i) { separate(), value(i, mode); });
      return bytes("\r\n");
    }
    auto columns = [&](auto&& write) {
      separator(AppendKind::row);
      for (Index child : n.children) member(child, [&](const ShapeNode& m) { separate(), write(m); });
      bytes("\r\n");
    };
    columns([&](const ShapeNode& m) {
      std::string label;
      spell_text(m_.text(m.name), mode, label, format);
      bytes(label);
    });
    columns([&](const ShapeNode& m) { value(m.children[0], mode); });
  }

  void lines(Index i, std::string_view between) {
    for (Index child : node(i).children) {
      if (node(i).kind == NodeKind::list) element_of(child, [&](Index line) { value(line, SpellMode::line), bytes("\n"); });
      else member(child, [&](const ShapeNode& m) {
        bytes(m_.text(m.name));
        bytes(between);
        value(m.children[0], SpellMode::line);
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
    separator(AppendKind::open);
    for (Index child : node(i).children)
      member(child, [&](const ShapeNode& m) {
        separator(AppendKind::part);
        bytes("Content-Disposition: form-data; name=\"");
        bytes(m_.text(m.name));
        bytes("\"");
        part(m.children[0]);
      });
    separator(AppendKind::parts);
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
        else member(child, [&](const ShapeNode& name) { bytes("; filename=\""), value(name.children[0], SpellMode::part_name), bytes("\""); });
      }
    }
    std::string_view known = content == kNone ? std::string_view() : part_type(node(content));
    if (type != kNone) member(type, [&](const ShapeNode& said) { bytes("\r\nContent-Type: "), value(said.children[0], SpellMode::part_type); });
    else if (!known.empty()) bytes("\r\nContent-Type: "), bytes(known);
    bytes("\r\n\r\n");
    if (content != kNone) value(content, SpellMode::raw);
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
  void alternatives(Index i, SpellMode mode) {
    const ShapeNode& n = node(i);
    Index bound = alternative_hole(n);
    Index first = kNone;
    for (Index child : n.children)
      if (first == kNone && node(child).kind != NodeKind::hole && node(child).kind != NodeKind::missing) first = child;
    if (bound == kNone) return first == kNone ? void() : value(first, mode);
    if (first == kNone) return hole(bound, mode);
    Append test;
    test.kind = AppendKind::skip_if_present;
    test.hole = bound;
    size_t at = emit(std::move(test));
    value(first, mode);
    Append go;
    go.kind = AppendKind::go;
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
    skip.kind = AppendKind::skip_unless_any;
    skip.first = static_cast<uint32_t>(out_.lists.size());
    skip.count = static_cast<uint32_t>(holes.size());
    out_.lists.insert(out_.lists.end(), holes.begin(), holes.end());
    size_t at = emit(std::move(skip));
    write(n);
    land(at);
  }

  void separator(AppendKind kind) {
    Append op;
    op.kind = kind;
    emit(std::move(op));
  }

  void json_object(Index i) {
    bytes("{");
    for (Index child : node(i).children)
      member(child, [&](const ShapeNode& n) {
        separator(AppendKind::comma);
        std::string label;
        spell_text(m_.text(n.name), SpellMode::json, label);
        bytes(label + ":");
        value(n.children[0], SpellMode::json);
      });
    bytes("}");
  }

  void json_list(Index i) {
    bytes("[");
    const auto& children = node(i).children;
    const bool fixed = std::none_of(children.begin(), children.end(), [&](Index child) { return node(child).kind == NodeKind::repeat; });
    for (size_t k = 0; k < children.size(); k++) {
      if (fixed && k != 0) bytes(",");
      element_of(children[k], [&](Index element) {
        if (!fixed) separator(AppendKind::comma);
        value(element, SpellMode::json);
      });
    }
    bytes("]");
  }

  void json_pairs(Index i) {
    const ShapeNode& pairs = node(i);
    std::string key, with;
    spell_text(m_.text(pairs.name), SpellMode::json, key);
    spell_text(m_.text(pairs.ns), SpellMode::json, with);
    bytes("[");
    for (Index child : pairs.children)
      member(child, [&](const ShapeNode& n) {
        separator(AppendKind::comma);
        std::string name;
        spell_text(m_.text(n.name), SpellMode::json, name);
        bytes("{" + key + ":" + name + "," + with + ":");
        value(n.children[0], SpellMode::json);
        bytes("}");
      });
    bytes("]");
  }

  void form(Index i) {
    for (Index child : node(i).children)
      member(child, [&](const ShapeNode& n) {
        const ShapeNode& content = node(n.children[0]);
        if (content.kind != NodeKind::list) return form_pair(n, n.children[0]);
        for (Index child : content.children) element_of(child, [&](Index element) { form_pair(n, element); });
      });
  }
  void form_pair(const ShapeNode& member, Index content) {
    separator(AppendKind::ampersand);
    std::string label;
    escape_form(m_.text(member.name), label);
    bytes(label + "=");
    value(content, SpellMode::form);
  }

  // Prefixes are n0, n1 … in the order in which the namespaces first appear, all declared on the root element.
  void xml_document(Index i) {
    bytes("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    prefixes_.clear();
    gather(i);
    std::string declarations;
    for (size_t k = 0; k < prefixes_.size(); k++) {
      declarations += fmt::format(" xmlns:n{}=\"", k);
      spell_text(prefixes_[k], SpellMode::xml_attribute, declarations);
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
        for (Index child : inside.children) element_of(child, [&](Index content) { tagged(name, declarations, content); });
      else if (inside.kind == NodeKind::pairs) xml_pairs(name, inside);
      else tagged(name, declarations, n.children[0]);
    });
  }

  void tagged(const std::string& name, const std::string& declarations, Index content) {
    bytes("<" + name + declarations);
    const ShapeNode& inside = node(content);
    if (inside.kind != NodeKind::object) {
      bytes(">");
      value(content, SpellMode::xml);
      return bytes("</" + name + ">");
    }
    for (Index child : inside.children)
      if (node(child).flags & kAttribute)
        member(child, [&](const ShapeNode& n) {
          bytes(" " + qualified(n) + "=\"");
          value(n.children[0], SpellMode::xml_attribute);
          bytes("\"");
        });
    bytes(">");
    for (Index child : inside.children) {
      if (node(child).flags & kAttribute) continue;
      if (m_.text(node(child).name).empty()) member(child, [&](const ShapeNode& n) { value(n.children[0], SpellMode::xml); });
      else element(child, "");
    }
    bytes("</" + name + ">");
  }

  void xml_pairs(const std::string& name, const ShapeNode& pairs) {
    std::string key(m_.text(pairs.name)), with(m_.text(pairs.ns));
    for (Index child : pairs.children)
      member(child, [&](const ShapeNode& n) {
        std::string label;
        spell_text(m_.text(n.name), SpellMode::xml, label);
        bytes("<" + name + "><" + key + ">" + label + "</" + key + "><" + with + ">");
        value(n.children[0], SpellMode::xml);
        bytes("</" + with + "></" + name + ">");
      });
  }

  const Module& m_;
  const Shape& shape_;
  AppendList out_;
  std::string pending_;
  CsvFormat format_;
  std::vector<std::string> prefixes_;
};

}  // namespace

AppendList flatten(const Module& module, const Shape& shape) { return Flattener(module, shape).run(); }

}  // namespace tollgate
