// SPDX-License-Identifier: Apache-2.0
// Containers that run argoexec: init, wait, supervisor, resource and data mains, artifact plugins.
#include "base/text.h"
#include "podspec/prepared.h"

namespace wf::podspec {

using json::Value;

namespace {

constexpr std::string_view kImageHelp =
    ", you must either explicitly specify the command, or list the image's command in the index: "
    "https://argo-workflows.readthedocs.io/en/latest/workflow-executors/#emissary-emissary: ";

std::vector<std::string> strings_of(const Value& list) {
  std::vector<std::string> out;
  for (const Value& item : list.items()) out.emplace_back(item.as_string());
  return out;
}

}  // namespace

std::string executor_service_account(const Value& tmpl, const Value& spec) {
  const std::string_view own = tmpl["executor"]["serviceAccountName"].as_string();
  return std::string(own.empty() ? spec["executor"]["serviceAccountName"].as_string() : own);
}

Container executor_container(const Prepared& prepared, std::string_view name, const Value& tmpl) {
  Container container;
  container.name = name;
  const bool locked = spec::template_type(tmpl) == spec::TemplateType::Resource;
  container.fields = locked ? prepared.locked_executor_fields : prepared.executor_fields;
  container.fields.set("name", name);
  if (locked && name == kMain &&
      prepared.controller.config.executor()["securityContext"].is_null()) {
    container.fields.at("securityContext").set("readOnlyRootFilesystem", true);
  }
  container.env = prepared.executor_env;
  if (!prepared.kube_config_mount.is_null()) container.mounts.push_back(prepared.kube_config_mount);
  if (!executor_service_account(tmpl, prepared.workflow.spec).empty()) {
    container.mounts.push_back(prepared.token_mount);
  }
  return container;
}

Result<ImageCommand> image_command(const Prepared& prepared, std::string_view image) {
  if (const Value* listed = prepared.controller.config.image(image)) {
    return ImageCommand{strings_of((*listed)["entrypoint"]), strings_of((*listed)["cmd"])};
  }
  const std::string context =
      cat("failed to look-up entrypoint/cmd for image ", go_quote(image), kImageHelp);
  if (!prepared.controller.lookups.image) return Error(context + "image not found");
  auto found = prepared.controller.lookups.image(image);
  if (!found) return Error(context + found.error().message(), found.error().code());
  return found;
}

Result<Container> plugin_container(const Prepared& prepared, const Value& driver, PluginRole role,
                                   const Value& tmpl) {
  const std::string_view plugin = driver["name"].as_string();
  const std::string_view image = driver["image"].as_string();
  const std::string name = cat(role == PluginRole::Init ? kPluginInit : kPluginSidecar, plugin);
  TRY(const ImageCommand runs, image_command(prepared, image));
  std::vector<std::string> command;
  switch (role) {
    case PluginRole::Sidecar:
      command = {std::string(prepared.argoexec_path), "artifact-plugin-sidecar"};
      break;
    case PluginRole::GarbageSidecar:
      command = {"/var/run/argo/argoexec", "emissary"};
      break;
    case PluginRole::Init:
      command = {"/var/run/argo/argoexec", "artifact-plugin-init", "--plugin-name",
                 std::string(plugin)};
      break;
  }
  command.insert(command.end(), prepared.log_options.begin(), prepared.log_options.end());
  command.emplace_back("--");
  command.insert(command.end(), runs.entrypoint.begin(), runs.entrypoint.end());
  command.push_back(plugin_socket(plugin));

  Container container = executor_container(prepared, name, tmpl);
  container.env.push_back(env("ARGO_CONTAINER_NAME", name));
  container.fields.set("image", image);
  container.fields.set("command", texts(command));
  if (role != PluginRole::Init) container.mounts = Value::array({plugin_mount(plugin)});
  return container;
}

}  // namespace wf::podspec
