// A host that compiles a carrier's text in memory: a good one to a module, written to the file that it was given, and a bad one to a diagnostic.
#include <tollgate/compiler.h>

#include <fstream>
#include <iostream>

namespace {

constexpr char kCarrier[] = R"(edition 1

carrier acme {
  market KE
  settings { base: Url, key: Secret }
  link api = http(settings.base) {
    header "X-Api-Key": settings.key
  }

  procedure charge {
    keep ref = uuid()
    send api POST "/charges" {
      once per ref for 24h repeat answers original cites "Acme API 2.1, idempotency"
      json { id: ref, msisdn: user.msisdn.digits, amount: amount.decimal.text, currency: amount.currency }
    }
    on 200 json { status: "PAID", id: == ref, amount: == amount.decimal.text, receipt: Text }
      => succeeded { carrier_ref: receipt, paid: asked } because "the amount was compared"
    on 200 json { status: "REFUSED", code: "NO_FUNDS" } => declined insufficient_funds
    on doubt => ask status(ref)
  }

  enquiry status(ref: Uuid) about charge every 5s, 60s {
    send api GET "/charges/{ref}"
    on 200 json { status: "PAID", id: == ref, amount: == charge.amount.decimal.text, receipt: Text }
      => succeeded { carrier_ref: receipt, paid: asked } because "the amount was compared"
    on 200 json { status: "REFUSED", id: == ref, code: "NO_FUNDS" } => declined insufficient_funds
  }
}
)";

int fail(const char* what) {
  std::cerr << what << '\n';
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return fail("name the module's file");
  const tollgate::Compilation good = tollgate::compile({{"acme.carrier", kCarrier}});
  if (!good.ok()) return fail(good.diagnostics(tollgate::Rendering::terminal).c_str());
  if (good.carriers().size() != 1 || good.carriers()[0].name != "acme" || good.carriers()[0].hash.size() != 64) return fail("not the carrier that was compiled");
  std::ofstream(argv[1], std::ios::binary) << good.carriers()[0].bytes;

  std::string wrong = kCarrier;
  wrong.replace(wrong.find("settings.key"), 12, "settings.kay");
  const tollgate::Compilation bad = tollgate::compile({{"acme.carrier", wrong}});
  if (bad.ok() || bad.errors() == 0 || !bad.carriers().empty()) return fail("a setting that does not exist was compiled");
  if (bad.diagnostics(tollgate::Rendering::brief).find("acme.carrier") == std::string::npos) return fail("the diagnostic does not say where");
  std::cout << good.carriers()[0].name << ' ' << good.carriers()[0].hash << '\n';
  return 0;
}
