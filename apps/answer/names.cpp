// SPDX-License-Identifier: Apache-2.0
// Table names: node ids, pod names, locks, and which names are allowed.
#include "spec/names.h"

#include "answer/tables.h"

namespace wf::answer {
namespace {

using json::Value;

Value node(const Value& in) {
  const std::string_view workflow = in["workflow"].as_string();
  const std::string_view name = in["node"].as_string();
  const spec::PodNameParts parts{workflow, name, in["template"].as_string()};
  return Value::object({{"id", spec::node_id(workflow, name)},
                        {"podV1", spec::pod_name(parts, spec::PodNames::V1)},
                        {"podV2", spec::pod_name(parts, spec::PodNames::V2)}});
}

Value pod_name_version(const Value& in) {
  std::optional<std::string_view> annotation;
  if (in["annotation"].is_string()) annotation = in["annotation"].as_string();
  return spec::name_of(spec::pod_names(annotation));
}

Value problems(const std::vector<std::string>& found) {
  if (found.empty()) return nullptr;
  Value list = Value::array();
  for (const std::string& problem : found) list.push_back(problem);
  return list;
}

Result<Value> decoded_lock(const Value& in) {
  TRY(const spec::LockName lock, spec::LockName::decode(in["key"].as_string()));
  TRY(const std::string encoded, lock.encode());
  return Value::object({{"encoded", encoded},
                        {"key", lock.key},
                        {"namespace", lock.ns},
                        {"resource", lock.resource}});
}

Result<Value> encoded_lock(const Result<spec::LockName>& lock) {
  if (!lock.ok()) return Error(lock.error().message());
  TRY(const std::string encoded, lock->encode());
  return Value::object({{"dbKey", lock->database_key()}, {"encoded", encoded}});
}

}  // namespace

Result<Value> names(const Value& in) {
  const std::string_view kind = in["kind"].as_string();
  const std::string_view ns = in["workflowNamespace"].as_string();
  if (kind == "node") return node(in);
  if (kind == "podNameVersion") return pod_name_version(in);
  if (kind == "cacheKey") return Value(spec::valid_cache_key(in["key"].as_string()));
  if (kind == "fieldName") return problems(spec::field_name_problems(in["name"].as_string()));
  if (kind == "parameterName")
    return problems(spec::parameter_name_problems(in["name"].as_string()));
  if (kind == "decodeLock") return decoded_lock(in);
  if (kind == "semaphoreLock") return encoded_lock(spec::semaphore_lock(in["semaphore"], ns));
  if (kind == "mutexLock") return encoded_lock(spec::mutex_lock(in["mutex"], ns));
  if (kind == "recoverIndex") return Value(spec::loop_index(in["node"].as_string()));
  if (kind == "backfillPrefix") {
    return Value(spec::backfill_prefix(in["cron"].as_string(), in["operation"].as_string()));
  }
  return Error("unknown kind of row");
}

}  // namespace wf::answer
