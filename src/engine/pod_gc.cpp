// SPDX-License-Identifier: Apache-2.0
#include "engine/pod_gc.h"

#include <algorithm>

#include "expr/duration.h"

namespace wf::engine {
namespace {

using json::Value;

constexpr std::string_view kComponent = "workflows.argoproj.io/component";
constexpr int64_t kGraceSeconds = 30;  // Kubernetes' own

// One of matchExpressions of a LabelSelector.
bool holds(const Value& requirement, const Value& labels) {
  const Value* label = labels.find(requirement["key"].as_string());
  const std::string_view op = requirement["operator"].as_string();
  if (op == "Exists") return label != nullptr;
  if (op == "DoesNotExist") return label == nullptr;
  const auto values = requirement["values"].items();
  const bool listed = label && std::find(values.begin(), values.end(), *label) != values.end();
  if (op == "In") return listed;
  return op == "NotIn" && !listed;
}

bool completed(std::string_view phase) { return phase == "Succeeded" || phase == "Failed" || phase == "Error"; }

}  // namespace

PodGc::PodGc(const Value& spec, Duration default_delay) : gc_(spec["podGC"]), delay_(default_delay) {
  const std::string_view text = gc_["deleteDelayDuration"].as_string();
  if (text.empty()) return;
  const auto delay = expr::parse_seconds_or_duration(text);
  if (delay.ok() && *delay >= Duration::zero()) delay_ = *delay;
}

bool PodGc::selects(const Value& labels) const {
  if (gc_.is_null()) return false;
  const Value& selector = gc_["labelSelector"];
  for (const json::Member& wanted : selector["matchLabels"].members()) {
    const Value* label = labels.find(wanted.key());
    if (!label || !(*label == wanted.value)) return false;
  }
  const auto requirements = selector["matchExpressions"].items();
  return std::all_of(requirements.begin(), requirements.end(), [&](const Value& one) { return holds(one, labels); });
}

std::optional<PodCleanup> PodGc::decide(const Pod& pod, std::string_view workflow_phase) const {
  if (pod.labels.has(kComponent)) return std::nullopt;  // agents and collectors have their own end
  const std::string_view strategy = this->strategy();
  if (strategy.empty() || !selects(pod.labels)) return PodCleanup::Label;
  if (strategy == "OnWorkflowCompletion" && completed(workflow_phase)) return PodCleanup::Delete;
  if (strategy == "OnWorkflowSuccess" && workflow_phase == "Succeeded") return PodCleanup::Delete;
  if (strategy == "OnPodCompletion") return PodCleanup::Delete;
  if (strategy == "OnPodSuccess" && pod.phase == "Succeeded") return PodCleanup::Delete;
  if (strategy == "OnPodSuccess" && pod.phase == "Failed") return PodCleanup::Label;
  if (completed(workflow_phase)) return PodCleanup::Label;
  if (pod.has_status_finalizer) return PodCleanup::RemoveFinalizer;
  return std::nullopt;
}

Termination termination_of(std::string_view pod_phase, const Value& pod_spec) {
  if (pod_phase == "Pending") return {true, {}};
  const int64_t seconds = pod_spec["terminationGracePeriodSeconds"].as_int().value_or(kGraceSeconds);
  return {false, std::chrono::seconds(std::max<int64_t>(seconds, 0))};
}

}  // namespace wf::engine
