// SPDX-License-Identifier: Apache-2.0
// engine/detail/locking.h: small readings of the world that several parts of a turn share.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/locks.h"
#include "engine/world.h"
#include "json/value.h"

namespace wf::engine {

// The locks of a `synchronization` block (SYN-1, SYN-4); an error where it makes no sense.
Result<std::vector<LockWanted>> wanted_locks(const json::Value& synchronization, std::string_view ns, const World& world);

// A ConfigMap's key as a parameter; NotFound where it is missing, another error where its label is (VAR-11).
Result<std::string> config_map_parameter(const World& world, std::string_view ns, std::string_view name, std::string_view key);

// The policy that counts (RTY-10).
std::string_view retry_policy(const json::Value& strategy);

// Whether a failure's text looks like one that goes away (RTY-10: OnTransientError).
bool looks_transient(std::string_view message);

}  // namespace wf::engine
