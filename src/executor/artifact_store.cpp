// SPDX-License-Identifier: Apache-2.0
#include "executor/artifact_store.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <set>

#include "base/text.h"
#include "executor/sha256.h"
#include "io/file.h"
#include "io/system.h"
#include "json/text.h"

namespace wf::executor {
namespace {

constexpr size_t kPiece = 1 << 20;

std::string escaped(std::string_view part) {
  if (part == "." || part == "..") return replace_all(part, ".", "%2E");
  std::string out;
  for (const char c : part) {
    if (c == '@')
      out += "%40";
    else if (c == '%')
      out += "%25";
    else if (c == '\0')
      out += "%00";
    else
      out.push_back(c);
  }
  return out;
}

std::string path_of(std::string_view key) {
  std::string out;
  for (const std::string_view part : split(key, "/")) {
    if (!part.empty()) out += cat("/", escaped(part));
  }
  return out;
}

// Reads all of `from`, summing and, where `to` is one, writing.
Result<std::pair<std::string, uint64_t>> sum(int from, int to) {
  Sha256 hash;
  uint64_t size = 0;
  std::string buffer(kPiece, '\0');
  while (true) {
    const ssize_t got = ::read(from, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io::errno_error(errno, "reading an artifact");
    if (got == 0) break;
    const std::string_view piece(buffer.data(), static_cast<size_t>(got));
    hash.add(piece);
    size += piece.size();
    if (to >= 0) TRY_DO(io::write_all(to, piece));
  }
  return std::pair(hash.hex(), size);
}

Result<StoredObject> read_entry(const std::string& path) {
  TRY(const std::string text, io::read_file(path));
  TRY(const json::Value document, json::parse(text));
  StoredObject object;
  object.key = std::string(document["key"].as_string());
  object.sha256 = std::string(document["sha256"].as_string());
  object.size = static_cast<uint64_t>(document["size"].as_int().value_or(0));
  return object;
}

void collect_entries(const std::string& folder, std::vector<StoredObject>& out) {
  const auto names = io::list_directory(folder);
  if (!names) return;
  for (const std::string& name : *names) {
    const std::string path = cat(folder, "/", name);
    if (!name.ends_with("@")) {
      collect_entries(path, out);
    } else if (auto object = read_entry(path)) {
      out.push_back(std::move(*object));
    }
  }
}

}  // namespace

json::Value embedded_repository() {
  return json::Value::object({{"s3", json::Value::object({{"bucket", kEmbeddedBucket},
                                                          {"endpoint", kEmbeddedEndpoint}})}});
}

bool is_embedded(const json::Value& location) {
  return location["s3"]["endpoint"].as_string() == kEmbeddedEndpoint;
}

std::string ArtifactStore::folder_path(std::string_view key) const {
  return cat(root_, "/keys", path_of(key));
}
std::string ArtifactStore::entry_path(std::string_view key) const { return folder_path(key) + "@"; }
std::string ArtifactStore::blob_path(std::string_view sha256) const {
  return cat(root_, "/blobs/", sha256.substr(0, 2), "/", sha256);
}

Result<StoredObject> ArtifactStore::save(std::string_view key,
                                         const std::function<Result<void>(int fd)>& write) {
  if (path_of(key).empty()) return Error("an artifact needs a key");
  TRY_DO(io::make_directories(cat(root_, "/tmp"), 0700));
  io::SystemRandom random;
  const std::string temporary = cat(root_, "/tmp/", io::new_uuid(random));
  const io::Fd fd(::open(temporary.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd) return io::errno_error(errno, "making", temporary);
  const auto done = [&]() -> Result<StoredObject> {
    TRY_DO(write(fd.get()));
    ::lseek(fd.get(), 0, SEEK_SET);
    TRY(const auto summed, sum(fd.get(), -1));
    if (::fsync(fd.get()) != 0) return io::errno_error(errno, "writing an artifact");
    const std::string blob = blob_path(summed.first);
    TRY_DO(io::make_directories(blob.substr(0, blob.rfind('/')), 0700));
    if (::rename(temporary.c_str(), blob.c_str()) != 0)
      return io::errno_error(errno, "making", blob);
    return StoredObject{std::string(key), summed.first, summed.second};
  }();
  if (!done) {
    ::unlink(temporary.c_str());
    return done;
  }
  const std::string entry = entry_path(key);
  TRY_DO(io::make_directories(entry.substr(0, entry.rfind('/')), 0700));
  TRY_DO(io::write_file(entry,
                        json::print(json::Value::object(
                            {{"key", key}, {"sha256", done->sha256}, {"size", done->size}})),
                        0600));
  return done;
}

Result<StoredObject> ArtifactStore::find(std::string_view key) const {
  auto found = read_entry(entry_path(key));
  if (!found && found.error().code() == Code::NotFound) {
    return Error(cat("the embedded repository holds no artifact under the key ", go_quote(key)),
                 Code::NotFound);
  }
  return found;
}

std::vector<StoredObject> ArtifactStore::list(std::string_view prefix) const {
  std::vector<StoredObject> out;
  collect_entries(folder_path(prefix), out);
  return out;
}

Result<io::Fd> ArtifactStore::open(const StoredObject& object) const {
  const std::string path = blob_path(object.sha256);
  io::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return io::errno_error(errno, cat("artifact ", go_quote(object.key)), path);
  return fd;
}

Result<void> ArtifactStore::copy_to(const StoredObject& object, const std::string& path) const {
  TRY(const io::Fd from, open(object));
  const io::Fd to(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644));
  if (!to) return io::errno_error(errno, "making", path);
  TRY(const auto summed, sum(from.get(), to.get()));
  if (summed.first == object.sha256) return {};
  return Error(cat("artifact ", go_quote(object.key), " is damaged: its checksum is ", summed.first,
                   ", it was saved with ", object.sha256),
               Code::Internal);
}

Result<void> ArtifactStore::remove(std::string_view key) {
  if (path_of(key).empty()) return Error("an artifact needs a key");
  TRY_DO(io::remove_tree(entry_path(key)));
  return io::remove_tree(folder_path(key));
}

Result<uint64_t> ArtifactStore::sweep() {
  std::set<std::string> used;
  for (const StoredObject& object : list("")) used.insert(object.sha256);
  uint64_t freed = 0;
  const auto folders = io::list_directory(cat(root_, "/blobs"));
  if (!folders) return freed;
  for (const std::string& folder : *folders) {
    TRY(const auto names, io::list_directory(cat(root_, "/blobs/", folder)));
    for (const std::string& name : names) {
      if (used.contains(name)) continue;
      const std::string path = blob_path(name);
      struct stat info {};
      if (::stat(path.c_str(), &info) == 0) freed += static_cast<uint64_t>(info.st_size);
      TRY_DO(io::remove_tree(path));
    }
  }
  TRY_DO(io::remove_tree(cat(root_, "/tmp")));
  return freed;
}

}  // namespace wf::executor
