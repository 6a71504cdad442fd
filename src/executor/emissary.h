// SPDX-License-Identifier: Apache-2.0
// executor/emissary.h: first process of a container: starts the user's command as a process group
// of its own, hands every signal on to it, reaps what is orphaned, and ends as it ended.
#pragma once
#include <string>
#include <vector>

namespace wf::executor {

// `argoexec emissary [--started=FILE] [flags] -- COMMAND [ARGS]`. FILE is made once signals are
// taken. The command's exit code, 128 + its signal, or 64 where it could not be started: then
// standard error and /dev/termination-log say why.
int run_emissary(const std::vector<std::string>& arguments);

}  // namespace wf::executor
