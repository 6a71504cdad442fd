// SPDX-License-Identifier: Apache-2.0
#include "podspec/prepared.h"

#include "base/text.h"
#include "expr/duration.h"

namespace wf::podspec {

using json::Value;

namespace {

constexpr std::string_view kDefaultExecutor = "quay.io/argoproj/argoexec:v4.1.2";

Value field_env(std::string_view name, std::string_view path) {
  return Value::object(
      {{"name", name},
       {"valueFrom", Value::object({{"fieldRef", Value::object({{"apiVersion", "v1"},
                                                                {"fieldPath", path}})}})}});
}

Value executor_env_of(const Controller& controller, const WorkflowFacts& workflow) {
  Value list = Value::array(
      {field_env("ARGO_POD_NAME", "metadata.name"), field_env("ARGO_POD_UID", "metadata.uid"),
       env("ARGO_WORKFLOW_NAME", workflow.name), env("ARGO_WORKFLOW_UID", workflow.uid)});
  if (const auto id = controller.config.instance_id(); !id.empty())
    list.push_back(env("ARGO_INSTANCE_ID", id));
  append_all(list, controller.config.executor()["env"]);
  return list;
}

std::string kube_config_field(const Value& settings, const char* field, std::string_view fallback) {
  const std::string_view given = settings[field].as_string();
  return std::string(given.empty() ? fallback : given);
}

Value command_of(std::vector<std::string> command, const std::vector<std::string>& log_options) {
  command.insert(command.end(), log_options.begin(), log_options.end());
  return texts(command);
}

// The delay after which the pod collector deletes a finished pod, in Go's notation.
std::string gc_delay(const Value& pod_gc, const config::ControllerConfig& config) {
  const std::string_view own = pod_gc["deleteDelayDuration"].as_string();
  if (!own.empty()) {
    const auto parsed = expr::parse_seconds_or_duration(own);
    if (parsed.ok() && *parsed >= Duration{}) return expr::to_text(*parsed);
  }
  return expr::to_text(config.pod_gc_delay());
}

Value pod_spec_of(const Value& spec) {
  Value out = Value::object({{"restartPolicy", "Never"}});
  for (const char* field : {"imagePullSecrets", "dnsPolicy", "dnsConfig"}) {
    if (const Value* given = spec.find(field)) out.set(field, *given);
  }
  if (spec["hostNetwork"].as_bool()) out.set("hostNetwork", true);
  return out;
}

}  // namespace

Prepared::Prepared(const Controller& owner, WorkflowFacts facts)
    : controller(owner), workflow(std::move(facts)), initless(owner.config.initless_pod()) {
  run_mount = mount("var-run-argo", "/var/run/argo");
  token_mount = read_only_mount("exec-sa-token", "/var/run/secrets/kubernetes.io/serviceaccount");
  staging_mount = mount("argo-staging", "/argo/staging");
  prepare_executor();
  prepare_commands();
  prepare_frame();
  prepare_environment();
}

void Prepared::prepare_executor() {
  const config::ControllerFlags& flags = controller.flags;
  const Value& executor = controller.config.executor();
  executor_image = flags.executor_image;
  if (executor_image.empty()) executor_image = executor["image"].as_string();
  if (executor_image.empty()) executor_image = kDefaultExecutor;
  pull_policy = executor["imagePullPolicy"];
  if (!flags.executor_image_pull_policy.empty())
    pull_policy = Value(flags.executor_image_pull_policy);

  executor_fields = Value::object({{"name", ""}, {"image", executor_image}});
  if (!pull_policy.is_null()) executor_fields.set("imagePullPolicy", pull_policy);
  for (const char* field : {"resources", "securityContext", "args"}) {
    if (const Value* given = executor.find(field)) executor_fields.set(field, *given);
  }
  volumes = Value::array();
  if (const Value& kube = controller.config.kube_config(); !kube.is_null()) {
    const std::string volume = kube_config_field(kube, "volumeName", "kubeconfig");
    const std::string path = kube_config_field(kube, "mountPath", "/kube/config");
    volumes.push_back(secret_volume(volume, kube["secretName"].as_string()));
    kube_config_mount = read_only_mount(volume, path);
    if (!kube["secretKey"].as_string().empty()) kube_config_mount.set("subPath", kube["secretKey"]);
    executor_fields.at("args").push_back(Value("--kubeconfig=" + path));
  }
  volumes.push_back(empty_dir("var-run-argo"));
  volumes.push_back(empty_dir("tmp-dir-argo"));
  locked_executor_fields = executor_fields;
  if (executor["securityContext"].is_null()) {
    Value security = minimal_container_security();
    security.erase("readOnlyRootFilesystem");
    locked_executor_fields.set("securityContext", std::move(security));
  }
}

void Prepared::prepare_commands() {
  const config::ControllerFlags& flags = controller.flags;
  log_options = {"--loglevel",  flags.executor_log_level, "--log-format", flags.executor_log_format,
                 "--gloglevel", flags.executor_glog_level};
  init_command = command_of({"argoexec", "init"}, log_options);
  wait_command = command_of({"argoexec", "wait"}, log_options);
  supervisor_command = command_of({"argoexec", "supervisor"}, log_options);
  argoexec_path = initless ? "/argo-bin/bin/argoexec" : "/var/run/argo/argoexec";
  emissary = {Value(argoexec_path), Value("emissary")};
  for (const std::string& option : log_options) emissary.emplace_back(option);
  emissary.emplace_back("--");
}

void Prepared::prepare_frame() {
  labels = Value::object({{"workflows.argoproj.io/workflow", workflow.name},
                          {"workflows.argoproj.io/completed", "false"}});
  if (const auto id = controller.config.instance_id(); !id.empty()) {
    labels.set("workflows.argoproj.io/controller-instanceid", id);
  }
  annotations = Value::object();
  if (const Value* pod_gc = workflow.spec.find("podGC")) {
    annotations.set(
        "workflows.argoproj.io/pod-gc-strategy",
        cat((*pod_gc)["strategy"].as_string(), "/", gc_delay(*pod_gc, controller.config)));
  }
  owners = Value::array({Value::object({{"apiVersion", "argoproj.io/v1alpha1"},
                                        {"kind", "Workflow"},
                                        {"name", workflow.name},
                                        {"uid", workflow.uid},
                                        {"controller", true},
                                        {"blockOwnerDeletion", true}})});
  spec = pod_spec_of(workflow.spec);
}

void Prepared::prepare_environment() {
  const config::ControllerFlags& flags = controller.flags;
  executor_env = executor_env_of(controller, workflow);
  main_name_env = env("ARGO_CONTAINER_NAME", kMain);
  init_name_env = env("ARGO_CONTAINER_NAME", kInit);
  wait_name_env = env("ARGO_CONTAINER_NAME", kWait);
  workflow_name_env = env("ARGO_WORKFLOW_NAME", workflow.name);
  if (!workflow.trace_id.empty()) {
    trace_state_env = env("TRACESTATE", cat("workflow=", workflow.ns, "/", workflow.name));
  }
  if (flags.progress_patch_tick == Duration{} || flags.progress_file_tick == Duration{}) return;
  progress_env = {
      env("ARGO_PROGRESS_FILE", "/var/run/argo/progress"),
      env("ARGO_PROGRESS_PATCH_TICK_DURATION", expr::to_text(flags.progress_patch_tick)),
      env("ARGO_PROGRESS_FILE_TICK_DURATION", expr::to_text(flags.progress_file_tick)),
  };
}

}  // namespace wf::podspec
