// SPDX-License-Identifier: Apache-2.0
// validate/detail/validator.h: the walk from the entrypoint through all templates that it reaches
// (VAL-1 to VAL-5). A template is looked at in full at its first visit only, so that recursion ends
// and the cost stays linear; later visits check the arguments given.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "validate/detail/checks.h"
#include "validate/validate.h"

namespace wf::validate::detail {

// An object that templates are looked up in by name.
class Base {
 public:
  enum class SpecAt { Spec, WorkflowSpec };  // spec, or spec.workflowSpec (cron)
  Base(spec::Scope scope, json::Value object, SpecAt place = SpecAt::Spec);
  Base(const Base&) = delete;  // its places point into it
  Base& operator=(const Base&) = delete;

  const spec::Scope& scope() const { return scope_; }
  const json::Value& spec() const { return *spec_; }
  // The template's index in the spec, or nothing.
  std::optional<size_t> find(std::string_view name) const;
  // A template of the status (TPL-2), or null.
  const json::Value* stored(std::string_view name) const;
  const At& at() const { return inner_ ? inner_at_ : spec_at_; }  // of the spec
  const At& templates_at() const { return templates_at_; }

 private:
  spec::Scope scope_;
  json::Value object_;
  bool inner_;  // the spec is a cron workflow's workflowSpec
  const json::Value* spec_;
  std::unordered_map<std::string_view, size_t> templates_;
  At root_at_, spec_at_, inner_at_, templates_at_;
};

// Arguments that a holder gives; without a value: whatever is asked for.
using Supplied = const json::Value*;

class Validator {
 public:
  Validator(const Lookup& lookup, bool template_validation)
      : lookup_(lookup), template_validation_(template_validation) {}

  enum class Outcome { Known, Dynamic, Wrong };
  struct Resolved {
    Outcome outcome;
    json::Value tmpl;  // Known only
  };
  // The template that `holder` (a step or task, at `at`) names in `base`, checked.
  Resolved check_holder(const json::Value& holder, const At& at, const Base& base,
                        Supplied supplied, const Chain& chain);

  // What a workflowTemplateRef or templateRef names. Its error is what users see.
  Result<const Base*> find_base(std::string_view name, bool cluster);

  Report report;
  Placeholders placeholders;
  Globals globals;

 private:
  struct Found {
    json::Value tmpl;
    const Base* base;
    At at;
  };
  // Nothing where it was reported, or can't be known (`dynamic`).
  std::optional<Found> find_template(const json::Value& holder, const At& at, const Base& base,
                                     const Chain& chain, bool& dynamic);
  std::optional<Found> find_by_name(std::string_view name, const At& at, const Base& base,
                                    const Chain& chain);
  std::optional<Found> find_by_ref(const json::Value& ref, const At& ref_at, const Chain& chain,
                                   bool& dynamic);
  bool check_ref(const json::Value& ref, const At& ref_at, const Chain& chain, bool has_name,
                 bool& dynamic);

  void check_template(const Found& found, const At& holder_at, Supplied supplied,
                      const Chain& chain);
  void check_first_visit(const Site& site, const Found& found, const json::Value& tmpl,
                         Variables& variables);
  void check_before_arguments(const Site& site, const json::Value& tmpl, Variables& variables);
  void check_inputs(const Site& site, const json::Value& tmpl, Variables& variables);
  void check_timeouts(const Site& site, const json::Value& tmpl);
  // The template with its arguments in its inputs; nothing where some lack, which is reported.
  std::optional<json::Value> bind(const Site& site, const json::Value& tmpl, const At& holder_at,
                                  Supplied supplied);
  // All known variables replaced.
  Result<json::Value> substitute(const json::Value& tmpl);
  void check_steps(const Site& site, const json::Value& tmpl, const Base& base,
                   Variables& variables);
  void check_step(const Site& site, const json::Value& step, const At& at, size_t group,
                  const Base& base, Variables& variables);
  void check_dag(const Site& site, const json::Value& tmpl, const Base& base, Variables& variables);

  friend class DagCheck;
  const Lookup& lookup_;
  bool template_validation_;
  std::map<std::pair<bool, std::string>, std::unique_ptr<Base>> bases_;
  std::unordered_set<std::string> visited_;  // by scope and name
};

// Items of a loop as variables (VAL-30); reports `<prefix> only one of …`.
void add_items(Report& report, const Chain& chain, const At& at, const json::Value& holder,
               std::string_view prefix, const std::function<void(std::string)>& add,
               bool& any_item);
// VAL-34 of templates that call others.
void check_not_leaf_only(const Site& site, const json::Value& tmpl);
bool has_items(const json::Value& holder);  // withItems or withParam
bool has_exit_hook(const json::Value& holder);
// The inputs of an inline template, as variables.
void add_inline_inputs(const json::Value& holder, Extra& extra);

}  // namespace wf::validate::detail
