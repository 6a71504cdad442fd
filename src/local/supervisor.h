// SPDX-License-Identifier: Apache-2.0
// local/supervisor.h: the process that owns one pod. It claims the pod's folder, plays the parts of
// Argo's init and wait containers, runs the others by a PodDriver, and leaves result.json behind.
// It needs no engine while it runs: what it has to say lies in files, a datagram only says "look".
#pragma once
#include <string>

namespace wf::local {

// `argoexec supervise DIR`: its exit status is 0 when the pod has its result, whatever that is;
// kAlreadyClaimed when the pod has, or had, another supervisor.
inline constexpr int kAlreadyClaimed = 3;
int supervise(const std::string& pod_dir);

}  // namespace wf::local
