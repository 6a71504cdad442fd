// SPDX-License-Identifier: Apache-2.0
// Table selectors: selectors, conditions of resources, filters of their JSON, artifact locations.
#include "answer/tables.h"
#include "base/text.h"
#include "expr/jq.h"
#include "expr/kube_jsonpath.h"
#include "json/text.h"
#include "spec/artifact_location.h"
#include "spec/resource_condition.h"
#include "spec/selector.h"

namespace wf::answer {
namespace {

using json::Value;

Result<Value> node_field_selector(const Value& in) {
  TRY(const auto selector, spec::FieldSelector::parse(in["selector"].as_string()));
  return Value::object({{"canonical", selector.text()}, {"matches", matches_node(selector, in["node"])}});
}

Result<Value> label_selector(const Value& in) {
  TRY(const auto selector, spec::LabelSelector::parse(in["selector"].as_string()));
  return Value::object({{"canonical", selector.text()}, {"matches", selector.matches(in["labels"])}});
}

Result<Value> resource_conditions(const Value& in) {
  TRY(const auto conditions,
      spec::ResourceConditions::parse(in["success"].as_string(), in["failure"].as_string()));
  TRY(const Value object, json::parse(in["json"].as_string()));
  const auto state = conditions.judge(object);
  if (!state.ok()) return Value::object({{"error", state.error().message()}, {"retry", false}});
  if (*state == spec::ResourceConditions::State::Succeeded) return Value::object({{"matched", true}, {"retry", false}});
  constexpr std::string_view kWaiting =
      "Neither success condition nor the failure condition has been matched. Retrying...";
  return Value::object({{"error", kWaiting}, {"retry", true}});
}

Result<Value> artifact_location(const Value& in) {
  const Value& location = in["location"];
  Value out = Value::object({{"hasKey", spec::has_key(location)},
                             {"hasLocation", spec::has_location(location)},
                             {"hasLocationOrKey", spec::has_location_or_key(location)}});
  const auto key = spec::location_key(location);
  out.set(key.ok() ? "key" : "keyError", key.ok() ? *key : key.error().message());
  Value appended = location;
  const auto append = spec::append_to_location_key(appended, in["append"].as_string());
  out.set(append.ok() ? "appended" : "appendError", append.ok() ? appended : Value(append.error().message()));
  Value relocated = location;
  const Value repository = *json::parse(R"({"s3":{"endpoint":"E","bucket":"B"}})");
  const auto moved = spec::relocate(relocated, repository);
  out.set(moved.ok() ? "relocatedToS3BE" : "relocateError", moved.ok() ? relocated : Value(moved.error().message()));
  return out;
}

// The recordings were made with Jobs, whose version the rows leave out.
Result<Value> kubectl_jsonpath(const Value& in) {
  TRY(Value object, json::parse(in["json"].as_string()));
  if (object.is_object() && !object.has("apiVersion")) object.set("apiVersion", "batch/v1");
  TRY(const std::string text, expr::kubectl_jsonpath(in["jsonPath"].as_string(), object));
  return Value(text);
}

Result<Value> jq_filter(const Value& in) {
  TRY(const Value input, json::parse(in["json"].as_string()));
  TRY(const std::string text, expr::jq_filter(in["filter"].as_string(), input));
  return Value(text);
}

}  // namespace

Result<Value> selectors(const Value& in) {
  const auto kind = in["kind"].as_string();
  if (kind == "nodeFieldSelector") return node_field_selector(in);
  if (kind == "labelSelector") return label_selector(in);
  if (kind == "resourceConditions") return resource_conditions(in);
  if (kind == "kubectlJSONPath") return kubectl_jsonpath(in);
  if (kind == "jqFilter") return jq_filter(in);
  if (kind == "artifactLocation") return artifact_location(in);
  if (kind == "artifactCleanPath") {
    TRY(const std::string path, spec::clean_artifact_path("n", in["path"].as_string()));
    return Value(path);
  }
  return Error(cat("rows of this kind are not answered: ", kind));
}

}  // namespace wf::answer
