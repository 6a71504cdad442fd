// SPDX-License-Identifier: Apache-2.0
#include "podspec/artifacts.h"

#include <algorithm>

#include "base/text.h"
#include "podspec/artifact_repository.h"
#include "podspec/parts.h"
#include "spec/artifact_location.h"

namespace wf::podspec {

using json::Value;

namespace {

// The artifact that a data template reads; Null where it reads none.
const Value& data_artifact(const Value& tmpl) { return tmpl["data"]["source"]["artifactPaths"]; }

void add_once(std::vector<std::string>& list, std::string_view name) {
  if (!name.empty() && std::find(list.begin(), list.end(), name) == list.end())
    list.emplace_back(name);
}

std::vector<std::string> plugins_of(const Value& artifacts, const Value& tmpl,
                                    const Value& repository) {
  std::string_view fallback = tmpl["archiveLocation"]["plugin"]["name"].as_string();
  if (fallback.empty()) fallback = repository["plugin"]["name"].as_string();
  std::vector<std::string> plugins;
  for (const Value& artifact : artifacts.items()) {
    const std::string_view own = artifact["plugin"]["name"].as_string();
    add_once(plugins, own.empty() ? fallback : own);
  }
  return plugins;
}

}  // namespace

bool archives_logs(const Value& tmpl, const Value& spec, const Value& repository) {
  if (repository["archiveLogs"].as_bool()) return true;
  if (const Value* own = tmpl["archiveLocation"].find("archiveLogs");
      own != nullptr && own->is_bool()) {
    return own->as_bool();
  }
  return spec["archiveLogs"].as_bool();
}

void add_archive_location(Value& tmpl, bool archive_logs, const Value& repository) {
  if (spec::has_location(tmpl["archiveLocation"])) return;
  bool needed = archive_logs;
  for (const char* side : {"inputs", "outputs"}) {
    for (const Value& artifact : tmpl[side]["artifacts"].items()) {
      needed = needed || !spec::has_location(artifact);
    }
  }
  const Value& source = data_artifact(tmpl);
  needed = needed || (!source.is_null() && !spec::has_location(source));
  if (!needed) return;
  Value location = archive_location_of(repository);
  location.set("archiveLogs", archive_logs);
  tmpl.set("archiveLocation", std::move(location));
}

namespace {

bool needs_timeout(const Value& location) {
  const Value& plugin = location["plugin"];
  return plugin.is_object() && plugin["connectionTimeoutSeconds"].as_int().value_or(0) == 0;
}

void add_timeout(Value& location, const config::ControllerConfig& config) {
  Value& plugin = location.at("plugin");
  const Value* driver = config.artifact_driver(plugin["name"].as_string());
  if (driver == nullptr) return;
  const int64_t seconds = (*driver)["connectionTimeoutSeconds"].as_int().value_or(0);
  if (seconds != 0) plugin.set("connectionTimeoutSeconds", seconds);
}

}  // namespace

void add_plugin_timeouts(Value& tmpl, const config::ControllerConfig& config) {
  if (needs_timeout(tmpl["archiveLocation"])) add_timeout(tmpl.at("archiveLocation"), config);
  for (const char* side : {"inputs", "outputs"}) {
    const size_t count = tmpl[side]["artifacts"].size();
    for (size_t i = 0; i < count; ++i) {
      if (!needs_timeout(tmpl[side]["artifacts"][i])) continue;
      add_timeout(tmpl.at(side).at("artifacts").item(i), config);
    }
  }
}

std::vector<std::string> input_plugins(const Value& tmpl, const Value& repository) {
  return plugins_of(tmpl["inputs"]["artifacts"], tmpl, repository);
}

std::vector<std::string> output_plugins(const Value& tmpl, const Value& repository) {
  std::vector<std::string> plugins = plugins_of(tmpl["outputs"]["artifacts"], tmpl, repository);
  if (repository["archiveLogs"].as_bool())
    add_once(plugins, repository["plugin"]["name"].as_string());
  return plugins;
}

Result<std::vector<Value>> artifact_drivers(const std::vector<std::string>& plugins,
                                            const config::ControllerConfig& config) {
  std::vector<Value> drivers;
  for (const std::string& plugin : plugins) {
    const Value* driver = config.artifact_driver(plugin);
    if (driver == nullptr) return Error(cat("artifact driver ", plugin, " not found"));
    drivers.push_back(*driver);
  }
  return drivers;
}

Value plugin_volume(std::string_view plugin) { return empty_dir(cat(kPluginSidecar, plugin)); }

Value plugin_mount(std::string_view plugin) {
  return mount(cat(kPluginSidecar, plugin), cat("/tmp/artifact-plugins/", plugin));
}

std::string plugin_socket(std::string_view plugin) {
  return cat("/tmp/artifact-plugins/", plugin, "/socket");
}

}  // namespace wf::podspec
