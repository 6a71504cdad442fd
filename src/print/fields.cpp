// SPDX-License-Identifier: Apache-2.0
#include "print/fields.h"

#include "base/text.h"
#include "base/utf8.h"
#include "expr/duration.h"
#include "expr/gotime.h"

namespace wf::print {

void Fields::add(std::string_view label, std::string_view value) {
  text_ += label;
  const size_t taken = rune_count(label);
  if (taken < width_) text_.append(width_ - taken, ' ');
  text_ += cat(" ", value, "\n");
}

void Fields::add_time(std::string_view label, std::string_view time, Time now) {
  if (!time.empty()) add(label, timestamp(time, now));
}

void Fields::add_conditions(const json::Value& conditions, const Style& style) {
  if (conditions.empty()) return;
  add("Conditions:", "");
  for (const json::Value& condition : conditions.items()) {
    const auto type = condition["type"].as_string(), message = condition["message"].as_string();
    add(cat(condition_sign(type, style), " ", type), message.empty() ? condition["status"].as_string() : message);
  }
}

void Fields::add_parameters(std::string_view heading, const json::Value& list) {
  if (list.empty()) return;
  add(heading, "");
  for (const json::Value& parameter : list.items()) {
    const auto value = parameter_value(parameter);
    if (value) add(cat("  ", parameter["name"].as_string(), ":"), *value);
  }
}

std::string timestamp(std::string_view text, Time now) {
  const auto moment = expr::parse_time(expr::kRfc3339, text);
  const auto shown = moment.ok() ? *moment : expr::zero_time();
  const auto time = parse_rfc3339(text);
  const auto ago = time.ok() ? expr::humanize_relative(*time, now) : std::string("a long while ago");
  return cat(expr::format(shown, "Mon Jan 02 15:04:05 -0700"), " (", ago, ")");
}

Duration elapsed(std::string_view started, std::string_view finished, Time now) {
  const auto from = parse_rfc3339(started), to = parse_rfc3339(finished);
  if (!from.ok()) return Duration::zero();
  return (to.ok() ? *to : now) - *from;
}

std::optional<std::string> parameter_value(const json::Value& parameter) {
  for (const json::Value* value : {&parameter["value"], &parameter["default"]}) {
    if (value->is_string()) return std::string(value->as_string());
  }
  if (parameter["valueFrom"].is_object()) return "";
  return std::nullopt;
}

const json::Value& executed_spec(const json::Value& workflow) {
  const json::Value& stored = workflow["status"]["storedWorkflowTemplateSpec"];
  return stored.is_object() ? stored : workflow["spec"];
}

std::string service_account(const json::Value& workflow) {
  const auto name = executed_spec(workflow)["serviceAccountName"].as_string();
  if (!name.empty()) return std::string(name);
  if (workflow["spec"]["workflowTemplateRef"].is_object()) return "unset";
  return "unset (will run with the default ServiceAccount)";
}

}  // namespace wf::print
