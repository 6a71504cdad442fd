// SPDX-License-Identifier: Apache-2.0
// argo submit: workflows from files, or from what the server has.
#include "base/text.h"
#include "cli/submit_flags.h"
#include "cli/watching.h"

namespace wf::cli {
namespace {

constexpr const char* kScheduledTime = "workflows.argoproj.io/scheduled-time";

struct Submission {
  Connection connection;
  SubmitFlags submit;
  FollowFlags follow;
  OutputFlags output;
  bool strict = true;
  std::optional<int64_t> priority;
  std::string from, scheduled_time;
};

// What does not go together.
Result<void> check(const Submission& s, size_t workflows) {
  const auto& options = s.submit.options;
  const auto clash = [](const char* a, const char* b) { return Error(cat(a, " cannot be combined with ", b)); };
  if (s.follow.watch) {
    if (workflows > 1) return Error("cannot watch more than one workflow");
    if (s.follow.wait) return clash("--wait", "--watch");
    if (options.dry_run) return clash("--watch", "--dry-run");
    if (options.server_dry_run) return clash("--watch", "--server-dry-run");
  }
  if (s.follow.wait && options.dry_run) return clash("--wait", "--dry-run");
  if (s.follow.wait && options.server_dry_run) return clash("--wait", "--server-dry-run");
  if (options.dry_run && s.output.output.empty()) return Error("--dry-run should have an output option");
  if (options.dry_run && options.server_dry_run) return clash("--dry-run", "--server-dry-run");
  if (options.server_dry_run && s.output.output.empty()) return Error("--server-dry-run should have an output option");
  return {};
}

Result<void> set_scheduled_time(Submission& s) {
  if (s.scheduled_time.empty()) return {};
  if (!parse_rfc3339(s.scheduled_time).ok()) {
    return Error("scheduled-time contains invalid time.RFC3339 format. (e.g.: `2006-01-02T15:04:05-07:00`)");
  }
  s.submit.options.annotations = cat(kScheduledTime, "=", s.scheduled_time);
  return {};
}

Result<json::Value> create(Client& client, const Submission& s, json::Value workflow) {
  if (workflow["metadata"]["namespace"].as_string().empty()) workflow.at("metadata").set("namespace", s.connection.ns());
  TRY(workflow, engine::with_submit_options(workflow, s.submit.options));
  if (s.priority) workflow.at("spec").set("priority", *s.priority);
  const std::string ns(workflow["metadata"]["namespace"].as_string());
  json::Value create_options = json::Value::object();
  if (s.submit.options.dry_run) create_options.set("dryRun", json::Value::array({"All"}));
  auto made = client.post(path("workflows", ns), json::Value::object({{"namespace", ns},
                                                                      {"workflow", std::move(workflow)},
                                                                      {"serverDryRun", s.submit.options.server_dry_run},
                                                                      {"createOptions", std::move(create_options)}}));
  if (!made.ok()) return std::move(made.error()).wrap("failed to submit workflow");
  return made;
}

// Those of the files, in order; printed as they are made. Gives their names.
Result<std::vector<Named>> submit_files(Client& client, const Submission& s, std::vector<json::Value> workflows) {
  std::vector<Named> made;
  for (json::Value& workflow : workflows) {
    TRY(const json::Value created, create(client, s, std::move(workflow)));
    TRY_DO(print_workflow(created, s.output));
    made.push_back({std::string(created["metadata"]["namespace"].as_string()), std::string(created["metadata"]["name"].as_string())});
  }
  return made;
}

Result<std::vector<Named>> submit_from(Client& client, const Submission& s) {
  const size_t slash = s.from.find('/');
  if (slash == std::string::npos) {
    return Error(cat("resource identifier '", s.from, "' is malformed. Should be `kind/name`, e.g. cronwf/hello-world-cwf"));
  }
  const std::string& ns = s.connection.ns();
  json::Value options = s.submit.to_json();
  if (s.priority) options.set("priority", *s.priority);
  auto made = client.post(path("workflows", ns, "submit"), json::Value::object({{"namespace", ns},
                                                                                {"resourceKind", s.from.substr(0, slash)},
                                                                                {"resourceName", s.from.substr(slash + 1)},
                                                                                {"submitOptions", std::move(options)}}));
  if (!made.ok()) return std::move(made.error()).wrap("failed to submit workflow");
  TRY_DO(print_workflow(*made, s.output));
  return std::vector<Named>{{ns, std::string((*made)["metadata"]["name"].as_string())}};
}

Result<int> run(Submission& s, const std::vector<std::string>& paths) {
  TRY_DO(s.submit.complete());
  TRY_DO(set_scheduled_time(s));
  // Files first: a mistake in them must not start an engine.
  std::vector<json::Value> workflows;
  if (s.from.empty()) {
    TRY(const std::vector<Given> files, read_given(paths));
    TRY(workflows, objects_of_kind(files, "Workflow", s.strict));
  }
  TRY_DO(check(s, s.from.empty() ? workflows.size() : 1));
  if (s.from.empty() && workflows.empty()) return Error("no workflow found in given files");
  TRY(Client client, Client::connect(s.connection));
  TRY(const std::vector<Named> made, s.from.empty() ? submit_files(client, s, std::move(workflows)) : submit_from(client, s));
  int status = 0;
  std::vector<std::string> names;
  for (size_t i = 0; i < made.size(); ++i) {
    names.push_back(made[i].name);
    // Those of one namespace are followed together.
    if (i + 1 < made.size() && made[i + 1].ns == made[i].ns) continue;
    status = std::max(status, s.follow.follow(client, made[i].ns, names, s.output));
    names.clear();
  }
  return status;
}

}  // namespace

int submit(Arguments arguments) {
  Submission s;
  Flags flags("submit [FILE... | --from kind/name] [flags]", "submit a workflow");
  flags.example("  argo submit my-wf.yaml                    # a file, several, a folder, a URL\n  argo submit --watch my-wf.yaml\n"
                "  argo submit my-wf.yaml -p message=hello --wait\n  argo submit --from cronwf/my-cron-wf\n  cat my-wf.yaml | argo submit -");
  s.submit.declare(flags, true);
  s.output.declare_output(flags);
  s.output.declare_screen(flags);
  s.output.declare_nodes(flags);
  s.follow.declare(flags);
  flags.flag("--strict", s.strict, "perform strict workflow validation");
  flags.number("--priority", s.priority, "workflow priority");
  flags.text("--from", s.from, "Submit from an existing kind/name E.g., --from=cronwf/hello-world-cwf");
  flags.text("--scheduled-time", s.scheduled_time, "Override the workflow's scheduledTime parameter (useful for backfilling). The time must be RFC3339");
  s.connection.declare(flags);
  if (const auto done = flags.parse(arguments)) return *done;
  if (!s.from.empty() && !flags.operands().empty()) return fail("cannot combine --from with file arguments");
  const auto status = run(s, flags.operands());
  return status.ok() ? *status : fail(status.error());
}

}  // namespace wf::cli
