// SPDX-License-Identifier: Apache-2.0
// One template: its inputs, its arguments, its body (VAL-11 to VAL-14).
#include "expr/template.h"

#include "base/text.h"
#include "json/text.h"
#include "spec/artifact_location.h"
#include "validate/detail/validator.h"

namespace wf::validate::detail {
namespace {

using json::Value;
using spec::TemplateType;

const Value* by_name(const Value& list, std::string_view name) {
  for (const Value& item : list.items()) {
    if (item["name"].as_string() == name) return &item;
  }
  return nullptr;
}

bool is_whole_number(std::string_view text) {
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) text.remove_prefix(1);
  return !text.empty() && text.size() < 19 &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

int types_of(const Value& tmpl) {
  int count = 0;
  for (const char* field : {"container", "containerSet", "steps", "script", "resource", "dag",
                            "suspend", "data", "http", "plugin"}) {
    count += tmpl.has(field) ? 1 : 0;
  }
  return count;
}

// The paths that a template itself gives to its artifacts and output parameters.
void add_paths(const Value& tmpl, const std::function<void(std::string, std::string_view)>& add) {
  for (const Value& artifact : tmpl["outputs"]["artifacts"].items()) {
    const std::string_view path = artifact["path"].as_string();
    if (!path.empty()) add(cat("outputs.artifacts.", artifact["name"].as_string(), ".path"), path);
  }
  for (const Value& parameter : tmpl["outputs"]["parameters"].items()) {
    const std::string_view path = parameter["valueFrom"]["path"].as_string();
    if (!path.empty())
      add(cat("outputs.parameters.", parameter["name"].as_string(), ".path"), path);
  }
}

}  // namespace

bool is_leaf(TemplateType type) {
  return type != TemplateType::Steps && type != TemplateType::Dag &&
         type != TemplateType::Suspend && type != TemplateType::Unknown;
}

void Validator::check_inputs(const Site& site, const Value& tmpl, Variables& variables) {
  const Value &parameters = tmpl["inputs"]["parameters"], &artifacts = tmpl["inputs"]["artifacts"];
  const At inputs_at = site.at.in("inputs"), parameters_at = inputs_at.in("parameters"),
           artifacts_at = inputs_at.in("artifacts");
  const std::string prefix = cat("templates.", site.name, ".inputs.");
  check_names(report, site.chain, parameters_at, parameters, cat(prefix, "parameters"),
              NameKind::Parameter);
  check_names(report, site.chain, artifacts_at, artifacts, cat(prefix, "artifacts"),
              NameKind::Parameter);
  for (const Value& parameter : parameters.items())
    variables.add(cat("inputs.parameters.", parameter["name"].as_string()));
  if (!parameters.empty()) variables.add("inputs.parameters");

  const bool leaf = is_leaf(spec::template_type(tmpl));
  size_t index = 0;
  for (const Value& artifact : artifacts.items()) {
    const At at = artifacts_at.item(index++);
    const std::string name = cat("inputs.artifacts.", artifact["name"].as_string());
    const std::string where = cat("templates.", site.name, ".", name);
    variables.add(name);
    const bool has_path = !artifact["path"].as_string().empty();
    if (leaf) {
      variables.add(cat(name, ".path"));
      const std::string problem = path_problem(artifact);
      if (!problem.empty()) report.add(site.chain, at, cat("error in ", where, ": ", problem));
    } else if (has_path) {
      const At path_at = at.in("path");
      report.add(site.chain, path_at, cat(where, ".path only valid in container/script templates"));
    }
    if (!artifact["from"].as_string().empty()) {
      const At from_at = at.in("from");
      report.add(site.chain, from_at, cat(where, ".from not valid in inputs"),
                 "give it where the template is called");
    }
    check_artifact_location(report, site.chain, at, artifact, where);
  }
}

// VAR-10, VAR-13 without values: what must be supplied and is not.
std::optional<Value> Validator::bind(const Site& site, const Value& tmpl, const At& holder_at,
                                     Supplied supplied) {
  Value bound = tmpl;
  bool whole = true;
  const auto lacks = [&](std::string_view what, std::string_view name) {
    whole = false;
    report.add(site.chain, holder_at,
               cat("templates.", site.name, " inputs.", what, ".", name, " was not supplied"));
  };
  const auto parameters = tmpl["inputs"]["parameters"].items();
  for (size_t i = 0; i < parameters.size(); ++i) {
    Value parameter = parameters[i];
    const std::string_view name = parameters[i]["name"].as_string();
    if (!parameter.has("value") && parameter.has("default"))
      parameter.set("value", parameter["default"]);
    const Value* argument =
        supplied == nullptr ? nullptr : by_name((*supplied)["parameters"], name);
    if (supplied == nullptr) {
      parameter.set("value", placeholders.next());
      parameter.erase("valueFrom");
    } else if (argument != nullptr) {
      for (const char* field : {"value", "valueFrom"}) parameter.erase(field);
      const char* field = argument->has("value") ? "value" : "valueFrom";
      if (argument->has(field)) parameter.set(field, (*argument)[field]);
    }
    if (!parameter["valueFrom"].has("configMapKeyRef") && !parameter.has("value"))
      lacks("parameters", name);
    bound.at("inputs").at("parameters").item(i) = std::move(parameter);
  }
  const auto artifacts = tmpl["inputs"]["artifacts"].items();
  for (size_t i = 0; i < artifacts.size(); ++i) {
    const Value& input = artifacts[i];
    const std::string_view name = input["name"].as_string();
    const Value* argument = supplied == nullptr ? nullptr : by_name((*supplied)["artifacts"], name);
    if (supplied != nullptr && argument == nullptr) {
      const bool own = spec::has_location_or_key(input) ||
                       !input["from"].as_string().empty();  // the latter is reported
      if (!input["optional"].as_bool() && !own) lacks("artifacts", name);
      continue;
    }
    Value artifact = argument != nullptr ? *argument : Value::object({{"name", name}});
    for (const char* field : {"path", "mode", "recurseMode"}) {
      artifact.erase(field);
      if (input.has(field)) artifact.set(field, input[field]);
    }
    bound.at("inputs").at("artifacts").item(i) = std::move(artifact);
  }
  if (!whole) return std::nullopt;
  return bound;
}

Result<Value> Validator::substitute(const Value& tmpl) {
  expr::MapScope locals;
  if (spec::runs_as_pod(spec::template_type(tmpl))) locals.set("pod.name", placeholders.next());
  if (tmpl.has("retryStrategy")) {
    for (const char* name : {"retries", "lastRetry.exitCode", "lastRetry.status",
                             "lastRetry.duration", "lastRetry.message"}) {
      locals.set(name, placeholders.next());
    }
  }
  // First globals and locals, since inputs may mention them; then the inputs.
  TRY(const Value first, expr::replace_tree(tmpl, expr::LayeredScope({&locals, &globals.values}),
                                            expr::Mode::lenient()));
  expr::MapScope inputs;
  for (const Value& parameter : first["inputs"]["parameters"].items()) {
    if (parameter.has("value"))
      inputs.set(cat("inputs.parameters.", parameter["name"].as_string()),
                 std::string(parameter["value"].as_string()));
  }
  inputs.set("inputs.parameters", json::print(first["inputs"]["parameters"]));
  for (const Value& artifact : first["inputs"]["artifacts"].items()) {
    const std::string_view path = artifact["path"].as_string();
    if (!path.empty())
      inputs.set(cat("inputs.artifacts.", artifact["name"].as_string(), ".path"),
                 std::string(path));
  }
  add_paths(first,
            [&](std::string name, std::string_view path) { inputs.set(name, std::string(path)); });
  return expr::replace_tree(first, expr::LayeredScope({&inputs, &locals, &globals.values}),
                            expr::Mode::lenient());
}

// VAL-13
void Validator::check_timeouts(const Site& site, const Value& tmpl) {
  const TemplateType type = spec::template_type(tmpl);
  if (!tmpl["resourceClaims"].empty() && !spec::runs_as_pod(type)) {
    const At at = site.at.in("resourceClaims");
    report.add(site.chain, at,
               cat("templates.", site.name, ".resourceClaims is not supported for ",
                   spec::name_of(type), " templates, which do not create a pod"));
  }
  const std::string_view timeout = tmpl["timeout"].as_string();
  const At timeout_at = site.at.in("timeout");
  if (!timeout.empty() && !is_leaf(type)) {
    report.add(site.chain, timeout_at,
               cat(spec::name_of(type), " template doesn't support timeout field"));
  } else if (is_whole_number(timeout)) {
    report.add(site.chain, timeout_at,
               cat(tmpl["name"].as_string(), " has invalid duration format in timeout"),
               cat("write it with a unit: ", timeout, "s"));
  }
  if (!tmpl["pendingTimeout"].as_string().empty() && !is_leaf(type)) {
    const At at = site.at.in("pendingTimeout");
    report.add(site.chain, at,
               cat(spec::name_of(type), " template doesn't support pendingTimeout field"));
  }
}

void Validator::check_template(const Found& found, const At& holder_at, Supplied supplied,
                               const Chain& chain) {
  const Value& tmpl = found.tmpl;
  const std::string_view name = tmpl["name"].as_string();
  const Site site{report, chain, found.at, name};
  const bool first = visited_.count(cat(found.base->scope().text(), " ", name)) == 0;
  if (!first && supplied == nullptr) return;  // nothing is new
  if (types_of(tmpl) > 1) {
    report.add(
        chain, found.at,
        cat("templates.", name,
            " multiple template types specified. choose one of: container, containerSet, steps, "
            "script, resource, dag, suspend, template, template ref"));
    return;
  }
  Variables variables(globals);
  if (first) check_before_arguments(site, tmpl, variables);
  const auto bound = bind(site, tmpl, holder_at, supplied);
  if (!bound) return;
  const bool needs_text = first || !tmpl["timeout"].as_string().empty();
  const auto ready = needs_text ? substitute(*bound) : Result<Value>(*bound);
  if (!ready.ok()) {
    report.add(chain, found.at, cat("templates.", name, " ", ready.error().message()));
    return;
  }
  check_timeouts(site, *ready);
  if (!first) return;
  visited_.insert(cat(found.base->scope().text(), " ", name));
  check_first_visit(site, found, *ready, variables);
}

void Validator::check_before_arguments(const Site& site, const Value& tmpl, Variables& variables) {
  const TemplateType type = spec::template_type(tmpl);
  if (const Value* resources = tmpl.find("podResources")) {
    const At at = site.at.in("podResources");
    const std::string prefix = cat("templates.", site.name, ".podResources");
    if (type == TemplateType::Http || type == TemplateType::Plugin) {
      report.add(site.chain, at,
                 cat(prefix, " is not supported for ", spec::name_of(type), " templates"));
    } else {
      check_pod_resources(report, site.chain, at, *resources, prefix);
    }
  }
  check_inputs(site, tmpl, variables);
  const At containers_at = site.at.in("initContainers");
  size_t index = 0;
  for (const Value& container : tmpl["initContainers"].items()) {
    const At at = containers_at.item(index++);
    if (container["name"].as_string().empty())
      report.add(site.chain, at, "initContainers must all have container name");
  }
  if (spec::runs_as_pod(type)) variables.add("pod.name");
  if (is_leaf(type)) {
    add_paths(tmpl,
              [&](const std::string& path_name, std::string_view) { variables.add(path_name); });
  }
}

void Validator::check_first_visit(const Site& site, const Found& found, const Value& tmpl,
                                  Variables& variables) {
  const TemplateType type = spec::template_type(tmpl);
  if (type == TemplateType::Steps) {
    check_steps(site, tmpl, *found.base, variables);
  } else if (type == TemplateType::Dag) {
    check_dag(site, tmpl, *found.base, variables);
  } else {
    check_variables(report, site.chain, site.at, tmpl, cat("templates.", site.name, ": "),
                    variables, {}, template_validation_);
    const bool cluster = found.base->scope().kind == spec::Scope::Kind::Cluster;
    check_leaf_body(site, tmpl, cluster ? Value() : found.base->spec()["templateDefaults"]);
  }
  const Value& outputs = tmpl["outputs"];
  const At outputs_at = site.at.in("outputs"), parameters_at = outputs_at.in("parameters"),
           artifacts_at = outputs_at.in("artifacts");
  const std::string prefix = cat("templates.", site.name, ".outputs");
  check_names(report, site.chain, parameters_at, outputs["parameters"], cat(prefix, ".parameters "),
              NameKind::Parameter);
  check_names(report, site.chain, artifacts_at, outputs["artifacts"], cat(prefix, ".artifacts "),
              NameKind::Parameter);
  check_variables(report, site.chain, outputs_at, outputs, cat(prefix, " "), variables, {},
                  template_validation_);
  check_outputs(site, tmpl);
  if (const Value* location = tmpl.find("archiveLocation")) {
    const At at = site.at.in("archiveLocation");
    check_artifact_location(report, site.chain, at, *location,
                            cat("templates.", site.name, ".archiveLocation"));
  }
  check_metrics(site, tmpl);
}

}  // namespace wf::validate::detail
