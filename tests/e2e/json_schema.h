// As much of JSON Schema as the API's description uses: $ref, type, required, properties, additionalProperties, items, enum, pattern, minimum, maximum.
#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>

namespace tollgate::e2e {

class JsonSchema {
 public:
  explicit JsonSchema(nlohmann::json description) : root_(std::move(description)) {}

  // Empty if `value` is what the schema of this name says, else where it is not, and why.
  std::string trouble(const std::string& schema, const nlohmann::json& value) const { return check(root_["components"]["schemas"].at(schema), value, schema); }
  const nlohmann::json& root() const { return root_; }

 private:
  using Json = nlohmann::json;

  static bool has_type(const std::string& type, const Json& value) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_boolean();
    return type == "integer" && value.is_number_integer();
  }

  std::string check(const Json& schema, const Json& value, const std::string& where) const {
    if (schema.contains("$ref")) return check(root_.at(Json::json_pointer(schema["$ref"].get<std::string>().substr(1))), value, where);
    if (schema.contains("type") && !has_type(schema["type"], value)) return where + " is no " + schema["type"].get<std::string>();
    if (schema.contains("enum") && std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end()) return where + " is none of those it may be";
    if (schema.contains("pattern") && !std::regex_search(value.get<std::string>(), std::regex(schema["pattern"].get<std::string>()))) return where + " does not fit its pattern";
    if (schema.contains("minimum") && value < schema["minimum"]) return where + " is too small";
    if (schema.contains("maximum") && value > schema["maximum"]) return where + " is too large";
    if (value.is_object()) return check_members(schema, value, where);
    if (value.is_array() && schema.contains("items"))
      for (const Json& item : value)
        if (std::string bad = check(schema["items"], item, where + "[]"); !bad.empty()) return bad;
    return {};
  }

  std::string check_members(const Json& schema, const Json& value, const std::string& where) const {
    const Json& properties = schema.contains("properties") ? schema["properties"] : Json::object();
    if (schema.contains("required"))
      for (const Json& name : schema["required"])
        if (!value.contains(name.get<std::string>())) return where + " lacks " + name.get<std::string>();
    for (const auto& [name, member] : value.items()) {
      if (properties.contains(name)) {
        if (std::string bad = check(properties[name], member, where + "." + name); !bad.empty()) return bad;
      } else if (schema.value("additionalProperties", true) == false) {
        return where + " has a member that is not described: " + name;
      }
    }
    return {};
  }

  Json root_;
};

}  // namespace tollgate::e2e
