// SPDX-License-Identifier: Apache-2.0
// io/system.h: the machine's clock, randomness and environment. Usable from any thread.
#pragma once
#include <optional>
#include <string>

#include "base/time.h"

namespace wf::io {

class SystemClock final : public Clock {
 public:
  Time now() const override;
};

class SystemRandom final : public Random {
 public:
  uint64_t next() override;
};

// A random (version 4) UUID, lower case.
std::string new_uuid(Random& random);
std::optional<std::string> environment(const char* name);
// Name of this machine's time zone ("Europe/Berlin"), by TZ or /etc/localtime; "UTC" where unknown.
std::string local_time_zone();

}  // namespace wf::io
