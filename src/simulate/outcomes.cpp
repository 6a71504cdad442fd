// SPDX-License-Identifier: Apache-2.0
#include "simulate/outcomes.h"

#include <algorithm>
#include <initializer_list>

#include "base/text.h"
#include "expr/duration.h"
#include "expr/items.h"

namespace wf::simulate {
namespace {

using json::Value;

Result<Duration> duration_of(const Value& value, std::string_view where) {
  const std::string text = value.is_number() ? std::string(value.number_text()) : std::string(value.as_string());
  auto length = expr::parse_seconds_or_duration(text);
  if (!length.ok()) return Error(cat(where, ": '", text, "' is not a duration like 2s or 500ms"));
  return *length;
}

Result<void> known(const Value& object, std::string_view where, std::initializer_list<std::string_view> names) {
  if (!object.is_object()) return Error(cat(where, ": expected a map, got ", json::name_of(object.kind())));
  for (const json::Member& member : object.members()) {
    if (std::find(names.begin(), names.end(), member.key()) == names.end()) {
      return Error(cat(where, ": unknown field '", member.key(), "'; known are ", join({names.begin(), names.end()}, ", ")));
    }
  }
  return {};
}

Result<std::map<std::string, std::string>> texts(const Value& object, std::string_view where) {
  std::map<std::string, std::string> out;
  if (!object.is_null() && !object.is_object()) return Error(cat(where, ": expected a map"));
  for (const json::Member& member : object.members()) out[std::string(member.key())] = expr::any_string_of(member.value);
  return out;
}

Result<PodRule> parse_rule(const Value& in, const std::string& where) {
  TRY_DO(known(in, where, {"node", "template", "times", "pending", "duration", "exitCode", "containers", "message", "reason",
                           "result", "parameters", "artifacts", "progress", "podIP", "ready"}));
  PodRule rule;
  rule.node = std::string(in["node"].as_string());
  rule.tmpl = std::string(in["template"].as_string());
  rule.times = static_cast<int>(in["times"].as_int().value_or(-1));
  if (in.has("pending")) {
    TRY(rule.pending, duration_of(in["pending"], where + ".pending"));
  }
  if (in.has("duration")) {
    TRY(rule.duration, duration_of(in["duration"], where + ".duration"));
  }
  rule.exit_code = static_cast<int>(in["exitCode"].as_int().value_or(0));
  for (const json::Member& one : in["containers"].members()) {
    if (!one.value.as_int()) return Error(cat(where, ".containers.", one.key(), ": expected an exit code"));
    rule.containers[std::string(one.key())] = static_cast<int>(*one.value.as_int());
  }
  rule.message = std::string(in["message"].as_string());
  rule.reason = std::string(in["reason"].as_string());
  if (in.has("result")) rule.result = expr::any_string_of(in["result"]);
  TRY(rule.parameters, texts(in["parameters"], where + ".parameters"));
  TRY(rule.artifacts, texts(in["artifacts"], where + ".artifacts"));
  rule.progress = std::string(in["progress"].as_string());
  if (in.has("podIP")) rule.pod_ip = std::string(in["podIP"].as_string());
  if (in.has("ready")) rule.ready = in["ready"].as_bool();
  return rule;
}

Result<Condition> parse_condition(const Value& in, const std::string& where) {
  TRY_DO(known(in, where, {"node", "phase", "after"}));
  Condition condition;
  condition.node = std::string(in["node"].as_string());
  condition.phase = std::string(in["phase"].as_string());
  if (in.has("after")) {
    TRY(condition.after, duration_of(in["after"], where + ".after"));
  }
  return condition;
}

Result<UserAction> parse_action(const Value& in, const std::string& where) {
  TRY_DO(known(in, where, {"when", "workflow", "argo", "apply", "delete"}));
  UserAction action;
  TRY(action.when, parse_condition(in["when"], where + ".when"));
  action.workflow = std::string(in["workflow"].as_string());
  for (const Value& word : in["argo"].items()) action.argo.push_back(expr::any_string_of(word));
  action.apply = in["apply"];
  action.remove = in["delete"];
  if (action.argo.empty() && action.apply.is_null() && action.remove.is_null()) {
    return Error(where + ": one of argo, apply or delete is needed");
  }
  return action;
}

}  // namespace

Result<Outcomes> parse_outcomes(const Value& document) {
  Outcomes outcomes;
  if (document.is_null()) return outcomes;
  TRY_DO(known(document, "outcomes", {"pods", "actions", "end"}));
  for (size_t i = 0; i < document["pods"].size(); ++i) {
    TRY(PodRule rule, parse_rule(document["pods"][i], cat("pods[", i, "]")));
    outcomes.pods.push_back(std::move(rule));
  }
  for (size_t i = 0; i < document["actions"].size(); ++i) {
    TRY(UserAction action, parse_action(document["actions"][i], cat("actions[", i, "]")));
    outcomes.actions.push_back(std::move(action));
  }
  if (document.has("end")) {
    TRY(outcomes.end, parse_condition(document["end"], "end"));
  }
  return outcomes;
}

}  // namespace wf::simulate
