// SPDX-License-Identifier: Apache-2.0
// podspec/prepared.h: what all pods of a workflow share, made once, and the pod under construction
// that the steps of podspec.cpp hand on.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "podspec/artifacts.h"
#include "podspec/parts.h"
#include "podspec/podspec.h"
#include "spec/template.h"

namespace wf::podspec {

struct Prepared {
  Prepared(const Controller& owner, WorkflowFacts facts);

  const Controller& controller;
  WorkflowFacts workflow;
  bool initless = false;

  // The executor's own containers.
  std::string executor_image;
  json::Value pull_policy;      // Null: the cluster's default
  json::Value executor_fields;  // of each of its containers, all but name and command
  json::Value
      locked_executor_fields;  // of resource templates: with a security context of their own
  json::Value executor_env;
  json::Value kube_config_mount;  // Null: none
  std::vector<std::string> log_options;
  json::Value init_command, wait_command, supervisor_command;
  std::vector<json::Value> emissary;  // what every user's command is put behind
  std::string_view argoexec_path;     // in a user's container

  // Metadata and spec that no template changes.
  json::Value labels;
  json::Value annotations;
  json::Value owners;
  json::Value spec;
  json::Value volumes;  // before the template's

  // Environment of all containers, the parts that stay the same.
  json::Value main_name_env, init_name_env, wait_name_env;
  json::Value workflow_name_env;
  json::Value trace_state_env;  // Null: no tracing
  std::vector<json::Value> progress_env;

  json::Value run_mount;      // /var/run/argo
  json::Value token_mount;    // the executor's service account
  json::Value staging_mount;  // scripts

 private:
  void prepare_executor();
  void prepare_commands();
  void prepare_frame();
  void prepare_environment();
};

// A pod on its way: what is asked for, and what there is of it so far.
struct Work {
  const Prepared& prepared;
  const PodInput& input;
  const expr::Scope& globals;
  spec::TemplateType type;
  json::Value tmpl;
  Draft pod;
  bool watched = false;  // an auxiliary container (wait, supervisor) is there
  std::string name;
  std::string template_json;  // value of ARGO_TEMPLATE
};

// executor.cpp
Container executor_container(const Prepared& prepared, std::string_view name,
                             const json::Value& tmpl);
std::string executor_service_account(const json::Value& tmpl, const json::Value& spec);
Result<ImageCommand> image_command(const Prepared& prepared, std::string_view image);
enum class PluginRole { Sidecar, GarbageSidecar, Init };
Result<Container> plugin_container(const Prepared& prepared, const json::Value& driver,
                                   PluginRole role, const json::Value& tmpl);

// main_containers.cpp: containers that do the template's work.
Result<std::vector<Container>> main_containers(Work& work);

// volumes.cpp
Result<void> add_volume_references(Work& work);
Result<void> add_input_artifacts(Work& work);
void add_script_staging(Work& work);
void add_user_containers(Work& work);  // template.initContainers, then template.sidecars
void mirror_main_mounts(Work& work);
json::Value volume_mounts_of(const json::Value& tmpl);
json::Value input_artifact_mounts(const json::Value& tmpl);

// plugins.cpp
Result<void> add_plugin_inits(Work& work);
Result<void> add_plugin_sidecars(Work& work);

// scheduling.cpp
void add_scheduling(Draft& pod, const json::Value& tmpl, const json::Value& boundary,
                    const json::Value& spec);
void add_metadata(Draft& pod, const json::Value& tmpl, const json::Value& spec);
json::Value avoid_hosts(json::Value affinity, std::string_view label,
                        const std::vector<std::string>& hosts);

// environment.cpp
void add_environment(Work& work);

// finish.cpp
Result<void> substitute_pod(Work& work);
Result<void> patch_pod(Work& work);
Result<void> put_behind_emissary(Work& work);
Result<json::Value> offload(Work& work);

// server_defaults.cpp
void add_server_defaults(Draft& pod);

}  // namespace wf::podspec
