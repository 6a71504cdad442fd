// SPDX-License-Identifier: Apache-2.0
// Table depends, kind validate: a workflow whose entrypoint is a DAG of the row's tasks.
#include "answer/tables.h"
#include "spec/codec.h"
#include "validate/validate.h"

namespace wf::answer {
namespace {

using json::Value;

class NoTemplates final : public validate::Lookup {
 public:
  Result<Value> workflow_template(std::string_view) const override {
    return Error("not found", Code::NotFound);
  }
  Result<Value> cluster_workflow_template(std::string_view) const override {
    return Error("not found", Code::NotFound);
  }
};

}  // namespace

Result<Value> depends_validate(const Value& in) {
  const Value main =
      Value::object({{"name", "main"}, {"dag", Value::object({{"tasks", in["tasks"]}})}});
  const Value work = Value::object({{"name", "work"}, {"suspend", Value::object()}});
  const Value spec =
      Value::object({{"entrypoint", "main"}, {"templates", Value::array({main, work})}});
  TRY(const Value workflow,
      spec::decode("Workflow",
                   Value::object({{"metadata", Value::object({{"name", "wf"}})}, {"spec", spec}})));
  const auto found = validate::workflow(workflow, NoTemplates());
  if (found.empty()) return Value("valid");
  return Error(found.front().message);
}

}  // namespace wf::answer
