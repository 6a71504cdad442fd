// SPDX-License-Identifier: Apache-2.0
#include "spec/parse.h"

#include <algorithm>

#include "base/text.h"
#include "base/utf8.h"
#include "json/text.h"
#include "json/yaml.h"
#include "spec/schema.h"

namespace wf::spec {
namespace {

using json::Value;

constexpr std::string_view kKinds[] = {"CronWorkflow",     "ClusterWorkflowTemplate",
                                       "Workflow",         "WorkflowEventBinding",
                                       "WorkflowTemplate", "WorkflowTaskSet"};

// Other kinds are read as bare metadata, of which nothing is used but the name.
std::string_view type_of(const Value& document) {
  const std::string_view kind = document["kind"].as_string();
  const auto known = std::find(std::begin(kKinds), std::end(kKinds), kind);
  return known == std::end(kKinds) ? std::string_view("ObjectMeta") : *known;
}

bool below(std::string_view path, std::string_view parent) {
  return path.starts_with(parent) &&
         (path.size() == parent.size() || path[parent.size()] == '.' || path[parent.size()] == '[');
}

// Keys given twice count where the reader looks strictly: not in what it skips as unknown, and not
// in steps, which read themselves.
bool counts(std::string_view duplicate, const std::vector<UnknownField>& unknown) {
  if (duplicate.find(".steps[") != std::string_view::npos) return false;
  return std::none_of(unknown.begin(), unknown.end(),
                      [&](const UnknownField& field) { return below(duplicate, field.path); });
}

Parsed read(const Value& document, Strictness strictness,
            const std::vector<std::string>& duplicates) {
  const std::string_view type = type_of(document);
  Decoded decoded = decode_all(type, document, strictness);
  Parsed parsed{std::string(type), std::move(decoded.value), std::move(decoded.error),
                std::move(decoded.unknown)};
  if (strictness == Strictness::Lenient || parsed.error) return parsed;
  std::string problems = parsed.unknown.empty() ? "" : strict_error(parsed.unknown);
  for (const std::string& duplicate : duplicates) {
    if (!counts(duplicate, parsed.unknown)) continue;
    problems += cat(problems.empty() ? "strict decoding error: " : ", ", "duplicate field \"",
                    duplicate, "\"");
  }
  if (!problems.empty()) parsed.error = Error(std::move(problems));
  return parsed;
}

// One YAML document; nothing where it is no object of a kind.
std::optional<Parsed> read_yaml(const json::Manifest& manifest, Strictness strictness) {
  auto document =
      json::parse_yaml(manifest.text, json::DuplicateKeys::LastWins, manifest.first_line);
  if (!document.ok()) return std::nullopt;
  const Value& value = document->value;
  if (!value.is_null() && value["kind"].as_string().empty()) return std::nullopt;
  if (strictness == Strictness::Strict) {
    const auto strict =
        json::parse_yaml(manifest.text, json::DuplicateKeys::Refuse, manifest.first_line);
    if (!strict.ok()) return std::nullopt;
  }
  Value sorted = value;  // as the conversion to JSON gives it, which decides the order of messages
  sorted.sort_keys();
  return read(sorted, strictness, {});
}

}  // namespace

std::vector<Parsed> parse_objects(std::string_view text, Strictness strictness) {
  std::vector<std::string> duplicates;
  if (const auto document = json::parse(text, duplicates); document.ok()) {
    return {read(*document, strictness, duplicates)};
  }
  std::vector<Parsed> objects;
  for (const json::Manifest& manifest : json::split_manifests(text)) {
    if (trim_space(manifest.text).empty()) continue;
    if (auto parsed = read_yaml(manifest, strictness)) objects.push_back(std::move(*parsed));
  }
  return objects;
}

}  // namespace wf::spec
