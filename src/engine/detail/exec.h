// SPDX-License-Identifier: Apache-2.0
// engine/detail/exec.h: one template being executed: the call (a step, task or hook with its
// arguments), the node it leads to, and what is remembered between turns so that the next turn looks
// only at what changed. Execs form a tree under the workflow's entrypoint; they are run-time state
// and are rebuilt by a full walk after a restart.
//
//   Exec(entrypoint) ─ StepsRun ─ group 0 ─ Exec(step a)
//                              └ group 1 ─ Exec(step b, Retry) ─ Exec(b(0)), then Exec(b(1)) …
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/detail/plans.h"
#include "engine/detail/templates.h"
#include "engine/detail/variables.h"
#include "engine/node.h"

namespace wf::engine {

struct Exec;
using ExecPtr = std::unique_ptr<Exec>;

// What one pass over an Exec comes to. `node` is the node it leads to, if there is one.
struct Outcome {
  enum class Kind : uint8_t { Done, Refused, MaxDepth, Timeout, Failed };
  NodeIndex node = kNoNode;
  Kind kind = Kind::Done;
  std::string error = {};  // of Failed and MaxDepth, Timeout: Argo's text
};

enum class CallKind : uint8_t { Entry, Step, Task };  // who calls: decides steps.name / tasks.name

// A step or task after substitution, or one item of its loop.
struct Call {
  std::string name;         // with "(i:item)" where it expands
  json::Value holder;       // the call; hooks as written
  ExecPtr exec;
  NodeIndex node = kNoNode; // a placeholder's (skipped, errored), or the exec's
  bool started = false;     // has a node, or needs none
  bool settled = false;     // ended, with its hooks and exit handler
};

// Which of many children to look at in this pass, in order.
struct DirtySet {
  std::set<uint32_t> items;
  void add(uint32_t item) { items.insert(item); }
};

struct StepsRun {
  std::shared_ptr<const StepsPlan> plan;
  uint32_t group = 0;
  bool resolved = false;            // the group's calls are substituted and expanded
  std::vector<Call> calls;          // of the present group
  std::vector<uint32_t> plan_of;    // call -> step of the plan
  uint32_t next = 0;                // first call not yet started
  uint32_t unsettled = 0;
  std::set<uint32_t> unsettled_touched;  // calls whose hooks or exit handlers are to be looked at
  DirtySet dirty;
};

struct TaskRun {
  uint32_t waiting = 0;             // dependencies that have not settled
  bool resolved = false;
  bool finished = false;            // settled: dependents may look
  bool refused = false;
  json::Value task;                 // after substitution
  std::vector<Call> calls;          // one, or the items of the loop
  uint32_t next = 0;
  uint32_t unsettled = 0;
  NodeIndex node = kNoNode;         // the task's own node (the TaskGroup of a loop)
  DirtySet dirty;
  std::vector<ExecPtr> hooks;
};

struct DagRun {
  std::shared_ptr<const DagPlan> plan;
  std::vector<TaskRun> tasks;
  DirtySet dirty;                   // ranks of tasks to look at
  std::set<uint32_t> starved;       // ranks refused for want of a slot
  std::set<uint32_t> dirty_later;   // ranks that lacked a variable: tried at the next turn
};

struct RetryRun {
  ExecPtr attempt;
  std::vector<NodeIndex> attempts;  // among the node's children, hooks left out
  size_t looked = 0;                // at so many children
};

struct Exec {
  std::string name;
  NodeIndex node = kNoNode;
  Exec* parent = nullptr;
  uint32_t place = 0;               // among the parent's calls (steps: call; dag: rank)
  uint32_t item = 0;                // dag: call of the task
  bool is_hook = false;
  bool is_attempt = false;

  CallKind kind = CallKind::Entry;
  json::Value holder;
  spec::Scope scope;                // where the holder is resolved
  json::Value arguments;
  NodeIndex boundary = kNoNode;
  bool on_exit = false;
  NodeFlag flag;

  bool prepared = false;
  Resolved resolved;
  json::Value processed;            // the template with its inputs; dropped when no longer needed
  bool processed_is_plain = false;  // substitution changed nothing but the inputs
  Time retry_deadline{};            // of an attempt: backoff.maxDuration (TIM-6)
  bool has_locks = false;
  bool memo_looked_up = false;
  bool every_turn = false;          // has hooks: their expressions may turn true at any time
  Bindings locals;

  std::unique_ptr<StepsRun> steps;
  std::unique_ptr<DagRun> dag;
  std::unique_ptr<RetryRun> retry;
  std::vector<ExecPtr> hooks;       // of the calls of a steps group
  std::vector<ExecPtr> daemons;     // of groups that ended: their pods may still end
  bool dirty = true;
};

}  // namespace wf::engine
