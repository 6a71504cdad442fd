// SPDX-License-Identifier: Apache-2.0
// config/controller_config.h: the controller's settings, as read from its ConfigMap
// (workflow-controller-configmap). The whole of it is kept as one JSON document with Argo's field
// names; the accessors give what the program acts on, with Argo's defaults. Copies are cheap.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "json/value.h"

namespace wf::config {

class ControllerConfig {
 public:
  // Nothing set: every default.
  ControllerConfig() = default;
  // A ConfigMap object: its `data` has one item a setting, or all of them under the key `config`.
  // An unknown setting, or one of a wrong type, is an error with Go's text.
  static Result<ControllerConfig> from_config_map(const json::Value& config_map);
  // The settings themselves, as one document.
  static Result<ControllerConfig> from_settings(json::Value settings);

  // Everything, by Argo's names: settings()["links"], settings()["persistence"]["archive"] …
  const json::Value& settings() const { return settings_; }

  // Containers whose fields are merged into the executor's containers and under main's; Null if
  // unset.
  const json::Value& executor() const { return settings_["executor"]; }
  const json::Value& main_container() const { return settings_["mainContainer"]; }
  const json::Value& kube_config() const { return settings_["kubeConfig"]; }
  // The default artifact repository (ArtifactRepository); Null if unset.
  const json::Value& artifact_repository() const { return settings_["artifactRepository"]; }
  // A Workflow that every workflow is merged over (SPC-1); Null if unset.
  const json::Value& workflow_defaults() const { return settings_["workflowDefaults"]; }
  const json::Value& links() const { return settings_["links"]; }
  const json::Value& columns() const { return settings_["columns"]; }
  const json::Value& persistence() const { return settings_["persistence"]; }
  const json::Value& synchronization() const { return settings_["synchronization"]; }
  const json::Value& sso() const { return settings_["sso"]; }
  const json::Value& metrics() const { return settings_["metricsConfig"]; }
  const json::Value& telemetry() const { return settings_["telemetryConfig"]; }
  // {entrypoint, cmd} that the setting `images` gives for an image; null where it does not.
  const json::Value* image(std::string_view name) const;
  // {name, image, connectionTimeoutSeconds} of an artifact plugin; null where there is none.
  const json::Value* artifact_driver(std::string_view name) const;

  std::string_view instance_id() const { return settings_["instanceID"].as_string(); }
  std::string_view nav_color() const { return settings_["navColor"].as_string(); }
  // The namespace to watch, "" for all.
  std::string_view watched_namespace() const { return settings_["namespace"].as_string(); }
  // Workflows running at once, in all and in one namespace (PAR-1); 0 means no limit.
  int64_t parallelism() const { return number("parallelism", 0); }
  int64_t namespace_parallelism() const { return number("namespaceParallelism", 0); }

  // Pods created a second (POD-24); nothing where unset.
  struct RateLimit {
    double per_second;
    int64_t burst;
  };
  std::optional<RateLimit> resource_rate_limit() const;

  // Finished workflows to keep (GCO-4). Once the setting is given, a class left out keeps 0.
  struct Retention {
    int64_t completed, failed, errored;
  };
  std::optional<Retention> retention() const;

  // Restart of pods that failed before they ran (POD-17).
  bool failed_pod_restart() const { return settings_["failedPodRestart"]["enabled"].as_bool(); }
  int64_t failed_pod_max_restarts() const;

  enum class TemplateReferencing { Free, Strict, Secure };
  TemplateReferencing template_referencing() const;  // SPC-1 to SPC-4

  bool node_events() const { return flag("nodeEvents", "enabled", true); }
  bool node_events_as_pod() const { return flag("nodeEvents", "sendAsPod", false); }
  bool workflow_events() const { return flag("workflowEvents", "enabled", true); }
  bool initless_pod() const { return flag("initlessPod", "enabled", false); }
  bool agent_pods() const { return !settings_["disableAgentPodCreation"].as_bool(); }

  Duration pod_gc_delay() const { return pod_gc_delay_; }  // 5 s unless set (GCO-6)
  // Between SIGTERM and SIGKILL of pods that are collected; nothing means the pod's own.
  std::optional<int64_t> pod_gc_grace_seconds() const {
    return settings_["podGCGracePeriodSeconds"].as_int();
  }
  Duration initial_delay() const { return initial_delay_; }

 private:
  int64_t number(std::string_view key, int64_t fallback) const {
    return settings_[key].as_int().value_or(fallback);
  }
  bool flag(std::string_view group, std::string_view key, bool fallback) const;

  json::Value settings_;
  Duration pod_gc_delay_ = std::chrono::seconds(5);
  Duration initial_delay_{};
};

// What is not in the ConfigMap but given to the controller by flags and environment.
struct ControllerFlags {
  std::string ns = "argo";     // the controller's own namespace
  std::string executor_image;  // --executor-image; "" leaves it to the ConfigMap
  std::string executor_image_pull_policy;
  std::string executor_log_level = "info";  // what argoexec logs: --loglevel of the controller
  std::string executor_log_format = "text";
  std::string executor_glog_level = "0";
  Duration progress_patch_tick = std::chrono::minutes(1);   // ARGO_PROGRESS_PATCH_TICK_DURATION
  Duration progress_file_tick = std::chrono::seconds(3);    // ARGO_PROGRESS_FILE_TICK_DURATION
  bool pod_status_finalizer = false;                        // ARGO_POD_STATUS_CAPTURE_FINALIZER
  bool pod_names_v1 = false;                                // POD_NAMES=v1
  std::string retry_host_label = "kubernetes.io/hostname";  // RETRY_HOST_NAME_LABEL_KEY
  std::string agent_cpu_limit = "100m";                     // ARGO_AGENT_CPU_LIMIT
  std::string agent_memory_limit = "256M";                  // ARGO_AGENT_MEMORY_LIMIT
  std::string agent_task_workers;  // ARGO_AGENT_TASK_WORKERS; "" leaves it out
  Duration agent_patch_rate =
      std::chrono::seconds(10);  // ARGO_AGENT_PATCH_RATE, else the requeue time
};

}  // namespace wf::config
