// SPDX-License-Identifier: Apache-2.0
// local/supervised.h: a pod's supervisor as seen from the engine's process: starting it, whether it
// lives, telling it to stop, and clearing up after one that was killed.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "io/fd.h"
#include "local/request.h"

namespace wf::local {

enum class Life { Unstarted, Running, Ended };  // Ended: finished or lost; result.json tells
struct Supervisor {
  Life life = Life::Unstarted;
  io::Fd pidfd;  // of a running one: readable when it ends
};

// Writes the pod's folder with its request in one step. AlreadyExists where there is one.
Result<void> write_request(const Request& request);
// Starts `argoexec supervise DIR`, a child of this process that outlives it; a pod that has a claim
// already is left alone by it.
Result<Supervisor> start_supervisor(const std::string& executor, const std::string& pod_dir,
                                    std::string_view uid);

// By its claim.
Supervisor find_supervisor(const std::string& pod_dir);
// Takes an ended one off the process table, where it is this process's child.
void reap(const Supervisor& supervisor);

// Leaves stop.json and wakes the supervisor.
void ask_to_stop(const std::string& pod_dir, Duration grace);
// Ends supervisor and containers at once, with all they left. One that has its result is waited
// for.
void kill_pod(const std::string& pod_dir, std::string_view uid, const Supervisor* supervisor);
// For a pod whose supervisor ended without a result: kills what it left and writes the result
// "supervisor lost". Whether it was so.
bool settle_lost(const std::string& pod_dir);

}  // namespace wf::local
