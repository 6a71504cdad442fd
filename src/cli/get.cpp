// SPDX-License-Identifier: Apache-2.0
// argo get, watch, wait, logs: looking at workflows.
#include "base/text.h"
#include "cli/watching.h"

namespace wf::cli {

int get(Arguments arguments) {
  OutputFlags output;
  Connection connection;
  Flags flags("get WORKFLOW... [flags]", "display details about a workflow");
  flags.example("  argo get my-wf\n  argo get @latest");
  output.declare_output(flags, true);
  output.declare_screen(flags);
  output.declare_nodes(flags);
  connection.declare(flags);
  flags.operands(1);
  if (const auto done = flags.parse(arguments)) return *done;
  auto client = Client::connect(connection);
  if (!client.ok()) return fail(client.error());
  for (const std::string& name : flags.operands()) {
    const auto workflow = client->get(path("workflows", connection.ns(), name));
    if (!workflow.ok()) return fail(workflow.error());
    const auto printed = print_workflow(*workflow, output);
    if (!printed.ok()) return fail(printed.error());
  }
  return 0;
}

int watch(Arguments arguments) {
  OutputFlags output;
  Connection connection;
  Flags flags("watch WORKFLOW [flags]", "watch a workflow until it completes");
  flags.example("  argo watch my-wf\n  argo watch @latest");
  output.declare_nodes(flags);
  output.declare_screen(flags);
  connection.declare(flags);
  flags.operands(1, 1);
  if (const auto done = flags.parse(arguments)) return *done;
  auto client = Client::connect(connection);
  if (!client.ok()) return fail(client.error());
  const auto watched = watch_workflow(*client, connection.ns(), flags.operands()[0], output);
  return watched.ok() ? 0 : fail(watched.error());
}

int wait(Arguments arguments) {
  WaitOptions options;
  Connection connection;
  Flags flags("wait [WORKFLOW...] [flags]", "waits for workflows to complete");
  flags.example("  argo wait my-wf\n  argo wait @latest");
  flags.flag("--ignore-not-found", options.ignore_not_found, "Ignore the wait if the workflow is not found");
  connection.declare(flags);
  if (const auto done = flags.parse(arguments)) return *done;
  auto client = Client::connect(connection);
  if (!client.ok()) return fail(client.error());
  const auto good = wait_for(*client, connection.ns(), flags.operands(), options);
  if (!good.ok()) return fail(good.error());
  return *good ? 0 : 1;
}

int logs(Arguments arguments) {
  LogFlags log;
  Connection connection;
  Flags flags("logs WORKFLOW [POD] [flags]", "view logs of a pod or workflow");
  flags.example("  argo logs my-wf\n  argo logs my-wf --follow\n  argo logs my-wf my-pod -c sidecar\n  argo logs @latest --tail 20");
  flags.text("-c,--container", log.container, "Print the logs of this container");
  flags.flag("-f,--follow", log.follow, "Specify if the logs should be streamed.");
  flags.text("--grep", log.grep, "grep for lines");
  flags.flag("-p,--previous", log.previous, "Specify if the previously terminated container logs should be returned.");
  flags.text("-l,--selector", log.selector, "log selector for some pod");
  flags.text("--since", log.since, "Only return logs newer than a relative duration like 5s, 2m, or 3h. Defaults to all logs. Only one of since-time / since may be used.");
  flags.text("--since-time", log.since_time, "Only return logs after a specific date (RFC3339). Defaults to all logs. Only one of since-time / since may be used.");
  flags.number("--tail", log.tail, "If set, the number of lines from the end of the logs to show. If not specified, logs are shown from the creation of the container or sinceSeconds or sinceTime");
  flags.flag("--timestamps", log.timestamps, "Include timestamps on each line in the log output");
  flags.flag("--no-color", log.no_color, "Disable colorized output");
  connection.declare(flags);
  flags.operands(1, 2);
  if (const auto done = flags.parse(arguments)) return *done;
  auto client = Client::connect(connection);
  if (!client.ok()) return fail(client.error());
  const auto& operands = flags.operands();
  const auto printed = print_logs(*client, connection.ns(), operands[0], operands.size() > 1 ? operands[1] : "", log);
  return printed.ok() ? 0 : fail(printed.error());
}

}  // namespace wf::cli
