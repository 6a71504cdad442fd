// SPDX-License-Identifier: Apache-2.0
// engine/detail/plans.h: what is fixed about a steps or dag template, prepared once a template.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "expr/depends.h"
#include "expr/template.h"
#include "json/value.h"

namespace wf::engine {

// One step or task: its text without hooks, ready for substitution (SUB-12).
struct CallPlan {
  std::string name;
  json::Value call;               // as written
  expr::Template when;            // of the JSON string `when`
  expr::Template body;            // of the rest, without hooks
  bool has_when = false;
  bool expands = false;           // withItems, withParam or withSequence
  bool has_hooks = false;         // hooks other than exit
  json::Value exit_hook;          // onExit or hooks.exit; Null: none
  bool artifacts_by_reference = false;  // some argument artifact has from or fromExpression
};
Result<CallPlan> plan_call(const json::Value& step_or_task);

// Whether a step or task goes on after a child of this phase (PAR-10).
bool continues_on(const json::Value& step_or_task, std::string_view phase);

struct StepsPlan {
  std::vector<std::vector<CallPlan>> groups;
  std::unordered_map<std::string, std::pair<uint32_t, uint32_t>> places;  // name: group, position
};
Result<std::shared_ptr<const StepsPlan>> plan_steps(const json::Value& tmpl);

struct TaskPlan {
  CallPlan call;
  std::vector<uint32_t> dependencies;  // by name order
  std::vector<uint32_t> dependents;
  bool has_logic = false;
  expr::DependsLogic logic;
  uint32_t rank = 0;       // place in the order in which a pass visits the tasks (DAG-2)
  bool target = false;
};
struct DagPlan {
  std::vector<TaskPlan> tasks;
  std::unordered_map<std::string, uint32_t> places;
  std::vector<uint32_t> targets;      // DAG-1
  std::vector<uint32_t> by_rank;      // tasks that targets reach, in visiting order
  bool fail_fast = true;
  bool any_loops = false;
};
Result<std::shared_ptr<const DagPlan>> plan_dag(const json::Value& tmpl);

// Whether `ancestor` is among the tasks that `task` depends on, directly or not.
bool is_ancestor(const DagPlan& plan, uint32_t task, uint32_t ancestor);
// All of them.
std::vector<uint32_t> ancestors_of(const DagPlan& plan, uint32_t task);

}  // namespace wf::engine
