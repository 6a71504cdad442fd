// SPDX-License-Identifier: Apache-2.0
#include "podspec/podspec.h"

#include <charconv>

#include "base/text.h"
#include "podspec/prepared.h"

namespace wf::podspec {

using json::Value;

namespace {

int64_t whole_seconds_between(Time from, Time to) {
  return std::chrono::duration_cast<std::chrono::seconds>(to - from).count();
}

// A number, or text of one (IntOrString); nothing where it is not given.
Result<std::optional<int64_t>> template_seconds(const Value& given) {
  if (given.is_null()) return std::optional<int64_t>();
  if (given.is_number()) return given.as_int();
  const std::string_view text = given.as_string();
  const std::string_view digits = text.substr(text.starts_with('+') ? 1 : 0);
  int64_t seconds = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  if (error != std::errc() || end != digits.data() + digits.size() || digits.empty()) {
    return Error(cat("value '", text, "' cannot be resolved to an int"));
  }
  return std::optional(seconds);
}

bool paused_for_debugging(const std::vector<Container>& containers) {
  for (const Container& container : containers) {
    for (const Value& variable : container.env.items()) {
      const std::string_view name = variable["name"].as_string();
      if (name == "ARGO_DEBUG_PAUSE_BEFORE" || name == "ARGO_DEBUG_PAUSE_AFTER") return true;
    }
  }
  return false;
}

// How long the pod may run: the template's limit, or what is left of the workflow's if that is
// less.
struct Deadline {
  bool passed = false;
  std::optional<int64_t> seconds;
};
Result<Deadline> pod_deadline(const Work& work, const std::vector<Container>& mains) {
  TRY(const std::optional<int64_t> own, template_seconds(work.tmpl["activeDeadlineSeconds"]));
  Deadline deadline{.passed = false, .seconds = own};
  if (is_set(work.input.workflow_deadline) && !work.input.on_exit) {
    const int64_t left = whole_seconds_between(work.input.now, work.input.workflow_deadline);
    deadline.passed = left <= 0;
    if (!own || left < *own) deadline.seconds = left;
  }
  if (paused_for_debugging(mains)) deadline.seconds.reset();
  return deadline;
}

void add_frame(Work& work, const Deadline& deadline) {
  const Prepared& prepared = work.prepared;
  Draft& pod = work.pod;
  pod.name = Value(work.name);
  pod.ns = Value(prepared.workflow.ns);
  pod.labels = prepared.labels;
  if (work.input.on_exit) pod.labels.set("workflows.argoproj.io/on-exit", "true");
  pod.annotations = prepared.annotations;
  pod.annotations.set("workflows.argoproj.io/node-name", work.input.node_name);
  pod.annotations.set("workflows.argoproj.io/node-id", work.input.node_id);
  pod.owners = prepared.owners;
  if (prepared.controller.flags.pod_status_finalizer) {
    pod.finalizers = Value::array({"workflows.argoproj.io/status"});
  }
  pod.spec = prepared.spec;
  if (deadline.seconds) pod.spec.set("activeDeadlineSeconds", *deadline.seconds);
  pod.volumes = prepared.volumes;
  append_all(pod.volumes, work.tmpl["volumes"]);
  if (prepared.initless) {
    Value image = Value::object({{"reference", prepared.executor_image}});
    if (!prepared.pull_policy.is_null()) image.set("pullPolicy", prepared.pull_policy);
    pod.volumes.push_back(Value::object({{"name", "argoexec-bin"}, {"image", std::move(image)}}));
  }
}

const Value& first_bool(const Value& a, const Value& b) { return a.is_bool() ? a : b; }

Result<void> add_service_account(Work& work) {
  const Value& spec = work.prepared.workflow.spec;
  for (const Value* owner : {static_cast<const Value*>(&work.tmpl), &spec}) {
    const Value& account = (*owner)["serviceAccountName"];
    if (account.as_string().empty()) continue;
    work.pod.spec.set("serviceAccountName", account);
    break;
  }
  const Value& mounts =
      first_bool(work.tmpl["automountServiceAccountToken"], spec["automountServiceAccountToken"]);
  const bool unmounted = mounts.is_bool() && !mounts.as_bool();
  if (unmounted) work.pod.spec.set("automountServiceAccountToken", false);
  const std::string account = executor_service_account(work.tmpl, spec);
  if (account.empty()) {
    if (!unmounted) return {};
    return Error(
        "executor.serviceAccountName must not be empty if automountServiceAccountToken is false");
  }
  std::string secret =
      token_secret_name(Value::object({{"metadata", Value::object({{"name", account}})}}));
  if (const auto& lookup = work.prepared.controller.lookups.token_secret) {
    TRY(secret, lookup(account));
  }
  work.pod.volumes.push_back(secret_volume("exec-sa-token", secret));
  return {};
}

// wait and supervisor watch main; resource and data mains are argoexec themselves and need none,
// unless logs are to be archived or an artifact must be fetched first.
bool needs_watcher(const Work& work) {
  if (work.type == spec::TemplateType::Data) return false;
  if (work.type != spec::TemplateType::Resource) return true;
  if (work.tmpl["archiveLocation"]["archiveLogs"].as_bool()) return true;
  return work.prepared.initless && work.tmpl["resource"].has("manifestFrom");
}

void add_watcher(Work& work) {
  if (!needs_watcher(work)) return;
  const Prepared& prepared = work.prepared;
  Container container =
      executor_container(prepared, prepared.initless ? kSupervisor : kWait, work.tmpl);
  container.fields.set("command",
                       prepared.initless ? prepared.supervisor_command : prepared.wait_command);
  if (prepared.initless) container.env.push_back(env("ARGO_INITLESS_POD", "true"));
  work.pod.containers.push_back(std::move(container));
  work.watched = true;
}

Result<void> add_init_containers(Work& work) {
  if (work.prepared.initless) return {};
  Container container = executor_container(work.prepared, kInit, work.tmpl);
  container.fields.set("command", work.prepared.init_command);
  work.pod.init_containers.push_back(std::move(container));
  return add_plugin_inits(work);
}

void add_resources(Work& work) {
  for (const auto& [from, to] :
       {std::pair("podResources", "resources"), std::pair("resourceClaims", "resourceClaims")}) {
    const Value& own = work.tmpl[from];
    const bool takes_own = own.is_array() ? !own.empty() : !own.is_null();
    const Value& chosen = takes_own ? own : work.prepared.workflow.spec[from];
    if (!chosen.is_null() && !(chosen.is_array() && chosen.empty())) work.pod.spec.set(to, chosen);
  }
}

// N/M with 0 <= N <= M and M above 0; a part that is no number counts as 0.
bool is_progress(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  const auto number = [](std::string_view part) {
    int64_t value = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    return error == std::errc() && end == part.data() + part.size() ? value : 0;
  };
  const int64_t done = number(text.substr(0, slash));
  const int64_t all = number(text.substr(slash + 1));
  return done >= 0 && all > 0 && done <= all;
}

// Everything up to the point where variables are substituted.
Result<void> assemble(Work& work, std::vector<Container> mains) {
  const Prepared& prepared = work.prepared;
  const Value& repository = prepared.workflow.artifact_repository;
  add_archive_location(work.tmpl, archives_logs(work.tmpl, prepared.workflow.spec, repository),
                       repository);
  add_plugin_timeouts(work.tmpl, prepared.controller.config);
  TRY_DO(add_service_account(work));
  add_watcher(work);
  for (Container& container : mains) work.pod.containers.push_back(std::move(container));
  const std::string shown(work.pod.find(kMain) != nullptr ? kMain
                                                          : work.pod.containers.back().name);
  work.pod.annotations.set("kubectl.kubernetes.io/default-container", shown);
  TRY_DO(add_init_containers(work));
  add_scheduling(work.pod, work.tmpl, work.input.boundary_template, prepared.workflow.spec);
  add_metadata(work.pod, work.tmpl, prepared.workflow.spec);
  add_resources(work);
  TRY_DO(add_volume_references(work));
  TRY_DO(add_input_artifacts(work));
  if (work.type == spec::TemplateType::Script) add_script_staging(work);
  add_user_containers(work);
  TRY_DO(add_plugin_sidecars(work));
  mirror_main_mounts(work);
  for (Container& container : work.pod.init_containers)
    container.mounts.push_back(prepared.run_mount);
  add_environment(work);
  return {};
}

Result<void> limit_by_template(Work& work) {
  if (!is_set(work.input.template_deadline)) return {};
  const int64_t left = whole_seconds_between(work.input.now, work.input.template_deadline);
  if (left <= 1) return Error(cat(work.input.node_name, " exceeded its deadline"));
  work.pod.spec.set("activeDeadlineSeconds", left);
  return {};
}

}  // namespace

std::string token_secret_name(const Value& service_account) {
  if (const Value& first = service_account["secrets"][size_t{0}]; !first.is_null()) {
    return std::string(first["name"].as_string());
  }
  const Value& metadata = service_account["metadata"];
  const Value* named =
      metadata["annotations"].find("workflows.argoproj.io/service-account-token.name");
  if (named != nullptr) return std::string(named->as_string());
  return cat(metadata["name"].as_string(), ".service-account-token");
}

PodBuilder::PodBuilder(const Controller& controller, WorkflowFacts workflow)
    : prepared_(std::make_unique<const Prepared>(controller, std::move(workflow))) {}
PodBuilder::PodBuilder(PodBuilder&&) noexcept = default;
PodBuilder& PodBuilder::operator=(PodBuilder&&) noexcept = default;
PodBuilder::~PodBuilder() = default;

Result<BuiltPod> PodBuilder::build(const PodInput& input, const expr::Scope& globals) const {
  Work work{.prepared = *prepared_,
            .input = input,
            .globals = globals,
            .type = spec::template_type(input.tmpl),
            .tmpl = input.tmpl,
            .pod = {},
            .watched = false,
            .name = spec::pod_name({.workflow = prepared_->workflow.name,
                                    .node_name = input.node_name,
                                    .template_name = input.tmpl["name"].as_string(),
                                    .node_id = input.node_id},
                                   prepared_->workflow.pod_names),
            .template_json = {}};
  TRY(std::vector<Container> mains, main_containers(work));
  TRY(const Deadline deadline, pod_deadline(work, mains));
  if (deadline.passed) return BuiltPod{};
  add_frame(work, deadline);
  TRY_DO(assemble(work, std::move(mains)));
  const std::string progress(work.pod.annotations["workflows.argoproj.io/progress"].as_string());
  TRY_DO(substitute_pod(work));
  TRY_DO(patch_pod(work));
  TRY_DO(put_behind_emissary(work));
  TRY(Value config_map, offload(work));
  if (!input.failed_hosts.empty()) {
    work.pod.spec.set(
        "affinity", avoid_hosts(work.pod.spec["affinity"],
                                prepared_->controller.flags.retry_host_label, input.failed_hosts));
  }
  TRY_DO(limit_by_template(work));
  add_server_defaults(work.pod);
  return BuiltPod{.pod = work.pod.to_value(),
                  .config_map = std::move(config_map),
                  .tmpl = std::move(work.tmpl),
                  .progress = is_progress(progress) ? progress : ""};
}

}  // namespace wf::podspec
