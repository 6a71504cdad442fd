// SPDX-License-Identifier: Apache-2.0
// The environment by which a pod's containers know what they work for.
#include "base/hash.h"
#include "base/text.h"
#include "json/text.h"
#include "podspec/prepared.h"
#include "spec/codec.h"

namespace wf::podspec {

using json::Value;

namespace {

// When the executor gives up; Go's zero time where it never does.
std::string deadline_text(const PodInput& input) {
  Time deadline = input.on_exit ? Time{} : input.workflow_deadline;
  if (is_set(input.execution_deadline) &&
      (!is_set(deadline) || input.execution_deadline < deadline)) {
    deadline = input.execution_deadline;
  }
  return is_set(deadline) ? to_rfc3339(deadline) : "0001-01-01T00:00:00Z";
}

// What the executor is told of the template: no input parameters, they are substituted already.
std::string template_text(const Value& tmpl) {
  Value told = tmpl;
  Value inputs = Value::object();
  if (const Value& artifacts = tmpl["inputs"]["artifacts"]; !artifacts.is_null()) {
    inputs.set("artifacts", artifacts);
  }
  told.set("inputs", std::move(inputs));
  return json::print(spec::encode("Template", told));
}

std::string hex16(uint64_t number) {
  std::string out(16, '0');
  for (size_t i = 16; i-- > 0; number >>= 4) out[i] = "0123456789abcdef"[number & 15];
  return out;
}

// The span of a pod follows from its trace and node, so that building it again gives the same pod.
std::string span_of(const Work& work) {
  return hex16(fnv1a_64(work.input.node_id, fnv1a_64(work.prepared.workflow.trace_id)) | 1);
}

std::vector<Value> common_environment(Work& work) {
  const Prepared& prepared = work.prepared;
  std::vector<Value> list = {
      env("ARGO_NODE_ID", work.input.node_id),
      env("ARGO_INCLUDE_SCRIPT_OUTPUT", work.input.include_script_output ? "true" : "false"),
      env("ARGO_DEADLINE", deadline_text(work.input)),
      prepared.workflow_name_env,
  };
  if (!prepared.trace_state_env.is_null()) {
    const std::string span = span_of(work);
    work.pod.annotations.set("workflows.argoproj.io/trace-id", prepared.workflow.trace_id);
    work.pod.annotations.set("workflows.argoproj.io/span-id", span);
    list.push_back(prepared.trace_state_env);
    list.push_back(env("TRACEPARENT", cat("00-", prepared.workflow.trace_id, "-", span, "-01")));
  }
  list.insert(list.end(), prepared.progress_env.begin(), prepared.progress_env.end());
  return list;
}

Value name_env(const Prepared& prepared, std::string_view container) {
  if (container == kMain) return prepared.main_name_env;
  if (container == kWait) return prepared.wait_name_env;
  if (container == kInit) return prepared.init_name_env;
  return env("ARGO_CONTAINER_NAME", container);
}

void append(Value& list, const std::vector<Value>& more) {
  for (const Value& item : more) list.push_back(item);
}

}  // namespace

void add_environment(Work& work) {
  work.template_json = template_text(work.tmpl);
  const Value template_env = Value::object({{"name", kTemplateEnv}, {"value", work.template_json}});
  const std::vector<Value> common = common_environment(work);
  for (Container& container : work.pod.init_containers) {
    container.env.push_back(name_env(work.prepared, container.name));
    container.env.push_back(template_env);
    append(container.env, common);
  }
  // Where no init container writes the template down, the supervisor is told, or main itself.
  const std::string_view told = !work.prepared.initless ? "" : work.watched ? kSupervisor : kMain;
  for (Container& container : work.pod.containers) {
    container.env.push_back(name_env(work.prepared, container.name));
    append(container.env, common);
    if (container.name == told || container.name == kSupervisor)
      container.env.push_back(template_env);
  }
}

}  // namespace wf::podspec
