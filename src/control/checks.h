// SPDX-License-Identifier: Apache-2.0
// control/checks.h: Argo's validation (room validate) with the templates of a store.
#pragma once
#include "config/controller_config.h"
#include "control/object_cache.h"
#include "control/operations.h"

namespace wf::control {

// Whether Argo accepts an object of any kind; the first problem's text where not. Kinds without
// rules pass. From any thread.
Result<void> check_object(const json::Value& object, Check check, ObjectCache& objects,
                          const config::ControllerConfig& config);

}  // namespace wf::control
