// SPDX-License-Identifier: Apache-2.0
// podspec/parts.h: the small pieces that pods are made of, and a pod while it is being built.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"

namespace wf::podspec {

inline constexpr std::string_view kMain = "main";
inline constexpr std::string_view kInit = "init";
inline constexpr std::string_view kWait = "wait";
inline constexpr std::string_view kSupervisor = "supervisor";
inline constexpr std::string_view kPluginSidecar = "artifact-plugin-";  // prefix of names
inline constexpr std::string_view kPluginInit = "init-artifact-";       // prefix of names

inline constexpr std::string_view kInputArtifacts = "input-artifacts";  // volume
inline constexpr std::string_view kInputArtifactsPath = "/argo/inputs/artifacts";
inline constexpr std::string_view kMainFilesystem = "/mainctrfs";
inline constexpr std::string_view kTemplateEnv = "ARGO_TEMPLATE";

// Whether a container is the executor's that watches main, and whether it is any of Argo's own.
bool is_auxiliary(std::string_view container);
bool is_argo_sidecar(std::string_view container);

json::Value env(std::string_view name, std::string_view value);  // an empty value is left out
json::Value mount(std::string_view volume, std::string_view path);
json::Value read_only_mount(std::string_view volume, std::string_view path);
json::Value empty_dir(std::string_view volume);
json::Value secret_volume(std::string_view volume, std::string_view secret);
json::Value texts(const std::vector<std::string>& list);
// Security contexts of what runs nothing of the user's.
json::Value minimal_container_security();
json::Value minimal_pod_security();

// All of `extra` behind `list` (both arrays or Null).
void append_all(json::Value& list, const json::Value& extra);

// A container with the lists that most steps append to held apart.
struct Container {
  std::string name;
  json::Value fields;  // without env and volumeMounts
  json::Value env;
  json::Value mounts;

  static Container from(json::Value container);
  json::Value to_value() const;
};

struct Draft {
  json::Value name;
  json::Value ns;
  json::Value labels = json::Value::object();
  json::Value annotations = json::Value::object();
  json::Value owners;
  json::Value finalizers;
  json::Value spec;  // without the three lists below
  json::Value volumes;
  std::vector<Container> init_containers;
  std::vector<Container> containers;

  json::Value spec_value() const;
  void take_spec(json::Value pod_spec);  // reads all of a PodSpec back
  json::Value to_value() const;          // the Pod
  Container* find(std::string_view container);
};

}  // namespace wf::podspec
