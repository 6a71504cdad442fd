// SPDX-License-Identifier: Apache-2.0
#include "engine/run.h"

#include <algorithm>

#include "engine/detail/events.h"
#include "engine/detail/walk.h"
#include "engine/progress.h"

namespace wf::engine {

using json::Value;

Run::Run(std::unique_ptr<State> state) : state_(std::move(state)) {}
Run::~Run() = default;

Result<std::unique_ptr<Run>> Run::load(const Value& workflow, World& world) {
  auto state = std::make_unique<State>(workflow, world);
  TRY_DO(nodes_from_json(workflow["status"]["nodes"], state->nodes));
  for (NodeIndex i = 0; i < state->nodes.size(); ++i) state->phases_before.push_back(state->nodes[i].phase);
  return std::unique_ptr<Run>(new Run(std::move(state)));
}

Turn Run::turn(const Observed& observed, Time now) {
  State& s = *state_;
  Turn turn;
  const bool had_ended = s.ended();
  Walk walk(s, turn, now);
  walk.run(observed);
  if (!had_ended) walk.clean_up_pods(s.ended());
  if (s.templates.take_stored_changed()) s.header_changed = true;
  if (s.ended()) sum_up(s.nodes);
  note_node_events(s, turn);
  if (!s.pod_condition.empty() && (s.header_changed || s.nodes.has_changed())) {
    s.set_condition("PodRunning", std::exchange(s.pod_condition, {}));
  }
  turn.changed = s.header_changed || s.nodes.has_changed();
  s.header_changed = false;
  if (!s.timers.empty()) turn.wake_at = s.timers.top().at;
  std::sort(turn.wake.begin(), turn.wake.end());
  turn.wake.erase(std::unique(turn.wake.begin(), turn.wake.end()), turn.wake.end());
  return turn;
}

void Run::postpone(std::string_view reason) {
  State& s = *state_;
  if (!s.phase.empty() && s.phase != "Pending") return;
  s.phase = "Pending";
  s.set_trace_id();
  s.set_label("workflows.argoproj.io/phase", "Pending");
  if (!s.metadata["labels"].has("workflows.argoproj.io/completed")) s.set_label("workflows.argoproj.io/completed", "false");
  s.message = std::string(reason);
  s.header_changed = true;
}

const std::string& Run::ns() const { return state_->ns; }
const std::string& Run::name() const { return state_->name; }
const std::string& Run::phase() const { return state_->phase; }
bool Run::ended() const { return state_->ended(); }
const NodeTable& Run::nodes() const { return state_->nodes; }

std::vector<NodeIndex> Run::take_changed_nodes() { return state_->nodes.take_changed(); }

Value Run::object(Times times) {
  sum_up(state_->nodes);
  return state_->to_json(true, times == Times::Exact);
}

Value Run::header(Times times) const { return state_->to_json(false, times == Times::Exact); }

void Run::forget() {
  State& s = *state_;
  s.entry.reset();
  s.exit_handler.reset();
  s.hooks.clear();
  s.exec_of.clear();
  s.every_turn.clear();
  s.starved.clear();
  s.postponed.clear();
}

}  // namespace wf::engine
