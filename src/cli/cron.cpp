// SPDX-License-Identifier: Apache-2.0
// argo cron …: cron workflows.
#include <array>

#include "base/text.h"
#include "cli/client.h"
#include "cli/submit_flags.h"
#include "cli/workflow_output.h"
#include "engine/cron_backfill.h"
#include "io/system.h"
#include "print/list_screen.h"
#include "print/object_screen.h"

namespace wf::cli {
namespace {

void print_cron(const json::Value& cron, const std::string& output) {
  if (!print_object(cron, output)) print(print::cron_screen(cron, now()));
}

// The submit options go into the workflow that the schedule starts; name and labels are the cron's own.
Result<json::Value> with_options(json::Value cron, const SubmitFlags& submit, const std::string& schedule) {
  const json::Value bare = json::Value::object({{"metadata", cron["metadata"]}, {"spec", cron["spec"]["workflowSpec"]}});
  TRY(const json::Value changed, engine::with_submit_options(bare, submit.options));
  cron.set("metadata", changed["metadata"]);
  cron.at("spec").set("workflowSpec", changed["spec"]);
  if (!schedule.empty()) {
    cron.at("spec").erase("schedule");
    cron.at("spec").set("schedules", json::Value::array({schedule}));
  }
  return cron;
}

struct CronWrite {
  Connection connection;
  SubmitFlags submit;
  OutputFlags output;
  std::string schedule;
  bool strict = true, update = false;
};

Result<void> send_files(CronWrite& write, const std::vector<std::string>& paths) {
  TRY_DO(write.submit.complete());
  TRY(const std::vector<Given> files, read_given(paths));
  TRY(std::vector<json::Value> crons, objects_of_kind(files, "CronWorkflow", write.strict));
  if (crons.empty()) return Error("No CronWorkflows found in given files");
  TRY(Client client, Client::connect(write.connection));
  for (json::Value& each : crons) {
    TRY(json::Value cron, with_options(std::move(each), write.submit, write.schedule));
    if (cron["metadata"]["namespace"].as_string().empty()) cron.at("metadata").set("namespace", write.connection.ns());
    const std::string ns(cron["metadata"]["namespace"].as_string()), name(cron["metadata"]["name"].as_string());
    const json::Value body = json::Value::object({{"name", name}, {"namespace", ns}, {"cronWorkflow", cron}});
    auto made = write.update ? client.put(path("cron-workflows", ns, name), body) : client.post(path("cron-workflows", ns), body);
    if (!made.ok()) return std::move(made.error()).wrap(write.update ? "Failed to update cron workflow" : "Failed to create cron workflow");
    print_cron(*made, write.output.output);
  }
  return {};
}

template <bool Update>
int write(Arguments arguments) {
  CronWrite write;
  write.update = Update;
  Flags flags(Update ? "cron update FILE... [flags]" : "cron create FILE... [flags]", Update ? "update a cron workflow" : "create a cron workflow");
  write.submit.declare(flags, false);
  flags.text("--schedule", write.schedule, "override cron workflow schedule");
  write.output.declare_output(flags);
  flags.flag("--strict", write.strict, "perform strict workflow validation");
  write.connection.declare(flags);
  flags.operands(1);
  if (const auto done = flags.parse(arguments)) return *done;
  const auto sent = send_files(write, flags.operands());
  return sent.ok() ? 0 : fail(sent.error());
}

int show(Arguments arguments) {
  OutputFlags output;
  Connection connection;
  Flags flags("cron get CRON_WORKFLOW... [flags]", "display details about a cron workflow");
  output.declare_output(flags);
  connection.declare(flags);
  flags.operands(1);
  if (const auto done = flags.parse(arguments)) return *done;
  auto client = Client::connect(connection);
  if (!client.ok()) return fail(client.error());
  for (const std::string& name : flags.operands()) {
    const auto cron = client->get(path("cron-workflows", connection.ns(), name));
    if (!cron.ok()) return fail(cron.error());
    print_cron(*cron, output.output);
  }
  return 0;
}

Result<std::vector<json::Value>> all_crons(Client& client, const std::string& ns, const std::string& labels) {
  TRY(const json::Value page,
      client.get(cat("/api/v1/cron-workflows/", io::percent_encode(ns)) + query({{"listOptions.labelSelector", labels}})));
  return std::vector<json::Value>(page["items"].items().begin(), page["items"].items().end());
}

int show_all(Arguments arguments) {
  std::string output, labels;
  bool all_namespaces = false;
  Connection connection;
  Flags flags("cron list [flags]", "list cron workflows");
  flags.choice("-o,--output", output, {"wide", "name", "json", "yaml"}, "Output format.");
  flags.flag("-A,--all-namespaces", all_namespaces, "Show cron workflows from all namespaces");
  flags.text("-l,--selector", labels, "Selector (label query) to filter on");
  connection.declare(flags);
  flags.operands(0, 0);
  if (const auto done = flags.parse(arguments)) return *done;
  auto client = Client::connect(connection);
  if (!client.ok()) return fail(client.error());
  const auto crons = all_crons(*client, all_namespaces ? "" : connection.ns(), labels);
  if (!crons.ok()) return fail(crons.error());
  if (!print_objects(*crons, output)) print(print::cron_list(*crons, all_namespaces, now()));
  return 0;
}

int drop(Arguments arguments) {
  bool all = false;
  Connection connection;
  Flags flags("cron delete [CRON_WORKFLOW... | --all] [flags]", "delete a cron workflow");
  flags.flag("--all", all, "Delete all cron workflows");
  connection.declare(flags);
  if (const auto done = flags.parse(arguments)) return *done;
  auto client = Client::connect(connection);
  if (!client.ok()) return fail(client.error());
  std::vector<std::string> names = flags.operands();
  if (all) {
    const auto crons = all_crons(*client, connection.ns(), "");
    if (!crons.ok()) return fail(crons.error());
    for (const json::Value& cron : *crons) names.emplace_back(cron["metadata"]["name"].as_string());
  }
  for (const std::string& name : names) {
    const auto removed = client->remove(path("cron-workflows", connection.ns(), name));
    if (!removed.ok()) return fail(removed.error());
    print(cat("CronWorkflow '", name, "' deleted\n"));
  }
  return 0;
}

template <bool Suspend>
int set_suspend(Arguments arguments) {
  constexpr const char* kAction = Suspend ? "suspend" : "resume";
  Connection connection;
  Flags flags(cat("cron ", kAction, " CRON_WORKFLOW..."), cat(kAction, " zero or more cron workflows"));
  connection.declare(flags);
  if (const auto done = flags.parse(arguments)) return *done;
  auto client = Client::connect(connection);
  if (!client.ok()) return fail(client.error());
  for (const std::string& name : flags.operands()) {
    const auto changed = client->put(path("cron-workflows", connection.ns(), name, kAction),
                                     json::Value::object({{"name", name}, {"namespace", connection.ns()}}));
    if (!changed.ok()) return fail(changed.error());
    print(cat("CronWorkflow '", name, Suspend ? "' suspended\n" : "' resumed\n"));
  }
  return 0;
}

int check(Arguments arguments) {
  std::vector<const char*> words{"lint", "--kinds", "cronworkflows"};
  words.insert(words.end(), arguments.begin() + 1, arguments.end());
  return lint(words);
}

std::string random_name() {
  constexpr std::string_view kLetters = "bcdfghjklmnpqrstvwxz2456789";
  io::SystemRandom random;
  std::string name;
  for (int i = 0; i < 5; ++i) name += kLetters[random.next() % kLetters.size()];
  return name;
}

Result<void> run_backfill(const Connection& connection, const std::string& cron_name, engine::BackfillOptions options) {
  TRY(Client client, Client::connect(connection));
  TRY(const json::Value cron, client.get(path("cron-workflows", connection.ns(), cron_name)));
  TRY(const engine::Backfill plan, engine::plan_backfill(cron, options, now()));
  if (plan.workflows.empty()) {
    print("There is no suitable scheduling time.\n");
    return {};
  }
  std::vector<std::string> names;
  for (const json::Value& workflow : plan.workflows) {
    TRY(const json::Value made, client.post(path("workflows", connection.ns()),
                                            json::Value::object({{"namespace", connection.ns()}, {"workflow", workflow}})));
    names.emplace_back(made["metadata"]["name"].as_string());
  }
  print(print::backfill_screen({.name = options.name, .cron = cron_name, .start = options.start, .end = plan.end, .where = connection.ns(),
                                .schedules = plan.slots, .workflows = names}));
  return {};
}

int backfill(Arguments arguments) {
  engine::BackfillOptions options;
  std::optional<int64_t> count = options.max_workflow_count;
  Connection connection;
  Flags flags("cron backfill CRON_WORKFLOW [flags]", "create a cron backfill(new alpha feature)");
  flags.example("  argo cron backfill nightly --start \"Mon, 02 Nov 2026 00:00:00 UTC\" --end \"Sat, 07 Nov 2026 00:00:00 UTC\"");
  flags.text("--name", options.name, "Backfill name");
  flags.text("--start", options.start, "Start date");
  flags.text("--end", options.end, "End Date");
  flags.flag("--parallel", options.parallel, "Enabled all backfile workflows run parallel");
  flags.text("--argname", options.argument_name, "Schedule time argument name for workflow");
  flags.text("--format", options.format, "Date format for Schedule time value");
  flags.number("--maxworkflowcount", count, "Maximum number of generated backfill workflows");
  connection.declare(flags);
  flags.operands(1, 1);
  if (const auto done = flags.parse(arguments)) return *done;
  if (options.name.empty()) options.name = random_name();
  options.max_workflow_count = static_cast<int>(count.value_or(1000));
  const auto filled = run_backfill(connection, flags.operands()[0], options);
  return filled.ok() ? 0 : fail(filled.error());
}

constexpr std::array kVerbs = {
    VerbEntry{"backfill", "create a cron backfill(new alpha feature)", backfill},
    VerbEntry{"create", "create a cron workflow", write<false>},
    VerbEntry{"delete", "delete a cron workflow", drop},
    VerbEntry{"get", "display details about a cron workflow", show},
    VerbEntry{"lint", "validate files or directories of cron workflow manifests", check},
    VerbEntry{"list", "list cron workflows", show_all},
    VerbEntry{"resume", "resume zero or more cron workflows", set_suspend<false>},
    VerbEntry{"suspend", "suspend zero or more cron workflows", set_suspend<true>},
    VerbEntry{"update", "update a cron workflow", write<true>},
};

}  // namespace

std::span<const VerbEntry> cron_verbs() { return kVerbs; }

}  // namespace wf::cli
