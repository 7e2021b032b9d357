// A readable module: every field with its name, indices with what they name, code as instructions. Works on modules that are not
// verified, so every look-up is checked.
#include <fmt/format.h>

#include "runtime/bytecode/describe.h"
#include "runtime/bytecode/disassemble.h"
#include "runtime/bytecode/names.h"

namespace tollgate {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') out += '\\', out += c;
    else if (c == '\n') out += "\\n";
    else if (byte < 0x20 || byte == 0x7f) out += fmt::format("\\x{:02x}", byte);
    else out += c;
  }
  return out + "\"";
}

std::string constant_text(const Module& m, Index i) {
  if (i == kNone) return "-";
  if (i >= m.constants.size()) return fmt::format("constant {}?", i);
  const Constant& c = m.constants[i];
  std::string out(name_of(c.kind));
  if (c.text != kNone) return out + " " + quoted(m.text(c.text));
  out += fmt::format(" {}", c.integer);
  if (c.scale != 0) out += fmt::format("e-{}", c.scale);
  if (c.currency != 0) {
    out += ' ';
    for (int shift = 16; shift >= 0; shift -= 8) out += static_cast<char>(c.currency >> shift & 0x7f);
  }
  return out;
}

namespace {

class Dumper {
 public:
  Dumper(const Module& m, std::string_view only) : m_(m), only_(only) {}
  std::string out;

  void index(const char* name, Index& i, Pool pool, Must) {
    if (i != kNone) line(name, indexed(i, pool));
  }
  void indices(const char* name, std::vector<Index>& list, Pool pool, size_t) {
    std::string all;
    for (Index i : list) all += (all.empty() ? "" : ", ") + indexed(i, pool);
    if (!list.empty()) line(name, all);
  }
  void reg(const char* name, Register& r) {
    if (r != kNoRegister) line(name, fmt::format("r{}", r));
  }
  void regs(const char* name, std::vector<Register>& list, size_t) {
    std::string all;
    for (Register r : list) all += fmt::format("{}r{}", all.empty() ? "" : ", ", r);
    if (!list.empty()) line(name, all);
  }
  template <class V>
  void value(const char* name, V& v) {
    if constexpr (std::is_enum_v<V>) line(name, name_of(v));
    else if constexpr (std::is_same_v<V, bool>) {
      if (v) line(name, "yes");
    } else if (v != 0) line(name, fmt::format("{}", v));
  }
  void numbers(const char* name, std::vector<uint64_t>& list, size_t) {
    if (!list.empty()) line(name, fmt::format("{}", fmt::join(list, ", ")));
  }
  template <class T>
  void part(const char* name, T& x) {
    line(name, "");
    nested(x);
  }
  template <class T>
  void parts(const char* name, std::vector<T>& list, size_t) {
    size_t i = 0;
    for (T& x : list) {
      line(fmt::format("{} {}", name, i++), title(x));
      nested(x);
    }
  }
  void parts(const char*, std::vector<Constant>& list, size_t) {
    for (Index i = 0; i < list.size(); i++) line(fmt::format("{}", i), constant_text(m_, i));
  }
  void text(const char* name, std::string& s) { line(name, quoted(s)); }
  void strings(const char*, std::vector<std::string>& list, size_t) {
    size_t i = 0;
    for (std::string& s : list) line(fmt::format("{}", i++), quoted(s));
  }
  void words(const char*, std::vector<uint32_t>&, size_t) {
    for (Index i = 0; i < m_.slices.size(); i++) out += disassemble(m_, i);
  }
  void doc(const char*, Index& i) {
    if (i < m_.debug.docs.size()) line("doc", quoted(m_.debug.docs[i]));
  }
  template <class F>
  void section(const char* name, F&& body) {
    if (!only_.empty() && only_ != name) return;
    out += fmt::format("== {}\n", name);
    body();
  }

 private:
  void line(std::string_view name, std::string_view value) {
    out.append(2 * static_cast<size_t>(depth_), ' ');
    out += name;
    if (!value.empty()) out += fmt::format(": {}", value);
    out += '\n';
  }
  template <class T>
  void nested(T& x) {
    depth_++;
    describe(*this, x);
    depth_--;
  }
  template <class T>
  std::string title(const T& x) const {
    if constexpr (requires { x.name; x.kind; }) return std::string();
    else if constexpr (requires { x.name; }) return std::string(m_.text(x.name));
    else return std::string();
  }
  template <class T>
  std::string named(const std::vector<T>& list, Index i) const {
    return i < list.size() ? fmt::format("{} {}", i, m_.text(list[i].name)) : fmt::format("{}?", i);
  }
  std::string indexed(Index i, Pool pool) const {
    switch (pool) {
      case Pool::texts: return i < m_.texts.size() ? quoted(m_.texts[i]) : fmt::format("{}?", i);
      case Pool::constants: return constant_text(m_, i);
      case Pool::settings: return named(m_.settings, i);
      case Pool::links: return named(m_.links, i);
      case Pool::sessions: return named(m_.sessions, i);
      case Pool::tables: return named(m_.tables, i);
      case Pool::procedures: return named(m_.procedures, i);
      case Pool::enquiries: return named(m_.enquiries, i);
      case Pool::endpoints: return named(m_.endpoints, i);
      case Pool::callbacks: return named(m_.callbacks, i);
      default: return fmt::format("{}", i);
    }
  }

  const Module& m_;
  std::string_view only_;
  int depth_ = 0;
};

}  // namespace

std::string dump(const Module& module) { return dump_section(module, ""); }

std::string dump_section(const Module& module, std::string_view section) {
  Dumper d(module, section);
  describe_sections(d, const_cast<Module&>(module));
  return std::move(d.out);
}

}  // namespace tollgate
