// SPDX-License-Identifier: Apache-2.0
#include "local/volumes.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/text.h"
#include "io/file.h"

namespace wf::local {
namespace {

mode_t mode_of(const json::Value& mode, mode_t otherwise) {
  const auto number = mode.as_int();
  return number ? static_cast<mode_t>(*number & 07777) : otherwise;
}

Result<void> make_open_directory(const std::string& path) {
  TRY_DO(io::make_directories(path));
  if (::chmod(path.c_str(), 0777) != 0) return io::errno_error(errno, "chmod", path);
  return {};
}

// `path` of an item stays below the volume: Kubernetes refuses others when the pod is created.
bool inside(std::string_view path) {
  if (path.empty() || path[0] == '/') return false;
  for (const std::string_view part : split(path, "/")) {
    if (part == "..") return false;
  }
  return true;
}

struct File {
  std::string path;
  std::string text;
  mode_t mode;
};

Result<void> write_files(const std::string& folder, const std::vector<File>& files) {
  for (const File& file : files) {
    if (!inside(file.path))
      return Error(cat("volume item path ", go_quote(file.path), " leaves the volume"));
    const std::string path = cat(folder, "/", file.path);
    TRY_DO(io::make_directories(path.substr(0, path.rfind('/'))));
    TRY_DO(io::write_file(path, file.text, file.mode, io::Durable::No));
    ::chmod(path.c_str(), file.mode);
  }
  return {};
}

// The files of a configMap or secret source.
Result<std::vector<File>> files_of_object(const json::Value& source, std::string_view kind,
                                          std::string_view name, const PodFacts& facts,
                                          mode_t default_mode) {
  std::vector<File> out;
  const auto keys = object_keys(facts.objects, kind, name);
  if (!keys) {
    if (source["optional"].as_bool()) return out;
    return Error(cat(kind == "Secret" ? "secret " : "configmap ", go_quote(name), " not found"),
                 Code::NotFound);
  }
  const json::Value& items = source["items"];
  if (items.empty()) {
    for (const auto& [key, text] : *keys) out.push_back({key, text, default_mode});
    return out;
  }
  for (const json::Value& item : items.items()) {
    const std::string* text = find(*keys, item["key"].as_string());
    if (text) {
      out.push_back(
          {std::string(item["path"].as_string()), *text, mode_of(item["mode"], default_mode)});
    } else if (!source["optional"].as_bool()) {
      return Error(cat("references non-existent ", kind == "Secret" ? "secret" : "config",
                       " key: ", item["key"].as_string()),
                   Code::NotFound);
    }
  }
  return out;
}

const json::Value& container_named(const PodFacts& facts, std::string_view name) {
  for (const char* list : {"containers", "initContainers"}) {
    for (const json::Value& container : facts.pod["spec"][list].items()) {
      if (container["name"].as_string() == name) return container;
    }
  }
  static const json::Value none;
  return none;
}

Result<std::vector<File>> files_of_downward(const json::Value& source, const PodFacts& facts,
                                            mode_t default_mode) {
  std::vector<File> out;
  for (const json::Value& item : source["items"].items()) {
    std::string text;
    if (item["fieldRef"].is_object()) {
      TRY(text, field_of(facts, item["fieldRef"]["fieldPath"].as_string()));
    } else {
      const json::Value& reference = item["resourceFieldRef"];
      TRY(text, resource_of(container_named(facts, reference["containerName"].as_string()),
                            reference["resource"].as_string(), reference["divisor"].as_string()));
    }
    out.push_back(
        {std::string(item["path"].as_string()), text, mode_of(item["mode"], default_mode)});
  }
  return out;
}

Result<std::vector<File>> files_of_projected(const json::Value& source, const PodFacts& facts) {
  std::vector<File> out;
  const mode_t mode = mode_of(source["defaultMode"], 0644);
  const auto add = [&](std::vector<File> files) {
    for (File& file : files) out.push_back(std::move(file));
  };
  for (const json::Value& one : source["sources"].items()) {
    if (const json::Value& map = one["configMap"]; map.is_object()) {
      TRY(auto files, files_of_object(map, "ConfigMap", map["name"].as_string(), facts, mode));
      add(std::move(files));
    } else if (const json::Value& secret = one["secret"]; secret.is_object()) {
      TRY(auto files, files_of_object(secret, "Secret", secret["name"].as_string(), facts, mode));
      add(std::move(files));
    } else if (one["downwardAPI"].is_object()) {
      TRY(auto files, files_of_downward(one["downwardAPI"], facts, mode));
      add(std::move(files));
    } else {
      return Error(
          "a projected volume's source other than configMap, secret and downwardAPI means nothing "
          "on one machine");
    }
  }
  return out;
}

Result<Volume> make_empty_dir(const json::Value& source, const std::string& path) {
  TRY_DO(make_open_directory(path));
  if (source["medium"].as_string() == "Memory") {
    std::string options = "mode=0777";
    if (const std::string_view limit = source["sizeLimit"].as_string(); !limit.empty()) {
      TRY(const int64_t milli, quantity_milli(limit));
      options += cat(",size=", milli / 1000);
    }
    if (::mount("tmpfs", path.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, options.c_str()) != 0) {
      return io::errno_error(errno, "mounting memory volume", path);
    }
  }
  return Volume{path, false, true};
}

Result<Volume> host_path(const json::Value& source) {
  const std::string path(source["path"].as_string());
  const std::string_view type = source["type"].as_string();
  struct stat info {};
  const bool there = ::stat(path.c_str(), &info) == 0;
  const auto failed = [&](const char* what) {
    return Error(cat("hostPath type check failed: ", path, " is not ", what));
  };
  if (type == "DirectoryOrCreate" && !there) TRY_DO(io::make_directories(path));
  if (type == "FileOrCreate" && !there) TRY_DO(io::write_file(path, "", 0644));
  if (type == "Directory" && !(there && S_ISDIR(info.st_mode))) return failed("a directory");
  if (type == "File" && !(there && S_ISREG(info.st_mode))) return failed("a file");
  if (type == "Socket" && !(there && S_ISSOCK(info.st_mode))) return failed("a socket file");
  if (type == "CharDevice" && !(there && S_ISCHR(info.st_mode)))
    return failed("a character device");
  if (type == "BlockDevice" && !(there && S_ISBLK(info.st_mode))) return failed("a block device");
  if (type.empty() && !there) TRY_DO(io::make_directories(path));  // as container runtimes do
  return Volume{path, false, false};
}

Result<Volume> make_volume(const json::Value& volume, const PodFacts& facts, const Home& home,
                           const std::string& path) {
  const auto filled = [&](Result<std::vector<File>> files) -> Result<Volume> {
    if (!files) return std::move(files.error());
    TRY_DO(io::make_directories(path));
    TRY_DO(write_files(path, *files));
    return Volume{path, true, true};
  };
  if (const json::Value& source = volume["emptyDir"]; source.is_object())
    return make_empty_dir(source, path);
  if (const json::Value& source = volume["hostPath"]; source.is_object()) return host_path(source);
  if (const json::Value& source = volume["configMap"]; source.is_object()) {
    return filled(files_of_object(source, "ConfigMap", source["name"].as_string(), facts,
                                  mode_of(source["defaultMode"], 0644)));
  }
  if (const json::Value& source = volume["secret"]; source.is_object()) {
    return filled(files_of_object(source, "Secret", source["secretName"].as_string(), facts,
                                  mode_of(source["defaultMode"], 0644)));
  }
  if (const json::Value& source = volume["downwardAPI"]; source.is_object()) {
    return filled(files_of_downward(source, facts, mode_of(source["defaultMode"], 0644)));
  }
  if (const json::Value& source = volume["projected"]; source.is_object())
    return filled(files_of_projected(source, facts));
  if (const json::Value& source = volume["persistentVolumeClaim"]; source.is_object()) {
    const std::string claim = home.claim(facts.ns, source["claimName"].as_string());
    if (!io::exists(claim)) TRY_DO(make_open_directory(claim));
    return Volume{claim, source["readOnly"].as_bool(), true};
  }
  if (volume["ephemeral"].is_object()) return make_empty_dir(json::Value::object(), path);
  std::string kind;
  for (const auto& member : volume.members()) {
    if (member.key() != "name") kind = std::string(member.key());
  }
  if (kind.empty()) return make_empty_dir(json::Value::object(), path);
  return Error(cat("volumes of kind ", kind, " mean nothing on one machine"));
}

// fsGroup: the group owns the volume and what will be made in it.
void give_to_group(const std::string& path, int64_t group) {
  (void)!::lchown(path.c_str(), static_cast<uid_t>(-1), static_cast<gid_t>(group));
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0 || S_ISLNK(info.st_mode)) return;
  ::chmod(path.c_str(), (info.st_mode & 07777) | (S_ISDIR(info.st_mode) ? 02770 : 0660));
  if (!S_ISDIR(info.st_mode)) return;
  const auto entries = io::list_directory(path);
  if (!entries) return;
  for (const std::string& entry : *entries) give_to_group(cat(path, "/", entry), group);
}

}  // namespace

Result<std::map<std::string, Volume>> make_volumes(const PodFacts& facts, const Home& home,
                                                   const std::string& folder) {
  std::map<std::string, Volume> out;
  const auto group = facts.pod["spec"]["securityContext"]["fsGroup"].as_int();
  for (const json::Value& volume : facts.pod["spec"]["volumes"].items()) {
    const std::string name(volume["name"].as_string());
    auto made = make_volume(volume, facts, home, cat(folder, "/", name));
    if (!made) return std::move(made.error()).wrap(cat("volume ", go_quote(name)));
    if (group && made->owned_by_group) give_to_group(made->path, *group);
    out.emplace(name, std::move(*made));
  }
  return out;
}

}  // namespace wf::local
