// SPDX-License-Identifier: Apache-2.0
#include "engine/detail/node_scope.h"

#include <algorithm>

#include "base/text.h"
#include "engine/aggregate.h"
#include "spec/names.h"

namespace wf::engine {
namespace {

using expr::Variable;
using json::Value;

const Value* by_name(const Value& list, std::string_view name) {
  for (const Value& item : list.items()) {
    if (item["name"].as_string() == name) return &item;
  }
  return nullptr;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool skipped(Phase phase) { return phase == Phase::Skipped || phase == Phase::Omitted; }

}  // namespace

NodeIndex speaking_node(const NodeTable& nodes, NodeIndex index) {
  const Node& node = nodes[index];
  if (node.type != NodeType::Retry || node.memo_hit()) return index;
  for (auto child = node.children.rbegin(); child != node.children.rend(); ++child) {
    if (!nodes[*child].flag.hooked) return *child;
  }
  return index;
}

NodeScope::NodeScope(State& state, const Exec& owner, uint32_t viewer)
    : s(state), owner_(owner), viewer_(viewer), prefix_(owner.dag ? "tasks." : "steps.") {}

Variable NodeScope::keep(std::string text) const {
  kept_.push_back(std::move(text));
  return Variable::of(std::string_view(kept_.back()));
}

NodeScope::Target NodeScope::target(std::string_view name) const {
  Target target;
  const std::string& base = s.nodes[owner_.node].name;
  if (owner_.dag) {
    const DagPlan& plan = *owner_.dag->plan;
    const auto at = plan.places.find(std::string(name));
    if (at == plan.places.end()) return target;
    if (viewer_ != kAll && !is_ancestor(plan, viewer_, at->second)) return target;
    target.node = s.nodes.find(cat(base, ".", name));
    if (target.node == kNoNode) return target;
    target.call = &plan.tasks[at->second].call.call;
    if (s.nodes[target.node].type == NodeType::TaskGroup) target.loop = target.node;
    return target;
  }
  if (!owner_.steps) return target;
  const StepsPlan& plan = *owner_.steps->plan;
  const auto at = plan.places.find(std::string(name));
  if (at == plan.places.end() || (at->second.first >= owner_.steps->group && viewer_ != kAll)) return target;
  if (at->second.first >= owner_.steps->group) return target;
  const std::string group = cat(base, "[", at->second.first, "]");
  target.node = s.nodes.find(cat(group, ".", name));
  target.call = &plan.groups[at->second.first][at->second.second].call;
  if (target.node == kNoNode) {  // a loop: the group speaks for it (STP-14)
    target.node = s.nodes.find(group);
    target.loop = target.node;
  }
  return target;
}

std::vector<NodeIndex> NodeScope::loop_children(std::string_view name, const Target& target) const {
  const Node& group = s.nodes[target.loop];
  const std::string start = group.type == NodeType::TaskGroup ? group.name + "(" : cat(group.name, ".", name, "(");
  std::vector<std::pair<int64_t, NodeIndex>> found;
  for (const NodeIndex child : group.children) {
    const Node& node = s.nodes[child];
    if (!node.name.starts_with(start) || node.flag.hooked || node.flag.retried) continue;
    if (group.type != NodeType::TaskGroup && node.type == NodeType::Skipped) continue;
    found.emplace_back(spec::loop_index(node.name), child);
  }
  std::sort(found.begin(), found.end());
  std::vector<NodeIndex> out;
  for (const auto& [index, child] : found) out.push_back(child);
  return out;
}

Variable NodeScope::aggregate(std::string_view name, const Target& target, std::string_view rest) const {
  if (!rest.starts_with("outputs.result") && !rest.starts_with("outputs.parameters")) return {};
  const auto children = loop_children(name, target);
  if (children.empty()) return {};
  std::vector<Value> outputs;
  for (const NodeIndex child : children) {
    const Node& node = s.nodes[child];
    if (node.phase == Phase::Succeeded && !node.outputs.is_null()) outputs.push_back(node.outputs);
  }
  if (rest == "outputs.result") {
    auto results = aggregated_results(outputs);
    return results.ok() ? keep(std::move(*results)) : Variable{};
  }
  if (rest == "outputs.parameters") return keep(aggregated_parameters(outputs));
  if (!take_prefix(rest, "outputs.parameters.")) return {};
  const auto values = values_of(outputs, rest);
  return values.empty() ? Variable{} : keep(aggregated_values(values));
}

Result<void> NodeScope::check_aggregates(std::string_view name) const {
  const Target found = target(name);
  if (found.loop == kNoNode) return {};
  std::vector<Value> outputs;
  for (const NodeIndex child : loop_children(name, found)) {
    const Node& node = s.nodes[child];
    if (node.phase == Phase::Succeeded && node.outputs.has("result")) outputs.push_back(node.outputs);
  }
  const auto results = aggregated_results(outputs);
  if (!results.ok()) return results.error();
  return {};
}

Value NodeScope::skipped_template(const Target& target) const {
  if (target.call == nullptr) return {};
  const auto resolved = s.templates.resolve(owner_.resolved.scope, *target.call);
  return resolved.ok() ? resolved->compiled->tmpl : Value();
}

Variable NodeScope::skipped_value(const Target& target, std::string_view rest) const {
  const Node& node = s.nodes[target.node];
  if (!skipped(node.phase) || !node.outputs.is_null()) return {};
  if (!take_prefix(rest, "outputs.parameters.")) return {};
  const Value tmpl = skipped_template(target);
  const Value* parameter = by_name(tmpl["outputs"]["parameters"], rest);
  if (parameter == nullptr) return {};
  const Value* fallback = (*parameter)["valueFrom"].find("default");
  return fallback == nullptr ? Variable::absent() : keep(std::string(fallback->as_string()));
}

Variable NodeScope::node_value(std::string_view name, const Target& target, std::string_view rest) const {
  if (target.loop != kNoNode) {
    if (Variable made = aggregate(name, target, rest); made.is != Variable::Is::Unknown) return made;
  }
  const NodeIndex index = speaking_node(s.nodes, target.node);
  const Node& node = s.nodes[index];
  const auto text_if = [](std::string_view text) { return text.empty() ? Variable{} : Variable::of(text); };
  if (rest == "id") return keep(s.nodes.id(index));
  if (rest == "status") return text_if(name_of(node.phase));
  if (rest == "startedAt") return is_set(node.started_at) ? keep(to_rfc3339(node.started_at)) : Variable{};
  if (rest == "finishedAt") return is_set(node.finished_at) ? keep(to_rfc3339(node.finished_at)) : Variable{};
  if (rest == "ip") return node.extra ? text_if(node.extra->pod_ip) : Variable{};
  if (rest == "hostNodeName") return text_if(s.nodes.interned.at(node.host_node_name));
  if (rest == "exitCode" && node.outputs.has("exitCode")) return Variable::of(node.outputs["exitCode"].as_string());
  if (rest == "outputs.result" && node.outputs.has("result")) return Variable::of(node.outputs["result"].as_string());
  std::string_view key = rest;
  if (take_prefix(key, "outputs.parameters.")) {
    const Value* parameter = by_name(node.outputs["parameters"], key);
    if (parameter != nullptr && parameter->has("value")) return Variable::of((*parameter)["value"].as_string());
  }
  return skipped_value(target, rest);
}

std::optional<Value> NodeScope::artifact(std::string_view key) const {
  for (const auto& [name, value] : artifacts_) {
    if (name == key) return value;
  }
  std::string_view rest = key;
  if (take_prefix(rest, "inputs.artifacts.")) {
    const Value* found = by_name(owner_.processed["inputs"]["artifacts"], rest);
    return found == nullptr ? std::nullopt : std::optional(*found);
  }
  if (take_prefix(rest, "workflow.outputs.artifacts.")) {
    const Value* found = by_name(s.status["outputs"]["artifacts"], rest);
    return found == nullptr ? std::nullopt : std::optional(*found);
  }
  if (!take_prefix(rest, prefix_)) return std::nullopt;
  const size_t dot = rest.find(".outputs.artifacts.");
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view name = rest.substr(0, dot), wanted = rest.substr(dot + 19);
  const Target found = target(name);
  if (found.node == kNoNode) return std::nullopt;
  const Node& node = s.nodes[speaking_node(s.nodes, found.node)];
  if (const Value* made = by_name(node.outputs["artifacts"], wanted)) return *made;
  // VAR-15: steps register what a skipped step would have given; dags do not.
  if (!owner_.dag && skipped(node.phase) && node.outputs.is_null() &&
      by_name(skipped_template(found)["outputs"]["artifacts"], wanted) != nullptr) {
    return Value::object();
  }
  return std::nullopt;
}

Variable NodeScope::find(std::string_view key) const {
  for (const auto& [name, value] : bound_) {
    if (name == key) return Variable::of(std::string_view(value));
  }
  std::string_view rest = key;
  if (take_prefix(rest, "inputs.parameters.")) {
    const Value* parameter = by_name(owner_.processed["inputs"]["parameters"], rest);
    if (parameter == nullptr) return s.globals.find(key);
    return Variable::of((*parameter)["value"].as_string());
  }
  if (artifacts_shown_ && key.find(".artifacts.") != std::string_view::npos) {
    if (const auto found = artifact(key)) {
      Variable variable;
      variable.is = Variable::Is::Other;
      variable.other = expr::Any::from_json(*found);
      return variable;
    }
  }
  rest = key;
  if (take_prefix(rest, prefix_)) {
    const size_t dot = rest.find('.');
    if (dot == std::string_view::npos) return {};
    for (const auto& [made, value] : made_) {
      if (made == key) return value;
    }
    const Target found = target(rest.substr(0, dot));
    if (found.node == kNoNode) return {};
    Variable value = node_value(rest.substr(0, dot), found, rest.substr(dot + 1));
    made_.emplace_back(key, value);
    return value;
  }
  return s.globals.find(key);
}

void NodeScope::visit_target(std::string_view prefix, std::string_view name, const Visit& visit) const {
  const Target found = target(name);
  if (found.node == kNoNode) return;
  const auto offer = [&](std::string_view rest) {
    const std::string key = cat(prefix_, name, ".", rest);
    if (key.starts_with(prefix) && find(key).is != Variable::Is::Unknown) visit(key);
  };
  for (const char* rest : {"id", "status", "startedAt", "finishedAt", "ip", "hostNodeName", "exitCode",
                           "outputs.result", "outputs.parameters"}) {
    offer(rest);
  }
  const auto offer_all = [&](const Value& outputs) {
    for (const Value& parameter : outputs["parameters"].items()) offer(cat("outputs.parameters.", parameter["name"].as_string()));
    for (const Value& artifact : outputs["artifacts"].items()) offer(cat("outputs.artifacts.", artifact["name"].as_string()));
  };
  offer_all(s.nodes[speaking_node(s.nodes, found.node)].outputs);
  if (skipped(s.nodes[found.node].phase)) offer_all(skipped_template(found)["outputs"]);
  if (found.loop != kNoNode) {
    for (const NodeIndex child : loop_children(name, found)) offer_all(s.nodes[child].outputs);
  }
}

void NodeScope::visit_keys(std::string_view prefix, const Visit& visit) const {
  for (const auto& [name, value] : bound_) {
    if (name.starts_with(prefix)) visit(name);
  }
  for (const auto& [name, value] : artifacts_) {
    if (name.starts_with(prefix)) visit(name);
  }
  const auto inputs = [&](std::string_view kind) {
    for (const Value& item : owner_.processed["inputs"][kind].items()) {
      const std::string key = cat("inputs.", kind, ".", item["name"].as_string());
      if (key.starts_with(prefix)) visit(key);
    }
  };
  inputs("parameters");
  inputs("artifacts");
  for (const Value& artifact : s.status["outputs"]["artifacts"].items()) {
    const std::string key = cat("workflow.outputs.artifacts.", artifact["name"].as_string());
    if (key.starts_with(prefix)) visit(key);
  }
  if (prefix.starts_with(prefix_) || std::string_view(prefix_).starts_with(prefix)) {
    // One step or task where the prefix names it, else all that can be seen.
    std::string_view rest = prefix.size() > prefix_.size() ? prefix.substr(prefix_.size()) : std::string_view();
    const size_t dot = rest.find('.');
    if (dot != std::string_view::npos) {
      visit_target(prefix, rest.substr(0, dot), visit);
    } else if (owner_.dag) {
      for (const TaskPlan& task : owner_.dag->plan->tasks) {
        if (task.call.name.starts_with(rest)) visit_target(prefix, task.call.name, visit);
      }
    } else if (owner_.steps) {
      for (const auto& group : owner_.steps->plan->groups) {
        for (const CallPlan& call : group) {
          if (call.name.starts_with(rest)) visit_target(prefix, call.name, visit);
        }
      }
    }
  }
  s.globals.visit_keys(prefix, visit);
}

}  // namespace wf::engine
