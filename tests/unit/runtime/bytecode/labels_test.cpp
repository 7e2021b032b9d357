// Labels through every builtin: what the language rules, what the catalogue's row says, and what the verifier makes of a call, for all labels of the
// arguments. A new builtin that sheds labels is written into the table here, or this fails.
#include <catch2/catch.hpp>

#include <map>
#include <string>

#include "runtime/bytecode/instruction.h"
#include "runtime/bytecode/intern.h"
#include "runtime/catalog/builtins.h"

using namespace tollgate;

namespace {

// The language's table of labels; whatever is not in it keeps all labels of all arguments.
const std::map<std::string_view, LabelRule> kRulings = {
    {"md5", LabelRule::hash},         {"sha1", LabelRule::hash},        {"sha256", LabelRule::hash},         {"sha512", LabelRule::hash},
    {"hmac_md5", LabelRule::mac},     {"hmac_sha1", LabelRule::mac},    {"hmac_sha256", LabelRule::mac},     {"hmac_sha512", LabelRule::mac},
    {"equal", LabelRule::open_only},  {"less", LabelRule::open_only},   {"less_equal", LabelRule::open_only}, {"not_equal", LabelRule::open_only},
    {"and", LabelRule::open_only},    {"not", LabelRule::open_only},    {"length", LabelRule::open_only},    {"starts_with", LabelRule::open_only},
    {"after", LabelRule::open_join},  {"country", LabelRule::plain},    {"matches", LabelRule::plain},
    {"sha224", LabelRule::hash}, {"sha384", LabelRule::hash}, {"hmac_sha224", LabelRule::mac},
    {"hmac_sha384", LabelRule::mac}, {"rsa_sha1_sign", LabelRule::mac}, {"rsa_sha1_verify", LabelRule::plain},
    {"rsa_sha256_sign", LabelRule::mac}, {"rsa_sha256_verify", LabelRule::plain}, {"rsa_sha384_sign", LabelRule::mac},
    {"rsa_sha384_verify", LabelRule::plain}, {"rsa_sha512_sign", LabelRule::mac}, {"rsa_sha512_verify", LabelRule::plain},
    {"rsa_pss_sha256_sign", LabelRule::mac}, {"rsa_pss_sha256_verify", LabelRule::plain}, {"rsa_pss_sha512_sign", LabelRule::mac},
    {"rsa_pss_sha512_verify", LabelRule::plain}, {"ecdsa_sha256_sign", LabelRule::mac}, {"ecdsa_sha256_verify", LabelRule::plain},
    {"ecdsa_sha256_raw_sign", LabelRule::mac}, {"ecdsa_sha256_raw_verify", LabelRule::plain}, {"ecdsa_sha384_raw_sign", LabelRule::mac},
    {"ecdsa_sha384_raw_verify", LabelRule::plain}, {"ed25519_sign", LabelRule::mac}, {"ed25519_verify", LabelRule::plain},
    {"before", LabelRule::open_join}, {"behind", LabelRule::open_join}, {"part", LabelRule::open_join},
    {"parameter", LabelRule::open_join}, {"integer", LabelRule::open_join}, {"time", LabelRule::open_join},
    {"is_gsm", LabelRule::open_only}, {"gsm_septets", LabelRule::open_only}, {"sms_parts", LabelRule::open_only},
    {"rsa_pkcs1", LabelRule::cipher}, {"rsa_pkcs1_decode", LabelRule::opened}, {"rsa_oaep", LabelRule::cipher},
    {"rsa_oaep_decode", LabelRule::opened}, {"rsa_oaep_sha256", LabelRule::cipher}, {"rsa_oaep_sha256_decode", LabelRule::opened},
    {"aes_cbc", LabelRule::cipher}, {"aes_cbc_decode", LabelRule::opened}, {"aes_gcm", LabelRule::sealing_cipher},
    {"aes_gcm_decode", LabelRule::opened}, {"jwe", LabelRule::sealing_cipher}, {"jwe_decode", LabelRule::opened},
    {"jwe_dir", LabelRule::sealing_cipher}, {"jwe_dir_decode", LabelRule::opened}, {"jws_hs256", LabelRule::envelope},
    {"jws_hs256_decode", LabelRule::message}, {"jws_rs256", LabelRule::envelope}, {"jws_rs256_decode", LabelRule::message},
    {"jws_es256", LabelRule::envelope}, {"jws_es256_decode", LabelRule::message}, {"gzip_decode", LabelRule::message},
    {"deflate_decode", LabelRule::message}, {"zip_decode", LabelRule::message}, {"charset_decode", LabelRule::message},
    {"gsm7_decode", LabelRule::message}, {"gsm8_decode", LabelRule::message},
};

constexpr Labels kHidden = kSecret | kSealed;
constexpr Labels kAny[] = {kPublic, kSealed, kSecret, kPersonal, kSecret | kPersonal, kSealed | kPersonal};

// What the ruling says of these arguments; nothing: refused.
std::optional<Labels> ruled(LabelRule rule, const std::vector<Labels>& arguments) {
  Labels all = kPublic;
  for (Labels l : arguments) all = join(all, l);
  bool hidden = (all & kHidden) != 0;
  switch (rule) {
    case LabelRule::join: return all;
    case LabelRule::hash: return static_cast<Labels>((all & kPersonal) | (hidden ? kSealed : kPublic));
    case LabelRule::mac: return static_cast<Labels>(kSealed | ((arguments[0] & kHidden) ? kPublic : (all & kPersonal)));
    case LabelRule::open_only: return hidden ? std::nullopt : std::optional<Labels>(kPublic);
    case LabelRule::open_join: return hidden ? std::nullopt : std::optional<Labels>(static_cast<Labels>(all & kPersonal));
    case LabelRule::plain: return kPublic;
    case LabelRule::cipher: return static_cast<Labels>(kSealed | (all & kPersonal));
    case LabelRule::sealing_cipher: return kSealed;
    case LabelRule::opened: return static_cast<Labels>(kSecret | (all & kPersonal));
    case LabelRule::envelope: return static_cast<Labels>(kSealed | arguments.back());
    case LabelRule::message: return arguments.back();
  }
  return std::nullopt;
}

// A kind of the set that has no label of its own.
Kind plain_kind(KindSet set) {
  for (int i = 0; i < kKindCount; ++i) {
    Kind kind = static_cast<Kind>(i);
    bool plain = kind != Kind::missing && kind != Kind::null && natural_labels(kind) == kPublic;
    if (plain && contains(set, kind)) return kind;
  }
  for (int i = 0; i < kKindCount; ++i)
    if (contains(set, static_cast<Kind>(i))) return static_cast<Kind>(i);
  return Kind::text;
}

Type type_of(const Parameter& parameter, Labels labels) {
  Type type{plain_kind(parameter.kinds), false, labels, Kind::missing};
  if (type.kind == Kind::list) type.element = contains(parameter.elements, Kind::text) ? Kind::text : plain_kind(parameter.elements);
  return type;
}

// A procedure that calls the builtin with its arguments and keeps the result under `kept`.
std::string verified(const BuiltinRow& row, const std::vector<Labels>& labels, Labels kept) {
  Module m;
  Interner pool{m};
  Procedure p;
  p.name = pool.text("charge");
  for (size_t i = 0; i < row.parameter_count; ++i) p.arguments.push_back({pool.text("a" + std::to_string(i)), type_of(row.parameters[i], labels[i])});
  Kind result = row.result_kind == ResultKind::element ? p.arguments[0].type.element : row.result;
  p.keeps = {{pool.text("result"), {result, row.optional, kept, row.result_element}}};
  Target end;
  end.kind = TargetKind::fail;
  end.reason = pool.text("unavailable");
  m.targets = {end};
  m.reasons = {{end.reason, false, About::call}};
  for (uint8_t i = 0; i < row.parameter_count; ++i) m.code.push_back(Instruction::ai(Op::argument, static_cast<uint8_t>(i + 1), i).word);
  m.code.push_back(Instruction::ai(Op::call, 0, row.id).word);
  m.code.push_back(Instruction::ai(Op::keep, 0, 0).word);
  m.code.push_back(Instruction::ai(Op::end, 0, 0).word);
  Slice slice;
  slice.begin = 0;
  slice.end = static_cast<uint32_t>(m.code.size());
  slice.registers = static_cast<uint8_t>(row.parameter_count + 1);
  slice.owner = 0;
  slice.frame = Slice::FrameOf::procedure;
  m.slices = {slice};
  p.steps = {{kNone, {}, 0, kNone, kNone, kNone, {}}};
  m.procedures = {p};
  m.costs.resize(1);
  canonicalize(m);
  Status status = verify(m);
  return status.ok() ? "verified" : status.error().message;
}

std::vector<std::vector<Labels>> combinations(const BuiltinRow& row) {
  std::vector<std::vector<Labels>> out;
  for (Labels first : kAny)
    for (Labels second : kAny) {
      if (row.parameter_count < 2 && second != kPublic) continue;
      std::vector<Labels> labels(row.parameter_count, kPublic);
      if (!labels.empty()) labels[0] = join(first, natural_labels(plain_kind(row.parameters[0].kinds)));
      if (labels.size() > 1) labels[1] = join(second, natural_labels(plain_kind(row.parameters[1].kinds)));
      out.push_back(std::move(labels));
    }
  return out;
}

}  // namespace

TEST_CASE("every builtin has the labels that the language rules, and the verifier agrees") {
  for (const BuiltinRow& row : builtins()) {
    auto ruling = kRulings.find(row.name);
    LabelRule rule = ruling == kRulings.end() ? LabelRule::join : ruling->second;
    INFO(row.symbol);
    CHECK(row.labels == rule);
    for (const std::vector<Labels>& labels : combinations(row)) {
      std::optional<Labels> wanted = ruled(rule, labels), found = result_labels(row, labels);
      if (wanted) wanted = join(*wanted, natural_labels(row.result));   // a private key is a secret, however it was come by
      INFO("labels " << int(labels.empty() ? 0 : labels[0]) << " " << int(labels.size() > 1 ? labels[1] : 0));
      REQUIRE(found.has_value() == wanted.has_value());
      if (!wanted) {
        CHECK(verified(row, labels, kHidden).find("V16") != std::string::npos);
        continue;
      }
      CHECK(*found == *wanted);
      CHECK(verified(row, labels, *wanted) == "verified");
      // A kept value that admits less than what is hidden in the result is refused; one that is a secret itself admits all.
      const bool takes_secrets = natural_labels(row.result) & kSecret;
      if (!takes_secrets && (*wanted & kHidden)) CHECK(verified(row, labels, kPublic).find("V16") != std::string::npos);
    }
  }
}
