// SPDX-License-Identifier: Apache-2.0
#include "config/controller_config.h"

#include <algorithm>

#include "base/text.h"
#include "config/settings_schema.h"
#include "expr/gotime.h"
#include "json/yaml.h"

namespace wf::config {

using json::Value;

namespace {

// One YAML document of all items of the ConfigMap, each below its key.
Result<std::string> text_of(const Value& data) {
  if (const Value* all = data.find("config")) {
    if (data.size() == 1) return std::string(all->as_string());
    return Error(
        "if you have an item in your config map named 'config', you must only have one item");
  }
  std::string text;
  for (const json::Member& item : data.members()) {
    std::string_view value = item.value.as_string();
    if (value.find('\n') == std::string_view::npos) {
      text += cat(item.key(), ": ", value, "\n");
      continue;
    }
    while (value.starts_with('\n')) value.remove_prefix(1);
    while (value.ends_with('\n')) value.remove_suffix(1);
    text += cat(item.key(), ":\n  ", replace_all(value, "\n", "\n  "), "\n");
  }
  return text;
}

}  // namespace

Result<ControllerConfig> ControllerConfig::from_config_map(const Value& config_map) {
  TRY(const std::string text, text_of(config_map["data"]));
  auto document = json::parse_yaml(text, json::DuplicateKeys::Refuse);
  if (!document) return std::move(document.error()).wrap("error converting YAML to JSON");
  return from_settings(document->value);
}

Result<ControllerConfig> ControllerConfig::from_settings(Value settings) {
  auto checked = checked_settings(settings);
  if (!checked)
    return std::move(checked.error()).wrap("error unmarshaling JSON: while decoding JSON");
  ControllerConfig config;
  config.settings_ = std::move(*checked);
  if (const Value* delay = config.settings_.find("podGCDeleteDelayDuration")) {
    TRY(const int64_t nanoseconds, expr::parse_duration(delay->as_string()));
    config.pod_gc_delay_ = Duration(nanoseconds);
  }
  if (const Value* delay = config.settings_.find("initialDelay")) {
    TRY(const int64_t nanoseconds, expr::parse_duration(delay->as_string()));
    config.initial_delay_ = Duration(nanoseconds);
  }
  return config;
}

const Value* ControllerConfig::image(std::string_view name) const {
  return settings_["images"].find(name);
}

const Value* ControllerConfig::artifact_driver(std::string_view name) const {
  const auto drivers = settings_["artifactDrivers"].items();
  const auto at = std::find_if(drivers.begin(), drivers.end(), [&](const Value& driver) {
    return driver["name"].as_string() == name;
  });
  return at == drivers.end() ? nullptr : &*at;
}

std::optional<ControllerConfig::RateLimit> ControllerConfig::resource_rate_limit() const {
  const Value& limit = settings_["resourceRateLimit"];
  if (limit.is_null()) return std::nullopt;
  return RateLimit{limit["limit"].as_double(), limit["burst"].as_int().value_or(0)};
}

std::optional<ControllerConfig::Retention> ControllerConfig::retention() const {
  const Value& policy = settings_["retentionPolicy"];
  if (policy.is_null()) return std::nullopt;
  return Retention{policy["completed"].as_int().value_or(0), policy["failed"].as_int().value_or(0),
                   policy["errored"].as_int().value_or(0)};
}

int64_t ControllerConfig::failed_pod_max_restarts() const {
  return settings_["failedPodRestart"]["maxRestarts"].as_int().value_or(3);
}

ControllerConfig::TemplateReferencing ControllerConfig::template_referencing() const {
  const std::string_view mode =
      settings_["workflowRestrictions"]["templateReferencing"].as_string();
  if (mode == "Strict") return TemplateReferencing::Strict;
  if (mode == "Secure") return TemplateReferencing::Secure;
  return TemplateReferencing::Free;
}

bool ControllerConfig::flag(std::string_view group, std::string_view key, bool fallback) const {
  const Value* given = settings_[group].find(key);
  return given == nullptr ? fallback : given->as_bool();
}

}  // namespace wf::config
