// SPDX-License-Identifier: Apache-2.0
// engine/submit.h: workflows as users submit them: the options of `argo submit` laid over an object,
// and objects made from templates and cron workflows. Pure: objects are decoded documents
// (spec/codec.h), times come in as arguments, errors are Argo's texts. Checking and storing is the
// caller's (SBM-5, SBM-6). Called by the API server, the CLI and event bindings. Rules SBM.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "json/value.h"

namespace wf::engine {

// SBM-1. Empty ones change nothing.
struct SubmitOptions {
  std::string name;
  std::string generate_name;
  std::string entrypoint;
  std::string service_account;
  std::string pod_priority_class_name;
  std::optional<int32_t> priority;
  std::string labels;       // "NAME=VALUE,NAME=VALUE"
  std::string annotations;  // likewise
  std::vector<std::string> parameters;  // "NAME=VALUE"
  std::vector<std::string> artifacts;   // "NAME=KEY"
  json::Value owner_reference;          // added to those there are; Null: none
  bool dry_run = false;
  bool server_dry_run = false;
};
// Of the API's SubmitOpts.
SubmitOptions submit_options_from(const json::Value& document);

// The workflow with the options in it (SBM-1 to SBM-4).
Result<json::Value> with_submit_options(const json::Value& workflow, const SubmitOptions& options);

// "NAME=VALUE" for each entry of a parameter file, YAML or JSON, in the file's order (SBM-10).
Result<std::vector<std::string>> parameters_of_file(std::string_view text);

// What a workflow may be submitted from, by any of its names ("cronwf", "WorkflowTemplate" …).
// `Resource kind 'x' is not supported for submitting`.
enum class SubmitSource { CronWorkflow, WorkflowTemplate, ClusterWorkflowTemplate };
Result<SubmitSource> submit_source_from(std::string_view kind);

// SBM-7. `source` is not CronWorkflow; the template is referred to, not copied.
json::Value workflow_from_template(SubmitSource source, std::string_view name);
json::Value workflow_from_cron(const json::Value& cron_workflow, Time now);
// A scheduled run (CRN-5): it has that name instead of a generated one, and the creator's labels.
json::Value workflow_of_schedule(const json::Value& cron_workflow, std::string_view name, Time scheduled);

// Artifact options for a workflow that refers to a template: those of the template's arguments, with
// their new keys, as arguments of the workflow; each option must name one (SBM-3). Artifacts without
// a location get `repository` first (resolved; Null: none).
Result<json::Value> with_template_artifacts(const json::Value& workflow, const json::Value& template_spec,
                                            const std::vector<std::string>& artifacts, const json::Value& repository);

// Who asked, as authenticated; nothing where nobody is known (SBM-8).
struct User {
  std::string subject;
  std::string email;
  std::string preferred_username;
};
// The creator's labels of a new object: set, or taken away where not known.
void label_creator(json::Value& object, const std::optional<User>& user);
// The same for the one who changed it, and how: Update, Suspend, Stop, Terminate, Resume, Retry (SBM-9).
void label_actor(json::Value& object, const std::optional<User>& user, std::string_view action);
// What a label's value may be made of some text.
std::string as_label_value(std::string_view text);

}  // namespace wf::engine
