// SPDX-License-Identifier: Apache-2.0
// Table expr-bool: boolean expressions over the three kinds of environments.
#include "answer/tables.h"
#include "expr/environments.h"
#include "expr/scope.h"
#include "expr/scope_environment.h"

namespace wf::answer {
namespace {

std::map<std::string, expr::TaskResults> tasks_of(const json::Value& vars) {
  std::map<std::string, expr::TaskResults> out;
  for (const json::Member& task : vars.members()) {
    expr::TaskResults& results = out[std::string(task.key())];
    for (int i = 0; i <= static_cast<int>(expr::TaskResult::AllFailed); ++i) {
      const auto result = static_cast<expr::TaskResult>(i);
      results.set(result, task.value[name_of(result)].as_bool());
    }
  }
  return out;
}

expr::CronFacts cron_of(const json::Value& cron) {
  return {.name = std::string(cron["name"].as_string()),
          .namespace_name = std::string(cron["namespace"].as_string()),
          .labels = cron["labels"],
          .annotations = cron["annotations"],
          .failed = cron["failed"].as_int().value_or(0),
          .succeeded = cron["succeeded"].as_int().value_or(0)};
}

}  // namespace

Result<json::Value> expr_bool(const json::Value& in) {
  const std::string_view text = in["expression"].as_string(), kind = in["env"].as_string();
  if (kind == "depends") {
    TRY(const bool out, expr::eval_bool(text, expr::depends_environment(tasks_of(in["vars"]))));
    return json::Value(out);
  }
  if (kind == "cron") {
    TRY(const bool out,
        expr::eval_bool(text, expr::cron_environment(cron_of(in["vars"]["cronworkflow"]))));
    return json::Value(out);
  }
  expr::MapScope scope;
  for (const json::Member& variable : in["vars"].members()) {
    scope.set(variable.key(), expr::Any::from_json(variable.value));
  }
  TRY(const bool out, expr::eval_bool(text, scope));
  return json::Value(out);
}

}  // namespace wf::answer
