// SPDX-License-Identifier: Apache-2.0
// sim/faults.h: what goes wrong, and how often (per thousand, where nothing else is said).
#pragma once
#include "sim/seeded.h"

namespace wf::sim {

// Thrown where the controller "dies"; nobody below the course catches it.
struct Crash {};

struct Faults {
  int crash_at_save = 0;     // before or after it
  int crash_at_action = 0;   // before or after it
  int conflict = 0;          // somebody else writes first
  int refused_save = 0;      // not written, or written and the answer is lost
  int not_ready = 0;         // the backend cannot create a pod yet, or says so after it did
  int lost_notice = 0;
  int doubled_notice = 0;
  int late_notice_seconds = 0;
  int late_result_seconds = 0;
  int slow_pod_seconds = 0;
  int vanish = 0;            // of a pod, while it waits or runs
  int clock_jump = 0;        // at a pause, in either direction
  int touch = 0;             // at a pause: somebody changes a label
  bool stop = false;         // a user stops or ends a workflow on the way
  bool sqlite = false;       // the store is a file, opened anew after each crash

  static Faults none() { return {}; }
  static Faults from(Seeded& random) {
    Faults faults;
    const auto maybe = [&](int most) { return random.chance(50) ? random.between(1, most) : 0; };
    faults.crash_at_save = maybe(300);
    faults.crash_at_action = maybe(300);
    faults.conflict = maybe(300);
    faults.refused_save = maybe(200);
    faults.not_ready = maybe(300);
    faults.lost_notice = maybe(300);
    faults.doubled_notice = maybe(300);
    faults.late_notice_seconds = maybe(60);
    faults.late_result_seconds = maybe(30);
    faults.slow_pod_seconds = maybe(600);
    faults.vanish = random.chance(15) ? random.between(1, 200) : 0;
    faults.clock_jump = maybe(30);
    faults.touch = maybe(100);
    faults.stop = random.chance(10);
    faults.sqlite = random.chance(4);
    return faults;
  }
  // The outcome may differ from the one without faults.
  bool changes_outcome() const { return vanish > 0 || stop; }
};

}  // namespace wf::sim
