// SPDX-License-Identifier: Apache-2.0
#include "print/list_screen.h"

#include <algorithm>

#include "base/text.h"
#include "expr/duration.h"
#include "print/columns.h"
#include "print/fields.h"
#include "print/get_screen.h"
#include "print/object_screen.h"

namespace wf::print {
namespace {

constexpr size_t kPadding = 3;
constexpr size_t kCostly = 100;

std::string_view name_of(const json::Value& object) { return object["metadata"]["name"].as_string(); }
std::string_view namespace_of(const json::Value& object) { return object["metadata"]["namespace"].as_string(); }
std::string_view created(const json::Value& object) { return object["metadata"]["creationTimestamp"].as_string(); }

bool is_completed(std::string_view phase) { return phase == "Succeeded" || phase == "Failed" || phase == "Error"; }

// "1/2/3": pods pending, running and done.
std::string pod_counts(const json::Value& workflow) {
  int pending = 0, running = 0, completed = 0;
  for (const json::Member& member : workflow["status"]["nodes"].members()) {
    const json::Value& node = member.value;
    if (node["type"].as_string() != "Pod") continue;
    const auto phase = node["phase"].as_string();
    const bool synced = node["taskResultSynced"].is_null() || node["taskResultSynced"].as_bool();
    const bool done = is_completed(phase) || phase == "Skipped" || phase == "Omitted";
    const bool daemoned = node["daemoned"].as_bool() && phase != "Pending";
    if ((done && synced) || daemoned) ++completed;
    else if (phase == "Running") ++running;
    else ++pending;
  }
  return cat(pending, "/", running, "/", completed);
}

// At most 50 bytes, the middle of longer texts left out.
std::string shortened(std::string_view text) {
  constexpr size_t kMax = 50, kEnd = 15;
  if (text.size() <= kMax) return std::string(text);
  return cat(text.substr(0, kMax - 3 - kEnd), "...", text.substr(text.size() - kEnd));
}

std::string parameters_cell(const json::Value& workflow) {
  std::vector<std::string> parts;
  for (const json::Value& parameter : workflow["spec"]["arguments"]["parameters"].items()) {
    if (!parameter["value"].is_string()) continue;
    parts.push_back(cat(parameter["name"].as_string(), "=", shortened(parameter["value"].as_string())));
  }
  return join(parts, ",");
}

std::string row(const json::Value& workflow, const ListOptions& options, Time now) {
  const json::Value& status = workflow["status"];
  const auto age = expr::humanize_short(elapsed(created(workflow), "", now));
  const auto duration = expr::humanize_short(elapsed(status["startedAt"].as_string(), status["finishedAt"].as_string(), now));
  std::string out;
  if (options.namespaces) out = cat(namespace_of(workflow), "\t");
  out += cat(name_of(workflow), "\t", workflow_status(workflow), "\t", age, "\t", duration, "\t",
             workflow["spec"]["priority"].as_int().value_or(0), "\t", status["message"].as_string());
  if (options.wide) out += cat("\t", pod_counts(workflow), "\t", parameters_cell(workflow));
  if (options.uids) out += cat("\t", workflow["metadata"]["uid"].as_string());
  return out + "\n";
}

std::string heading(const ListOptions& options) {
  return cat(options.namespaces ? "NAMESPACE\t" : "", "NAME\tSTATUS\tAGE\tDURATION\tPRIORITY\tMESSAGE",
             options.wide ? "\tP/R/C\tPARAMETERS" : "", options.uids ? "\tUID" : "", "\n");
}

std::string cost_advice(std::span<const json::Value> workflows) {
  size_t completed = 0;
  for (const json::Value& workflow : workflows) completed += is_completed(workflow["status"]["phase"].as_string()) ? 1u : 0u;
  const size_t incomplete = workflows.size() - completed;
  if (completed <= kCostly && incomplete <= kCostly) return "";
  std::vector<std::string> parts;
  if (incomplete > kCostly) parts.push_back(cat(incomplete, " incomplete "));
  if (completed > kCostly) parts.push_back(cat(completed, " completed "));
  return cat("\nYou have at least ", join(parts, "and "),
             "workflows. Reducing the total number of workflows will reduce your costs.\n"
             "Learn more at https://argo-workflows.readthedocs.io/en/latest/cost-optimisation/\n");
}

}  // namespace

std::string workflow_list(std::span<const json::Value> workflows, const ListOptions& options, Time now) {
  if (workflows.empty()) return "No workflows found\n";
  std::string table = options.headers ? heading(options) : "";
  for (const json::Value& workflow : workflows) table += row(workflow, options, now);
  return aligned(table, kPadding) + cost_advice(workflows);
}

void sort_workflows(std::vector<json::Value>& workflows) {
  std::stable_sort(workflows.begin(), workflows.end(), [](const json::Value& a, const json::Value& b) {
    const auto a_end = a["status"]["finishedAt"].as_string(), b_end = b["status"]["finishedAt"].as_string();
    if (a_end.empty() != b_end.empty()) return a_end.empty();
    return a_end.empty() ? created(a) > created(b) : a_end > b_end;
  });
}

std::string template_list(std::span<const json::Value> templates, bool namespaces) {
  std::string table = namespaces ? "NAMESPACE\tNAME\n" : "NAME\n";
  for (const json::Value& one : templates) {
    table += cat(namespaces ? cat(namespace_of(one), "\t") : std::string(), name_of(one), "\t\n");
  }
  return aligned(table, kPadding);
}

std::string cron_list(std::span<const json::Value> crons, bool namespaces, Time now) {
  std::string table = namespaces ? "NAMESPACE\t" : "";
  table += "NAME\tAGE\tLAST RUN\tNEXT RUN\tSCHEDULES\tTIMEZONE\tSUSPENDED\n";
  for (const json::Value& cron : crons) {
    const auto last = cron["status"]["lastScheduledTime"].as_string();
    const auto next = next_run(cron, now);
    if (namespaces) table += cat(namespace_of(cron), "\t");
    table += cat(name_of(cron), "\t", expr::humanize_short(elapsed(created(cron), "", now)), "\t",
                 last.empty() ? "N/A" : expr::humanize_short(elapsed(last, "", now)), "\t",
                 next ? expr::humanize_short(*next - now) : "N/A", "\t", schedules_text(cron), "\t",
                 cron["spec"]["timezone"].as_string(), "\t", cron["spec"]["suspend"].as_bool() ? "true" : "false", "\n");
  }
  return aligned(table, kPadding);
}

}  // namespace wf::print
