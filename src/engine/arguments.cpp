// SPDX-License-Identifier: Apache-2.0
#include "engine/arguments.h"

#include <array>

#include "base/text.h"

namespace wf::engine {
namespace {

using json::Value;

const Value* by_name(const Value& list, std::string_view name) {
  for (const Value& item : list.items()) {
    if (item["name"].as_string() == name) return &item;
  }
  return nullptr;
}

// Where each kind of artifact keeps its key.
struct KeyPlace {
  const char* kind;
  const char* field;
};
constexpr std::array<KeyPlace, 9> kKeys = {{{"artifactory", "url"}, {"azure", "blob"}, {"gcs", "key"}, {"hdfs", "path"},
                                            {"http", "url"}, {"oss", "key"}, {"raw", ""}, {"s3", "key"}, {"plugin", "key"}}};

Result<Value> bind_parameter(const Value& declared, const Value* argument, const ConfigMapValue& config_map_value) {
  Value bound = declared;
  const std::string_view name = declared["name"].as_string();
  if (!bound.has("value") && bound.has("default")) bound.set("value", bound["default"]);
  if (argument != nullptr && (*argument)["value"].as_string() == kAbsentArgument) {
    if (!bound.has("value") && !bound.has("valueFrom")) {
      return Error(cat("inputs.parameters.", name,
                       ": argument references an absent optional (skipped/omitted node output with no default)"));
    }
  } else if (argument != nullptr && argument->has("value")) {
    bound.set("value", (*argument)["value"]);
    bound.erase("valueFrom");
  } else if (argument != nullptr) {
    bound.erase("value");
    bound.erase("valueFrom");
    if (argument->has("valueFrom")) bound.set("valueFrom", (*argument)["valueFrom"]);
  }
  const Value& key_ref = bound["valueFrom"]["configMapKeyRef"];
  if (!key_ref.is_null()) {
    auto value = config_map_value(key_ref);
    const Value* fallback = bound["valueFrom"].find("default");
    if (value.ok()) {
      bound.set("value", *value);
    } else if (fallback != nullptr && value.error().code() == Code::NotFound) {
      bound.set("value", *fallback);
    } else {
      return Error(cat("unable to retrieve inputs.parameters.", name, " from ConfigMap: ", value.error().message()));
    }
  } else if (!bound.has("value")) {
    return Error(cat("inputs.parameters.", name, " was not supplied"));
  }
  return bound;
}

Result<Value> bind_artifact(const Value& declared, const Value* argument) {
  const std::string_view name = declared["name"].as_string();
  if (!declared["optional"].as_bool() && !has_location_or_key(declared)) {
    if (argument == nullptr) return Error(cat("inputs.artifacts.", name, " was not supplied"));
    if (!has_location_or_key(*argument)) return Error(cat("inputs.artifacts.", name, " missing location information"));
  }
  if (argument == nullptr) return declared;
  Value bound = *argument;
  for (const char* field : {"path", "mode", "recurseMode"}) {
    bound.erase(field);
    if (declared.has(field)) bound.set(field, declared[field]);
  }
  return bound;
}

// path.Join of two slash-separated parts, cleaned.
std::string joined(std::string_view a, std::string_view b) {
  std::vector<std::string> parts;
  const bool rooted = a.starts_with("/");
  for (const std::string_view text : {a, b}) {
    for (const std::string_view part : split(text, "/")) {
      if (part.empty() || part == ".") continue;
      if (part == ".." && !parts.empty() && parts.back() != "..") {
        parts.pop_back();
      } else if (part != ".." || !rooted) {
        parts.emplace_back(part);
      }
    }
  }
  return (rooted ? "/" : "") + join(parts, "/");
}

}  // namespace

bool has_location_or_key(const Value& artifact) {
  if (artifact.has("git")) return true;
  for (const KeyPlace& place : kKeys) {
    if (artifact[place.kind].is_object()) return true;
  }
  return false;
}

Result<Value> append_to_key(const Value& artifact, std::string_view path) {
  for (const KeyPlace& place : kKeys) {
    if (!artifact[place.kind].is_object() || *place.field == '\0') continue;
    const std::string_view key = artifact[place.kind][place.field].as_string();
    if (key.empty()) return Error("key is empty");
    Value moved = artifact;
    moved.at(place.kind).set(place.field, joined(key, path));
    return moved;
  }
  return Error("key unsupported: cannot get key for artifact location, because it is invalid");
}

Result<Value> bind_inputs(const Value& inputs, const Value& arguments, const ConfigMapValue& config_map_value) {
  if (inputs["parameters"].empty() && inputs["artifacts"].empty()) return inputs;
  Value bound = inputs;
  for (size_t i = 0; i < inputs["parameters"].size(); ++i) {
    const Value& declared = inputs["parameters"][i];
    TRY(Value parameter, bind_parameter(declared, by_name(arguments["parameters"], declared["name"].as_string()), config_map_value));
    bound.at("parameters").item(i) = std::move(parameter);
  }
  for (size_t i = 0; i < inputs["artifacts"].size(); ++i) {
    const Value& declared = inputs["artifacts"][i];
    TRY(Value artifact, bind_artifact(declared, by_name(arguments["artifacts"], declared["name"].as_string())));
    bound.at("artifacts").item(i) = std::move(artifact);
  }
  return bound;
}

}  // namespace wf::engine
