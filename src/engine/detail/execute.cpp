// SPDX-License-Identifier: Apache-2.0
// One template holder: from the call to its node (rules EXE).
#include "base/text.h"
#include "engine/arguments.h"
#include "engine/detail/locking.h"
#include "engine/detail/walk.h"
#include "expr/duration.h"
#include "json/text.h"
#include "spec/names.h"

namespace wf::engine {

using json::Value;

namespace {

constexpr int kDepthMax = 100;  // REC-11
constexpr const char* kMaxDepth =
    "Maximum recursion depth exceeded. See https://argo-workflows.readthedocs.io/en/release-4.1/scaling/#maximum-recursion-depth";

// A template's inputs and paths as variables (SUB-9).
class InputScope final : public expr::Scope {
 public:
  InputScope(const Value& inputs, const Value& outputs) {
    for (const Value& parameter : inputs["parameters"].items()) {
      if (parameter.has("value")) add(cat("inputs.parameters.", parameter["name"].as_string()), parameter["value"].as_string());
    }
    list_ = inputs["parameters"];
    const auto paths = [&](const Value& list, std::string_view prefix) {
      for (const Value& item : list.items()) {
        const std::string_view path = item["path"].as_string();
        if (!path.empty()) add(cat(prefix, item["name"].as_string(), ".path"), path);
      }
    };
    paths(inputs["artifacts"], "inputs.artifacts.");
    paths(outputs["artifacts"], "outputs.artifacts.");
    for (const Value& parameter : outputs["parameters"].items()) {
      const std::string_view path = parameter["valueFrom"]["path"].as_string();
      if (!path.empty()) add(cat("outputs.parameters.", parameter["name"].as_string(), ".path"), path);
    }
  }
  expr::Variable find(std::string_view key) const override {
    for (const auto& [name, value] : values_) {
      if (name == key) return expr::Variable::of(std::string_view(value));
    }
    if (key != "inputs.parameters") return {};
    if (json_.empty()) json_ = list_.is_null() ? "null" : json::print(list_);
    return expr::Variable::of(std::string_view(json_));
  }
  void visit_keys(std::string_view prefix, const Visit& visit) const override {
    for (const auto& [name, value] : values_) {
      if (name.starts_with(prefix)) visit(name);
    }
    if (std::string_view("inputs.parameters").starts_with(prefix)) visit("inputs.parameters");
  }

 private:
  void add(std::string key, std::string_view value) { values_.emplace_back(std::move(key), std::string(value)); }
  Bindings values_;
  Value list_;
  mutable std::string json_;
};

bool has_tag(std::string_view text) { return text.find("{{") != std::string_view::npos; }

bool inputs_have_tags(const Value& inputs) {
  return (!inputs["parameters"].empty() || !inputs["artifacts"].empty()) && has_tag(json::print(inputs));
}

Result<void> check_values(const Value& inputs) {
  for (const Value& parameter : inputs["parameters"].items()) {
    if (!parameter.has("value") && !parameter.has("valueFrom")) {
      return Error(cat("inputs.parameters.", parameter["name"].as_string(), " had no value"), Code::Internal);
    }
  }
  return {};
}

}  // namespace

// Two passes over the whole template: globals and locals, then also inputs (SUB-9).
Result<Value> Walk::substitute(const Value& tmpl, const Bindings& locals) {
  const Layer outer(locals, s.globals);
  TRY(const std::string first, expr::replace_text(json::print(tmpl), outer, expr::Mode::lenient()));
  TRY(const Value halfway, json::parse(first));
  TRY_DO(check_values(halfway["inputs"]));
  const InputScope inputs(halfway["inputs"], halfway["outputs"]);
  if (!has_tag(first)) return halfway;
  const expr::LayeredScope all({&inputs, &outer});
  TRY(const std::string second, expr::replace_text(first, all, expr::Mode::lenient()));
  return json::parse(second);
}

Result<Value> Walk::process(Exec& e, const Compiled& compiled, const Value& arguments) {
  const auto config_map_value = [&](const Value& ref) -> Result<std::string> {
    TRY(const Value name, expr::replace_tree(ref["name"], s.globals, expr::Mode::strict()));
    TRY(const Value key, expr::replace_tree(ref["key"], s.globals, expr::Mode::strict()));
    return config_map_parameter(s.world, s.ns, name.as_string(), key.as_string());
  };
  TRY(Value inputs, bind_inputs(compiled.tmpl["inputs"], arguments, config_map_value));
  e.processed_is_plain = false;
  if (!compiled.nested_tags && !compiled.inputs_have_tags && !inputs_have_tags(inputs)) {
    TRY_DO(check_values(inputs));
    if (!compiled.body.has_tags()) {
      Value processed = compiled.tmpl;
      if (!inputs.is_null()) processed.set("inputs", std::move(inputs));
      e.processed_is_plain = true;
      return processed;
    }
    const InputScope own(inputs, compiled.tmpl["outputs"]);
    const Layer outer(e.locals, s.globals);
    const expr::LayeredScope all({&own, &outer});
    TRY(const std::string text, compiled.body.replace(all, expr::Mode::lenient()));
    if (!has_tag(text)) {
      TRY(Value processed, json::parse(text));
      if (!inputs.is_null()) processed.set("inputs", std::move(inputs));
      return processed;
    }
    if (compiled.type == spec::TemplateType::Steps || compiled.type == spec::TemplateType::Dag) {
      // Tags of steps and tasks stay for later; nothing was inserted that would be read again.
      TRY(Value processed, json::parse(text));
      if (!inputs.is_null()) processed.set("inputs", std::move(inputs));
      e.processed_is_plain = inputs.is_null() && json::print(processed) == compiled.text;
      return processed;
    }
  }
  Value bound = compiled.tmpl;
  if (!inputs.is_null()) bound.set("inputs", std::move(inputs));
  return substitute(bound, e.locals);
}

Value Walk::retry_strategy(const Value& tmpl) const {
  const Value& own = tmpl["retryStrategy"];
  return own.is_null() ? s.effective["retryStrategy"] : own;
}

Outcome Walk::errored(Exec& e, std::string text, Outcome::Kind kind) {
  if (e.node == kNoNode) e.node = s.nodes.find(e.name);
  if (e.node != kNoNode) {
    mark_error(e.node, text);
  } else {
    e.node = add_plain_node(e.name, e.holder, e.scope, e.boundary, NodeType::Skipped, Phase::Error, e.flag, text);
  }
  s.set_exec(e.node, &e);
  return {e.node, kind, std::move(text)};
}

bool Walk::prepare(Exec& e, Outcome& failure) {
  if (e.prepared && !e.resolved.compiled->changing) return true;
  if (!e.prepared) {
    auto resolved = s.templates.resolve(e.scope, e.holder);
    if (!resolved.ok()) {
      failure = errored(e, resolved.error().message());
      return false;
    }
    e.resolved = std::move(*resolved);
    e.locals.clear();
    const Compiled& compiled = *e.resolved.compiled;
    if (spec::runs_as_pod(compiled.type) && retry_strategy(compiled.tmpl).is_null()) {
      e.locals.emplace_back("pod.name", spec::pod_name({s.name, e.name, compiled.name, s.nodes.id_of_name(e.name)}, pod_names()));
    }
    const std::string own(e.holder["name"].as_string());
    if (e.kind == CallKind::Task) e.locals.emplace_back("tasks.name", own);
    if (e.kind != CallKind::Task) e.locals.emplace_back("steps.name", own);
    e.locals.emplace_back("node.name", e.name);
  }
  auto processed = process(e, *e.resolved.compiled, e.arguments);
  if (!processed.ok()) {
    failure = errored(e, processed.error().message());
    return false;
  }
  e.processed = std::move(*processed);
  e.has_locks = e.processed.has("synchronization");
  e.prepared = true;
  return true;
}

// NOD-6.
bool Walk::apply_display_name(Exec& e, Outcome& failure) {
  const std::string_view shown = e.processed["annotations"]["workflows.argoproj.io/display-name"].as_string();
  if (shown.empty() || e.node == kNoNode) return true;
  if (!spec::valid_display_name(shown)) {
    failure = errored(e, "displayName must match the regex ^[a-zA-Z0-9][a-zA-Z0-9-.]{0,61}[a-zA-Z0-9]$");
    return false;
  }
  if (s.nodes[e.node].display_name() != shown) {
    s.nodes[e.node].more().display_name = std::string(shown);
    s.nodes.touch(e.node);
  }
  return true;
}

// TIM-5.
bool Walk::check_timeouts(Exec& e, Outcome& failure) {
  if (e.node == kNoNode) return true;
  const Node& node = s.nodes[e.node];
  for (const char* field : {"timeout", "pendingTimeout"}) {
    const std::string_view text = e.processed[field].as_string();
    const bool pending = node.phase == Phase::Pending;
    if (text.empty() || (!pending && std::string_view(field) == "pendingTimeout")) continue;
    const auto length = expr::parse_seconds_or_duration(text);
    if (!length.ok()) {
      failure = {e.node, Outcome::Kind::Failed, cat("invalid timeout format ", length.error().message())};
      mark_node(e.node, Phase::Failed, failure.error);
      return false;
    }
    const Time deadline = node.started_at + *length;
    if (now <= deadline) {
      look_again(e.node, deadline + std::chrono::nanoseconds(1));
    } else if (pending) {
      if (node.type == NodeType::Pod && node.pod_exists) {
        turn.actions.push_back(DeletePod{pod_name(node)});
        s.nodes.set_pod_exists(e.node, false);
      }
      mark_node(e.node, Phase::Failed, "timeout");
      failure = {e.node, Outcome::Kind::Timeout, "timeout"};
      return false;
    }
  }
  return true;
}

// PAR-1 to PAR-5.
bool Walk::refused(Exec& e) {
  const auto limit = s.effective["parallelism"].as_int();
  if (limit && s.nodes.active_pods() >= *limit) return true;
  const auto fail_fast = [&](NodeIndex composite, bool steps) {
    if (s.nodes.counts(composite).unsuccessful == 0) return false;
    if (s.nodes.counts(composite).active_pods == 0) {
      const std::string text = "template has failed or errored children and failFast enabled";
      if (steps) {
        NodeIndex leaf = kNoNode;
        for (NodeIndex i = composite; i < s.nodes.size(); ++i) {
          if (s.nodes[i].type == NodeType::StepGroup && s.nodes[i].boundary == composite) leaf = i;
        }
        if (leaf != kNoNode) mark_node(leaf, Phase::Failed, text);
      }
      mark_node(composite, Phase::Failed, text);
      mark(s, s.exec(composite));
    }
    return true;
  };
  const auto type = e.resolved.compiled->type;
  if (e.node != kNoNode && (type == spec::TemplateType::Steps || type == spec::TemplateType::Dag)) {
    if (e.processed["failFast"].as_bool() && fail_fast(e.node, type == spec::TemplateType::Steps)) return true;
    const auto own = e.processed["parallelism"].as_int();
    if (own && s.nodes.counts(e.node).active_pods >= *own) return true;
  }
  if (e.boundary == kNoNode) return false;
  if (e.node != kNoNode && (s.nodes[e.node].phase == Phase::Pending || s.nodes[e.node].phase == Phase::Running)) return false;
  const Exec* outer = s.exec(e.boundary);
  if (outer == nullptr || !outer->resolved.compiled) return false;
  const Compiled& boundary = *outer->resolved.compiled;
  if (boundary.tmpl["failFast"].as_bool() && fail_fast(e.boundary, boundary.type == spec::TemplateType::Steps)) return true;
  const auto slots = boundary.tmpl["parallelism"].as_int();
  return slots && s.nodes.counts(e.boundary).active_children >= *slots;
}

Outcome Walk::execute(Exec& e) {
  ++turn.visited;
  ++depth;
  Outcome outcome = checked(e);
  --depth;
  if (outcome.kind != Outcome::Kind::Done && outcome.node != kNoNode && s.nodes[outcome.node].synced == Synced::No) {
    s.nodes.change(outcome.node, [](Node& node) { node.synced = Synced::Yes; });  // EXE-18
  }
  if (e.node != kNoNode && e.processed.has("metrics")) measure_template(e);
  if (e.node != kNoNode && phase_fulfilled(s.nodes[e.node]) && !s.nodes[e.node].daemoned && !e.has_locks) {
    e.processed = Value();
  }
  return outcome;
}

Outcome Walk::checked(Exec& e) {
  if (e.node == kNoNode) e.node = s.nodes.find(e.name);
  if (e.node != kNoNode) s.set_exec(e.node, &e);
  if (depth >= kDepthMax) return errored(e, kMaxDepth, Outcome::Kind::MaxDepth);
  const bool ended = e.node != kNoNode && phase_fulfilled(s.nodes[e.node]);
  Outcome failure;
  const bool named = e.prepared && e.processed["annotations"].has("workflows.argoproj.io/display-name");
  if (ended && e.prepared && !e.has_locks && !named) {
    e.dirty = false;
    return {e.node};
  }
  if (!prepare(e, failure)) return failure;
  if (!apply_display_name(e, failure)) return failure;
  if (ended) {
    release_locks(e);
    e.dirty = false;
    return {e.node};
  }
  if (!check_timeouts(e, failure)) return failure;
  if (refused(e)) return {e.node, Outcome::Kind::Refused, {}};
  e.dirty = false;
  Outcome outcome;
  if (e.has_locks && !acquire_locks(e, outcome)) return outcome;
  if (e.processed.has("memoize") && !look_up_memo(e, outcome)) return outcome;
  if (e.node != kNoNode) {
    s.set_exec(e.node, &e);
    if (phase_fulfilled(s.nodes[e.node])) {
      release_locks(e);
      return {e.node};
    }
    if (!is_set(s.nodes[e.node].started_at)) {
      s.nodes[e.node].started_at = now;
      s.nodes.touch(e.node);
    }
  }
  if (!retry_strategy(e.processed).is_null()) return execute_retry(e);
  return dispatch(e);
}

Outcome Walk::dispatch(Exec& e) {
  Outcome out;
  switch (e.resolved.compiled->type) {
    case spec::TemplateType::Container: case spec::TemplateType::ContainerSet: case spec::TemplateType::Script:
    case spec::TemplateType::Resource: case spec::TemplateType::Data:
      out = execute_pod(e);
      break;
    case spec::TemplateType::Steps: out = execute_steps(e); break;
    case spec::TemplateType::Dag: out = execute_dag(e); break;
    case spec::TemplateType::Suspend: out = execute_suspend(e); break;
    case spec::TemplateType::Http: out = execute_agent_task(e, NodeType::HTTP); break;
    case spec::TemplateType::Plugin: out = execute_agent_task(e, NodeType::Plugin); break;
    case spec::TemplateType::Unknown: out = errored(e, cat("Template '", e.resolved.compiled->name, "' missing specification")); break;
  }
  if (out.kind == Outcome::Kind::Failed) {  // EXE-15
    if (out.node == kNoNode) out.node = e.node;
    CHECK(out.node != kNoNode);
    mark_error(out.node, out.error);
    const Value strategy = retry_strategy(e.processed);
    const std::string_view policy = retry_policy(strategy);
    if (strategy.is_null() || (policy != "Always" && policy != "OnError" && policy != "OnTransientError")) {
      release_locks(e);
      return out;
    }
    out = {out.node};
  }
  if (fulfilled(s.nodes[out.node])) release_locks(e);
  return out;
}

}  // namespace wf::engine
