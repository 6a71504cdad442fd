// SPDX-License-Identifier: Apache-2.0
#include "engine/detail/plans.h"

#include <algorithm>

#include "base/text.h"
#include "json/text.h"

namespace wf::engine {
namespace {

using json::Value;

Value exit_hook_of(const Value& call) {
  // HOK-1: onExit wins over hooks.exit; it has no arguments of its own but the workflow's.
  if (!call["onExit"].as_string().empty()) {
    return Value::object({{"template", call["onExit"]}, {"legacy", true}});
  }
  return call["hooks"]["exit"];
}

// Order of a pass (DAG-2): each target after what it depends on.
void visit(DagPlan& plan, uint32_t task, std::vector<char>& seen) {
  std::vector<std::pair<uint32_t, size_t>> stack{{task, 0}};
  seen[task] = 1;
  while (!stack.empty()) {
    auto& [at, next] = stack.back();
    const auto& dependencies = plan.tasks[at].dependencies;
    if (next < dependencies.size()) {
      const uint32_t dependency = dependencies[next++];
      if (!seen[dependency]) {
        seen[dependency] = 1;
        stack.emplace_back(dependency, 0);
      }
      continue;
    }
    plan.tasks[at].rank = static_cast<uint32_t>(plan.by_rank.size());
    plan.by_rank.push_back(at);
    stack.pop_back();
  }
}

Result<void> choose_targets(DagPlan& plan, std::string_view target) {
  if (!target.empty()) {
    for (const std::string_view name : split(target, " ")) {
      const auto at = plan.places.find(std::string(name));
      if (at == plan.places.end()) return Error(cat("target ", name, " does not exist"), Code::Internal);
      plan.targets.push_back(at->second);
    }
  } else {
    for (uint32_t i = 0; i < plan.tasks.size(); ++i) {
      if (plan.tasks[i].dependents.empty()) plan.targets.push_back(i);
    }
    std::sort(plan.targets.begin(), plan.targets.end(), [&](uint32_t a, uint32_t b) {
      return plan.tasks[a].call.name < plan.tasks[b].call.name;
    });
  }
  for (const uint32_t task : plan.targets) plan.tasks[task].target = true;
  return {};
}

}  // namespace

Result<CallPlan> plan_call(const Value& call) {
  CallPlan plan;
  plan.name = std::string(call["name"].as_string());
  plan.call = call;
  plan.expands = !call["withItems"].empty() || !call["withParam"].as_string().empty() || call.has("withSequence");
  plan.has_when = !call["when"].as_string().empty();
  if (plan.has_when) {
    TRY(plan.when, expr::Template::parse_valid(json::print(call["when"])));
  }
  for (const json::Member& hook : call["hooks"].members()) plan.has_hooks = plan.has_hooks || hook.key() != "exit";
  plan.exit_hook = exit_hook_of(call);
  Value body = call;
  body.erase("hooks");
  TRY(plan.body, expr::Template::parse_valid(json::print(body)));
  for (const Value& artifact : call["arguments"]["artifacts"].items()) {
    plan.artifacts_by_reference = plan.artifacts_by_reference || artifact.has("from") || artifact.has("fromExpression");
  }
  return plan;
}

bool continues_on(const Value& call, std::string_view phase) {
  const Value& on = call["continueOn"];
  return (phase == "Failed" && on["failed"].as_bool()) || (phase == "Error" && on["error"].as_bool());
}

Result<std::shared_ptr<const StepsPlan>> plan_steps(const Value& tmpl) {
  auto plan = std::make_shared<StepsPlan>();
  for (const Value& group : tmpl["steps"].items()) {
    auto& calls = plan->groups.emplace_back();
    for (const Value& step : group.items()) {
      TRY(CallPlan call, plan_call(step));
      plan->places.emplace(call.name, std::pair(static_cast<uint32_t>(plan->groups.size() - 1),
                                                static_cast<uint32_t>(calls.size())));
      calls.push_back(std::move(call));
    }
  }
  return std::shared_ptr<const StepsPlan>(std::move(plan));
}

Result<std::shared_ptr<const DagPlan>> plan_dag(const Value& tmpl) {
  auto plan = std::make_shared<DagPlan>();
  const auto tasks = tmpl["dag"]["tasks"].items();
  std::unordered_map<std::string_view, const Value*> by_name;
  for (const Value& task : tasks) {
    TaskPlan& added = plan->tasks.emplace_back();
    TRY(added.call, plan_call(task));
    plan->any_loops = plan->any_loops || added.call.expands;
    plan->places.emplace(added.call.name, static_cast<uint32_t>(plan->tasks.size() - 1));
    by_name.emplace(task["name"].as_string(), &task);
  }
  const auto find = [&](std::string_view name) -> const Value* {
    const auto at = by_name.find(name);
    return at == by_name.end() ? nullptr : at->second;
  };
  const auto index = [&](std::string_view name) {
    const auto at = plan->places.find(std::string(name));
    return at == plan->places.end() ? -1 : static_cast<int>(at->second);
  };
  for (uint32_t i = 0; i < plan->tasks.size(); ++i) {
    TRY(const expr::Dependencies dependencies, expr::task_dependencies(tasks[i], find));
    for (const expr::Dependency& dependency : dependencies.tasks) {
      const int at = index(dependency.task);
      if (at < 0) return Error(cat("target ", dependency.task, " does not exist"), Code::Internal);
      plan->tasks[i].dependencies.push_back(static_cast<uint32_t>(at));
      plan->tasks[static_cast<size_t>(at)].dependents.push_back(i);
    }
    plan->tasks[i].has_logic = !dependencies.logic.empty();
    if (plan->tasks[i].has_logic) plan->tasks[i].logic = expr::DependsLogic::compile(dependencies.logic, index);
  }
  const Value* fail_fast = tmpl["dag"].find("failFast");
  plan->fail_fast = fail_fast == nullptr || fail_fast->as_bool();
  TRY_DO(choose_targets(*plan, tmpl["dag"]["target"].as_string()));
  std::vector<char> seen(plan->tasks.size(), 0);
  for (const uint32_t target : plan->targets) {
    if (!seen[target]) visit(*plan, target, seen);
  }
  return std::shared_ptr<const DagPlan>(std::move(plan));
}

bool is_ancestor(const DagPlan& plan, uint32_t task, uint32_t ancestor) {
  std::vector<uint32_t> open{task};
  std::vector<char> seen(plan.tasks.size(), 0);
  const auto& direct = plan.tasks[task].dependencies;
  if (std::find(direct.begin(), direct.end(), ancestor) != direct.end()) return true;
  while (!open.empty()) {
    const uint32_t at = open.back();
    open.pop_back();
    for (const uint32_t dependency : plan.tasks[at].dependencies) {
      if (dependency == ancestor) return true;
      if (!seen[dependency]) {
        seen[dependency] = 1;
        open.push_back(dependency);
      }
    }
  }
  return false;
}

std::vector<uint32_t> ancestors_of(const DagPlan& plan, uint32_t task) {
  std::vector<uint32_t> found, open{task};
  std::vector<char> seen(plan.tasks.size(), 0);
  while (!open.empty()) {
    const uint32_t at = open.back();
    open.pop_back();
    for (const uint32_t dependency : plan.tasks[at].dependencies) {
      if (seen[dependency]) continue;
      seen[dependency] = 1;
      found.push_back(dependency);
      open.push_back(dependency);
    }
  }
  return found;
}

}  // namespace wf::engine
