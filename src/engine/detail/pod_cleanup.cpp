// SPDX-License-Identifier: Apache-2.0
// What podGC makes of the pods of ended nodes (GCO-3, GCO-4): looked at when the node changes, and all
// of them when the workflow ends.
#include "engine/detail/walk.h"
#include "engine/pod_gc.h"

namespace wf::engine {

using json::Value;

void Walk::clean_up_pod(const PodGc& gc, NodeIndex index) {
  const Node& node = s.nodes[index];
  if (node.type != NodeType::Pod || !phase_fulfilled(node) || node.memo_hit()) return;
  Value labels = Value::object();
  if (gc.reads_labels()) labels = template_of(node)["metadata"]["labels"];
  labels.set("workflows.argoproj.io/workflow", s.name);
  const std::string_view phase = node.phase == Phase::Succeeded ? "Succeeded" : "Failed";
  const auto action = gc.decide({std::move(labels), phase, false}, s.phase);
  if (!action) return;
  const std::string name = pod_name(node);
  if (*action == PodCleanup::Delete) {
    turn.actions.push_back(DeletePod{name, gc.delay()});
  } else {
    turn.actions.push_back(LabelPodCompleted{name});
  }
}

void Walk::clean_up_pods(bool all) {
  if (s.effective["podGC"].is_null()) return;
  const PodGc gc(s.effective, s.world.controller().config.pod_gc_delay());
  if (all) {
    for (NodeIndex i = 0; i < s.nodes.size(); ++i) clean_up_pod(gc, i);
  } else {
    for (const NodeIndex index : s.nodes.changed()) clean_up_pod(gc, index);
  }
}

}  // namespace wf::engine
