// SPDX-License-Identifier: Apache-2.0
// expr/depends.h: what a DAG task waits for: the names in its `depends` or `dependencies`, the
// expanded text, its ancestors, and the decision (DAG-3 to DAG-8).
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "json/value.h"

namespace wf::expr {

// What can be asked of a task that has ended. The order is that of the bits in TaskResults.
enum class TaskResult : uint8_t {
  Succeeded,
  Failed,
  Errored,
  Skipped,
  Omitted,
  Daemoned,
  AnySucceeded,
  AllFailed,
};
std::string_view name_of(TaskResult result);

// The set of results that hold for one task.
class TaskResults {
 public:
  TaskResults() = default;
  void set(TaskResult result, bool holds = true) {
    const auto bit = static_cast<uint8_t>(1u << static_cast<unsigned>(result));
    bits_ = static_cast<uint8_t>(holds ? bits_ | bit : bits_ & ~bit);
  }
  bool has(TaskResult result) const { return (bits_ >> static_cast<unsigned>(result)) & 1u; }

 private:
  uint8_t bits_ = 0;
};

// Items: the text asks for AnySucceeded or AllFailed, which only a task with a loop can answer.
enum class DependencyKind { Task, Items };

struct Dependency {
  std::string task;
  DependencyKind kind;
};

struct Dependencies {
  std::vector<Dependency> tasks;  // each once, sorted by name
  std::string logic;              // the text with bare names expanded; empty where nothing is waited for
};

// The DAG task (an object with name, depends, dependencies, continueOn, …) of that name; null where
// there is none.
using TaskByName = std::function<const json::Value*(std::string_view name)>;

// What `task` depends on. `target X does not exist` where a bare name is not a task; names of the
// form X.Result are not looked up.
Result<Dependencies> task_dependencies(const json::Value& task, const TaskByName& task_by_name);

// `task result 'X' for task 'Y' is invalid` for the first unknown X.Y of the task's `depends`.
Result<void> check_task_results(const json::Value& task);

// All tasks that `task` depends on, directly or not, by finish time (equal times: by name), each
// once and without itself. `dependencies_of` is asked once a task. DAG-22.
std::vector<std::string> task_ancestry(
    const std::string& task,
    const std::function<Result<std::vector<std::string>>(const std::string&)>& dependencies_of,
    const std::function<Time(const std::string&)>& finished_at, Error* failure = nullptr);

// An expanded text as a decision over numbered tasks. Compiled once a task, evaluated without
// touching text. Texts that use more of expr-lang than `&& || ! ( )` are kept as text and go through
// the interpreter.
class DependsLogic {
 public:
  using TaskIndex = std::function<int(std::string_view name)>;  // −1 where unknown
  using ResultsOf = std::function<TaskResults(int task)>;

  // Never fails: what is wrong with the text shows when it is evaluated.
  static DependsLogic compile(std::string_view logic, const TaskIndex& task_index);

  // `unable to evaluate expression '%s': …` (with - written as _) where the text is not a boolean
  // over the results of known tasks.
  Result<bool> evaluate(const ResultsOf& results_of) const;

  // Whether it is evaluated without the interpreter.
  bool compiled() const { return root_ >= 0; }

 private:
  friend class DependsParser;
  enum class Op : uint8_t { Leaf, Not, And, Or };
  struct Node {
    Op op;
    TaskResult result;  // of a leaf
    int left;           // a leaf's task
    int right;
  };
  bool holds(int node, const ResultsOf& results_of) const;
  Result<bool> interpret(const ResultsOf& results_of) const;

  std::vector<Node> nodes_;
  int root_ = -1;
  std::string text_;  // only where not compiled, - already written as _
  std::vector<std::pair<std::string, int>> names_;  // of the tasks in text_
};

}  // namespace wf::expr
