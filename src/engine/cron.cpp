// SPDX-License-Identifier: Apache-2.0
// Runs of cron workflows: gates, outcomes, counting and history (CRN-6 to CRN-9, CRN-12 to CRN-16).
#include "engine/cron.h"

#include <algorithm>

#include "base/text.h"
#include "engine/submit.h"
#include "expr/environments.h"
#include "expr/template.h"
#include "expr/when.h"

namespace wf::engine {
namespace {

using json::Value;

constexpr const char* kSpecError = "SpecError";
constexpr const char* kSubmissionError = "SubmissionError";

void drop_condition(Value& cron, std::string_view type) {
  for (size_t i = 0; i < cron["status"]["conditions"].size(); ++i) {
    if (cron["status"]["conditions"][i]["type"].as_string() != type) continue;
    cron.at("status").at("conditions").erase_item(i);
    return;
  }
}

void add_count(Value& cron, const char* counter) {
  cron.at("status").set(counter, cron["status"][counter].as_int().value_or(0) + 1);
}

// Counts a failed submission, too (CRN-9).
void report(Value& cron, const char* type, std::string_view message) {
  Value condition = Value::object({{"type", type}, {"status", "True"}, {"message", message}});
  Value& conditions = cron.at("status").at("conditions");
  bool found = false;
  for (size_t i = 0; i < conditions.size() && !found; ++i) {
    found = conditions[i]["type"].as_string() == type;
    if (found) conditions.item(i) = condition;
  }
  if (!found) conditions.push_back(std::move(condition));
  if (type == kSubmissionError) add_count(cron, "failed");
}

expr::CronFacts facts_of(const Value& cron, Time now) {
  const Value& metadata = cron["metadata"];
  const Value& status = cron["status"];
  expr::CronFacts facts;
  facts.name = metadata["name"].as_string();
  facts.namespace_name = metadata["namespace"].as_string();
  facts.labels = metadata["labels"];
  facts.annotations = metadata["annotations"];
  facts.failed = status["failed"].as_int().value_or(0);
  facts.succeeded = status["succeeded"].as_int().value_or(0);
  const auto last = parse_rfc3339(status["lastScheduledTime"].as_string());
  if (last.ok()) facts.last_scheduled = *last;
  facts.now = now;
  return facts;
}

// CRN-7: marks it as stopped where its stopStrategy says so; false and a condition where that cannot
// be told.
bool check_stop(Value& cron, Time now) {
  if (!cron["spec"].has("stopStrategy")) return true;
  const std::string_view text = cron["spec"]["stopStrategy"]["expression"].as_string();
  const auto stop = expr::eval_bool(text, expr::cron_environment(facts_of(cron, now)));
  if (!stop.ok()) {
    report(cron, kSpecError, cat("failed to check CronWorkflow '", cron["metadata"]["name"].as_string(),
                                 "' stopping condition: failed to evaluate stop expression: ", stop.error().message()));
    return false;
  }
  if (*stop) {
    cron.at("status").set("phase", "Stopped");
    Value& labels = cron.at("metadata").at("labels");
    labels.set(kCronCompletedLabel, "true");
    labels.sort_keys();
  }
  return true;
}

// The variables of `when`, and the time for now().
class WhenScope final : public expr::Scope {
 public:
  explicit WhenScope(const expr::CronFacts& facts) : variables_(expr::cron_scope(facts)), clock_(*facts.now) {}
  expr::Variable find(std::string_view key) const override { return variables_.find(key); }
  void visit_keys(std::string_view prefix, const Visit& visit) const override { variables_.visit_keys(prefix, visit); }
  bool has_keys(std::string_view prefix) const override { return variables_.has_keys(prefix); }
  const Clock* clock() const override { return &clock_; }

 private:
  class Stopped final : public Clock {
   public:
    explicit Stopped(Time now) : at_(now) {}
    Time now() const override { return at_; }

   private:
    Time at_;
  };
  expr::MapScope variables_;
  Stopped clock_;
};

Result<bool> when_holds(const Value& cron, Time now) {  // CRN-13
  const std::string_view when = cron["spec"]["when"].as_string();
  if (when.empty()) return true;
  TRY(const auto tmpl, expr::Template::parse_text(when));
  TRY(const std::string text, tmpl.replace(WhenScope(facts_of(cron, now)), expr::Mode::strict()));
  if (text.empty()) return true;
  return expr::evaluate_condition(text, expr::BareWords::AreErrors);
}

// CRN-8: whether it may run; `terminate` gets what must end before.
Result<bool> pass_gates(const Value& cron, Time now, std::vector<std::string>& terminate) {
  if (cron["spec"]["suspend"].as_bool() || cron["status"]["phase"].as_string() == "Stopped") return false;
  TRY(const bool wanted, when_holds(cron, now));
  if (!wanted) return false;
  const std::string_view policy = cron["spec"]["concurrencyPolicy"].as_string();
  const Value& active = cron["status"]["active"];
  if (policy == "Forbid") return active.empty();
  if (policy == "Replace") {
    for (const Value& one : active.items()) terminate.emplace_back(one["name"].as_string());
  } else if (policy != "Allow" && !policy.empty()) {
    return Error(cat("invalid ConcurrencyPolicy: ", policy));
  }
  return true;
}

Value reference_to(const Value& workflow) {
  Value out = Value::object({{"kind", "Workflow"}, {"apiVersion", "argoproj.io/v1alpha1"}});
  for (const char* field : {"name", "namespace", "uid", "resourceVersion"}) {
    if (const Value* value = workflow["metadata"].find(field)) out.set(field, *value);
  }
  return out;
}

bool fulfilled(const Value& workflow) {
  const std::string_view phase = workflow["status"]["phase"].as_string();
  return phase == "Succeeded" || phase == "Failed" || phase == "Error";
}

bool same_workflow(const Value& reference, const Value& workflow) {
  const std::string_view uid = reference["uid"].as_string();
  return uid.empty() ? reference["name"] == workflow["metadata"]["name"] : uid == workflow["metadata"]["uid"].as_string();
}

const Value* find_child(std::span<const Value> children, const Value& reference) {
  const auto found = std::find_if(children.begin(), children.end(), [&](const Value& child) { return same_workflow(reference, child); });
  return found == children.end() ? nullptr : &*found;
}

// CRN-14.
bool sync_active(Value& cron, std::span<const Value> children, Time now) {
  Value active = Value::array();
  bool changed = false;
  std::vector<const Value*> ended;
  for (const Value& reference : cron["status"]["active"].items()) {
    const Value* child = find_child(children, reference);
    if (child && !fulfilled(*child)) {
      active.push_back(reference);
      continue;
    }
    changed = true;
    if (child) ended.push_back(child);
  }
  for (const Value& child : children) {
    const auto known = active.items();
    if (fulfilled(child) || std::any_of(known.begin(), known.end(), [&](const Value& one) { return same_workflow(one, child); })) continue;
    active.push_back(reference_to(child));
    changed = true;
  }
  if (!changed) return false;
  if (active.empty()) {
    cron.at("status").erase("active");
  } else {
    cron.at("status").set("active", std::move(active));
  }
  for (const Value* child : ended) {
    add_count(cron, (*child)["status"]["phase"].as_string() == "Succeeded" ? "succeeded" : "failed");
    check_stop(cron, now);
  }
  return true;
}

// CRN-15.
void add_old(const Value& limit, size_t normal, std::vector<const Value*> finished, std::vector<std::string>& remove) {
  const int64_t given = limit.as_int().value_or(-1);
  const size_t keep = given >= 0 ? static_cast<size_t>(given) : normal;
  const auto finished_at = [](const Value* workflow) {
    const auto time = parse_rfc3339((*workflow)["status"]["finishedAt"].as_string());
    return time.ok() ? *time : Time{};
  };
  std::stable_sort(finished.begin(), finished.end(), [&](const Value* a, const Value* b) { return finished_at(a) > finished_at(b); });
  for (size_t i = keep; i < finished.size(); ++i) remove.emplace_back((*finished[i])["metadata"]["name"].as_string());
}

}  // namespace

bool cron_completed(const Value& cron) { return cron["metadata"]["labels"][kCronCompletedLabel].as_string() == "true"; }

CronRun begin_cron_run(const Value& cron, Time slot, Time now, std::string_view problem) {
  CronRun run;
  run.cron = cron;
  const std::string schedule = cron_schedule_text(cron);
  const Value* used = cron["metadata"]["annotations"].find(kCronScheduleAnnotation);
  if (!used || used->as_string() != schedule) {
    Value& annotations = run.cron.at("metadata").at("annotations");
    annotations.set(kCronScheduleAnnotation, schedule);
    annotations.sort_keys();
  }
  if (!problem.empty()) {
    report(run.cron, kSpecError, problem);
    return run;
  }
  drop_condition(run.cron, kSpecError);
  if (!check_stop(run.cron, now)) return run;
  const auto passed = pass_gates(run.cron, now, run.terminate);
  if (!passed.ok()) {
    report(run.cron, kSubmissionError, cat("run policy error: ", passed.error().message()));
  } else if (*passed) {
    run.workflow = workflow_of_schedule(run.cron, cron_child_name(cron, slot), slot);
  }
  return run;
}

Value cron_submitted(const Value& cron, Time slot, const Value& created) {
  Value out = cron;
  Value& status = out.at("status");
  status.at("active").push_back(reference_to(created));
  status.set("phase", "Active");
  status.set("lastScheduledTime", to_rfc3339(slot));
  drop_condition(out, kSubmissionError);
  return out;
}

Value cron_not_submitted(const Value& cron, const Error& error) {
  if (error.code() == Code::AlreadyExists) return cron;  // CRN-4: this slot has run
  Value out = cron;
  report(out, kSubmissionError, cat("Failed to submit Workflow: ", error.message()));
  return out;
}

Value cron_not_replaced(const Value& cron, std::string_view workflow, const Error& error) {
  Value out = cron;
  report(out, kSubmissionError, cat("run policy error: error stopping workflow ", workflow, ": ", error.message()));
  return out;
}

CronSync sync_cron(const Value& cron, std::span<const Value> children, Time now) {
  CronSync sync;
  std::vector<const Value*> succeeded, failed;
  for (const Value& child : children) {
    if (!fulfilled(child) || child["metadata"]["labels"]["workflows.argoproj.io/cron-workflow"] != cron["metadata"]["name"]) continue;
    (child["status"]["phase"].as_string() == "Succeeded" ? succeeded : failed).push_back(&child);
  }
  add_old(cron["spec"]["successfulJobsHistoryLimit"], 3, std::move(succeeded), sync.remove);
  add_old(cron["spec"]["failedJobsHistoryLimit"], 1, std::move(failed), sync.remove);
  sync.cron = cron;
  sync.changed = sync_active(sync.cron, children, now);
  return sync;
}

}  // namespace wf::engine
