// SPDX-License-Identifier: Apache-2.0
// The containers that do a template's work, one for every kind of template that runs as a pod.
#include "base/text.h"
#include "json/text.h"
#include "json/yaml.h"
#include "podspec/prepared.h"
#include "spec/codec.h"
#include "spec/merge.h"

namespace wf::podspec {

using json::Value;

namespace {

Container script_container(const Value& script) {
  Value fields = script;
  fields.erase("source");
  if (!script["source"].as_string().empty()) fields.at("args").push_back("/argo/staging/script");
  return Container::from(std::move(fields));
}

std::vector<Container> set_containers(const Value& set) {
  std::vector<Container> containers;
  for (const Value& node : set["containers"].items()) {
    Value fields = node;
    fields.erase("dependencies");
    containers.push_back(Container::from(std::move(fields)));
    append_all(containers.back().mounts, set["volumeMounts"]);
  }
  return containers;
}

// The manifest with the workflow as one more owner, as YAML (CTR-4).
Result<std::string> owned_manifest(std::string_view manifest, const Prepared& prepared) {
  TRY(json::Document document, json::parse_yaml(manifest));
  Value object = std::move(document.value);
  append_all(object.at("metadata").at("ownerReferences"), prepared.owners);
  return json::print_yaml(object);
}

Result<Container> resource_container(Work& work) {
  Value& tmpl = work.tmpl;
  if (tmpl["resource"]["setOwnerReference"].as_bool()) {
    TRY(std::string manifest,
        owned_manifest(tmpl["resource"]["manifest"].as_string(), work.prepared));
    tmpl.at("resource").set("manifest", manifest);
  }
  std::vector<std::string> command = {"argoexec", "resource",
                                      std::string(tmpl["resource"]["action"].as_string())};
  command.insert(command.end(), work.prepared.log_options.begin(), work.prepared.log_options.end());
  Container container = executor_container(work.prepared, kMain, tmpl);
  container.fields.set("command", texts(command));
  return container;
}

Container data_container(const Work& work) {
  std::vector<std::string> command = {"argoexec", "data",
                                      json::print(spec::encode("Data", work.tmpl["data"]))};
  command.insert(command.end(), work.prepared.log_options.begin(), work.prepared.log_options.end());
  Container container = executor_container(work.prepared, kMain, work.tmpl);
  container.fields.set("command", texts(command));
  return container;
}

Result<std::vector<Container>> plain_containers(Work& work) {
  std::vector<Container> containers;
  switch (work.type) {
    case spec::TemplateType::Container:
      containers.push_back(Container::from(work.tmpl["container"]));
      break;
    case spec::TemplateType::Script:
      containers.push_back(script_container(work.tmpl["script"]));
      break;
    case spec::TemplateType::ContainerSet:
      return set_containers(work.tmpl["containerSet"]);
    case spec::TemplateType::Resource: {
      TRY(Container container, resource_container(work));
      containers.push_back(std::move(container));
      break;
    }
    case spec::TemplateType::Data:
      containers.push_back(data_container(work));
      break;
    default:
      return Error(cat("template '", work.tmpl["name"].as_string(), "' does not run as a pod"));
  }
  return containers;
}

}  // namespace

Result<std::vector<Container>> main_containers(Work& work) {
  TRY(std::vector<Container> containers, plain_containers(work));
  const Value& defaults = work.prepared.controller.config.main_container();
  for (Container& container : containers) {
    if (container.name.empty() || work.type != spec::TemplateType::ContainerSet) {
      container.name = kMain;
      container.fields.set("name", kMain);
    }
    if (defaults.is_null()) continue;
    TRY(Value merged, spec::strategic_merge("Container", defaults, container.to_value()));
    container = Container::from(std::move(merged));
  }
  return containers;
}

}  // namespace wf::podspec
