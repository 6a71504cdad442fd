// SPDX-License-Identifier: Apache-2.0
// spec/detail/leaf.h: texts of the API that have a format of their own, made canonical.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace wf::spec {

// The text of a metav1.Time: RFC 3339 of any offset, to UTC and whole seconds; "" of the year 1's
// beginning, which Go takes for no time. Errors in Go's words (`parsing time "x" as …`).
Result<std::string> canonical_time(std::string_view text);
// Likewise of a metav1.MicroTime, with six digits of a second.
Result<std::string> canonical_micro_time(std::string_view text);
// Standard base64, without line breaks. Errors in Go's words.
Result<std::string> canonical_base64(std::string_view text);
// A JSON number as Go's FormatFloat(…, 'f', -1, 64) prints it: without exponent.
std::string plain_number(std::string_view number);

}  // namespace wf::spec
