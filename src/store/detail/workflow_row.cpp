// SPDX-License-Identifier: Apache-2.0
#include "store/detail/workflow_row.h"

#include "json/text.h"
#include "store/detail/tables.h"
#include "store/kinds.h"

namespace wf::store::detail {
namespace {

// Fields of status that are as large as a spec and change as seldom.
constexpr std::string_view kStored[] = {"storedTemplates", "storedWorkflowTemplateSpec"};

std::string text_of(const json::Value& value) { return json::print(value, json::Escape::None); }

json::Value with_type() {
  return json::Value::object({{"apiVersion", find_kind(kWorkflow)->api_version}, {"kind", kWorkflow}});
}

bool has_own_column(std::string_view member) {
  return member == "apiVersion" || member == "kind" || member == "metadata" || member == "status";
}

}  // namespace

WorkflowRow to_row(const json::Value& workflow, WithSpec with_spec) {
  WorkflowRow row;
  const json::Value& metadata = workflow["metadata"];
  json::Value status = workflow["status"];
  const std::string_view started = status["startedAt"].as_string();
  row.started = started.empty() ? metadata["creationTimestamp"].as_string() : started;
  row.completed = is_completed(metadata);
  row.metadata = text_of(metadata);
  row.summary = text_of(summary_of(workflow));

  json::Value spec = json::Value::object();
  for (const std::string_view name : kStored) {
    if (!status.has(name)) continue;
    spec.set(name, status[name]);
    status.erase(name);
  }
  row.status = text_of(status);
  if (with_spec == WithSpec::No) return row;
  for (const json::Member& member : workflow.members()) {
    if (!has_own_column(member.key())) spec.set(member.key(), member.value);
  }
  row.spec = text_of(spec);
  return row;
}

Result<json::Value> summary_from(std::string_view metadata, std::string_view summary) {
  json::Value workflow = with_type();
  TRY(json::Value meta, json::parse(metadata));
  TRY(const json::Value rest, json::parse(summary));
  workflow.set("metadata", std::move(meta));
  for (const json::Member& member : rest.members()) workflow.set(member.key(), member.value);
  return workflow;
}

Result<json::Value> header_from(std::string_view metadata, std::string_view spec, std::string_view status) {
  json::Value workflow = with_type();
  TRY(json::Value meta, json::parse(metadata));
  TRY(json::Value fixed, json::parse(spec));
  TRY(json::Value changing, json::parse(status));
  for (const std::string_view name : kStored) {
    if (!fixed.has(name)) continue;
    changing.set(name, fixed[name]);
    fixed.erase(name);
  }
  workflow.set("metadata", std::move(meta));
  for (const json::Member& member : fixed.members()) workflow.set(member.key(), member.value);
  if (!changing.is_null()) workflow.set("status", std::move(changing));
  return workflow;
}

}  // namespace wf::store::detail
