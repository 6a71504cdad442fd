// SPDX-License-Identifier: Apache-2.0
// Everything that a supervisor starts inherits a variable with the pod's uid, so that what is left
// of a lost supervisor's pod can be found whatever sessions and groups it made for itself.
#include <signal.h>
#include <unistd.h>

#include <cstdlib>

#include "base/text.h"
#include "io/file.h"
#include "local/driver.h"

namespace wf::local {
namespace {

bool carries(const std::string& environ, std::string_view marker) {
  for (size_t at = environ.find(marker); at != std::string::npos;
       at = environ.find(marker, at + 1)) {
    const bool begins = at == 0 || environ[at - 1] == '\0';
    const size_t end = at + marker.size();
    if (begins && (end == environ.size() || environ[end] == '\0')) return true;
  }
  return false;
}

int kill_once(std::string_view marker) {
  int killed = 0;
  const auto entries = io::list_directory("/proc");
  if (!entries) return 0;
  for (const std::string& entry : *entries) {
    if (entry.find_first_not_of("0123456789") != std::string::npos) continue;
    const pid_t pid = static_cast<pid_t>(std::strtol(entry.c_str(), nullptr, 10));
    const auto environ = io::read_file(cat("/proc/", entry, "/environ"));
    if (!environ || pid == ::getpid() || !carries(*environ, marker)) continue;
    if (::kill(pid, SIGKILL) == 0) ++killed;
  }
  return killed;
}

}  // namespace

bool kill_marked(std::string_view uid) {
  const std::string marker = cat(kMarker, "=", uid);
  // A process may fork while we look: until two looks find nobody. A killed one shows an empty
  // environment.
  int quiet = 0;
  for (int round = 0; round < 300 && quiet < 2; ++round) {
    quiet = kill_once(marker) == 0 ? quiet + 1 : 0;
    if (quiet == 0) ::usleep(2000);
  }
  return quiet == 2;
}

}  // namespace wf::local
