// SPDX-License-Identifier: Apache-2.0
// podspec/artifacts.h: what a template's artifacts mean for its pod: where they lie, which secrets
// and plugins their drivers need.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/controller_config.h"
#include "json/value.h"

namespace wf::podspec {

// Whether main's logs are archived: the repository says so, else the template, else the workflow.
bool archives_logs(const json::Value& tmpl, const json::Value& spec, const json::Value& repository);

// Gives the template an archive location of `repository` where it needs one and has none, and
// plugin artifacts the timeouts of their drivers.
void add_archive_location(json::Value& tmpl, bool archive_logs, const json::Value& repository);
void add_plugin_timeouts(json::Value& tmpl, const config::ControllerConfig& config);

// Plugins that the template's input or output artifacts go through, each once.
std::vector<std::string> input_plugins(const json::Value& tmpl, const json::Value& repository);
std::vector<std::string> output_plugins(const json::Value& tmpl, const json::Value& repository);
// Their drivers {name, image, …}: `artifact driver X not found`.
Result<std::vector<json::Value>> artifact_drivers(const std::vector<std::string>& plugins,
                                                  const config::ControllerConfig& config);
json::Value plugin_volume(std::string_view plugin);
json::Value plugin_mount(std::string_view plugin);
std::string plugin_socket(std::string_view plugin);

// Volumes of the secrets that drivers read, and their mounts under /argo/secret.
struct SecretVolumes {
  json::Value volumes;
  json::Value mounts;
};
SecretVolumes secrets_of_template(const json::Value& tmpl);
SecretVolumes secrets_of_locations(std::span<const json::Value> locations);

}  // namespace wf::podspec
