// SPDX-License-Identifier: Apache-2.0
// argo: the command line.
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include "cli/verbs.h"

namespace {

int usage(std::FILE* out, int status) {
  std::fprintf(out, "argo is the command line interface to Argo\n\nUsage:\n  argo COMMAND\n\nAvailable Commands:\n");
  for (const wf::cli::VerbEntry& verb : wf::cli::verbs()) {
    std::fprintf(out, "  %-18s %s\n", std::string(verb.name).c_str(), std::string(verb.summary).c_str());
  }
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return usage(stdout, 0);
  const std::string_view name = argv[1];
  if (name == "help" || name == "--help" || name == "-h") return usage(stdout, 0);
  const wf::cli::VerbEntry* verb = wf::cli::find_verb(name);
  if (verb == nullptr) {
    std::fprintf(stderr, "Error: unknown command \"%s\" for \"argo\"\nRun 'argo --help' for usage.\n", argv[1]);
    return 1;
  }
  try {
    return verb->run({argv + 1, static_cast<size_t>(argc - 1)});
  } catch (const std::exception& bug) {
    std::fprintf(stderr, "argo: internal error: %s\n", bug.what());
    return 70;
  }
}
