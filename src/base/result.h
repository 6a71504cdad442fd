// SPDX-License-Identifier: Apache-2.0
// base/result.h: a value or the Error that prevented it. C++20 has no std::expected.
//   TRY(const int n, parse_int(text));   // declares n, or returns the error to the caller
//   TRY_DO(write(file));                 // for Result<void>
#pragma once
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/check.h"
#include "base/error.h"

namespace wf {

template <class T>
class [[nodiscard]] Result {
 public:
  template <class U = T>
    requires(std::is_convertible_v<U &&, T> && !std::is_same_v<std::remove_cvref_t<U>, Error> &&
             !std::is_same_v<std::remove_cvref_t<U>, Result>)
  Result(U&& value) : state_(std::in_place_index<0>, std::forward<U>(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() & { CHECK(ok()); return *std::get_if<0>(&state_); }
  const T& value() const& { CHECK(ok()); return *std::get_if<0>(&state_); }
  T&& value() && { CHECK(ok()); return std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  Error& error() { CHECK(!ok()); return *std::get_if<1>(&state_); }
  const Error& error() const { CHECK(!ok()); return *std::get_if<1>(&state_); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}
  bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  Error& error() { CHECK(error_); return *error_; }
  const Error& error() const { CHECK(error_); return *error_; }

 private:
  std::optional<Error> error_;
};

}  // namespace wf

#define WF_JOIN2(a, b) a##b
#define WF_JOIN(a, b) WF_JOIN2(a, b)
#define TRY(declaration, expression)                                           \
  auto WF_JOIN(try_, __LINE__) = (expression);                                 \
  if (!WF_JOIN(try_, __LINE__).ok()) return std::move(WF_JOIN(try_, __LINE__).error()); \
  declaration = std::move(WF_JOIN(try_, __LINE__)).value()
#define TRY_DO(expression)                                                     \
  do {                                                                         \
    auto try_do_ = (expression);                                               \
    if (!try_do_.ok()) return std::move(try_do_.error());                      \
  } while (false)
