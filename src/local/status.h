// SPDX-License-Identifier: Apache-2.0
// local/status.h: what a supervisor says of its pod, as the files status.json and result.json.
#pragma once
#include <optional>
#include <string>

#include "base/result.h"
#include "engine/ports.h"
#include "json/value.h"

namespace wf::local {

struct PodStatus {
  engine::PodSeen seen;
  engine::TaskResult result;
};

json::Value to_json(const PodStatus& status);
PodStatus status_from_json(const json::Value& document);

// result.json, else status.json, else nothing. `finished` says which.
struct StoredStatus {
  PodStatus status;
  bool finished = false;
};
std::optional<StoredStatus> read_status(const std::string& pod_dir);

}  // namespace wf::local
