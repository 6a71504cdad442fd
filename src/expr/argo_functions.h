// SPDX-License-Identifier: Apache-2.0
// expr/argo_functions.h: the functions that Argo adds to expressions (XPR-1): asInt, asFloat,
// jsonpath, toJson and the map sprig.
#pragma once
#include <optional>
#include <string_view>

#include "expr/any.h"

namespace wf::expr {

// One of them, or the map of sprig's functions; nothing for other names.
std::optional<Any> argo_function(std::string_view name);
// All of them under their names.
const Map& argo_functions();

}  // namespace wf::expr
