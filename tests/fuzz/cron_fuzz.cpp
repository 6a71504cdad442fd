// SPDX-License-Identifier: Apache-2.0
// Whatever parses as a schedule has a next time that lies in the future, or none.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "expr/cron.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto schedule = wf::expr::CronSchedule::parse({reinterpret_cast<const char*>(data), size});
  if (!schedule.ok()) return 0;
  const wf::Time now(std::chrono::seconds(1'700'000'000));
  const auto next = schedule->next(now);
  if (next && *next <= now) std::abort();
  return 0;
}
