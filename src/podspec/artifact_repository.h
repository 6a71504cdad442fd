// SPDX-License-Identifier: Apache-2.0
// podspec/artifact_repository.h: where artifacts go by default.
#pragma once
#include <functional>
#include <string_view>

#include "base/result.h"
#include "json/value.h"

namespace wf::podspec {

// A ConfigMap by namespace and name; Null where there is none.
using ConfigMapLookup = std::function<json::Value(std::string_view ns, std::string_view name)>;

// The repository of a workflow, as status.artifactRepositoryRef keeps it: {configMap, key,
// namespace, default, artifactRepository}. `ref` is spec.artifactRepositoryRef (Null: none): looked
// for in the workflow's namespace, then the controller's. Without it the workflow's namespace's
// default is taken, then `fallback`, the controller's setting (Null: none).
Result<json::Value> resolve_artifact_repository(const json::Value& ref,
                                                std::string_view workflow_ns,
                                                std::string_view controller_ns,
                                                const json::Value& fallback,
                                                const ConfigMapLookup& config_map);

// The repository (ArtifactRepository) as a template's archive location, with its key made of
// keyFormat, or {{workflow.name}}/{{pod.name}}. Null for Null.
json::Value archive_location_of(const json::Value& repository);

}  // namespace wf::podspec
