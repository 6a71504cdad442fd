// SPDX-License-Identifier: Apache-2.0
// Table with-items: loops of a step `st` or of a whole task, and the texts of AnyString.
#include "answer/tables.h"
#include "expr/expand.h"
#include "expr/items.h"
#include "json/text.h"

namespace wf::answer {
namespace {

using json::Value;

Value step_with(std::string_view field, const Value& loop, const Value& when) {
  const Value parameter = Value::object({{"name", "p"}, {"value", "<{{item}}>"}});
  Value step = Value::object({{"name", "st"},
                              {"template", "work"},
                              {"arguments", Value::object({{"parameters", Value::array({parameter})}})},
                              {field, loop}});
  if (!when.as_string().empty()) step.set("when", when);
  return step;
}

Result<Value> expanded(const Value& step) {
  TRY(const std::vector<Value> copies, expr::expand_step(step, expr::MapScope()));
  Value out = Value::array();
  for (const Value& copy : copies) {
    Value row = Value::object({{"name", copy["name"]}});
    for (const Value& parameter : copy["arguments"]["parameters"].items()) {
      row.at("parameters").set(parameter["name"].as_string(), parameter["value"]);
    }
    row.set("when", copy["when"]);
    out.push_back(std::move(row));
  }
  return out;
}

Result<Value> element(const Value& in) {
  const auto json = in["element"].as_string();
  TRY(const expr::Item item, expr::parse_item(json));
  TRY(Value rows, expanded(step_with("withParam", Value(std::string("[") + std::string(json) + "]"), Value())));
  return Value::object({{"type", name_of(item.type)}, {"expanded", std::move(rows)}});
}

Result<Value> dag_task(const Value& in) {
  expr::MapScope scope;
  for (const json::Member& variable : in["scope"].members()) {
    scope.set(variable.key(), expr::Any::from_json(variable.value));
  }
  TRY(const std::vector<Value> tasks, expr::expand_task(in["task"], scope));
  Value out = Value::array();
  for (const Value& task : tasks) out.push_back(task);
  return out;
}

}  // namespace

Result<Value> with_items(const Value& in) {
  const auto kind = in["kind"].as_string();
  if (kind == "element") return element(in);
  if (kind == "withParam") return expanded(step_with("withParam", in["withParam"], in["when"]));
  if (kind == "withSequence") return expanded(step_with("withSequence", in["withSequence"], Value()));
  if (kind == "dagTask") return dag_task(in);
  TRY(const Value value, json::parse(in["json"].as_string()));
  return value.is_null() ? Value() : Value(expr::any_string_of(value));
}

}  // namespace wf::answer
