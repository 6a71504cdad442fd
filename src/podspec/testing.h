// SPDX-License-Identifier: Apache-2.0
// podspec/testing.h: pods from a few lines of YAML. For the tests of this room only.
#pragma once
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "json/text.h"
#include "json/yaml.h"
#include "podspec/artifact_repository.h"
#include "podspec/podspec.h"

namespace wf::podspec {

inline json::Value yaml(std::string_view text) { return json::parse_yaml(text).value().value; }

// One workflow named `wf` in namespace `ns`, without tracing unless a test asks for it.
struct World {
  Controller controller;
  WorkflowFacts workflow{.ns = "ns",
                         .name = "wf",
                         .uid = "uid-1",
                         .spec = json::Value::object(),
                         .artifact_repository = json::Value::object(),
                         .pod_names = spec::PodNames::V2,
                         .trace_id = ""};
  PodInput input;
  expr::MapScope globals;

  explicit World(std::string_view settings = "{}") {
    controller.config = config::ControllerConfig::from_settings(yaml(settings)).value();
    input.node_id = "wf-2962115457";
    input.node_name = "wf.a";
    input.now = Time(std::chrono::seconds(1'700'000'000));
    globals.set("workflow.name", expr::Any("wf"));
  }
  World& spec(std::string_view text) {
    workflow.spec = yaml(text);
    return *this;
  }
  World& repository(std::string_view text) {
    workflow.artifact_repository = yaml(text);
    return *this;
  }
  World& tmpl(std::string_view text) {
    input.tmpl = yaml(text);
    return *this;
  }
  Result<BuiltPod> build() const { return PodBuilder(controller, workflow).build(input, globals); }
  json::Value pod() const {
    auto built = build();
    EXPECT_TRUE(built.ok()) << (built.ok() ? "" : built.error().message());
    return built.ok() ? built->pod : json::Value();
  }
  std::string error() const {
    const auto built = build();
    EXPECT_FALSE(built.ok());
    return built.ok() ? "" : built.error().message();
  }
};

// An item of a list by its name; Null where there is none.
inline json::Value named(const json::Value& list, std::string_view name) {
  for (const json::Value& item : list.items()) {
    if (item["name"].as_string() == name) return item;
  }
  return json::Value();
}
inline json::Value container(const json::Value& pod, std::string_view name) {
  const json::Value found = named(pod["spec"]["containers"], name);
  return found.is_null() ? named(pod["spec"]["initContainers"], name) : found;
}
inline std::string env_of(const json::Value& pod, std::string_view name,
                          std::string_view variable) {
  return std::string(named(container(pod, name)["env"], variable)["value"].as_string());
}
inline json::Value told_template(const json::Value& pod, std::string_view name = "init") {
  return json::parse(env_of(pod, name, "ARGO_TEMPLATE")).value();
}
// The names of a list's items, with commas.
inline std::string names(const json::Value& list) {
  std::string out;
  for (const json::Value& item : list.items()) {
    out += (out.empty() ? "" : ",") + std::string(item["name"].as_string());
  }
  return out;
}
// "path=volume[/subPath]" of each mount, with spaces; "!" marks read-only ones.
inline std::string mounts(const json::Value& container) {
  std::string out;
  for (const json::Value& mounted : container["volumeMounts"].items()) {
    out += (out.empty() ? "" : " ") + std::string(mounted["mountPath"].as_string()) + "=" +
           std::string(mounted["name"].as_string());
    if (mounted.has("subPath")) out += "/" + std::string(mounted["subPath"].as_string());
    if (mounted["readOnly"].as_bool()) out += "!";
  }
  return out;
}
inline void expect_same(const json::Value& got, std::string_view wanted) {
  const json::Value want = yaml(wanted);
  EXPECT_TRUE(got == want) << "got  " << json::print(got) << "\nwant " << json::print(want);
}

}  // namespace wf::podspec
