// SPDX-License-Identifier: Apache-2.0
// Results that were computed before (rules MEM-1 to MEM-7).
#include "base/text.h"
#include "engine/detail/walk.h"
#include "expr/gotime.h"

namespace wf::engine {

using json::Value;

bool Walk::look_up_memo(Exec& e, Outcome& outcome) {
  const bool unlocked = e.processed.has("synchronization") && !e.memo_looked_up;
  if (e.node != kNoNode && !unlocked) return true;
  e.memo_looked_up = true;
  const Value& memoize = e.processed["memoize"];
  const std::string_view cache = memoize["cache"]["configMap"]["name"].as_string(), key = memoize["key"].as_string();
  const auto entry = s.world.load_memo(cache, key);
  if (!entry.ok()) {
    outcome = errored(e, entry.error().message());
    return false;
  }
  bool hit = *entry && !(*entry)->node_id.empty();
  if (const std::string_view text = memoize["maxAge"].as_string(); !text.empty()) {
    const auto age = expr::parse_duration(text);
    if (!age.ok()) {
      outcome = errored(e, cat("invalid maxAge: ", age.error().message()));
      return false;
    }
    hit = hit && now - (*entry)->created_at <= Duration(*age);
  }
  if (e.node == kNoNode) {
    e.node = add_node(e, node_type_of(e), Phase::Pending, "", true);
    s.set_exec(e.node, &e);
    set_inputs(e.node, e.processed);
  }
  s.nodes.change(e.node, [&](Node& node) {
    node.more().memoization = Value::object({{"hit", hit}, {"key", key}, {"cacheName", cache}});
    if (!hit) return;
    node.phase = Phase::Succeeded;
    node.outputs = (*entry)->outputs;
    node.finished_at = now;
  });
  return true;
}

}  // namespace wf::engine
