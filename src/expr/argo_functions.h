// SPDX-License-Identifier: Apache-2.0
// expr/argo_functions.h: the functions that Argo adds to expressions (XPR-1): asInt, asFloat,
// jsonpath, toJson and the map sprig.
#pragma once
#include <optional>
#include <string_view>

#include "expr/any.h"
#include "expr/sprig/sprig.h"

namespace wf::expr {

// One of them, or the map of sprig's functions; nothing for other names. The sources outlive the
// functions.
std::optional<Any> argo_function(std::string_view name, SprigSources sources = {});
// All of them under their names.
Map argo_functions(SprigSources sources = {});

}  // namespace wf::expr
