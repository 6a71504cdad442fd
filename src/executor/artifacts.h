// SPDX-License-Identifier: Apache-2.0
// executor/artifacts.h: artifacts into and out of a pod: what the executor's init and wait parts do
// with a template's inputs.artifacts, outputs.artifacts and logs. Sources: OUT, POD-8, Argo's
// executor. Drivers so far: embedded (executor/artifact_store.h), raw, http without credentials.
#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "json/value.h"

namespace wf::executor {

struct ArtifactContext {
  std::string store;             // root of the embedded repository
  json::Value archive_location;  // of the template; Null: none
};

// One input: the artifact as the template has it, and where it goes on this machine.
struct ArtifactInput {
  json::Value artifact;
  std::string root = "/";  // links of `path` cannot lead out of it
  std::string path;
};
// Error texts are Argo's; the first one ends it. An optional one that is missing is passed over.
Result<void> load_artifacts(const ArtifactContext& context,
                            const std::vector<ArtifactInput>& inputs);

struct ArtifactOutput {
  json::Value artifact;
  std::string root = "/";
  std::string path;
};
struct LogOutput {
  std::string container;
  std::string file;  // plain text
};
struct SavedArtifacts {
  json::Value list = json::Value::array();  // each with its location
  std::string error;                        // "" or all of them, each ended by "; "
};
// Each is tried, whatever became of the others.
SavedArtifacts save_artifacts(const ArtifactContext& context,
                              const std::vector<ArtifactOutput>& outputs,
                              const std::vector<LogOutput>& logs);

// Deletes what an artifact names, all that lies below its key too; one that is not there is no error.
// `context.archive_location`: where it lies if it has no more than a key. Error texts are Argo's.
Result<void> delete_artifact(const ArtifactContext& context, const json::Value& artifact);

}  // namespace wf::executor
