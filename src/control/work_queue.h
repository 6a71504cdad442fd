// SPDX-License-Identifier: Apache-2.0
// control/work_queue.h: which keys to look at, now or at a time. A key is worked on by one worker at a
// time, and stands in the queue once however often it is added (REC-1). Thread-safe. Times are the
// clock's, real or virtual: who drives the queue under a virtual one takes without waiting.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <variant>

#include "base/time.h"

namespace wf::control {

class WorkQueue {
 public:
  using Job = std::function<void()>;
  // A key to be worked on until done(key), or a job to be run.
  using Work = std::variant<std::string, Job>;

  void add(const std::string& key);
  // Adds it at that time, unless it is to be added earlier anyhow.
  void add_at(const std::string& key, Time at);
  // Forgets that it was to be added later (not that it was added).
  void cancel(const std::string& key);
  // Jobs go before keys.
  void post(Job job);
  void done(const std::string& key);

  // What is due, or nothing.
  std::optional<Work> take(Time now);
  // Waits for something due; nothing once stopped.
  std::optional<Work> wait(const Clock& clock);
  void stop();

  // When the next delayed key is due; unset where there is none.
  Time next_due() const;
  // Nothing waits and nothing is worked on; delayed keys do not count.
  bool idle() const;
  // Keys that are due and wait.
  size_t depth() const;

 private:
  void push(const std::string& key);
  std::optional<Work> take_locked(Time now);

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  std::deque<std::string> ready_;
  std::set<std::string> queued_;   // those of ready_
  std::set<std::string> working_;
  std::set<std::string> again_;    // added while they were worked on
  std::map<std::string, Time> delayed_;
  std::set<std::pair<Time, std::string>> by_time_;
  bool stopped_ = false;
};

}  // namespace wf::control
