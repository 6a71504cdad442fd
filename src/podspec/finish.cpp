// SPDX-License-Identifier: Apache-2.0
// The last steps on a pod that has all its parts: variables, patches, the command that runs each
// user's container, and what is too long to stand in a pod.
#include <algorithm>

#include "base/text.h"
#include "expr/template.h"
#include "json/text.h"
#include "podspec/prepared.h"
#include "spec/merge.h"

namespace wf::podspec {

using json::Value;

namespace {

constexpr size_t kLongestText = 131'072;  // of a template or of arguments inside a pod (POD-25)

bool has_tag(const Value& value) {
  if (value.is_string()) return value.as_string().find("{{") != std::string_view::npos;
  for (const Value& item : value.items()) {
    if (has_tag(item)) return true;
  }
  for (const json::Member& member : value.members()) {
    if (has_tag(member.name) || has_tag(member.value)) return true;
  }
  return false;
}

bool has_tag(const std::vector<Container>& containers) {
  return std::any_of(containers.begin(), containers.end(), [](const Container& container) {
    return has_tag(container.fields) || has_tag(container.env) || has_tag(container.mounts);
  });
}

bool has_tag(const Draft& pod) {
  return has_tag(pod.labels) || has_tag(pod.annotations) || has_tag(pod.spec) ||
         has_tag(pod.volumes) || has_tag(pod.init_containers) || has_tag(pod.containers);
}

expr::MapScope input_parameters(const Value& tmpl) {
  expr::MapScope locals;
  for (const Value& parameter : tmpl["inputs"]["parameters"].items()) {
    locals.set(cat("inputs.parameters.", parameter["name"].as_string()),
               expr::Any(parameter["value"].as_string()));
  }
  return locals;
}

// `tree` with the tags replaced that the locals or the workflow's globals know.
Result<Value> replaced(const Work& work, const Value& tree, const expr::MapScope& locals) {
  const expr::LayeredScope scope({&locals, &work.globals});
  return expr::replace_tree(tree, scope, expr::Mode::lenient());
}

// What ARGO_TEMPLATE says in the finished pod; null where no container has it.
const Value* template_env_of(const Draft& pod) {
  for (const std::vector<Container>* list : {&pod.init_containers, &pod.containers}) {
    for (const Container& container : *list) {
      for (const Value& variable : container.env.items()) {
        if (variable["name"].as_string() == kTemplateEnv) return variable.find("value");
      }
    }
  }
  return nullptr;
}

// POD-26: the keys in an archive location may have no variable left.
Result<void> check_resolved(const Value& location) {
  const std::string text = json::print(location);
  for (size_t at = text.find("{{"); at != std::string::npos; at = text.find("{{", at)) {
    const size_t end = text.find("}}", at + 2);
    if (end == std::string::npos) {
      return Error(cat("Cannot find end tag=\"}}\" in the template=", go_quote(text),
                       " starting from ", go_quote(text.substr(at + 2))));
    }
    const std::string_view tag = std::string_view(text).substr(at + 2, end - at - 2);
    if (!tag.starts_with('=')) return Error(cat("failed to resolve {{", tag, "}}"));
    at = end + 2;
  }
  return {};
}

Result<std::string> substituted_patch(const Work& work, std::string_view patch) {
  if (patch.find("{{") == std::string_view::npos) return std::string(patch);
  const Value carrier = Value::object({{"inputs", work.tmpl["inputs"]}, {"podSpecPatch", patch}});
  expr::MapScope pod;
  pod.set("pod.name", expr::Any(work.name));
  TRY(const Value once, replaced(work, carrier, pod));
  TRY(const Value twice, replaced(work, once["podSpecPatch"], input_parameters(once)));
  return std::string(twice.as_string());
}

// The command of a container that names none is its image's.
Result<void> complete_command(const Prepared& prepared, Container& container) {
  if (!container.fields["command"].empty()) return {};
  TRY(const ImageCommand runs, image_command(prepared, container.fields["image"].as_string()));
  container.fields.set("command", texts(runs.entrypoint));
  if (!container.fields.has("args") && !runs.cmd.empty())
    container.fields.set("args", texts(runs.cmd));
  return {};
}

void decorate(const Work& work, Container& container) {
  if (!work.prepared.initless) return;
  if (work.watched) container.env.push_back(env("ARGO_WAIT_FOR_READY", "true"));
  container.mounts.push_back(read_only_mount("argoexec-bin", "/argo-bin"));
}

}  // namespace

Result<void> substitute_pod(Work& work) {
  if (!has_tag(work.pod)) return {};
  expr::MapScope locals = input_parameters(work.tmpl);
  locals.set("pod.name", expr::Any(work.name));
  TRY(const Value pod, replaced(work, work.pod.to_value(), locals));
  work.pod.labels = pod["metadata"]["labels"];
  work.pod.annotations = pod["metadata"]["annotations"];
  work.pod.take_spec(pod["spec"]);
  const Value* told = template_env_of(work.pod);
  if (told == nullptr || told->as_string() == work.template_json) {
    return check_resolved(work.tmpl["archiveLocation"]);
  }
  work.template_json = told->as_string();
  TRY(Value tmpl, json::parse(work.template_json));
  if (const Value* parameters = work.tmpl["inputs"].find("parameters")) {
    tmpl.at("inputs").set("parameters", *parameters);
  }
  work.tmpl = std::move(tmpl);
  return check_resolved(work.tmpl["archiveLocation"]);
}

Result<void> patch_pod(Work& work) {
  std::vector<std::string> patches;
  for (const Value* owner : {&work.prepared.workflow.spec, static_cast<const Value*>(&work.tmpl)}) {
    const std::string_view patch = (*owner)["podSpecPatch"].as_string();
    if (patch.empty()) continue;
    auto text = substituted_patch(work, patch);
    if (!text) return Error("Failed to substitute the PodSpecPatch variables", text.error().code());
    patches.push_back(std::move(*text));
  }
  if (patches.empty()) return {};
  auto patched = spec::patch_pod_spec(work.pod.spec_value(), patches);
  if (!patched) return Error("Error applying PodSpecPatch", patched.error().code());
  work.pod.take_spec(std::move(*patched));
  return {};
}

Result<void> put_behind_emissary(Work& work) {
  const Prepared& prepared = work.prepared;
  const Value* grace = work.pod.spec.find("terminationGracePeriodSeconds");
  const Value grace_env = grace == nullptr
                              ? Value()
                              : env("ARGO_TERMINATION_GRACE_PERIOD_SECONDS", grace->number_text());
  const bool plugins = !output_plugins(work.tmpl, prepared.workflow.artifact_repository).empty();
  size_t index = 0;
  for (Container& container : work.pod.containers) {
    const bool argos = is_argo_sidecar(container.name);
    if (!argos) {
      TRY_DO(complete_command(prepared, container));
      Value command = Value::array();
      for (const Value& word : prepared.emissary) command.push_back(word);
      for (const Value& word : container.fields["command"].items()) command.push_back(word);
      container.fields.set("command", std::move(command));
      decorate(work, container);
    }
    if (container.fields["image"].as_string() == prepared.executor_image) {
      Value mounted = mount("tmp-dir-argo", "/tmp");
      mounted.set("subPath", std::to_string(index));
      container.mounts.push_back(std::move(mounted));
    }
    if (plugins && argos) {
      Value mounted = mount("tmp-dir-argo", "/tmp/argo/outputs");
      mounted.set("subPath", "argo/outputs");
      container.mounts.push_back(std::move(mounted));
    }
    container.mounts.push_back(prepared.run_mount);
    if (!grace_env.is_null()) container.env.push_back(grace_env);
    ++index;
  }
  return {};
}

namespace {

constexpr std::string_view kArgsFile = "ARGO_CONTAINER_ARGS_FILE";

Value config_map_of(const Work& work, Value data) {
  Value metadata = Value::object(
      {{"name", work.name},
       {"labels", Value::object({{"workflows.argoproj.io/workflow", work.prepared.workflow.name}})},
       {"annotations", Value::object({{"workflows.argoproj.io/node-name", work.input.node_name},
                                      {"workflows.argoproj.io/node-id", work.input.node_id}})},
       {"ownerReferences", work.prepared.owners}});
  metadata.set("namespace", work.prepared.workflow.ns);
  return Value::object({{"apiVersion", "v1"},
                        {"kind", "ConfigMap"},
                        {"metadata", std::move(metadata)},
                        {"data", std::move(data)}});
}

void offload_template(Draft& pod, const Value& mounted) {
  for (std::vector<Container>* list : {&pod.init_containers, &pod.containers}) {
    for (Container& container : *list) {
      for (size_t i = 0; i < container.env.size(); ++i) {
        if (container.env[i]["name"].as_string() != kTemplateEnv) continue;
        container.env.item(i).set("value", "offloaded");
        container.mounts.push_back(mounted);
      }
    }
  }
}

// The first user's container whose arguments are too long, and those as JSON.
struct LongArgs {
  Container* container = nullptr;
  std::string args;
};
LongArgs find_long_args(Draft& pod) {
  for (Container& container : pod.containers) {
    const Value* args = container.fields.find("args");
    if (args == nullptr || is_argo_sidecar(container.name)) continue;
    std::string text = json::print(*args);
    if (text.size() > kLongestText) return {&container, std::move(text)};
  }
  return {};
}

}  // namespace

Result<Value> offload(Work& work) {
  const LongArgs args = find_long_args(work.pod);
  const Value* told = template_env_of(work.pod);
  const bool long_template = told != nullptr && told->as_string().size() > kLongestText;
  if (args.container == nullptr && !long_template) return Value();
  Value data = Value::object();
  if (long_template) data.set(kTemplateEnv, *told);
  if (args.container != nullptr) data.set(kArgsFile, args.args);
  work.pod.volumes.push_back(Value::object(
      {{"name", "argo-env-config"}, {"configMap", Value::object({{"name", work.name}})}}));
  const Value mounted = mount("argo-env-config", "/argo/config");
  if (long_template) offload_template(work.pod, mounted);
  if (args.container != nullptr) {
    args.container->fields.erase("args");
    args.container->env.push_back(env(kArgsFile, cat("/argo/config/", kArgsFile)));
    args.container->mounts.push_back(mounted);
  }
  return config_map_of(work, std::move(data));
}

}  // namespace wf::podspec
