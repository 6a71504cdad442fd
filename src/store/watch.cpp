// SPDX-License-Identifier: Apache-2.0
#include "store/watch.h"

#include <algorithm>
#include <map>

#include "base/text.h"

namespace wf::store {
namespace {

Error too_old(uint64_t revision, uint64_t oldest) {
  return Error(cat("too old resource version: ", revision, " (", oldest, ")"), Code::Conflict);
}

// Appends an event, or merges it into the one of the same object that the reader has not had yet.
void append_merged(std::vector<Event>& out, std::map<Key, size_t>& last_of, const Event& event) {
  const auto at = last_of.find(event.key);
  if (at != last_of.end() && event.type == Event::Type::Modified) {
    out[at->second].revision = event.revision;
    return;
  }
  last_of[event.key] = out.size();
  out.push_back(event);
  if (event.type == Event::Type::Deleted) last_of.erase(event.key);
}

}  // namespace

Watch::~Watch() = default;

bool Watch::wants(const Event& event) const {
  return (request_.kind.empty() || request_.kind == event.key.kind) &&
         (request_.ns.empty() || request_.ns == event.key.ns) &&
         (request_.name.empty() || request_.name == event.key.name);
}

Result<std::vector<Event>> Watch::next(Duration limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  std::vector<Event> out;
  std::map<Key, size_t> last_of;
  std::unique_lock lock(hub_.mutex_);
  for (;;) {
    if (cancelled_) return Error("the watch has ended", Code::Unavailable);
    if (seen_ < hub_.forgotten_) return too_old(seen_, hub_.forgotten_);
    const auto first = std::upper_bound(hub_.events_.begin(), hub_.events_.end(), seen_,
                                        [](uint64_t seen, const Event& event) { return seen < event.revision; });
    for (auto at = first; at != hub_.events_.end(); ++at) {
      if (wants(*at)) append_merged(out, last_of, *at);
    }
    seen_ = std::max(seen_, hub_.newest_);
    if (!out.empty()) return out;
    if (hub_.changed_.wait_until(lock, deadline) == std::cv_status::timeout && !cancelled_ &&
        seen_ >= hub_.newest_) {
      return out;
    }
  }
}

void Watch::cancel() {
  const std::lock_guard lock(hub_.mutex_);
  cancelled_ = true;
  hub_.changed_.notify_all();
}

Result<std::unique_ptr<Watch>> WatchHub::watch(WatchRequest request) {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<Watch> watch(new Watch(*this, std::move(request)));
  watch->seen_ = watch->request_.after == 0 ? newest_ : watch->request_.after;
  if (watch->seen_ < forgotten_) return too_old(watch->seen_, forgotten_);
  return watch;
}

void WatchHub::publish(std::vector<Event> events) {
  if (events.empty()) return;
  const std::lock_guard lock(mutex_);
  newest_ = events.back().revision;
  for (Event& event : events) events_.push_back(std::move(event));
  while (events_.size() > events_max_) {
    forgotten_ = events_.front().revision;
    events_.pop_front();
  }
  changed_.notify_all();
}

uint64_t WatchHub::newest() const {
  const std::lock_guard lock(mutex_);
  return newest_;
}

}  // namespace wf::store
