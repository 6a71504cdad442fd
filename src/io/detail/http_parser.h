// SPDX-License-Identifier: Apache-2.0
// io/detail/http_parser.h: Boost.Beast's strict HTTP/1.1 parser behind a small interface, so that
// one source file pays for its headers.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "io/http.h"

namespace wf::io::detail {

// Reads one message. Feed it bytes until done(); take the body as it comes.
class HttpParser {
 public:
  enum class Role { Request, Response };
  // A longer head or body is an InvalidArgument error.
  explicit HttpParser(Role role, uint64_t body_max = UINT64_MAX);
  HttpParser(HttpParser&&) noexcept;
  HttpParser& operator=(HttpParser&&) noexcept;
  ~HttpParser();

  // How many of the bytes were used; the others are to be given again, with more behind them.
  Result<size_t> put(std::string_view bytes);
  // The peer closed; ends a body without length, an error inside any other.
  Result<void> put_end();
  // Responses: there is no body whatever the head says (HEAD was asked).
  void skip_body();

  bool head_done() const;
  bool done() const;
  bool keep_alive() const;
  // Of the head; valid once head_done().
  int status() const;
  std::string_view method() const;
  std::string_view target() const;
  Headers headers() const;
  // The body's bytes that came since the last call.
  std::string take_body();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wf::io::detail
