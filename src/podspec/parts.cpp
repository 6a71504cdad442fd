// SPDX-License-Identifier: Apache-2.0
#include "podspec/parts.h"

namespace wf::podspec {

using json::Value;

bool is_auxiliary(std::string_view container) {
  return container == kWait || container == kSupervisor;
}

bool is_argo_sidecar(std::string_view container) {
  return is_auxiliary(container) || container.starts_with(kPluginSidecar);
}

Value env(std::string_view name, std::string_view value) {
  Value variable = Value::object();
  variable.set("name", name);
  if (!value.empty()) variable.set("value", value);
  return variable;
}

Value mount(std::string_view volume, std::string_view path) {
  Value mounted = Value::object();
  mounted.set("name", volume);
  mounted.set("mountPath", path);
  return mounted;
}

Value read_only_mount(std::string_view volume, std::string_view path) {
  Value mounted = mount(volume, path);
  mounted.set("readOnly", true);
  return mounted;
}

Value empty_dir(std::string_view volume) {
  return Value::object({{"name", volume}, {"emptyDir", Value::object()}});
}

Value secret_volume(std::string_view volume, std::string_view secret) {
  return Value::object({{"name", volume}, {"secret", Value::object({{"secretName", secret}})}});
}

Value texts(const std::vector<std::string>& list) {
  Value array = Value::array();
  for (const std::string& text : list) array.push_back(text);
  return array;
}

Value minimal_container_security() {
  return Value::object({
      {"capabilities", Value::object({{"drop", Value::array({"ALL"})}})},
      {"privileged", false},
      {"runAsUser", 8737},
      {"runAsNonRoot", true},
      {"readOnlyRootFilesystem", true},
      {"allowPrivilegeEscalation", false},
      {"seccompProfile", Value::object({{"type", "RuntimeDefault"}})},
  });
}

Value minimal_pod_security() {
  return Value::object({
      {"runAsUser", 8737},
      {"runAsNonRoot", true},
      {"seccompProfile", Value::object({{"type", "RuntimeDefault"}})},
  });
}

void append_all(Value& list, const Value& extra) {
  if (extra.empty()) return;
  if (list.empty()) {
    list = extra;
    return;
  }
  for (const Value& item : extra.items()) list.push_back(item);
}

Container Container::from(Value container) {
  Container out;
  out.name = container["name"].as_string();
  out.env = container["env"];
  out.mounts = container["volumeMounts"];
  if (container.has("env")) container.erase("env");
  if (container.has("volumeMounts")) container.erase("volumeMounts");
  out.fields = std::move(container);
  return out;
}

Value Container::to_value() const {
  Value container = fields;
  if (!env.empty()) container.set("env", env);
  if (!mounts.empty()) container.set("volumeMounts", mounts);
  return container;
}

namespace {

Value list_of(const std::vector<Container>& containers) {
  Value list = Value::array();
  for (const Container& container : containers) list.push_back(container.to_value());
  return list;
}

std::vector<Container> containers_of(const Value& list) {
  std::vector<Container> containers;
  containers.reserve(list.size());
  for (const Value& container : list.items()) containers.push_back(Container::from(container));
  return containers;
}

}  // namespace

Value Draft::spec_value() const {
  Value out = spec;
  if (!volumes.empty()) out.set("volumes", volumes);
  if (!init_containers.empty()) out.set("initContainers", list_of(init_containers));
  out.set("containers", list_of(containers));
  return out;
}

void Draft::take_spec(Value pod_spec) {
  volumes = pod_spec["volumes"];
  init_containers = containers_of(pod_spec["initContainers"]);
  containers = containers_of(pod_spec["containers"]);
  for (const char* list : {"volumes", "initContainers", "containers"}) pod_spec.erase(list);
  spec = std::move(pod_spec);
}

Value Draft::to_value() const {
  Value metadata = Value::object();
  metadata.set("name", name);
  if (!ns.is_null()) metadata.set("namespace", ns);
  metadata.set("labels", labels);
  metadata.set("annotations", annotations);
  metadata.set("ownerReferences", owners);
  if (!finalizers.empty()) metadata.set("finalizers", finalizers);
  Value pod = Value::object();
  pod.set("apiVersion", "v1");
  pod.set("kind", "Pod");
  pod.set("metadata", std::move(metadata));
  pod.set("spec", spec_value());
  return pod;
}

Container* Draft::find(std::string_view container) {
  for (Container& candidate : containers) {
    if (candidate.name == container) return &candidate;
  }
  return nullptr;
}

}  // namespace wf::podspec
