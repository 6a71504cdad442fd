// SPDX-License-Identifier: Apache-2.0
// Suspending, resuming, stopping and setting. Manual retry and resubmission: manual_retry.cpp,
// resubmit.cpp.
#include "engine/operations.h"

#include <algorithm>

#include "base/text.h"
#include "spec/selector.h"

namespace wf::engine {
namespace {

bool ended(const Value& workflow) {
  const std::string_view phase = workflow["status"]["phase"].as_string();
  return phase == "Succeeded" || phase == "Failed" || phase == "Error";
}

bool active_suspend(const Value& node) {
  return node["type"].as_string() == "Suspend" && node["phase"].as_string() == "Running";
}

// Supplied outputs take their defaults (SUS-2).
Result<void> default_outputs(Value& node) {
  for (size_t i = 0; i < node["outputs"]["parameters"].size(); ++i) {
    const Value parameter = node["outputs"]["parameters"][i];
    if (!parameter["valueFrom"].has("supplied")) continue;
    if (!parameter["valueFrom"].has("default")) {
      return Error(cat("raw output parameter '", parameter["name"].as_string(), "' has not been set and does not have a default value"));
    }
    Value& changed = node.at("outputs").at("parameters").item(i);
    changed.set("value", parameter["valueFrom"]["default"]);
    changed.erase("valueFrom");
  }
  return {};
}

Result<void> set_output(Value& workflow, Value& node, const std::string& name, const std::string& value) {
  if (!node.has("outputs") || node["outputs"]["parameters"].empty()) {
    return Error("cannot set output parameters because node is not expecting any raw parameters");
  }
  for (size_t i = 0; i < node["outputs"]["parameters"].size(); ++i) {
    if (node["outputs"]["parameters"][i]["name"].as_string() != name) continue;
    Value& parameter = node.at("outputs").at("parameters").item(i);
    if (!parameter["valueFrom"].has("supplied")) {
      return Error(cat("cannot set output parameter '", name, "' because it does not use valueFrom.raw or it was already set"));
    }
    parameter.erase("valueFrom");
    parameter.set("value", value);
    const std::string_view global = parameter["globalName"].as_string();
    if (global.empty()) return {};
    Value& outputs = workflow.at("status").at("outputs").at("parameters");
    for (size_t k = 0; k < outputs.size(); ++k) {
      if (outputs[k]["name"].as_string() == global) {
        outputs.item(k).set("value", value);
        return {};
      }
    }
    outputs.push_back(Value::object({{"name", global}, {"value", value}}));
    return {};
  }
  return Error(cat("node is not expecting output parameter '", name, "'"));
}

}  // namespace

Result<Value> suspend(const Value& workflow) {
  if (ended(workflow)) return Error("cannot suspend completed workflows");
  Value changed = workflow;
  changed.at("spec").set("suspend", true);
  return changed;
}

Result<Value> set_nodes(const Value& workflow, const SetValues& values, Time now) {
  if (values.node_selector.empty()) {
    return Error("'set' currently only targets suspend nodes, use a node field selector to target them");
  }
  TRY(const auto selector, spec::FieldSelector::parse(values.node_selector));
  Value changed = workflow;
  bool found = false;
  for (const json::Member& member : workflow["status"]["nodes"].members()) {
    if (!active_suspend(member.value) || !spec::matches_node(selector, member.value)) continue;
    found = true;
    Value node = member.value;
    for (const auto& [name, value] : values.output_parameters) TRY_DO(set_output(changed, node, name, value));
    if (!values.phase.empty()) {
      node.set("phase", values.phase);
      if (values.phase == "Succeeded" || values.phase == "Failed" || values.phase == "Error") {
        node.set("finishedAt", to_rfc3339(now));
      }
    }
    if (!values.message.empty()) {
      const std::string_view before = node["message"].as_string();
      node.set("message", before.empty() ? values.message : cat(before, "; ", values.message));
    }
    changed.at("status").at("nodes").set(member.key(), node);
  }
  if (!found) {
    return Error(cat("currently, set only targets suspend nodes: no suspend nodes matching nodeFieldSelector: ", values.node_selector));
  }
  return changed;
}

Result<Value> resume(const Value& workflow, std::string_view node_selector, Time now) {
  if (!node_selector.empty()) return set_nodes(workflow, {std::string(node_selector), "", "Succeeded", {}}, now);
  Value changed = workflow;
  changed.at("spec").erase("suspend");
  for (const json::Member& member : workflow["status"]["nodes"].members()) {
    if (!active_suspend(member.value)) continue;
    Value node = member.value;
    TRY_DO(default_outputs(node));
    if (const std::string_view before = node["message"].as_string(); !before.empty()) node.set("message", cat(before, "; "));
    node.set("phase", "Succeeded");
    node.set("finishedAt", to_rfc3339(now));
    changed.at("status").at("nodes").set(member.key(), node);
  }
  return changed;
}

namespace {
Result<Value> shut_down(const Value& workflow, std::string_view strategy) {
  if (ended(workflow)) {
    return Error(cat("cannot shutdown a completed workflow: workflow: ", go_quote(workflow["metadata"]["name"].as_string()),
                     ", namespace: ", go_quote(workflow["metadata"]["namespace"].as_string())));
  }
  Value changed = workflow;
  changed.at("spec").set("shutdown", strategy);
  return changed;
}
}  // namespace

Result<Value> terminate(const Value& workflow) { return shut_down(workflow, "Terminate"); }

Result<Value> stop(const Value& workflow, std::string_view node_selector, std::string_view message, Time now) {
  if (node_selector.empty()) return shut_down(workflow, "Stop");
  return set_nodes(workflow, {std::string(node_selector), std::string(message), "Failed", {}}, now);
}

Result<Value> override_parameters(const Value& arguments, const std::vector<std::string>& parameters) {
  if (parameters.empty()) return arguments;
  Value list = Value::array();
  std::vector<std::string> names;
  for (const std::string& text : parameters) {
    const size_t at = text.find('=');
    if (at == std::string::npos) return Error(cat("expected parameter of the form: NAME=VALUE. Received: ", text));
    names.push_back(text.substr(0, at));
    list.push_back(Value::object({{"name", names.back()}, {"value", text.substr(at + 1)}}));
  }
  for (const Value& parameter : arguments["parameters"].items()) {
    if (std::find(names.begin(), names.end(), parameter["name"].as_string()) == names.end()) list.push_back(parameter);
  }
  Value out = arguments;
  out.set("parameters", list);
  return out;
}

}  // namespace wf::engine
