// SPDX-License-Identifier: Apache-2.0
#include "api/stream.h"

#include "base/text.h"
#include "json/text.h"

namespace wf::api {
namespace {
constexpr auto kKeepAlive = std::chrono::seconds(15);
}

bool Messages::write(const std::string& message) {
  last_ = std::chrono::steady_clock::now();
  // The blank before the line end is Argo's.
  return out_.write(server_sent_ ? cat("data: ", message, " \n\n") : cat(message, "\n"));
}

bool Messages::send(const json::Value& result) {
  return write(json::print(json::Value::object({{"result", result}})));
}

void Messages::send_error(const Error& error) { write(stream_error(error)); }

bool Messages::tick() {
  if (out_.gone()) return false;
  if (!server_sent_ || std::chrono::steady_clock::now() - last_ < kKeepAlive) return true;
  last_ = std::chrono::steady_clock::now();
  return out_.write(":\n");
}

io::HttpResponse streamed(const Call& call, std::function<Result<void>(Messages&)> produce) {
  const bool server_sent = call.request.headers.get("Accept").find("text/event-stream") != std::string_view::npos;
  io::HttpResponse response;
  response.headers.set("Content-Type", server_sent ? "text/event-stream" : "application/json");
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.stream = [server_sent, produce = std::move(produce)](io::BodyWriter& out) {
    Messages messages(out, server_sent);
    // The head goes out at once, so that clients see that the watch has begun.
    if (server_sent && !out.write(":\n")) return;
    const auto done = produce(messages);
    if (!done.ok()) messages.send_error(done.error());
  };
  return response;
}

}  // namespace wf::api
