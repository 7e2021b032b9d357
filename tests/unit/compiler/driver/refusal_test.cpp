// What a refusal of the verifier looks like: a carrier that is too large is the author's, everything else is ours and says so.
#include "compiler/driver/refusal.h"

#include <catch2/catch.hpp>

#include "tollgate/compiler.h"

using namespace tollgate;

namespace {

Diagnostic refused(const Error& error, bool ours) {
  Sink sink;
  CHECK(report_refusal(error, "kopa", Span{}, sink) == ours);
  REQUIRE(sink.diagnostics().size() == 1);
  return sink.diagnostics()[0];
}

constexpr const char* kSound = R"(edition 1
carrier kopa {
  market KE
  settings { base: Url }
  link api = http(settings.base)
  procedure charge {
    keep ref = uuid()
    send api POST "/charges" { json { id: ref, amount: amount.decimal.text } }
    on 200 json { state: "NO", id: == ref } => declined refused
    on doubt => manual because "no enquiry"
  }
}
)";

}  // namespace

TEST_CASE("too large as a whole is the author's") {
  Diagnostic d = refused({"module_over_limit", "the module breaks rule V1: section texts: 70000 `texts`, at most 65536 are allowed"}, false);
  CHECK(d.code() == "CR0802");
  CHECK(d.headline == "`kopa` cannot be built: V1: section texts: 70000 `texts`, at most 65536 are allowed");
}

TEST_CASE("what no rule foresaw is ours") {
  Diagnostic d = refused({"unverified_module", "the module breaks rule V12: r3 is read"}, true);
  CHECK(d.code() == "CR0899");
  CHECK(d.headline == "internal: `kopa` was accepted and cannot run: V12: r3 is read");
  REQUIRE(d.because.size() == 1);
  CHECK(d.because[0].find("please report it") != std::string::npos);
}

TEST_CASE("check makes the modules and keeps none") {
  Compilation checked = compile({{"kopa.carrier", kSound}}, Phase::check);
  INFO(checked.diagnostics(Rendering::terminal));
  CHECK(checked.ok());
  CHECK_FALSE(checked.defective());
  CHECK(checked.carriers().empty());
  CHECK(compile({{"kopa.carrier", kSound}}).carriers().size() == 1);
}
