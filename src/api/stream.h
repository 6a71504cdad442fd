// SPDX-License-Identifier: Apache-2.0
// api/stream.h: answers that go on: {"result": …} a line, or server-sent events.
#pragma once
#include <functional>
#include <string>

#include "api/call.h"

namespace wf::api {

// Sends messages to one client. Used by the stream's thread.
class Messages {
 public:
  Messages(io::BodyWriter& out, bool server_sent) : out_(out), server_sent_(server_sent) {}
  // False: the client has gone.
  bool send(const json::Value& result);
  void send_error(const Error& error);
  // To be called at least every second: keeps an idle connection alive. False: the client has gone.
  bool tick();

 private:
  bool write(const std::string& message);
  io::BodyWriter& out_;
  const bool server_sent_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

// A response whose messages `produce` sends. An Error that it returns is sent last.
io::HttpResponse streamed(const Call& call, std::function<Result<void>(Messages&)> produce);

}  // namespace wf::api
