// SPDX-License-Identifier: Apache-2.0
#include "control/pod_keeper.h"

#include "engine/pod_gc.h"

namespace wf::control {

using json::Value;

void PodKeeper::seen(const engine::PodSeen& pod) {
  if (pod.phase == "Succeeded" || pod.phase == "Failed") ended_[pod.name] = {pod.node_id, pod.phase};
}

std::vector<PodKeeper::Going> PodKeeper::decide(const Value& workflow, const engine::Run& run, Duration default_delay) {
  std::vector<Going> going;
  if (ended_.empty() && !(run.ended() && !later_.empty())) return going;
  const Value& stored = workflow["status"]["storedWorkflowTemplateSpec"];
  const engine::PodGc gc(workflow["spec"].has("podGC") || !stored.is_object() ? workflow["spec"] : stored, default_delay);
  if (gc.strategy().empty()) {
    ended_.clear();
    return going;
  }
  const std::string_view phase = workflow["status"]["phase"].as_string();
  if (run.ended()) ended_.merge(later_);
  for (auto at = ended_.begin(); at != ended_.end();) {
    const engine::NodeIndex node = run.nodes().find_id(at->second.node_id);
    if (node == engine::kNoNode || !engine::fulfilled(run.nodes()[node])) {
      ++at;  // its results have not come
      continue;
    }
    const auto verdict = gc.decide({labels_[at->first], at->second.phase}, phase);
    if (verdict == engine::PodCleanup::Delete) going.push_back({at->first, gc.delay()});
    if (verdict) {
      labels_.erase(at->first);
    } else {
      later_.insert(*at);
    }
    at = ended_.erase(at);
  }
  return going;
}

}  // namespace wf::control
