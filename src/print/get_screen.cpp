// SPDX-License-Identifier: Apache-2.0
#include "print/get_screen.h"

#include "base/text.h"
#include "expr/duration.h"
#include "expr/gotime.h"
#include "print/artifact_text.h"
#include "print/columns.h"
#include "print/node_rows.h"
#include "print/node_tree.h"
#include "spec/names.h"

namespace wf::print {
namespace {

// "Label:              value"
void line(std::string& out, std::string_view label, std::string_view value) {
  constexpr size_t kWidth = 20;
  out += label;
  if (rune_width(label) < kWidth) out.append(kWidth - rune_width(label), ' ');
  out += cat(" ", value, "\n");
}

const json::Value& executed_spec(const json::Value& workflow) {
  const json::Value& stored = workflow["status"]["storedWorkflowTemplateSpec"];
  return stored.is_object() ? stored : workflow["spec"];
}

std::string service_account(const json::Value& workflow) {
  const auto name = executed_spec(workflow)["serviceAccountName"].as_string();
  if (!name.empty()) return std::string(name);
  if (workflow["spec"]["workflowTemplateRef"].is_object()) return "unset";
  return "unset (will run with the default ServiceAccount)";
}

void conditions(std::string& out, const json::Value& status, const Style& style) {
  if (status["conditions"].empty()) return;
  line(out, "Conditions:", "");
  for (const json::Value& condition : status["conditions"].items()) {
    const auto type = condition["type"].as_string(), message = condition["message"].as_string();
    line(out, cat(condition_sign(type, style), " ", type),
         message.empty() ? condition["status"].as_string() : message);
  }
}

void times(std::string& out, const json::Value& workflow, Time now) {
  const json::Value& status = workflow["status"];
  const auto started = status["startedAt"].as_string(), finished = status["finishedAt"].as_string();
  line(out, "Created:", timestamp(workflow["metadata"]["creationTimestamp"].as_string(), now));
  if (!started.empty()) line(out, "Started:", timestamp(started, now));
  if (!finished.empty()) line(out, "Finished:", timestamp(finished, now));
  if (!started.empty()) line(out, "Duration:", expr::humanize(elapsed(started, finished, now)));
  const auto estimate = status["estimatedDuration"].as_int().value_or(0);
  if (status["phase"].as_string() == "Running" && estimate > 0) {
    line(out, "EstimatedDuration:", expr::humanize(std::chrono::seconds(estimate)));
  }
}

void parameters(std::string& out, const json::Value& list) {
  for (const json::Value& parameter : list.items()) {
    if (!parameter["value"].is_string()) continue;
    line(out, cat("  ", parameter["name"].as_string(), ":"), parameter["value"].as_string());
  }
}

void arguments_and_outputs(std::string& out, const json::Value& workflow) {
  const json::Value& arguments = executed_spec(workflow)["arguments"]["parameters"];
  if (!arguments.empty()) line(out, "Parameters:", "");
  parameters(out, arguments);
  const json::Value& outputs = workflow["status"]["outputs"];
  if (!outputs["parameters"].empty()) line(out, "Output Parameters:", "");
  for (const json::Value& parameter : outputs["parameters"].items()) {
    const auto value = output_value(parameter);
    if (value) line(out, cat("  ", parameter["name"].as_string(), ":"), *value);
  }
  if (!outputs["artifacts"].empty()) line(out, "Output Artifacts:", "");
  for (const json::Value& artifact : outputs["artifacts"].items()) {
    const auto text = artifact_text(artifact);
    if (!text.empty()) line(out, cat("  ", artifact["name"].as_string(), ":"), text);
  }
}

std::string header(const json::Value& workflow, const GetOptions& options, Time now) {
  const json::Value& status = workflow["status"];
  std::string out;
  line(out, "Name:", workflow["metadata"]["name"].as_string());
  line(out, "Namespace:", workflow["metadata"]["namespace"].as_string());
  line(out, "ServiceAccount:", service_account(workflow));
  line(out, "Status:", workflow_status(workflow));
  if (!status["message"].as_string().empty()) line(out, "Message:", status["message"].as_string());
  conditions(out, status, options.style);
  times(out, workflow, now);
  line(out, "Progress:", status["progress"].as_string());
  const auto resources = resources_text(status["resourcesDuration"]);
  if (!resources.empty()) line(out, "ResourcesDuration:", resources);
  arguments_and_outputs(out, workflow);
  return out;
}

}  // namespace

std::string get_screen(const json::Value& workflow, const GetOptions& options, Time now) {
  const std::string name(workflow["metadata"]["name"].as_string());
  std::string out = header(workflow, options, now);
  if (!workflow["status"]["nodes"][name].is_object()) return out;
  const NodeTree tree(workflow);
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

std::string timestamp(std::string_view text, Time now) {
  const auto moment = expr::parse_time(expr::kRfc3339, text);
  const auto shown = moment.ok() ? *moment : expr::zero_time();
  const auto time = parse_rfc3339(text);
  const auto ago = time.ok() ? expr::humanize_relative(*time, now) : std::string("a long while ago");
  return cat(expr::format(shown, "Mon Jan 02 15:04:05 -0700"), " (", ago, ")");
}

}  // namespace wf::print
