// SPDX-License-Identifier: Apache-2.0
// local/loop.h: the supervisor's event loop: descriptors that become readable and points in time.
// One thread. Small on purpose: a supervisor must start in a millisecond.
#pragma once
#include <functional>
#include <map>

#include "base/time.h"

namespace wf::local {

class Loop {
 public:
  using Callback = std::function<void()>;
  // `callback` runs whenever the descriptor is readable (or at its end). One callback a descriptor.
  void watch(int fd, Callback callback);
  void unwatch(int fd);
  // Runs once, at or after `at` on the machine's clock.
  using Timer = uint64_t;
  Timer at(Time at, Callback callback);
  void cancel(Timer timer);
  // Until stop().
  void run();
  void stop() { stopped_ = true; }

  static Time now();

 private:
  void run_due();
  std::map<int, Callback> watched_;
  std::map<std::pair<Time, Timer>, Callback> timers_;
  Timer last_timer_ = 0;
  bool stopped_ = false;
};

}  // namespace wf::local
