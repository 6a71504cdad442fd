// SPDX-License-Identifier: Apache-2.0
// base/check.h: CHECK(condition) states what must hold whatever the world does, in every build.
// A broken one throws Bug, which only a controller's turn, an HTTP request and main catch.
#pragma once
#include <stdexcept>

namespace wf {

class Bug : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace wf

#define CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::wf::check_failed(#condition, __FILE__, __LINE__))
