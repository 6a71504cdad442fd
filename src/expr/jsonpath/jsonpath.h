// SPDX-License-Identifier: Apache-2.0
// expr/jsonpath/jsonpath.h: the JSONPath dialect of the expression function jsonpath() (that of
// evilmonkeyinc/jsonpath 0.8.1 without options): $.a.b, ['a'], [0], [-1], [1:3], [0,2], ['a','b'],
// *, .., .length, [?(@.a > 1)], [(@.length-1)].
#pragma once
#include <string_view>

#include "base/result.h"
#include "expr/any.h"

namespace wf::expr {

// What the path selects in the document: one value, or a list where the path may select several.
// Errors in the library's words: "invalid JSONPath selector '…'", "key: invalid token key 'a' not
// found".
Result<Any> jsonpath_query(std::string_view path, const Any& document);

}  // namespace wf::expr
