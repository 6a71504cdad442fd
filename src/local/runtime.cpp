// SPDX-License-Identifier: Apache-2.0
#include "local/runtime.h"

#include <unistd.h>

#include "base/text.h"
#include "io/system.h"

namespace wf::local {

std::string find_on_path(std::string_view program) {
  const std::string folders =
      cat(io::environment("PATH").value_or(""), ":/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin");
  for (const std::string_view folder : split(folders, ":")) {
    const std::string path = cat(folder, "/", program);
    if (!folder.empty() && ::access(path.c_str(), X_OK) == 0) return path;
  }
  return {};
}

Result<std::string> find_runtime() {
  for (const std::string_view name : {"crun", "runc"}) {
    if (std::string path = find_on_path(name); !path.empty()) return path;
  }
  return Error(
      "driver oci needs crun or runc, and neither is installed: apt-get install crun "
      "(or run steps as plain processes: --driver process)",
      Code::NotFound);
}

}  // namespace wf::local
