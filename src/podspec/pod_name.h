// SPDX-License-Identifier: Apache-2.0
// podspec/pod_name.h: the names of pods, which follow from the workflow, the node and the template.
#pragma once
#include <string>
#include <string_view>

namespace wf::podspec {

struct NodeOfPod {
  std::string_view workflow;       // the workflow's name
  std::string_view node_name;      // full name, status.nodes[*].name
  std::string_view node_id;
  std::string_view template_name;  // "" for inline templates
};

// The name of a node's pod (NOD-14). `v1`: the workflow was created with POD_NAMES=v1.
std::string pod_name(const NodeOfPod& node, bool v1 = false);
// Whether a workflow's annotations ask for names of version 1; `fallback` where they say nothing.
bool uses_v1_names(std::string_view pod_name_format_annotation, bool fallback);

}  // namespace wf::podspec
