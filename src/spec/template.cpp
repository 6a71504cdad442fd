// SPDX-License-Identifier: Apache-2.0
#include "spec/template.h"

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace wf::spec {
namespace {

struct TypeRow {
  TemplateType type;
  std::string_view name;
  std::string_view field;
  std::string_view node;
  bool pod;
};

// In the order in which a template's fields decide its type (PHS-4).
constexpr TypeRow kTypes[] = {
    {TemplateType::Container, "Container", "container", "Pod", true},
    {TemplateType::ContainerSet, "ContainerSet", "containerSet", "Pod", true},
    {TemplateType::Steps, "Steps", "steps", "Steps", false},
    {TemplateType::Dag, "DAG", "dag", "DAG", false},
    {TemplateType::Script, "Script", "script", "Pod", true},
    {TemplateType::Resource, "Resource", "resource", "Pod", true},
    {TemplateType::Data, "Data", "data", "Pod", true},
    {TemplateType::Suspend, "Suspend", "suspend", "Suspend", false},
    {TemplateType::Http, "HTTP", "http", "HTTP", false},
    {TemplateType::Plugin, "Plugin", "plugin", "Plugin", false},
};
constexpr TypeRow kUnknown = {TemplateType::Unknown, "Unknown", "", "", false};

const TypeRow& row_of(TemplateType type) {
  for (const TypeRow& row : kTypes) {
    if (row.type == type) return row;
  }
  return kUnknown;
}

const json::Value* set_field(const json::Value& object, std::string_view field) {
  const json::Value* value = object.find(field);
  return value && !value->is_null() ? value : nullptr;
}

std::string_view prefix_of(Scope::Kind kind) {
  switch (kind) {
    case Scope::Kind::Local:
      return "local";
    case Scope::Kind::Namespaced:
      return "namespaced";
    case Scope::Kind::Cluster:
      return "cluster";
  }
  return "";
}

void add_missing(json::Value& tmpl, const json::Value& pod_metadata, std::string_view field) {
  for (const json::Member& member : pod_metadata[field].members()) {
    if (tmpl["metadata"][field].has(member.key())) continue;
    tmpl.at("metadata").at(field).set(member.key(), member.value);
  }
}

}  // namespace

std::string_view name_of(TemplateType type) { return row_of(type).name; }
std::string_view field_of(TemplateType type) { return row_of(type).field; }
bool runs_as_pod(TemplateType type) { return row_of(type).pod; }
std::string_view node_type(TemplateType type) { return row_of(type).node; }

TemplateType template_type(const json::Value& tmpl) {
  for (const TypeRow& row : kTypes) {
    if (set_field(tmpl, row.field)) return row.type;
  }
  return TemplateType::Unknown;
}

const json::Value* find_template(const json::Value& spec, std::string_view name) {
  for (const json::Value& tmpl : spec["templates"].items()) {
    if (tmpl["name"].as_string() == name) return &tmpl;
  }
  return nullptr;
}

const json::Value* find_template_in(const json::Value& object, std::string_view name) {
  if (const json::Value* own = find_template(object["spec"], name)) return own;
  const json::Value& status = object["status"];
  if (const json::Value* merged = find_template(status["storedWorkflowTemplateSpec"], name))
    return merged;
  const json::Member* first = nullptr;  // by key, so that equal names always give the same one
  for (const json::Member& stored : status["storedTemplates"].members()) {
    if (stored.value["name"].as_string() != name) continue;
    if (!first || stored.key() < first->key()) first = &stored;
  }
  return first ? &first->value : nullptr;
}

std::string Scope::text() const { return cat(prefix_of(kind), '/', name); }

Scope Scope::parse(std::string_view text) {
  if (text.empty()) return {};
  const auto parts = split(text, "/");
  // Nodes of old controllers have the bare name of a WorkflowTemplate.
  if (parts.size() == 1) return {Kind::Namespaced, std::string(parts[0])};
  for (const Kind kind : {Kind::Namespaced, Kind::Cluster}) {
    if (parts[0] == prefix_of(kind)) return {kind, std::string(parts[1])};
  }
  return {Kind::Local, std::string(parts[1])};
}

TemplateHolder holder_of(const json::Value& step_or_task) {
  return {step_or_task["name"].as_string(), set_field(step_or_task, "inline"),
          set_field(step_or_task, "templateRef"), step_or_task["template"].as_string()};
}

TemplateHolder holder_of_node(const json::Value& node) {
  return {{}, nullptr, set_field(node, "templateRef"), node["templateName"].as_string()};
}

Scope scope_of(const Scope& caller, const TemplateHolder& holder) {
  if (!holder.ref) return caller;
  const bool cluster = (*holder.ref)["clusterScope"].as_bool();
  return {cluster ? Scope::Kind::Cluster : Scope::Kind::Namespaced,
          std::string((*holder.ref)["name"].as_string())};
}

std::optional<std::string> stored_template_key(const Scope& caller, const TemplateHolder& holder) {
  if (holder.ref) {
    return cat(scope_of(caller, holder).text(), '/', (*holder.ref)["template"].as_string());
  }
  if (holder.inlined) return stored_inline_key(caller, holder.name);
  if (caller.kind == Scope::Kind::Local) return std::nullopt;
  return cat(caller.text(), '/', holder.template_name);
}

std::optional<std::string> stored_inline_key(const Scope& scope, std::string_view step_name) {
  if (scope.kind == Scope::Kind::Local) return std::nullopt;
  return cat(scope.text(), "/inline/", step_name);
}

json::Value with_pod_metadata(json::Value tmpl, const json::Value& pod_metadata) {
  add_missing(tmpl, pod_metadata, "annotations");
  add_missing(tmpl, pod_metadata, "labels");
  return tmpl;
}

}  // namespace wf::spec
