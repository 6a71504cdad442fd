// SPDX-License-Identifier: Apache-2.0
// What steps and tasks have in common: references, conditions, loops (rules STP-5 to STP-7, DAG-11,
// EXP, SUB-12, VAR-16).
#include "base/text.h"
#include "engine/arguments.h"
#include "engine/detail/walk.h"
#include "expr/items.h"
#include "engine/detail/expressions.h"
#include "expr/when.h"
#include "json/text.h"

namespace wf::engine {

using json::Value;

void Walk::mark_absent(Value& call, NodeScope& scope) {
  const auto parameters = call["arguments"]["parameters"].items();
  for (size_t i = 0; i < parameters.size(); ++i) {
    std::string_view text = call["arguments"]["parameters"][i]["value"].as_string();
    if (!text.starts_with("{{") || !text.ends_with("}}") || text.size() < 4) continue;
    text = trim(text.substr(2, text.size() - 4));
    if (text.find("{{") != text.npos || text.find("}}") != text.npos || text.starts_with("=")) continue;
    if (scope.absent(text)) call.at("arguments").at("parameters").item(i).set("value", kAbsentArgument);
  }
}

Result<Value> Walk::resolve_artifacts(const Value& artifacts, NodeScope& scope) {
  Value out = Value::array();
  for (const Value& artifact : artifacts.items()) {
    const std::string_view from = artifact["from"].as_string();
    const std::string_view expression = artifact["fromExpression"].as_string();
    if (from.empty() && expression.empty()) {
      out.push_back(artifact);
      continue;
    }
    const auto failed = [&](std::string text) -> Result<Value> { return Error(std::move(text)); };
    std::optional<Value> found;
    if (!expression.empty()) {
      scope.show_artifacts(true);
      const auto value = evaluate(expression, scope);
      scope.show_artifacts(false);
      if (!value.ok()) return value.error();
      const auto as_json = value->to_json();
      if (as_json.ok() && as_json->is_object()) found = *as_json;
      if (!found) return failed("Variable {{" + std::string(expression) + "}} is not an artifact");
    } else {
      std::string_view tag = trim(from);
      if (tag.starts_with("{{")) tag.remove_prefix(2);
      if (tag.ends_with("}}")) tag.remove_suffix(2);
      tag = trim(tag);
      found = scope.artifact(tag);
      if (!found) {
        if (artifact["optional"].as_bool()) continue;
        return failed(cat("Unable to resolve: ", go_quote(tag)));
      }
    }
    Value resolved = *found;
    if (const std::string_view sub_path = artifact["subPath"].as_string(); !sub_path.empty()) {
      TRY(const std::string text, expr::replace_text(json::print(Value(sub_path)), scope, expr::Mode::lenient()));
      TRY(const Value path, json::parse(text));
      auto moved = append_to_key(resolved, path.as_string());
      if (!moved.ok() && !resolved["optional"].as_bool()) return moved.error();
      if (moved.ok()) resolved = *moved;
    }
    resolved.set("name", artifact["name"]);
    out.push_back(resolved);
  }
  return out;
}

Walk::Resolution Walk::resolve_call(const CallPlan& plan, const Exec& owner, NodeScope& scope, Value& out,
                                    std::string& error) {
  const auto fail = [&](const Error& failure) {
    if (expr::is_missing_variable(failure)) return Resolution::Later;
    error = failure.message();
    return Resolution::Failed;
  };
  if (plan.has_when) {
    const auto text = plan.when.replace(scope, expr::Mode::strict_for_nodes());
    if (!text.ok()) return fail(text.error());
    const auto when = json::parse(*text);
    if (!when.ok()) return fail(when.error());
    const auto proceed = expr::should_execute(when->as_string());
    if (!proceed.ok()) {
      if (!plan.expands) return fail(Error(proceed.error().message()));
    } else if (!*proceed) {
      out = plan.call;  // it will not run: the rest is left as it is (STP-6)
      out.set("when", *when);
      return Resolution::Ready;
    }
  }
  Value call = plan.call;
  mark_absent(call, scope);
  const bool marked = !(call == plan.call);
  if (!plan.body.has_tags() && !marked) {
    out = plan.call;
  } else {
    Value body = call;
    body.erase("hooks");
    const auto text = marked ? expr::replace_text(json::print(body), scope, expr::Mode::strict_for_nodes())
                             : plan.body.replace(scope, expr::Mode::strict_for_nodes());
    if (!text.ok()) return fail(text.error());
    auto parsed = json::parse(*text);
    if (!parsed.ok()) return fail(parsed.error());
    out = std::move(*parsed);
    if (plan.call.has("hooks")) out.set("hooks", plan.call["hooks"]);
  }
  if (plan.artifacts_by_reference) {
    auto artifacts = resolve_artifacts(out["arguments"]["artifacts"], scope);
    if (!artifacts.ok()) {
      if (owner.dag) return fail(artifacts.error());
      return fail(std::move(artifacts.error()).wrap("unable to resolve references"));
    }
    out.at("arguments").set("artifacts", *artifacts);
  }
  return Resolution::Ready;
}

// EXP-10 to EXP-14. A task's own loop fields are part of its copies' substitution, a step's are not.
bool Walk::expand_call(const CallPlan& plan, const Exec& owner, Value resolved, NodeScope& scope,
                       std::vector<Call>& out, std::string& error) {
  const auto fail = [&](const Error& failure) {
    error = failure.message();
    return false;
  };
  const auto items = expr::loop_items(resolved);
  if (!items.ok()) return fail(items.error());
  if (!owner.dag) {
    for (const char* field : {"withItems", "withParam", "withSequence"}) resolved.erase(field);
  }
  const auto body = expr::Template::parse_valid(json::print(resolved));
  if (!body.ok()) return fail(body.error());
  const auto runs = expr::should_execute(resolved["when"].as_string());
  const bool never = runs.ok() && !*runs;
  out.reserve(out.size() + items->size());
  for (size_t i = 0; i < items->size(); ++i) {
    const expr::Item& item = (*items)[i];
    Call call;
    auto name = expr::item_name(plan.name, i, item);
    if (!name.ok()) return fail(name.error());
    call.name = std::move(*name);
    if (body->has_tags()) {
      expr::MapScope own;
      item.put_into(own);
      const expr::LayeredScope all({&own, &scope});
      auto text = body->replace(all, never ? expr::Mode::lenient() : expr::Mode::strict());
      if (!text.ok() && never) text = json::print(resolved);  // it never runs: what is absent stays
      if (!text.ok()) return fail(text.error());
      auto parsed = json::parse(*text);
      if (!parsed.ok()) return fail(parsed.error());
      call.holder = std::move(*parsed);
    } else {
      call.holder = resolved;
    }
    for (const char* field : {"withItems", "withParam", "withSequence"}) call.holder.erase(field);
    call.holder.set("name", call.name);
    if (plan.call.has("template")) call.holder.set("template", plan.call["template"]);  // EXP-12
    out.push_back(std::move(call));
  }
  return true;
}

Exec& Walk::exec_of_call(Exec& parent, Call& call, const std::string& name, uint32_t place, uint32_t item) {
  if (call.exec) return *call.exec;
  call.exec = std::make_unique<Exec>();
  Exec& e = *call.exec;
  e.name = name;
  e.parent = &parent;
  e.place = place;
  e.item = item;
  e.kind = parent.dag ? CallKind::Task : CallKind::Step;
  e.holder = call.holder;
  e.scope = parent.resolved.scope;
  e.arguments = call.holder["arguments"];
  e.boundary = parent.node;
  e.on_exit = parent.on_exit;
  return e;
}

}  // namespace wf::engine
