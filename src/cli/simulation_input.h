// SPDX-License-Identifier: Apache-2.0
// cli/simulation_input.h: what `argo simulate`, `argo test` and `argo plan` read.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "config/controller_config.h"
#include "json/value.h"
#include "simulate/outcomes.h"

namespace wf::cli {

// The objects of a file in its order: Argo's in normal form, others as they are written. A document
// of Argo's that cannot be read is an error that names the file.
Result<std::vector<json::Value>> parse_simulated_objects(std::string_view text, std::string_view path);
// Of files, folders or "-".
Result<std::vector<json::Value>> read_simulated_objects(std::span<const std::string> paths);
Result<simulate::Outcomes> read_outcomes(const std::string& path);
// A ConfigMap with the controller's settings; "" gives the defaults.
Result<config::ControllerConfig> read_controller_config(const std::string& path);
// "720h", or a number of seconds.
Result<Duration> parse_span(std::string_view text, std::string_view flag);
bool is_workflow(const json::Value& object);

}  // namespace wf::cli
