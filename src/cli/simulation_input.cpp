// SPDX-License-Identifier: Apache-2.0
#include "cli/simulation_input.h"

#include <algorithm>

#include "base/text.h"
#include "cli/manifests.h"
#include "expr/duration.h"
#include "io/file.h"
#include "json/yaml.h"
#include "spec/parse.h"

namespace wf::cli {

bool is_workflow(const json::Value& object) { return object["kind"].as_string() == "Workflow"; }

Result<std::vector<json::Value>> parse_simulated_objects(std::string_view text, std::string_view path) {
  std::vector<json::Value> objects;
  for (const json::Manifest& manifest : json::split_manifests(text)) {
    if (trim(manifest.text).empty()) continue;
    auto document = json::parse_yaml(manifest.text, json::DuplicateKeys::LastWins, manifest.first_line);
    if (!document.ok()) return std::move(document.error()).wrap(path);
    for (spec::Parsed& parsed : spec::parse_objects(cat(manifest.text, "\n"), spec::Strictness::Lenient)) {
      if (parsed.type == "ObjectMeta") {
        if (document->value.is_object()) objects.push_back(document->value);
      } else if (parsed.error) {
        return std::move(*parsed.error).wrap(path);
      } else {
        objects.push_back(std::move(parsed.object));
      }
    }
  }
  return objects;
}

Result<std::vector<json::Value>> read_simulated_objects(std::span<const std::string> paths) {
  std::vector<json::Value> objects;
  TRY(const std::vector<ManifestFile> files, read_manifests(paths));
  for (const ManifestFile& file : files) {
    TRY(std::vector<json::Value> more, parse_simulated_objects(file.text, file.path));
    std::move(more.begin(), more.end(), std::back_inserter(objects));
  }
  if (std::none_of(objects.begin(), objects.end(), is_workflow)) {
    return Error(cat("no Workflow in ", paths.empty() ? "nothing" : join({paths.begin(), paths.end()}, ", ")));
  }
  return objects;
}

Result<simulate::Outcomes> read_outcomes(const std::string& path) {
  TRY(const std::string text, io::read_file(path));
  auto document = json::parse_yaml(text);
  if (!document.ok()) return std::move(document.error()).wrap(path);
  auto outcomes = simulate::parse_outcomes(document->value);
  if (!outcomes.ok()) return std::move(outcomes.error()).wrap(path);
  return outcomes;
}

Result<config::ControllerConfig> read_controller_config(const std::string& path) {
  if (path.empty()) return config::ControllerConfig();
  TRY(const std::string text, io::read_file(path));
  auto document = json::parse_yaml(text);
  if (!document.ok()) return std::move(document.error()).wrap(path);
  auto config = config::ControllerConfig::from_config_map(document->value);
  if (!config.ok()) return std::move(config.error()).wrap(path);
  return config;
}

Result<Duration> parse_span(std::string_view text, std::string_view flag) {
  auto span = expr::parse_seconds_or_duration(text);
  if (!span.ok() || *span < Duration::zero()) return Error(cat("invalid argument ", go_quote(text), " for \"", flag, "\" flag: a duration such as 90s or 72h is wanted"));
  return span;
}

}  // namespace wf::cli
