// SPDX-License-Identifier: Apache-2.0
// Containers of artifact plugins: with init containers one loads the inputs and another saves the
// outputs; without them a single sidecar does both.
#include <algorithm>

#include "podspec/prepared.h"

namespace wf::podspec {

using json::Value;

namespace {

const Value& repository(const Work& work) { return work.prepared.workflow.artifact_repository; }

std::string comma_joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ",") + name;
  return out;
}

std::string_view name_of_driver(const Value& driver) { return driver["name"].as_string(); }

Result<void> add_savers(Work& work) {
  TRY(const std::vector<Value> drivers,
      artifact_drivers(output_plugins(work.tmpl, repository(work)),
                       work.prepared.controller.config));
  std::vector<std::string> names;
  for (const Value& driver : drivers) {
    TRY(Container container,
        plugin_container(work.prepared, driver, PluginRole::Sidecar, work.tmpl));
    names.push_back(container.name);
    work.pod.containers.push_back(std::move(container));
  }
  if (Container* wait = work.pod.find(kWait)) {
    for (const Value& driver : drivers)
      wait->mounts.push_back(plugin_mount(name_of_driver(driver)));
    wait->env.push_back(env("ARGO_ARTIFACT_PLUGIN_NAMES", comma_joined(names)));
  }
  return {};
}

bool has_volume(const Draft& pod, const Value& volume) {
  const auto list = pod.volumes.items();
  return std::any_of(list.begin(), list.end(),
                     [&](const Value& known) { return known["name"] == volume["name"]; });
}

Result<void> add_loaders_and_savers(Work& work) {
  const std::vector<std::string> inputs = input_plugins(work.tmpl, repository(work));
  std::vector<std::string> all = inputs;
  for (const std::string& plugin : output_plugins(work.tmpl, repository(work))) {
    if (std::find(all.begin(), all.end(), plugin) == all.end()) all.push_back(plugin);
  }
  TRY(const std::vector<Value> drivers, artifact_drivers(all, work.prepared.controller.config));
  if (drivers.empty() || work.pod.find(kSupervisor) == nullptr) return {};
  for (const std::string& plugin : inputs) {
    Value volume = plugin_volume(plugin);
    if (!has_volume(work.pod, volume)) work.pod.volumes.push_back(std::move(volume));
  }
  const bool loads = !work.tmpl["inputs"]["artifacts"].empty();
  std::vector<std::string> names;
  for (const Value& driver : drivers) {
    TRY(Container container,
        plugin_container(work.prepared, driver, PluginRole::Sidecar, work.tmpl));
    container.mounts.push_back(read_only_mount("argoexec-bin", "/argo-bin"));
    if (loads) append_all(container.mounts, input_artifact_mounts(work.tmpl));
    names.push_back(container.name);
    work.pod.containers.push_back(std::move(container));
  }
  Container* supervisor = work.pod.find(kSupervisor);
  for (const Value& driver : drivers)
    supervisor->mounts.push_back(plugin_mount(name_of_driver(driver)));
  supervisor->env.push_back(env("ARGO_ARTIFACT_PLUGIN_NAMES", comma_joined(names)));
  if (!inputs.empty())
    supervisor->env.push_back(env("ARGO_INPUT_ARTIFACT_PLUGIN_NAMES", comma_joined(inputs)));
  return {};
}

}  // namespace

Result<void> add_plugin_inits(Work& work) {
  TRY(const std::vector<Value> drivers, artifact_drivers(input_plugins(work.tmpl, repository(work)),
                                                         work.prepared.controller.config));
  for (const Value& driver : drivers) {
    TRY(Container container, plugin_container(work.prepared, driver, PluginRole::Init, work.tmpl));
    work.pod.init_containers.push_back(std::move(container));
  }
  return {};
}

Result<void> add_plugin_sidecars(Work& work) {
  return work.prepared.initless ? add_loaders_and_savers(work) : add_savers(work);
}

}  // namespace wf::podspec
