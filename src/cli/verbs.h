// SPDX-License-Identifier: Apache-2.0
// cli/verbs.h: what `argo` can do: one function a verb.
#pragma once
#include <span>
#include <string_view>

namespace wf::cli {

// What follows the program's name, the verb first. Gives the exit status.
using Arguments = std::span<const char* const>;
using Verb = int (*)(Arguments arguments);

struct VerbEntry {
  std::string_view name;
  std::string_view summary;  // one line of `argo help`; "": not shown there
  Verb run = nullptr;        // null: a group, which has verbs of its own
  std::span<const VerbEntry> verbs{};
};
std::span<const VerbEntry> verbs();

// Finds the verb, which may stand behind global flags, and runs it.
int run(Arguments arguments);

// Groups.
std::span<const VerbEntry> template_verbs();
std::span<const VerbEntry> cluster_template_verbs();
std::span<const VerbEntry> cron_verbs();
std::span<const VerbEntry> image_verbs();
std::span<const VerbEntry> system_verbs();
std::span<const VerbEntry> config_verbs();
std::span<const VerbEntry> secret_verbs();

int complete(Arguments arguments);
int completion(Arguments arguments);
int convert(Arguments arguments);
int cp(Arguments arguments);
int doctor(Arguments arguments);
int engine(Arguments arguments);
int get(Arguments arguments);
int lint(Arguments arguments);
int list(Arguments arguments);
int logs(Arguments arguments);
int node(Arguments arguments);
int plan(Arguments arguments);
int remove(Arguments arguments);
int resubmit(Arguments arguments);
int resume(Arguments arguments);
int retry(Arguments arguments);
int server(Arguments arguments);
int simulate(Arguments arguments);
int stop(Arguments arguments);
int submit(Arguments arguments);
int suspend(Arguments arguments);
int terminate(Arguments arguments);
int test(Arguments arguments);
int version(Arguments arguments);
int wait(Arguments arguments);
int watch(Arguments arguments);

}  // namespace wf::cli
