// SPDX-License-Identifier: Apache-2.0
// expr/sprig/detail/base64.h: base64 as Go's encoding/base64.StdEncoding reads and writes it.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace wf::expr::sprig {

std::string to_base64(std::string_view data);
// Line ends are skipped. Error: "illegal base64 data at input byte 4".
Result<std::string> from_base64(std::string_view text);

}  // namespace wf::expr::sprig
