// SPDX-License-Identifier: Apache-2.0
// engine/locks.h: mutexes and semaphores of all workflows of one engine (rules SYN). Grants are also
// written into the workflows (status.synchronization), from which the table is rebuilt after a
// restart. Thread-safe; no call waits.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace wf::engine {

// Who holds or waits: "<ns>/<wf>" or "<ns>/<wf>/<node id>" (SYN-2).
struct LockHolder {
  std::string key;
  std::string workflow_key;  // "<ns>/<wf>"
  int priority = 0;
  Time created_at{};         // of the workflow (SYN-5)
};

// One lock that is wanted; the limit is read by the caller at each attempt (SYN-4).
struct LockWanted {
  std::string name;                // encoded lock name (spec::LockName::encode)
  bool mutex = false;
  std::optional<int> limit;        // nothing: unreadable at present
};

struct LockAttempt {
  bool acquired = false;
  bool newly = false;              // a lock was granted that was not held before
  std::string failed;              // the first lock that was not to be had
  std::string message;             // SYN-6
};

class LockTable {
 public:
  // All or none (SYN-3). What is not granted is queued by priority and age.
  LockAttempt try_acquire(const LockHolder& holder, const std::vector<LockWanted>& wanted);
  // Frees what `key` holds and takes it from the queues. Gives the workflows to look at again.
  std::vector<std::string> release(const std::string& key, const std::vector<std::string>& locks);
  // Everything of a workflow and its nodes.
  std::vector<std::string> release_all(const std::string& workflow_key);
  // Grants without asking the queue: rebuilding after a restart (SYN-9). False where it is full.
  bool restore(const LockHolder& holder, const LockWanted& lock);
  // Workflow keys that wait for locks of this name.
  std::vector<std::string> waiting_for(std::string_view lock) const;
  // Whether the workflow or a node of it waits for the lock.
  bool waits(std::string_view lock, std::string_view workflow_key) const;
  // Nodes of one workflow that stand at the front of a queue of a lock with free slots.
  std::vector<std::string> ready_holders(const std::string& workflow_key) const;
  std::vector<std::string> holders(std::string_view lock) const;
  bool empty() const;  // nobody holds or waits: what must be true when all work is done

 private:
  struct Waiting {
    int priority;
    Time created_at;
    uint64_t arrival;
    std::string key;
    std::string workflow_key;
    bool operator<(const Waiting& other) const;
  };
  struct Lock {
    int limit = 0;
    std::set<std::string> holders;
    std::set<Waiting> queue;
    std::map<std::string, Waiting> waiting;  // by holder key
  };
  void enqueue(Lock& lock, const LockHolder& holder);
  static void dequeue(Lock& lock, const std::string& key);
  static bool may_take(const Lock& lock, const LockHolder& holder);
  void free_slots(Lock& lock, std::vector<std::string>& wake) const;
  void drop_if_idle(const std::string& name);

  mutable std::mutex mutex_;
  std::map<std::string, Lock, std::less<>> locks_;
  std::map<std::string, std::set<std::string>> held_by_;  // holder key -> locks held or waited for
  uint64_t arrivals_ = 0;
};

}  // namespace wf::engine
