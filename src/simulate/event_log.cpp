// SPDX-License-Identifier: Apache-2.0
#include "simulate/event_log.h"

#include "base/text.h"

namespace wf::simulate {
namespace {
constexpr size_t kSimilarMax = 10;
}  // namespace

void EventLog::add(const std::string& object, const engine::EventNote& event) {
  const std::string head = cat("Workflow ", event.warning ? "Warning " : "Normal ", event.reason, ": ");
  const std::string group = cat(object, "\n", head);
  std::set<std::string>& messages = similar_[group];
  messages.insert(event.message);
  std::string identity = cat(group, event.message), text = head + event.message;
  if (messages.size() >= kSimilarMax) {
    messages.erase(messages.begin());
    identity = group;
    text = cat(head, "(combined from similar events): ", event.message);
  }
  kept_[identity] = text;
}

std::vector<std::string> EventLog::texts() const {
  std::set<std::string> out;
  for (const auto& [identity, text] : kept_) out.insert(text);
  return {out.begin(), out.end()};
}

}  // namespace wf::simulate
