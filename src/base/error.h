// SPDX-License-Identifier: Apache-2.0
// base/error.h: what went wrong, as a value. Failures that the world or the user causes travel as
// Error inside Result (base/result.h); broken invariants of ours are CHECKs (base/check.h).
#pragma once
#include <string>
#include <string_view>
#include <utility>

namespace wf {

// A code exists only where some caller acts on it.
enum class Code {
  InvalidArgument,
  NotFound,
  AlreadyExists,
  Conflict,
  Unauthenticated,
  Forbidden,
  Unavailable,
  Timeout,
  Internal,
};

// The code's name as printed in logs: "NotFound".
std::string_view name_of(Code code);

class [[nodiscard]] Error {
 public:
  explicit Error(std::string message, Code code = Code::InvalidArgument)
      : code_(code), message_(std::move(message)) {}
  Code code() const { return code_; }
  const std::string& message() const { return message_; }
  // The same error seen from further out: "reading artifact 'a': <message>".
  Error wrap(std::string_view context) &&;

 private:
  Code code_;
  std::string message_;
};

// Whether doing the same again later may succeed. The only judge of retrying.
bool transient(const Error& error);

}  // namespace wf
