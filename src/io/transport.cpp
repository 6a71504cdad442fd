// SPDX-License-Identifier: Apache-2.0
#include "io/transport.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "io/file.h"

namespace wf::io {
namespace {

using Steady = std::chrono::steady_clock;

int to_poll_timeout(Duration limit) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
  return static_cast<int>(std::clamp<int64_t>(ms, 0, 1'000'000'000));
}

// Waits until the descriptor is ready for `events`.
Result<void> wait_ready(int fd, short events, Duration limit) {
  const auto deadline = Steady::now() + limit;
  for (;;) {
    pollfd item{fd, events, 0};
    const int ready = ::poll(&item, 1, to_poll_timeout(std::chrono::duration_cast<Duration>(deadline - Steady::now())));
    if (ready > 0) return {};
    if (ready == 0) return Error("the peer did not answer in time", Code::Timeout);
    if (errno != EINTR) return errno_error(errno, "polling");
  }
}

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(Fd socket) : socket_(std::move(socket)) {
    ::fcntl(socket_.get(), F_SETFL, ::fcntl(socket_.get(), F_GETFL) | O_NONBLOCK);
  }

  Result<size_t> read_some(std::span<char> into, Duration limit) override {
    for (;;) {
      const ssize_t got = ::recv(socket_.get(), into.data(), into.size(), 0);
      if (got >= 0) return static_cast<size_t>(got);
      if (errno == EINTR) continue;
      if (errno != EAGAIN) return errno_error(errno, "receiving");
      TRY_DO(wait_ready(socket_.get(), POLLIN, limit));
    }
  }

  Result<void> write(std::string_view data, Duration limit) override {
    while (!data.empty()) {
      const ssize_t put = ::send(socket_.get(), data.data(), data.size(), MSG_NOSIGNAL);
      if (put >= 0) {
        data.remove_prefix(static_cast<size_t>(put));
      } else if (errno == EAGAIN) {
        TRY_DO(wait_ready(socket_.get(), POLLOUT, limit));
      } else if (errno != EINTR) {
        return errno_error(errno, "sending");
      }
    }
    return {};
  }

  int fd() const override { return socket_.get(); }
  void shutdown() override { ::shutdown(socket_.get(), SHUT_RDWR); }

 private:
  Fd socket_;
};

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Result<Addresses> resolve(const std::string& host, const std::string& port, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* list = nullptr;
  const int failed = ::getaddrinfo(host.empty() ? nullptr : host.c_str(), port.c_str(), &hints, &list);
  if (failed != 0) {
    return Error(cat("looking up '", host, "': ", ::gai_strerror(failed)),
                 failed == EAI_AGAIN ? Code::Unavailable : Code::NotFound);
  }
  return Addresses(list);
}

Result<std::unique_ptr<Transport>> connect_socket(int family, const sockaddr* address, socklen_t size,
                                                  Duration limit, std::string_view name) {
  Fd socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return errno_error(errno, "opening a socket");
  if (::connect(socket.get(), address, size) != 0) {
    if (errno != EINPROGRESS) return errno_error(errno, "connecting to", name);
    auto ready = wait_ready(socket.get(), POLLOUT, limit);
    if (!ready.ok()) return std::move(ready.error()).wrap(cat("connecting to '", name, "'"));
    int number = 0;
    socklen_t length = sizeof number;
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &number, &length);
    if (number != 0) return errno_error(number, "connecting to", name);
  }
  if (family != AF_UNIX) {
    const int on = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  return plain_transport(std::move(socket));
}

Result<sockaddr_un> unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return Error(cat("'", path, "' is too long for a unix socket (107 bytes at most)"));
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

}  // namespace

bool Transport::peer_gone() const {
  pollfd item{fd(), POLLRDHUP, 0};
  return ::poll(&item, 1, 0) > 0 && (item.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

std::unique_ptr<Transport> plain_transport(Fd socket) {
  return std::make_unique<PlainTransport>(std::move(socket));
}

Result<std::unique_ptr<Transport>> connect_tcp(const std::string& host, const std::string& port, Duration limit) {
  TRY(const Addresses list, resolve(host, port, 0));
  std::optional<Error> last;
  const std::string name = cat(host, ":", port);
  for (const addrinfo* at = list.get(); at != nullptr; at = at->ai_next) {
    auto transport = connect_socket(at->ai_family, at->ai_addr, at->ai_addrlen, limit, name);
    if (transport.ok()) return transport;
    last = std::move(transport.error());
  }
  return last ? *last : Error(cat("'", host, "' has no address"), Code::NotFound);
}

Result<std::unique_ptr<Transport>> connect_unix(const std::string& path, Duration limit) {
  TRY(const sockaddr_un address, unix_address(path));
  return connect_socket(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address, limit, path);
}

Result<Fd> listen_unix_socket(const std::string& path) {
  TRY(const sockaddr_un address, unix_address(path));
  Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return errno_error(errno, "opening a socket");
  ::unlink(path.c_str());
  // The mode of the socket itself decides the file's, so that nobody can connect in between.
  ::fchmod(socket.get(), 0600);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(socket.get(), 512) != 0) {
    return errno_error(errno, "listening on", path);
  }
  return socket;
}

Result<TcpListener> listen_tcp_socket(const std::string& host, int port) {
  TRY(const Addresses list, resolve(host, std::to_string(port), AI_PASSIVE));
  std::optional<Error> last;
  for (const addrinfo* at = list.get(); at != nullptr; at = at->ai_next) {
    Fd socket(::socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int on = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (!socket || ::bind(socket.get(), at->ai_addr, at->ai_addrlen) != 0 || ::listen(socket.get(), 512) != 0) {
      last = errno_error(errno, "listening on", cat(host, ":", port));
      continue;
    }
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&bound), &size);
    const auto number = bound.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(bound).sin6_port
                                                    : reinterpret_cast<sockaddr_in&>(bound).sin_port;
    return TcpListener{std::move(socket), ntohs(number)};
  }
  return last ? *last : Error(cat("'", host, "' has no address"), Code::NotFound);
}

}  // namespace wf::io
