// SPDX-License-Identifier: Apache-2.0
// store/watch.h: what changed, from a revision on. An event says which object changed, not what it
// is now: readers fetch the present state, so changes that follow quickly merge into one. The last
// tens of thousands of events are remembered; who falls behind lists again.
#pragma once
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "json/value.h"
#include "store/object.h"

namespace wf::store {

struct Event {
  enum class Type { Added, Modified, Deleted };
  Type type;
  Key key;
  std::string uid;
  uint64_t revision = 0;
  json::Value last;  // Deleted: the object as it was last, without a workflow's nodes; else Null
};

struct WatchRequest {
  std::string kind{};  // "": all
  std::string ns{};    // "": all
  std::string name{};  // "": all
  uint64_t after = 0;  // the revision that the reader has seen; 0: what comes from now on
};

class WatchHub;

// Used by one thread; cancel() by any.
class Watch {
 public:
  ~Watch();
  // The events since the last call, at most one for an object unless it was deleted in between;
  // waits for the first for `limit` at most, and gives none when that passes. Conflict ("too old")
  // where events were missed: list again and watch from there.
  Result<std::vector<Event>> next(Duration limit);
  // Wakes next(), which from then on gives Unavailable.
  void cancel();

 private:
  friend class WatchHub;
  Watch(WatchHub& hub, WatchRequest request) : hub_(hub), request_(std::move(request)) {}
  bool wants(const Event& event) const;
  WatchHub& hub_;
  WatchRequest request_;
  uint64_t seen_ = 0;  // guarded by the hub's mutex, as the next
  bool cancelled_ = false;
};

// Where a store says what it has written. Outlives its watches.
class WatchHub {
 public:
  // `revision`: the newest there is; events before it are not known.
  explicit WatchHub(uint64_t revision = 0, size_t events_max = 32768)
      : events_max_(events_max), forgotten_(revision), newest_(revision) {}
  // Conflict where `request.after` is older than what is remembered.
  Result<std::unique_ptr<Watch>> watch(WatchRequest request);
  // In the order of revisions.
  void publish(std::vector<Event> events);
  uint64_t newest() const;

 private:
  friend class Watch;
  const size_t events_max_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Event> events_;
  uint64_t forgotten_;  // events up to this revision are gone
  uint64_t newest_;
};

}  // namespace wf::store
