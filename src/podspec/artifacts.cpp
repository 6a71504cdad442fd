// SPDX-License-Identifier: Apache-2.0
#include "podspec/artifacts.h"

#include <algorithm>

#include "base/text.h"
#include "podspec/artifact_repository.h"
#include "podspec/parts.h"

namespace wf::podspec {

using json::Value;

namespace {

bool filled(const Value& location, std::initializer_list<std::string_view> fields) {
  return std::all_of(fields.begin(), fields.end(),
                     [&](std::string_view field) { return !location[field].as_string().empty(); });
}

bool artifactory_located(const Value& store) { return filled(store, {"url"}) && store.has("usernameSecret"); }
bool azure_located(const Value& store) { return filled(store, {"endpoint", "container", "blob"}); }
bool git_located(const Value& store) { return filled(store, {"repo"}); }
bool gcs_located(const Value& store) { return filled(store, {"bucket", "key"}); }
bool hdfs_located(const Value& store) { return !store["addresses"].empty(); }
bool http_located(const Value& store) { return filled(store, {"url"}); }
bool bucket_located(const Value& store) { return filled(store, {"endpoint", "bucket", "key"}); }
bool plugin_located(const Value& store) { return filled(store, {"name", "configuration", "key"}); }
bool always_located(const Value&) { return true; }

// The kinds in the order in which one is chosen where several are set.
struct Store {
  std::string_view field;
  bool (*located)(const Value&);
  std::string_view key;  // the field with the key; "url" means its path, "" that there is none
};
constexpr Store kStores[] = {
    {"artifactory", artifactory_located, "url"}, {"azure", azure_located, "blob"},
    {"git", git_located, ""},                    {"gcs", gcs_located, "key"},
    {"hdfs", hdfs_located, "path"},              {"http", http_located, "url"},
    {"oss", bucket_located, "key"},              {"raw", always_located, ""},
    {"s3", bucket_located, "key"},               {"plugin", plugin_located, "key"},
};

const Store* store_of(const Value& location, const Value*& value) {
  for (const Store& store : kStores) {
    value = location.find(store.field);
    if (value != nullptr && !value->is_null()) return &store;
  }
  return nullptr;
}

bool url_has_path(std::string_view url) {
  const size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return !url.empty() && url[0] != '?' && url[0] != '#';
  url.remove_prefix(scheme + 3);
  const size_t end = url.find_first_of("/?#");
  return end != std::string_view::npos && url[end] == '/';
}

// The artifact that a data template reads; Null where it reads none.
const Value& data_artifact(const Value& tmpl) { return tmpl["data"]["source"]["artifactPaths"]; }

void add_once(std::vector<std::string>& list, std::string_view name) {
  if (!name.empty() && std::find(list.begin(), list.end(), name) == list.end()) list.emplace_back(name);
}

std::vector<std::string> plugins_of(const Value& artifacts, const Value& tmpl, const Value& repository) {
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

bool has_location(const Value& location) {
  const Value* value = nullptr;
  const Store* store = store_of(location, value);
  return store != nullptr && store->located(*value);
}

bool has_location_or_key(const Value& location) {
  const Value* value = nullptr;
  const Store* store = store_of(location, value);
  if (store == nullptr) return false;
  if (store->located(*value)) return true;
  const std::string_view key = (*value)[store->key].as_string();
  return store->key == "url" ? url_has_path(key) : !key.empty();
}

bool archives_logs(const Value& tmpl, const Value& spec, const Value& repository) {
  if (repository["archiveLogs"].as_bool()) return true;
  if (const Value* own = tmpl["archiveLocation"].find("archiveLogs"); own != nullptr && own->is_bool()) {
    return own->as_bool();
  }
  return spec["archiveLogs"].as_bool();
}

void add_archive_location(Value& tmpl, bool archive_logs, const Value& repository) {
  if (has_location(tmpl["archiveLocation"])) return;
  bool needed = archive_logs;
  for (const char* side : {"inputs", "outputs"}) {
    for (const Value& artifact : tmpl[side]["artifacts"].items()) {
      needed = needed || !has_location(artifact);
    }
  }
  const Value& source = data_artifact(tmpl);
  needed = needed || (!source.is_null() && !has_location(source));
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
  if (repository["archiveLogs"].as_bool()) add_once(plugins, repository["plugin"]["name"].as_string());
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

std::string plugin_socket(std::string_view plugin) { return cat("/tmp/artifact-plugins/", plugin, "/socket"); }

}  // namespace wf::podspec
