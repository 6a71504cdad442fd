// SPDX-License-Identifier: Apache-2.0
// engine/aggregate.h: what a loop gives as a whole (rules OUT-10 to OUT-13). Pure.
#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "json/value.h"

namespace wf::engine {

// `outputs` of the loop's children that count (succeeded and having outputs), in item order.
// JSON array of each child's result, parsed as JSON; an error where one is not JSON (OUT-11).
Result<std::string> aggregated_results(const std::vector<json::Value>& outputs);
// JSON array of {name: value, …}, one for each child with parameters (OUT-12).
std::string aggregated_parameters(const std::vector<json::Value>& outputs);
// One parameter over all children (OUT-13): nested where all values are JSON lists or objects.
std::string aggregated_values(const std::vector<std::string>& values);
// The values of one parameter.
std::vector<std::string> values_of(const std::vector<json::Value>& outputs, std::string_view parameter);

}  // namespace wf::engine
