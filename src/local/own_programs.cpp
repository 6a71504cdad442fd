// SPDX-License-Identifier: Apache-2.0
#include "local/own_programs.h"

#include <unistd.h>

#include "base/text.h"

namespace wf::local {

std::string own_directory() {
  char path[4096];
  const ssize_t length = ::readlink("/proc/self/exe", path, sizeof path);
  const std::string_view text(path, length > 0 ? static_cast<size_t>(length) : 0);
  return std::string(text.substr(0, text.rfind('/')));
}

std::string own_program(std::string_view name) { return cat(own_directory(), "/", name); }

}  // namespace wf::local
