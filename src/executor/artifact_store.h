// SPDX-License-Identifier: Apache-2.0
// executor/artifact_store.h: the artifact repository of one machine: a folder in which contents lie
// once, under their checksum, and keys (as in a bucket: texts with slashes) name them.
//   blobs/<ab>/<sha256>     contents, never changed
//   keys/<part>/…/<part>@   one small document per key: {"key","sha256","size"}
// Written by rename: a reader sees a whole object or none. Many processes may use it at once. In
// documents it looks like S3 with the endpoint "embedded", so every rule for S3 keys holds for it.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "io/fd.h"
#include "json/value.h"

namespace wf::executor {

inline constexpr std::string_view kEmbeddedEndpoint = "embedded";
inline constexpr std::string_view kEmbeddedBucket = "artifacts";
// The default repository of embedded mode (ArtifactRepository).
json::Value embedded_repository();
bool is_embedded(const json::Value& location);

struct StoredObject {
  std::string key;
  std::string sha256;
  uint64_t size = 0;
};

class ArtifactStore {
 public:
  explicit ArtifactStore(std::string root) : root_(std::move(root)) {}

  // `write` puts the content into a descriptor; its bytes are summed as they lie there afterwards.
  Result<StoredObject> save(std::string_view key, const std::function<Result<void>(int fd)>& write);
  Result<StoredObject> find(std::string_view key) const;  // NotFound
  // Those below `prefix`/, by key.
  std::vector<StoredObject> list(std::string_view prefix) const;
  // Open for reading.
  Result<io::Fd> open(const StoredObject& object) const;
  // Copies it into `path`, checking the sum on the way: what is passed on is what was saved.
  Result<void> copy_to(const StoredObject& object, const std::string& path) const;
  // The key and those below it. Contents that no key names any more go with `sweep`.
  Result<void> remove(std::string_view key);
  // Removes contents without a key; how many bytes. While nobody saves.
  Result<uint64_t> sweep();

 private:
  std::string entry_path(std::string_view key) const;
  std::string folder_path(std::string_view key) const;
  std::string blob_path(std::string_view sha256) const;
  std::string root_;
};

}  // namespace wf::executor
