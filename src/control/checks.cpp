// SPDX-License-Identifier: Apache-2.0
#include "control/checks.h"

#include "base/text.h"
#include "store/kinds.h"
#include "validate/validate.h"

namespace wf::control {
namespace {

class Templates final : public validate::Lookup {
 public:
  Templates(ObjectCache& objects, std::string ns) : objects_(objects), ns_(std::move(ns)) {}
  Result<json::Value> workflow_template(std::string_view name) const override {
    return find({std::string(store::kWorkflowTemplate), ns_, std::string(name)});
  }
  Result<json::Value> cluster_workflow_template(std::string_view name) const override {
    return find({std::string(store::kClusterWorkflowTemplate), "", std::string(name)});
  }

 private:
  Result<json::Value> find(const store::Key& key) const {
    json::Value found = objects_.find(key);
    if (found.is_null()) return store::not_found(key);
    return found;
  }
  ObjectCache& objects_;
  std::string ns_;
};

}  // namespace

Result<void> check_object(const json::Value& object, Check check, ObjectCache& objects,
                          const config::ControllerConfig& config) {
  const std::string_view kind = object["kind"].as_string();
  const Templates templates(objects, std::string(object["metadata"]["namespace"].as_string()));
  validate::Options options;
  options.lint = check == Check::Lint;
  options.submit = check == Check::Submit;
  if (config.workflow_defaults().is_object()) options.defaults = &config.workflow_defaults();
  std::vector<validate::Diagnostic> problems;
  if (kind == store::kWorkflow) {
    problems = validate::workflow(object, templates, options);
  } else if (kind == store::kWorkflowTemplate) {
    problems = validate::workflow_template(object, templates, options);
  } else if (kind == store::kClusterWorkflowTemplate) {
    problems = validate::cluster_workflow_template(object, templates, options);
  } else if (kind == store::kCronWorkflow) {
    problems = validate::cron_workflow(object, templates, options);
  }
  if (!problems.empty()) return Error(problems.front().message);
  return {};
}

}  // namespace wf::control
