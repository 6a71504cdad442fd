// SPDX-License-Identifier: Apache-2.0
#include "engine/cron_backfill.h"

#include <algorithm>
#include <cstdint>

#include "base/text.h"
#include "engine/submit.h"
#include "expr/cron.h"
#include "expr/gotime.h"
#include "json/text.h"
#include "json/yaml.h"
#include "spec/codec.h"
#include "spec/names.h"

namespace wf::engine {
namespace {

using json::Value;

constexpr const char* kSlot = "backfillscheduletime";  // parameter of the step that creates a workflow

Result<std::vector<std::string>> slots_between(const Value& cron, const expr::Moment& start, const expr::Moment& end) {
  std::vector<std::string> schedules;
  for (const Value& schedule : cron["spec"]["schedules"].items()) schedules.emplace_back(schedule.as_string());
  TRY(const auto schedule, expr::CronSchedule::parse(join(schedules, ",")));
  std::vector<std::string> slots;
  for (auto next = schedule.next(start); next && expr::compare(*next, end) <= 0; next = schedule.next(*next)) {
    slots.push_back(expr::print(*next));
  }
  return slots;
}

// What the created step submits for each slot, as YAML.
std::string manifest_of(const Value& cron, const BackfillOptions& options, Time now) {
  Value workflow = workflow_from_cron(cron, now);
  Value& metadata = workflow.at("metadata");
  metadata.erase("namespace");
  metadata.set("generateName", cat(spec::backfill_prefix(cron["metadata"]["name"].as_string(), options.name), "-"));
  Value& spec = workflow.at("spec");
  if (!options.parallel) {
    spec.set("priority", INT32_MAX);
    spec.set("synchronization",
             Value::object({{"mutexes", Value::array({Value::object({{"name", options.name}})})}}));
  }
  spec.at("arguments").at("parameters").push_back(Value::object(
      {{"name", options.argument_name}, {"value", cat("{{inputs.parameters.", kSlot, "}}")}}));
  Value document = spec::encode("Workflow", workflow);
  document.erase("apiVersion");
  document.sort_keys();
  return cat("apiVersion: argoproj.io/v1alpha1 \n", json::print_yaml(document));
}

Value monitor_of(const Value& cron, const std::string& manifest, std::span<const std::string> slots) {
  Value list = Value::array();
  for (const std::string& slot : slots) list.push_back(slot);
  const Value slot = Value::object({{"name", kSlot}});
  const Value item = Value::object({{"name", kSlot}, {"value", "{{item}}"}});
  const Value step = Value::object({{"name", "create-workflow"},
                                    {"template", "create-workflow"},
                                    {"arguments", Value::object({{"parameters", Value::array({item})}})},
                                    {"withParam", json::print(list)}});
  const Value create = Value::object({{"name", "create-workflow"},
                                      {"inputs", Value::object({{"parameters", Value::array({slot})}})},
                                      {"resource", Value::object({{"action", "create"},
                                                                  {"manifest", manifest},
                                                                  {"successCondition", "status.phase == Succeeded"}})}});
  const Value main = Value::object({{"name", "main"}, {"steps", Value::array({Value::array({step})})}});
  return Value::object(
      {{"apiVersion", "argoproj.io/v1alpha1"},
       {"kind", "Workflow"},
       {"metadata", Value::object({{"generateName", "backfill-wf-"},
                                   {"labels", Value::object({{"workflows.argoproj.io/backfill", cron["metadata"]["name"]}})}})},
       {"spec", Value::object({{"templates", Value::array({main, create})}, {"entrypoint", "main"}})}});
}

}  // namespace

Result<Backfill> plan_backfill(const Value& cron, const BackfillOptions& options, Time now) {
  if (options.start.empty()) return Error("start date should not be empty");
  TRY(const expr::Moment start, expr::parse_time(options.format, options.start));
  Backfill plan;
  plan.end = options.end;
  expr::Moment end = expr::add(expr::Moment{}, now.time_since_epoch().count());
  if (options.end.empty()) {
    plan.end = expr::format(end, BackfillOptions().format);
  } else {
    TRY(end, expr::parse_time(options.format, options.end));
  }
  TRY(const auto slots, slots_between(cron, start, end));
  plan.slots = slots.size();
  if (slots.empty()) return plan;
  const size_t chunk = static_cast<size_t>(std::max(options.max_workflow_count, 1));
  const std::string manifest = manifest_of(cron, options, now);
  for (size_t from = 0; from < slots.size(); from += chunk) {
    const size_t count = std::min(chunk, slots.size() - from);
    plan.workflows.push_back(monitor_of(cron, manifest, std::span(slots).subspan(from, count)));
  }
  return plan;
}

}  // namespace wf::engine
