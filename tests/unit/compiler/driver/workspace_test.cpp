// A workspace finds after each edit what a compilation of all files finds.
#include "tollgate/workspace.h"

#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "tests/unit/compiler/driver/mistakes.h"

using namespace tollgate;

namespace {

constexpr std::string_view kFamily = R"(edition 1

family wallet {
  settings { base: Url, shop: Text }
  link api = http(settings.base)
  open reading code: Text -> Outcome {
    "E1" => declined insufficient_funds
    other => in_doubt
  }
  procedure charge {
    keep ref = uuid()
    send api POST "/charges" { json { id: ref, shop: settings.shop, amount: amount.decimal.text } }
    on 200 json { id: == ref, state: "REFUSED", error: Text } => code(error)
    on doubt => manual because "the carrier has no enquiry"
  }
}
)";

std::string member(const std::string& name) {
  return "edition 1\n\ncarrier " + name + " is wallet {\n  market KE\n  settings { shop = \"7\" }\n  extend reading code: Text -> Outcome { \"E9\" => declined barred }\n}\n";
}

// Files in the order in which they were added.
struct Fleet {
  std::vector<std::string> names;
  std::map<std::string, std::string> texts;
  Workspace workspace;

  void set(const std::string& name, const std::string& text) {
    if (texts.emplace(name, text).second) names.push_back(name);
    else texts[name] = text;
    workspace.set(name, text);
  }

  std::string compiled() const {
    std::vector<SourceText> sources;
    for (const std::string& name : names) sources.push_back({name, texts.at(name)});
    return compile(sources, Phase::check).diagnostics(Rendering::json);
  }
};

std::string renamed(std::string text, const std::string& to) {
  const size_t at = text.find("carrier saba");
  return text.replace(at + 8, 4, to);
}

Fleet fleet() {
  Fleet f;
  for (int i = 0; i < 4; ++i) f.set("c" + std::to_string(i) + ".carrier", renamed(std::string(kSound), "saba" + std::to_string(i)));
  f.set("wallet.carrier", std::string(kFamily));
  f.set("ke.carrier", member("wallet_ke"));
  f.set("ke2.carrier", member("wallet_ke2"));
  f.set("keys.carrier", "edition 1\n\nauth key(k: Secret) {\n  header \"X-Key\": k\n}\n");
  f.set("user.carrier", "edition 1\n\nuse keys: key\n\ncarrier user {\n  market KE\n  settings { base: Url, k: Secret }\n  link api = http(settings.base) { with key(settings.k) }\n"
                        "  procedure charge {\n    keep ref = uuid()\n    send api POST \"/a\" { json { id: ref, amount: amount.decimal.text } }\n"
                        "    on 200 json { id: == ref, state: \"NO\" } => declined refused\n    on doubt => manual because \"no enquiry\"\n  }\n}\n");
  return f;
}

}  // namespace

TEST_CASE("a workspace without mistakes is sound") {
  Fleet f = fleet();
  f.workspace.check();
  INFO(f.workspace.diagnostics(Rendering::terminal));
  CHECK(f.workspace.ok());
  CHECK(f.workspace.diagnostics(Rendering::json) == f.compiled());
}

TEST_CASE("edits that reach into other files are found there") {
  Fleet f = fleet();
  f.workspace.check();
  const auto agree = [&] {
    f.workspace.check();
    CHECK(f.workspace.diagnostics(Rendering::json) == f.compiled());
  };
  f.set("wallet.carrier", std::string(kFamily).replace(kFamily.find("open "), 5, ""));  // still right: the carriers only extend
  agree();
  f.set("ke.carrier", with(member("wallet_ke"), {"", "extend", "replace"}));  // now CR0209, with a label in the family's file
  agree();
  CHECK(f.workspace.errors() > 0);
  f.set("wallet.carrier", "edition 1\n");  // nobody's family
  agree();
  f.set("wallet.carrier", std::string(kFamily));
  agree();
  f.set("keys.carrier", "edition 1\n\nauth second(k: Secret) {\n  header \"X-Key\": k\n}\n");
  agree();
  f.set("c1.carrier", renamed(std::string(kSound), "saba2"));  // two carriers of one name
  agree();
  f.set("c1.carrier", renamed(std::string(kSound), "saba1"));
  agree();
}

TEST_CASE("after any edits a workspace finds what a compilation finds") {
  const unsigned seed = 20261127;
  std::mt19937 random(seed);
  Fleet f = fleet();
  for (int round = 0; round < 60; ++round) {
    const std::string name = "c" + std::to_string(random() % 4) + ".carrier";
    std::string text = renamed(std::string(kSound), "saba" + name.substr(1, 1));
    for (size_t n = random() % 3; n > 0; --n) text = with(std::move(text), kPool[random() % std::size(kPool)]);
    f.set(name, text);
    if (random() % 8 == 0) f.set("ke.carrier", random() % 2 == 0 ? member("wallet_ke") : with(member("wallet_ke"), {"", "barred", "barrd"}));
    f.workspace.check();
    INFO("seed " << seed << ", round " << round << ", " << name);
    REQUIRE(f.workspace.diagnostics(Rendering::json) == f.compiled());
  }
}

TEST_CASE("a file that is removed is forgotten") {
  Fleet f = fleet();
  f.set("c0.carrier", "edition 1\n\ncarrier c {}\n");
  f.workspace.check();
  CHECK_FALSE(f.workspace.ok());
  f.workspace.remove("c0.carrier");
  f.workspace.check();
  CHECK(f.workspace.ok());
}
