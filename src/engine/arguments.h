// SPDX-License-Identifier: Apache-2.0
// engine/arguments.h: binding a call's arguments to a template's inputs (rules VAR-10 to VAR-18). Pure.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/value.h"

namespace wf::engine {

// In place of an argument's value: "an output that was not made"; the input's own default takes its
// place (VAR-16). A text that no user writes.
inline constexpr std::string_view kAbsentArgument = "__argo__internal__absent-optional";

// The value that valueFrom.configMapKeyRef means; the error says whether it was NotFound (VAR-11).
using ConfigMapValue = std::function<Result<std::string>(const json::Value& key_ref)>;

// `inputs` of a template with the values and artifacts that `arguments` give. Errors are Argo's texts.
Result<json::Value> bind_inputs(const json::Value& inputs, const json::Value& arguments,
                                const ConfigMapValue& config_map_value);

// Whether an artifact says where it lies, or at least its key.
bool has_location_or_key(const json::Value& artifact);
// The artifact with `path` appended to its key; an error where it has none, unless it is optional.
Result<json::Value> append_to_key(const json::Value& artifact, std::string_view path);

}  // namespace wf::engine
