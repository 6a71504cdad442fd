// SPDX-License-Identifier: Apache-2.0
#include "local/pod_plan.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/text.h"

namespace wf::local {
namespace {

using Role = ContainerPlan::Role;
constexpr std::string_view kWrapper = "/var/run/argo/argoexec";

std::vector<std::string> texts(const json::Value& list) {
  std::vector<std::string> out;
  for (const json::Value& item : list.items()) out.emplace_back(item.as_string());
  return out;
}

bool is_helper(const json::Value& container) {
  const std::string_view name = container["name"].as_string();
  const std::string_view program = container["command"][size_t{0}].as_string();
  return (name == "init" || name == "wait" || name == "supervisor") &&
         program.ends_with("argoexec");
}

std::string env_value(const json::Value& container, std::string_view name) {
  for (const json::Value& item : container["env"].items()) {
    if (item["name"].as_string() == name) return std::string(item["value"].as_string());
  }
  return {};
}

// Takes `argoexec emissary … --` off.
void unwrap(ContainerPlan& plan) {
  auto& command = plan.command;
  if (command.size() < 2 || command[0] != kWrapper || command[1] != "emissary") return;
  plan.wrapped = true;
  const auto end = std::find(command.begin(), command.end(), "--");
  command.erase(command.begin(), end == command.end() ? end : end + 1);
}

Result<void> refuse_unsupported(const ContainerPlan& plan) {
  for (const char* field : {"lifecycle", "volumeDevices"}) {
    if (!plan.spec[field].empty()) {
      return Error(cat("container ", go_quote(plan.name), ": ", field,
                       " is not supported by the local drivers"));
    }
  }
  if (plan.role == Role::Helper || plan.command.empty() || !plan.command[0].ends_with("argoexec"))
    return {};
  const std::string_view what = plan.command.size() > 1 ? plan.command[1] : std::string_view();
  return Error(cat("container ", go_quote(plan.name), " runs 'argoexec ", what,
                   "', which embedded mode does not do: use a container or script template"));
}

// Kubernetes' and Go's forms: 5, "5", "5s", "1m30s", "0.5s".
Duration duration_of(const json::Value& value) {
  if (const auto number = value.as_int()) return std::chrono::seconds(*number);
  std::string text(value.as_string());
  double total = 0;
  const char* at = text.c_str();
  while (*at) {
    char* end = nullptr;
    const double number = std::strtod(at, &end);
    if (end == at) break;
    std::string unit;
    while (*end && (*end < '0' || *end > '9') && *end != '.') unit.push_back(*end++);
    total += number * (unit == "h" ? 3600 : unit == "m" ? 60 : unit == "ms" ? 1e-3 : 1);
    at = end;
  }
  return Duration(std::llround(total * 1e9));
}

ContainerPlan plan_container(const json::Value& spec, bool init, const json::Value& tmpl) {
  ContainerPlan plan;
  plan.name = std::string(spec["name"].as_string());
  plan.spec = spec;
  plan.command = texts(spec["command"]);
  plan.args = texts(spec["args"]);
  if (is_helper(spec)) {
    plan.role = Role::Helper;
    return plan;
  }
  unwrap(plan);
  if (init) {
    plan.role = Role::Init;
    return plan;
  }
  const json::Value& set = tmpl["containerSet"];
  plan.role = plan.name == "main" ? Role::Main : Role::Sidecar;
  if (!set.is_object()) return plan;
  plan.role = Role::Sidecar;
  for (const json::Value& node : set["containers"].items()) {
    const std::string_view name = node["name"].as_string();
    if (plan.name != (name.empty() ? "main" : name)) continue;
    plan.role = Role::Main;
    plan.dependencies = texts(node["dependencies"]);
    const json::Value& retry = set["retryStrategy"];
    const json::Value& retries = retry["retries"];
    const int64_t count = retries.is_string() ? std::atoll(std::string(retries.as_string()).c_str())
                                              : retries.as_int().value_or(1);
    plan.attempts = static_cast<int>(std::clamp<int64_t>(count, 1, 1'000'000));
    plan.retry_rest = duration_of(retry["duration"]);
  }
  return plan;
}

}  // namespace

Result<PodPlan> plan_pod(const json::Value& pod, const json::Value& tmpl) {
  PodPlan plan;
  const json::Value& spec = pod["spec"];
  if (spec["shareProcessNamespace"].as_bool())
    return Error("shareProcessNamespace is not supported by the local drivers");
  for (const json::Value& container : spec["initContainers"].items()) {
    plan.init.push_back(plan_container(container, true, tmpl));
    TRY_DO(refuse_unsupported(plan.init.back()));
    if (container["restartPolicy"].as_string() == "Always") {
      return Error(
          cat("init container ", go_quote(plan.init.back().name),
              ": restartPolicy Always is not supported by the local drivers: use a sidecar"));
    }
  }
  for (const json::Value& container : spec["containers"].items()) {
    plan.containers.push_back(plan_container(container, false, tmpl));
    TRY_DO(refuse_unsupported(plan.containers.back()));
    if (plan.containers.back().role != Role::Main) continue;
    plan.include_result =
        plan.include_result || env_value(container, "ARGO_INCLUDE_SCRIPT_OUTPUT") == "true";
    const std::string deadline = env_value(container, "ARGO_DEADLINE");
    if (deadline.starts_with("0001-")) continue;  // Go's zero time: none
    if (const auto time = parse_rfc3339(deadline); time.ok()) plan.step_deadline = *time;
  }
  const bool any_main = std::any_of(plan.containers.begin(), plan.containers.end(),
                                    [](const ContainerPlan& c) { return c.role == Role::Main; });
  if (!any_main) return Error("the pod has no main container");
  if (const auto grace = spec["terminationGracePeriodSeconds"].as_int())
    plan.grace = std::chrono::seconds(*grace);
  if (const auto limit = spec["activeDeadlineSeconds"].as_int())
    plan.active_deadline = std::chrono::seconds(*limit);
  return plan;
}

}  // namespace wf::local
