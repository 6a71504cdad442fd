// SPDX-License-Identifier: Apache-2.0
// Table depends: what a task's text expands to, and what it decides for given phases of nodes.
#include "expr/depends.h"

#include "answer/tables.h"

namespace wf::answer {
namespace {

using expr::TaskResult;
using json::Value;

expr::TaskByName lookup(const Value& tasks) {
  return [&tasks](std::string_view name) -> const Value* {
    for (const Value& task : tasks.items()) {
      if (task["name"].as_string() == name) return &task;
    }
    return nullptr;
  };
}

Result<expr::Dependencies> dependencies_of(const Value& tasks, std::string_view name) {
  const auto find = lookup(tasks);
  const Value* task = find(name);
  return expr::task_dependencies(task == nullptr ? Value() : *task, find);
}

Result<Value> expand(const Value& in) {
  const Value& tasks = in["tasks"];
  TRY(const auto found, dependencies_of(tasks, in["task"].as_string()));
  Value kinds = Value::object();
  for (const auto& [name, kind] : found.tasks) kinds.set(name, kind == expr::DependencyKind::Items ? "items" : "task");
  Error failure("");
  const auto ancestors = expr::task_ancestry(
      std::string(in["task"].as_string()),
      [&tasks](const std::string& name) -> Result<std::vector<std::string>> {
        if (lookup(tasks)(name) == nullptr) return Error("target " + name + " does not exist");
        TRY(const auto dependencies, dependencies_of(tasks, name));
        std::vector<std::string> names;
        for (const auto& dependency : dependencies.tasks) names.push_back(dependency.task);
        return names;
      },
      [](const std::string&) { return Time(); }, &failure);
  if (!failure.message().empty()) return failure;
  Value sorted = Value::array();
  for (const auto& name : ancestors) sorted.push_back(name);
  return Value::object({{"dependencies", kinds}, {"logic", found.logic}, {"ancestors", sorted}});
}

bool ended(std::string_view phase) { return !phase.empty() && phase != "Running" && phase != "Pending"; }

expr::TaskResults results_of(std::string_view phase, const Value& children) {
  expr::TaskResults results;
  results.set(TaskResult::Succeeded, phase == "Succeeded");
  results.set(TaskResult::Failed, phase == "Failed");
  results.set(TaskResult::Errored, phase == "Error");
  results.set(TaskResult::Skipped, phase == "Skipped");
  results.set(TaskResult::Omitted, phase == "Omitted");
  results.set(TaskResult::Daemoned, phase == "Daemon");
  bool any_succeeded = false, all_failed = !children.empty();
  for (const Value& child : children.items()) {
    any_succeeded = any_succeeded || child.as_string() == "Succeeded";
    all_failed = all_failed && child.as_string() == "Failed";
  }
  results.set(TaskResult::AnySucceeded, any_succeeded);
  results.set(TaskResult::AllFailed, all_failed);
  return results;
}

Result<Value> evaluate(const Value& in) {
  TRY(const auto found, dependencies_of(in["tasks"], in["task"].as_string()));
  std::vector<expr::TaskResults> results;
  for (const auto& dependency : found.tasks) {
    const auto phase = in["nodes"][dependency.task].as_string();
    if (!ended(phase)) return Value::object({{"execute", false}, {"proceed", false}});
    results.push_back(results_of(phase, dependency.task == "loop" ? in["loopChildren"] : Value()));
  }
  const auto logic = expr::DependsLogic::compile(found.logic, [&](std::string_view name) {
    for (size_t i = 0; i < found.tasks.size(); ++i) {
      if (found.tasks[i].task == name) return static_cast<int>(i);
    }
    return -1;
  });
  TRY(const bool execute, logic.evaluate([&](int task) { return results[static_cast<size_t>(task)]; }));
  return Value::object({{"execute", execute}, {"proceed", true}});
}

}  // namespace

Result<Value> depends(const Value& in) {
  const auto kind = in["kind"].as_string();
  if (kind == "expand") return expand(in);
  if (kind == "evaluate") return evaluate(in);
  if (kind == "validate") return depends_validate(in);
  return Error("rows of this kind are not answered: " + std::string(kind));
}

}  // namespace wf::answer
