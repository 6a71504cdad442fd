// SPDX-License-Identifier: Apache-2.0
#include "cli/artifact_files.h"

#include <unistd.h>

#include <cerrno>

#include "base/text.h"
#include "executor/artifact_store.h"
#include "executor/artifacts.h"
#include "io/file.h"

namespace wf::cli {
namespace {

// The last part of a key, which is how a file is called that is saved from it.
std::string file_name(std::string_view key) { return std::string(key.substr(key.rfind('/') + 1)); }

api::ArtifactBody body_of_text(std::string name, std::string text) {
  auto rest = std::make_shared<std::string>(std::move(text));
  return {std::move(name), [rest](std::span<char> into) -> Result<size_t> {
            const size_t n = std::min(into.size(), rest->size());
            std::copy_n(rest->begin(), n, into.begin());
            rest->erase(0, n);
            return n;
          }};
}

api::ArtifactBody body_of_file(std::string name, io::Fd fd) {
  auto file = std::make_shared<io::Fd>(std::move(fd));
  return {std::move(name), [file](std::span<char> into) -> Result<size_t> {
            for (;;) {
              const ssize_t got = ::read(file->get(), into.data(), into.size());
              if (got >= 0) return static_cast<size_t>(got);
              if (errno != EINTR) return io::errno_error(errno, "read artifact");
            }
          }};
}

// Where it lies: its own location; of a key only, in the workflow's repository.
std::string_view key_of(const json::Value& workflow, const json::Value& artifact) {
  if (artifact.has("s3")) {
    const json::Value& place = artifact["s3"];
    const json::Value& repository = workflow["status"]["artifactRepositoryRef"]["artifactRepository"];
    if (executor::is_embedded(artifact) || (!place.has("endpoint") && (repository.is_null() || executor::is_embedded(repository)))) {
      return place["key"].as_string();
    }
  }
  return {};
}

}  // namespace

api::OpenArtifact open_embedded_artifacts(std::string root) {
  return [store = executor::ArtifactStore(std::move(root))](const json::Value& workflow, const std::string&,
                                                            const json::Value& artifact) -> Result<api::ArtifactBody> {
    const std::string_view name = artifact["name"].as_string();
    if (artifact.has("raw")) return body_of_text(std::string(name), std::string(artifact["raw"]["data"].as_string()));
    const std::string_view key = key_of(workflow, artifact);
    if (key.empty()) return Error(cat("artifact '", name, "' does not lie in the embedded repository"), Code::NotFound);
    TRY(const executor::StoredObject object, store.find(key));
    TRY(io::Fd fd, store.open(object));
    return body_of_file(file_name(key), std::move(fd));
  };
}

control::DeleteArtifact delete_embedded_artifacts(std::string root) {
  return [root = std::move(root)](const json::Value&, const json::Value& archive_location, const json::Value& artifact) {
    return executor::delete_artifact({root, archive_location}, artifact);
  };
}

}  // namespace wf::cli
