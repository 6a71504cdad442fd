// SPDX-License-Identifier: Apache-2.0
// cli/verbs.h: what `argo` can do: one function a verb, one file each.
#pragma once
#include <span>
#include <string_view>

namespace wf::cli {

// What follows the program's name, the verb first. Gives the exit status.
using Arguments = std::span<const char* const>;
using Verb = int (*)(Arguments arguments);

struct VerbEntry {
  std::string_view name;
  std::string_view summary;  // one line of `argo help`
  Verb run;
};
std::span<const VerbEntry> verbs();
// Null where there is none of that name.
const VerbEntry* find_verb(std::string_view name);

int lint(Arguments arguments);
int simulate(Arguments arguments);

}  // namespace wf::cli
