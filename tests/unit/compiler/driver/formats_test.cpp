// The renderings for machines, judged by their formats: of every golden file, SARIF has the structure that SARIF 2.1.0 prescribes, JUnit is
// well-formed XML that counts right, JSON lines and GitHub's commands are one line each. The schema is not at hand as a package, so the parts of it
// that we write are written down here: for each object its properties, which of them must be there, and what they hold.
#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/unit/compiler/driver/golden_inputs.h"

using namespace tollgate;
using nlohmann::json;

namespace {

struct Property {
  std::string type;  // "string", "integer", "any", the name of an object below, or "[…]" of these
  bool required = false;
};
using Object = std::map<std::string, Property>;

// https://docs.oasis-open.org/sarif/sarif/v2.1.0/, sections 3.13 to 3.57.
const std::map<std::string, Object>& objects() {
  static const std::map<std::string, Object> all = {
      {"sarifLog", {{"$schema", {"string"}}, {"version", {"string", true}}, {"runs", {"[run]", true}}}},
      {"run", {{"tool", {"tool", true}}, {"columnKind", {"string"}}, {"results", {"[result]"}}}},
      {"tool", {{"driver", {"toolComponent", true}}}},
      {"toolComponent", {{"name", {"string", true}}, {"rules", {"[reportingDescriptor]"}}}},
      {"reportingDescriptor",
       {{"id", {"string", true}}, {"name", {"string"}}, {"shortDescription", {"text"}}, {"fullDescription", {"text"}}, {"help", {"text"}}, {"defaultConfiguration", {"reportingConfiguration"}}}},
      {"reportingConfiguration", {{"level", {"level"}}}},
      {"text", {{"text", {"string", true}}, {"markdown", {"string"}}}},  // message, multiformatMessageString, artifactContent
      {"result",
       {{"ruleId", {"string"}}, {"ruleIndex", {"integer"}}, {"level", {"level"}}, {"message", {"text", true}}, {"locations", {"[location]"}}, {"relatedLocations", {"[location]"}},
        {"partialFingerprints", {"any"}}, {"fixes", {"[fix]"}}}},
      {"location", {{"id", {"integer"}}, {"physicalLocation", {"physicalLocation"}}, {"message", {"text"}}}},
      {"physicalLocation", {{"artifactLocation", {"artifactLocation"}}, {"region", {"region"}}}},
      {"artifactLocation", {{"uri", {"uri"}}}},
      {"region",
       {{"startLine", {"positive"}}, {"startColumn", {"positive"}}, {"endLine", {"positive"}}, {"endColumn", {"positive"}}, {"byteOffset", {"integer"}}, {"byteLength", {"integer"}}}},
      {"fix", {{"description", {"text"}}, {"artifactChanges", {"[artifactChange]", true}}, {"properties", {"any"}}}},
      {"artifactChange", {{"artifactLocation", {"artifactLocation", true}}, {"replacements", {"[replacement]", true}}}},
      {"replacement", {{"deletedRegion", {"region", true}}, {"insertedContent", {"text"}}}},
  };
  return all;
}

std::string trouble(const json& value, const std::string& type, const std::string& path);

std::string trouble_in_object(const json& value, const Object& object, const std::string& path) {
  if (!value.is_object()) return path + " is no object";
  for (const auto& [name, property] : object)
    if (property.required && !value.contains(name)) return path + " has no " + name;
  for (const auto& [name, member] : value.items()) {
    const auto at = object.find(name);
    if (at == object.end()) return path + " has an unknown " + name;
    if (std::string found = trouble(member, at->second.type, path + "/" + name); !found.empty()) return found;
  }
  return "";
}

bool fits(const json& value, const std::string& type) {
  if (type == "any") return true;
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_number_integer() && value.get<int64_t>() >= 0;
  if (type == "positive") return value.is_number_integer() && value.get<int64_t>() >= 1;
  if (type == "level") return value == "error" || value == "warning" || value == "note" || value == "none";
  if (type != "uri" || !value.is_string()) return false;
  const std::string text = value;
  return !text.empty() && text.find_first_of(" \"<>\\^`{|}") == std::string::npos && std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

std::string trouble(const json& value, const std::string& type, const std::string& path) {
  if (type.starts_with('[')) {
    if (!value.is_array()) return path + " is no array";
    for (size_t i = 0; i < value.size(); ++i)
      if (std::string found = trouble(value[i], type.substr(1, type.size() - 2), path + "/" + std::to_string(i)); !found.empty()) return found;
    return "";
  }
  const auto at = objects().find(type);
  if (at != objects().end()) return trouble_in_object(value, at->second, path);
  return fits(value, type) ? "" : path + " is no " + type + ": " + value.dump();
}

// Elements nest and end, attributes are quoted, no bare & or <.
std::string xml_trouble(const std::string& text) {
  std::vector<std::string> open;
  size_t at = text.find('\n') + 1;  // behind <?xml …?>
  while (at < text.size()) {
    if (text[at] != '<') {
      if (text[at] == '>') return "a bare >";
      if (text[at] == '&' && text.find(';', at) > at + 6) return "a bare &";
      ++at;
      continue;
    }
    const size_t end = text.find('>', at);
    if (end == std::string::npos) return "a tag without its end";
    const std::string tag = text.substr(at + 1, end - at - 1);
    if (tag.find('<') != std::string::npos) return "a < in a tag";
    if (std::count(tag.begin(), tag.end(), '"') % 2 != 0) return "a quote without its partner";
    const std::string name = tag.substr(tag[0] == '/' ? 1 : 0, tag.find_first_of(" /", 1) - (tag[0] == '/' ? 1 : 0));
    if (tag[0] == '/') {
      if (open.empty() || open.back() != name) return "</" + name + "> ends nothing";
      open.pop_back();
    } else if (!tag.ends_with('/')) {
      open.push_back(name);
    }
    at = end + 1;
  }
  return open.empty() ? "" : open.back() + " has no end";
}

size_t count_of(const std::string& text, const std::string& part) {
  size_t n = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

}  // namespace

TEST_CASE("SARIF has its structure, and its rules are those of its results") {
  size_t results = 0, fixes = 0;
  for (const SourceText& file : golden_inputs()) {
    INFO(file.name);
    const json log = json::parse(compile({file}).diagnostics(Rendering::sarif));
    REQUIRE(trouble(log, "sarifLog", "") == "");
    REQUIRE(log["version"] == "2.1.0");
    const json& run = log["runs"][0];
    for (const json& result : run["results"]) {
      ++results;
      fixes += result["fixes"].size();
      REQUIRE(run["tool"]["driver"]["rules"].at(result["ruleIndex"].get<size_t>())["id"] == result["ruleId"]);
    }
  }
  CHECK(results > 200);
  CHECK(fixes > 50);
}

TEST_CASE("JSON lines, JUnit and GitHub's commands agree on the findings") {
  for (const SourceText& file : golden_inputs()) {
    INFO(file.name);
    const Compilation result = compile({file});
    std::istringstream lines(result.diagnostics(Rendering::json));
    size_t errors = 0, findings = 0;
    for (std::string line; std::getline(lines, line);) {
      const json finding = json::parse(line);
      ++findings;
      errors += finding["severity"] == "error" ? 1 : 0;
      REQUIRE(finding["fingerprint"].get<std::string>().size() == 16);
    }
    const std::string junit = result.diagnostics(Rendering::junit);
    INFO(junit);
    REQUIRE(xml_trouble(junit) == "");
    REQUIRE(count_of(junit, "<testcase ") == std::max<size_t>(1, findings));
    REQUIRE(count_of(junit, "<failure ") == errors);
    REQUIRE(junit.find("tests=\"" + std::to_string(std::max<size_t>(1, findings)) + "\" failures=\"" + std::to_string(errors) + "\"") != std::string::npos);
    const std::string github = result.diagnostics(Rendering::github);
    REQUIRE(count_of(github, "\n") == findings);
    REQUIRE(count_of("\n" + github, "\n::error ") == errors);
  }
}

TEST_CASE("a name that needs it is encoded in each format") {
  const Compilation result = compile({{"a folder/caf\u00E9, 100%.carrier", "edition 1\n\nlet x = \n"}});
  CHECK(json::parse(result.diagnostics(Rendering::sarif))["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] ==
        "a%20folder/caf%C3%A9%2C%20100%25.carrier");
  CHECK(result.diagnostics(Rendering::github).find("file=a folder/caf\u00E9%2C 100%25.carrier,") != std::string::npos);
  CHECK(json::parse(compile({{"/tmp/a.carrier", ""}}).diagnostics(Rendering::sarif))["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] ==
        "file:///tmp/a.carrier");
}
