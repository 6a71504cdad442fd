// SPDX-License-Identifier: Apache-2.0
#include "podspec/artifact_repository.h"

#include <optional>
#include <string>

#include "base/text.h"
#include "config/typed_yaml.h"
#include "json/yaml.h"
#include "spec/artifact_location.h"
#include "spec/codec.h"

namespace wf::podspec {

using json::Value;

namespace {

constexpr std::string_view kKeyPattern = "{{workflow.name}}/{{pod.name}}";
constexpr std::string_view kDefaultKey = "workflows.argoproj.io/default-artifact-repository";

Value without(Value store, std::initializer_list<std::string_view> fields) {
  for (const std::string_view field : fields) store.erase(field);
  return store;
}

std::string key_of(const Value& repository, std::string_view field) {
  const std::string_view format = repository[field].as_string();
  return std::string(format.empty() ? kKeyPattern : format);
}

Value artifactory(const Value& repository) {
  Value store = without(repository, {"repoURL", "keyFormat"});
  std::string url(repository["repoURL"].as_string());
  if (!url.ends_with('/')) url += '/';
  store.set("url", url + key_of(repository, "keyFormat"));
  return store;
}

Value azure(const Value& repository) {
  Value store = without(repository, {"blobNameFormat"});
  store.set("blob", key_of(repository, "blobNameFormat"));
  return store;
}

Value hdfs(const Value& repository) {
  Value store = without(repository, {"pathFormat"});
  store.set("path", key_of(repository, "pathFormat"));
  return store;
}

Value keyed(const Value& repository) {  // GCS, OSS, plugins
  Value store = without(repository, {"keyFormat"});
  store.set("key", key_of(repository, "keyFormat"));
  return store;
}

Value s3(const Value& repository) {
  Value store = without(repository, {"keyFormat", "keyPrefix"});
  std::string key(repository["keyFormat"].as_string());
  if (key.empty()) key = spec::join_path(repository["keyPrefix"].as_string(), kKeyPattern);
  store.set("key", key);
  return store;
}

struct Kind {
  std::string_view field;
  Value (*locate)(const Value&);
};
constexpr Kind kKinds[] = {
    {"artifactory", artifactory},
    {"azure", azure},
    {"gcs", keyed},
    {"hdfs", hdfs},
    {"oss", keyed},
    {"plugin", keyed},
    {"s3", s3},
};

// The reference as errors name it.
std::string shown(const Value& ref) {
  return cat(ref["configMap"].as_string(), "#", ref["key"].as_string());
}

// The repository that a namespace's ConfigMap holds; nothing where the ConfigMap or the key is
// missing.
Result<std::optional<Value>> in_namespace(const Value& ref, std::string_view ns,
                                          const ConfigMapLookup& lookup) {
  std::string name(ref["configMap"].as_string());
  if (name.empty()) name = "artifact-repositories";
  const Value map = lookup(ns, name);
  if (map.is_null()) return std::optional<Value>();
  std::string key(ref["key"].as_string());
  if (key.empty()) key = map["metadata"]["annotations"][kDefaultKey].as_string();
  const Value* text = map["data"].find(key);
  if (text == nullptr) return std::optional<Value>();
  const auto failed = [&](const Error& error) {
    const std::string place = cat("artifact repository ref \"", ns, "/", shown(ref), "\": ");
    return Error(cat("error getting config map for ", place, "failed to unmarshall config map key ",
                     go_quote(key), " for ", place, error.message()));
  };
  auto document = json::parse_yaml(text->as_string());
  if (!document) {
    return failed(std::move(document.error()).wrap("error converting YAML to JSON"));
  }
  auto repository = spec::decode("ArtifactRepository",
                                 config::scalars_as_texts("ArtifactRepository", document->value));
  if (!repository) return failed(repository.error());
  Value found = Value::object();
  found.set("configMap", name);
  found.set("key", key);
  found.set("namespace", ns);
  found.set("artifactRepository", std::move(*repository));
  return std::optional(std::move(found));
}

}  // namespace

Value archive_location_of(const Value& repository) {
  Value location = Value::object();
  if (const Value* logs = repository.find("archiveLogs")) location.set("archiveLogs", *logs);
  for (const Kind& kind : kKinds) {
    const Value& store = repository[kind.field];
    if (store.is_null()) continue;
    location.set(kind.field, kind.locate(store));
    break;
  }
  return location;
}

Result<Value> resolve_artifact_repository(const Value& ref, std::string_view workflow_ns,
                                          std::string_view controller_ns, const Value& fallback,
                                          const ConfigMapLookup& config_map) {
  TRY(std::optional<Value> found, in_namespace(ref, workflow_ns, config_map));
  if (found) return std::move(*found);
  if (ref.is_null()) {
    Value status = Value::object();
    status.set("default", true);
    status.set("artifactRepository", fallback.is_null() ? Value::object() : fallback);
    return status;
  }
  TRY(std::optional<Value> own, in_namespace(ref, controller_ns, config_map));
  if (own) return std::move(*own);
  return Error(cat("failed to find any artifact repository for artifact repository ref \"",
                   shown(ref), "\""));
}

}  // namespace wf::podspec
