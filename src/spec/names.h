// SPDX-License-Identifier: Apache-2.0
// spec/names.h: the names that are made of other names (nodes, pods, locks), and which names are
// allowed. Pure; anybody may call. Source: rules NOD-1 to NOD-15, SYN, MEM.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/value.h"

namespace wf::spec {

// Key of status.nodes (NOD-1): the workflow's name for the root, otherwise `<workflow>-<hash of
// node_name>`.
std::string node_id(std::string_view workflow, std::string_view node_name);

// How pods are named (NOD-13): by node id only, or with the template's name in it.
enum class PodNames { V1, V2 };
std::string_view name_of(PodNames version);  // "v1", "v2"
// From the annotation workflows.argoproj.io/pod-name-format; without one, from the controller's
// setting.
PodNames pod_names(std::optional<std::string_view> annotation,
                   PodNames controller_default = PodNames::V2);

struct PodNameParts {
  std::string_view workflow;
  std::string_view node_name;
  std::string_view template_name;  // templateRef.template, else templateName; "" of inline ones
  // Where known, its number is taken: two names of one hash have two ids here, and so two pods.
  std::string_view node_id = {};
};
std::string pod_name(const PodNameParts& parts, PodNames version);  // NOD-14
std::string agent_pod_name(std::string_view workflow);              // NOD-15
// The annotation by which a workflow keeps how its pods are named.
inline constexpr std::string_view kPodNameFormat = "workflows.argoproj.io/pod-name-format";
PodNames pod_names_of(const json::Value& metadata, PodNames controller_default = PodNames::V2);
// The pod of a node, as a stored workflow shows both.
std::string pod_name_of(const json::Value& workflow, const json::Value& node);

// What users see of a node (NOD-5). `boundary_name`: full name of its boundary node, "" if none.
std::string display_name(std::string_view node_name, std::string_view boundary_name);
// Whether a template's display-name annotation may replace it (NOD-6).
bool valid_display_name(std::string_view name);

// The k of a name like `x(k:item)`; -1 where there is none.
int64_t loop_index(std::string_view node_name);

// generateName of the workflows of `argo cron backfill`.
std::string backfill_prefix(std::string_view cron_workflow, std::string_view operation);

// Whether a memoization key can be looked up in a ConfigMap.
bool valid_cache_key(std::string_view key);

// Why a name is not allowed, in the validator's words; empty where it is.
std::vector<std::string> field_name_problems(std::string_view name);      // templates, steps, tasks
std::vector<std::string> parameter_name_problems(std::string_view name);  // parameters, artifacts
// Likewise for the names of Kubernetes.
std::vector<std::string> dns_label_problems(std::string_view name);      // RFC 1123 label
std::vector<std::string> dns_subdomain_problems(std::string_view name);  // RFC 1123 subdomain
std::vector<std::string> qualified_name_problems(
    std::string_view name);  // label and annotation keys
std::vector<std::string> label_value_problems(std::string_view value);
std::vector<std::string> env_name_problems(std::string_view name);
std::vector<std::string> config_key_problems(std::string_view key);  // of ConfigMaps and Secrets

// A mutex or semaphore, as locks are named in status.synchronization and in databases.
struct LockName {
  enum class Kind { ConfigMap, Database, Mutex };
  Kind kind = Kind::Mutex;
  std::string ns;
  std::string resource;  // name of the ConfigMap, of the mutex, or key of the database lock
  std::string key;       // ConfigMap only

  std::string database_key() const;  // "<ns>/<resource>"
  // "<ns>/<kind>/<resource>[/<key>]"; InvalidArgument where that would not read back as the same.
  Result<std::string> encode() const;
  static Result<LockName> decode(std::string_view encoded);
  friend bool operator==(const LockName&, const LockName&) = default;
};
// Of a SemaphoreRef and a Mutex of the spec; their namespace defaults to the workflow's.
Result<LockName> semaphore_lock(const json::Value& semaphore, std::string_view workflow_ns);
LockName mutex_lock(const json::Value& mutex, std::string_view workflow_ns);

}  // namespace wf::spec
