// SPDX-License-Identifier: Apache-2.0
#include "executor/artifacts.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>

#include "base/text.h"
#include "executor/archive.h"
#include "executor/artifact_store.h"
#include "executor/http_artifact.h"
#include "executor/in_root.h"
#include "io/file.h"
#include "spec/artifact_location.h"

namespace wf::executor {
namespace {

using json::Value;

std::string text(const Value& value) { return std::string(value.as_string()); }

// The artifact with its location in full.
Result<Value> located(const ArtifactContext& context, const Value& artifact) {
  Value out = artifact;
  TRY_DO(spec::relocate(out, context.archive_location));
  return out;
}

Error no_driver(const Value& artifact) {
  const auto driver = spec::location_driver(artifact);
  return Error(
      cat("artifact driver ", driver.empty() ? "(none)" : driver,
          " is not supported on one machine yet: use the embedded repository, raw or http"));
}

Result<void> write_new(const std::string& path, std::string_view data) {
  return io::write_file(path, data, 0644, io::Durable::No);
}

// A key that stands for one object, or for all those below it (a folder saved without an archive).
Result<void> load_embedded(const ArtifactContext& context, const std::string& key,
                           const std::string& path) {
  const ArtifactStore store(context.store);
  auto found = store.find(key);
  if (found) return store.copy_to(*found, path);
  const auto below = store.list(key);
  if (below.empty()) return std::move(found.error());
  TRY_DO(io::make_directories(path));
  const std::string base = spec::clean_path(key);
  for (const StoredObject& object : below) {
    const std::string to = cat(path, "/", spec::clean_path(object.key).substr(base.size()));
    TRY_DO(io::make_directories(to.substr(0, to.rfind('/'))));
    TRY_DO(store.copy_to(object, to));
  }
  return {};
}

Result<void> fetch(const ArtifactContext& context, const Value& artifact, const std::string& path) {
  if (is_embedded(artifact)) return load_embedded(context, text(artifact["s3"]["key"]), path);
  if (artifact["raw"].is_object()) return write_new(path, artifact["raw"]["data"].as_string());
  if (artifact["http"].is_object()) return load_http(artifact["http"], path);
  return no_driver(artifact);
}

Result<void> unarchive(const Value& artifact, const std::string& file, const std::string& path) {
  const Value& archive = artifact["archive"];
  struct stat info {};
  const bool folder = ::stat(file.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
  const bool plain = archive["none"].is_object() || folder;
  if (!plain && archive["zip"].is_object()) return unpack(file, ArchiveKind::Zip, path);
  if (!plain && (archive["tar"].is_object() || is_tarball(file)))
    return unpack(file, ArchiveKind::Tar, path);
  // Replaces a file or an empty folder and nothing more: the path may be the machine's own.
  if (::rename(file.c_str(), path.c_str()) != 0) return io::errno_error(errno, "making", path);
  return {};
}

Result<void> set_mode(const std::string& path, mode_t mode, bool recurse) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return io::errno_error(errno, "chmod", path);
  if (S_ISLNK(info.st_mode)) return {};
  if (::chmod(path.c_str(), mode) != 0) return io::errno_error(errno, "chmod", path);
  if (!recurse || !S_ISDIR(info.st_mode)) return {};
  TRY(const auto entries, io::list_directory(path));
  for (const std::string& entry : entries) TRY_DO(set_mode(cat(path, "/", entry), mode, true));
  return {};
}

// `path` below `root` with its folders made; links in it stay inside.
Result<std::string> place_for(const ArtifactInput& input) {
  const size_t slash = input.path.rfind('/');
  const std::string folder = slash == std::string::npos ? "/" : input.path.substr(0, slash);
  const std::string name = input.path.substr(slash == std::string::npos ? 0 : slash + 1);
  TRY(const io::Fd inside, make_directory_in_root(input.root, folder));
  char real[4096];
  const ssize_t length = ::readlink(name_of(inside).c_str(), real, sizeof real);
  if (length <= 0) return io::errno_error(errno, "open", folder);
  return cat(std::string_view(real, static_cast<size_t>(length)), "/", name);
}

Result<void> load_one(const ArtifactContext& context, const ArtifactInput& input) {
  const Value& artifact = input.artifact;
  const std::string name = text(artifact["name"]);
  const bool optional = artifact["optional"].as_bool();
  if (!spec::has_location_or_key(artifact)) {
    if (optional) return {};
    return Error(cat("required artifact '", name, "' not supplied"), Code::NotFound);
  }
  auto whole = located(context, artifact);
  if (!whole) return std::move(whole.error()).wrap(cat("failed to load artifact '", name, "'"));
  TRY(const std::string path, place_for(input));
  const std::string temporary = path + ".tmp";
  if (auto loaded = fetch(context, *whole, temporary); !loaded) {
    (void)io::remove_tree(temporary);
    if (optional && loaded.error().code() == Code::NotFound) return {};
    return std::move(loaded.error()).wrap(cat("artifact ", name, " failed to load"));
  }
  auto done = unarchive(*whole, temporary, path);
  (void)io::remove_tree(temporary);
  if (!done) return std::move(done.error()).wrap(cat("artifact ", name, " failed to load"));
  const auto mode = artifact["mode"].as_int();
  return mode
             ? set_mode(path, static_cast<mode_t>(*mode & 07777), artifact["recurseMode"].as_bool())
             : Result<void>();
}

Result<void> copy_file(int from, int to) {
  std::string buffer(1 << 20, '\0');
  while (true) {
    // In the kernel where it can; a file on another file system by hand.
    ssize_t got = ::copy_file_range(from, nullptr, to, nullptr, 1 << 30, 0);
    if (got > 0) continue;
    if (got == 0) return {};
    got = ::read(from, buffer.data(), buffer.size());
    if (got < 0) return io::errno_error(errno, "reading an output artifact");
    if (got == 0) return {};
    TRY_DO(io::write_all(to, std::string_view(buffer).substr(0, static_cast<size_t>(got))));
  }
}

Result<void> save_file(ArtifactStore& store, const std::string& key, int parent,
                       const std::string& name) {
  const io::Fd from(::openat(parent, name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!from) return io::errno_error(errno, "open", name);
  auto saved = store.save(key, [&](int to) { return copy_file(from.get(), to); });
  return saved.ok() ? Result<void>() : Result<void>(std::move(saved.error()));
}

// Without an archive a folder becomes an object for each of its files.
Result<void> save_folder(ArtifactStore& store, const std::string& key, int folder) {
  TRY(const auto entries, io::list_directory(cat("/proc/self/fd/", folder)));
  for (const std::string& entry : entries) {
    struct stat info {};
    if (::fstatat(folder, entry.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
    const std::string below = cat(key, "/", entry);
    if (S_ISREG(info.st_mode)) TRY_DO(save_file(store, below, folder, entry));
    if (!S_ISDIR(info.st_mode)) continue;
    const io::Fd inner(
        ::openat(folder, entry.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (inner) TRY_DO(save_folder(store, below, inner.get()));
  }
  return {};
}

// Argo's name of the object: x.tgz, x.zip, or the file's own.
std::string file_name(const Value& artifact) {
  const Value& archive = artifact["archive"];
  if (archive["zip"].is_object()) return cat(artifact["name"].as_string(), ".zip");
  if (!archive["none"].is_object()) return cat(artifact["name"].as_string(), ".tgz");
  const std::string path = spec::clean_path(artifact["path"].as_string());
  return path.substr(path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1);
}

// An artifact without a key of its own gets the template's, and there no more than the key: the
// rest is the repository's.
Result<Value> with_key(const ArtifactContext& context, const Value& artifact,
                       const std::string& name) {
  if (spec::has_key(artifact)) return artifact;
  TRY(const std::string key, spec::location_key(context.archive_location));
  const auto driver = spec::location_driver(context.archive_location);
  Value out = artifact;
  out.set(driver, Value::object());
  TRY_DO(spec::set_location_key(out, spec::join_path(key, name)));
  return out;
}

int level_of(const Value& artifact) {
  const auto level = artifact["archive"]["tar"]["compressionLevel"].as_int();
  if (!level) return kStored;  // what stays on the machine is not worth the time
  return static_cast<int>(*level < 0 || *level > 9 ? 6 : *level);
}

Result<Value> save_one(const ArtifactContext& context, const ArtifactOutput& output) {
  const Value& artifact = output.artifact;
  auto source = open_in_root(output.root, output.path, O_PATH);
  if (!source) {
    if (source.error().code() != Code::NotFound) return std::move(source.error());
    const Value& archive = artifact["archive"];
    return Error(archive["none"].is_object()
                     ? cat(output.path, " no such file or directory")
                     : cat("open /var/run/argo/outputs/artifacts", spec::clean_path(output.path),
                           ".tgz: no such file or directory"),
                 Code::NotFound);
  }
  TRY(Value out, with_key(context, artifact, file_name(artifact)));
  TRY(const Value whole, located(context, out));
  if (!is_embedded(whole)) return no_driver(whole);
  const std::string key = text(whole["s3"]["key"]);
  ArtifactStore store(context.store);
  if (artifact["archive"]["none"].is_object()) {
    TRY_DO(store.remove(key));  // of a run before: an object and a folder cannot share a name
    struct stat info {};
    ::fstat(source->get(), &info);
    const std::string name = name_of(*source);
    const io::Fd from(
        ::open(name.c_str(), O_RDONLY | O_CLOEXEC | (S_ISDIR(info.st_mode) ? O_DIRECTORY : 0)));
    if (!from) return io::errno_error(errno, "open", output.path);
    if (S_ISDIR(info.st_mode)) {
      TRY_DO(save_folder(store, key, from.get()));
    } else {
      auto saved = store.save(key, [&](int to) { return copy_file(from.get(), to); });
      if (!saved) return std::move(saved.error());
    }
    return out;
  }
  const auto kind = artifact["archive"]["zip"].is_object() ? ArchiveKind::Zip : ArchiveKind::Tar;
  auto saved = store.save(
      key, [&](int to) { return pack(output.root, output.path, kind, level_of(artifact), to); });
  if (!saved) return std::move(saved.error());
  return out;
}

Result<Value> save_log(const ArtifactContext& context, const LogOutput& log) {
  const Value artifact = Value::object({{"name", cat(log.container, "-logs")}});
  TRY(Value out, with_key(context, artifact, cat(log.container, ".log")));
  TRY(const Value whole, located(context, out));
  if (!is_embedded(whole)) return no_driver(whole);
  ArtifactStore store(context.store);
  TRY_DO(save_file(store, text(whole["s3"]["key"]), AT_FDCWD, log.file));
  return out;
}

}  // namespace

Result<void> load_artifacts(const ArtifactContext& context,
                            const std::vector<ArtifactInput>& inputs) {
  for (const ArtifactInput& input : inputs) TRY_DO(load_one(context, input));
  return {};
}

SavedArtifacts save_artifacts(const ArtifactContext& context,
                              const std::vector<ArtifactOutput>& outputs,
                              const std::vector<LogOutput>& logs) {
  SavedArtifacts out;
  const auto take = [&](Result<Value> saved) {
    if (saved) {
      out.list.push_back(std::move(*saved));
    } else {
      out.error += cat(saved.error().message(), "; ");
    }
  };
  for (const ArtifactOutput& output : outputs) {
    auto saved = save_one(context, output);
    if (!saved && saved.error().code() == Code::NotFound && output.artifact["optional"].as_bool())
      continue;
    take(std::move(saved));
  }
  for (const LogOutput& log : logs) take(save_log(context, log));
  return out;
}

Result<void> delete_artifact(const ArtifactContext& context, const Value& artifact) {
  TRY(const Value whole, located(context, artifact));
  if (is_embedded(whole)) {
    TRY(const std::string key, spec::location_key(whole));
    return ArtifactStore(context.store).remove(key);
  }
  for (const char* driver : {"raw", "http", "git", "hdfs"}) {
    if (!whole[driver].is_object()) continue;
    return Error(
        "delete not supported for this artifact storage, please check the following issue for "
        "details: https://github.com/argoproj/argo-workflows/issues/3102");
  }
  return no_driver(whole);
}

}  // namespace wf::executor
