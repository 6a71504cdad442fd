// SPDX-License-Identifier: Apache-2.0
// Which volumes a pod has and where its containers see them.
#include <algorithm>
#include <optional>

#include "base/text.h"
#include "podspec/prepared.h"
#include "spec/artifact_location.h"

namespace wf::podspec {

using json::Value;

namespace {

const Value* find_volume(const Value& volumes, std::string_view name) {
  for (const Value& volume : volumes.items()) {
    if (volume["name"].as_string() == name) return &volume;
  }
  return nullptr;
}

Result<void> add_volumes_of(Work& work, const Value& mounts) {
  for (const Value& mounted : mounts.items()) {
    const std::string_view name = mounted["name"].as_string();
    const Value* volume = find_volume(work.tmpl["volumes"], name);
    if (volume == nullptr) volume = find_volume(work.prepared.workflow.spec["volumes"], name);
    if (volume == nullptr) volume = find_volume(work.input.claims, name);
    if (volume == nullptr) return Error(cat("volume '", name, "' not found in workflow spec"));
    if (find_volume(work.pod.volumes, name) == nullptr) work.pod.volumes.push_back(*volume);
  }
  return {};
}

// `target` seen from `base` ("." for base itself); nothing where it lies outside or can't be told.
std::optional<std::string> path_within(std::string_view base, std::string_view target) {
  const std::string from = spec::clean_path(base);
  const std::string to = spec::clean_path(target);
  if (from == to) return ".";
  if (from.starts_with('/') != to.starts_with('/')) return std::nullopt;
  if (from == ".." || from.starts_with("../")) return std::nullopt;
  if (from == "." || from == "/") {
    const std::string rest = from == "/" ? to.substr(1) : to;
    if (rest == ".." || rest.starts_with("../")) return std::nullopt;
    return rest;
  }
  if (!to.starts_with(from) || to[from.size()] != '/') return std::nullopt;
  return to.substr(from.size() + 1);
}

// Paths like \\server\share are not moved below another folder on Windows.
bool is_unc_path(std::string_view path, const Value& tmpl) {
  return path.starts_with("\\\\") &&
         tmpl["nodeSelector"]["kubernetes.io/os"].as_string() == "windows";
}

Value* mutable_mounts(Value& tmpl) {
  for (const char* kind : {"container", "script", "containerSet"}) {
    if (!tmpl.has(kind)) continue;
    return tmpl[kind].has("volumeMounts") ? &tmpl.at(kind).at("volumeMounts") : nullptr;
  }
  return nullptr;
}

// Longest paths first. Argo reorders the template itself, so its executor sees the new order too.
void sort_mounts_by_depth(Value& tmpl) {
  Value* mounts = mutable_mounts(tmpl);
  if (mounts == nullptr || mounts->size() < 2) return;
  std::vector<Value> list(mounts->items().begin(), mounts->items().end());
  std::stable_sort(list.begin(), list.end(), [](const Value& a, const Value& b) {
    return a["mountPath"].as_string().size() > b["mountPath"].as_string().size();
  });
  Value sorted = Value::array();
  for (Value& item : list) sorted.push_back(std::move(item));
  *mounts = std::move(sorted);
}

bool lies_in_volume(const Value& tmpl, std::string_view path) {
  const Value mounts = volume_mounts_of(tmpl);
  return std::any_of(mounts.items().begin(), mounts.items().end(), [&](const Value& mounted) {
    return path_within(mounted["mountPath"].as_string(), path).has_value();
  });
}

// Without an init container the artifact's path is cleared before it is linked to the artifact; a
// volume below it would be emptied.
Result<void> refuse_nested_mounts(const Value& tmpl) {
  const Value mounts = volume_mounts_of(tmpl);
  for (const Value& artifact : tmpl["inputs"]["artifacts"].items()) {
    const std::string_view path = artifact["path"].as_string();
    if (path.empty()) continue;
    for (const Value& mounted : mounts.items()) {
      const std::string_view at = mounted["mountPath"].as_string();
      const auto below = path_within(path, at);
      if (!below || *below == ".") continue;
      return Error(
          cat("input artifact ", go_quote(artifact["name"].as_string()), " path ", go_quote(path),
              " is an ancestor of volume mount ", go_quote(mounted["name"].as_string()), " (", at,
              "); this is not supported in init-less pod mode because staging the artifact would "
              "clear the mounted volume"));
    }
  }
  return {};
}

Result<void> mount_artifacts_on_main(Work& work, Container& main) {
  for (const Value& artifact : work.tmpl["inputs"]["artifacts"].items()) {
    auto path =
        spec::clean_artifact_path(artifact["name"].as_string(), artifact["path"].as_string());
    if (!path)
      return std::move(path.error())
          .wrap(cat("error in inputs.artifacts.", artifact["name"].as_string()));
    if (!spec::has_location_or_key(artifact) && artifact["optional"].as_bool()) continue;
    if (lies_in_volume(work.tmpl, *path)) continue;  // the executor writes into that volume
    Value mounted = mount(kInputArtifacts, *path);
    mounted.set("subPath", artifact["name"]);
    main.mounts.push_back(std::move(mounted));
  }
  return {};
}

bool mounts_on_main(const Value& artifact) {
  return spec::has_location_or_key(artifact) || !artifact["optional"].as_bool();
}

Value user_container(const Value& user, const Container* main) {
  Value fields = user;
  fields.erase("mirrorVolumeMounts");
  if (main != nullptr && user["mirrorVolumeMounts"].as_bool())
    append_all(fields.at("volumeMounts"), main->mounts);
  return fields;
}

}  // namespace

Value volume_mounts_of(const Value& tmpl) {
  for (const char* kind : {"container", "script", "containerSet"}) {
    if (const Value* found = tmpl.find(kind)) return (*found)["volumeMounts"];
  }
  return Value();
}

Value input_artifact_mounts(const Value& tmpl) {
  Value mounts = Value::array({mount(kInputArtifacts, kInputArtifactsPath)});
  for (const Value& mounted : volume_mounts_of(tmpl).items()) {
    const std::string_view path = mounted["mountPath"].as_string();
    if (is_unc_path(path, tmpl)) continue;
    Value mirrored = mounted;
    mirrored.set("mountPath", spec::join_path(kMainFilesystem, path));
    mounts.push_back(std::move(mirrored));
  }
  return mounts;
}

Result<void> add_volume_references(Work& work) {
  TRY_DO(add_volumes_of(work, volume_mounts_of(work.tmpl)));
  for (const char* list : {"initContainers", "sidecars"}) {
    for (const Value& user : work.tmpl[list].items())
      TRY_DO(add_volumes_of(work, user["volumeMounts"]));
  }
  const SecretVolumes secrets = secrets_of_template(work.tmpl);
  append_all(work.pod.volumes, secrets.volumes);
  for (Container& container : work.pod.containers) {
    const bool reads =
        is_auxiliary(container.name) || (work.tmpl.has("data") && container.name == kMain);
    if (reads) append_all(container.mounts, secrets.mounts);
  }
  for (Container& container : work.pod.init_containers) {
    if (container.name == kInit) append_all(container.mounts, secrets.mounts);
  }
  for (const std::string& plugin :
       output_plugins(work.tmpl, work.prepared.workflow.artifact_repository)) {
    work.pod.volumes.push_back(plugin_volume(plugin));
  }
  return {};
}

Result<void> add_input_artifacts(Work& work) {
  if (work.tmpl["inputs"]["artifacts"].empty()) return {};
  if (work.prepared.initless) TRY_DO(refuse_nested_mounts(work.tmpl));
  work.pod.volumes.push_back(empty_dir(kInputArtifacts));
  const Value mounts = input_artifact_mounts(work.tmpl);
  for (Container& container : work.pod.init_containers) {
    if (container.name == kInit || container.name.starts_with(kPluginInit))
      append_all(container.mounts, mounts);
  }
  Container* main = work.pod.find(kMain);
  if (work.prepared.initless) {
    if (Container* supervisor = work.pod.find(kSupervisor)) append_all(supervisor->mounts, mounts);
    if (main != nullptr) main->mounts.push_back(mount(kInputArtifacts, kInputArtifactsPath));
    return {};
  }
  if (main == nullptr) return {};
  TRY_DO(mount_artifacts_on_main(work, *main));
  const auto artifacts = work.tmpl["inputs"]["artifacts"].items();
  if (std::any_of(artifacts.begin(), artifacts.end(), mounts_on_main))
    sort_mounts_by_depth(work.tmpl);
  return {};
}

void add_script_staging(Work& work) {
  work.pod.volumes.push_back(empty_dir("argo-staging"));
  for (Container& container : work.pod.init_containers) {
    if (container.name == kInit) container.mounts.push_back(work.prepared.staging_mount);
  }
  for (const std::string_view name : {kSupervisor, kMain}) {
    if (Container* container = work.pod.find(name))
      container->mounts.push_back(work.prepared.staging_mount);
  }
}

void add_user_containers(Work& work) {
  for (const Value& user : work.tmpl["initContainers"].items()) {
    work.pod.init_containers.push_back(Container::from(user_container(user, work.pod.find(kMain))));
  }
  for (const Value& user : work.tmpl["sidecars"].items()) {
    Value fields = user_container(user, work.pod.find(kMain));
    work.pod.containers.push_back(Container::from(std::move(fields)));
  }
}

void mirror_main_mounts(Work& work) {
  if (work.type == spec::TemplateType::Resource || work.type == spec::TemplateType::Data) return;
  const Container* main = work.pod.find(kMain);
  if (main == nullptr || main->mounts.empty()) return;
  const Value mounts = main->mounts;
  for (Container& container : work.pod.containers) {
    if (!is_argo_sidecar(container.name)) continue;
    for (const Value& mounted : mounts.items()) {
      const std::string_view path = mounted["mountPath"].as_string();
      if (is_unc_path(path, work.tmpl)) continue;
      const std::string at = spec::join_path(kMainFilesystem, path);
      const auto have = container.mounts.items();
      const auto same = [&](const Value& known) { return known["mountPath"].as_string() == at; };
      if (std::any_of(have.begin(), have.end(), same)) continue;
      Value mirrored = mounted;
      mirrored.set("mountPath", at);
      mirrored.erase("readOnly");
      container.mounts.push_back(std::move(mirrored));
    }
  }
}

}  // namespace wf::podspec
