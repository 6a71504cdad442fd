// SPDX-License-Identifier: Apache-2.0
// cli/plan_tree.h: what a workflow would run, read off its templates without running anything: steps
// and tasks in their order, loops with known items expanded, conditions and dependencies kept as text.
// Pure.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/value.h"

namespace wf::cli {

struct PlanNode {
  std::string name;         // "wf.a", "wf[0].b(1:x)": as its node will be called
  std::string label;        // "a", "b(1:x)"
  std::string tmpl;         // its template
  std::string type;         // "Container", "Steps", "DAG", "Suspend" …
  std::string condition;    // `when`
  std::string loop;         // of what items, where they are known at run time only
  std::string note;         // why nothing is known below it: a recursion, a template that is elsewhere
  std::vector<std::string> waits_for;  // names of nodes in this plan
  std::vector<PlanNode> children;
};

struct Plan {
  std::string workflow;
  PlanNode root;
  std::vector<PlanNode> exit_handlers;
  size_t pods = 0;                         // where loops of unknown length count once
  bool exact = true;                       // no condition, no unknown loop, no recursion
  std::vector<std::string> longest_path;   // pods that run one after the other, at most
};

// `objects`: the workflow's templates may lie in WorkflowTemplates among them. An error names the
// template that there is not.
Result<Plan> make_plan(const json::Value& workflow, std::span<const json::Value> objects);

std::string plan_text(const Plan& plan, bool ascii);
json::Value plan_json(const Plan& plan);
std::string plan_mermaid(const Plan& plan);
std::string plan_dot(const Plan& plan);

}  // namespace wf::cli
