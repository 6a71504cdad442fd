// SPDX-License-Identifier: Apache-2.0
// How nodes come to be, change and end, and what that means for the workflow.
#include <algorithm>

#include "base/text.h"
#include "engine/detail/walk.h"
#include "engine/locks.h"
#include "engine/detail/expressions.h"
#include "json/text.h"
#include "spec/names.h"

namespace wf::engine {

using json::Value;

NodeIndex Walk::add_plain_node(std::string name, const Value& holder, const spec::Scope& scope, NodeIndex boundary,
                               NodeType type, Phase phase, NodeFlag flag, std::string message) {
  Node node;
  node.name = std::move(name);
  node.message = std::move(message);
  node.boundary = boundary;
  node.type = type;
  node.phase = phase;
  node.flag = flag;
  node.template_name = s.nodes.interned.add(holder["template"].as_string());
  if (holder["templateRef"].is_object()) node.template_ref = holder["templateRef"];
  node.template_scope = s.nodes.interned.add(scope.text());
  node.started_at = now;
  if (boundary != kNoNode) {
    // NOD-5: without the boundary's name, the group's index and the dot.
    const std::string& outer = s.nodes[boundary].name;
    if (node.name.starts_with(outer)) {
      node.display_from = static_cast<uint32_t>(node.name.size() - spec::display_name(node.name, outer).size());
    }
  }
  if (phase_fulfilled(node)) node.finished_at = now;
  const NodeIndex index = s.nodes.add(std::move(node));
  s.missing_since.erase(index);
  return index;
}

NodeType Walk::node_type_of(const Exec& e) const {
  if (e.processed.has("retryStrategy")) return NodeType::Retry;
  return node_type_from(spec::node_type(e.resolved.compiled->type));
}

NodeIndex Walk::add_node(const Exec& e, NodeType type, Phase phase, std::string message, bool synced) {
  const NodeIndex index = add_plain_node(e.name, e.holder, e.scope, e.boundary, type, phase, e.flag, std::move(message));
  if (synced && (type == NodeType::Pod || type == NodeType::Container)) {
    s.nodes.change(index, [](Node& node) { node.synced = Synced::Yes; });
  }
  return index;
}

void Walk::set_inputs(NodeIndex index, const Value& tmpl) {
  const Value& inputs = tmpl["inputs"];
  if (!inputs["parameters"].empty() || !inputs["artifacts"].empty()) s.nodes[index].inputs = inputs;
  const Value& memoize = tmpl["memoize"];
  if (!memoize.is_null() && s.nodes[index].more().memoization.is_null()) {
    s.nodes[index].more().memoization = Value::object(
        {{"hit", false}, {"key", memoize["key"]}, {"cacheName", memoize["cache"]["configMap"]["name"]}});
  }
}

void Walk::mark_node(NodeIndex index, Phase phase) { mark_node(index, phase, s.nodes[index].message); }

// PHS-7.
void Walk::mark_node(NodeIndex index, Phase phase, const std::string& message) {
  const Node& before = s.nodes[index];
  if (before.phase == phase && before.message == message) return;
  s.nodes.change(index, [&](Node& node) {
    if (node.phase != Phase::Running && failed_or_error(phase) && node.synced != Synced::Absent) {
      node.synced = Synced::Yes;
    }
    node.phase = phase;
    node.message = message;
    if (fulfilled(node) && !is_set(node.finished_at)) node.finished_at = now;
  });
}

// REC-7, REC-12 to REC-14.
void Walk::mark_workflow(std::string_view phase, const std::string& message) {
  const bool ending = phase == "Succeeded" || phase == "Failed" || phase == "Error";
  if (ending && (s.nodes.unsynced() > 0 || s.nodes.daemoned() > 0)) {
    kill_daemons(kNoNode);
    turn.requeue = true;
    return;
  }
  if (s.phase != phase) {
    CHECK(!s.ended());
    s.phase = std::string(phase);
    s.set_trace_id();
    s.set_label("workflows.argoproj.io/phase", phase);
    if (!s.metadata["labels"].has("workflows.argoproj.io/completed")) {
      s.set_label("workflows.argoproj.io/completed", "false");
    }
    if (s.world.controller().config.workflow_events()) {
      if (phase == "Running") turn.events.push_back({false, "WorkflowRunning", "Workflow Running"});
      if (phase == "Succeeded") turn.events.push_back({false, "WorkflowSucceeded", "Workflow completed"});
      if (phase == "Failed" || phase == "Error") turn.events.push_back({true, "WorkflowFailed", message});
    }
  }
  if (!is_set(s.started_at) && phase != "Pending") s.started_at = now;
  s.message = message;
  s.header_changed = true;
  if (phase == "Error") {
    const NodeIndex root = s.nodes.root();
    if (root != kNoNode && s.nodes[root].phase == Phase::Running) {
      s.nodes.change(root, [](Node& node) {
        node.phase = Phase::Error;
        node.message = "Workflow operation error";
      });
    }
  }
  if (!ending) return;
  s.finished_at = now;
  s.set_label("workflows.argoproj.io/completed", "true");
  if (!s.pod_condition.empty()) s.set_condition("PodRunning", std::exchange(s.pod_condition, {}));
  s.set_condition("Completed", "True");
  if (s.world.archives(s.to_json(false, false))) s.set_label("workflows.argoproj.io/workflow-archiving-status", "Pending");
  end_cleanup();
}

// DMN-3.
void Walk::kill_daemons(NodeIndex boundary) {
  if (s.nodes.counts(boundary).daemoned == 0) return;
  for (NodeIndex i = 0; i < s.nodes.size(); ++i) {
    const Node& node = s.nodes[i];
    if (node.boundary != boundary || !node.daemoned) continue;
    turn.actions.push_back(TerminatePod{pod_name(node)});
    s.nodes.change(i, [](Node& changed) {
      changed.phase = Phase::Succeeded;
      changed.daemoned = false;
    });
  }
}

spec::PodNames Walk::pod_names() const {
  const auto otherwise = s.world.controller().flags.pod_names_v1 ? spec::PodNames::V1 : spec::PodNames::V2;
  return spec::pod_names_of(s.metadata, otherwise);
}

std::string Walk::pod_name(const Node& node) const {
  const std::string id = s.nodes.id_of_name(node.name);
  const Value& ref = node.template_ref["template"];
  const std::string_view tmpl = ref.is_null() ? std::string_view(s.nodes.interned.at(node.template_name)) : ref.as_string();
  return spec::pod_name({s.name, node.name, tmpl, id}, pod_names());
}

// STP-16.
std::vector<NodeIndex> Walk::outbound_of(NodeIndex index) {
  std::vector<NodeIndex> out;
  std::vector<NodeIndex> open{index};
  while (!open.empty()) {
    const NodeIndex at = open.back();
    open.pop_back();
    const Node& node = s.nodes[at];
    const auto descend = [&](const std::vector<NodeIndex>& next) {
      for (auto child = next.rbegin(); child != next.rend(); ++child) open.push_back(*child);
    };
    switch (node.type) {
      case NodeType::Skipped: case NodeType::Suspend: case NodeType::HTTP: case NodeType::Plugin:
        out.push_back(at);
        break;
      case NodeType::Pod: {
        const bool set = !node.children.empty() && s.nodes[node.children[0]].type == NodeType::Container;
        if (set) descend(node.children);
        else out.push_back(at);
        break;
      }
      case NodeType::Container: case NodeType::TaskGroup: {
        std::vector<NodeIndex> inner;
        bool own_end = node.children.empty();
        for (const NodeIndex child : node.children) {
          if (node.type == NodeType::Container && s.nodes[child].boundary != node.boundary) own_end = true;
          else inner.push_back(child);
        }
        if (own_end) out.push_back(at);
        descend(inner);
        break;
      }
      case NodeType::Retry:
        if (!node.children.empty()) out.push_back(node.children.back());
        break;
      case NodeType::Steps: case NodeType::DAG:
        if (node.memo_hit()) {
          out.push_back(at);
          break;
        }
        [[fallthrough]];
      case NodeType::StepGroup:
        descend(node.outbound);
        break;
    }
  }
  return out;
}

// OUT-20.
void Walk::export_outputs(const Value& outputs) {
  const auto upsert = [&](const char* list, Value entry, std::string_view name) {
    Value& all = s.status.at("outputs");
    if (all.is_null()) all = Value::object();
    Value& entries = all.at(list);
    if (entries.is_null()) entries = Value::array();
    s.header_changed = true;
    for (size_t i = 0; i < entries.size(); ++i) {
      if (entries[i]["name"].as_string() == name) {
        entries.item(i) = std::move(entry);
        return;
      }
    }
    entries.push_back(std::move(entry));
  };
  for (const Value& parameter : outputs["parameters"].items()) {
    const std::string_view global = parameter["globalName"].as_string();
    if (global.empty()) continue;
    Value entry = Value::object({{"name", global}});
    if (const Value* value = parameter.find("value")) {
      entry.set("value", *value);
      s.globals.set(cat("workflow.outputs.parameters.", global), value->as_string());
    }
    upsert("parameters", entry, global);
  }
  for (const Value& artifact : outputs["artifacts"].items()) {
    const std::string global(artifact["globalName"].as_string());
    if (global.empty()) continue;
    Value entry = artifact;
    entry.set("name", global);
    entry.erase("globalName");
    entry.erase("path");
    upsert("artifacts", entry, global);
  }
}

// OUT-5, OUT-6.
bool Walk::outputs_from_scope(const Value& tmpl, NodeScope& scope, Value& outputs, std::string& error) {
  const Value& declared = tmpl["outputs"];
  outputs = Value();
  if (declared["parameters"].empty() && declared["artifacts"].empty()) return true;
  outputs = Value::object();
  scope.show_artifacts(true);
  for (const Value& parameter : declared["parameters"].items()) {
    const Value* from = parameter.find("valueFrom");
    if (from == nullptr) {
      error = "output parameters must have a valueFrom specified";
      return false;
    }
    const Value* fallback = from->find("default");
    std::string text;
    if (from->has("expression") && !(*from)["expression"].as_string().empty()) {
      auto value = evaluate_text((*from)["expression"].as_string(), scope);
      if (!value.ok() && fallback == nullptr) {
        error = value.error().message();
        return false;
      }
      text = value.ok() ? *value : std::string(fallback->as_string());
    } else if (!(*from)["parameter"].as_string().empty()) {
      std::string_view tag = trim((*from)["parameter"].as_string());
      if (tag.starts_with("{{")) tag.remove_prefix(2);
      if (tag.ends_with("}}")) tag.remove_suffix(2);
      tag = trim(tag);
      const auto found = tag.starts_with("=") ? expr::Variable{} : scope.find(tag);
      if (tag.starts_with("=")) {
        auto value = evaluate_text(tag.substr(1), scope);
        if (!value.ok() && fallback == nullptr) {
          error = cat("Unable to resolve: ", go_quote(tag));
          return false;
        }
        text = value.ok() ? *value : std::string(fallback->as_string());
      } else if (found.is == expr::Variable::Is::Text) {
        text = std::string(found.text);
      } else if (fallback != nullptr) {
        text = std::string(fallback->as_string());
      } else if (found.is == expr::Variable::Is::Absent) {
        error = cat("output parameter ", go_quote(parameter["name"].as_string()), ": ", go_quote((*from)["parameter"].as_string()),
                    " is an absent optional (skipped/omitted node output with no default)");
        return false;
      } else {
        error = cat("Unable to resolve: ", go_quote(tag));
        return false;
      }
    }
    Value made = parameter;
    made.erase("valueFrom");
    made.set("value", text);
    if (!outputs.has("parameters")) outputs.set("parameters", Value::array());
    outputs.at("parameters").push_back(made);
  }
  for (const Value& artifact : declared["artifacts"].items()) {
    if (!artifact.has("from") && !artifact.has("fromExpression")) continue;
    const auto made = resolve_artifacts(Value::array({artifact}), scope);
    if (!made.ok()) {
      if (artifact["optional"].as_bool() && made.error().message().find("Unable to resolve") != std::string::npos) continue;
      error = cat("unable to resolve outputs from scope: ", made.error().message());
      return false;
    }
    for (const Value& resolved : made->items()) {
      if (!outputs.has("artifacts")) outputs.set("artifacts", Value::array());
      outputs.at("artifacts").push_back(resolved);
    }
  }
  return true;
}

bool Walk::children_fulfilled(NodeIndex index) const {
  std::vector<NodeIndex> open{index};
  std::set<NodeIndex> seen;
  while (!open.empty()) {
    const NodeIndex at = open.back();
    open.pop_back();
    if (!seen.insert(at).second) continue;
    const Node& node = s.nodes[at];
    if (node.children.empty() && !fulfilled(node)) return false;
    open.insert(open.end(), node.children.begin(), node.children.end());
  }
  return true;
}

bool Walk::hooks_fulfilled(NodeIndex index) const {
  for (const NodeIndex child : s.nodes[index].children) {
    if (s.nodes[child].flag.hooked && !fulfilled(s.nodes[child])) return false;
  }
  return true;
}

bool Walk::in_exit_handler(NodeIndex index) const {
  while (true) {
    if (s.nodes[index].display_name().ends_with(".onExit")) return true;
    if (s.nodes[index].boundary == kNoNode) return false;
    index = s.nodes[index].boundary;
  }
}

void Walk::look_again(NodeIndex node, Time at) { s.timers.push({at, node}); }

void Walk::forget(Exec& e) {
  if (e.node != kNoNode && s.exec(e.node) == &e) s.set_exec(e.node, nullptr);
  s.every_turn.erase(&e);
  s.starved.erase(&e);
  s.postponed.erase(&e);
  if (e.steps) {
    for (Call& call : e.steps->calls) forget_exec(call.exec);
  }
  if (e.dag) {
    for (TaskRun& task : e.dag->tasks) {
      for (Call& call : task.calls) forget_exec(call.exec);
      for (ExecPtr& hook : task.hooks) forget_exec(hook);
    }
  }
  if (e.retry) forget_exec(e.retry->attempt);
  for (ExecPtr& hook : e.hooks) forget_exec(hook);
  e.steps.reset();
  e.dag.reset();
  e.retry.reset();
  e.hooks.clear();
  e.processed = Value();
}

void Walk::forget_exec(ExecPtr& exec) {
  if (!exec) return;
  forget(*exec);
  exec.reset();
}

}  // namespace wf::engine
