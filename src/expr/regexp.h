// SPDX-License-Identifier: Apache-2.0
// expr/regexp.h: regular expressions of Go's syntax (RE2's), with errors in Go's words.
#pragma once
#include <memory>
#include <string_view>

#include "base/result.h"

namespace re2 {
class RE2;
}

namespace wf::expr {

// May be used by several threads at once.
using Regex = std::shared_ptr<const re2::RE2>;

// "error parsing regexp: missing closing ]: `[`".
Result<Regex> compile_regexp(std::string_view pattern);

}  // namespace wf::expr
