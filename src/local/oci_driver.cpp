// SPDX-License-Identifier: Apache-2.0
#include "local/driver.h"
namespace wf::local {
std::unique_ptr<PodDriver> make_oci_driver(const Request& request, const std::string& pod_dir, Loop&) {
  return make_process_driver(request, pod_dir);
}
}  // namespace wf::local
