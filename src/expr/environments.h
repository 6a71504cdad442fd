// SPDX-License-Identifier: Apache-2.0
// expr/environments.h: the variables of expressions outside workflows (XPR-11): results of tasks
// for `depends`, counters for a cron workflow's stopStrategy and when. The environments have none
// of Argo's functions.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/time.h"
#include "expr/depends.h"
#include "expr/program.h"
#include "expr/scope.h"
#include "json/value.h"

namespace wf::expr {

// A task's results as a struct: A.Succeeded, A.AnySucceeded …; other members are errors.
Any task_results_value(const TaskResults& results);
// By the names that expressions use: tasks with - written as _.
MapEnvironment depends_environment(const std::map<std::string, TaskResults>& tasks);

// What a cron workflow's expressions see as `cronworkflow.…`. Its `annotations` are the labels, as
// upstream has it.
struct CronFacts {
  std::string name;
  std::string namespace_name;
  json::Value labels;  // objects of strings; may be null
  json::Value annotations;
  int64_t failed = 0;
  int64_t succeeded = 0;
  std::optional<Time> last_scheduled = std::nullopt;
  std::optional<Time> now = std::nullopt;  // of stopStrategy
};
MapEnvironment cron_environment(const CronFacts& facts);  // of stopStrategy
MapScope cron_scope(const CronFacts& facts);              // of when (CRN-12)

}  // namespace wf::expr
