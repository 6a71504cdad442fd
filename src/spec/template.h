// SPDX-License-Identifier: Apache-2.0
// spec/template.h: finding templates and saying what they are. Templates, their holders (steps,
// tasks, hooks, nodes) and the objects that own templates are decoded documents (spec/codec.h).
// Pure; anybody may call. Source: rules PHS-4, NOD-8, TPL-1 to TPL-10.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/value.h"

namespace wf::spec {

enum class TemplateType {
  Unknown,
  Container,
  ContainerSet,
  Steps,
  Dag,
  Script,
  Resource,
  Data,
  Suspend,
  Http,
  Plugin,
};
// As Argo prints it: "Container", "DAG", "HTTP", "Unknown" …
std::string_view name_of(TemplateType type);
// The field of a template that holds it: "container", "dag"; "" of Unknown.
std::string_view field_of(TemplateType type);
// By the first of these fields that is set (an empty list of steps is set too).
TemplateType template_type(const json::Value& tmpl);
// Whether a template of the type runs as a pod of its own.
bool runs_as_pod(TemplateType type);
// Type of the node that a template gets, retries left aside: "Pod", "DAG", "Steps", "Suspend",
// "HTTP", "Plugin" or "".
std::string_view node_type(TemplateType type);

// The template of that name in a WorkflowSpec, or null. Points into `spec`.
const json::Value* find_template(const json::Value& spec, std::string_view name);
// In a whole object: a Workflow's own templates, then those of the spec that its status stores,
// then its stored templates by their names (TPL-2); other kinds have only their own.
const json::Value* find_template_in(const json::Value& object, std::string_view name);

// Where a name of a template is looked up (NOD-8).
struct Scope {
  enum class Kind { Local, Namespaced, Cluster };
  Kind kind = Kind::Local;
  std::string name;  // of the workflow or the template object

  std::string text() const;                   // "local/wf", "namespaced/tmpl", "cluster/tmpl"
  static Scope parse(std::string_view text);  // as a node's templateScope is read
  friend bool operator==(const Scope&, const Scope&) = default;
};

// The three ways in which a holder names its template (TPL-1). A null field is no reference.
struct TemplateHolder {
  std::string_view name;                 // the holder's own: of the step or task, "" of nodes
  const json::Value* inlined = nullptr;  // Template
  const json::Value* ref = nullptr;      // TemplateRef
  std::string_view template_name;
};
TemplateHolder holder_of(
    const json::Value& step_or_task);  // fields name, inline, templateRef, template
TemplateHolder holder_of_node(const json::Value& node);  // fields templateRef, templateName

// Scope in which what the holder refers to resolves its own names.
Scope scope_of(const Scope& caller, const TemplateHolder& holder);
// Key in status.storedTemplates, or nothing where the template isn't stored (TPL-4).
std::optional<std::string> stored_template_key(const Scope& caller, const TemplateHolder& holder);
// Key of an inline template of `step_name` inside an object of another scope than Local.
std::optional<std::string> stored_inline_key(const Scope& scope, std::string_view step_name);

// The template with labels and annotations of `pod_metadata` (spec.podMetadata of the object it was
// found in) that its own metadata lacks (TPL-6).
json::Value with_pod_metadata(json::Value tmpl, const json::Value& pod_metadata);

}  // namespace wf::spec
