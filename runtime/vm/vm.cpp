#include "runtime/vm/vm.h"

#include "runtime/builtins/call.h"
#include "runtime/bytecode/instruction.h"
#include "runtime/bytecode/wire.h"
#include "runtime/load/program.h"
#include "runtime/value/codec.h"
#include "runtime/vm/fresh.h"

namespace tollgate {
namespace {

constexpr uint64_t kBuildCost = 8;        // of any message
constexpr uint64_t kBytesPerUnit = 16;    // … and one unit for so many bytes of it
constexpr Labels kHidden = kSecret | kSealed;

class Machine {
 public:
  Machine(const Program& program, const Slice& slice, const Frame& frame, Host& host, Arena& arena, uint64_t fuel, const Trace* trace)
      : program_(program), m_(program.module()), slice_(slice), frame_(frame), host_(host), arena_(arena), fuel_(fuel), trace_(trace) {}

  SliceEnd run() {
    r_ = arena_.array<Value>(slice_.registers + 1u);
    if (r_ == nullptr) return fault(FaultKind::out_of_memory, "no room for registers");
    out_.registers = r_;
    for (pc_ = slice_.begin; pc_ < slice_.end; pc_++) {
      Instruction in{m_.code[pc_]};
      if (trace_ != nullptr) (*trace_)(pc_, {r_, slice_.registers});
      if (!spend(kOps[in.word & 0xff].cost)) break;
      if (!step(in)) break;
    }
    if (pc_ >= slice_.end) fault(FaultKind::unbuildable, "the slice has no effect");
    out_.spent = spent_;
    out_.pc = pc_;
    return std::move(out_);
  }

 private:
  SliceEnd fault(FaultKind kind, std::string_view why) {
    stop(kind, why);
    return out_;
  }
  // Always false: what stops the loop.
  bool stop(FaultKind kind, std::string_view why) {
    out_.effect = SliceEnd::Effect::fault;
    out_.fault = kind;
    out_.why = why;
    return false;
  }
  bool spend(uint64_t units) {
    spent_ += units;
    return spent_ <= fuel_ || stop(FaultKind::out_of_fuel, "the slice costs more than its meter allows");
  }

  static bool take(Value& to, std::span<const Value> from, size_t i) {
    if (i < from.size()) to = from[i];
    else to = Value::missing();
    return true;
  }

  // False: the slice is over.
  bool step(Instruction in) {
    Value& a = r_[in.a()];
    uint32_t i = in.immediate();
    switch (in.op()) {
      case Op::constant: a = program_.constant(i); return true;
      case Op::move: a = r_[in.b()]; return true;
      case Op::absent: a = Value::missing(); return true;
      case Op::argument: return take(a, frame_.arguments, i);
      case Op::kept: return take(a, frame_.keeps, i);
      case Op::keep:
        if (i >= frame_.keeps.size()) return stop(FaultKind::unbuildable, "there is no place for a kept value");
        frame_.keeps[i] = a;
        return true;
      case Op::parameter: return take(a, frame_.parameters, i);
      case Op::setting: return take(a, frame_.settings, i);
      case Op::market: a = market(i); return true;
      case Op::session: return take(a, frame_.sessions, i);
      case Op::hole: return take(a, frame_.holes, i);
      case Op::request: return request(a, i);
      case Op::header: return header(a, i);
      case Op::query: return query(a, i);
      case Op::read_host: return read_host(a, in);
      case Op::mint_url:
      case Op::mint_bearer: return mint(a, in);
      case Op::call: return call(in.a(), i);
      case Op::call_each: return call_each(in.a(), i);
      case Op::build: return build(in.a(), i);
      case Op::join: return join_texts(in.a(), in.b());
      case Op::jump: pc_ += i; return true;
      case Op::jump_present:
        if (a.present()) pc_ += i;
        return true;
      case Op::jump_false:
        if (!a.truth()) pc_ += i;
        return true;
      case Op::expect_equal:
        return equal(a, r_[in.b()]) || stop(FaultKind::breach, "the answer contradicts what was asked");
      case Op::expect_present: return a.present() || stop(FaultKind::breach, "the answer lacks what it must have");
      case Op::expect_true: return (a.kind == Kind::boolean && a.truth()) || stop(FaultKind::breach, "the message does not prove who sent it");
      case Op::send: return effect(SliceEnd::Effect::send, i);
      case Op::end: return end(i);
    }
    return stop(FaultKind::unbuildable, "an unknown instruction");
  }

  Value market(uint32_t fact) const {
    switch (fact) {
      case 0: return Value::text(m_.text(m_.market.country));
      case 1: return Value::currency(pack_currency(m_.text(m_.market.currency)));
      case 2: return Value::text(m_.text(m_.market.zone));
      default: return Value::number(m_.market.decimals);
    }
  }

  bool request(Value& a, uint32_t part) {
    if (frame_.request == nullptr) return stop(FaultKind::unbuildable, "there is no request");
    const RequestView& q = *frame_.request;
    if (part == 2 && !out_.query.empty()) return keep_text(a, Kind::text, query_so_far(), kPersonal | kSealed);
    if (part == 6) return request_headers(a);
    if (part == 8) return request_target(a);
    const std::string_view parts[] = {q.method, q.path, q.query, q.body, q.host, q.scheme, {}, q.content_type};
    a = Value::text_of(part == 3 ? Kind::bytes : Kind::text, parts[part], kPersonal);
    return true;
  }

  // With what this slice has added: what is signed last sees everything before it.
  std::string query_so_far() const {
    std::string all(frame_.request->query);
    for (const HeaderOut& field : out_.query) {
      if (!all.empty()) all += '&';
      all += encode_percent(field.name);
      all += '=';
      all += encode_percent(field.value);
    }
    return all;
  }

  // What stands in the request line.
  bool request_target(Value& a) {
    const std::string query = query_so_far();
    return keep_text(a, Kind::text, std::string(frame_.request->path) + (query.empty() ? "" : "?") + query, out_.query.empty() ? kPersonal : kPersonal | kSealed);
  }

  // Names in lower case, in the order of the message.
  bool request_headers(Value& a) {
    const size_t n = frame_.request->headers.size() + out_.headers.size();
    Value* pairs = arena_.array<Value>(2 * n + 1);
    if (pairs == nullptr) return stop(FaultKind::out_of_memory, "the slice's memory is full");
    size_t at = 0;
    auto add = [&](std::string_view name, std::string_view value, Labels labels) {
      std::string lower(name);
      for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 'a' - 'A');
      Value& kept = pairs[at++];
      if (!keep_text(kept, Kind::text, lower, kPublic)) return false;
      pairs[at++] = Value::text(value, labels);
      return true;
    };
    for (const auto& [name, value] : frame_.request->headers)
      if (!add(name, value, kPersonal)) return false;
    for (const HeaderOut& h : out_.headers)
      if (!add(h.name, h.value, h.labels)) return false;
    a = Value::pairs(pairs, static_cast<uint32_t>(n));
    a.labels = kPersonal;
    return true;
  }

  bool query(const Value& a, uint32_t name) {
    if (!a.text_like()) return stop(FaultKind::unbuildable, "a field of the query without text");
    out_.query.push_back({program_.constant(name).view(), a.view(), a.labels});
    return true;
  }

  bool header(const Value& a, uint32_t name) {
    if (!a.text_like()) return stop(FaultKind::unbuildable, "a header without text");
    for (char c : a.view())
      if (c == '\r' || c == '\n' || c == '\0') return stop(FaultKind::unbuildable, "a header with a line end");
    out_.headers.push_back({program_.constant(name).view(), a.view(), a.labels});
    return true;
  }

  bool keep_text(Value& a, Kind kind, std::string_view text, Labels labels) {
    std::string_view kept = arena_.copy(text);
    if (kept.data() == nullptr) return stop(FaultKind::out_of_memory, "the slice's memory is full");
    a = Value::text_of(kind, kept, labels);
    return true;
  }

  bool read_host(Value& a, Instruction in) {
    switch (static_cast<HostRead>(in.b())) {
      case HostRead::now:
        if (!asked_now_) now_us_ = host_.now_us();
        asked_now_ = true;
        a = Value::time(now_us_);
        return true;
      case HostRead::uuid: return keep_text(a, Kind::uuid, fresh_uuid(host_), kPublic);
      case HostRead::alnum: return keep_text(a, Kind::text, fresh_alnum(host_, in.c()), kPublic);
      case HostRead::digits: return keep_text(a, Kind::text, fresh_digits(host_, in.c()), kPublic);
      case HostRead::random: return keep_text(a, Kind::bytes, fresh_bytes(in.c()), kPublic);
      case HostRead::counter: a = Value::number(host_.next_counter(in.c())); return true;
    }
    return stop(FaultKind::unbuildable, "an unknown host read");
  }

  bool mint(Value& a, Instruction in) {
    if (!a.text_like()) return stop(FaultKind::unbuildable, "a callback's key without text");
    bool url = in.op() == Op::mint_url;
    std::string minted = url ? host_.mint_url(m_, in.immediate(), a.view()) : host_.mint_bearer(m_, in.immediate(), a.view());
    return keep_text(a, url ? Kind::url : Kind::text, minted, kSealed);
  }

  std::string fresh_bytes(size_t n) {
    std::string out(n, '\0');
    host_.random_bytes(reinterpret_cast<uint8_t*>(out.data()), n);
    return out;
  }

  // Trailing arguments that the row lets out are missing in the window.
  bool call(uint8_t a, uint32_t id) {
    const BuiltinRow& row = *builtin(id);
    const Value* window = r_ + a + 1;
    uint8_t n = row.parameter_count;
    while (n > row.required && !window[n - 1].present()) n--;
    if (!spend(builtin_cost(id, window, n))) return false;
    BuiltinFault why;
    Value result;
    if (!call_builtin(id, window, n, arena_, result, why))
      return stop(why.out_of_memory ? FaultKind::out_of_memory : cannot(), why.why);
    r_[a] = result;
    return true;
  }

  bool call_each(uint8_t a, uint32_t id) {
    const Value list = r_[a + 1];
    if (list.kind != Kind::list) return stop(FaultKind::unbuildable, "each of no list");
    Value* results = arena_.array<Value>(list.size + 1u);
    if (results == nullptr) return stop(FaultKind::out_of_memory, "the slice's memory is full");
    for (uint32_t i = 0; i < list.size; i++) {
      r_[a + 1] = list.elements[i];
      if (!call(a, id)) return false;
      results[i] = r_[a];
    }
    r_[a + 1] = list;
    r_[a] = Value::list(results, list.size);
    r_[a].labels = join(list.labels, deep_labels(r_[a]));
    return true;
  }

  // A value that cannot be computed: of an answer it is a contradiction, of a request it stops it before it leaves.
  FaultKind cannot() const {
    return slice_.kind == SliceKind::arm || slice_.kind == SliceKind::key || slice_.kind == SliceKind::verify ? FaultKind::breach : FaultKind::unbuildable;
  }

  bool build(uint8_t a, uint32_t shape) {
    const Shape& s = m_.shapes[shape];
    std::span<const Value> holes(r_ + a + 1, s.holes.size());
    auto bytes = program_.builder(shape).build(holes, arena_, frame_.settings);
    if (!bytes) {
      std::string_view why = arena_.copy(bytes.error().message);
      return stop(bytes.error().code == "out_of_memory" ? FaultKind::out_of_memory : cannot(), why);
    }
    Labels labels = Builder::labels_of(holes);
    r_[a] = Value::text_of(built_kind(s), *bytes, labels);
    return spend(kBuildCost + bytes->size() / kBytesPerUnit);
  }

  bool join_texts(uint8_t a, uint8_t n) {
    const Value* window = r_ + a + 1;
    size_t size = 0;
    Labels labels = kPublic;
    for (size_t i = 0; i < n; i++) {
      if (!window[i].text_like() && window[i].kind != Kind::currency) return stop(cannot(), "what is joined is no text");
      size += window[i].text_like() ? window[i].size : 3;
      labels = join(labels, window[i].labels);
    }
    char* to = arena_.allocate(size + 1, 1);
    if (to == nullptr) return stop(FaultKind::out_of_memory, "the slice's memory is full");
    size_t at = 0;
    for (size_t i = 0; i < n; i++) at += put(window[i], to + at);
    r_[a] = Value::text({to, size}, labels);
    return spend(size / kBytesPerUnit);
  }
  static size_t put(const Value& v, char* to) {
    if (v.text_like()) {
      if (v.size != 0) std::memcpy(to, v.data, v.size);
      return v.size;
    }
    std::string code = unpack_currency(v.size);
    code.resize(3, ' ');
    std::memcpy(to, code.data(), 3);
    return 3;
  }

  // The same text counts as equal whatever identifier it is; a currency is its code.
  static bool equal(const Value& a, const Value& b) {
    std::string x, y;
    auto words = [](const Value& v, std::string& room) -> std::string_view {
      if (v.text_like()) return v.view();
      if (v.kind == Kind::currency) return room = unpack_currency(v.size);
      return {};
    };
    bool worded = (a.text_like() || a.kind == Kind::currency) && (b.text_like() || b.kind == Kind::currency);
    return worded ? words(a, x) == words(b, y) : same(a, b);
  }

  bool effect(SliceEnd::Effect effect, uint32_t index) {
    out_.effect = effect;
    out_.index = index;
    out_.fault = FaultKind::none;
    return false;
  }

  // The verifier has proved that no secret gets here; the values' own labels are asked all the same.
  bool end(uint32_t index) {
    const Target& t = m_.targets[index];
    auto hidden = [&](Register r) { return r != kNoRegister && (r_[r].labels & kHidden) != 0; };
    if (hidden(t.carrier_ref) || hidden(t.code) || hidden(t.said) || hidden(t.paid)) return stop(cannot(), "a secret would become part of an outcome");
    return effect(SliceEnd::Effect::target, index);
  }

  const Program& program_;
  const Module& m_;
  const Slice& slice_;
  const Frame& frame_;
  Host& host_;
  Arena& arena_;
  uint64_t fuel_, spent_ = 0;
  const Trace* trace_;
  Value* r_ = nullptr;
  uint32_t pc_ = 0;
  bool asked_now_ = false;
  int64_t now_us_ = 0;
  SliceEnd out_;
};

}  // namespace

SliceEnd run_slice(const Program& program, Index slice, const Frame& frame, Host& host, Arena& arena, uint64_t fuel, const Trace* trace) {
  return Machine(program, program.module().slices[slice], frame, host, arena, fuel, trace).run();
}

}  // namespace tollgate
