// SPDX-License-Identifier: Apache-2.0
// expr/sprig/call_test.h: tables of calls for the tests of sprig's functions.
#pragma once
#include <string>
#include <string_view>

namespace wf::expr::sprig {

// What a call gives, as JSON text, or "error: …". Calls are written as in expressions:
//   sprig.join("-", [1, nil, sprig.dict("a", 1.5)])
// with date("…") and duration("…") besides; `sprig.f(x).Method()` calls a method.
std::string answer(std::string_view call);

// Checks lines of `call => answer`, leaving out empty ones.
void check_calls(std::string_view table);

}  // namespace wf::expr::sprig
