// SPDX-License-Identifier: Apache-2.0
// json/patch.h: changes to documents, written as documents.
#pragma once
#include "base/result.h"
#include "json/value.h"

namespace wf::json {

// RFC 7396 (application/merge-patch+json): null removes, objects merge, all else replaces.
Value merge_patch(Value target, const Value& patch);

// RFC 6902 (application/json-patch+json): a list of add, remove, replace, move, copy and test, all or
// nothing. InvalidArgument where an operation is malformed or its place does not exist.
Result<Value> json_patch(Value target, const Value& operations);

// The merge patch that makes `before` into `after`; an empty object where nothing differs.
Value merge_patch_between(const Value& before, const Value& after);

}  // namespace wf::json
