// SPDX-License-Identifier: Apache-2.0
// validate/embedded.h: what a document asks for that only a cluster can give. On one machine it is
// accepted and passed over; `argo lint --embedded` says so.
#pragma once
#include <string>
#include <vector>

#include "json/value.h"

namespace wf::validate {

struct ClusterOnly {
  std::string field;  // "nodeSelector"
  std::string path;   // of its first use: an RFC 6901 pointer
  size_t uses;        // in this object
};

// By first use; each field once. `object`: a decoded Workflow, CronWorkflow or template object.
std::vector<ClusterOnly> cluster_only_fields(const json::Value& object);

}  // namespace wf::validate
