// SPDX-License-Identifier: Apache-2.0
// Steps templates (rules STP). A pass looks at the calls of the present group that are marked and at
// those not started yet; the others are known by their counts.
#include <algorithm>

#include "base/text.h"
#include "engine/detail/walk.h"
#include "expr/when.h"

namespace wf::engine {

using json::Value;

namespace {
bool group_failed(Phase phase) { return failed_or_error(phase); }
}  // namespace

// STP-2, STP-3.
NodeIndex Walk::ensure_group(Exec& e) {
  const uint32_t group = e.steps->group;
  const std::string name = cat(e.name, "[", group, "]");
  NodeIndex index = s.nodes.find(name);
  if (index != kNoNode) {
    if (!fulfilled(s.nodes[index])) mark_node(index, Phase::Running);
    return index;
  }
  index = add_plain_node(name, Value(), e.resolved.scope, e.node, NodeType::StepGroup, Phase::Running, {true, false, false}, "");
  if (group == 0) {
    s.nodes.add_child(e.node, index);
    return index;
  }
  const NodeIndex before = s.nodes.find(cat(e.name, "[", group - 1, "]"));
  const std::vector<NodeIndex> parents = s.nodes[before].children;
  if (parents.empty()) s.nodes.add_child(before, index);
  for (const NodeIndex child : parents) {
    for (const NodeIndex out : outbound_of(child)) s.nodes.add_child(out, index);
  }
  return index;
}

// STP-5 to STP-7. False: nothing more this turn; the group may be in error.
bool Walk::resolve_group(Exec& e, NodeIndex group) {
  StepsRun& run = *e.steps;
  NodeScope scope(s, e);
  std::vector<Value> resolved(run.plan->groups[run.group].size());
  const auto& plans = run.plan->groups[run.group];
  bool later = false;
  std::string error;
  for (size_t i = 0; i < plans.size(); ++i) {
    std::string failure;
    const Resolution result = resolve_call(plans[i], e, scope, resolved[i], failure);
    if (result == Resolution::Later) later = true;
    if (result == Resolution::Failed && error.empty()) error = failure;
  }
  if (!error.empty()) {
    mark_error(group, cat("failed to resolve references: ", error));
    return false;
  }
  if (later) {
    s.postponed.insert(&e);
    turn.requeue = true;
    return false;
  }
  run.calls.clear();
  run.plan_of.clear();
  for (size_t i = 0; i < plans.size(); ++i) {
    if (!plans[i].expands) {
      Call call;
      call.name = plans[i].name;
      call.holder = std::move(resolved[i]);
      run.calls.push_back(std::move(call));
      run.plan_of.push_back(static_cast<uint32_t>(i));
      continue;
    }
    const size_t before = run.calls.size();
    if (!expand_call(plans[i], e, resolved[i], scope, run.calls, error)) {
      mark_error(group, error);
      return false;
    }
    if (run.calls.size() == before) {  // EXP-3
      const std::string name = cat(s.nodes[group].name, ".", plans[i].name);
      if (s.nodes.find(name) == kNoNode) {
        s.nodes.add_child(group, add_plain_node(name, resolved[i], e.resolved.scope, e.node, NodeType::Skipped, Phase::Skipped,
                                                {true, false, false}, "Skipped, empty params"));
      }
    }
    run.plan_of.resize(run.calls.size(), static_cast<uint32_t>(i));
  }
  run.resolved = true;
  run.next = 0;
  run.unsettled = static_cast<uint32_t>(run.calls.size());
  run.dirty.items.clear();
  return true;
}

// One call of the group: STP-8, STP-9. False: the group is in error or ends this turn.
bool Walk::visit_step(Exec& e, NodeIndex group, uint32_t index, bool& blocked, bool& stop_group) {
  Call& call = e.steps->calls[index];
  const std::string name = call.exec ? call.exec->name : cat(s.nodes[group].name, ".", call.name);
  if (!call.exec) {
    const std::string_view when = call.holder["when"].as_string();
    const auto runs = expr::should_execute(when);
    if (!runs.ok() || !*runs) {
      NodeIndex placed = s.nodes.find(name);
      if (placed == kNoNode) {
        placed = add_plain_node(name, call.holder, e.resolved.scope, e.node, NodeType::Skipped,
                                runs.ok() ? Phase::Skipped : Phase::Error, {true, false, false},
                                runs.ok() ? cat("when '", when, "' evaluated false") : runs.error().message());
        s.nodes.add_child(group, placed);
      }
      call.node = placed;
      call.started = true;
      if (runs.ok()) return true;
      mark_error(placed, runs.error().message());
      mark_error(group, runs.error().message());
      return false;
    }
  }
  Exec& exec = exec_of_call(e, call, name, index, 0);
  Outcome out = execute(exec);
  if (out.node != kNoNode) call.node = out.node;
  switch (out.kind) {
    case Outcome::Kind::Done: case Outcome::Kind::MaxDepth: break;
    case Outcome::Kind::Refused:
      e.steps->dirty.add(index);
      s.starved.insert(&e);
      blocked = true;
      break;
    case Outcome::Kind::Timeout:
      if (out.node != kNoNode) s.nodes.add_child(group, out.node);
      mark_node(group, Phase::Failed, out.error);
      stop_group = true;
      return false;
    case Outcome::Kind::Failed:
      if (out.node != kNoNode) s.nodes.add_child(group, out.node);
      mark_error(group, cat("step group deemed errored due to child ", name, " error: ", out.error));
      stop_group = true;
      return false;
  }
  if (out.node == kNoNode) {
    if (call.exec && out.kind == Outcome::Kind::Refused) call.exec.reset();
    return true;
  }
  call.started = true;
  s.nodes.add_child(group, out.node);
  return true;
}

// STP-11: hooks and exit handlers of the calls that were touched, in order. False: an error, or not
// all hooks are through.
bool Walk::settle_steps(Exec& e, NodeIndex group, std::set<uint32_t>& touched) {
  StepsRun& run = *e.steps;
  while (!touched.empty()) {
    const uint32_t index = *touched.begin();
    Call& call = run.calls[index];
    if (!call.started || call.settled || call.node == kNoNode) {
      touched.erase(touched.begin());
      continue;
    }
    const CallPlan& plan = run.plan->groups[run.group][run.plan_of[index]];
    const NodeIndex node = call.node;
    if (call.exec && plan.has_hooks) {
      NodeScope scope(s, e);
      const std::string shown(s.nodes[node].display_name());
      std::string error;
      const bool through = run_hooks(e, e.hooks, plan.call["hooks"], node, scope, plan.name, shown, index, 0, error);
      if (!error.empty()) mark_error(group, error);
      if (!through) {
        s.every_turn.insert(&e);
        return false;
      }
    }
    touched.erase(touched.begin());
    if (!fulfilled(s.nodes[node])) {
      if (plan.has_hooks) s.every_turn.insert(&e);
      continue;
    }
    if (call.exec && completed(s.nodes[node]) && !plan.exit_hook.is_null()) {
      NodeScope scope(s, e);
      const std::string shown(s.nodes[node].display_name());
      scope.bind(cat("steps.", shown, ".status"), std::string(name_of(s.nodes[node].phase)));
      std::string error;
      const bool ended = run_exit(e, e.hooks, plan.exit_hook, node, scope, call.name, index, 0, error);
      if (!error.empty()) {
        mark_error(group, error);
        return false;
      }
      if (!ended) continue;
    }
    call.settled = true;
    --run.unsettled;
  }
  return true;
}

Walk::Group Walk::run_group(Exec& e, NodeIndex group) {
  StepsRun& run = *e.steps;
  if (fulfilled(s.nodes[group]) && children_fulfilled(group)) return Group::Ended;  // STP-4
  if (!run.resolved && !resolve_group(e, group)) return fulfilled(s.nodes[group]) ? Group::Ended : Group::Waiting;
  std::set<uint32_t> touched = std::move(run.unsettled_touched);
  run.unsettled_touched.clear();
  bool blocked = false, stop_group = false;
  // First what was started and is marked, then what is still to start, in order.
  std::set<uint32_t> marked = std::exchange(run.dirty.items, {});
  for (const uint32_t index : marked) {
    if (index >= run.next) continue;
    touched.insert(index);
    if (!visit_step(e, group, index, blocked, stop_group)) return Group::Ended;
  }
  while (run.next < run.calls.size()) {
    const uint32_t index = run.next;
    blocked = false;
    if (!visit_step(e, group, index, blocked, stop_group)) return Group::Ended;
    if (blocked && !run.calls[index].started) break;  // those behind it would be refused as well
    touched.insert(index);
    ++run.next;
  }
  if (s.every_turn.contains(&e)) {
    for (uint32_t i = 0; i < run.next; ++i) {
      if (!run.calls[i].settled && run.plan->groups[run.group][run.plan_of[i]].has_hooks) touched.insert(i);
    }
  }
  const bool settled = settle_steps(e, group, touched);
  run.unsettled_touched = std::move(touched);
  if (!settled || run.next < run.calls.size() || run.unsettled > 0) {
    if (settled && fulfilled(s.nodes[group]) && run.unsettled > 0) mark_node(group, Phase::Running);
    return fulfilled(s.nodes[group]) && !settled ? Group::Ended : Group::Waiting;
  }
  s.every_turn.erase(&e);
  // STP-12, by the order of the group's children.
  for (const Call& call : run.calls) {
    if (call.node == kNoNode || !group_failed(s.nodes[call.node].phase)) continue;
    const CallPlan& plan = run.plan->groups[run.group][run.plan_of[static_cast<size_t>(&call - run.calls.data())]];
    if (call.exec && continues_on(plan.call, name_of(s.nodes[call.node].phase))) continue;
    mark_node(group, Phase::Failed, cat("child '", s.nodes.id(call.node), "' failed"));
    return Group::Ended;
  }
  mark_node(group, Phase::Succeeded);
  return Group::Ended;
}

std::vector<NodeIndex> Walk::steps_outbound(Exec& e) {
  std::vector<NodeIndex> out;
  for (size_t i = e.steps->plan->groups.size(); i-- > 0;) {  // STP-17
    const NodeIndex group = s.nodes.find(cat(e.name, "[", i, "]"));
    if (group == kNoNode) continue;
    for (const NodeIndex child : s.nodes[group].children) {
      for (const NodeIndex end : outbound_of(child)) out.push_back(end);
    }
    break;
  }
  return out;
}

// STP-15. False: an error that the caller gets.
bool Walk::end_steps(Exec& e, Outcome& outcome) {
  s.nodes[e.node].outbound = steps_outbound(e);
  s.nodes[e.node].has_outbound = true;
  s.nodes.touch(e.node);
  e.steps->group = static_cast<uint32_t>(e.steps->plan->groups.size());
  NodeScope scope(s, e);
  Value outputs;
  std::string error;
  if (!outputs_from_scope(e.processed, scope, outputs, error)) {
    outcome = {e.node, Outcome::Kind::Failed, error};
    return false;
  }
  if (!outputs.is_null()) {
    s.nodes[e.node].outputs = outputs;
    export_outputs(outputs);
  }
  save_memo(e.node);
  mark_node(e.node, Phase::Succeeded);
  return true;
}

Outcome Walk::execute_steps(Exec& e) {
  if (e.node == kNoNode) {
    e.node = add_node(e, NodeType::Steps, Phase::Running, "", false);
    set_inputs(e.node, e.processed);
    s.set_exec(e.node, &e);
  }
  if (!e.steps) {
    auto plan = e.processed_is_plain ? e.resolved.compiled->steps : nullptr;
    if (!plan) {
      auto made = plan_steps(e.processed);
      if (!made.ok()) return {e.node, Outcome::Kind::Failed, made.error().message()};
      plan = std::move(*made);
      if (e.processed_is_plain) e.resolved.compiled->steps = plan;
    }
    e.steps = std::make_unique<StepsRun>();
    e.steps->plan = std::move(plan);
  }
  Outcome outcome{e.node};
  const auto ended = [&] {
    if (phase_fulfilled(s.nodes[e.node])) {
      kill_daemons(e.node);
      s.every_turn.erase(&e);
    }
    return outcome;
  };
  while (e.steps->group < e.steps->plan->groups.size()) {
    const NodeIndex group = ensure_group(e);
    if (run_group(e, group) == Group::Waiting) return ended();
    if (!fulfilled(s.nodes[group])) return ended();
    if (group_failed(s.nodes[group].phase)) {  // STP-13
      s.nodes[e.node].outbound = steps_outbound(e);
      s.nodes[e.node].has_outbound = true;
      mark_node(e.node, Phase::Failed, s.nodes[group].message);
      return ended();
    }
    ++e.steps->group;
    const NodeScope scope(s, e);
    for (const CallPlan& call : e.steps->plan->groups[e.steps->group - 1]) {
      if (!call.expands) continue;
      if (const auto made = scope.check_aggregates(call.name); !made.ok()) {
        outcome = {e.node, Outcome::Kind::Failed, made.error().message()};
        return ended();
      }
    }
    for (Call& call : e.steps->calls) {
      // A daemon's Exec lives on: its pod may still end.
      if (call.exec && call.node != kNoNode && s.nodes[call.node].daemoned) e.daemons.push_back(std::move(call.exec));
      forget_exec(call.exec);
    }
    for (ExecPtr& hook : e.hooks) forget_exec(hook);
    e.hooks.clear();
    e.steps->calls.clear();
    e.steps->resolved = false;
    e.steps->next = e.steps->unsettled = 0;
    e.steps->dirty.items.clear();
    e.steps->unsettled_touched.clear();
    s.every_turn.erase(&e);
  }
  end_steps(e, outcome);
  return ended();
}

}  // namespace wf::engine
