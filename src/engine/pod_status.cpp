// SPDX-License-Identifier: Apache-2.0
#include "engine/pod_status.h"

#include <algorithm>
#include <map>

#include "base/quantity.h"
#include "base/text.h"

namespace wf::engine {
namespace {

using json::Value;
using State = ContainerSeen::State;

bool is_aux(std::string_view name) { return name == "wait" || name == "supervisor"; }

// How much of a resource, used for one second, counts one (PRG-7): in its base unit.
int64_t denominator_milli(std::string_view resource) {
  constexpr int64_t kMi = 1024 * 1024;
  if (resource == "memory") return 100 * kMi * 1000;
  if (resource == "storage" || resource == "ephemeral-storage") return 10 * 1024 * kMi * 1000;
  return 1000;
}

constexpr int kSupervisorBeforeMain = 65;  // main's exit code when the supervisor failed before it

}  // namespace

bool is_main(std::string_view container, const Value& tmpl) {
  const Value& set = tmpl["containerSet"];
  if (!set.is_object()) return container == "main";
  for (const Value& one : set["containers"].items()) {
    if (one["name"].as_string() == container) return true;
  }
  return false;
}

Inferred infer_failure(const PodSeen& pod, const Value& tmpl) {
  if (!pod.message.empty()) return {Phase::Failed, pod.message};
  const bool before_main = std::any_of(pod.containers.begin(), pod.containers.end(), [&](const ContainerSeen& c) {
    return is_main(c.name, tmpl) && c.state == State::Terminated && c.exit_code == kSupervisorBeforeMain;
  });
  const auto order = [&](const ContainerSeen& c) {
    if (c.name == "supervisor") return before_main ? 0 : 2;
    if (is_main(c.name, tmpl)) return 1;
    return c.name == "wait" ? 2 : 3;
  };
  std::vector<ContainerSeen> containers = pod.containers;
  std::stable_sort(containers.begin(), containers.end(),
                   [&](const ContainerSeen& a, const ContainerSeen& b) { return order(a) < order(b); });
  containers.insert(containers.begin(), pod.init_containers.begin(), pod.init_containers.end());
  if (containers.empty()) {
    return {Phase::Failed, cat("can't find failed message for pod ", pod.name, " namespace ", pod.ns)};
  }
  bool main_ok = false, aux_ok = false;
  for (const ContainerSeen& c : containers) {
    if (c.state == State::Waiting) {
      return {Phase::Error, cat("Pod failed before ", c.name, " container starts due to ", c.reason, ": ", c.message)};
    }
    if (c.state != State::Terminated) continue;
    if (c.exit_code == 0) {
      main_ok = main_ok || is_main(c.name, tmpl);
      aux_ok = aux_ok || is_aux(c.name);
      continue;
    }
    std::string text = cat(c.name, ": ", c.reason, " (exit code ", c.exit_code, ")");
    if (!c.message.empty()) text += cat(": ", c.message);
    if (c.name == "init") return {Phase::Error, text};
    if (is_main(c.name, tmpl)) return {Phase::Failed, text};
    if (is_aux(c.name)) return {Phase::Error, text};
    if (c.exit_code != 137 && c.exit_code != 143) return {Phase::Failed, text};
  }
  if (main_ok && aux_ok) return {Phase::Succeeded, ""};
  if (main_ok) return {Phase::Failed, "pod failed: wait container did not complete successfully"};
  if (aux_ok) return {Phase::Failed, "pod failed: main container did not complete successfully"};
  return {Phase::Failed, "pod failed: neither main nor wait container completed successfully"};
}

std::string pending_reason(const PodSeen& pod) {
  for (const ContainerSeen& c : pod.containers) {
    if (c.state != State::Waiting) continue;
    return c.message.empty() ? c.reason : cat(c.reason, ": ", c.message);
  }
  if (pod.reason != "Unschedulable") return pod.unschedulable.empty() ? "" : cat("Unschedulable: ", pod.unschedulable);
  return pod.unschedulable.empty() ? "Unschedulable" : cat("Unschedulable: ", pod.unschedulable);
}

Time latest_finish(const PodSeen& pod, Time now) {
  Time latest{};
  for (const auto* list : {&pod.init_containers, &pod.containers}) {
    for (const ContainerSeen& c : *list) {
      if (c.state == State::Running) latest = now;
      else if (c.state == State::Terminated) latest = std::max(latest, c.finished_at);
    }
  }
  return latest;
}

bool needs_termination(const PodSeen& pod, const Value& tmpl) {
  bool all = true;
  for (const ContainerSeen& c : pod.containers) {
    if (!is_main(c.name, tmpl)) continue;
    if (c.state == State::Terminated && c.exit_code != 0) return true;
    if (c.state != State::Terminated) all = false;
  }
  return all;
}

bool may_restart(const PodSeen& pod, const Value& tmpl) {
  const std::string_view reason = pod.reason;
  if (reason != "Evicted" && reason != "NodeShutdown" && reason != "NodeAffinity" && reason != "UnexpectedAdmissionError") {
    return false;
  }
  return std::none_of(pod.containers.begin(), pod.containers.end(), [&](const ContainerSeen& c) {
    return is_main(c.name, tmpl) && (c.state == State::Running || (c.state == State::Terminated && is_set(c.started_at)));
  });
}

Value resources_duration(const PodSeen& pod, Time now) {
  std::map<std::string, int64_t> totals;
  bool pod_level_used = false;
  const auto add_container = [&](const ContainerSeen& seen, const Value& declared) {
    std::map<std::string, std::string> amounts{{"cpu", "100m"}, {"memory", "100Mi"}};
    const auto overlay = [&](const Value& resources) {
      for (const char* kind : {"limits", "requests"}) {
        for (const json::Member& one : resources[kind].members()) amounts[std::string(one.key())] = std::string(one.value.as_string());
      }
    };
    const Value& own = declared["resources"];
    const bool bare = own["limits"].empty() && own["requests"].empty();
    if (bare && !pod_level_used && pod.spec["resources"].is_object()) {
      overlay(pod.spec["resources"]);
      pod_level_used = true;
    }
    overlay(own);
    if (seen.state == State::Waiting) return;
    const Time end = seen.state == State::Running ? now : seen.finished_at;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(whole_seconds(end) - whole_seconds(seen.started_at)).count();
    for (const auto& [resource, text] : amounts) {
      const auto amount = Quantity::parse(text);
      if (!amount.ok()) continue;
      const auto count = static_cast<__int128>(std::max<int64_t>(seconds, 0)) * amount->milli_value() / denominator_milli(resource);
      totals[resource] += static_cast<int64_t>(count);
    }
  };
  const auto add_all = [&](const std::vector<ContainerSeen>& seen, const Value& declared) {
    for (const ContainerSeen& container : seen) {
      const Value* found = nullptr;
      for (const Value& one : declared.items()) {
        if (one["name"].as_string() == container.name) found = &one;
      }
      add_container(container, found == nullptr ? Value() : *found);
    }
  };
  add_all(pod.init_containers, pod.spec["initContainers"]);
  add_all(pod.containers, pod.spec["containers"]);
  Value out = Value::object();
  for (const auto& [resource, seconds] : totals) out.set(resource, seconds);
  return out.empty() ? Value() : out;
}

}  // namespace wf::engine
