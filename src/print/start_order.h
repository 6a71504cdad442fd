// SPDX-License-Identifier: Apache-2.0
// print/start_order.h: which nodes came first, where their times do not tell. The API keeps whole
// seconds, and under a virtual clock much happens within one; whoever watches a workflow from turn to
// turn knows more.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "json/value.h"

namespace wf::print {

class StartOrder {
 public:
  // To be told of a workflow after each of its turns. A node that is gone is forgotten.
  void look(const json::Value& workflow);
  // After which look at its workflow the node was first there; 0 for one never seen.
  int64_t of(std::string_view workflow, std::string_view node) const;

 private:
  using Looks = std::map<std::string, int64_t, std::less<>>;
  std::map<std::string, Looks, std::less<>> workflows_;
  int64_t looks_ = 0;
};

}  // namespace wf::print
