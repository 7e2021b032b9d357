#include "runtime/shapes/generate.h"

#include <algorithm>

#include "runtime/shapes/reader.h"
#include "runtime/value/decimal.h"
#include "runtime/value/decimal_picture.h"
#include "runtime/value/uuid.h"

namespace tollgate {
namespace {

class Generator {
 public:
  Generator(const Module& m, const Shape& s, std::mt19937_64& random, Arena& arena) : m_(m), s_(s), random_(random), arena_(arena) {}

  Generated run() {
    out_.wire.resize(s_.holes.size());
    out_.values.resize(s_.holes.size());
    if (!s_.nodes.empty()) walk(0, Place{s_.root});
    return std::move(out_);
  }

 private:
  struct Place {
    ShapeRoot root;
    bool plain = false;      // letters and digits only
    bool filled = false;     // not empty
    bool one_line = false;
    uint32_t width = 0;      // exactly so many characters; in a fixed text at most
  };

  uint64_t below(uint64_t n) { return random_() % n; }
  std::string_view keep(const std::string& s) {
    std::string_view kept = arena_.copy(s);
    return kept.data() == nullptr ? std::string_view("", 0) : kept;
  }

  void walk(Index i, Place place) {
    const ShapeNode& n = s_.nodes[i];
    place.one_line |= place.root == ShapeRoot::lines || place.root == ShapeRoot::fixed;
    switch (n.kind) {
      case NodeKind::hole: place.width = n.size; return fill(n.value, place);
      case NodeKind::text: place.plain = place.filled = true; break;
      case NodeKind::codec: place = Place{n.root, place.plain && n.name == kNone, true, place.one_line && n.name == kNone}; break;
      case NodeKind::alternatives: return choose(n);
      case NodeKind::repeat: return rounds(n, place);
      case NodeKind::member:
        if ((n.flags & kOptional) && below(3) == 0) return;
        place.filled = (n.flags & kAttribute) != 0 ? false : place.filled;
        if (place.root == ShapeRoot::multipart && (n.flags & kAttribute)) place.plain = place.filled = true;
        break;
      default: break;
    }
    for (Index child : n.children) walk(child, place);
  }

  // A bound literal takes one of the literals; a hole among alternatives stays out, so that the first of them is written.
  void choose(const ShapeNode& n) {
    if (n.value == kNone) return;
    std::vector<Index> literals;
    for (Index child : n.children)
      if (s_.nodes[child].kind == NodeKind::literal) literals.push_back(s_.nodes[child].value);
    if (literals.empty()) return;
    const Constant& c = m_.constants[literals[below(literals.size())]];
    const Hole& hole = s_.holes[n.value];
    Value wire;
    Token token;
    switch (c.kind) {
      case Kind::integer: wire = Value::number(c.integer), token = {TokenKind::number, 0, 1, keep(std::to_string(c.integer)), nullptr}; break;
      case Kind::boolean: wire = Value::boolean(c.integer != 0), token = {TokenKind::boolean, 0, 1, c.integer != 0 ? "true" : "false", nullptr}; break;
      case Kind::decimal: wire = Value::decimal(c.integer, c.scale), token = {TokenKind::number, 0, 1, keep(to_text(Decimal{c.integer, c.scale})), nullptr}; break;
      default: wire = Value::text(m_.text(c.text)), token = {TokenKind::text, 0, 1, m_.text(c.text), nullptr}; break;
    }
    Value value;
    if (read_value(static_cast<Reader>(hole.reader), "", token, arena_, value)) set(n.value, wire, value);
  }

  // A list for each hole of what is repeated. A match takes any list there and gives none of it back.
  void rounds(const ShapeNode& n, Place place) {
    const uint64_t count = below(4);
    std::vector<std::vector<Value>> columns(s_.holes.size());
    for (uint64_t round = 0; round < count; round++) {
      walk(n.children[0], place);
      for (size_t h = 0; h < columns.size(); h++)
        if (s_.holes[h].each) columns[h].push_back(out_.wire[h]);
    }
    for (size_t h = 0; h < columns.size(); h++)
      if (s_.holes[h].each) out_.wire[h] = list_of(columns[h]), out_.values[h] = Value::missing();
    out_.wire[n.value] = list_of(std::vector<Value>(count, Value::text("x")));
  }
  Value list_of(const std::vector<Value>& values) {
    Value* kept = arena_.array<Value>(values.size() + 1);
    if (kept == nullptr) return Value::list(nullptr, 0);
    std::copy(values.begin(), values.end(), kept);
    return Value::list(kept, static_cast<uint32_t>(values.size()));
  }

  void set(Index hole, Value wire, Value value) {
    value.labels = join(value.labels, s_.holes[hole].type.labels);
    wire.labels = value.labels;
    out_.wire[hole] = wire;
    out_.values[hole] = value;
  }

  void fill(Index index, Place place) {
    const Hole& hole = s_.holes[index];
    auto reader = static_cast<Reader>(hole.reader);
    std::string_view argument = hole.argument == kNone ? std::string_view() : m_.text(m_.constants[hole.argument].text);
    Value value = of_reader(reader, place, argument), wire;
    if (write_value(reader, argument, value, arena_, wire)) set(index, wire, value);
  }

  std::string word(Place place) {
    static constexpr std::string_view kOdd[] = {"\"", "\\", "<", ">", "&", "'", "é", "漢", "😀", " ", "\n", "\t", "/", "%", "+", "=", "{", "]]>", ",", "\r"};
    static constexpr std::string_view kPlain = "ABCXYZabcxyz0123456789";
    std::string out;
    if (place.width != 0 || (place.one_line && place.plain)) {
      uint64_t n = place.root == ShapeRoot::fixed ? below(place.width + 1) : place.width != 0 ? place.width : 1 + below(12);
      for (; n > 0; n--) out += kPlain[below(kPlain.size())];
      return out;
    }
    for (uint64_t n = below(12) + ((place.filled || place.root == ShapeRoot::text || place.root == ShapeRoot::bytes) ? 1 : 0); n > 0; n--) {
      std::string_view odd = kOdd[below(std::size(kOdd))];
      bool breaks = place.one_line && (odd == "\n" || odd == "\r");
      if (!place.plain && !breaks && below(3) == 0) out += odd;
      else out += kPlain[below(kPlain.size())];
    }
    return out;
  }

  std::string digits(size_t n) {
    std::string out(1, static_cast<char>('1' + below(9)));
    while (out.size() < n) out += static_cast<char>('0' + below(10));
    return out;
  }

  // A whole number that fills its width, or has room in it.
  int64_t number_of(Place place) {
    size_t most = std::min<size_t>(place.width, 15);
    std::string text = digits(place.root == ShapeRoot::fixed ? 1 + below(most) : most);
    return std::stoll(text);
  }

  std::string uuid() {
    std::array<uint8_t, 16> bytes;
    for (uint8_t& b : bytes) b = static_cast<uint8_t>(random_());
    return make_uuid(bytes);
  }

  Value of_reader(Reader reader, Place place, std::string_view argument) {
    if (reader == Reader::decimal_like) {
      auto picture = parse_decimal_picture(argument);
      return Value::decimal(static_cast<int64_t>(below(1'000'000'000'000)), picture ? picture->decimals : uint8_t{0});
    }
    if (reader == Reader::duration_minutes || reader == Reader::duration_minutes_text) return Value::duration(static_cast<int64_t>(below(10'000)) * 60'000);
    switch (kReaders[static_cast<size_t>(reader)].kind) {
      case Kind::boolean: return Value::boolean(below(2) == 1);
      case Kind::integer:
        if (place.width != 0) return Value::number(number_of(place));
        return Value::number(static_cast<int64_t>(below(2'000'000'000)) - (place.plain ? 0 : 1'000'000'000));
      case Kind::decimal: return Value::decimal(static_cast<int64_t>(below(1'000'000'000'000)), static_cast<uint8_t>(below(7)));
      case Kind::secret: return Value::text_of(Kind::secret, keep(word(place)), kSecret);
      case Kind::bytes: return Value::text_of(Kind::bytes, keep(word(place)), kPublic);
      case Kind::msisdn: return Value::text_of(Kind::msisdn, keep(digits(7 + below(9))), kPersonal);
      case Kind::currency: return Value::currency(pack_currency(below(2) == 0 ? "UGX" : "EUR"));
      case Kind::uuid: return Value::text_of(Kind::uuid, keep(uuid()), kPublic);
      case Kind::url: return Value::text_of(Kind::url, keep("https://example.org/" + digits(5)), kPublic);
      case Kind::time: return Value::time(static_cast<int64_t>(below(4'000'000'000)) * 1'000'000);
      case Kind::duration: return Value::duration(static_cast<int64_t>(below(100'000)) * 1000);
      default: return Value::text(keep(word(place)));
    }
  }

  const Module& m_;
  const Shape& s_;
  std::mt19937_64& random_;
  Arena& arena_;
  Generated out_;
};

}  // namespace

Generated generate(const Module& module, Index shape, std::mt19937_64& random, Arena& arena) {
  return Generator(module, module.shapes[shape], random, arena).run();
}

}  // namespace tollgate
