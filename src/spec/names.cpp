// SPDX-License-Identifier: Apache-2.0
#include "spec/names.h"

#include <charconv>

#include "base/hash.h"
#include "base/text.h"

namespace wf::spec {
namespace {

// Kubernetes' limit for names (253) less a dash and a hash of ten digits.
constexpr size_t kPrefixMax = 242;

bool alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// [a-zA-Z0-9][-a-zA-Z0-9]*
bool dashed_word(std::string_view text) {
  if (text.empty() || !alphanumeric(text[0])) return false;
  for (const char c : text) {
    if (!alphanumeric(c) && c != '-') return false;
  }
  return true;
}

std::string limited(std::string prefix) {
  if (prefix.size() > kPrefixMax) prefix.resize(kPrefixMax);
  return prefix;
}

// Without one leading `[3].` or `.`; text that does not begin so is left whole.
std::string_view without_group(std::string_view text) {
  size_t at = 0;
  if (!text.empty() && text[0] == '[') {
    at = 1;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    if (at == 1 || at >= text.size() || text[at] != ']') return text;
    ++at;
  }
  return at < text.size() && text[at] == '.' ? text.substr(at + 1) : text;
}

}  // namespace

std::string node_id(std::string_view workflow, std::string_view node_name) {
  if (node_name == workflow) return std::string(workflow);
  return cat(workflow, '-', fnv1a_32(node_name));
}

std::string_view name_of(PodNames version) { return version == PodNames::V1 ? "v1" : "v2"; }

PodNames pod_names(std::optional<std::string_view> annotation, PodNames controller_default) {
  if (!annotation) return controller_default;
  return *annotation == "v1" ? PodNames::V1 : PodNames::V2;
}

std::string pod_name(const PodNameParts& parts, PodNames version) {
  if (parts.node_name == parts.workflow) return std::string(parts.workflow);
  std::string id(parts.node_id);
  if (!id.starts_with(cat(parts.workflow, '-')) || id.find_first_not_of("0123456789", parts.workflow.size() + 1) != std::string::npos) {
    id = node_id(parts.workflow, parts.node_name);
  }
  if (version == PodNames::V1) return id;
  std::string prefix(parts.workflow);
  if (!parts.template_name.empty()) prefix = cat(prefix, '-', parts.template_name);
  return cat(limited(std::move(prefix)), '-', id.substr(parts.workflow.size() + 1));
}

PodNames pod_names_of(const json::Value& metadata, PodNames controller_default) {
  const json::Value* format = metadata["annotations"].find(kPodNameFormat);
  return pod_names(format == nullptr ? std::nullopt : std::optional(format->as_string()), controller_default);
}

std::string pod_name_of(const json::Value& workflow, const json::Value& node) {
  const json::Value& metadata = workflow["metadata"];
  const json::Value& reference = node["templateRef"];
  const std::string_view tmpl = reference.is_object() ? reference["template"].as_string() : node["templateName"].as_string();
  return pod_name({metadata["name"].as_string(), node["name"].as_string(), tmpl, node["id"].as_string()}, pod_names_of(metadata));
}

std::string agent_pod_name(std::string_view workflow) {
  return node_id(workflow, "agent") + "-agent";
}

std::string display_name(std::string_view node_name, std::string_view boundary_name) {
  if (boundary_name.empty()) return std::string(node_name);
  if (node_name.starts_with(boundary_name)) node_name.remove_prefix(boundary_name.size());
  return std::string(without_group(node_name));
}

bool valid_display_name(std::string_view name) {
  if (name.size() < 2 || name.size() > 63) return false;
  for (const char c : name) {
    if (!alphanumeric(c) && c != '-' && c != '.') return false;
  }
  return alphanumeric(name.front()) && alphanumeric(name.back());
}

int64_t loop_index(std::string_view node_name) {
  const size_t open = node_name.find('(');
  const size_t colon = node_name.find(':');
  if (open == std::string_view::npos || colon == std::string_view::npos || colon < open) return -1;
  std::string_view digits = node_name.substr(open + 1, colon - open - 1);
  if (digits.size() > 1 && digits[0] == '+' && digits[1] != '-') digits.remove_prefix(1);
  int64_t index = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  return problem == std::errc() && end == digits.data() + digits.size() ? index : -1;
}

std::string backfill_prefix(std::string_view cron_workflow, std::string_view operation) {
  std::string lower(operation);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return limited(cat(cron_workflow, "-backfill-", lower));
}

bool valid_cache_key(std::string_view key) { return dashed_word(key); }

std::vector<std::string> field_name_problems(std::string_view name) {
  std::vector<std::string> problems;
  if (name.size() > 128) problems.emplace_back("must be no more than 128 characters");
  if (!dashed_word(name)) {
    problems.emplace_back(
        "name must consist of alpha-numeric characters or '-', and must start with an "
        "alpha-numeric character (e.g. My-name1-2, 123-NAME)");
  }
  return problems;
}

std::vector<std::string> parameter_name_problems(std::string_view name) {
  bool valid = !name.empty();
  for (const char c : name) valid = valid && (alphanumeric(c) || c == '-' || c == '_');
  if (valid) return {};
  return {
      "Parameter/Artifact name must consist of alpha-numeric characters, '_' or '-' "
      "e.g. my_param_1, MY-PARAM-1"};
}

}  // namespace wf::spec
