// SPDX-License-Identifier: Apache-2.0
#include "io/http_client.h"

#include <openssl/evp.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>

#include "base/text.h"
#include "io/detail/http_parser.h"
#include "io/system.h"

namespace wf::io {
namespace {

using detail::HttpParser;
using Steady = std::chrono::steady_clock;

// A kept connection older than this is not used again: servers close idle ones.
constexpr auto kKeptFor = std::chrono::seconds(30);
constexpr size_t kKeptMax = 8;

std::string base64(std::string_view text) {
  std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  out.resize(static_cast<size_t>(size));
  return out;
}

struct Kept {
  std::unique_ptr<Transport> transport;
  Steady::time_point since;
};

struct Connected {
  std::unique_ptr<Transport> transport;
  std::string key;
  bool reused = false;
  bool by_proxy = false;  // a plain-HTTP proxy wants the absolute URL
};

std::string head_of(const HttpCall& call, const Url& url, const Connected& connected, const HttpClientOptions& options) {
  const std::string target = connected.by_proxy ? cat("http://", url.authority(), url.target) : url.target;
  std::string head = cat(call.method, " ", target, " HTTP/1.1\r\n");
  if (!call.headers.has("Host")) head += cat("Host: ", url.authority(), "\r\n");
  if (!url.user.empty() && !call.headers.has("Authorization")) {
    head += cat("Authorization: Basic ", base64(cat(url.user, ":", url.password)), "\r\n");
  }
  if (connected.by_proxy) {
    const auto proxy = parse_url(options.proxy);
    if (proxy.ok() && !proxy->user.empty()) {
      head += cat("Proxy-Authorization: Basic ", base64(cat(proxy->user, ":", proxy->password)), "\r\n");
    }
  }
  for (const auto& [name, value] : call.headers.fields()) {
    if (equal_ignoring_case(name, "Content-Length") || equal_ignoring_case(name, "Connection")) continue;
    head += cat(name, ": ", value, "\r\n");
  }
  if (call.body_source) {
    head += call.body_length ? cat("Content-Length: ", *call.body_length, "\r\n")
                             : std::string("Transfer-Encoding: chunked\r\n");
  } else if (!call.body.empty() || (call.method != "GET" && call.method != "HEAD" && call.method != "DELETE")) {
    head += cat("Content-Length: ", call.body.size(), "\r\n");
  }
  return head + "\r\n";
}

Result<void> send_source(Transport& transport, const HttpCall& call, Duration limit) {
  std::vector<char> buffer(256 * 1024);
  uint64_t sent = 0;
  for (;;) {
    TRY(const size_t got, call.body_source(buffer));
    if (got == 0) break;
    sent += got;
    const std::string_view piece(buffer.data(), got);
    if (call.body_length) {
      TRY_DO(transport.write(piece, limit));
    } else {
      char size[24];
      std::snprintf(size, sizeof size, "%zx\r\n", got);
      TRY_DO(transport.write(cat(size, piece, "\r\n"), limit));
    }
  }
  if (!call.body_length) return transport.write("0\r\n\r\n", limit);
  if (sent != *call.body_length) return Error("the body to send has another length than announced");
  return {};
}

// Turns the call into the one that a redirect asks for. Credentials stay with their host.
void redirect(HttpCall& call, const Url& from, int status, std::string_view location) {
  if (location.find("://") != location.npos) {
    call.url = location;
  } else if (location.starts_with("/")) {
    call.url = cat(from.scheme, "://", from.authority(), location);
  } else {
    const std::string_view path = from.raw_path();
    call.url = cat(from.scheme, "://", from.authority(), path.substr(0, path.rfind('/') + 1), location);
  }
  if (status == 303 || ((status == 301 || status == 302) && call.method == "POST")) {
    call.method = "GET";
    call.body.clear();
    call.headers.erase("Content-Type");
  }
  const auto to = parse_url(call.url);
  if (!to.ok() || to->host != from.host || to->scheme != from.scheme) {
    call.headers.erase("Authorization");
    call.headers.erase("Cookie");
  }
}

}  // namespace

class HttpClient::Impl {
 public:
  explicit Impl(HttpClientOptions options) : options_(std::move(options)) {}

  // `fresh`: not one that was kept.
  Result<Connected> connect(const Url& url, bool fresh);
  Result<HttpReply> exchange(const HttpCall& call, const Url& url, Connected connected, bool& nothing_came);
  void keep(const std::string& key, std::unique_ptr<Transport> transport);

  HttpClientOptions options_;
  std::weak_ptr<Impl> self_;  // replies keep the client's connections alive

 private:
  std::unique_ptr<Transport> take_kept(const std::string& key);
  Result<std::unique_ptr<Transport>> dial(const Url& url, bool& by_proxy);
  Result<void> tunnel(Transport& transport, const Url& proxy, const Url& url);

  std::mutex mutex_;  // guards the two below
  std::multimap<std::string, Kept> kept_;
  std::shared_ptr<TlsContext> tls_;
};

class HttpReply::Body {
 public:
  Body(std::shared_ptr<HttpClient::Impl> client, Connected connected, Duration limit)
      : client_(std::move(client)), connected_(std::move(connected)), limit_(limit),
        parser_(HttpParser::Role::Response) {}

  ~Body() {
    if (parser_.done() && parser_.keep_alive() && unread_.empty() && !cancelled_) {
      client_->keep(connected_.key, std::move(connected_.transport));
    }
  }

  // Reads until the final head is there; 1xx answers are passed over.
  Result<void> read_head(bool head_only, bool& nothing_came) {
    if (head_only) parser_.skip_body();
    for (;;) {
      TRY_DO(feed(nothing_came));
      if (!parser_.head_done()) continue;
      if (parser_.status() >= 200) return {};
      parser_ = HttpParser(HttpParser::Role::Response);
      if (head_only) parser_.skip_body();
    }
  }

  Result<size_t> read_some(std::span<char> into) {
    while (at_ == body_.size()) {
      body_ = parser_.take_body();
      at_ = 0;
      if (!body_.empty()) break;
      if (parser_.done()) return size_t{0};
      bool unused = false;
      TRY_DO(feed(unused));
    }
    const size_t count = std::min(into.size(), body_.size() - at_);
    std::copy_n(body_.data() + at_, count, into.data());
    at_ += count;
    return count;
  }

  int status() const { return parser_.status(); }
  Headers headers() const { return parser_.headers(); }
  void cancel() {
    cancelled_ = true;
    connected_.transport->shutdown();
  }

 private:
  Result<void> feed(bool& nothing_came) {
    if (!unread_.empty()) {
      TRY(const size_t used, parser_.put(unread_));
      unread_.erase(0, used);
      if (used > 0) return {};
    }
    char buffer[64 * 1024];
    TRY(const size_t got, connected_.transport->read_some(buffer, limit_));
    if (got == 0) {
      if (nothing_came) return Error("the server closed the connection", Code::Unavailable);
      return parser_.put_end();
    }
    nothing_came = false;
    unread_.append(buffer, got);
    TRY(const size_t used, parser_.put(unread_));
    unread_.erase(0, used);
    return {};
  }

  std::shared_ptr<HttpClient::Impl> client_;
  Connected connected_;
  Duration limit_;
  HttpParser parser_;
  std::string unread_, body_;
  size_t at_ = 0;
  std::atomic<bool> cancelled_{false};
};

HttpReply::HttpReply(std::unique_ptr<Body> body) : body_(std::move(body)) {}
HttpReply::HttpReply(HttpReply&&) noexcept = default;
HttpReply& HttpReply::operator=(HttpReply&&) noexcept = default;
HttpReply::~HttpReply() = default;
Result<size_t> HttpReply::read_some(std::span<char> into) { return body_->read_some(into); }
void HttpReply::cancel() { body_->cancel(); }

Result<std::string> HttpReply::read_all(size_t size_max) {
  std::string all;
  char buffer[32 * 1024];
  for (;;) {
    TRY(const size_t got, read_some(buffer));
    if (got == 0) return all;
    all.append(buffer, got);
    if (all.size() > size_max) return Error(cat("the answer is longer than ", size_max, " bytes"));
  }
}

Result<std::optional<std::string>> HttpReply::read_line() {
  std::string line;
  char c = 0;
  for (;;) {
    TRY(const size_t got, read_some(std::span(&c, 1)));
    if (got == 0) return line.empty() ? std::optional<std::string>() : std::optional(std::move(line));
    if (c == '\n') break;
    line.push_back(c);
  }
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return std::optional(std::move(line));
}

std::unique_ptr<Transport> HttpClient::Impl::take_kept(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto now = Steady::now();
  std::erase_if(kept_, [&](const auto& entry) { return now - entry.second.since > kKeptFor; });
  const auto at = kept_.find(key);
  if (at == kept_.end()) return nullptr;
  auto transport = std::move(at->second.transport);
  kept_.erase(at);
  return transport;
}

void HttpClient::Impl::keep(const std::string& key, std::unique_ptr<Transport> transport) {
  const std::lock_guard lock(mutex_);
  if (kept_.count(key) < kKeptMax) kept_.emplace(key, Kept{std::move(transport), Steady::now()});
}

// Asks an HTTP proxy for a way through to `url`'s host.
Result<void> HttpClient::Impl::tunnel(Transport& transport, const Url& proxy, const Url& url) {
  const std::string place = cat(url.host.find(':') == url.host.npos ? url.host : cat("[", url.host, "]"), ":", url.port);
  std::string head = cat("CONNECT ", place, " HTTP/1.1\r\nHost: ", place, "\r\n");
  if (!proxy.user.empty()) {
    head += cat("Proxy-Authorization: Basic ", base64(cat(proxy.user, ":", proxy.password)), "\r\n");
  }
  TRY_DO(transport.write(head + "\r\n", options_.connect_limit));
  HttpParser parser(HttpParser::Role::Response);
  parser.skip_body();
  std::string unread;
  while (!parser.head_done()) {
    char buffer[4096];
    TRY(const size_t got, transport.read_some(buffer, options_.connect_limit));
    if (got == 0) return Error("the proxy closed the connection", Code::Unavailable);
    unread.append(buffer, got);
    TRY(const size_t used, parser.put(unread));
    unread.erase(0, used);
  }
  if (parser.status() / 100 != 2) {
    return Error(cat("the proxy refused the connection with status ", parser.status()), Code::Unavailable);
  }
  return {};
}

Result<std::unique_ptr<Transport>> HttpClient::Impl::dial(const Url& url, bool& by_proxy) {
  std::unique_ptr<Transport> transport;
  if (!options_.unix_socket.empty()) {
    TRY(transport, connect_unix(options_.unix_socket, options_.connect_limit));
  } else if (!options_.proxy.empty()) {
    TRY(const Url proxy, parse_url(options_.proxy));
    TRY(transport, connect_tcp(proxy.host, proxy.port, options_.connect_limit));
    by_proxy = !url.secure();
    if (url.secure()) TRY_DO(tunnel(*transport, proxy, url));
  } else {
    TRY(transport, connect_tcp(url.host, url.port, options_.connect_limit));
  }
  if (!url.secure()) return transport;
  std::shared_ptr<TlsContext> tls;
  {
    const std::lock_guard lock(mutex_);
    if (tls_ == nullptr) {
      TRY(tls_, TlsContext::client(options_.tls));
    }
    tls = tls_;
  }
  return tls_connect(tls, std::move(transport), url.host, options_.connect_limit);
}

Result<Connected> HttpClient::Impl::connect(const Url& url, bool fresh) {
  Connected connected;
  connected.key = cat(url.scheme, "://", url.host, ":", url.port);
  connected.by_proxy = !options_.proxy.empty() && options_.unix_socket.empty() && !url.secure();
  if (!fresh) connected.transport = take_kept(connected.key);
  connected.reused = connected.transport != nullptr;
  if (!connected.reused) {
    TRY(connected.transport, dial(url, connected.by_proxy));
  }
  return connected;
}

// Sends the call and waits for the reply's head.
Result<HttpReply> HttpClient::Impl::exchange(const HttpCall& call, const Url& url, Connected connected,
                                             bool& nothing_came) {
  const Duration limit = call.idle_limit.value_or(options_.idle_limit);
  const std::string head = head_of(call, url, connected, options_);
  auto sent = connected.transport->write(call.body_source ? head : head + call.body, limit);
  if (sent.ok() && call.body_source) {
    nothing_came = false;  // the source cannot be read again
    sent = send_source(*connected.transport, call, limit);
  }
  // A server may refuse before it has read all: its answer says more than the broken connection.
  if (!sent.ok() && sent.error().code() == Code::InvalidArgument) return std::move(sent.error());
  auto body = std::make_unique<HttpReply::Body>(self_.lock(), std::move(connected), limit);
  auto head_read = body->read_head(call.method == "HEAD", nothing_came);
  if (!head_read.ok()) return sent.ok() ? std::move(head_read.error()) : std::move(sent.error());
  HttpReply reply(std::move(body));
  reply.status = reply.body_->status();
  reply.headers = reply.body_->headers();
  return reply;
}

HttpClient::HttpClient(HttpClientOptions options) : impl_(std::make_shared<Impl>(std::move(options))) {
  impl_->self_ = impl_;
}
HttpClient::~HttpClient() = default;

Result<HttpReply> HttpClient::open(const HttpCall& call) {
  HttpCall now = call;
  for (int redirects = 0;; ++redirects) {
    TRY(const Url url, parse_url(now.url));
    TRY(Connected connected, impl_->connect(url, false));
    const bool reused = connected.reused;
    bool nothing_came = true;
    auto reply = impl_->exchange(now, url, std::move(connected), nothing_came);
    if (!reply.ok() && reused && nothing_came) {
      // The server had closed the kept connection; nothing of the call was answered.
      TRY(Connected again, impl_->connect(url, true));
      reply = impl_->exchange(now, url, std::move(again), nothing_came);
    }
    if (!reply.ok()) return std::move(reply.error()).wrap(cat(now.method, " ", url.scheme, "://", url.authority(), url.raw_path()));
    const bool redirected = reply->status / 100 == 3 && reply->headers.has("Location") && !now.body_source;
    if (!redirected || redirects >= impl_->options_.redirects_max) return reply;
    redirect(now, url, reply->status, reply->headers.get("Location"));
  }
}

Result<HttpResponse> HttpClient::send(const HttpCall& call) {
  TRY(HttpReply reply, open(call));
  HttpResponse response;
  response.status = reply.status;
  response.headers = reply.headers;
  TRY(response.body, reply.read_all());
  return response;
}

std::string proxy_from_environment(const Url& url) {
  const auto either = [](const char* lower, const char* upper) {
    auto value = environment(lower);
    if (!value || value->empty()) value = environment(upper);
    return value.value_or("");
  };
  const std::string exempt = either("no_proxy", "NO_PROXY");
  for (std::string_view name : split(exempt, ",")) {
    name = trim(name);
    if (name == "*") return "";
    if (name.starts_with('.')) name.remove_prefix(1);
    if (name.empty() || !std::string_view(url.host).ends_with(name)) continue;
    const size_t rest = url.host.size() - name.size();
    if (rest == 0 || url.host[rest - 1] == '.') return "";
  }
  // As Go: no proxy for this machine itself.
  if (url.host == "localhost" || url.host.starts_with("127.") || url.host == "::1") return "";
  return url.secure() ? either("https_proxy", "HTTPS_PROXY") : either("http_proxy", "HTTP_PROXY");
}

}  // namespace wf::io
