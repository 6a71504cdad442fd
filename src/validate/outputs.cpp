// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "base/text.h"
#include "spec/names.h"
#include "spec/template.h"
#include "validate/detail/checks.h"

namespace wf::validate::detail {
namespace {

using json::Value;
using spec::TemplateType;

bool set(const Value& value, std::string_view field) { return !value[field].as_string().empty(); }

void check_global_name(const Site& site, const At& at, const Value& output,
                       std::string_view prefix) {
  const std::string_view name = output["globalName"].as_string();
  if (name.empty() || holds_parameter(name)) return;
  const auto problems = spec::parameter_name_problems(name);
  const At name_at = at.in("globalName");
  if (!problems.empty())
    site.report.add(site.chain, name_at, cat(prefix, ".globalName: ", problems[0]));
}

void check_artifact(const Site& site, const At& at, const Value& artifact, TemplateType type) {
  const std::string where =
      cat("templates.", site.name, ".outputs.artifacts.", artifact["name"].as_string());
  if (is_leaf(type)) {
    const std::string problem = path_problem(artifact);
    if (!problem.empty()) site.report.add(site.chain, at, cat("error in ", where, ": ", problem));
  } else if (set(artifact, "path")) {
    const At path_at = at.in("path");
    site.report.add(site.chain, path_at,
                    cat(where, ".path only valid in container/script templates"));
  }
  check_global_name(site, at, artifact, where);
}

// Exactly one source of a value.
bool check_source(const Site& site, const At& at, const Value& parameter,
                  const std::string& where) {
  const Value *from = parameter.find("valueFrom"), *value = parameter.find("value");
  const auto wrong = [&](std::string text) {
    site.report.add(site.chain, at, text);
    return false;
  };
  if (from != nullptr && value != nullptr)
    return wrong(cat(where, " has both valueFrom and value specified, choose one"));
  if (value != nullptr) return true;
  if (from == nullptr) return wrong(cat(where, " does not have valueFrom or value specified"));
  int sources = from->has("supplied") ? 1 : 0;
  for (const char* field : {"path", "jqFilter", "jsonPath", "parameter", "expression"})
    sources += set(*from, field) ? 1 : 0;
  if (sources == 0)
    return wrong(
        "valueFrom type unspecified. choose one of: path, jqFilter, jsonPath, parameter, raw, "
        "expression");
  if (sources > 1)
    return wrong(
        "multiple valueFrom types specified. choose one of: path, jqFilter, jsonPath, parameter, "
        "raw");
  return true;
}

// The source that the template's type can give.
void check_source_type(const Site& site, const At& at, const Value& from, TemplateType type,
                       const std::string& where) {
  const std::string_view name = spec::name_of(type);
  switch (type) {
    case TemplateType::Container:
    case TemplateType::ContainerSet:
    case TemplateType::Script:
      if (!set(from, "path"))
        site.report.add(site.chain, at,
                        cat(where, ".path must be specified for ", name, " templates"));
      break;
    case TemplateType::Resource:
      if (!set(from, "jqFilter") && !set(from, "jsonPath")) {
        site.report.add(
            site.chain, at,
            cat(where, " .jqFilter or jsonPath must be specified for ", name, " templates"));
      }
      break;
    case TemplateType::Dag:
    case TemplateType::Steps:
      if (!set(from, "parameter") && !set(from, "expression")) {
        site.report.add(
            site.chain, at,
            cat(where, ".parameter or expression must be specified for ", name, " templates"));
      } else if (set(from, "parameter") && set(from, "expression")) {
        site.report.add(
            site.chain, at,
            cat(where, " shouldn't have both `from` and `expression` specified in `ValueFrom` for ",
                name, " templates"));
      }
      break;
    default:
      break;
  }
}

// [a-zA-Z_][a-zA-Z0-9_]*
bool valid_metric_name(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  for (const char c : name) {
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'))
      return false;
  }
  return true;
}

std::string metric_value_problem(const Value& metric) {
  for (const char* kind : {"gauge", "counter", "histogram"}) {
    const Value* body = metric.find(kind);
    if (body == nullptr) continue;
    if (!set(*body, "value")) return cat("missing ", kind, ".value");
    const bool real_time = std::string_view(kind) == "gauge" && (*body)["realtime"].as_bool();
    if (real_time &&
        (*body)["value"].as_string().find("resourcesDuration.") != std::string_view::npos) {
      return "'resourcesDuration.*' metrics cannot be used in real-time";
    }
  }
  return "";
}

}  // namespace

void check_outputs(const Site& site, const Value& tmpl) {
  const TemplateType type = spec::template_type(tmpl);
  const At outputs_at = site.at.in("outputs");
  const At artifacts_at = outputs_at.in("artifacts"), parameters_at = outputs_at.in("parameters");
  size_t index = 0;
  for (const Value& artifact : tmpl["outputs"]["artifacts"].items()) {
    const At at = artifacts_at.item(index++);
    check_artifact(site, at, artifact, type);
  }
  index = 0;
  for (const Value& parameter : tmpl["outputs"]["parameters"].items()) {
    const At at = parameters_at.item(index++);
    const std::string where =
        cat("templates.", site.name, ".outputs.parameters.", parameter["name"].as_string());
    const Value* from = parameter.find("valueFrom");
    if (check_source(site, at, parameter, where) && from != nullptr)
      check_source_type(site, at, *from, type, where);
    check_global_name(site, at, parameter, where);
  }
}

void check_metrics(const Site& site, const Value& tmpl) {
  const At metrics_at = site.at.in("metrics"), list_at = metrics_at.in("prometheus");
  size_t index = 0;
  for (const Value& metric : tmpl["metrics"]["prometheus"].items()) {
    const At at = list_at.item(index++);
    const std::string_view name = metric["name"].as_string();
    const std::string start = cat("templates.", site.name, " metric ");
    if (!valid_metric_name(name)) {
      site.report.add(
          site.chain, at,
          cat(start, "name '", name,
              "' is invalid. Metric names must contain alphanumeric characters or '_'"));
    }
    for (const Value& label : metric["labels"].items()) {
      const std::string_view key = label["key"].as_string();
      if (!valid_metric_name(key)) {
        site.report.add(site.chain, at,
                        cat("metric label '", key,
                            "' is invalid: keys may only contain alphanumeric characters or '_'"));
      }
    }
    if (!set(metric, "help"))
      site.report.add(site.chain, at,
                      cat(start, "'", name, "' must contain a help string under 'help: ' field"));
    const std::string problem = metric_value_problem(metric);
    if (!problem.empty())
      site.report.add(site.chain, at, cat(start, "'", name, "' error: ", problem));
  }
}

void check_variables(Report& report, const Chain& chain, const At& at, const Value& document,
                     std::string_view prefix, const Variables& variables, const Extra& extra,
                     bool template_validation) {
  const auto tags = unresolved(document, variables, extra, template_validation);
  if (!tags.ok()) {
    report.add(chain, at, cat(prefix, tags.error().message()));
    return;
  }
  for (const std::string& tag : *tags) {
    auto names = variables.names();
    names.insert(names.end(), extra.names.begin(), extra.names.end());
    const std::string meant = nearest(trim(tag), names);
    report.add(chain, at, cat(prefix, "failed to resolve {{", tag, "}}"),
               meant.empty() ? "" : cat("did you mean {{", meant, "}}?"),
               place_of_tag(document, tag));
  }
}

}  // namespace wf::validate::detail
