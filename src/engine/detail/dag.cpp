// SPDX-License-Identifier: Apache-2.0
// DAG templates (rules DAG). A pass looks at the tasks that are marked or have become ready, in the
// order in which targets reach them; tasks count down what they wait for.
#include <algorithm>
#include <deque>

#include "base/text.h"
#include "engine/detail/walk.h"
#include "expr/when.h"

namespace wf::engine {

using json::Value;

namespace {
constexpr NodeFlag kPlaceholder{true, false, false};
}

expr::TaskResults Walk::task_results(NodeIndex index) const {
  const Node& node = s.nodes[index];
  expr::TaskResults results;
  using expr::TaskResult;
  results.set(TaskResult::Succeeded, node.phase == Phase::Succeeded);
  results.set(TaskResult::Failed, node.phase == Phase::Failed);
  results.set(TaskResult::Errored, node.phase == Phase::Error);
  results.set(TaskResult::Skipped, node.phase == Phase::Skipped);
  results.set(TaskResult::Omitted, node.phase == Phase::Omitted);
  results.set(TaskResult::Daemoned, node.daemoned && node.phase != Phase::Pending);
  if (node.type == NodeType::TaskGroup) {
    bool any = false, all = !node.children.empty();
    for (const NodeIndex child : node.children) {
      any = any || s.nodes[child].phase == Phase::Succeeded;
      all = all && s.nodes[child].phase == Phase::Failed;
    }
    results.set(TaskResult::AnySucceeded, any);
    results.set(TaskResult::AllFailed, all);
  }
  return results;
}

// DAG-10: the nodes that a task's node is a child of.
std::vector<NodeIndex> Walk::task_parents(Exec& e, uint32_t task, const std::string& name) {
  const TaskRun& run = e.dag->tasks[task];
  const TaskPlan& plan = e.dag->plan->tasks[task];
  const bool grouped = run.node != kNoNode && s.nodes[run.node].type == NodeType::TaskGroup && s.nodes[run.node].name != name;
  if (grouped) return {run.node};
  if (plan.dependencies.empty()) return {e.node};
  std::vector<NodeIndex> parents;
  for (const uint32_t dependency : plan.dependencies) {
    const NodeIndex on = e.dag->tasks[dependency].node;
    if (on == kNoNode) continue;
    for (const NodeIndex out : outbound_of(on)) parents.push_back(out);
  }
  return parents;
}

void Walk::connect(Exec& e, uint32_t task, NodeIndex node) {
  for (const NodeIndex parent : task_parents(e, task, s.nodes[node].name)) s.nodes.add_child(parent, node);
}

void Walk::place_task_error(Exec& e, uint32_t task, NodeType type, Phase phase, std::string message) {
  TaskRun& run = e.dag->tasks[task];
  const TaskPlan& plan = e.dag->plan->tasks[task];
  const std::string name = cat(e.name, ".", plan.call.name);
  run.node = s.nodes.find(name);
  if (run.node == kNoNode) {
    run.node = add_plain_node(name, plan.call.call, e.resolved.scope, e.node, type, phase, kPlaceholder, std::move(message));
  } else {
    mark_node(run.node, phase, message);
  }
  connect(e, task, run.node);
}

void Walk::start_dag(Exec& e) {
  DagRun& dag = *e.dag;
  dag.tasks.resize(dag.plan->tasks.size());
  for (const uint32_t task : dag.plan->by_rank) {
    TaskRun& run = dag.tasks[task];
    run.node = s.nodes.find(cat(e.name, ".", dag.plan->tasks[task].call.name));
    run.waiting = static_cast<uint32_t>(dag.plan->tasks[task].dependencies.size());
  }
  for (const uint32_t task : dag.plan->by_rank) {
    TaskRun& run = dag.tasks[task];
    if (run.node != kNoNode || run.waiting == 0) dag.dirty.add(dag.plan->tasks[task].rank);
  }
}

// A task that has ended, with its hooks, lets its dependents look.
void Walk::settle_task(Exec& e, uint32_t task) {
  DagRun& dag = *e.dag;
  TaskRun& run = dag.tasks[task];
  if (run.finished || run.node == kNoNode || !fulfilled(s.nodes[run.node]) || !hooks_fulfilled(run.node)) return;
  run.finished = true;
  for (const uint32_t dependent : dag.plan->tasks[task].dependents) {
    if (--dag.tasks[dependent].waiting == 0) dag.dirty.add(dag.plan->tasks[dependent].rank);
  }
}

// DAG-9: whether the task is to run. False: it waits, or has been placed as omitted or in error.
bool Walk::ready_task(Exec& e, uint32_t task) {
  DagRun& dag = *e.dag;
  TaskRun& run = dag.tasks[task];
  const TaskPlan& plan = dag.plan->tasks[task];
  if (!plan.has_logic || run.node != kNoNode) return true;
  if (run.waiting > 0) return false;
  const auto runs = plan.logic.evaluate([&](int dependency) {
    const NodeIndex on = dag.tasks[static_cast<size_t>(dependency)].node;
    return on == kNoNode ? expr::TaskResults() : task_results(on);
  });
  if (!runs.ok()) {
    place_task_error(e, task, NodeType::Skipped, Phase::Error, runs.error().message());
    return false;
  }
  if (!*runs) {
    place_task_error(e, task, NodeType::Skipped, Phase::Omitted, "omitted: depends condition not met");
    return false;
  }
  return true;
}

// OUT-11: the loops among a task's ancestors must have results that can be put together.
bool Walk::check_loops(Exec& e, uint32_t task, const NodeScope& scope, std::string& error) {
  if (!e.dag->plan->any_loops) return true;
  for (const uint32_t ancestor : ancestors_of(*e.dag->plan, task)) {
    if (!e.dag->plan->tasks[ancestor].call.expands) continue;
    if (const auto made = scope.check_aggregates(e.dag->plan->tasks[ancestor].call.name); !made.ok()) {
      error = made.error().message();
      return false;
    }
  }
  return true;
}

// DAG-11, DAG-12. False: it waits for a variable, or has been placed as skipped or in error.
bool Walk::resolve_task(Exec& e, uint32_t task) {
  TaskRun& run = e.dag->tasks[task];
  const TaskPlan& plan = e.dag->plan->tasks[task];
  NodeScope scope(s, e, task);
  std::string error;
  const auto fail = [&] {
    place_task_error(e, task, NodeType::Skipped, Phase::Error, error);
    return false;
  };
  if (!check_loops(e, task, scope, error)) return fail();
  const Resolution result = resolve_call(plan.call, e, scope, run.task, error);
  if (result == Resolution::Failed) return fail();
  if (result == Resolution::Later) {
    s.postponed.insert(&e);
    e.dag->dirty_later.insert(plan.rank);
    turn.requeue = true;
    return false;
  }
  if (plan.call.expands) {
    if (!expand_call(plan.call, e, run.task, scope, run.calls, error)) return fail();
    if (run.calls.empty()) {
      place_task_error(e, task, NodeType::Skipped, Phase::Skipped, "Skipped, empty params");
      return false;
    }
    if (run.node == kNoNode) {
      const NodeIndex group = add_plain_node(cat(e.name, ".", plan.call.name), run.task, e.resolved.scope, e.node,
                                             NodeType::TaskGroup, Phase::Running, kPlaceholder, "");
      connect(e, task, group);
      run.node = group;
    }
  } else {
    Call call;
    call.name = plan.call.name;
    call.holder = run.task;
    run.calls.push_back(std::move(call));
  }
  run.unsettled = static_cast<uint32_t>(run.calls.size());
  run.resolved = true;
  return true;
}

// DAG-13 to DAG-15.
void Walk::run_task_calls(Exec& e, uint32_t task, bool& blocked) {
  TaskRun& run = e.dag->tasks[task];
  const TaskPlan& plan = e.dag->plan->tasks[task];
  const auto visit = [&](uint32_t index) {  // false: nothing more of this task in this pass
    Call& call = run.calls[index];
    if (call.settled) return true;
    const std::string name = call.exec ? call.exec->name : cat(e.name, ".", call.name);
    if (!call.exec && s.nodes.find(name) == kNoNode) {
      const std::string_view when = call.holder["when"].as_string();
      const auto runs = expr::should_execute(when);
      if (!runs.ok() || !*runs) {
        call.node = add_plain_node(name, plan.call.call, e.resolved.scope, e.node, NodeType::Skipped,
                                   runs.ok() ? Phase::Skipped : Phase::Error, kPlaceholder,
                                   runs.ok() ? cat("when '", when, "' evaluated false") : runs.error().message());
        if (!plan.call.expands) run.node = call.node;
        connect(e, task, call.node);
        call.started = call.settled = true;
        --run.unsettled;
        return true;
      }
    }
    Exec& exec = exec_of_call(e, call, name, plan.rank, index);
    const Outcome out = execute(exec);
    if (out.node != kNoNode) {
      call.node = out.node;
      call.started = true;
      if (!plan.call.expands) run.node = out.node;
      connect(e, task, out.node);
    }
    switch (out.kind) {
      case Outcome::Kind::Done: case Outcome::Kind::MaxDepth: break;
      case Outcome::Kind::Refused:
        run.dirty.add(index);
        e.dag->starved.insert(plan.rank);
        s.starved.insert(&e);
        blocked = true;
        if (out.node == kNoNode) {
          for (const NodeIndex parent : task_parents(e, task, name)) s.nodes.expect_child(parent, name);
          call.exec.reset();
        }
        break;
      case Outcome::Kind::Timeout:
        mark_node(out.node, Phase::Failed, out.error);
        return false;
      case Outcome::Kind::Failed:
        mark_error(out.node, cat("task '", name, "' errored: ", out.error));
        return false;
    }
    if (out.node == kNoNode) return false;
    if (!completed(s.nodes[out.node])) {
      if (phase_fulfilled(s.nodes[out.node])) {
        call.settled = true;
        --run.unsettled;
      }
      return true;
    }
    if (!plan.call.exit_hook.is_null()) {
      NodeScope scope(s, e, task);
      scope.bind(cat("tasks.", plan.call.name, ".status"), std::string(name_of(s.nodes[out.node].phase)));
      std::string error;
      if (!run_exit(e, run.hooks, plan.call.exit_hook, out.node, scope, plan.call.name, plan.rank, index, error)) {
        run.dirty.add(index);
        return false;
      }
    }
    call.settled = true;
    --run.unsettled;
    return true;
  };
  const std::set<uint32_t> marked = std::exchange(run.dirty.items, {});
  for (auto at = marked.begin(); at != marked.end(); ++at) {
    if (*at >= run.next) continue;
    if (!visit(*at)) {
      for (++at; at != marked.end(); ++at) run.dirty.add(*at);
      return;
    }
  }
  while (run.next < run.calls.size()) {
    const uint32_t index = run.next;
    const bool on = visit(index);
    if (!run.calls[index].started) break;
    ++run.next;
    if (!on) break;
  }
}

// Whether a pass from the targets upwards comes to the task: it does not go beyond tasks that ended.
bool Walk::reached(const Exec& e, uint32_t task) const {
  const TaskPlan& plan = e.dag->plan->tasks[task];
  if (plan.target || plan.dependents.empty()) return true;
  return std::any_of(plan.dependents.begin(), plan.dependents.end(), [&](uint32_t dependent) {
    const NodeIndex node = e.dag->tasks[dependent].node;
    return node == kNoNode || !phase_fulfilled(s.nodes[node]);
  });
}

void Walk::visit_task(Exec& e, uint32_t task, bool& blocked) {
  TaskRun& run = e.dag->tasks[task];
  const TaskPlan& plan = e.dag->plan->tasks[task];
  if (run.node != kNoNode && phase_fulfilled(s.nodes[run.node])) {
    for (Call& call : run.calls) {
      if (call.exec && call.exec->has_locks) release_locks(*call.exec);
    }
    if (!reached(e, task)) return;
  }
  if (run.node != kNoNode && plan.call.has_hooks &&
      (fulfilled(s.nodes[run.node]) || s.nodes[run.node].phase == Phase::Running)) {
    NodeScope scope(s, e, task);
    std::string error;
    const bool through = run_hooks(e, run.hooks, plan.call.call["hooks"], run.node, scope, plan.call.name, plan.call.name,
                                   plan.rank, 0, error);
    if (!error.empty()) mark_error(run.node, error);
    if (!through) return;
  }
  if (run.node != kNoNode && phase_fulfilled(s.nodes[run.node])) {
    if (completed(s.nodes[run.node]) && !plan.call.exit_hook.is_null()) {
      NodeScope scope(s, e, task);
      scope.bind(cat("tasks.", plan.call.name, ".status"), std::string(name_of(s.nodes[run.node].phase)));
      std::string error;
      if (!run_exit(e, run.hooks, plan.call.exit_hook, run.node, scope, plan.call.name, plan.rank, 0, error)) return;
    }
    return;
  }
  if (!ready_task(e, task)) return;
  if (!run.resolved && !resolve_task(e, task)) return;
  run_task_calls(e, task, blocked);
  if (!plan.call.expands || run.node == kNoNode || run.next < run.calls.size() || run.unsettled > 0) return;
  Phase phase = Phase::Succeeded;
  for (const Call& call : run.calls) {
    if (call.node == kNoNode || !fulfilled(s.nodes[call.node])) return;
    if (failed_or_error(s.nodes[call.node].phase)) phase = s.nodes[call.node].phase;
  }
  mark_node(run.node, phase);
  if (!plan.call.exit_hook.is_null()) {  // the group's own exit handler: at the next turn
    e.dag->dirty_later.insert(plan.rank);
    s.postponed.insert(&e);
    turn.requeue = true;
  }
}

// DAG-17 to DAG-19.
Phase Walk::assess_dag(Exec& e) {
  if (s.nodes.counts(e.node).unfulfilled > 0) {
    // A loop's group left Running although all its children ended is completed here (DAG-18).
    return Phase::Running;
  }
  std::unordered_map<NodeIndex, Phase> target_phase;
  for (const uint32_t task : e.dag->plan->targets) {
    if (e.dag->tasks[task].node == kNoNode) {
      if (!e.dag->plan->fail_fast) return Phase::Running;
    } else {
      target_phase[e.dag->tasks[task].node] = Phase::None;
    }
  }
  std::deque<std::pair<NodeIndex, Phase>> queue;
  std::set<std::pair<NodeIndex, Phase>> seen;
  const auto push = [&](NodeIndex node, Phase phase) {
    if (seen.emplace(node, phase).second) queue.emplace_back(node, phase);
  };
  for (const NodeIndex child : s.nodes[e.node].children) push(child, Phase::Succeeded);
  while (!queue.empty()) {
    const auto [index, inherited] = queue.front();
    queue.pop_front();
    const Node& node = s.nodes[index];
    if (!fulfilled(node)) return Phase::Running;
    const Phase branch = completed(node) ? node.phase : inherited;
    if (const auto target = target_phase.find(index); target != target_phase.end() && !failed_or_error(target->second)) {
      target->second = branch;
    }
    if (node.type == NodeType::Retry) {
      for (auto child = node.children.rbegin(); child != node.children.rend(); ++child) {
        if (s.nodes[*child].flag.hooked) push(*child, branch);
        else for (const NodeIndex next : s.nodes[*child].children) push(next, branch);
      }
    } else {
      for (const NodeIndex child : node.children) push(child, branch);
    }
  }
  Phase result = Phase::Succeeded;
  for (const uint32_t task : e.dag->plan->targets) {
    const NodeIndex node = e.dag->tasks[task].node;
    Phase phase = node == kNoNode ? Phase::None : target_phase[node];
    // One that no node leads to: what it waits for ended without ever having an attempt.
    if (phase == Phase::None && node != kNoNode && fulfilled(s.nodes[node])) {
      phase = completed(s.nodes[node]) ? s.nodes[node].phase : Phase::Succeeded;
    }
    if (phase == Phase::None) {
      result = Phase::Running;
      if (!e.dag->plan->fail_fast) break;
    } else if (failed_or_error(phase)) {
      if (continues_on(e.dag->plan->tasks[task].call.call, name_of(phase))) continue;
      result = phase;
      if (e.dag->plan->fail_fast) break;
    }
  }
  return result;
}

// DAG-21.
bool Walk::end_dag(Exec& e, Outcome& outcome) {
  NodeScope scope(s, e);
  for (const uint32_t task : e.dag->plan->by_rank) {
    const TaskPlan& plan = e.dag->plan->tasks[task];
    const NodeIndex node = e.dag->tasks[task].node;
    if (node == kNoNode) continue;
    if (plan.call.expands) {
      if (const auto made = scope.check_aggregates(plan.call.name); !made.ok()) {
        outcome = {e.node, Outcome::Kind::Failed, made.error().message()};
        return false;
      }
    }
    export_outputs(s.nodes[node].outputs);
  }
  Value outputs;
  std::string error;
  if (!outputs_from_scope(e.processed, scope, outputs, error)) {
    outcome = {e.node, Outcome::Kind::Failed, error};
    return false;
  }
  if (!outputs.is_null()) s.nodes[e.node].outputs = outputs;
  save_memo(e.node);
  return true;
}

Outcome Walk::execute_dag(Exec& e) {
  if (e.node == kNoNode) {
    e.node = add_node(e, NodeType::DAG, Phase::Running, "", false);
    set_inputs(e.node, e.processed);
    s.set_exec(e.node, &e);
  }
  Outcome outcome{e.node};
  if (!e.dag) {
    auto plan = e.processed_is_plain ? e.resolved.compiled->dag : nullptr;
    if (!plan) {
      auto made = plan_dag(e.processed);
      if (!made.ok()) return {e.node, Outcome::Kind::Failed, made.error().message()};
      plan = std::move(*made);
      if (e.processed_is_plain) e.resolved.compiled->dag = plan;
    }
    e.dag = std::make_unique<DagRun>();
    e.dag->plan = std::move(plan);
    start_dag(e);
  }
  DagRun& dag = *e.dag;
  dag.dirty.items.insert(dag.dirty_later.begin(), dag.dirty_later.end());
  dag.dirty_later.clear();
  if (s.every_turn.contains(&e)) {
    for (const uint32_t task : dag.plan->by_rank) {
      if (dag.plan->tasks[task].call.has_hooks && dag.tasks[task].node != kNoNode) dag.dirty.add(dag.plan->tasks[task].rank);
    }
    s.every_turn.erase(&e);
  }
  bool blocked = false;
  std::set<uint32_t> starved = std::exchange(dag.starved, {});
  std::vector<uint32_t> touched;
  while (!dag.dirty.items.empty() || (!starved.empty() && !blocked)) {
    const bool take_starved = !starved.empty() && !blocked && (dag.dirty.items.empty() || *starved.begin() < *dag.dirty.items.begin());
    std::set<uint32_t>& from = take_starved ? starved : dag.dirty.items;
    const uint32_t rank = *from.begin();
    from.erase(from.begin());
    starved.erase(rank);
    const uint32_t task = dag.plan->by_rank[rank];
    ++turn.visited;
    visit_task(e, task, blocked);
    settle_task(e, task);
    touched.push_back(task);
    if (dag.plan->tasks[task].call.has_hooks) s.every_turn.insert(&e);
  }
  dag.starved.insert(starved.begin(), starved.end());
  bool exits_ended = true;
  std::sort(touched.begin(), touched.end(), [&](uint32_t a, uint32_t b) { return dag.plan->tasks[a].rank < dag.plan->tasks[b].rank; });
  for (const uint32_t task : touched) {
    const TaskPlan& plan = dag.plan->tasks[task];
    TaskRun& run = dag.tasks[task];
    if (!plan.target || run.node == kNoNode) continue;
    if (std::string error; !check_loops(e, task, NodeScope(s, e, task), error)) {
      return {e.node, Outcome::Kind::Failed, error};
    }
    if (plan.call.has_hooks) {
      NodeScope scope(s, e, task);
      std::string error;
      (void)run_hooks(e, run.hooks, plan.call.call["hooks"], run.node, scope, plan.call.name, plan.call.name, plan.rank, 0, error);
      if (!error.empty()) return {e.node, Outcome::Kind::Failed, error};
    }
  }
  if (s.shutting_down()) {
    for (const uint32_t task : dag.plan->targets) {
      const NodeIndex node = dag.tasks[task].node;
      if (node == kNoNode || !completed(s.nodes[node])) continue;
      const NodeIndex exit = s.nodes.find(s.nodes[node].name + ".onExit");
      if (exit != kNoNode && !fulfilled(s.nodes[exit])) exits_ended = false;
    }
  }
  const bool stopped = s.shutting_down() && exits_ended && !e.on_exit;
  const Phase phase = stopped ? Phase::Failed : assess_dag(e);
  const auto set_outbound = [&] {
    std::vector<NodeIndex> out;
    for (const uint32_t task : dag.plan->targets) {
      if (dag.tasks[task].node == kNoNode) continue;
      for (const NodeIndex end : outbound_of(dag.tasks[task].node)) out.push_back(end);
    }
    s.nodes[e.node].outbound = std::move(out);
    s.nodes[e.node].has_outbound = true;
    s.nodes.touch(e.node);
  };
  if (failed_or_error(phase)) {
    set_outbound();
    mark_node(e.node, phase);
  } else if (phase == Phase::Succeeded && end_dag(e, outcome)) {
    set_outbound();
    mark_node(e.node, Phase::Succeeded);
  }
  if (phase_fulfilled(s.nodes[e.node])) {
    kill_daemons(e.node);
    s.every_turn.erase(&e);
    s.starved.erase(&e);
  }
  return outcome;
}

}  // namespace wf::engine
