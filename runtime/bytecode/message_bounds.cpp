#include "runtime/bytecode/message_bounds.h"

#include <algorithm>

#include "runtime/base/arena.h"
#include "runtime/bytecode/format.h"
#include "runtime/bytecode/bounds.h"
#include "runtime/bytecode/wire.h"
#include "runtime/catalog/growth.h"

namespace tollgate {
namespace {

constexpr uint64_t kScalarBytes = 48;   // digits, sign and point of a number; true; a currency
constexpr uint64_t kFrameBytes = 24;    // brackets, quotes, separators around one node
constexpr uint64_t kPartBytes = 256;    // headers and boundary of a part
constexpr uint64_t kPlaceBytes = 176;   // of one node of a shape in the matcher: its slot, twice where it is searched for
constexpr uint64_t kHoleBytes = 128;    // of one hole: bound, then its value, then the arm's copy
constexpr uint64_t kColumnsBytes = 3 * 16 * 4096;  // the fields of a header and of two rows

// How much longer a character can become where it stands.
uint64_t escaping(ShapeRoot root) {
  switch (root) {
    case ShapeRoot::json:
    case ShapeRoot::xml: return 6;    // \u0001, &quot;
    case ShapeRoot::form:
    case ShapeRoot::query:
    case ShapeRoot::path: return 3;   // %2F
    case ShapeRoot::csv: return 2;    // a quote twice
    default: return 1;
  }
}

// base64, hexadecimal and the compact envelopes write letters, digits, - _ . + / and =, which JSON and XML leave alone.
bool writes_letters(Index codec) {
  switch (static_cast<Codec>(codec)) {
    case Codec::base64: case Codec::base64url: case Codec::hex: case Codec::jws_hs256: case Codec::jws_rs256: case Codec::jws_es256: case Codec::jwe:
    case Codec::jwe_dir: return true;
    default: return false;
  }
}

const BuiltinRow* encoding_of(Index codec) {
  switch (static_cast<Codec>(codec)) {  // codecs whose builtins stand in builtins.def
    case Codec::base64: return builtin(BuiltinIds::base64);
    case Codec::base64url: return builtin(BuiltinIds::base64url);
    case Codec::hex: return builtin(BuiltinIds::hex);
    case Codec::percent: return builtin(BuiltinIds::percent);
    case Codec::plain: return builtin(BuiltinIds::text_text);
    default: return builtin(kCodecBuiltins + 2 * codec);
  }
}

bool unpacks(Index codec) { return codec == static_cast<Index>(Codec::gzip) || codec == static_cast<Index>(Codec::deflate) || codec == static_cast<Index>(Codec::zip); }

class Built {
 public:
  Built(const Module& m, const Shape& s, std::span<const uint64_t> weights) : m_(m), s_(s), weights_(weights) {}

  uint64_t bytes() { return s_.nodes.empty() ? 0 : node(0, s_.root, escaping(s_.root)) + outer(s_.root); }

 private:
  // What a document has around its content.
  static uint64_t outer(ShapeRoot root) { return root == ShapeRoot::xml ? 64 : root == ShapeRoot::multipart ? kPartBytes : 0; }

  uint64_t text(Index i, uint64_t factor) const { return m_.text(i).size() * factor; }

  uint64_t hole(Index h, uint64_t factor) const {
    const uint64_t length = s_.holes[h].type.kind == Kind::msisdn ? 1 : factor;  // digits stay as they are
    return std::max(kScalarBytes, (h < weights_.size() ? weights_[h] : 0) * length);
  }

  uint64_t literal(const ShapeNode& n, uint64_t factor) const {
    if (n.value == kNone || n.value >= m_.constants.size()) return kScalarBytes;
    return std::max(kScalarBytes, text(m_.constants[n.value].text, factor));
  }

  uint64_t children(const ShapeNode& n, ShapeRoot root, uint64_t factor) {
    uint64_t sum = 0;
    for (Index child : n.children) sum = std::min(kWeightMax, sum + node(child, root, factor));
    return sum;
  }

  uint64_t codec(const ShapeNode& n, uint64_t factor) {
    if (n.children.empty()) return kFrameBytes;
    uint64_t inside = node(n.children[0], n.root, escaping(n.root)) + outer(n.root);
    if (n.name == kNone) return std::min(kWeightMax, inside * factor + kFrameBytes);
    std::vector<Argued> arguments{{inside, {}}};
    for (size_t k = 1; k < n.children.size(); ++k) arguments.push_back({operand(s_.nodes[n.children[k]]), {}});
    const BuiltinRow* row = encoding_of(n.name);
    const uint64_t encoded = row == nullptr ? kWeightMax : weight_of_result(*row, arguments);
    const uint64_t outside = writes_letters(n.name) ? std::min<uint64_t>(factor, 3) : factor;
    return std::min(kWeightMax, encoded * outside + kFrameBytes);
  }
  uint64_t operand(const ShapeNode& n) const {
    if (n.kind == NodeKind::hole) return n.value < weights_.size() ? weights_[n.value] : 0;
    if (n.kind == NodeKind::setting) return bounds::kSettingBytes;
    return literal(n, 1);
  }

  uint64_t node(Index i, ShapeRoot root, uint64_t factor) {
    const ShapeNode& n = s_.nodes[i];
    switch (n.kind) {
      case NodeKind::literal: return literal(n, factor) + kFrameBytes;
      case NodeKind::hole: return std::max<uint64_t>(hole(n.value, factor), 4ull * n.size) + kFrameBytes;
      case NodeKind::codec: return codec(n, factor);
      case NodeKind::alternatives: {
        const uint64_t bound = n.value == kNone ? 0 : hole(n.value, factor);
        return std::min(kWeightMax, bound + children(n, root, factor) + kFrameBytes);
      }
      case NodeKind::member: {
        // Its label opens and closes it; a column has it in the header line; a part has its headers; a root declares its namespace.
        uint64_t own = 2 * text(n.name, escaping(root)) + text(n.ns, 6) + 2 * kFrameBytes + (root == ShapeRoot::multipart ? kPartBytes : 0);
        if (!n.children.empty()) {  // the elements of a list have its label each
          const ShapeNode& inside = s_.nodes[n.children[0]];
          if (inside.kind == NodeKind::list || inside.kind == NodeKind::pairs) own *= 1 + inside.children.size();
        }
        return std::min(kWeightMax, own + children(n, root, factor));
      }
      case NodeKind::pairs: {
        const uint64_t names = 2 * (text(n.name, escaping(root)) + text(n.ns, escaping(root))) + 4 * kFrameBytes;
        return std::min(kWeightMax, children(n, root, factor) + names * n.children.size() + kFrameBytes);
      }
      default: return std::min(kWeightMax, children(n, root, factor) + kFrameBytes);
    }
  }

  const Module& m_;
  const Shape& s_;
  std::span<const uint64_t> weights_;
};

// How much of the body's length reading it may take.
uint64_t decoding(ShapeRoot root, bool searched) {
  switch (root) {
    case ShapeRoot::xml: return 12;   // buffers that double, and a place for each namespace declared
    case ShapeRoot::json: return searched ? 8 : 2;
    default: return 2;
  }
}

struct Read {
  uint64_t bytes = 0;
  uint64_t weight = bounds::kMessageBytes;
};

Read read(const Shape& s) {
  Read out;
  bool searched = false;
  for (const ShapeNode& n : s.nodes) searched = searched || n.kind == NodeKind::pairs || (n.flags & kFront) != 0;
  out.bytes = decoding(s.root, searched) * bounds::kMessageBytes + (s.root == ShapeRoot::csv ? kColumnsBytes : 0);
  for (const ShapeNode& n : s.nodes) {
    if (n.kind != NodeKind::codec) continue;
    const uint64_t inner = n.name != kNone && unpacks(n.name) ? kUnpackedBytes : n.name != kNone && static_cast<Codec>(n.name) == Codec::charset ? 3 * out.weight : out.weight;
    out.weight = std::max(out.weight, inner);
    out.bytes += inner * (1 + decoding(n.root, searched)) + (n.root == ShapeRoot::csv ? kColumnsBytes : 0);
  }
  return out;
}

}  // namespace

uint64_t built_bytes(const Module& module, Index index, std::span<const uint64_t> weights) {
  const uint64_t bytes = Built(module, module.shapes[index], weights).bytes();
  return std::min<uint64_t>(bytes, bounds::kMessageBytes);
}

uint64_t reading_bytes(const Module& module, std::span<const Index> shapes) {
  uint64_t bytes = 0, places = 64;
  std::vector<std::pair<ShapeRoot, uint64_t>> roots;  // a body is read once for each root and format; shapes of one root share its places
  for (Index i : shapes) {
    const Shape& s = module.shapes[i];
    places += kPlaceBytes * (s.nodes.size() + 1) + kHoleBytes * (s.holes.size() + 1);
    const uint64_t one = read(s).bytes;
    const auto same = std::find_if(roots.begin(), roots.end(), [&](const auto& r) { return r.first == s.root && s.root != ShapeRoot::csv && s.root != ShapeRoot::lines; });
    if (same == roots.end()) roots.emplace_back(s.root, one);
    else if (one > same->second) same->second = one;
  }
  for (const auto& [root, one] : roots) bytes += one;
  return std::min<uint64_t>(bytes + places, Arena::kArenaMax);
}

uint64_t read_weight(const Module& module, Index shape) { return read(module.shapes[shape]).weight; }

}  // namespace tollgate
