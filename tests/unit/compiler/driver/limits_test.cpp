// Every bound of the compiler, from both sides: what is just inside compiles, what is just outside is refused with the bound's code. And files
// that were made to cost time: each is answered in seconds, with a diagnostic or a module.
#include <catch2/catch.hpp>
#include <ctime>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "compiler/check/rules.h"
#include "compiler/diag/diagnostic.h"
#include "compiler/parse/lexer.h"
#include "compiler/parse/parse.h"
#include "compiler/source/source.h"
#include "compiler/source/text_check.h"
#include "runtime/bytecode/limits.h"
#include "tests/unit/source_dir.h"
#include "tollgate/compiler.h"

using namespace tollgate;

namespace {

std::string times(size_t n, const std::string& text) {
  std::string out;
  for (size_t i = 0; i < n; ++i) out += text;
  return out;
}

std::string numbered(size_t n, const std::function<std::string(size_t)>& text) {
  std::string out;
  for (size_t i = 0; i < n; ++i) out += text(i);
  return out;
}

// A sound carrier with room for more: what it uses, members, parts of the charge, and what `on doubt` leads to.
struct Carrier {
  std::string uses, settings, members, link, keeps, path = "/pay", send, body, arms, steps;
  std::string doubt = "manual because \"no enquiry\"", rows, schedule = "5s, 60s", within = "10min";

  std::string text() const {
    return "edition 1\n\n" + uses + "carrier kopa {\n  market KE\n  settings { base: Url" + settings + " }\n  link api = http(settings.base) {\n" + link + "  }\n" + members +
           "  reading code: Text -> Outcome {\n    \"A\" => declined refused\n" + rows + "    other => in_doubt\n  }\n  procedure charge {\n    keep ref = uuid()\n" + keeps +
           "    send api POST \"" + path + "\" {\n" + send + "      json { id: ref, amount: amount.decimal.text" + body + " }\n    }\n" +
           "    on 200 json { id: == ref, state: \"NO\", error: Text } => code(error)\n    on 202 => await status(ref) within " + within + "\n" + arms +
           "    on doubt => " + doubt + "\n" + steps + "  }\n  enquiry status(ref: Uuid) about charge every " + schedule +
           " {\n    send api GET \"/pay/{ref}\"\n    on 200 json { id: == ref, state: \"NO\" } => declined refused\n  }\n}\n";
  }
};

std::set<std::string> codes_of(const Compilation& result) {
  std::set<std::string> codes;
  std::istringstream lines(result.diagnostics(Rendering::json));
  for (std::string line; std::getline(lines, line);)
    if (line.find("\"severity\":\"error\"") != std::string::npos) codes.insert(line.substr(line.find("\"CR") + 1, 6));
  return codes;
}

struct Limit {
  const char* name;
  size_t value;
  const char* code;  // of what is just outside
  std::function<std::string(size_t)> text;  // with so many of it
};

std::string expression(size_t operands) { return "edition 1\n\nlet x = 1" + times(operands, " + 1") + "\n"; }

std::string token_checked(const std::string& header) { return "    verify shared_token(\"" + header + "\", settings.login)\n"; }

// A carrier with so many endpoints, and a callback on each.
Carrier called_back(size_t endpoints) {
  Carrier c;
  c.uses = "use std.verify: shared_token\n\n";
  c.settings = ", login: Secret";
  c.members = numbered(endpoints, [](size_t i) {
    const std::string n = std::to_string(i);
    return "  endpoint h" + n + " = http POST {\n" + token_checked("X-Token") + "    answer 204\n  }\n  callback c" + n + "(ref: Text) about charge on h" + n +
           " {\n    match json { id: Text as ref }\n    read json {\n      { state: \"NO\" } => declined refused\n    }\n  }\n";
  });
  return c;
}

const std::vector<Limit>& all_limits() {
  const auto carrier = [](std::string Carrier::*part, const std::function<std::string(size_t)>& of_number) {
    return [=](size_t n) {
      Carrier c;
      c.*part = of_number(n);
      return c.text();
    };
  };
  static const std::vector<Limit> limits = {
      {"kSourceBytesMax", kSourceBytesMax, "CR0102",
       [](size_t n) {
         std::string text = Carrier().text() + "// ";
         return text + std::string(n - text.size(), '-');
       }},
      {"kNestingMax", kNestingMax, "CR0114", [](size_t n) { return "edition 1\n\nlet x = " + std::string(n, '(') + "1" + std::string(n, ')') + "\n"; }},
      {"kNameBytesMax", kNameBytesMax, "CR0129", [](size_t n) { return "edition 1\n\nlet " + std::string(n, 'a') + " = 1\n"; }},
      // The file, the `let` and the innermost operand are nodes, too.
      {"kTreeDepthMax", kTreeDepthMax, "CR0114", [](size_t n) { return expression(n - 2); }},
      {"kTypeDepthMax", 4, "CR0120",
       [](size_t n) { return "edition 1\n\nshape s(a: " + times(n - 1, "Map<") + "Text" + std::string(n - 1, '>') + ") = json { a: 1 }\n"; }},
      {"kShapeDepth", limits::kShapeDepth, "CR0114",
       [](size_t n) {
         Carrier c;
         c.body = ", deep: " + times(n - 2, "{ a: ") + "1" + times(n - 2, " }");
         return c.text();
       }},
      {"kWaitMs", limits::kWaitMs / 3'600'000, "CR0406",
       [](size_t n) {
         Carrier c;
         c.within = std::to_string(n) + "h";
         return c.text();
       }},
      {"kLinks", limits::kLinks, "CR0442", carrier(&Carrier::members, [](size_t n) {
         return numbered(n - 1, [](size_t i) { return "  link l" + std::to_string(i) + " = http(settings.base)\n"; });
       })},
      {"kSessions", limits::kSessions, "CR0442", carrier(&Carrier::members, [](size_t n) {
         return numbered(n, [](size_t i) {
           return "  session t" + std::to_string(i) + " {\n    send api POST \"/t\"\n" +
                  "    on 200 json { access_token: Secret, expires_in: Int } => access_token lasting expires_in.seconds - 60s\n  }\n";
         });
       })},
      {"kTables", limits::kTables, "CR0442", carrier(&Carrier::members, [](size_t n) {
         return numbered(n - 1, [](size_t i) {
           return "  reading r" + std::to_string(i) + ": Text -> Outcome {\n    \"A\" => declined refused\n    other => in_doubt\n  }\n";
         });
       })},
      {"kEnquiries", limits::kEnquiries, "CR0442", carrier(&Carrier::members, [](size_t n) {
         return numbered(n - 1, [](size_t i) {
           return "  enquiry e" + std::to_string(i) + "(ref: Uuid) about charge every 5s {\n    send api GET \"/e/{ref}\"\n" +
                  "    on 200 json { id: == ref, state: \"NO\" } => declined refused\n  }\n";
         });
       })},
      {"kArms", limits::kArms, "CR0442", carrier(&Carrier::arms, [](size_t n) {
         return numbered(n - 2, [](size_t i) { return "    on 400 json { e: \"" + std::to_string(i) + "\" } => declined barred\n"; });
       })},
      {"kHeaders", limits::kHeaders, "CR0442", carrier(&Carrier::send, [](size_t n) {
         return numbered(n, [](size_t i) { return "      header \"X-" + std::to_string(i) + "\": \"a\"\n"; });
       })},
      {"kHeaders", limits::kHeaders, "CR0442", carrier(&Carrier::link, [](size_t n) {  // those of the link are in each of its requests
         return numbered(n, [](size_t i) { return "    header \"X-" + std::to_string(i) + "\": \"a\"\n"; });
       })},
      {"kTextBytes", limits::kTextBytes, "CR0442", carrier(&Carrier::body, [](size_t n) { return ", t: \"" + std::string(n, 'a') + "\""; })},
      {"kHoles", limits::kHoles, "CR0442", carrier(&Carrier::body, [](size_t n) {
         return numbered(n - 2, [](size_t i) { return ", f" + std::to_string(i) + ": order.id"; });
       })},
      // The record, its other members and the list are parts of the message, too.
      {"kNodes", limits::kNodes, "CR0442", carrier(&Carrier::body, [](size_t n) {
         return ", l: [1" + times(n - 8, ", 1") + "]";
       })},
      {"kFields", limits::kFields, "CR0442", carrier(&Carrier::keeps, [](size_t n) {
         return numbered(n - 1, [](size_t i) { return "    keep k" + std::to_string(i) + " = uuid()\n"; });
       })},
      {"kCodecDepth", limits::kCodecDepth, "CR0442", carrier(&Carrier::body, [](size_t n) {
         return ", x: " + times(n, "base64 ") + "json { a: 1 }";
       })},
      {"kPairsDepth", limits::kPairsDepth, "CR0442", carrier(&Carrier::body, [](size_t n) {
         return ", x: " + times(n, "pairs(N, V) { a: ") + "1" + times(n, " }");
       })},
      {"kWidth", limits::kWidth, "CR0307", carrier(&Carrier::arms, [](size_t n) {
         return "    on 400 text \"NO {_: " + std::to_string(n) + " chars}\" => declined barred\n";
       })},
      {"kSteps", limits::kSteps, "CR0442",
       [](size_t n) {
         const std::string more = "on 200 json { id: == ref, state: \"MORE\" } => then s";
         Carrier c;
         c.arms = "    " + more + "1(ref)\n";
         c.steps = numbered(n - 1, [&](size_t i) {
           const bool last = i + 2 == n;
           return "    step s" + std::to_string(i + 1) + "(ref: Uuid) {\n      send api GET \"/more/{ref}\"\n      " +
                  (last ? "on 200 json { id: == ref, state: \"NO\" } => declined refused" : more + std::to_string(i + 2) + "(ref)") + "\n    }\n";
         });
         return c.text();
       }},
      {"kAgain", limits::kAgain, "CR0325",
       [](size_t n) {
         Carrier c;
         c.arms = "    on 200 json { id: == ref, state: \"MORE\" } => then more(ref)\n";
         c.steps = "    step more(ref: Uuid) {\n      send api GET \"/more/{ref}\"\n      on 200 json { id: == ref, state: \"NO\" } => declined refused\n" +
                   ("      on 200 json { id: == ref, state: \"WAIT\" } => again more(ref) at most " + std::to_string(n) + "\n    }\n");
         return c.text();
       }},
      // One callback on each endpoint: both bounds are met at once.
      {"kEndpoints", limits::kEndpoints, "CR0442", [](size_t n) { return called_back(n).text(); }},
      {"kCallbacks", limits::kCallbacks, "CR0442", [](size_t n) { return called_back(n).text(); }},
      {"kVerifies", limits::kVerifies, "CR0442",
       [](size_t n) {
         Carrier c = called_back(0);
         c.members = "  endpoint hook = http POST {\n" + numbered(n, [](size_t i) { return token_checked("X-Token-" + std::to_string(i)); }) + "    answer 204\n  }\n";
         return c.text();
       }},
      {"kRows", limits::kRows, "CR0442",
       [](size_t n) {
         Carrier c;
         c.rows = numbered(n - 1, [](size_t i) { return "    \"E" + std::to_string(i) + "\" => declined barred\n"; });
         return c.text();
       }},
      {"kIntervals", limits::kIntervals, "CR0442",
       [](size_t n) {
         Carrier c;
         c.schedule = "5s" + times(n - 1, ", 60s");
         return c.text();
       }},
      {"kSettings", limits::kSettings, "CR0442",
       [](size_t n) {
         Carrier c;
         c.settings = numbered(n - 1, [](size_t i) { return ", s" + std::to_string(i) + ": Text"; });
         return c.text();
       }},
      {"kStatuses", limits::kStatuses, "CR0442",
       [](size_t n) {
         Carrier c;
         c.arms = "    on 400" + numbered(n - 1, [](size_t i) { return " | " + std::to_string(402 + 2 * i); }) + " json { error: Text } => code(error)\n";
         return c.text();
       }},
      {"kProofs", limits::kProofs, "CR0442",
       [](size_t n) {
         Carrier c;
         c.doubt = "ask status(ref) within 1h" + times(n - 1, " then ask status(ref) within 1h");
         return c.text();
       }},
  };
  return limits;
}

}  // namespace

TEST_CASE("the limits of the manual are those of the code") {
  const std::map<std::string_view, size_t> constants = {
      {"kSourceBytesMax", kSourceBytesMax},   {"kNestingMax", kNestingMax}, {"kNameBytesMax", kNameBytesMax}, {"kTreeDepthMax", kTreeDepthMax},
      {"kTypeDepthMax", kTypeDepthMax},       {"kLexicalMistakesMax", kLexicalMistakesMax}, {"kMistakesMax", kMistakesMax},
      {"kTextProblemsMax", kTextProblemsMax}, {"kReportsMax", Sink::kReportsMax},     {"kDiagnosticsMax", Sink::kDiagnosticsMax},
      {"kAlikeMax", Sink::kAlikeMax},         {"kPaceMsMin", hir::kPaceMsMin}, {"kWaitMsMin", hir::kWaitMsMin}, {"kSessionMsMin", hir::kSessionMsMin}};
  std::set<std::string_view> stated;
#define TG_SOURCE_LIMIT(name, value, reason)          \
  CHECK(stated.insert(#name).second);                 \
  REQUIRE(constants.count(#name) == 1);               \
  CHECK(constants.at(#name) == size_t{value});        \
  CHECK_FALSE(std::string_view(reason).empty());
#include "compiler/source/limits.def"
#undef TG_SOURCE_LIMIT
  CHECK(stated.size() == constants.size());
}

// Ceilings of a module that no carrier file meets before another bound, or that follow from the others.
const std::map<std::string, std::string> kNotMet = {
    {"kModuleBytes", "a file of 1 MiB compiles to less"},
    {"kTexts", "the text table is full: see the test of 65536 texts"},
    {"kConstants", "constants that are not texts are smaller than the file's bound allows"},
    {"kShapes", "kArms of kExchanges is beyond a file's bound"},
    {"kTargets", "kRows of kTables is beyond a file's bound"},
    {"kExchanges", "sessions, enquiries and steps are bounded below it together with the model's procedures"},
    {"kProcedures", "the model names fewer"},
    {"kSlices", "follows from arms and exchanges"},
    {"kCodeWords", "follows from shapes and slices"},
    {"kReasons", "the model names fewer"},
    {"kPromises", "one for each procedure and callback"},
    {"kFiles", "a carrier uses fewer"},
    {"kPlaces", "one for each instruction at most"},
    {"kDocs", "one for each declaration"},
};

TEST_CASE("every ceiling of a module is met from both sides, or it is said why none can be") {
  std::ifstream header(std::string(test::source_dir()) + "/runtime/bytecode/limits.h");
  const std::string text{std::istreambuf_iterator<char>(header), {}};
  const std::regex constant("constexpr [a-z0-9_]+ (k[A-Za-z]+) =");
  size_t count = 0;
  for (std::sregex_iterator found(text.begin(), text.end(), constant), end; found != end; ++found, ++count) {
    const std::string name = (*found)[1];
    INFO(name);
    bool met = false;
    for (const Limit& limit : all_limits()) met = met || limit.name == name;
    CHECK(met != (kNotMet.count(name) != 0));
  }
  CHECK(count > 30);
}

TEST_CASE("just inside a limit compiles, just outside is refused with its code") {
  for (const Limit& limit : all_limits()) {
    INFO(limit.name);
    const Compilation inside = compile({{"inside.carrier", limit.text(limit.value)}});
    INFO(inside.diagnostics(Rendering::brief));
    CHECK(inside.ok());
    const Compilation outside = compile({{"outside.carrier", limit.text(limit.value + 1)}});
    INFO(outside.diagnostics(Rendering::brief));
    CHECK(codes_of(outside) == std::set<std::string>{limit.code});
  }
}

TEST_CASE("files that were made to cost time are answered at once") {
  constexpr size_t kSize = 1'000'000;
  const std::string head = "edition 1\n\n";
  const auto carrier = [](const std::function<void(Carrier&)>& change) {
    Carrier c;
    change(c);
    return c.text();
  };
  const std::map<std::string, std::string> files = {
      {"open brackets", head + "let x = " + std::string(kSize, '(')},
      {"open braces", head + std::string(kSize, '{')},
      {"braces in turn", head + times(kSize / 2, "}{")},
      {"a name of a megabyte", head + "let " + std::string(kSize, 'a') + " = 1\n"},
      {"an unknown name of a megabyte", carrier([&](Carrier& c) { c.body = ", x: " + std::string(kSize, 'a'); })},
      {"a chain of members", head + "let x = a" + times(kSize / 2, ".b")},
      {"a chain of sums", head + "let x = 1" + times(kSize / 4, " + 1")},
      {"a chain of alternatives", carrier([&](Carrier& c) { c.rows = "    \"Z\"" + numbered(60'000, [](size_t i) { return " | \"E" + std::to_string(i) + "\""; }) + " => declined barred\n"; })},
      {"tens of thousands of rows", carrier([&](Carrier& c) { c.rows = numbered(20'000, [](size_t i) { return "    \"E" + std::to_string(i) + "\" => declined barred\n"; }); })},
      {"a thousand arms", carrier([&](Carrier& c) { c.arms = numbered(1'000, [](size_t i) { return "    on 400 json { e: \"" + std::to_string(i) + "\" } => declined barred\n"; }); })},
      {"line breaks", head + std::string(kSize, '\n') + "x"},
      {"doc comments", head + times(kSize / 5, "/// a\n").substr(0, kSize)},
      {"quotes", head + std::string(kSize, '"')},
      {"holes", head + "let x = \"" + times(kSize / 2, "{a") + "\"\n"},
      {"backslashes", head + "let x = \"" + std::string(kSize + 1, '\\') + "\"\n"},
      {"confusable quotes", head + times(kSize / 4, "\u201C ")},
      {"emoji", head + times(kSize / 5, "\U0001F600 ")},
      {"mistakes", head + times(kSize / 8, "let = 1\n")},
      {"unclosed blocks", head + times(kSize / 12, "carrier c {\n")},
      {"carriers of one name", head + times(kSize / 25, "carrier c { market KE }\n")},
      {"types in types", head + "shape s(a: " + times(kSize / 4, "Map<") + ") = json { a: 1 }\n"},
      {"a module that uses itself", head + "use a: a, a, a\n" + times(1000, "use a: b\n")},
      {"names that are near to each other", carrier([&](Carrier& c) {
         c.settings = numbered(200, [](size_t i) { return ", setting_number_" + std::to_string(i) + ": Text"; });
         c.body = numbered(200, [](size_t i) { return ", f" + std::to_string(i) + ": settings.setting_numbre_" + std::to_string(i); });
       })},
  };
  for (const auto& [name, text] : files) {
    INFO(name);
    const std::clock_t begin = std::clock();
    const Compilation result = compile({{"a.carrier", text}});
    const std::string shown = result.diagnostics(Rendering::terminal) + result.diagnostics(Rendering::sarif);
    const std::clock_t took = std::clock() - begin;
    CHECK_FALSE(result.ok());
    CHECK(shown.size() < 4'000'000);
    // Of the processor's time, so that a loaded machine fails nothing; generous for a build without optimisation. What is quadratic takes minutes.
    CHECK(took / CLOCKS_PER_SEC < 15);
  }
}

TEST_CASE("modules that use each other in a circle, and one that is not there") {
  Carrier user;
  user.body = ", x: x";
  const Compilation circle = compile({{"a.carrier", "edition 1\n\nuse b: y\n\nlet x = y\n"},
                                      {"b.carrier", "edition 1\n\nuse a: x\n\nlet y = x\n"},
                                      {"c.carrier", "edition 1\n\nuse a: x\n" + user.text().substr(10)}});
  CHECK_FALSE(circle.ok());
  const Compilation missing = compile({{"a.carrier", "edition 1\n\nuse std.nothing: y\n\nlet x = 1\n"}});
  CHECK(codes_of(missing) == std::set<std::string>{"CR0203"});
}
