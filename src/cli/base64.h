// SPDX-License-Identifier: Apache-2.0
// cli/base64.h: the text form of the bytes in Secrets.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace wf::cli {

std::string to_base64(std::string_view bytes);
// How many bytes a base64 text stands for.
size_t from_base64_size(std::string_view text);

}  // namespace wf::cli
