// SPDX-License-Identifier: Apache-2.0
#include "engine/memo.h"

#include "base/text.h"
#include "json/text.h"
#include "spec/names.h"

namespace wf::engine {

using json::Value;

namespace {
constexpr std::string_view kLabel = "workflows.argoproj.io/configmap-type";

Result<void> check(const Value& config_map, std::string_view key) {
  if (!spec::valid_cache_key(key)) return Error(cat("invalid cache key: ", key));
  if (!config_map.is_null() && config_map["metadata"]["labels"][kLabel].as_string() != "Cache") {
    return Error(cat("memoization configmap doesn't have ", kLabel, "=Cache label, refusing to use it"));
  }
  return {};
}
}  // namespace

Result<std::optional<MemoEntry>> memo_entry(const Value& config_map, std::string_view key) {
  TRY_DO(check(config_map, key));
  const Value* text = config_map["data"].find(key);
  if (text == nullptr) return std::optional<MemoEntry>();
  TRY(const Value stored, json::parse(text->as_string()));
  MemoEntry entry;
  entry.node_id = std::string(stored["nodeID"].as_string());
  entry.outputs = stored["outputs"];
  const auto created = parse_rfc3339(stored["creationTimestamp"].as_string());
  if (created.ok()) entry.created_at = *created;
  return std::optional(entry);
}

Result<Value> with_memo_entry(const Value& config_map, std::string_view ns, std::string_view name, std::string_view key,
                              const MemoEntry& entry) {
  TRY_DO(check(config_map, key));
  Value map = config_map;
  if (map.is_null()) {
    map = Value::object({{"apiVersion", "v1"}, {"kind", "ConfigMap"},
                         {"metadata", Value::object({{"name", name}, {"namespace", ns}, {"labels", Value::object({{kLabel, "Cache"}})}})}});
  }
  const Value stored = Value::object({{"nodeID", entry.node_id}, {"outputs", entry.outputs},
                                      {"creationTimestamp", to_rfc3339(entry.created_at)},
                                      {"lastHitTimestamp", to_rfc3339(entry.created_at)}});
  map.at("data").set(key, json::print(stored));
  return map;
}

}  // namespace wf::engine
