// SPDX-License-Identifier: Apache-2.0
// Lifecycle hooks and exit handlers of steps and tasks (rules HOK-6 to HOK-13).
#include "base/text.h"
#include "engine/detail/expressions.h"
#include "engine/detail/walk.h"
#include "json/text.h"

namespace wf::engine {

using json::Value;

Exec& Walk::hook_exec(Exec* owner, std::vector<ExecPtr>& execs, const std::string& name, uint32_t place, uint32_t item) {
  for (const ExecPtr& known : execs) {
    if (known->name == name) return *known;
  }
  Exec& e = *execs.emplace_back(std::make_unique<Exec>());
  e.name = name;
  e.parent = owner;
  e.place = place;
  e.item = item;
  e.is_hook = true;
  e.kind = CallKind::Step;
  e.flag = {true, true, false};
  if (owner != nullptr) {
    e.scope = owner->resolved.scope;
    e.boundary = owner->node;
    e.kind = CallKind::Step;
  } else {
    e.scope = s.templates.local();
  }
  return e;
}

// HOK-1, HOK-8.
Result<Value> Walk::hook_arguments(const Value& arguments, NodeIndex node, NodeScope& scope, std::string_view name) {
  const Value& outputs = s.nodes[speaking_node(s.nodes, node)].outputs;
  const std::string_view prefix = s.exec(s.nodes[node].boundary)->dag ? "tasks." : "steps.";
  for (const Value& parameter : outputs["parameters"].items()) {
    scope.bind(cat(prefix, name, ".outputs.parameters.", parameter["name"].as_string()), std::string(parameter["value"].as_string()));
  }
  for (const Value& artifact : outputs["artifacts"].items()) {
    scope.bind_artifact(cat(prefix, name, ".outputs.artifacts.", artifact["name"].as_string()), artifact);
  }
  Value call = Value::object({{"arguments", arguments}});
  mark_absent(call, scope);
  TRY(const std::string text, expr::replace_text(json::print(call["arguments"]), scope, expr::Mode::lenient()));
  TRY(Value resolved, json::parse(text));
  if (resolved["artifacts"].empty()) return resolved;
  auto artifacts = resolve_artifacts(resolved["artifacts"], scope);
  if (!artifacts.ok()) return std::move(artifacts.error()).wrap("unable to resolve references");
  resolved.set("artifacts", *artifacts);
  return resolved;
}

bool Walk::run_hooks(Exec& owner, std::vector<ExecPtr>& execs, const Value& hooks, NodeIndex node, NodeScope& scope,
                     std::string_view name, std::string_view status_name, uint32_t place, uint32_t item, std::string& error) {
  const std::string_view prefix = owner.dag ? "tasks." : "steps.";
  scope.bind(cat(prefix, status_name, ".status"), std::string(name_of(s.nodes[node].phase)));
  std::vector<NodeIndex> running;
  for (const json::Member& member : hooks.members()) {
    if (member.key() == "exit") continue;
    const Value& hook = member.value;
    const std::string hook_name = cat(s.nodes[node].name, ".hooks.", member.key());
    const std::string_view expression = hook["expression"].as_string();
    if (expression.empty()) {
      error = cat("Expression required for hook ", hook_name);
      return false;
    }
    const auto due = evaluate_bool(expression, scope);
    if (!due.ok()) {
      error = due.error().message();
      return false;
    }
    if (!*due && s.nodes.find(hook_name) == kNoNode) continue;
    Exec& e = hook_exec(&owner, execs, hook_name, place, item);
    if (!e.prepared) {
      e.holder = Value::object({{"template", hook["template"]}, {"templateRef", hook["templateRef"]}});
      e.arguments = hook["arguments"];
      if (!e.arguments.empty() && !s.nodes[speaking_node(s.nodes, node)].outputs.is_null()) {
        auto resolved = hook_arguments(hook["arguments"], node, scope, name);
        if (!resolved.ok()) {
          error = resolved.error().message();
          return false;
        }
        e.arguments = std::move(*resolved);
      }
    }
    const Outcome out = execute(e);
    if (out.kind != Outcome::Kind::Done) {
      error = out.kind == Outcome::Kind::Refused ? "" : out.error;
      if (out.kind == Outcome::Kind::Refused) s.starved.insert(&owner);
      return false;
    }
    s.nodes.add_child(node, out.node);
    running.push_back(out.node);
  }
  for (const NodeIndex hook : running) {
    if (!fulfilled(s.nodes[hook])) return false;
  }
  return true;
}

void Walk::exit_call(const Value& hook, Value& holder, Value& arguments) const {
  holder = Value::object({{"template", hook["template"]}});
  if (hook["templateRef"].is_object()) holder.set("templateRef", hook["templateRef"]);
  const Value& own = hook["arguments"];
  arguments = own["parameters"].empty() && own["artifacts"].empty() ? s.effective["arguments"] : own;
}

bool Walk::run_exit(Exec& owner, std::vector<ExecPtr>& execs, const Value& hook, NodeIndex node, NodeScope& scope,
                    std::string_view name, uint32_t place, uint32_t item, std::string& error) {
  if (hook.is_null() || !s.may_run(true)) return true;
  if (const std::string_view expression = hook["expression"].as_string(); !expression.empty()) {
    const auto due = evaluate_bool(expression, scope);
    if (!due.ok()) {
      error = due.error().message();
      return false;
    }
    if (!*due) return true;
  }
  Exec& e = hook_exec(&owner, execs, cat(s.nodes[node].name, ".onExit"), place, item);
  if (!e.prepared) {
    e.on_exit = true;
    exit_call(hook, e.holder, e.arguments);
    if (!e.arguments["parameters"].empty() || !e.arguments["artifacts"].empty()) {
      auto resolved = hook_arguments(e.arguments, node, scope, name);
      if (!resolved.ok()) {
        error = resolved.error().message();
        return false;
      }
      e.arguments = std::move(*resolved);
    }
  }
  const Outcome out = execute(e);
  if (out.node != kNoNode) s.nodes.add_child(node, out.node);
  if (out.kind == Outcome::Kind::Refused) {
    s.starved.insert(&owner);
    if (owner.steps) owner.steps->dirty.add(place);
    return false;
  }
  if (out.kind != Outcome::Kind::Done) {
    error = out.error;
    return false;
  }
  return out.node != kNoNode && fulfilled(s.nodes[out.node]);
}

}  // namespace wf::engine
