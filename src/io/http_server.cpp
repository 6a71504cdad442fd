// SPDX-License-Identifier: Apache-2.0
#include "io/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "base/text.h"
#include "io/detail/http_parser.h"
#include "io/file.h"
#include "io/worker_pool.h"

namespace wf::io {
namespace {

using Steady = std::chrono::steady_clock;
using detail::HttpParser;

constexpr uint64_t kWake = 0;  // epoll data of the eventfd; listeners and connections have ids above

struct Listener {
  Fd socket;
  std::shared_ptr<TlsContext> tls;
};

// One client. Belongs to the loop while idle, to one worker while it is served.
struct Connection {
  uint64_t id = 0;
  std::unique_ptr<Transport> transport;
  std::shared_ptr<TlsContext> tls;  // set until the handshake is done
  std::string peer;
  std::string unread;  // bytes received beyond the last message
  Steady::time_point idle_since;
  bool idle = false;
};
using ConnectionPtr = std::shared_ptr<Connection>;

// The head of a response; `length` unknown means chunked.
std::string head_of(const HttpResponse& response, std::optional<size_t> length, bool keep_alive) {
  std::string head = cat("HTTP/1.1 ", response.status, " ", reason_phrase(response.status), "\r\n");
  for (const auto& [name, value] : response.headers.fields()) {
    if (equal_ignoring_case(name, "Content-Length") || equal_ignoring_case(name, "Connection")) continue;
    head += cat(name, ": ", value, "\r\n");
  }
  if (!length) {
    head += "Transfer-Encoding: chunked\r\n";
  } else if (response.status >= 200 && response.status != 204 && response.status != 304) {
    head += cat("Content-Length: ", *length, "\r\n");
  }
  if (!keep_alive) head += "Connection: close\r\n";
  return head + "\r\n";
}

class ChunkWriter final : public BodyWriter {
 public:
  ChunkWriter(Transport& transport, const std::atomic<bool>& stopping, Duration patience)
      : transport_(transport), stopping_(stopping), patience_(patience) {}

  bool write(std::string_view piece) override {
    if (failed_ || stopping_) return false;
    if (piece.empty()) return true;  // an empty chunk would end the body
    char size[24];
    std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
    failed_ = !transport_.write(cat(size, piece, "\r\n"), patience_).ok();
    return !failed_;
  }
  bool gone() override { return failed_ || stopping_ || transport_.peer_gone(); }
  bool finish() { return !failed_ && transport_.write("0\r\n\r\n", patience_).ok(); }

 private:
  Transport& transport_;
  const std::atomic<bool>& stopping_;
  Duration patience_;
  bool failed_ = false;
};

std::string peer_name(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET) {
    ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address).sin_addr, text, sizeof text);
  } else if (address.ss_family == AF_INET6) {
    ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr, text, sizeof text);
  } else {
    return "unix";
  }
  return text;
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(HttpHandler handler, HttpServerOptions options)
      : handler_(std::move(handler)), options_(options), pool_(options.requests_at_once_max) {}
  ~Impl() { stop(); }

  std::vector<Listener> listeners_;

  Result<void> start();
  void stop();
  size_t busy() const { return busy_; }

 private:
  void loop();
  void accept_all(const Listener& listener);
  void dispatch(uint64_t id);
  void close_idle();
  bool watch(int fd, uint64_t id, int operation, uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = id;
    return ::epoll_ctl(epoll_.get(), operation, fd, &event) == 0;
  }
  void serve(const ConnectionPtr& connection);
  bool serve_one(Connection& connection);
  Result<bool> read_request(Connection& connection, HttpRequest& request, bool& keep_alive, int& status);
  bool respond(Connection& connection, const HttpRequest& request, HttpResponse response, bool keep_alive);
  HttpResponse handle(const HttpRequest& request);
  void forget(const ConnectionPtr& connection);
  bool go_idle(const ConnectionPtr& connection);

  HttpHandler handler_;
  HttpServerOptions options_;
  Fd epoll_, wake_;
  std::atomic<bool> stopping_{false};
  std::atomic<size_t> busy_{0};
  std::mutex mutex_;  // guards connections_ and the idle fields of each
  std::map<uint64_t, ConnectionPtr> connections_;
  uint64_t next_id_ = 0;
  std::thread thread_;
  WorkerPool pool_;
};

Result<void> HttpServer::Impl::start() {
  epoll_ = Fd(::epoll_create1(EPOLL_CLOEXEC));
  wake_ = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!epoll_ || !wake_) return errno_error(errno, "starting the server's loop");
  next_id_ = listeners_.size() + 1;
  watch(wake_.get(), kWake, EPOLL_CTL_ADD, EPOLLIN);
  for (size_t i = 0; i < listeners_.size(); ++i) {
    if (!watch(listeners_[i].socket.get(), i + 1, EPOLL_CTL_ADD, EPOLLIN)) {
      return errno_error(errno, "watching a listener");
    }
  }
  thread_ = std::thread([this] { loop(); });
  return {};
}

void HttpServer::Impl::stop() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t put = ::write(wake_.get(), &one, sizeof one);
  thread_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, connection] : connections_) connection->transport->shutdown();
  }
  pool_.stop();
  connections_.clear();
}

void HttpServer::Impl::loop() {
  epoll_event events[64];
  auto swept = Steady::now();
  while (!stopping_) {
    const int count = ::epoll_wait(epoll_.get(), events, 64, 5000);
    for (int i = 0; i < count; ++i) {
      const uint64_t id = events[i].data.u64;
      if (id == kWake) continue;  // stopping_ is set
      if (id <= listeners_.size()) {
        accept_all(listeners_[id - 1]);
      } else {
        dispatch(id);
      }
    }
    if (Steady::now() - swept > std::chrono::seconds(5)) {
      swept = Steady::now();
      close_idle();
    }
  }
}

void HttpServer::Impl::accept_all(const Listener& listener) {
  for (;;) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    Fd socket(::accept4(listener.socket.get(), reinterpret_cast<sockaddr*>(&address), &size,
                        SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket) return;  // none left, or out of descriptors: level-triggered, so tried again
    if (address.ss_family != AF_UNIX) {
      const int on = 1;
      ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    auto connection = std::make_shared<Connection>();
    const int fd = socket.get();
    connection->transport = plain_transport(std::move(socket));
    connection->tls = listener.tls;
    connection->peer = peer_name(address);
    connection->idle_since = Steady::now();
    connection->idle = true;
    const std::lock_guard lock(mutex_);
    connection->id = next_id_++;
    connections_.emplace(connection->id, connection);
    watch(fd, connection->id, EPOLL_CTL_ADD, EPOLLIN | EPOLLRDHUP | EPOLLONESHOT);
  }
}

void HttpServer::Impl::dispatch(uint64_t id) {
  ConnectionPtr connection;
  {
    const std::lock_guard lock(mutex_);
    const auto at = connections_.find(id);
    if (at == connections_.end() || !at->second->idle) return;
    connection = at->second;
    connection->idle = false;
  }
  pool_.run([this, connection] { serve(connection); });
}

void HttpServer::Impl::close_idle() {
  const auto now = Steady::now();
  const std::lock_guard lock(mutex_);
  std::erase_if(connections_, [&](const auto& entry) {
    return entry.second->idle && now - entry.second->idle_since > options_.idle_max;
  });
}

void HttpServer::Impl::serve(const ConnectionPtr& connection) {
  if (connection->tls != nullptr) {
    auto secured = tls_accept(connection->tls, std::move(connection->transport), options_.patience);
    if (!secured.ok()) {
      const std::lock_guard lock(mutex_);
      connections_.erase(connection->id);
      return;
    }
    const std::lock_guard lock(mutex_);
    connection->transport = std::move(*secured);
    connection->tls = nullptr;
  }
  for (;;) {
    if (stopping_ || !serve_one(*connection)) return forget(connection);
    if (connection->unread.empty() && !connection->transport->pending()) break;
  }
  if (!go_idle(connection)) forget(connection);
}

void HttpServer::Impl::forget(const ConnectionPtr& connection) {
  const std::lock_guard lock(mutex_);
  connections_.erase(connection->id);
}

bool HttpServer::Impl::go_idle(const ConnectionPtr& connection) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return false;
  connection->idle = true;
  connection->idle_since = Steady::now();
  return watch(connection->transport->fd(), connection->id, EPOLL_CTL_MOD, EPOLLIN | EPOLLRDHUP | EPOLLONESHOT);
}

// False: the connection is at its end.
bool HttpServer::Impl::serve_one(Connection& connection) {
  HttpRequest request;
  request.peer = connection.peer;
  bool keep_alive = false;
  int status = 0;
  const auto got = read_request(connection, request, keep_alive, status);
  if (!got.ok()) {
    if (status == 0) return false;
    HttpResponse refusal;
    refusal.status = status;
    refusal.body = got.error().message();
    return respond(connection, request, std::move(refusal), false);
  }
  if (!*got) return false;
  ++busy_;
  const bool open = respond(connection, request, handle(request), keep_alive);
  --busy_;
  return open;
}

// False where the client closed between messages. On an error `status` is what to answer, or 0.
Result<bool> HttpServer::Impl::read_request(Connection& connection, HttpRequest& request, bool& keep_alive,
                                            int& status) {
  HttpParser parser(HttpParser::Role::Request, options_.body_max);
  bool continued = false, began = !connection.unread.empty();
  while (!parser.done()) {
    if (!connection.unread.empty()) {
      auto used = parser.put(connection.unread);
      if (!used.ok()) {
        status = used.error().message().find("limit") != std::string::npos ? 413 : 400;
        return std::move(used.error());
      }
      connection.unread.erase(0, *used);
      if (parser.done()) break;
    }
    if (parser.head_done() && !continued) {
      continued = true;
      if (equal_ignoring_case(parser.headers().get("Expect"), "100-continue")) {
        TRY_DO(connection.transport->write("HTTP/1.1 100 Continue\r\n\r\n", options_.patience));
      }
    }
    char buffer[32 * 1024];
    TRY(const size_t got, connection.transport->read_some(buffer, options_.patience));
    if (got == 0) {
      if (!began) return false;
      return Error("the client closed the connection in mid-message", Code::Unavailable);
    }
    began = true;
    connection.unread.append(buffer, got);
  }
  request.method = parser.method();
  request.target = parser.target();
  request.headers = parser.headers();
  request.body = parser.take_body();
  keep_alive = parser.keep_alive();
  return true;
}

HttpResponse HttpServer::Impl::handle(const HttpRequest& request) {
  HttpResponse failed;
  failed.status = 500;
  failed.headers.set("Content-Type", "text/plain");
  try {
    return handler_(request);
  } catch (const std::exception& bug) {
    failed.body = bug.what();
  }
  return failed;
}

bool HttpServer::Impl::respond(Connection& connection, const HttpRequest& request, HttpResponse response,
                               bool keep_alive) {
  Transport& transport = *connection.transport;
  const bool head_only = request.method == "HEAD";
  if (!response.stream) {
    std::string message = head_of(response, response.body.size(), keep_alive);
    if (!head_only) message += response.body;
    return transport.write(message, options_.patience).ok() && keep_alive;
  }
  if (!transport.write(head_of(response, std::nullopt, keep_alive), options_.patience).ok()) return false;
  if (head_only) return keep_alive;
  ChunkWriter writer(transport, stopping_, options_.patience);
  try {
    response.stream(writer);
  } catch (const std::exception&) {
    return false;  // the missing last chunk tells the client that the body is not whole
  }
  return writer.finish() && keep_alive;
}

HttpServer::HttpServer(HttpHandler handler, HttpServerOptions options)
    : impl_(std::make_unique<Impl>(std::move(handler), options)) {}
HttpServer::~HttpServer() = default;

Result<void> HttpServer::listen_unix(const std::string& path) {
  TRY(Fd socket, listen_unix_socket(path));
  impl_->listeners_.push_back({std::move(socket), nullptr});
  return {};
}

Result<int> HttpServer::listen_tcp(const std::string& host, int port, std::shared_ptr<TlsContext> tls) {
  TRY(TcpListener listener, listen_tcp_socket(host, port));
  impl_->listeners_.push_back({std::move(listener.socket), std::move(tls)});
  return listener.port;
}

Result<void> HttpServer::start() { return impl_->start(); }
void HttpServer::stop() { impl_->stop(); }
size_t HttpServer::busy() const { return impl_->busy(); }

}  // namespace wf::io
