// SPDX-License-Identifier: Apache-2.0
// expr/lang/budget.h: what one evaluation may use before it fails.
#pragma once
#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "expr/any.h"

namespace wf::expr::lang {

class Budget {
 public:
  // Items of lists and maps; at 1,000,000 it ends, as in expr-lang.
  Result<void> take_items(size_t count) {
    items_ += count;
    if (items_ >= kItemsMax) return Error("memory budget exceeded");
    return {};
  }
  // Bytes of texts that are made.
  Result<void> take_bytes(size_t count) {
    bytes_ += count;
    if (bytes_ > kBytesMax) return Error("memory budget exceeded");
    return {};
  }
  // Nodes that are evaluated.
  Result<void> take_step() {
    if (++steps_ > kStepsMax) return Error("time budget exceeded");
    return {};
  }
  // What a function gave: refused where it is too deep to be walked.
  Result<Any> checked(Any value) {
    if (value.depth() > Any::kDepthMax) return Error("memory budget exceeded: nesting too deep");
    if (value.is_string() || value.is_bytes()) TRY_DO(take_bytes(value.size()));
    return value;
  }

 private:
  static constexpr uint64_t kItemsMax = 1'000'000, kBytesMax = 256 << 20, kStepsMax = 20'000'000;
  uint64_t items_ = 0, bytes_ = 0, steps_ = 0;
};

}  // namespace wf::expr::lang
