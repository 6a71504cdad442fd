// SPDX-License-Identifier: Apache-2.0
// store/kinds.h: the kinds of objects that a store keeps, as Kubernetes names them.
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace wf::store {

struct KindInfo {
  std::string_view kind;         // "WorkflowTemplate"
  std::string_view api_version;  // "argoproj.io/v1alpha1"
  std::string_view resource;     // "workflowtemplates"
  bool namespaced;
};

// Null where there is no such kind.
const KindInfo* find_kind(std::string_view kind);
std::span<const KindInfo> all_kinds();
// As messages name a kind's objects: "workflowtemplates.argoproj.io", "configmaps".
std::string qualified_resource(const KindInfo& info);

inline constexpr std::string_view kWorkflow = "Workflow";
inline constexpr std::string_view kWorkflowTemplate = "WorkflowTemplate";
inline constexpr std::string_view kClusterWorkflowTemplate = "ClusterWorkflowTemplate";
inline constexpr std::string_view kCronWorkflow = "CronWorkflow";
inline constexpr std::string_view kWorkflowEventBinding = "WorkflowEventBinding";
inline constexpr std::string_view kConfigMap = "ConfigMap";
inline constexpr std::string_view kSecret = "Secret";
inline constexpr std::string_view kPersistentVolumeClaim = "PersistentVolumeClaim";
inline constexpr std::string_view kEvent = "Event";

}  // namespace wf::store
