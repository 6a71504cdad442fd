// SPDX-License-Identifier: Apache-2.0
#include "local/loop.h"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <vector>

namespace wf::local {

Time Loop::now() {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

void Loop::watch(int fd, Callback callback) { watched_[fd] = std::move(callback); }
void Loop::unwatch(int fd) { watched_.erase(fd); }

Loop::Timer Loop::at(Time at, Callback callback) {
  timers_.emplace(std::pair(at, ++last_timer_), std::move(callback));
  return last_timer_;
}

void Loop::cancel(Timer timer) {
  std::erase_if(timers_, [timer](const auto& entry) { return entry.first.second == timer; });
}

void Loop::run_due() {
  while (!stopped_ && !timers_.empty() && timers_.begin()->first.first <= now()) {
    const Callback callback = std::move(timers_.begin()->second);
    timers_.erase(timers_.begin());
    callback();
  }
}

void Loop::run() {
  while (!stopped_) {
    run_due();
    if (stopped_) return;
    std::vector<pollfd> fds;
    for (const auto& [fd, callback] : watched_) fds.push_back({fd, POLLIN, 0});
    int timeout = -1;
    if (!timers_.empty()) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(timers_.begin()->first.first - now())
              .count();
      timeout = static_cast<int>(std::clamp<long long>(left, 0, 60'000));  // the clock may jump
    }
    if (::poll(fds.data(), fds.size(), timeout) <= 0) continue;
    for (const pollfd& ready : fds) {
      if (!ready.revents || stopped_) continue;
      const auto found = watched_.find(ready.fd);  // an earlier callback may have dropped it
      if (found == watched_.end()) continue;
      const Callback callback = found->second;
      callback();
    }
  }
}

}  // namespace wf::local
