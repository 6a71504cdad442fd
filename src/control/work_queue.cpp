// SPDX-License-Identifier: Apache-2.0
#include "control/work_queue.h"

#include <algorithm>

namespace wf::control {

void WorkQueue::push(const std::string& key) {
  if (working_.contains(key)) {
    again_.insert(key);
  } else if (queued_.insert(key).second) {
    ready_.push_back(key);
    wake_.notify_one();
  }
}

void WorkQueue::add(const std::string& key) {
  const std::lock_guard lock(mutex_);
  push(key);
}

void WorkQueue::add_at(const std::string& key, Time at) {
  const std::lock_guard lock(mutex_);
  const auto known = delayed_.find(key);
  if (known != delayed_.end()) {
    if (known->second <= at) return;
    by_time_.erase({known->second, key});
  }
  delayed_[key] = at;
  by_time_.emplace(at, key);
  wake_.notify_one();
}

void WorkQueue::cancel(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto known = delayed_.find(key);
  if (known == delayed_.end()) return;
  by_time_.erase({known->second, key});
  delayed_.erase(known);
}

void WorkQueue::post(Job job) {
  const std::lock_guard lock(mutex_);
  jobs_.push_back(std::move(job));
  wake_.notify_one();
}

void WorkQueue::done(const std::string& key) {
  const std::lock_guard lock(mutex_);
  working_.erase(key);
  if (again_.erase(key) > 0) push(key);
}

std::optional<WorkQueue::Work> WorkQueue::take_locked(Time now) {
  while (!by_time_.empty() && by_time_.begin()->first <= now) {
    const std::string key = by_time_.begin()->second;
    by_time_.erase(by_time_.begin());
    delayed_.erase(key);
    push(key);
  }
  if (!jobs_.empty()) {
    Work work = std::move(jobs_.front());
    jobs_.pop_front();
    return work;
  }
  if (ready_.empty()) return std::nullopt;
  std::string key = std::move(ready_.front());
  ready_.pop_front();
  queued_.erase(key);
  working_.insert(key);
  return key;
}

std::optional<WorkQueue::Work> WorkQueue::take(Time now) {
  const std::lock_guard lock(mutex_);
  return take_locked(now);
}

std::optional<WorkQueue::Work> WorkQueue::wait(const Clock& clock) {
  // Re-read now and then: the machine's clock may be set.
  constexpr Duration kLongest = std::chrono::seconds(30);
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    const Time now = clock.now();
    if (auto work = take_locked(now)) return work;
    Duration pause = kLongest;
    if (!by_time_.empty()) pause = std::min(pause, std::max(Duration(1), by_time_.begin()->first - now));
    wake_.wait_for(lock, pause);
  }
  return std::nullopt;
}

void WorkQueue::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  wake_.notify_all();
}

Time WorkQueue::next_due() const {
  const std::lock_guard lock(mutex_);
  return by_time_.empty() ? Time{} : by_time_.begin()->first;
}

bool WorkQueue::idle() const {
  const std::lock_guard lock(mutex_);
  return jobs_.empty() && ready_.empty() && working_.empty();
}

size_t WorkQueue::depth() const {
  const std::lock_guard lock(mutex_);
  return ready_.size();
}

}  // namespace wf::control
