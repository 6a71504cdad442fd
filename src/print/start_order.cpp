// SPDX-License-Identifier: Apache-2.0
#include "print/start_order.h"

#include <utility>

namespace wf::print {

void StartOrder::look(std::string_view workflow, const std::vector<std::string>& changed) {
  ++looks_;
  Looks& known = workflows_[std::string(workflow)];
  for (const std::string& node : changed) known.try_emplace(node, looks_);
}

void StartOrder::keep(std::string_view workflow, const std::vector<std::string>& present) {
  Looks& known = workflows_[std::string(workflow)];
  Looks kept;
  for (const std::string& node : present) {
    const auto at = known.find(node);
    if (at != known.end()) kept.insert(*at);
  }
  known = std::move(kept);
}

int64_t StartOrder::of(std::string_view workflow, std::string_view node) const {
  const auto looks = workflows_.find(workflow);
  if (looks == workflows_.end()) return 0;
  const auto found = looks->second.find(node);
  return found == looks->second.end() ? 0 : found->second;
}

}  // namespace wf::print
