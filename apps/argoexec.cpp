// SPDX-License-Identifier: Apache-2.0
// argoexec: the small program that owns a pod on one machine and that runs inside its containers.
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "executor/emissary.h"
#include "local/supervisor.h"

int main(int argc, char** argv) try {
  const std::string_view verb = argc > 1 ? argv[1] : "";
  if (verb == "supervise" && argc == 3) return wf::local::supervise(argv[2]);
  if (verb == "emissary")
    return wf::executor::run_emissary(std::vector<std::string>(argv + 2, argv + argc));
  std::fputs("usage: argoexec supervise DIR\n       argoexec emissary [FLAGS] -- COMMAND [ARGS]\n",
             stderr);
  return 2;
} catch (const std::exception& error) {
  std::fprintf(stderr, "argoexec: %s\n", error.what());
  return 70;
}
