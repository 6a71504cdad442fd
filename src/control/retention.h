// SPDX-License-Identifier: Apache-2.0
// control/retention.h: when finished workflows go (GCO-1, GCO-2). Pure.
#pragma once
#include <optional>
#include <vector>

#include "base/time.h"
#include "config/controller_config.h"
#include "json/value.h"

namespace wf::control {

// When a finished workflow is deleted by its ttlStrategy, the workflow's own before that of the
// template it was made from; nothing where it stays.
std::optional<Time> expires_at(const json::Value& workflow);

// Of finished workflows (summaries), those beyond the newest so many of their phase.
std::vector<json::Value> beyond_retention(std::vector<json::Value> finished,
                                          const config::ControllerConfig::Retention& keep);

}  // namespace wf::control
