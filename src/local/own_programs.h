// SPDX-License-Identifier: Apache-2.0
// local/own_programs.h: the project's programs lie in one folder.
#pragma once
#include <string>
#include <string_view>

namespace wf::local {

std::string own_directory();                     // of the running program
std::string own_program(std::string_view name);  // beside the running program

}  // namespace wf::local
