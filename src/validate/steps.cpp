// SPDX-License-Identifier: Apache-2.0
// The steps of a template, in order: each sees what the ones listed before it give (VAL-10,
// VAL-18).
#include "base/text.h"
#include "spec/names.h"
#include "validate/detail/validator.h"

namespace wf::validate::detail {

using json::Value;

namespace {

void check_step_name(const Site& site, const At& at, std::string_view name, size_t group,
                     std::set<std::string>& names) {
  const std::string start = cat("templates.", site.name, ".steps[", group, "].name");
  const At name_at = at.in("name");
  if (name.empty()) {
    site.report.add(site.chain, at, cat(start, " is required"));
    return;
  }
  if (!names.insert(std::string(name)).second) {
    site.report.add(site.chain, name_at, cat(start, " '", name, "' is not unique"));
    return;
  }
  const auto problems = spec::field_name_problems(Placeholders::without(name));
  if (!problems.empty())
    site.report.add(site.chain, name_at,
                    cat(start, " '", name, "' is invalid: ", join(problems, ";")));
}

}  // namespace

void check_not_leaf_only(const Site& site, const Value& tmpl) {
  if (!tmpl.has("activeDeadlineSeconds")) return;
  const At at = site.at.in("activeDeadlineSeconds");
  site.report.add(
      site.chain, at,
      cat("templates.", site.name, ".activeDeadlineSeconds is only valid for leaf templates"));
}

void Validator::check_steps(const Site& site, const Value& tmpl, const Base& base,
                            Variables& variables) {
  check_not_leaf_only(site, tmpl);
  std::set<std::string> names;
  const At groups_at = site.at.in("steps");
  size_t group = 0;
  for (const Value& steps : tmpl["steps"].items()) {
    const At group_at = groups_at.item(group);
    size_t index = 0;
    for (const Value& step : steps.items()) {
      const At at = group_at.item(index++);
      check_step_name(site, at, step["name"].as_string(), group, names);
      check_step(site, step, at, group, base, variables);
    }
    ++group;
  }
}

void Validator::check_step(const Site& site, const Value& step, const At& at, size_t group,
                           const Base& base, Variables& variables) {
  const std::string_view name = step["name"].as_string();
  const std::string who = cat("templates.", site.name, ".steps[", group, "].", name);
  const Chain chain{&site.chain, cat(who, " ")};
  variables.node("steps", name).status = true;
  add_items(
      report, site.chain, at, step, chain.text,
      [&](std::string item) { variables.add(std::move(item)); }, variables.any_item);
  const At arguments_at = at.in("arguments");
  check_arguments(report, site.chain, arguments_at, step["arguments"], cat(who, ".arguments."),
                  false);
  const Resolved resolved = check_holder(step, at, base, nullptr, chain);
  if (resolved.outcome == Outcome::Wrong) variables.node("steps", name).anything = true;
  if (has_exit_hook(step)) variables.add_outputs("steps", name, resolved.tmpl, false, placeholders);
  const At hooks_at = at.in("hooks");
  check_hooks(report, site.chain, hooks_at, step["hooks"], who);

  Extra extra;
  add_inline_inputs(step, extra);
  check_variables(report, site.chain, at, step, cat("templates.", site.name, ".steps "), variables,
                  extra, template_validation_);
  variables.add_outputs("steps", name, resolved.tmpl, has_items(step), placeholders);
  // Again with the arguments that the step gives.
  check_holder(step, at, base, &step["arguments"], chain);
}

}  // namespace wf::validate::detail
