// SPDX-License-Identifier: Apache-2.0
// Templates that do the work: pods, suspensions, tasks of the agent (rules EXE-19, POD-23, SUS, CTR).
#include <algorithm>

#include "base/text.h"
#include "engine/detail/walk.h"
#include "expr/duration.h"
#include "json/text.h"
#include "spec/names.h"

namespace wf::engine {

using json::Value;

namespace {

// OUT-16: the step or task that a node name belongs to.
std::string_view call_name(std::string_view name) {
  char opener = 0;
  for (size_t i = name.size(); i-- > 0;) {
    const char c = name[i];
    if (opener != 0) {
      if (c == opener) opener = 0;
    } else if (c == ')') {
      opener = '(';
    } else if (c == ']') {
      opener = '[';
    } else {
      name = name.substr(0, i + 1);
      break;
    }
  }
  const size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

}  // namespace

// OUT-15.
bool Walk::result_used(const Exec& e) {
  if (e.boundary == kNoNode) return false;
  const Exec* outer = s.exec(e.boundary);
  if (outer == nullptr || !outer->resolved.compiled) return false;
  return outer->resolved.compiled->results_used.contains(std::string(call_name(e.name)));
}

bool Walk::create_pod(Exec& e, Outcome& outcome) {
  if (!s.may_run(e.on_exit)) {  // POD-23
    mark_node(e.node, Phase::Failed, cat("workflow shutdown with strategy: ", s.shutdown()));
    return false;
  }
  const auto type = e.resolved.compiled->type;
  podspec::PodInput input;
  input.node_id = s.nodes.id(e.node);
  input.node_name = e.name;
  input.tmpl = e.processed;
  const Exec* outer = e.boundary == kNoNode ? nullptr : s.exec(e.boundary);
  if (outer != nullptr && outer->resolved.compiled) input.boundary_template = outer->resolved.compiled->tmpl;
  input.include_script_output = type == spec::TemplateType::Data ||
                                (type != spec::TemplateType::Resource && result_used(e));
  input.on_exit = e.on_exit;
  input.now = now + std::chrono::nanoseconds(1);  // building a pod takes time (TIM-4 counts whole seconds left)
  if (s.deadline) input.workflow_deadline = *s.deadline;
  input.execution_deadline = e.retry_deadline;
  if (const auto text = e.processed["timeout"].as_string(); !text.empty()) {
    const auto length = expr::parse_seconds_or_duration(text);
    if (length.ok()) input.template_deadline = s.nodes[e.node].started_at + *length;
  }
  if (e.is_attempt && e.parent != nullptr) {
    const Value strategy = retry_strategy(e.parent->processed);
    if (strategy["affinity"]["nodeAntiAffinity"].is_object()) {
      for (const NodeIndex attempt : attempts_of(*e.parent)) {
        const Node& node = s.nodes[attempt];
        const std::string& host = s.nodes.interned.at(node.host_node_name);
        if (failed_or_error(node.phase) &&
            std::find(input.failed_hosts.begin(), input.failed_hosts.end(), host) == input.failed_hosts.end()) {
          input.failed_hosts.push_back(host);
        }
      }
    }
  }
  input.claims = s.status["persistentVolumeClaims"];
  std::optional<NodeScope> scope;  // volumes may refer to steps and tasks around the pod
  if (outer != nullptr && outer->node != kNoNode && (outer->steps || outer->dag)) scope.emplace(s, *outer);
  const expr::Scope& variables = scope ? static_cast<const expr::Scope&>(*scope) : s.globals;
  auto built = s.builder->build(input, variables);
  if (!built.ok()) {
    if (transient(built.error())) {
      mark_node(e.node, Phase::Pending, built.error().message());
      turn.requeue = true;
      mark(s, &e);
      return false;
    }
    outcome = {e.node, Outcome::Kind::Failed, built.error().message()};
    return false;
  }
  if (built->pod.is_null()) return false;  // the deadline has passed; the next turn fails the node
  PodRequest request{s.ns, std::string(built->pod["metadata"]["name"].as_string()), s.name, s.uid, input.node_id, e.name,
                     std::move(built->pod), std::move(built->tmpl)};
  if (!built->progress.empty()) s.nodes.set_progress(e.node, progress_from(built->progress));
  turn.actions.push_back(CreatePod{std::move(request), std::move(built->config_map)});
  s.nodes.set_pod_exists(e.node, true);
  return true;
}

Outcome Walk::execute_pod(Exec& e) {
  const auto type = e.resolved.compiled->type;
  if (e.node == kNoNode) {
    const bool daemon = type == spec::TemplateType::Container && e.processed["daemon"].as_bool();
    e.node = add_node(e, NodeType::Pod, Phase::Pending, "", !daemon);
    set_inputs(e.node, e.processed);
    s.set_exec(e.node, &e);
  }
  Outcome outcome{e.node};
  const Node& node = s.nodes[e.node];
  // A container's pod that vanished while it was young is made again; of others only what never ran
  // is (EXE-20, POD-16).
  const bool again = type == spec::TemplateType::Container || type == spec::TemplateType::ContainerSet;
  if (node.pod_exists || (node.phase != Phase::Pending && !again)) return outcome;
  if (!create_pod(e, outcome)) return outcome;
  if (type == spec::TemplateType::ContainerSet) add_containers(e);
  return outcome;
}

// CTR-1.
void Walk::add_containers(Exec& e) {
  const Value& containers = e.processed["containerSet"]["containers"];
  std::vector<NodeIndex> nodes;
  for (const Value& container : containers.items()) {
    const std::string name = cat(e.name, ".", container["name"].as_string());
    NodeIndex index = s.nodes.find(name);
    if (index == kNoNode) {
      index = add_plain_node(name, e.holder, e.scope, e.node, NodeType::Container, Phase::Pending, e.flag, "");
    }
    nodes.push_back(index);
  }
  for (size_t i = 0; i < nodes.size(); ++i) {
    const Value& dependencies = containers[i]["dependencies"];
    if (dependencies.empty()) s.nodes.add_child(e.node, nodes[i]);
    for (const Value& dependency : dependencies.items()) {
      const NodeIndex on = s.nodes.find(cat(e.name, ".", dependency.as_string()));
      if (on != kNoNode) s.nodes.add_child(on, nodes[i]);
    }
  }
}

// SUS-1 to SUS-5.
Outcome Walk::execute_suspend(Exec& e) {
  if (e.node == kNoNode) {
    e.node = add_node(e, NodeType::Suspend, Phase::Pending, "", false);
    set_inputs(e.node, e.processed);
    s.set_exec(e.node, &e);
    Value outputs;
    for (Value parameter : e.processed["outputs"]["parameters"].items()) {
      if (!parameter["valueFrom"].has("supplied")) continue;
      if (!parameter["valueFrom"].has("default")) {
        for (const Value& input : e.processed["inputs"]["parameters"].items()) {
          if (input["name"].as_string() == parameter["name"].as_string() && input.has("default")) {
            parameter.at("valueFrom").set("default", input["default"]);
          }
        }
      }
      if (outputs.is_null()) outputs = Value::object({{"parameters", Value::array()}});
      outputs.at("parameters").push_back(parameter);
    }
    s.nodes[e.node].outputs = outputs;
    Value& inputs = s.nodes[e.node].inputs;
    for (size_t i = 0; i < inputs["parameters"].size(); ++i) {
      const auto given = json::parse(inputs["parameters"][i]["value"].as_string());
      if (!given.ok() || !given->is_object() || (*given)["enum"].empty()) continue;
      Value& input = inputs.at("parameters").item(i);
      input.set("enum", (*given)["enum"]);
      if (!input.has("default")) input.set("default", (*given)["enum"][size_t{0}]);
    }
  }
  if (const auto text = e.processed["suspend"]["duration"].as_string(); !text.empty()) {
    const auto length = expr::parse_seconds_or_duration(text);
    if (!length.ok()) return {e.node, Outcome::Kind::Failed, length.error().message()};
    const Time end = s.nodes[e.node].started_at + *length;
    if (now > end) {
      Value outputs = s.nodes[e.node].outputs;
      for (size_t i = 0; i < outputs["parameters"].size(); ++i) {
        const Value parameter = outputs["parameters"][i];
        if (!parameter["valueFrom"].has("supplied")) continue;
        if (!parameter["valueFrom"].has("default")) {
          return {e.node, Outcome::Kind::Failed,
                  cat("raw output parameter '", parameter["name"].as_string(), "' has not been set and does not have a default value")};
        }
        Value& changed = outputs.at("parameters").item(i);
        changed.set("value", parameter["valueFrom"]["default"]);
        changed.erase("valueFrom");
      }
      s.nodes[e.node].outputs = outputs;
      mark_node(e.node, Phase::Succeeded);
      return {e.node};
    }
    look_again(e.node, end + std::chrono::nanoseconds(1));
  }
  mark_node(e.node, Phase::Running);
  return {e.node};
}

// CTR-7.
Outcome Walk::execute_agent_task(Exec& e, NodeType type) {
  if (e.node == kNoNode) {
    e.node = add_node(e, type, Phase::Pending, "", false);
    set_inputs(e.node, e.processed);
    s.set_exec(e.node, &e);
  }
  const std::string id = s.nodes.id(e.node);
  if (!fulfilled(s.nodes[e.node]) && !s.tasks.has(id)) {
    s.tasks.set(id, e.processed);
    s.tasks_changed = true;
  }
  return {e.node};
}

}  // namespace wf::engine
