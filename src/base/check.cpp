// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"

#include <string>

namespace wf {

void check_failed(const char* condition, const char* file, int line) {
  throw Bug(std::string(file) + ":" + std::to_string(line) + ": broken belief: " + condition);
}

}  // namespace wf
