// SPDX-License-Identifier: Apache-2.0
// local/environment.h: a container's environment as the kubelet makes it: env, envFrom, values from
// config maps, secrets, the pod's fields and its resources, and $(NAME) references.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "json/value.h"

namespace wf::local {

using Environment = std::vector<std::pair<std::string, std::string>>;

// What fieldRef may ask of the pod beyond its object.
struct PodFacts {
  json::Value pod;  // the Pod object
  std::string ns;
  std::string uid;
  std::string node_name;
  std::string pod_ip;
  json::Value objects;  // Request::objects
};

// One key of a ConfigMap or Secret of `objects`, its text decoded; nothing where object or key is
// missing.
std::optional<std::string> object_key(const json::Value& objects, std::string_view kind,
                                      std::string_view name, std::string_view key);
// All keys with their texts, sorted by key; nothing where the object is missing.
std::optional<Environment> object_keys(const json::Value& objects, std::string_view kind,
                                       std::string_view name);

// metadata.name, metadata.labels['x'], status.podIP …
Result<std::string> field_of(const PodFacts& facts, std::string_view path);
// limits.cpu, requests.memory … of a container, divided by the divisor and rounded up.
Result<std::string> resource_of(const json::Value& container, std::string_view resource,
                                std::string_view divisor);
// A Kubernetes quantity ("500m", "64Mi", "1e3") in thousandths.
Result<int64_t> quantity_milli(std::string_view text);

// In order of definition; of a name given twice the last one counts. The error is what Kubernetes
// says of a CreateContainerConfigError: configmap "x" not found.
Result<Environment> environment_of(const json::Value& container, const PodFacts& facts);
// $(NAME) by the environment; $$ is a dollar sign; unknown names stay as they are.
std::string expand(std::string_view text, const Environment& environment);
const std::string* find(const Environment& environment, std::string_view name);
void set(Environment& environment, std::string_view name, std::string value);

// Objects that a pod refers to: {kind, name, optional}. Kind is ConfigMap or Secret.
struct ObjectReference {
  std::string kind, name;
  bool optional = false;
};
std::vector<ObjectReference> references_of(const json::Value& pod);

}  // namespace wf::local
