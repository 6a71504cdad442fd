// SPDX-License-Identifier: Apache-2.0
// local/runtime.h: which OCI runtime this machine has.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace wf::local {

// Path of a program by $PATH and the usual folders of root's; "" where there is none.
std::string find_on_path(std::string_view program);
// crun, else runc. NotFound names what to install.
Result<std::string> find_runtime();

}  // namespace wf::local
