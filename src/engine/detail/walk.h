// SPDX-License-Identifier: Apache-2.0
// engine/detail/walk.h: one turn over one workflow: what the pods did is taken over, then the tree of
// Execs is walked where it is marked, in the order in which the whole would be walked. A walk over
// everything gives the same nodes; that is what happens after a restart, and what tests compare with.
// The parts: turn.cpp (order of a turn), observe.cpp, execute.cpp, steps.cpp, dag.cpp, retry.cpp,
// hooks.cpp, leaf.cpp (pods, suspend, agent tasks), settle.cpp (how nodes and workflows end).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "engine/detail/node_scope.h"
#include "engine/detail/state.h"
#include "spec/names.h"

namespace wf::engine {

class PodGc;

class Walk {
 public:
  Walk(State& state, Turn& the_turn, Time time) : s(state), turn(the_turn), now(time) {}
  void run(const Observed& observed);
  // Of nodes that changed, or of all (GCO-3).
  void clean_up_pods(bool all);

 private:
  void clean_up_pod(const PodGc& gc, NodeIndex index);
  // turn.cpp
  bool prepare_spec();
  Result<void> join_spec();
  Result<void> set_globals();
  void set_changing_globals();
  Result<void> substitute_spec();
  Result<void> apply_workflow_metadata();
  bool resolve_repository();
  bool take_workflow_lock();
  void first_turn();
  void walk_entry();
  bool finish_hooks_and_exit(const Outcome& entry);
  void set_failures();
  bool run_workflow_hooks();
  bool run_exit_handler(NodeIndex* exit_node);
  void conclude(NodeIndex exit_node);
  void end_cleanup();
  void create_claims();
  void delete_claims();
  void publish_tasks();
  void run_agent();
  void store_reachable();
  void mark_artifact_gc();
  void wake_marked();
  ExecPtr make_entry();

  // observe.cpp
  bool observe(const Observed& observed);
  void take_result(const TaskResult& result);
  bool take_pod(const PodSeen& pod);
  bool assess(const PodSeen& pod, NodeIndex index);
  void assess_containers(const PodSeen& pod, NodeIndex index);
  void apply_execution_control(const PodSeen& pod, NodeIndex index);
  void fail_pod_nodes(NodeIndex index, const std::string& message);
  void mark_changed(NodeIndex index);
  void lose_pod(NodeIndex index);
  void fail_nodes_without_pods();
  json::Value template_of(const Node& node);
  void save_memo(NodeIndex index);

  // measuring.cpp
  void know_measured();
  void take_measured(Measured measured);
  void measure_node(const json::Value& metrics, NodeIndex index, bool realtime_only);
  void measure_once(const json::Value& metrics, NodeIndex index, bool may_end);
  void measure_template(Exec& e);
  void measure_workflow(bool ended);

  // execute.cpp
  Outcome execute(Exec& e);
  Outcome checked(Exec& e);
  bool prepare(Exec& e, Outcome& failure);
  Result<json::Value> process(Exec& e, const Compiled& compiled, const json::Value& arguments);
  Result<json::Value> substitute(const json::Value& tmpl, const Bindings& locals);
  bool apply_display_name(Exec& e, Outcome& failure);
  bool check_timeouts(Exec& e, Outcome& failure);
  bool refused(Exec& e);
  bool acquire_locks(Exec& e, Outcome& outcome);
  bool look_up_memo(Exec& e, Outcome& outcome);
  Outcome dispatch(Exec& e);
  Outcome errored(Exec& e, std::string text, Outcome::Kind kind = Outcome::Kind::Failed);
  json::Value retry_strategy(const json::Value& tmpl) const;
  void release_locks(Exec& e);
  void release_locks_of_ended();
  void mark_lock_waiters();
  int priority() const;
  spec::PodNames pod_names() const;

  // retry.cpp
  Outcome execute_retry(Exec& e);
  enum class RetryStep { Go, Wait, Error };
  RetryStep decide_retry(Exec& e, const json::Value& strategy, std::string& error);
  Outcome start_attempt(Exec& e, size_t attempts, NodeIndex last);
  const std::vector<NodeIndex>& attempts_of(Exec& e) const;

  // steps.cpp
  Outcome execute_steps(Exec& e);
  NodeIndex ensure_group(Exec& e);
  enum class Group { Waiting, Ended };
  Group run_group(Exec& e, NodeIndex group);
  bool resolve_group(Exec& e, NodeIndex group);
  bool visit_step(Exec& e, NodeIndex group, uint32_t call, bool& blocked, bool& stop);
  bool settle_steps(Exec& e, NodeIndex group, std::set<uint32_t>& touched);
  bool end_steps(Exec& e, Outcome& outcome);
  std::vector<NodeIndex> steps_outbound(Exec& e);

  // dag.cpp
  Outcome execute_dag(Exec& e);
  void start_dag(Exec& e);
  void visit_task(Exec& e, uint32_t task, bool& blocked);
  bool ready_task(Exec& e, uint32_t task);
  bool resolve_task(Exec& e, uint32_t task);
  void run_task_calls(Exec& e, uint32_t task, bool& blocked);
  bool check_loops(Exec& e, uint32_t task, const NodeScope& scope, std::string& error);
  bool reached(const Exec& e, uint32_t task) const;
  void settle_task(Exec& e, uint32_t task);
  void place_task_error(Exec& e, uint32_t task, NodeType type, Phase phase, std::string message);
  std::vector<NodeIndex> task_parents(Exec& e, uint32_t task, const std::string& name);
  void connect(Exec& e, uint32_t task, NodeIndex node);
  Phase assess_dag(Exec& e);
  bool end_dag(Exec& e, Outcome& outcome);
  expr::TaskResults task_results(NodeIndex node) const;

  // calls.cpp: what steps and tasks have in common
  enum class Resolution { Ready, Later, Failed };
  Resolution resolve_call(const CallPlan& plan, const Exec& owner, NodeScope& scope, json::Value& out,
                          std::string& error);
  bool expand_call(const CallPlan& plan, const Exec& owner, json::Value resolved, NodeScope& scope,
                   std::vector<Call>& out, std::string& error);
  Result<json::Value> resolve_artifacts(const json::Value& artifacts, NodeScope& scope);
  void mark_absent(json::Value& call, NodeScope& scope);
  Exec& exec_of_call(Exec& parent, Call& call, const std::string& name, uint32_t place, uint32_t item);

  // hooks.cpp
  // Runs the lifecycle hooks of a step or task; false: not all are through. `error` is set on failure.
  bool run_hooks(Exec& owner, std::vector<ExecPtr>& execs, const json::Value& hooks, NodeIndex node,
                 NodeScope& scope, std::string_view name, std::string_view status_name,
                 uint32_t place, uint32_t item, std::string& error);
  // Runs its exit handler; true: there is none or it has ended.
  bool run_exit(Exec& owner, std::vector<ExecPtr>& execs, const json::Value& hook, NodeIndex node,
                NodeScope& scope, std::string_view name, uint32_t place, uint32_t item, std::string& error);
  Result<json::Value> hook_arguments(const json::Value& arguments, NodeIndex node, NodeScope& scope,
                                     std::string_view name);
  Exec& hook_exec(Exec* owner, std::vector<ExecPtr>& execs, const std::string& name, uint32_t place, uint32_t item);
  void exit_call(const json::Value& hook, json::Value& holder, json::Value& arguments) const;

  // leaf.cpp
  Outcome execute_pod(Exec& e);
  bool create_pod(Exec& e, Outcome& outcome);
  void add_containers(Exec& e);
  Outcome execute_suspend(Exec& e);
  Outcome execute_agent_task(Exec& e, NodeType type);
  bool result_used(const Exec& e);

  // settle.cpp
  NodeType node_type_of(const Exec& e) const;
  NodeIndex add_node(const Exec& e, NodeType type, Phase phase, std::string message, bool synced);
  NodeIndex add_plain_node(std::string name, const json::Value& holder, const spec::Scope& scope,
                           NodeIndex boundary, NodeType type, Phase phase, NodeFlag flag, std::string message);
  void set_inputs(NodeIndex index, const json::Value& tmpl);
  void mark_node(NodeIndex index, Phase phase);
  void mark_node(NodeIndex index, Phase phase, const std::string& message);
  void mark_error(NodeIndex index, const std::string& message) { mark_node(index, Phase::Error, message); }
  void mark_workflow(std::string_view phase, const std::string& message);
  void kill_daemons(NodeIndex boundary);
  std::vector<NodeIndex> outbound_of(NodeIndex index);
  void export_outputs(const json::Value& outputs);
  bool outputs_from_scope(const json::Value& tmpl, NodeScope& scope, json::Value& outputs, std::string& error);
  bool children_fulfilled(NodeIndex index) const;
  bool hooks_fulfilled(NodeIndex index) const;
  bool in_exit_handler(NodeIndex index) const;
  void look_again(NodeIndex node, Time at);
  void forget(Exec& e);
  void forget_exec(ExecPtr& exec);
  std::string pod_name(const Node& node) const;

  State& s;
  Turn& turn;
  const Time now;
  int depth = 0;
  bool stop = false;  // the workflow was marked Error: nothing more happens this turn
};

}  // namespace wf::engine
