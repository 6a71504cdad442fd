// SPDX-License-Identifier: Apache-2.0
#include "engine/locks.h"

#include <algorithm>
#include <tuple>

#include "base/text.h"

namespace wf::engine {
namespace {

// SYN-5: one level (workflow or node), one workflow name; the namespace is not compared.
bool same_workflow_and_level(std::string_view a, std::string_view b) {
  const auto x = split(a, "/"), y = split(b, "/");
  return x.size() == y.size() && x.size() > 1 && x[1] == y[1];
}

void add_unique(std::vector<std::string>& list, const std::string& text) {
  if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(text);
}

}  // namespace

bool LockTable::Waiting::operator<(const Waiting& other) const {
  return std::tie(other.priority, created_at, arrival) < std::tie(priority, other.created_at, other.arrival);
}

void LockTable::enqueue(Lock& lock, const LockHolder& holder) {
  if (lock.holders.contains(holder.key)) return;
  const auto at = lock.waiting.find(holder.key);
  if (at != lock.waiting.end()) {
    if (at->second.priority == holder.priority) return;
    dequeue(lock, holder.key);
  }
  const Waiting waiting{holder.priority, holder.created_at, ++arrivals_, holder.key, holder.workflow_key};
  lock.queue.insert(waiting);
  lock.waiting.emplace(holder.key, waiting);
}

void LockTable::dequeue(Lock& lock, const std::string& key) {
  const auto at = lock.waiting.find(key);
  if (at == lock.waiting.end()) return;
  lock.queue.erase(at->second);
  lock.waiting.erase(at);
}

bool LockTable::may_take(const Lock& lock, const LockHolder& holder) {
  if (static_cast<int>(lock.holders.size()) >= lock.limit) return false;
  return lock.queue.empty() || same_workflow_and_level(holder.key, lock.queue.begin()->key);
}

void LockTable::free_slots(Lock& lock, std::vector<std::string>& wake) const {
  int free = lock.limit - static_cast<int>(lock.holders.size());
  for (const Waiting& waiting : lock.queue) {
    if (free-- <= 0) return;
    add_unique(wake, waiting.workflow_key);
  }
}

LockAttempt LockTable::try_acquire(const LockHolder& holder, const std::vector<LockWanted>& wanted) {
  const std::lock_guard guard(mutex_);
  for (const LockWanted& want : wanted) {
    Lock& lock = locks_[want.name];
    if (want.limit) lock.limit = *want.limit;
    enqueue(lock, holder);
    held_by_[holder.key].insert(want.name);
  }
  LockAttempt attempt;
  for (const LockWanted& want : wanted) {
    const Lock& lock = locks_.find(want.name)->second;
    if (lock.holders.contains(holder.key)) continue;
    if (!want.limit || lock.limit == 0) {
      attempt.message = cat("Failed to get semaphore limit for ", want.name);
    } else if (!may_take(lock, holder)) {
      attempt.message = cat("Waiting for ", want.name, " lock. Lock status: ",
                            lock.limit - static_cast<int>(lock.holders.size()), "/", lock.limit);
    } else {
      continue;
    }
    attempt.failed = want.name;
    return attempt;
  }
  for (const LockWanted& want : wanted) {
    Lock& lock = locks_.find(want.name)->second;
    if (!lock.holders.insert(holder.key).second) continue;
    dequeue(lock, holder.key);
    attempt.newly = true;
  }
  attempt.acquired = true;
  return attempt;
}

void LockTable::drop_if_idle(const std::string& name) {
  const auto at = locks_.find(name);
  if (at != locks_.end() && at->second.holders.empty() && at->second.queue.empty()) locks_.erase(at);
}

std::vector<std::string> LockTable::release(const std::string& key, const std::vector<std::string>& locks) {
  const std::lock_guard guard(mutex_);
  std::vector<std::string> wake;
  const auto held = held_by_.find(key);
  if (held == held_by_.end()) return wake;
  for (const std::string& name : locks) {
    const auto at = locks_.find(name);
    if (at == locks_.end() || held->second.erase(name) == 0) continue;
    dequeue(at->second, key);
    at->second.holders.erase(key);
    free_slots(at->second, wake);  // also where it only waited: it may have been woken, but not the next one
    drop_if_idle(name);
  }
  if (held->second.empty()) held_by_.erase(held);
  return wake;
}

std::vector<std::string> LockTable::release_all(const std::string& workflow_key) {
  std::vector<std::pair<std::string, std::vector<std::string>>> mine;
  {
    const std::lock_guard guard(mutex_);
    for (auto at = held_by_.lower_bound(workflow_key); at != held_by_.end(); ++at) {
      if (!at->first.starts_with(workflow_key)) break;
      if (at->first.size() > workflow_key.size() && at->first[workflow_key.size()] != '/') continue;
      mine.emplace_back(at->first, std::vector<std::string>(at->second.begin(), at->second.end()));
    }
  }
  std::vector<std::string> wake;
  for (const auto& [key, locks] : mine) {
    for (const std::string& workflow : release(key, locks)) add_unique(wake, workflow);
  }
  std::erase(wake, workflow_key);
  return wake;
}

bool LockTable::restore(const LockHolder& holder, const LockWanted& want) {
  const std::lock_guard guard(mutex_);
  Lock& lock = locks_[want.name];
  if (want.limit) lock.limit = *want.limit;
  lock.holders.insert(holder.key);
  held_by_[holder.key].insert(want.name);
  return static_cast<int>(lock.holders.size()) <= lock.limit;
}

std::vector<std::string> LockTable::waiting_for(std::string_view name) const {
  const std::lock_guard guard(mutex_);
  std::vector<std::string> keys;
  const auto at = locks_.find(name);
  if (at == locks_.end()) return keys;
  for (const Waiting& waiting : at->second.queue) add_unique(keys, waiting.workflow_key);
  return keys;
}

bool LockTable::waits(std::string_view name, std::string_view workflow_key) const {
  const std::lock_guard guard(mutex_);
  const auto at = locks_.find(name);
  return at != locks_.end() && std::any_of(at->second.queue.begin(), at->second.queue.end(),
                                           [&](const Waiting& waiting) { return waiting.workflow_key == workflow_key; });
}

std::vector<std::string> LockTable::ready_holders(const std::string& workflow_key) const {
  const std::lock_guard guard(mutex_);
  std::vector<std::string> keys;
  for (const auto& [name, lock] : locks_) {
    int free = lock.limit - static_cast<int>(lock.holders.size());
    if (free <= 0 || lock.queue.empty()) continue;
    if (lock.queue.begin()->workflow_key != workflow_key) continue;
    for (const Waiting& waiting : lock.queue) {
      if (free-- <= 0) break;
      if (waiting.workflow_key == workflow_key) add_unique(keys, waiting.key);
    }
  }
  return keys;
}

std::vector<std::string> LockTable::holders(std::string_view name) const {
  const std::lock_guard guard(mutex_);
  const auto at = locks_.find(name);
  if (at == locks_.end()) return {};
  return {at->second.holders.begin(), at->second.holders.end()};
}

bool LockTable::empty() const {
  const std::lock_guard guard(mutex_);
  return locks_.empty() && held_by_.empty();
}

}  // namespace wf::engine
