// SPDX-License-Identifier: Apache-2.0
// engine/pod_status.h: what a pod's status says of its node (rules POD-3 to POD-14, PRG-7). Pure.
#pragma once
#include <string>

#include "engine/node.h"
#include "engine/ports.h"
#include "json/value.h"

namespace wf::engine {

struct Inferred {
  Phase phase;
  std::string message;
};

// Why a Failed pod failed (POD-10). `tmpl` is the node's template, Null if unknown.
Inferred infer_failure(const PodSeen& pod, const json::Value& tmpl);
// What a Pending pod waits for (POD-3).
std::string pending_reason(const PodSeen& pod);
// Whether a container is one of the template's own.
bool is_main(std::string_view container, const json::Value& tmpl);
// When the last container ended; `now` where one still runs (POD-14).
Time latest_finish(const PodSeen& pod, Time now);
// Seconds of each resource that the pod's containers used (PRG-7).
json::Value resources_duration(const PodSeen& pod, Time now);
// Whether what the pod ran must be stopped: main failed, or all mains ended (POD-15).
bool needs_termination(const PodSeen& pod, const json::Value& tmpl);
// Whether it failed before it ran, for a reason of the machine (POD-17).
bool may_restart(const PodSeen& pod, const json::Value& tmpl);

}  // namespace wf::engine
