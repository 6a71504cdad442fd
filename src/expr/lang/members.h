// SPDX-License-Identifier: Apache-2.0
// expr/lang/members.h: the methods that values of Go's named types have: times, durations, months,
// weekdays, places; and the members of structs.
#pragma once
#include <optional>
#include <string_view>

#include "expr/any.h"
#include "expr/functions.h"

namespace wf::expr::lang {

// The method as a function of its arguments without the receiver; null where the type has none of
// that name. Its `call` may not be called: bind it by member_of.
const Function* method_of(const Type& type, std::string_view name);

// The method bound to `value`, or the field; nothing where there is none of that name.
std::optional<Any> member_of(const Any& value, std::string_view name);

}  // namespace wf::expr::lang
