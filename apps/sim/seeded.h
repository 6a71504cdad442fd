// SPDX-License-Identifier: Apache-2.0
// sim/seeded.h: random decisions that follow from a number, the same on every machine.
#pragma once
#include <cstdint>

#include "base/time.h"

namespace wf::sim {

class Seeded final : public Random {
 public:
  explicit Seeded(uint64_t seed) : state_(seed) {}
  // Steele, Lea, Flood: SplitMix64.
  uint64_t next() override {
    state_ += 0x9e3779b97f4a7c15ull;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  int below(int limit) { return limit <= 0 ? 0 : static_cast<int>(next() % static_cast<uint64_t>(limit)); }
  int between(int least, int most) { return least + below(most - least + 1); }
  bool chance(int percent) { return below(100) < percent; }
  bool per_mille(int rate) { return below(1000) < rate; }
  // Up to so many seconds, in steps of a millisecond.
  Duration up_to_seconds(int most) { return std::chrono::milliseconds(below(most * 1000 + 1)); }

 private:
  uint64_t state_;
};

struct VirtualClock final : Clock {
  Time time{std::chrono::seconds(1'767'323'000)};
  Time now() const override { return time; }
};

}  // namespace wf::sim
