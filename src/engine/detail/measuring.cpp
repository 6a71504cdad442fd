// SPDX-License-Identifier: Apache-2.0
// When metrics are recorded, and what their tags see (EXE-7, EXE-17).
#include <cstdio>
#include <iterator>
#include <utility>

#include "base/text.h"
#include "engine/detail/walk.h"

namespace wf::engine {

using json::Value;

namespace {

constexpr uint8_t kBegun = 1, kEnded = 2;

std::string seconds_text(Duration length) {
  char text[48];
  std::snprintf(text, sizeof text, "%.6f", static_cast<double>(length.count()) / 1e9);
  return text;
}

// What a node gives, over what every metric may name.
Bindings node_values(const Node& node, Time now) {
  Bindings out;
  out.emplace_back("duration", seconds_text((fulfilled(node) ? node.finished_at : now) - node.started_at));
  if (!node.children.empty()) out.emplace_back("retries", std::to_string(node.children.size() - 1));
  out.emplace_back("status", name_of(node.phase));
  const auto parameters = [&](const Value& list, std::string_view prefix) {
    for (const Value& one : list.items()) out.emplace_back(cat(prefix, one["name"].as_string()), one["value"].as_string());
  };
  parameters(node.inputs["parameters"], "inputs.parameters.");
  if (const Value* result = node.outputs.find("result")) out.emplace_back("outputs.result", result->as_string());
  if (const Value* code = node.outputs.find("exitCode")) out.emplace_back("exitCode", code->as_string());
  parameters(node.outputs["parameters"], "outputs.parameters.");
  for (const json::Member& used : node.resources_duration.members()) {
    out.emplace_back(cat("resourcesDuration.", used.key()), std::to_string(used.value.as_int().value_or(0)));
  }
  for (const char* resource : {"cpu", "memory"}) {
    if (!node.resources_duration.has(resource)) out.emplace_back(cat("resourcesDuration.", resource), "0");
  }
  return out;
}

}  // namespace

void Walk::know_measured() {
  for (size_t i = s.measured.size(); i < s.nodes.size(); ++i) {
    s.measured.push_back(fulfilled(s.nodes[static_cast<NodeIndex>(i)]) ? kBegun | kEnded : kBegun);
  }
}

void Walk::take_measured(Measured measured) {
  std::move(measured.records.begin(), measured.records.end(), std::back_inserter(turn.metrics));
  // What pods do was noted first (POD-18).
  if (!measured.errors.empty() && !s.pod_condition.empty()) s.set_condition("PodRunning", std::exchange(s.pod_condition, {}));
  for (const std::string& error : measured.errors) {
    std::string text = error;
    for (const Value& condition : s.status["conditions"].items()) {
      if (condition["type"].as_string() == "MetricsError") text = cat(condition["message"].as_string(), ", ", error);
    }
    s.set_condition("MetricsError", "True", text);
  }
}

void Walk::measure_node(const Value& metrics, NodeIndex index, bool realtime_only) {
  const Node& node = s.nodes[index];
  const Bindings values = node_values(node, now);
  MeasureRequest request;
  request.workflow = s.name;
  request.realtime_only = realtime_only;
  request.names = s.world.metric_names();
  request.realtime["workflow.duration"] = {s.started_at, s.ended() ? s.finished_at : Time{}};
  request.realtime["duration"] = {node.started_at, fulfilled(node) ? node.finished_at : Time{}};
  take_measured(measure(metrics["prometheus"], Layer(values, s.globals), request));
}

// Once when it has begun and once when it has ended.
void Walk::measure_once(const Value& metrics, NodeIndex index, bool may_end) {
  if (s.measured.size() <= index) s.measured.resize(index + 1, 0);
  if ((s.measured[index] & kBegun) == 0) {
    s.measured[index] |= kBegun;
    measure_node(metrics, index, true);
  }
  if (may_end && (s.measured[index] & kEnded) == 0 && fulfilled(s.nodes[index])) {
    s.measured[index] |= kEnded;
    measure_node(metrics, index, false);
  }
}

void Walk::measure_template(Exec& e) {
  const Node& node = s.nodes[e.node];
  const Value metrics = e.processed["metrics"];
  if (node.type == NodeType::Skipped || node.memo_hit()) return;
  if (node.type != NodeType::Retry) return measure_once(metrics, e.node, true);
  // An attempt counts for itself where another follows; the last one speaks through its Retry node.
  const bool over = fulfilled(node);
  const std::vector<NodeIndex>& attempts = attempts_of(e);
  for (const NodeIndex attempt : attempts) measure_once(metrics, attempt, !over || attempt != attempts.back());
  if (!over) return;
  if (s.measured.size() <= e.node) s.measured.resize(e.node + 1, 0);
  s.measured[e.node] |= kBegun;
  measure_once(metrics, e.node, true);
}

// The workflow's own: what is real-time as soon as it runs, all when it has ended.
void Walk::measure_workflow(bool ended) {
  const Value metrics = s.effective["metrics"];
  if (metrics.is_null() || !s.entry || s.entry->node == kNoNode) return;
  if (ended) return measure_node(metrics, s.entry->node, false);
  if (s.workflow_measured) return;
  s.workflow_measured = true;
  const Bindings values{{"duration", "0"}, {"status", "Pending"}, {"resourcesDuration.cpu", "0"}, {"resourcesDuration.memory", "0"}};
  MeasureRequest request;
  request.workflow = s.name;
  request.realtime_only = true;
  request.names = s.world.metric_names();
  request.realtime["workflow.duration"] = {s.started_at, {}};
  take_measured(measure(metrics["prometheus"], Layer(values, s.globals), request));
}

}  // namespace wf::engine
