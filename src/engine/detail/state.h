// SPDX-License-Identifier: Apache-2.0
// engine/detail/state.h: one workflow in memory.
#pragma once
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/detail/exec.h"
#include "engine/node_table.h"
#include "engine/world.h"

namespace wf::engine {

struct State {
  State(const json::Value& workflow, World& world);

  World& world;
  std::string ns, name, uid;
  Time created_at{};
  json::Value envelope;          // apiVersion and kind, and what else the object has at its top
  json::Value metadata;
  json::Value spec;              // the user's
  json::Value status;            // all but nodes and the fields below
  std::string phase, message;
  Time started_at{}, finished_at{};
  int64_t estimated_seconds = 0;
  NodeTable nodes;
  bool header_changed = false;
  std::string pod_condition;     // PodRunning, stored when something else is (POD-18)
  bool pod_running = false;      // some pod was seen running in this turn (POD-18)
  bool marked = false;           // something was marked since the walk began

  // Made at the first turn after loading.
  bool loaded = false;
  json::Value effective;         // the spec that runs, globals substituted (SPC)
  bool effective_has_tags = false;
  json::Value effective_source;  // before substitution
  Templates templates;
  Globals globals;
  std::optional<Time> deadline;
  std::unique_ptr<podspec::PodBuilder> builder;

  // Run-time: what is being executed.
  ExecPtr entry, exit_handler;
  std::vector<ExecPtr> hooks;                            // the workflow's
  std::vector<Exec*> exec_of;                            // by node index
  std::set<Exec*> every_turn;                            // composites with hooks to evaluate
  std::set<Exec*> starved;                               // composites with calls refused a slot
  std::set<Exec*> postponed;                             // lacked a variable: tried at the next turn
  struct Timer {
    Time at;
    NodeIndex node;
    bool operator>(const Timer& other) const { return at > other.at; }
  };
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers;
  json::Value tasks;             // the task set: node id to template (CTR-7)
  bool tasks_changed = false;
  bool agent_runs = false;
  std::vector<uint8_t> measured;                         // by node: which of its metrics are recorded
  bool workflow_measured = false;
  std::vector<Phase> phases_before;                     // by node, after the last turn (PST-6)
  std::unordered_map<NodeIndex, PodSeen> unassessed;     // pods whose results have not arrived (POD-9)
  std::unordered_map<NodeIndex, Time> missing_since;     // unfinished nodes whose pod is gone (POD-16)

  std::string key() const { return ns + "/" + name; }
  std::string_view shutdown() const { return effective["shutdown"].as_string(); }
  bool shutting_down() const { return !shutdown().empty(); }
  // SHD-2: whether work (of an exit handler or not) may still run.
  bool may_run(bool on_exit) const {
    return shutdown().empty() || (shutdown() == "Stop" && on_exit);
  }
  bool ended() const { return phase == "Succeeded" || phase == "Failed" || phase == "Error"; }
  Exec* exec(NodeIndex node) const { return node < exec_of.size() ? exec_of[node] : nullptr; }
  void set_exec(NodeIndex node, Exec* exec) {
    if (exec_of.size() <= node) exec_of.resize(nodes.size() + 16, nullptr);
    exec_of[node] = exec;
  }
  std::string label(std::string_view key) const { return std::string(metadata["labels"][key].as_string()); }
  void set_label(std::string_view key, std::string_view value);
  // Executors and logs name one id for all that belongs to a workflow.
  void set_trace_id();
  void set_annotation(std::string_view key, std::string_view value);
  void set_condition(std::string_view type, std::string_view value, std::string_view message = {});
  // The whole object, or without status.nodes.
  json::Value to_json(bool with_nodes, bool exact_times) const;
};

// Marks an Exec and all above it as to be looked at.
void mark(State& state, Exec* exec);

}  // namespace wf::engine
