// SPDX-License-Identifier: Apache-2.0
// argo retry, argo resubmit: workflows once more.
#include "base/text.h"
#include "cli/watching.h"
#include "cli/workflow_selection.h"
#include "spec/selector.h"

namespace wf::cli {
namespace {

struct Again {
  const char* action;  // "retry" or "resubmit"
  Connection connection;
  Selection selection;
  FollowFlags follow;
  OutputFlags output;
  std::vector<std::string> parameters;
  json::Value body = json::Value::object();
};

json::Value as_list(const std::vector<std::string>& texts) {
  json::Value list = json::Value::array();
  for (const std::string& text : texts) list.push_back(text);
  return list;
}

int run_each(Again& again, const std::vector<std::string>& names) {
  auto client = Client::connect(again.connection);
  if (!client.ok()) return fail(client.error());
  const auto chosen = select_workflows(*client, again.connection.ns(), again.selection, names);
  if (!chosen.ok()) return fail(chosen.error());
  Named last;
  for (const Named& each : *chosen) {
    json::Value body = again.body;
    body.set("name", each.name);
    body.set("namespace", each.ns);
    body.set("parameters", as_list(again.parameters));
    const auto workflow = client->put(path("workflows", each.ns, each.name, again.action), body);
    if (!workflow.ok()) return fail(workflow.error());
    const auto printed = print_workflow(*workflow, again.output);
    if (!printed.ok()) return fail(printed.error());
    last = {std::string((*workflow)["metadata"]["namespace"].as_string()), std::string((*workflow)["metadata"]["name"].as_string())};
  }
  return chosen->size() == 1 ? again.follow.follow(*client, last.ns, {last.name}, again.output) : 0;
}

void declare(Flags& flags, Again& again) {
  flags.texts("-p,--parameter", again.parameters, "input parameter to override on the original workflow spec");
  again.output.declare_output(flags);
  again.output.declare_screen(flags);
  again.follow.declare(flags);
  again.selection.declare_selectors(flags);
}

}  // namespace

int retry(Arguments arguments) {
  Again again{.action = "retry", .connection = {}, .selection = {}, .follow = {}, .output = {}, .parameters = {}};
  bool restart_successful = false;
  std::string nodes;
  Flags flags("retry [WORKFLOW...] [flags]", "retry zero or more workflows");
  flags.example("  argo retry my-wf\n  argo retry --watch @latest\n  argo retry -l workflows.argoproj.io/test=true\n"
                "  argo retry my-wf --restart-successful --node-field-selector id=my-wf-123");
  declare(flags, again);
  flags.flag("--restart-successful", restart_successful, "indicates to restart successful nodes matching the --node-field-selector");
  flags.text("--node-field-selector", nodes, "selector of nodes to reset, eg: --node-field-selector inputs.parameters.myparam.value=abc");
  again.connection.declare(flags);
  if (const auto done = flags.parse(arguments)) return *done;
  if (flags.operands().empty() && !again.selection.has_selector()) return fail("requires either node field selector or workflow");
  auto selector = spec::FieldSelector::parse(nodes);
  if (!selector.ok()) return fail(cat("unable to parse node field selector '", nodes, "': ", selector.error().message()));
  again.body.set("restartSuccessful", restart_successful);
  again.body.set("nodeFieldSelector", nodes);
  return run_each(again, flags.operands());
}

int resubmit(Arguments arguments) {
  Again again{.action = "resubmit", .connection = {}, .selection = {}, .follow = {}, .output = {}, .parameters = {}};
  bool memoized = false;
  std::optional<int64_t> priority;
  Flags flags("resubmit [WORKFLOW...] [flags]", "resubmit one or more workflows");
  flags.example("  argo resubmit my-wf\n  argo resubmit --memoized --watch @latest\n  argo resubmit -l workflows.argoproj.io/test=true");
  declare(flags, again);
  flags.flag("--memoized", memoized, "re-use successful steps & outputs from the previous run");
  flags.number("--priority", priority, "workflow priority");
  again.connection.declare(flags);
  if (const auto done = flags.parse(arguments)) return *done;
  if (flags.operands().empty() && !again.selection.has_selector()) return fail("requires either selector or workflow");
  if (priority) return fail("--priority has no effect on a resubmission: the new workflow has the old one's priority");
  again.body.set("memoized", memoized);
  return run_each(again, flags.operands());
}

}  // namespace wf::cli
