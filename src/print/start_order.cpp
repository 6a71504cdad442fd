// SPDX-License-Identifier: Apache-2.0
#include "print/start_order.h"

#include <utility>

namespace wf::print {

void StartOrder::look(const json::Value& workflow) {
  ++looks_;
  Looks& known = workflows_[std::string(workflow["metadata"]["name"].as_string())];
  const auto nodes = workflow["status"]["nodes"].members();
  for (const json::Member& node : nodes) known.try_emplace(std::string(node.key()), looks_);
  if (known.size() == nodes.size()) return;
  Looks present;
  for (const json::Member& node : nodes) {
    const auto at = known.find(node.key());
    present.emplace(at->first, at->second);
  }
  known = std::move(present);
}

int64_t StartOrder::of(std::string_view workflow, std::string_view node) const {
  const auto looks = workflows_.find(workflow);
  if (looks == workflows_.end()) return 0;
  const auto found = looks->second.find(node);
  return found == looks->second.end() ? 0 : found->second;
}

}  // namespace wf::print
