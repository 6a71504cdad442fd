// SPDX-License-Identifier: Apache-2.0
// Table merge: podSpecPatch and joinSpec.
#include "spec/merge.h"

#include <string>
#include <vector>

#include "answer/tables.h"
#include "spec/codec.h"

namespace wf::answer {
namespace {

using json::Value;

Result<Value> patched_pod(const Value& in) {
  TRY(const Value pod, spec::decode("PodSpec", in["podSpec"]));
  std::vector<std::string> patches;
  for (const Value& patch : in["patches"].items()) patches.emplace_back(patch.as_string());
  TRY(const Value patched, spec::patch_pod_spec(pod, patches));
  return spec::encode("PodSpec", patched);
}

Result<Value> layer(const Value& spec) {
  if (spec.is_null()) return spec;
  return spec::decode("WorkflowSpec", spec);
}

Result<Value> joined_spec(const Value& in) {
  spec::SpecLayers layers;
  TRY(layers.workflow, layer(in["workflow"]));
  TRY(layers.workflow_template, layer(in["template"]));
  TRY(layers.defaults, layer(in["defaults"]));
  TRY(const Value joined, spec::join_workflow_specs(layers));
  return spec::encode("WorkflowSpec", joined);
}

}  // namespace

Result<Value> merge(const Value& in) {
  if (in["kind"].as_string() == "podSpecPatch") return patched_pod(in);
  if (in["kind"].as_string() == "joinSpec") return joined_spec(in);
  return Error("unknown kind of row");
}

}  // namespace wf::answer
