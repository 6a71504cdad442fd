// SPDX-License-Identifier: Apache-2.0
// cli/since.h: "10m", "3h", "1d": how long ago, as --since and --older say it.
#pragma once
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace wf::cli {

// A whole number and one of s, m, h, d; or a Go duration.
Result<Duration> parse_ago(std::string_view text);

}  // namespace wf::cli
