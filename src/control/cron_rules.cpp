// SPDX-License-Identifier: Apache-2.0
#include "control/cron_rules.h"

#include <algorithm>

#include "base/text.h"
#include "expr/cron.h"
#include "expr/environments.h"
#include "expr/scope.h"
#include "expr/template.h"
#include "expr/when.h"
#include "json/text.h"

namespace wf::control {

using json::Value;

namespace {

constexpr std::string_view kLastUsedSchedule = "cronworkflows.argoproj.io/last-used-schedule";
constexpr std::string_view kCompleted = "workflows.argoproj.io/cron-workflow-completed";
constexpr int64_t kKeptSucceeded = 3;
constexpr int64_t kKeptFailed = 1;
// A schedule of every second that nobody looked at for years is not walked through to its end.
constexpr int kMissedMax = 10'000'000;

std::optional<Time> last_scheduled(const Value& cron) {
  const auto time = parse_rfc3339(cron["status"]["lastScheduledTime"].as_string());
  return time.ok() ? std::optional(*time) : std::nullopt;
}

expr::Any map_of(const Value& texts) {
  expr::Map map;
  for (const json::Member& member : texts.members()) map.emplace(expr::Any(member.key()), expr::Any(member.value.as_string()));
  return expr::Any::map(std::move(map), expr::types::kStringMap);
}

// CRN-12.
expr::MapScope variables_of(const Value& cron) {
  const Value& metadata = cron["metadata"];
  expr::MapScope scope;
  scope.set("cronworkflow.name", metadata["name"].as_string());
  scope.set("cronworkflow.namespace", metadata["namespace"].as_string());
  scope.set("cronworkflow.labels", map_of(metadata["labels"]));
  scope.set("cronworkflow.annotations", map_of(metadata["labels"]));  // as upstream has it
  scope.set("cronworkflow.labels.json", expr::Any::bytes(json::print(metadata["labels"])));
  scope.set("cronworkflow.annotations.json", expr::Any::bytes(json::print(metadata["annotations"])));
  scope.set("cronworkflow.failed", cron["status"]["failed"].as_int().value_or(0));
  scope.set("cronworkflow.succeeded", cron["status"]["succeeded"].as_int().value_or(0));
  if (const auto time = last_scheduled(cron)) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(*time);
    scope.set("cronworkflow.lastScheduledTime", expr::Moment{whole.time_since_epoch().count(), 0, nullptr});
  } else {
    scope.set("cronworkflow.lastScheduledTime", expr::Any());
  }
  return scope;
}

bool succeeded(const Value& workflow) { return workflow["status"]["phase"].as_string() == "Succeeded"; }
bool finished(const Value& workflow) {
  const std::string_view phase = workflow["status"]["phase"].as_string();
  return phase == "Succeeded" || phase == "Failed" || phase == "Error";
}

}  // namespace

std::vector<std::string> cron_schedules(const Value& cron) {
  std::vector<std::string> schedules;
  const std::string_view zone = cron["spec"]["timezone"].as_string();
  const auto add = [&](std::string_view schedule) {
    schedules.push_back(zone.empty() ? std::string(schedule) : cat("CRON_TZ=", zone, " ", schedule));
  };
  for (const Value& schedule : cron["spec"]["schedules"].items()) add(schedule.as_string());
  if (schedules.empty() && cron["spec"].has("schedule")) add(cron["spec"]["schedule"].as_string());
  return schedules;
}

std::string cron_schedule_text(const Value& cron) { return join(cron_schedules(cron), ","); }

bool uses_new_schedule(const Value& cron) {
  return cron["metadata"]["annotations"][kLastUsedSchedule].as_string() != cron_schedule_text(cron);
}

bool cron_completed(const Value& cron) { return cron["metadata"]["labels"][kCompleted].as_string() == "true"; }

std::string cron_child_name(const Value& cron, Time scheduled) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(scheduled).time_since_epoch().count();
  return cat(cron["metadata"]["name"].as_string(), "-", seconds);
}

Result<std::optional<Time>> next_run(const Value& cron, Time after) {
  std::optional<Time> first;
  for (const std::string& text : cron_schedules(cron)) {
    TRY(const auto schedule, expr::CronSchedule::parse(text));
    const auto next = schedule.next(after);
    if (next && (!first || *next < *first)) first = next;
  }
  return first;
}

Result<std::optional<Time>> missed_run(const Value& cron, Time now) {
  const auto last = last_scheduled(cron);
  if (uses_new_schedule(cron) || !last) return std::optional<Time>();
  const auto deadline = cron["spec"]["startingDeadlineSeconds"].as_int();
  for (const std::string& text : cron_schedules(cron)) {
    TRY(const auto schedule, expr::CronSchedule::parse(text));
    if (!deadline) continue;
    // Only one within the deadline counts: the search need not begin earlier.
    const Time from = std::max(*last, now - std::chrono::seconds(*deadline) - std::chrono::seconds(1));
    std::optional<Time> missed;
    auto next = schedule.next(from);
    for (int i = 0; next && *next < now && i < kMissedMax; ++i) {
      missed = next;
      next = schedule.next(*missed);
    }
    if (missed && *missed > *last && now < *missed + std::chrono::seconds(*deadline)) return missed;
  }
  return std::optional<Time>();
}

Result<bool> cron_when_holds(const Value& cron, Time) {
  const std::string_view when = cron["spec"]["when"].as_string();
  if (when.empty()) return true;
  TRY(const auto text, expr::Template::parse_text(when));
  TRY(const std::string filled, text.replace(variables_of(cron), expr::Mode::strict()));
  return expr::evaluate_condition(filled, expr::BareWords::AreErrors);
}

Result<bool> cron_stops(const Value& cron) {
  const Value* strategy = cron["spec"].find("stopStrategy");
  if (strategy == nullptr) return false;
  const Value& metadata = cron["metadata"];
  expr::CronFacts facts;
  facts.name = metadata["name"].as_string();
  facts.namespace_name = metadata["namespace"].as_string();
  facts.labels = metadata["labels"];
  facts.annotations = metadata["annotations"];
  facts.failed = cron["status"]["failed"].as_int().value_or(0);
  facts.succeeded = cron["status"]["succeeded"].as_int().value_or(0);
  facts.last_scheduled = last_scheduled(cron);
  const Value* expression = strategy->find("expression");
  if (expression == nullptr) expression = strategy->find("condition");
  auto stops = expr::eval_bool(expression == nullptr ? "" : expression->as_string(), expr::cron_environment(facts));
  if (!stops.ok()) return std::move(stops.error()).wrap("failed to evaluate stop expression");
  return stops;
}

void set_cron_stopped(Value& cron) {
  cron.at("status").set("phase", "Stopped");
  cron.at("metadata").at("labels").set(kCompleted, "true");
}

void set_cron_condition(Value& cron, std::string_view type, const std::string& message) {
  Value condition = Value::object({{"type", type}, {"status", "True"}, {"message", message}});
  Value& conditions = cron.at("status").at("conditions");
  for (size_t i = 0; i < conditions.size(); ++i) {
    if (conditions[i]["type"].as_string() != type) continue;
    if (!(conditions[i] == condition)) conditions.item(i) = std::move(condition);
    return;
  }
  conditions.push_back(std::move(condition));
}

void remove_cron_condition(Value& cron, std::string_view type) {
  const auto conditions = cron["status"]["conditions"].items();
  for (size_t i = 0; i < conditions.size(); ++i) {
    if (conditions[i]["type"].as_string() != type) continue;
    cron.at("status").at("conditions").erase_item(i);
    if (cron["status"]["conditions"].empty()) cron.at("status").erase("conditions");
    return;
  }
}

void count_cron_end(Value& cron, std::string_view phase) {
  const char* counter = phase == "Succeeded" ? "succeeded" : "failed";
  cron.at("status").set(counter, cron["status"][counter].as_int().value_or(0) + 1);
}

void add_active(Value& cron, const Value& workflow) {
  const Value& metadata = workflow["metadata"];
  cron.at("status").at("active").push_back(Value::object({{"kind", "Workflow"},
                                                          {"namespace", metadata["namespace"]},
                                                          {"name", metadata["name"]},
                                                          {"uid", metadata["uid"]},
                                                          {"apiVersion", "argoproj.io/v1alpha1"},
                                                          {"resourceVersion", metadata["resourceVersion"]}}));
}

std::vector<Value> beyond_history(const Value& cron, std::vector<Value> children) {
  const auto limit = [&](const char* field, int64_t otherwise) {
    const auto given = cron["spec"][field].as_int();
    return given && *given >= 0 ? *given : otherwise;
  };
  const int64_t succeeded_kept = limit("successfulJobsHistoryLimit", kKeptSucceeded);
  const int64_t failed_kept = limit("failedJobsHistoryLimit", kKeptFailed);
  std::erase_if(children, [](const Value& child) { return !finished(child); });
  std::stable_sort(children.begin(), children.end(), [](const Value& a, const Value& b) {
    return a["status"]["finishedAt"].as_string() > b["status"]["finishedAt"].as_string();
  });
  int64_t good = 0, bad = 0;
  std::erase_if(children, [&](const Value& child) {
    return succeeded(child) ? ++good <= succeeded_kept : ++bad <= failed_kept;
  });
  return children;
}

}  // namespace wf::control
