#include "runtime/catalog/catalog.h"

#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>

#include "runtime/base/arena.h"
#include "runtime/catalog/builtins.h"
#include "runtime/value/decimal.h"
#include "runtime/value/msisdn.h"
#include "runtime/value/time_format.h"
#include "runtime/value/url.h"
#include "runtime/value/zone.h"

using namespace tollgate;

namespace {

// Every way to call a row: one kind for each parameter.
std::set<std::vector<Kind>> ways(const BuiltinRow& row) {
  std::set<std::vector<Kind>> all = {{}};
  for (const Parameter& p : row.arguments()) {
    std::set<std::vector<Kind>> longer;
    for (const auto& way : all) {
      for (int k = 0; k < kKindCount; ++k) {
        if (!contains(p.kinds, static_cast<Kind>(k))) continue;
        auto next = way;
        next.push_back(static_cast<Kind>(k));
        longer.insert(next);
      }
    }
    all = longer;
  }
  return all;
}

Value constant(const char* text) { return Value::text(text); }

}  // namespace

TEST_CASE("every builtin row is whole: a sentence, an example, an id that is its place") {
  size_t made = 0;
  for (const CodecRow& codec : codecs()) made += codec.made ? 2 : 0;
  REQUIRE(builtins().size() == BuiltinIds::count + made);
  std::set<std::string_view> symbols;
  for (const BuiltinRow& row : builtins()) {
    INFO(row.symbol);
    CHECK(&row == builtin(row.id));
    CHECK(symbols.insert(row.symbol).second);
    CHECK(row.parameter_count >= 1);
    CHECK(row.required <= row.parameter_count);
    CHECK((row.result_kind == ResultKind::element || !type_name(row.result).empty()));
    CHECK((row.result == Kind::list) == (row.result_element != Kind::missing));
    CHECK(!row.doc.empty());
    CHECK(row.example.find(" => ") != std::string_view::npos);
    CHECK(row.cost >= 1);
    for (const Parameter& p : row.arguments()) CHECK(p.kinds != 0);
  }
  CHECK(builtin(BuiltinIds::count) == nullptr);
  CHECK(builtin(UINT32_MAX) == nullptr);
}

TEST_CASE("no two rows can be meant by the same call") {
  std::map<std::pair<std::string, std::vector<Kind>>, std::string_view> seen;
  for (const BuiltinRow& row : builtins()) {
    const std::string way_to_call = std::to_string(static_cast<int>(row.calling)) + std::string(row.name);
    for (const auto& way : ways(row)) {
      auto [it, is_new] = seen.try_emplace({way_to_call, way}, row.symbol);
      INFO(row.symbol << " and " << it->second);
      CHECK(is_new);
    }
  }
}

TEST_CASE("every row is found by what an author would write, and nothing else is") {
  for (const BuiltinRow& row : builtins()) {
    INFO(row.symbol);
    for (const auto& way : ways(row)) {
      switch (row.calling) {
        case Calling::form:
          CHECK(find_form(row.name, way) == &row);
          CHECK(find_form(way[0], row.name) != nullptr);
          break;
        case Calling::function: CHECK(find_function(row.name, way) == &row); break;
        case Calling::operation:
          CHECK(find_operation(row.name, way) == &row);
          CHECK(find_function(row.name, way) == nullptr);
          break;
      }
    }
  }
  CHECK(find_form(Kind::money, "text") == nullptr);   // money leaves only through a unit
  CHECK(find_form(Kind::msisdn, "text") == nullptr);  // a number through a form
  CHECK(find_form(Kind::time, "text") == nullptr);    // a time through a format
  CHECK(find_form(Kind::uuid, "first") == nullptr);   // identifiers are not cut
  const Kind mixed[] = {Kind::integer, Kind::text};
  CHECK(find_operation("equal", mixed) == nullptr);   // 0 is not "0"
  const Kind secrets[] = {Kind::secret, Kind::secret};
  CHECK(find_operation("equal", secrets) == nullptr);
  CHECK(find_function("matches", secrets) != nullptr);
}

TEST_CASE("labels follow the table of the language") {
  const auto of = [](BuiltinId id, std::initializer_list<Labels> labels) {
    return result_labels(*builtin(id), std::span<const Labels>(labels.begin(), labels.size()));
  };
  CHECK(of(BuiltinIds::base64, {kSecret}) == kSecret);
  CHECK(of(BuiltinIds::text_first, {kSecret | kPersonal, kPublic}) == (kSecret | kPersonal));
  CHECK(of(BuiltinIds::md5, {kSecret}) == kSealed);
  CHECK(of(BuiltinIds::md5, {kSealed}) == kSealed);
  CHECK(of(BuiltinIds::sha256, {kPersonal}) == kPersonal);
  CHECK(of(BuiltinIds::sha256, {kSecret | kPersonal}) == (kSealed | kPersonal));
  CHECK(of(BuiltinIds::sha256, {kPublic}) == kPublic);
  CHECK(of(BuiltinIds::hmac_sha256, {kSecret, kPersonal}) == kSealed);
  CHECK(of(BuiltinIds::hmac_sha256, {kPublic, kPersonal}) == (kSealed | kPersonal));
  CHECK(of(BuiltinIds::text_equal, {kSecret, kPublic}) == std::nullopt);
  CHECK(of(BuiltinIds::text_equal, {kPublic, kSealed}) == std::nullopt);
  CHECK(of(BuiltinIds::text_equal, {kPersonal, kPublic}) == kPublic);
  CHECK(of(BuiltinIds::text_length, {kSecret}) == std::nullopt);
  CHECK(of(BuiltinIds::text_after, {kPersonal, kPublic}) == kPersonal);
  CHECK(of(BuiltinIds::matches, {kSecret, kSealed}) == kPublic);
  CHECK(of(BuiltinIds::msisdn_digits, {kPersonal}) == kPersonal);
  CHECK(of(BuiltinIds::msisdn_country, {kPersonal}) == kPublic);
  for (const BuiltinRow& row : builtins()) {  // nothing but a declared rule may shed a secret
    const Labels all = kSecret | kPersonal;
    const std::vector<Labels> arguments(row.parameter_count, all);
    auto result = result_labels(row, arguments);
    if (row.labels == LabelRule::join) CHECK(result == all);
    if (result && (*result & kSecret) == 0) CHECK(row.labels != LabelRule::join);
  }
}

TEST_CASE("constants are judged by what their parameter means") {
  CHECK_FALSE(objection(Meaning::zone, constant("Africa/Kampala")));
  CHECK(objection(Meaning::zone, constant("Kampala")) == "names no time zone");
  CHECK_FALSE(objection(Meaning::time_pattern, constant("yyyy")));
  CHECK(objection(Meaning::time_pattern, constant("YYYY")));
  CHECK_FALSE(objection(Meaning::count, Value::number(kCountMax)));
  CHECK(objection(Meaning::count, Value::number(kCountMax + 1)));
  CHECK(objection(Meaning::count, Value::number(-1)));
  CHECK(objection(Meaning::scale, Value::number(19)));
  CHECK(objection(Meaning::unit, constant("bits")));
  CHECK(objection(Meaning::group, constant(".")));
  CHECK(objection(Meaning::group, constant("")));
  CHECK_FALSE(objection(Meaning::group, constant(" ")));
  CHECK_FALSE(objection(Meaning::fill, constant("é")));
  CHECK(objection(Meaning::fill, constant("00")));
  CHECK(objection(Meaning::needle, constant("")));
  CHECK(objection(Meaning::zone, Value::number(1)));
  CHECK_FALSE(objection(Meaning::any, Value::missing()));
}

TEST_CASE("readers, codecs and host reads are found by the words of the language") {
  CHECK(reader_kind(*find_reader("Time.format")) == Kind::time);
  CHECK(reader_kind(*find_reader("Money.minor")) == Kind::integer);
  CHECK(find_reader("Text") == 0u);
  CHECK_FALSE(find_reader("Float"));
  CHECK(reader_kind(9999) == Kind::missing);
  CHECK(find_codec("base64url") == 1u);
  CHECK_FALSE(find_codec("rot13"));
  CHECK(host_read_kind(*find_host_read("uuid")) == Kind::uuid);
  CHECK_FALSE(find_host_read("chance"));
  CHECK(host_read_kind(9999) == Kind::missing);
}

TEST_CASE("the limits in the manual are those in the code") {
  const std::map<std::string_view, int64_t> constants = {
      {"kArenaMax", static_cast<int64_t>(Arena::kArenaMax)}, {"kValueDepthMax", kValueDepthMax}, {"kListMax", kListMax},
      {"kMsisdnDigitsMin", kMsisdnDigitsMin}, {"kMsisdnDigitsMax", kMsisdnDigitsMax}, {"kDecimalDigitsMax", 18},
      {"kDecimalScaleMax", Decimal::kScaleMax}, {"kTimePatternMax", kTimePatternMax}, {"kZoneNameMax", kZoneNameMax},
      {"kUrlMax", kUrlMax}, {"kCountMax", kCountMax}, {"kParametersMax", kParametersMax}};
  std::set<std::string_view> stated;
  for (const LimitRow& row : value_limits()) {
    INFO(row.name);
    CHECK(stated.insert(row.name).second);
    CHECK(!row.reason.empty());
    auto it = constants.find(row.name);
    if (it != constants.end()) CHECK(it->second == row.value);
  }
  for (const auto& [name, value] : constants) CHECK(stated.count(name) == 1);
}

TEST_CASE("error codes are unique and explained") {
  std::set<std::string_view> codes;
  for (const ErrorRow& row : error_codes()) {
    CHECK(codes.insert(row.code).second);
    CHECK(row.why.ends_with('.'));
    CHECK(!row.remedy.empty());
  }
  CHECK(is_error_code("value_corrupt"));
  CHECK_FALSE(is_error_code("oops"));
}
