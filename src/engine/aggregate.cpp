// SPDX-License-Identifier: Apache-2.0
#include "engine/aggregate.h"

#include "base/text.h"
#include "json/text.h"

namespace wf::engine {

using json::Value;

Result<std::string> aggregated_results(const std::vector<Value>& outputs) {
  Value list = Value::array();
  for (const Value& output : outputs) {
    const Value* result = output.find("result");
    if (result == nullptr) continue;
    auto parsed = json::parse(result->as_string());
    if (!parsed.ok()) {  // Argo's text has no place in it
      const std::string& text = parsed.error().message();
      return Error(text.starts_with("line ") ? text.substr(text.find(": ") + 2) : text);
    }
    list.push_back(std::move(*parsed));
  }
  return json::print(list);
}

std::string aggregated_parameters(const std::vector<Value>& outputs) {
  Value list = Value::array();
  for (const Value& output : outputs) {
    if (output["parameters"].empty()) continue;
    Value entry = Value::object();
    for (const Value& parameter : output["parameters"].items()) {
      entry.set(parameter["name"].as_string(), parameter["value"].as_string());
    }
    entry.sort_keys();
    list.push_back(std::move(entry));
  }
  return json::print(list);
}

std::string aggregated_values(const std::vector<std::string>& values) {
  Value nested = Value::array();
  for (const std::string& value : values) {
    auto parsed = json::parse(value);
    if (!parsed.ok() || (!parsed->is_array() && !parsed->is_object())) {
      Value plain = Value::array();
      for (const std::string& text : values) plain.push_back(text);
      return json::print(plain);
    }
    parsed->sort_keys();
    nested.push_back(std::move(*parsed));
  }
  return json::print(nested);
}

std::vector<std::string> values_of(const std::vector<Value>& outputs, std::string_view parameter) {
  std::vector<std::string> values;
  for (const Value& output : outputs) {
    for (const Value& candidate : output["parameters"].items()) {
      if (candidate["name"].as_string() == parameter) values.emplace_back(candidate["value"].as_string());
    }
  }
  return values;
}

}  // namespace wf::engine
