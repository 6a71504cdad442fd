// SPDX-License-Identifier: Apache-2.0
#include "print/get_screen.h"

#include "base/text.h"
#include "expr/duration.h"
#include "print/artifact_text.h"
#include "print/columns.h"
#include "print/fields.h"
#include "print/node_rows.h"
#include "print/node_tree.h"
#include "spec/names.h"

namespace wf::print {
namespace {

void add_times(Fields& fields, const json::Value& workflow, Time now) {
  const json::Value& status = workflow["status"];
  const auto started = status["startedAt"].as_string(), finished = status["finishedAt"].as_string();
  fields.add("Created:", timestamp(workflow["metadata"]["creationTimestamp"].as_string(), now));
  fields.add_time("Started:", started, now);
  fields.add_time("Finished:", finished, now);
  if (!started.empty()) fields.add("Duration:", expr::humanize(elapsed(started, finished, now)));
  const auto estimate = status["estimatedDuration"].as_int().value_or(0);
  if (status["phase"].as_string() == "Running" && estimate > 0) {
    fields.add("EstimatedDuration:", expr::humanize(std::chrono::seconds(estimate)));
  }
}

// Unlike outputs, arguments count only where they have a value of their own.
void add_arguments(Fields& fields, const json::Value& parameters) {
  if (!parameters.empty()) fields.add("Parameters:", "");
  for (const json::Value& parameter : parameters.items()) {
    if (!parameter["value"].is_string()) continue;
    fields.add(cat("  ", parameter["name"].as_string(), ":"), parameter["value"].as_string());
  }
}

void add_output_artifacts(Fields& fields, const json::Value& artifacts) {
  if (!artifacts.empty()) fields.add("Output Artifacts:", "");
  for (const json::Value& artifact : artifacts.items()) {
    const auto text = artifact_text(artifact);
    if (!text.empty()) fields.add(cat("  ", artifact["name"].as_string(), ":"), text);
  }
}

std::string header(const json::Value& workflow, const GetOptions& options, Time now) {
  const json::Value& status = workflow["status"];
  Fields fields(20);
  fields.add("Name:", workflow["metadata"]["name"].as_string());
  fields.add("Namespace:", workflow["metadata"]["namespace"].as_string());
  fields.add("ServiceAccount:", service_account(workflow));
  fields.add("Status:", workflow_status(workflow));
  if (!status["message"].as_string().empty()) fields.add("Message:", status["message"].as_string());
  fields.add_conditions(status["conditions"], options.style);
  add_times(fields, workflow, now);
  fields.add("Progress:", status["progress"].as_string());
  const auto resources = resources_text(status["resourcesDuration"]);
  if (!resources.empty()) fields.add("ResourcesDuration:", resources);
  add_arguments(fields, executed_spec(workflow)["arguments"]["parameters"]);
  fields.add_parameters("Output Parameters:", status["outputs"]["parameters"]);
  add_output_artifacts(fields, status["outputs"]["artifacts"]);
  return fields.text();
}

}  // namespace

std::string get_screen(const json::Value& workflow, const GetOptions& options, Time now) {
  const std::string name(workflow["metadata"]["name"].as_string());
  std::string out = header(workflow, options, now);
  if (!workflow["status"]["nodes"][name].is_object()) return out;
  const NodeTree tree(workflow, options.order);
  if (!tree.is_root(name)) return out;
  NodeRows rows(workflow, tree, options, now);
  rows.add_tree(name);
  const std::string on_exit = spec::node_id(name, name + ".onExit");
  if (tree.is_root(on_exit)) {
    rows.add_gap();
    rows.add_tree(on_exit);
  }
  const std::string table = aligned(rows.text(), 2);
  return options.output == GetOptions::Output::Short ? table : cat(out, "\n", table);
}

std::string workflow_status(const json::Value& workflow) {
  const json::Value& status = workflow["status"];
  const auto phase = status["phase"].as_string();
  if (phase == "Running" && is_suspended(workflow)) return "Running (Suspended)";
  if (phase == "Failed" && !workflow["spec"]["shutdown"].as_string().empty()) return "Failed (Terminated)";
  if (phase.empty() || phase == "Pending") {
    return workflow["metadata"]["creationTimestamp"].as_string().empty() ? "Unknown" : "Pending";
  }
  return std::string(phase);
}

}  // namespace wf::print
