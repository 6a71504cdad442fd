// SPDX-License-Identifier: Apache-2.0
// io/http_client.h: a blocking HTTP/1.1 client over TCP, TLS or a unix socket. Connections are kept
// and used again. A client may be used by many threads; a reply by one (but cancel() by any).
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "io/http.h"
#include "io/tls.h"

namespace wf::io {

struct HttpClientOptions {
  std::string unix_socket;  // set: all requests go there, whatever host the URL names
  TlsClientOptions tls;
  std::string proxy;        // "http://[user:password@]host:port", or "" for none
  Duration connect_limit = std::chrono::seconds(10);
  Duration idle_limit = std::chrono::seconds(60);  // without a byte from or to the server
  int redirects_max = 0;
};

// The proxy that HTTP_PROXY, HTTPS_PROXY and NO_PROXY (or their lower-case forms) name for this URL, or "".
std::string proxy_from_environment(const Url& url);

struct HttpCall {
  std::string method = "GET";
  std::string url;  // absolute: http://host[:port]/path?query
  Headers headers;  // Host, Content-Length and Connection are the client's own
  std::string body;
  // Set: the body instead of `body`, read piece by piece; gives 0 at the end. Exactly body_length
  // bytes, or chunked where that is unknown. A call with it is never sent twice.
  std::function<Result<size_t>(std::span<char>)> body_source;
  std::optional<uint64_t> body_length;
  std::optional<Duration> idle_limit;  // instead of the client's
};

class HttpReply {
 public:
  HttpReply(HttpReply&&) noexcept;
  HttpReply& operator=(HttpReply&&) noexcept;
  ~HttpReply();  // a body not read to its end closes the connection

  int status = 0;
  Headers headers;
  // The next bytes of the body; 0 at its end.
  Result<size_t> read_some(std::span<char> into);
  // What is left of it; InvalidArgument beyond `size_max`.
  Result<std::string> read_all(size_t size_max = 512u << 20);
  // The next line without its end; nothing at the body's end.
  Result<std::optional<std::string>> read_line();
  // From any thread: reading ends with an error.
  void cancel();

 private:
  friend class HttpClient;
  class Body;
  explicit HttpReply(std::unique_ptr<Body> body);
  std::unique_ptr<Body> body_;
};

class HttpClient {
 public:
  explicit HttpClient(HttpClientOptions options = {});
  ~HttpClient();

  // The reply's head has come when this returns. Any status is a reply, not an error. Errors:
  // Unavailable (nobody there, connection broken), Timeout, Unauthenticated (certificate refused).
  Result<HttpReply> open(const HttpCall& call);
  // The same with the whole body.
  Result<HttpResponse> send(const HttpCall& call);

 private:
  friend class HttpReply;
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace wf::io
