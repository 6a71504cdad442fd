// SPDX-License-Identifier: Apache-2.0
// local/pod_plan.h: what a Pod made by Argo asks one machine to do. Argo's own containers (init,
// wait, supervisor) are marked as helpers: the supervisor plays them itself. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "json/value.h"

namespace wf::local {

// Stands as first word of a command for "what the image says" (podspec's image lookup may give it
// as entrypoint where the image is not known yet).
inline constexpr std::string_view kImageCommand = "/var/run/argo/image-command";

struct ContainerPlan {
  enum class Role { Helper, Init, Main, Sidecar };
  std::string name;
  Role role = Role::Main;
  json::Value spec;  // the Container
  std::vector<std::string> command,
      args;              // the user's: Argo's wrapper taken off, $(NAME) not expanded yet
  bool wrapped = false;  // runs under `argoexec emissary`
  std::vector<std::string> dependencies;  // of a container set
  int attempts = 1;                       // of a container set: how often it may run
  Duration retry_rest{};                  // between two of them
};

struct PodPlan {
  std::vector<ContainerPlan> init, containers;  // in the pod's order
  Duration grace = std::chrono::seconds(30);
  std::optional<Duration> active_deadline;  // from the pod's start
  Time step_deadline{};                     // ARGO_DEADLINE; unset: none
  bool include_result = false;              // ARGO_INCLUDE_SCRIPT_OUTPUT
};

// `tmpl` is the processed template. InvalidArgument where the pod asks for what this machine's
// drivers do not do, named in the message.
Result<PodPlan> plan_pod(const json::Value& pod, const json::Value& tmpl);

}  // namespace wf::local
