// SPDX-License-Identifier: Apache-2.0
// validate/detail/checks.h: the checks that need no other template: names, arguments, artifact
// locations, the bodies of leaf templates, outputs and metrics. Each reports what it finds.
#pragma once
#include <string>
#include <string_view>

#include "json/value.h"
#include "spec/template.h"
#include "validate/detail/report.h"
#include "validate/detail/variables.h"

namespace wf::validate::detail {

// Where a check of one template stands.
struct Site {
  Report& report;
  const Chain& chain;
  const At& at;           // of the template
  std::string_view name;  // of the template
};

// Whether a template of the type does work itself: a pod's or an agent's.
bool is_leaf(spec::TemplateType type);

enum class NameKind { Field, Parameter };
// That every item of a list has a valid name of its own (VAL-8, VAL-9). `prefix` stands before
// "[i]".
void check_names(Report& report, const Chain& chain, const At& list_at, const json::Value& list,
                 std::string_view prefix, NameKind kind);

// Names and values of arguments (VAL-23 to VAL-26). `prefix`: "spec.arguments.".
void check_arguments(Report& report, const Chain& chain, const At& at, const json::Value& arguments,
                     std::string_view prefix, bool may_lack_values);

void check_artifact_location(Report& report, const Chain& chain, const At& at,
                             const json::Value& location, std::string_view prefix);
// Why an artifact's path can't be used, or "".
std::string path_problem(const json::Value& artifact);

// VAL-14. `resources` may be Null.
void check_pod_resources(Report& report, const Chain& chain, const At& at,
                         const json::Value& resources, std::string_view prefix);
// VAL-37, HOK-5.
void check_hooks(Report& report, const Chain& chain, const At& at, const json::Value& hooks,
                 std::string_view prefix);

// The body of a container, script, resource … template with its arguments filled in (VAL-31 to
// VAL-34). `template_defaults`: of the object that holds it; Null where they do not count.
void check_leaf_body(const Site& site, const json::Value& tmpl,
                     const json::Value& template_defaults);
// VAL-35, but for variables.
void check_outputs(const Site& site, const json::Value& tmpl);
// VAL-36.
void check_metrics(const Site& site, const json::Value& tmpl);

// Every tag of `document` that names nothing: "<prefix>failed to resolve {{…}}" (VAL-17).
void check_variables(Report& report, const Chain& chain, const At& at, const json::Value& document,
                     std::string_view prefix, const Variables& variables, const Extra& extra,
                     bool template_validation);

}  // namespace wf::validate::detail
