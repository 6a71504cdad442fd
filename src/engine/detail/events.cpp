// SPDX-License-Identifier: Apache-2.0
#include "engine/detail/events.h"

#include "base/text.h"

namespace wf::engine {
namespace {

void note(const Node& node, Phase phase, Turn& turn) {
  std::string text = cat(name_of(phase), " node ", node.name);
  if (!node.message.empty()) text += cat(": ", node.message);
  turn.events.push_back({phase != Phase::Running && phase != Phase::Succeeded, cat("WorkflowNode", name_of(phase)), std::move(text)});
}

}  // namespace

void note_node_events(State& s, Turn& turn) {
  const bool wanted = s.world.controller().config.node_events();
  const size_t known = s.phases_before.size();
  s.phases_before.resize(s.nodes.size(), Phase::None);
  for (const NodeIndex index : s.nodes.changed()) {
    const Node& node = s.nodes[index];
    const Phase before = s.phases_before[index];
    s.phases_before[index] = node.phase;
    if (!wanted || (index < known && before == node.phase)) continue;
    const bool is_new = index >= known || before == Phase::None;
    if (is_new && node.phase != Phase::Running && !completed(node)) continue;
    if (completed(node) && (is_new || before == Phase::Pending)) note(node, Phase::Running, turn);
    note(node, node.phase, turn);
  }
}

}  // namespace wf::engine
