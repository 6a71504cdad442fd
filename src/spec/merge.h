// SPDX-License-Identifier: Apache-2.0
// spec/merge.h: one document laid over another by the schema's merge keys. Pure; anybody may call.
// Source: Kubernetes' strategic merge patch, rules SPC-1 to SPC-7, TPL-9.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/value.h"

namespace wf::spec {

// Strategic merge patch of JSON objects of a type of the schema, as they are (no normal form
// needed, none made): $patch, $setElementOrder/…, $deleteFromPrimitiveList/…, $retainKeys.
Result<json::Value> strategic_merge(std::string_view type, const json::Value& original,
                                    const json::Value& patch);

// A pod's spec with patches (JSON or YAML texts) laid over it in order; "" does nothing. All pod
// specs here and the result are in normal form.
Result<json::Value> patch_pod_spec(const json::Value& pod_spec,
                                   std::span<const std::string> patches);

// The spec that runs: the workflow's over the template's over the controller's defaults, all in
// normal form, Null where there is none (SPC-2, SPC-5 to SPC-7).
struct SpecLayers {
  json::Value workflow;
  json::Value workflow_template;
  json::Value defaults;
};
Result<json::Value> join_workflow_specs(const SpecLayers& layers);
// A whole object laid under another one of the same kind (spec and metadata).
Result<json::Value> merge_workflow_defaults(const json::Value& workflow,
                                            const json::Value& defaults);

// A template over spec.templateDefaults (TPL-9): the other template types of the defaults are left
// out.
Result<json::Value> with_template_defaults(const json::Value& tmpl, const json::Value& defaults);

// Which fields of a spec a user may not set beside a workflowTemplateRef (SPC-4), by Go's names,
// sorted; `allowed` are JSON names that are allowed in addition.
std::vector<std::string> forbidden_overrides(const json::Value& spec,
                                             std::span<const std::string> allowed);

}  // namespace wf::spec
