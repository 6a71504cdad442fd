// SPDX-License-Identifier: Apache-2.0
// argo stop, terminate, suspend, resume, node: changing workflows that run.
#include "base/text.h"
#include "cli/workflow_selection.h"
#include "json/text.h"
#include "spec/selector.h"

namespace wf::cli {
namespace {

Result<void> check_node_selector(const std::string& selector) {
  auto parsed = spec::FieldSelector::parse(selector);
  if (!parsed.ok()) return std::move(parsed.error()).wrap(cat("unable to parse node field selector '", selector, "'"));
  return {};
}

// Puts to /workflows/NS/NAME/ACTION for each, and tells of it.
struct Change {
  const char* action;     // "stop"
  const char* done;       // "stopped"
  json::Value body = json::Value::object();
  bool dry_run = false;
};
Result<void> change_each(Client& client, const std::vector<Named>& workflows, const Change& change) {
  for (const Named& each : workflows) {
    if (!change.dry_run) {
      json::Value body = change.body;
      body.set("name", each.name);
      body.set("namespace", each.ns);
      TRY_DO(client.put(path("workflows", each.ns, each.name, change.action), body));
    }
    print(cat("workflow ", each.name, " ", change.done, change.dry_run ? " (dry-run)\n" : "\n"));
  }
  return {};
}

int change_selected(const Connection& connection, const Selection& selection, const std::vector<std::string>& names, const Change& change) {
  auto client = Client::connect(connection);
  if (!client.ok()) return fail(client.error());
  const auto chosen = select_workflows(*client, connection.ns(), selection, names);
  if (!chosen.ok()) return fail(chosen.error());
  const auto changed = change_each(*client, *chosen, change);
  return changed.ok() ? 0 : fail(changed.error());
}

}  // namespace

int stop(Arguments arguments) {
  Selection selection;
  std::string message, nodes;
  bool dry_run = false;
  Connection connection;
  Flags flags("stop WORKFLOW... [flags]", "stop zero or more workflows allowing all exit handlers to run");
  flags.example("  argo stop my-wf\n  argo stop @latest\n  argo stop -l workflows.argoproj.io/test=true\n"
                "  argo stop my-wf --message \"not now\" --node-field-selector displayName=approve");
  flags.text("--message", message, "Message to add to previously running nodes");
  flags.text("--node-field-selector", nodes, "selector of node to stop, eg: --node-field-selector inputs.parameters.myparam.value=abc");
  flags.flag("--dry-run", dry_run, "If true, only print the workflows that would be stopped, without stopping them.");
  selection.declare_selectors(flags);
  connection.declare(flags);
  if (const auto done = flags.parse(arguments)) return *done;
  if (flags.operands().empty() && !selection.has_selector()) return fail("requires either selector or workflow");
  const auto checked = check_node_selector(nodes);
  if (!checked.ok()) return fail(checked.error());
  return change_selected(connection, selection, flags.operands(),
                         {"stop", "stopped", json::Value::object({{"nodeFieldSelector", nodes}, {"message", message}}), dry_run});
}

int terminate(Arguments arguments) {
  Selection selection;
  bool dry_run = false;
  Connection connection;
  Flags flags("terminate WORKFLOW... [flags]", "terminate zero or more workflows immediately");
  flags.example("  argo terminate my-wf\n  argo terminate @latest\n  argo terminate -l workflows.argoproj.io/test=true");
  flags.flag("--dry-run", dry_run, "Do not terminate the workflow, only print what would happen");
  selection.declare_selectors(flags);
  connection.declare(flags);
  if (const auto done = flags.parse(arguments)) return *done;
  if (flags.operands().empty() && !selection.has_selector()) return fail("requires either selector or workflow");
  return change_selected(connection, selection, flags.operands(), {"terminate", "terminated", json::Value::object(), dry_run});
}

int suspend(Arguments arguments) {
  Connection connection;
  Flags flags("suspend WORKFLOW1 WORKFLOW2...", "suspend zero or more workflows (opposite of resume)");
  connection.declare(flags);
  if (const auto done = flags.parse(arguments)) return *done;
  return change_selected(connection, {}, flags.operands(), {"suspend", "suspended"});
}

int resume(Arguments arguments) {
  std::string nodes;
  Connection connection;
  Flags flags("resume WORKFLOW1 WORKFLOW2... [flags]", "resume zero or more workflows (opposite of suspend)");
  flags.text("--node-field-selector", nodes, "selector of node to resume, eg: --node-field-selector inputs.parameters.myparam.value=abc");
  connection.declare(flags);
  if (const auto done = flags.parse(arguments)) return *done;
  const auto checked = check_node_selector(nodes);
  if (!checked.ok()) return fail(checked.error());
  return change_selected(connection, {}, flags.operands(), {"resume", "resumed", json::Value::object({{"nodeFieldSelector", nodes}})});
}

namespace {

// NAME=VALUE; a value in quotes is what the quotes hold.
Result<std::string> output_parameters(const std::vector<std::string>& given) {
  if (given.empty()) return std::string();
  json::Value parameters = json::Value::object();
  for (const std::string& each : given) {
    const size_t equals = each.find('=');
    if (equals == std::string::npos) return Error(cat("expected parameter of the form: NAME=VALUE. Received: ", each));
    const std::string value = each.substr(equals + 1);
    const bool quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
    const auto inside = quoted ? json::parse(value) : Result<json::Value>(json::Value(value));
    parameters.set(each.substr(0, equals), inside.ok() ? *inside : json::Value(value));
  }
  return json::print(parameters);
}

}  // namespace

int node(Arguments arguments) {
  std::string nodes, phase, message;
  std::vector<std::string> outputs;
  Connection connection;
  Flags flags("node ACTION WORKFLOW [flags]", "perform action on a node in a workflow");
  flags.example("  argo node set my-wf --output-parameter parameter-name=\"Hello, world!\" --node-field-selector displayName=approve\n"
                "  argo node set my-wf --message \"We did it!\" --node-field-selector displayName=approve");
  flags.text("--node-field-selector", nodes, "Selector of node to set, eg: --node-field-selector inputs.parameters.myparam.value=abc");
  flags.text("--phase", phase, "Phase to set the node to, eg: --phase Succeeded");
  flags.texts("-p,--output-parameter", outputs, "Set a \"supplied\" output parameter of node, eg: --output-parameter parameter-name=\"Hello, world!\"");
  flags.text("-m,--message", message, "Set the message of a node, eg: --message \"Hello, world!\"");
  connection.declare(flags);
  flags.operands(2);
  if (const auto done = flags.parse(arguments)) return *done;
  const auto& operands = flags.operands();
  if (operands[0] != "set") return fail(cat("unknown action '", operands[0], "'"));
  const auto parameters = output_parameters(outputs);
  if (!parameters.ok()) return fail(parameters.error());
  const auto checked = check_node_selector(nodes);
  if (!checked.ok()) return fail(checked.error());
  auto client = Client::connect(connection);
  if (!client.ok()) return fail(client.error());
  const auto set = client->put(path("workflows", connection.ns(), operands[1], "set"),
                               json::Value::object({{"name", operands[1]},
                                                    {"namespace", connection.ns()},
                                                    {"nodeFieldSelector", nodes},
                                                    {"message", message},
                                                    {"phase", phase},
                                                    {"outputParameters", *parameters}}));
  if (!set.ok()) return fail(set.error());
  print("workflow values set\n");
  return 0;
}

}  // namespace wf::cli
