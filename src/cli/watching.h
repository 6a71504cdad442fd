// SPDX-License-Identifier: Apache-2.0
// cli/watching.h: following workflows until they end. Ctrl-C ends the watching, never the workflow:
// it runs in the engine. An engine that dies meanwhile is started again and asked further.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "cli/client.h"
#include "cli/workflow_output.h"

namespace wf::cli {

// The name that "@latest" means now; others must exist.
Result<std::string> resolve_name(Client& client, const std::string& ns, const std::string& name);

// Calls `see` with each state of the workflow, the present one first, until it gives false. NotFound
// when it is deleted.
Result<void> follow_workflow(Client& client, const std::string& ns, const std::string& name,
                             const std::function<bool(const json::Value&)>& see);

struct WaitOptions {
  bool ignore_not_found = false;
  bool quiet = false;
};
// Waits for all of them, telling of each; whether all succeeded.
Result<bool> wait_for(Client& client, const std::string& ns, const std::vector<std::string>& names, WaitOptions options);

// Shows the screen of `argo get` until the workflow ends.
Result<void> watch_workflow(Client& client, const std::string& ns, const std::string& name, const OutputFlags& flags);

struct LogFlags {
  std::string container = "main", since, since_time, grep, selector;
  std::optional<int64_t> tail;
  bool follow = false, previous = false, timestamps = false, no_color = false;
};
Result<void> print_logs(Client& client, const std::string& ns, const std::string& workflow, const std::string& pod,
                        const LogFlags& flags);

// --wait, --watch and --log of the verbs that start workflows.
struct FollowFlags {
  bool wait = false, watch = false, log = false;
  void declare(Flags& flags);
  // The exit status.
  int follow(Client& client, const std::string& ns, const std::vector<std::string>& names, const OutputFlags& output) const;
};

}  // namespace wf::cli
