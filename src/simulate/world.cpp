// SPDX-License-Identifier: Apache-2.0
#include "simulate/world.h"

#include "base/text.h"
#include "engine/memo.h"
#if __has_include("validate/validate.h")
#include "validate/validate.h"
#define HAVE_VALIDATE
#endif

namespace wf::simulate {

using json::Value;

namespace {

bool cluster_wide(std::string_view kind) { return kind == "ClusterWorkflowTemplate" || kind == "Namespace"; }

#ifdef HAVE_VALIDATE
class Templates final : public validate::Lookup {
 public:
  Templates(const SimulatedWorld& world, std::string ns) : world_(world), ns_(std::move(ns)) {}
  Result<Value> workflow_template(std::string_view name) const override {
    Value found = world_.find("WorkflowTemplate", ns_, name);
    if (found.is_null()) return Error(cat("workflowtemplates.argoproj.io \"", name, "\" not found"), Code::NotFound);
    return found;
  }
  Result<Value> cluster_workflow_template(std::string_view name) const override {
    Value found = world_.find("ClusterWorkflowTemplate", "", name);
    if (found.is_null()) return Error(cat("clusterworkflowtemplates.argoproj.io \"", name, "\" not found"), Code::NotFound);
    return found;
  }

 private:
  const SimulatedWorld& world_;
  std::string ns_;
};
#endif

}  // namespace

SimulatedWorld::SimulatedWorld(config::ControllerConfig config) {
  controller_.config = std::move(config);
  controller_.flags.ns = "argo";
  controller_.flags.executor_log_level = "warn";
  controller_.lookups.token_secret = [this](std::string_view account) -> Result<std::string> {
    for (const auto& [key, object] : objects_) {
      if (std::get<0>(key) == "ServiceAccount" && std::get<2>(key) == account) return podspec::token_secret_name(object);
    }
    return Error(cat("serviceaccounts \"", account, "\" not found"), Code::NotFound);
  };
}

void SimulatedWorld::accept_any_image() {
  controller_.lookups.image = [](std::string_view) -> Result<podspec::ImageCommand> { return podspec::ImageCommand{{}, {"/bin/sh"}}; };
}

void SimulatedWorld::put(Value object, const std::string& ns) {
  const std::string kind(object["kind"].as_string());
  const std::string name(object["metadata"]["name"].as_string());
  const std::string_view own = object["metadata"]["namespace"].as_string();
  const std::string where = cluster_wide(kind) ? "" : own.empty() ? ns : std::string(own);
  objects_[{kind, where, name}] = std::move(object);
}

void SimulatedWorld::remove(std::string_view kind, std::string_view ns, std::string_view name) {
  objects_.erase({std::string(kind), cluster_wide(kind) ? "" : std::string(ns), std::string(name)});
}

Value SimulatedWorld::find(std::string_view kind, std::string_view ns, std::string_view name) const {
  const auto at = objects_.find({std::string(kind), std::string(ns), std::string(name)});
  return at == objects_.end() ? Value() : at->second;
}

Result<std::optional<engine::MemoEntry>> SimulatedWorld::load_memo(std::string_view cache, std::string_view key) {
  return engine::memo_entry(find("ConfigMap", controller_.flags.ns, cache), key);
}

Result<void> SimulatedWorld::save_memo(std::string_view cache, std::string_view key, const engine::MemoEntry& entry) {
  TRY(Value map, engine::with_memo_entry(find("ConfigMap", controller_.flags.ns, cache), controller_.flags.ns, cache, key, entry));
  put(std::move(map), controller_.flags.ns);
  return {};
}

Value SimulatedWorld::estimate_baseline(const Value&) const { return {}; }

std::string SimulatedWorld::validate(const Value& workflow) {
#ifndef HAVE_VALIDATE
  (void)workflow;
  return "";
#else
  const Templates templates(*this, std::string(workflow["metadata"]["namespace"].as_string()));
  validate::Options options;
  if (controller_.config.workflow_defaults().is_object()) options.defaults = &controller_.config.workflow_defaults();
  const auto problems = validate::workflow(workflow, templates, options);
  return problems.empty() ? "" : problems.front().message;
#endif
}

}  // namespace wf::simulate
