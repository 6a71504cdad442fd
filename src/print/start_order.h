// SPDX-License-Identifier: Apache-2.0
// print/start_order.h: which nodes came first, where their times do not tell. The API keeps whole
// seconds, and under a virtual clock much happens within one; whoever watches a workflow from turn to
// turn knows more.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace wf::print {

class StartOrder {
 public:
  // To be told after each turn of a workflow which nodes (ids) it changed or added.
  void look(std::string_view workflow, const std::vector<std::string>& changed);
  // To be told when nodes of a workflow are gone: those that are still there.
  void keep(std::string_view workflow, const std::vector<std::string>& present);
  // After which look at its workflow the node was first there; 0 for one never seen.
  int64_t of(std::string_view workflow, std::string_view node) const;

 private:
  using Looks = std::map<std::string, int64_t, std::less<>>;
  std::map<std::string, Looks, std::less<>> workflows_;
  int64_t looks_ = 0;
};

}  // namespace wf::print
