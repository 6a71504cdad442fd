// SPDX-License-Identifier: Apache-2.0
#include "store/object.h"

#include <charconv>

#include "base/text.h"
#include "store/kinds.h"

namespace wf::store {
namespace {

constexpr bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// Labels of lower case letters, digits and inner hyphens, joined by dots; 253 bytes at most.
bool is_subdomain(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  for (const std::string_view label : split(name, ".")) {
    if (label.empty() || !is_lower_or_digit(label.front()) || !is_lower_or_digit(label.back())) return false;
    for (const char c : label) {
      if (!is_lower_or_digit(c) && c != '-') return false;
    }
  }
  return true;
}

std::string resource_of(const Key& key) {
  const KindInfo* info = find_kind(key.kind);
  return info == nullptr ? key.kind : qualified_resource(*info);
}

void copy_fields(const json::Value& from, std::initializer_list<std::string_view> names, json::Value& to) {
  for (const std::string_view name : names) {
    if (const json::Value* value = from.find(name)) to.set(name, *value);
  }
}

}  // namespace

Result<Key> key_of(const json::Value& object) {
  const std::string_view kind = object["kind"].as_string();
  if (kind.empty()) return Error("object has no kind");
  const KindInfo* info = find_kind(kind);
  if (info == nullptr) return Error(cat("no matches for kind \"", kind, "\""));
  const json::Value& metadata = object["metadata"];
  Key key{std::string(kind), "", std::string(metadata["name"].as_string())};
  if (info->namespaced) {
    key.ns = metadata["namespace"].as_string();
    if (key.ns.empty()) return Error(cat(kind, " \"", key.name, "\" names no namespace"));
  }
  return key;
}

Error not_found(const Key& key) {
  return Error(cat(resource_of(key), " \"", key.name, "\" not found"), Code::NotFound);
}

Error already_exists(const Key& key) {
  return Error(cat(resource_of(key), " \"", key.name, "\" already exists"), Code::AlreadyExists);
}

Error conflict(const Key& key) {
  return Error(cat("Operation cannot be fulfilled on ", resource_of(key), " \"", key.name,
                   "\": the object has been modified; please apply your changes to the latest version and try again"),
               Code::Conflict);
}

Result<void> check_name(const Key& key) {
  const KindInfo* info = find_kind(key.kind);
  const std::string_view group = info == nullptr ? "" : info->api_version.substr(0, info->api_version.find('/'));
  const std::string type = info == nullptr || info->api_version == "v1" ? key.kind : cat(key.kind, ".", group);
  if (key.name.empty()) {
    return Error(cat(type, " \"\" is invalid: metadata.name: Required value: name or generateName is required"));
  }
  if (is_subdomain(key.name)) return {};
  const std::string start = cat(type, " \"", key.name, "\" is invalid: metadata.name: Invalid value: \"", key.name, "\": ");
  if (key.name.size() > 253) return Error(start + "must be no more than 253 characters");
  return Error(cat(start,
                   "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
                   "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for "
                   "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"));
}

std::string generated_name(std::string_view prefix, Random& random) {
  // Kubernetes' letters: no vowels, and no digits that look like letters.
  constexpr std::string_view kLetters = "bcdfghjklmnpqrstvwxz2456789";
  constexpr size_t kPrefixMax = 58;
  std::string name(prefix.substr(0, kPrefixMax));
  for (int i = 0; i < 5; ++i) name.push_back(kLetters[random.next() % kLetters.size()]);
  return name;
}

std::string_view uid_of(const json::Value& object) { return object["metadata"]["uid"].as_string(); }

uint64_t revision_of(const json::Value& object) {
  const std::string_view text = object["metadata"]["resourceVersion"].as_string();
  uint64_t revision = 0;
  std::from_chars(text.data(), text.data() + text.size(), revision);
  return revision;
}

void set_revision(json::Value& object, uint64_t revision) {
  object.at("metadata").set("resourceVersion", std::to_string(revision));
}

bool has_finalizers(const json::Value& object) { return !object["metadata"]["finalizers"].empty(); }
bool is_being_deleted(const json::Value& object) { return object["metadata"].has("deletionTimestamp"); }

bool matches_fields(const spec::FieldSelector& selector, const json::Value& object) {
  return selector.matches([&](std::string_view path) -> std::optional<std::string> {
    const json::Value* at = &object;
    for (const std::string_view key : split(path, ".")) at = &(*at)[key];
    if (at->is_bool()) return at->as_bool() ? "true" : "false";
    return std::string(at->is_number() ? at->number_text() : at->as_string());
  });
}

json::Value summary_of(const json::Value& workflow) {
  json::Value spec = json::Value::object(), status = json::Value::object();
  copy_fields(workflow["spec"], {"suspend", "priority"}, spec);
  if (const json::Value* parameters = workflow["spec"]["arguments"].find("parameters")) {
    spec.set("arguments", json::Value::object({{"parameters", *parameters}}));
  }
  copy_fields(workflow["status"],
              {"phase", "startedAt", "finishedAt", "progress", "message", "estimatedDuration", "resourcesDuration"},
              status);
  return json::Value::object({{"spec", std::move(spec)}, {"status", std::move(status)}});
}

}  // namespace wf::store
