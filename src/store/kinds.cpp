// SPDX-License-Identifier: Apache-2.0
#include "store/kinds.h"

#include "base/text.h"

namespace wf::store {
namespace {

constexpr std::string_view kArgo = "argoproj.io/v1alpha1";
constexpr KindInfo kKinds[] = {
    {kWorkflow, kArgo, "workflows", true},
    {kWorkflowTemplate, kArgo, "workflowtemplates", true},
    {kClusterWorkflowTemplate, kArgo, "clusterworkflowtemplates", false},
    {kCronWorkflow, kArgo, "cronworkflows", true},
    {kWorkflowEventBinding, kArgo, "workfloweventbindings", true},
    {"WorkflowTaskSet", kArgo, "workflowtasksets", true},
    {"WorkflowTaskResult", kArgo, "workflowtaskresults", true},
    {"WorkflowArtifactGCTask", kArgo, "workflowartifactgctasks", true},
    {kConfigMap, "v1", "configmaps", true},
    {kSecret, "v1", "secrets", true},
    {kPersistentVolumeClaim, "v1", "persistentvolumeclaims", true},
    {"ServiceAccount", "v1", "serviceaccounts", true},
    {kEvent, "v1", "events", true},
    {"Pod", "v1", "pods", true},
    {"PodDisruptionBudget", "policy/v1", "poddisruptionbudgets", true},
};

}  // namespace

const KindInfo* find_kind(std::string_view kind) {
  for (const KindInfo& info : kKinds) {
    if (info.kind == kind) return &info;
  }
  return nullptr;
}

std::span<const KindInfo> all_kinds() { return kKinds; }

std::string qualified_resource(const KindInfo& info) {
  const size_t slash = info.api_version.find('/');
  if (slash == info.api_version.npos) return std::string(info.resource);
  return cat(info.resource, ".", info.api_version.substr(0, slash));
}

}  // namespace wf::store
