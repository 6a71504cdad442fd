// SPDX-License-Identifier: Apache-2.0
// The pod that deletes a finished workflow's artifacts (GCO).
#include <algorithm>

#include "base/hash.h"
#include "base/text.h"
#include "podspec/prepared.h"
#include "spec/merge.h"

namespace wf::podspec {

using json::Value;

namespace {

void overlay(GcIdentity& identity, const Value& artifact_gc) {
  const std::string_view account = artifact_gc["serviceAccountName"].as_string();
  if (!account.empty()) identity.service_account = account;
  const Value& metadata = artifact_gc["podMetadata"];
  for (const json::Member& label : metadata["labels"].members())
    identity.labels.set(label.key(), label.value);
  for (const json::Member& note : metadata["annotations"].members()) {
    identity.annotations.set(note.key(), note.value);
  }
}

uint32_t hash_pairs(const Value& pairs, uint32_t hash) {
  Value sorted = pairs;
  if (sorted.is_object()) sorted.sort_keys();
  for (const json::Member& pair : sorted.members()) {
    hash = fnv1a_32(pair.value.as_string(), fnv1a_32(pair.key(), hash));
  }
  return hash;
}

std::vector<std::string> plugins_of(const std::vector<Value>& locations) {
  std::vector<std::string> plugins;
  for (const Value& location : locations) {
    const std::string_view name = location["plugin"]["name"].as_string();
    if (!name.empty() && std::find(plugins.begin(), plugins.end(), name) == plugins.end())
      plugins.emplace_back(name);
  }
  return plugins;
}

// Brings argoexec to the plugins' containers.
Container argoexec_copier(const Prepared& prepared, const std::string& now) {
  Container init = executor_container(prepared, kInit, Value());
  init.fields.set("command", prepared.init_command);
  init.mounts = Value::array({prepared.run_mount});
  init.env.push_back(env(kTemplateEnv, "{}"));
  init.env.push_back(env("ARGO_DEADLINE", now));
  return init;
}

Result<std::string> add_plugins(const Prepared& prepared, const std::vector<Value>& drivers,
                                const std::string& now, Draft& pod, Value& mounts) {
  if (drivers.empty()) return std::string();
  pod.init_containers.push_back(argoexec_copier(prepared, now));
  pod.volumes.push_back(empty_dir("var-run-argo"));
  pod.volumes.push_back(empty_dir("tmp-dir-argo"));
  mounts.push_back(prepared.run_mount);
  std::string names;
  for (const Value& driver : drivers) {
    pod.volumes.push_back(plugin_volume(driver["name"].as_string()));
    mounts.push_back(plugin_mount(driver["name"].as_string()));
    TRY(Container sidecar, plugin_container(prepared, driver, PluginRole::GarbageSidecar, Value()));
    sidecar.mounts.push_back(prepared.run_mount);
    names += (names.empty() ? "" : ",") + sidecar.name;
    pod.containers.push_back(std::move(sidecar));
  }
  return names;
}

Container deleter(const Prepared& prepared, const ArtifactGcInput& input,
                  const std::string& plugins) {
  const std::string now = to_rfc3339(input.now);
  std::vector<std::string> args = {"artifact", "delete"};
  args.insert(args.end(), prepared.log_options.begin(), prepared.log_options.end());
  Container main;
  main.name = kMain;
  main.fields = Value::object({
      {"name", kMain},
      {"image", prepared.executor_image},
      {"args", texts(args)},
      {"securityContext", minimal_container_security()},
      {"resources",
       Value::object({{"limits", Value::object({{"cpu", "100m"}, {"memory", "64Mi"}})},
                      {"requests", Value::object({{"cpu", "50m"}, {"memory", "32Mi"}})}})},
  });
  if (!prepared.pull_policy.is_null()) main.fields.set("imagePullPolicy", prepared.pull_policy);
  main.env = Value::array({prepared.executor_env[size_t{0}], env(kTemplateEnv, "{}"),
                           env("ARGO_DEADLINE", now),
                           env("ARGO_ARTIFACT_POD_NAME", gc_pod_label(input.pod_name)),
                           env("ARGO_ARTIFACT_PLUGIN_NAMES", plugins)});
  return main;
}

void set_all(Value& target, const Value& more) {
  for (const json::Member& member : more.members()) target.set(member.key(), member.value);
}

}  // namespace

GcIdentity gc_identity(const Value& spec, const Value& artifact) {
  GcIdentity identity;
  overlay(identity, spec["artifactGC"]);
  identity.pod_spec_patch = spec["artifactGC"]["podSpecPatch"].as_string();
  overlay(identity, artifact["artifactGC"]);
  return identity;
}

Result<std::string> gc_pod_name(std::string_view workflow, std::string_view strategy,
                                const GcIdentity& identity) {
  std::string_view part;
  if (strategy == "OnWorkflowCompletion") part = "wfcomp";
  if (strategy == "OnWorkflowDeletion") part = "wfdel";
  if (part.empty()) return Error(cat("ArtifactGCStrategy ", go_quote(strategy), " not valid"));
  const uint32_t labels = hash_pairs(identity.labels, fnv1a_32(identity.service_account));
  return cat(workflow, "-artgc-", part, "-", hash_pairs(identity.annotations, labels));
}

std::string gc_pod_label(std::string_view pod_name) { return std::to_string(fnv1a_32(pod_name)); }

Result<Value> PodBuilder::build_artifact_gc(const ArtifactGcInput& input) const {
  const Prepared& prepared = *prepared_;
  SecretVolumes secrets = secrets_of_locations(input.locations);
  TRY(const std::vector<Value> drivers,
      artifact_drivers(plugins_of(input.locations), prepared.controller.config));
  Draft pod;
  pod.name = Value(input.pod_name);
  pod.ns = Value(prepared.workflow.ns);
  pod.labels.set("workflows.argoproj.io/workflow", prepared.workflow.name);
  pod.labels.set("workflows.argoproj.io/component", "artifact-gc");
  pod.labels.set("workflows.argoproj.io/completed", "false");
  pod.annotations.set("workflows.argoproj.io/artifact-gc-strategy", input.strategy);
  pod.owners = Value::array({Value::object({{"apiVersion", "argoproj.io/v1alpha1"},
                                            {"kind", "WorkflowArtifactGCTask"},
                                            {"name", input.task_name},
                                            {"uid", input.task_uid},
                                            {"controller", true},
                                            {"blockOwnerDeletion", true}})});
  pod.spec = Value::object({{"restartPolicy", "Never"},
                            {"securityContext", minimal_pod_security()},
                            {"automountServiceAccountToken", true}});
  pod.volumes = secrets.volumes;
  TRY(const std::string plugins,
      add_plugins(prepared, drivers, to_rfc3339(input.now), pod, secrets.mounts));
  Container main = deleter(prepared, input, plugins);
  main.mounts = secrets.mounts;
  pod.containers.push_back(std::move(main));
  if (!input.identity.pod_spec_patch.empty()) {
    TRY(Value patched,
        spec::patch_pod_spec(pod.spec_value(), std::span(&input.identity.pod_spec_patch, 1)));
    pod.take_spec(std::move(patched));
  }
  if (!input.identity.service_account.empty()) {
    pod.spec.set("serviceAccountName", input.identity.service_account);
  }
  set_all(pod.labels, input.identity.labels);
  set_all(pod.annotations, input.identity.annotations);
  // Argo uses the name of the environment variable as the label's key.
  if (const auto id = prepared.controller.config.instance_id(); !id.empty())
    pod.labels.set("ARGO_INSTANCE_ID", id);
  add_server_defaults(pod);
  return pod.to_value();
}

}  // namespace wf::podspec
