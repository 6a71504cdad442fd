// SPDX-License-Identifier: Apache-2.0
// spec/url_path.h: a URL's path, taken out and put in, with Go's rules for what is escaped.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace wf::spec {

// The path, unescaped. Fails for a bad %-escape.
Result<std::string> url_path(std::string_view url);
// The URL with this path instead, which begins with a slash where there is a host.
Result<std::string> url_with_path(std::string_view url, std::string_view path);

}  // namespace wf::spec
