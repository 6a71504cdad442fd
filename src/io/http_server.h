// SPDX-License-Identifier: Apache-2.0
// io/http_server.h: an HTTP/1.1 server on unix sockets and TCP, plain or TLS.
// One thread waits on the listeners and on idle connections; a connection with a request is served
// by a worker thread, which may block. So idle connections cost no thread, and handlers and streams
// are plain functions. No HTTP/2.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "io/http.h"
#include "io/tls.h"

namespace wf::io {

// Answers one request. Called from many threads at once. An exception (a Bug of ours) answers 500.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

struct HttpServerOptions {
  size_t requests_at_once_max = 256;  // streams among them
  uint64_t body_max = 128ull << 20;   // longer ones are refused with 413
  Duration patience = std::chrono::seconds(30);  // with a client that stalls inside a message
  Duration idle_max = std::chrono::seconds(120);
};

class HttpServer {
 public:
  explicit HttpServer(HttpHandler handler, HttpServerOptions options = {});
  ~HttpServer();  // stops

  // Before start(). An existing socket file is replaced: the caller holds the lock that makes it its own.
  Result<void> listen_unix(const std::string& path);
  // Gives the port, chosen by the system for 0. `tls` may be null.
  Result<int> listen_tcp(const std::string& host, int port, std::shared_ptr<TlsContext> tls = nullptr);
  Result<void> start();
  // Ends streams and connections and waits for the handlers that run.
  void stop();
  // Requests being answered now, streams included.
  size_t busy() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wf::io
