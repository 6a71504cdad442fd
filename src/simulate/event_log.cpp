// SPDX-License-Identifier: Apache-2.0
#include "simulate/event_log.h"

#include <algorithm>

#include "base/text.h"

namespace wf::simulate {
namespace {
constexpr size_t kSimilarMax = 10;
constexpr double kBurst = 25;
constexpr double kTokensPerSecond = 1.0 / 300;
}  // namespace

void EventLog::add(const std::string& object, const engine::EventNote& event, Time now) {
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
  Budget& budget = budgets_[object];
  if (is_set(budget.at)) {
    const double seconds = static_cast<double>((now - budget.at).count()) / 1e9;
    budget.tokens = std::min(kBurst, budget.tokens + seconds * kTokensPerSecond);
  }
  budget.at = now;
  if (budget.tokens < 1) return;
  budget.tokens -= 1;
  kept_[identity] = text;
}

std::vector<std::string> EventLog::texts() const {
  std::set<std::string> out;
  for (const auto& [identity, text] : kept_) out.insert(text);
  return {out.begin(), out.end()};
}

}  // namespace wf::simulate
