// SPDX-License-Identifier: Apache-2.0
// engine/detail/templates.h: the template that a step, task or hook means, taken apart once and used
// for every node (rules TPL).
#pragma once
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "base/result.h"
#include "engine/world.h"
#include "expr/template.h"
#include "json/value.h"
#include "spec/template.h"

namespace wf::engine {

struct StepsPlan;  // detail/plans.h
struct DagPlan;

// A template as it is written, ready to be instantiated.
struct Compiled {
  json::Value tmpl;                // with templateDefaults and podMetadata merged in
  std::string name;
  spec::TemplateType type = spec::TemplateType::Unknown;
  std::string text;                // JSON
  expr::Template body;             // of the template without its inputs
  bool inputs_have_tags = false;
  bool nested_tags = false;        // a tag inside a tag: resolved one level a pass (SUB-6)
  bool changing = false;           // mentions variables whose values change while it runs
  bool needs_end = false;          // something happens when its nodes end: locks, metrics
  // Plans of the template as it is: used by nodes whose processed template is the same text.
  mutable std::shared_ptr<const StepsPlan> steps;
  mutable std::shared_ptr<const DagPlan> dag;
  // OUT-15: the steps or tasks of this template whose result its text mentions.
  std::unordered_set<std::string> results_used;
};

struct Resolved {
  std::shared_ptr<const Compiled> compiled;
  spec::Scope scope;   // in which the template's own names are looked up
};

class Templates {
 public:
  Templates(World& world, std::string ns) : world_(world), ns_(std::move(ns)) {}

  // The source of local names: the effective spec's templates, and what status stored before.
  // `local_name` is the name in the local scope: "" for a workflow with workflowTemplateRef (NOD-8).
  void set_spec(json::Value spec, std::string local_name);
  json::Value& stored() { return stored_; }           // status.storedTemplates
  const json::Value& stored() const { return stored_; }
  bool take_stored_changed() { return std::exchange(stored_changed_, false); }

  spec::Scope local() const { return {spec::Scope::Kind::Local, local_name_}; }
  // Errors are Argo's texts (TPL-2, TPL-3, TPL-7).
  Result<Resolved> resolve(const spec::Scope& caller, const json::Value& holder);
  Result<Resolved> resolve(const spec::Scope& caller, const spec::TemplateHolder& holder);

 private:
  Result<json::Value> find(const spec::Scope& caller, const spec::TemplateHolder& holder) const;
  Result<json::Value> find_by_name(const spec::Scope& caller, std::string_view name) const;
  Result<json::Value> find_by_ref(const json::Value& ref) const;
  Result<std::shared_ptr<const Compiled>> compile(json::Value tmpl);
  void store_inline(const spec::Scope& scope, const json::Value& tmpl);
  void store(const std::string& key, const json::Value& tmpl);

  World& world_;
  std::string ns_;
  json::Value spec_;
  std::string local_name_;
  json::Value stored_;
  bool stored_changed_ = false;
  std::unordered_map<std::string, Resolved> resolved_;
  std::unordered_map<std::string, std::shared_ptr<const Compiled>> inlined_;
};

}  // namespace wf::engine
