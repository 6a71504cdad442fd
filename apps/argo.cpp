// SPDX-License-Identifier: Apache-2.0
// argo: the command line.
#include <cstdio>
#include <exception>

#include "cli/verbs.h"

int main(int argc, char** argv) {
  try {
    return wf::cli::run({argv + 1, static_cast<size_t>(argc - 1)});
  } catch (const std::exception& bug) {
    std::fprintf(stderr, "argo: internal error: %s\n", bug.what());
    return 70;
  }
}
