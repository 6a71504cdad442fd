// SPDX-License-Identifier: Apache-2.0
// expr/kube_jsonpath.h: what `kubectl get -o jsonpath=TEMPLATE` prints of an object: resource
// templates take output parameters that way (valueFrom.jsonPath). Not the JSONPath of {{=jsonpath(…)}}.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/value.h"

namespace wf::expr {

// Fields that are missing print as nothing. Errors begin as kubectl's do: `error parsing jsonpath X,
// …`, `error executing jsonpath "X": …`.
Result<std::string> kubectl_jsonpath(std::string_view text, const json::Value& object);

}  // namespace wf::expr
