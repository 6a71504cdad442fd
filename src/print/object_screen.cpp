// SPDX-License-Identifier: Apache-2.0
#include "print/object_screen.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "expr/cron.h"
#include "expr/duration.h"
#include "print/fields.h"

namespace wf::print {
namespace {

constexpr size_t kWidth = 20, kCronWidth = 30;

std::string_view truth(const json::Value& value) { return value.as_bool() ? "true" : "false"; }

void add_schedule(Fields& fields, const json::Value& cron, Time now) {
  const json::Value& spec = cron["spec"];
  fields.add("Schedules:", schedules_text(cron));
  fields.add("Suspended:", truth(spec["suspend"]));
  if (!spec["timezone"].as_string().empty()) fields.add("Timezone:", spec["timezone"].as_string());
  if (const auto deadline = spec["startingDeadlineSeconds"].as_int()) fields.add("StartingDeadlineSeconds:", cat(*deadline));
  if (!spec["concurrencyPolicy"].as_string().empty()) fields.add("ConcurrencyPolicy:", spec["concurrencyPolicy"].as_string());
  fields.add_time("LastScheduledTime:", cron["status"]["lastScheduledTime"].as_string(), now);
  if (const auto next = next_run(cron, now)) {
    fields.add("NextScheduledTime:", cat(timestamp(to_rfc3339(*next), now), " (assumes workflow-controller is in UTC)"));
  }
}

// Of all conditions only a failed submission has a sign here.
void add_cron_conditions(Fields& fields, const json::Value& conditions) {
  if (conditions.empty()) return;
  fields.add("Conditions:", "");
  for (const json::Value& condition : conditions.items()) {
    const auto type = condition["type"].as_string(), message = condition["message"].as_string();
    fields.add(cat(type == "SubmissionError" ? "✖ " : " ", type), message.empty() ? condition["status"].as_string() : message);
  }
}

}  // namespace

std::string template_screen(const json::Value& object, Time now) {
  const json::Value& metadata = object["metadata"];
  Fields fields(kWidth);
  fields.add("Name:", metadata["name"].as_string());
  if (object["kind"].as_string() != "ClusterWorkflowTemplate") fields.add("Namespace:", metadata["namespace"].as_string());
  fields.add("Created:", timestamp(metadata["creationTimestamp"].as_string(), now));
  return fields.text();
}

std::string cron_screen(const json::Value& cron, Time now) {
  const json::Value& metadata = cron["metadata"];
  Fields fields(kCronWidth);
  fields.add("Name:", metadata["name"].as_string());
  fields.add("Namespace:", metadata["namespace"].as_string());
  fields.add("Created:", timestamp(metadata["creationTimestamp"].as_string(), now));
  add_schedule(fields, cron, now);
  std::vector<std::string> active;
  for (const json::Value& workflow : cron["status"]["active"].items()) active.emplace_back(workflow["name"].as_string());
  if (!active.empty()) fields.add("Active Workflows:", join(active, ", "));
  add_cron_conditions(fields, cron["status"]["conditions"]);
  fields.add_parameters("Workflow Parameters:", cron["spec"]["workflowSpec"]["arguments"]["parameters"]);
  return fields.text();
}

std::string archived_screen(const json::Value& workflow, Time now) {
  const json::Value& metadata = workflow["metadata"];
  const json::Value& status = workflow["status"];
  const auto account = executed_spec(workflow)["serviceAccountName"].as_string();
  const auto started = status["startedAt"].as_string(), finished = status["finishedAt"].as_string();
  Fields fields(kWidth);
  fields.add("Name:", metadata["name"].as_string());
  fields.add("Namespace:", metadata["namespace"].as_string());
  fields.add("ServiceAccount:", account.empty() ? "unset (will run with the default ServiceAccount)" : account);
  fields.add("Status:", status["phase"].as_string());
  if (!status["message"].as_string().empty()) fields.add("Message:", status["message"].as_string());
  fields.add("Created:", timestamp(metadata["creationTimestamp"].as_string(), now));
  fields.add_time("Started:", started, now);
  fields.add_time("Finished:", finished, now);
  if (!started.empty()) fields.add("Duration:", expr::humanize(elapsed(started, finished, now)));
  return fields.text();
}

std::string backfill_screen(const Backfill& backfill) {
  constexpr std::string_view kRule = "==================================================\n";
  std::string out = cat("Created ", backfill.name, " Backfill task for Cronworkflow ", backfill.cron, " \n", kRule,
                        "Backfill Period :\nStart Time : ", backfill.start, " \n  End Time : ", backfill.end,
                        " \nTotal Backfill Schedule: ", backfill.schedules, " \n", kRule,
                        "Backfill Workflows: \n   NAMESPACE\t WORKFLOW: \n");
  for (size_t i = 0; i < backfill.workflows.size(); ++i) {
    out += cat(i + 1, ". ", backfill.where, " \t ", backfill.workflows[i], " \n");
  }
  return out;
}

std::optional<Time> next_run(const json::Value& cron, Time now) {
  const auto timezone = cron["spec"]["timezone"].as_string();
  std::optional<Time> first;
  for (const json::Value& schedule : cron["spec"]["schedules"].items()) {
    const auto parsed = expr::CronSchedule::parse(schedule.as_string(), timezone);
    if (!parsed.ok()) return std::nullopt;
    const auto next = parsed->next(now);
    if (next && (!first || *next < *first)) first = next;
  }
  return first;
}

std::string schedules_text(const json::Value& cron) {
  std::vector<std::string> parts;
  for (const json::Value& schedule : cron["spec"]["schedules"].items()) parts.emplace_back(schedule.as_string());
  return join(parts, ",");
}

}  // namespace wf::print
