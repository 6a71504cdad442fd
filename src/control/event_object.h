// SPDX-License-Identifier: Apache-2.0
// control/event_object.h: what happened to a workflow as Kubernetes records it (PST-6).
#pragma once
#include "base/time.h"
#include "engine/world.h"
#include "json/value.h"

namespace wf::control {

// An Event of the namespace of `workflow`; `random` ends its name.
json::Value event_object(const json::Value& workflow, const engine::EventNote& note, Time now, uint64_t random);

}  // namespace wf::control
