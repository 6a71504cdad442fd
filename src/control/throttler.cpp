// SPDX-License-Identifier: Apache-2.0
#include "control/throttler.h"

#include <algorithm>
#include <tuple>

namespace wf::control {

bool Throttler::Place::operator<(const Place& other) const {
  return std::tie(other.priority, created_at, key) < std::tie(priority, other.created_at, other.key);
}

bool Throttler::fits(const std::string& ns) const {
  if (in_all_ > 0 && static_cast<int64_t>(running_.size()) >= in_all_) return false;
  const auto at = running_in_.find(ns);
  return in_namespace_ <= 0 || at == running_in_.end() || at->second < in_namespace_;
}

void Throttler::runs(const std::string& key, const std::string& ns) {
  if (running_.emplace(key, ns).second) ++running_in_[ns];
}

// Lets in all that fit, in their order; a full namespace does not hold up the others.
std::vector<std::string> Throttler::fill() {
  std::vector<std::string> admitted;
  for (auto at = line_.begin(); at != line_.end();) {
    if (in_all_ > 0 && static_cast<int64_t>(running_.size()) >= in_all_) break;
    const Asking& asking = waiting_.at(at->key);
    if (!fits(asking.ns)) {
      ++at;
      continue;
    }
    runs(asking.key, asking.ns);
    admitted.push_back(asking.key);
    waiting_.erase(at->key);
    at = line_.erase(at);
  }
  return admitted;
}

bool Throttler::admit(const Asking& asking, std::vector<std::string>& admitted) {
  if (in_all_ <= 0 && in_namespace_ <= 0) return true;
  if (running_.contains(asking.key)) return true;
  if (const auto old = waiting_.find(asking.key); old != waiting_.end()) {
    line_.erase({old->second.priority, old->second.created_at, asking.key});
  }
  waiting_[asking.key] = asking;
  line_.insert({asking.priority, asking.created_at, asking.key});
  for (std::string& key : fill()) {
    if (key != asking.key) admitted.push_back(std::move(key));
  }
  return running_.contains(asking.key);
}

std::vector<std::string> Throttler::release(const std::string& key) {
  if (const auto waiting = waiting_.find(key); waiting != waiting_.end()) {
    line_.erase({waiting->second.priority, waiting->second.created_at, key});
    waiting_.erase(waiting);
  }
  const auto at = running_.find(key);
  if (at == running_.end()) return {};
  --running_in_[at->second];
  running_.erase(at);
  return fill();
}

}  // namespace wf::control
