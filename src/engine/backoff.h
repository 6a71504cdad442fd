// SPDX-License-Identifier: Apache-2.0
// engine/backoff.h: how long a failed node rests before its next attempt (RTY-6 to RTY-9). Pure.
#pragma once
#include <string_view>
#include <variant>

#include "base/result.h"
#include "base/time.h"
#include "json/value.h"

namespace wf::engine {

// What the workflow's status says of the attempts made so far.
struct Attempts {
  int count;              // at least 1
  Time first_started_at;
  Time last_finished_at;
};

struct NoWait { Time deadline{}; };              // go on to the policy; attempts end by `deadline` if set
struct WaitUntil { Time at; Duration length; };  // the turn's next wake-up
struct GiveUp { std::string_view reason; };      // becomes the node's message
using Backoff = std::variant<NoWait, WaitUntil, GiveUp>;

// Decides the rest before attempt `count + 1`. `strategy` is a RetryStrategy with a backoff;
// InvalidArgument, in Argo's words, where a duration or number does not parse.
Result<Backoff> next_backoff(const json::Value& strategy, const Attempts& attempts, Time now);

}  // namespace wf::engine
