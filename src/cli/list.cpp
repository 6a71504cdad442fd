// SPDX-License-Identifier: Apache-2.0
// argo list, argo delete: workflows by filters.
#include <cstdio>

#include "base/text.h"
#include "cli/workflow_output.h"
#include "cli/workflow_selection.h"
#include "print/list_screen.h"

namespace wf::cli {
namespace {

// What a form of output needs to be read.
std::string fields_of(const std::string& output) {
  if (output == "name") return "metadata,items.metadata";
  if (!output.empty()) return "";
  return "metadata,items.metadata,items.spec.priority,items.spec.suspend,items.status.phase,items.status.message,items.status.finishedAt,"
         "items.status.startedAt,items.status.estimatedDuration,items.status.progress";
}

}  // namespace

int list(Arguments arguments) {
  Selection selection;
  OutputFlags output;
  bool no_headers = false;
  Connection connection;
  Flags flags("list [flags]", "list workflows");
  flags.example("  argo list                       # all of the namespace\n  argo list -A --running          # running ones of all namespaces\n"
                "  argo list --status Failed,Error --since 1d\n  argo list --completed --older 2h\n  argo list -l app=shop -o wide");
  flags.flag("-A,--all-namespaces", selection.all_namespaces, "Show workflows from all namespaces");
  flags.text("--prefix", selection.prefix, "Filter workflows by prefix");
  flags.text("--older", selection.older, "List completed workflows finished before the specified duration (e.g. 10m, 3h, 1d)");
  flags.text("--since", selection.since, "Show only workflows created after than a relative duration");
  flags.list("--status", selection.status, "Filter by status (comma separated)");
  flags.flag("--completed", selection.completed, "Show completed workflows. Mutually exclusive with --running.");
  flags.flag("--running", selection.running, "Show running workflows. Mutually exclusive with --completed.");
  flags.flag("--resubmitted", selection.resubmitted, "Show resubmitted workflows");
  flags.number("--chunk-size", selection.chunk_size, "Return large lists in chunks rather than all at once. Pass 0 to disable.");
  flags.flag("--no-headers", no_headers, "Don't print headers (default print headers).");
  selection.declare_selectors(flags);
  output.declare_output(flags);
  connection.declare(flags);
  if (const auto done = flags.parse(arguments)) return *done;
  auto client = Client::connect(connection);
  if (!client.ok()) return fail(client.error());
  const auto workflows = list_workflows(*client, connection.ns(), selection, fields_of(output.output));
  if (!workflows.ok()) return fail(workflows.error());
  if (output.output == "name" && workflows->empty()) print("No workflows found\n");
  else if (!print_objects(*workflows, output.output)) {
    print(print::workflow_list(*workflows,
                               {.headers = !no_headers, .namespaces = selection.all_namespaces, .wide = output.output == "wide"}, now()));
  }
  return 0;
}

namespace {

struct DeleteFlags {
  Selection selection;
  bool all = false, dry_run = false, force = false;
  bool filtered() const {
    const Selection& s = selection;
    return all || s.all_namespaces || s.completed || s.resubmitted || !s.prefix.empty() || s.has_selector() || !s.older.empty() ||
           !s.status.empty();
  }
};

Result<void> delete_one(Client& client, const Named& each, const DeleteFlags& flags) {
  if (flags.dry_run) {
    print(cat("Workflow '", each.name, "' deleted (dry-run)\n"));
    return {};
  }
  const auto removed = client.remove(path("workflows", each.ns, each.name) + query({{"force", flags.force ? "true" : ""}}));
  if (!removed.ok() && removed.error().code() != Code::NotFound) return removed.error();
  print(cat("Workflow '", each.name, removed.ok() ? "' deleted\n" : "' not found\n"));
  return {};
}

Result<void> delete_all(Client& client, const std::string& ns, const DeleteFlags& flags, const std::vector<std::string>& names) {
  std::vector<Named> chosen;
  for (const std::string& name : names) chosen.push_back({ns, name});
  if (flags.filtered()) {
    TRY(const auto listed, list_workflows(client, ns, flags.selection, "metadata,items.metadata,items.status.finishedAt"));
    for (const json::Value& workflow : listed) {
      const json::Value& metadata = workflow["metadata"];
      chosen.push_back({std::string(metadata["namespace"].as_string()), std::string(metadata["name"].as_string())});
    }
  }
  if (chosen.empty()) print("No resources found\n");
  for (const Named& each : chosen) TRY_DO(delete_one(client, each, flags));
  return {};
}

}  // namespace

int remove(Arguments arguments) {
  DeleteFlags chosen;
  Connection connection;
  Flags flags("delete [WORKFLOW...] [flags]", "delete workflows");
  flags.example("  argo delete my-wf\n  argo delete @latest\n  argo delete --completed --older 7d");
  flags.flag("-A,--all-namespaces", chosen.selection.all_namespaces, "Delete workflows from all namespaces");
  flags.flag("--all", chosen.all, "Delete all workflows");
  flags.flag("--completed", chosen.selection.completed, "Delete completed workflows");
  flags.flag("--resubmitted", chosen.selection.resubmitted, "Delete resubmitted workflows");
  flags.text("--prefix", chosen.selection.prefix, "Delete workflows by prefix");
  flags.text("--older", chosen.selection.older, "Delete completed workflows finished before the specified duration (e.g. 10m, 3h, 1d)");
  flags.list("--status", chosen.selection.status, "Delete by status (comma separated)");
  flags.number("--query-chunk-size", chosen.selection.chunk_size, "Run the list query in chunks (deletes will still be executed individually)");
  flags.flag("--dry-run", chosen.dry_run, "Do not delete the workflow, only print what would happen");
  flags.flag("--force", chosen.force, "Force delete workflows by removing finalizers");
  chosen.selection.declare_selectors(flags);
  connection.declare(flags);
  if (const auto done = flags.parse(arguments)) return *done;
  if (flags.operands().empty() && !chosen.filtered()) return fail("requires either a workflow or other argument");
  auto client = Client::connect(connection);
  if (!client.ok()) return fail(client.error());
  const auto removed = delete_all(*client, connection.ns(), chosen, flags.operands());
  return removed.ok() ? 0 : fail(removed.error());
}

}  // namespace wf::cli
