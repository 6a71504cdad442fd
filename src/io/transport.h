// SPDX-License-Identifier: Apache-2.0
// io/transport.h: a connected byte stream (TCP, unix socket, TLS over either) with time limits.
// One thread reads and writes it; shutdown() may be called from any thread and ends what waits.
#pragma once
#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "io/fd.h"

namespace wf::io {

class Transport {
 public:
  virtual ~Transport() = default;
  // At least one byte, or 0 at the end. Timeout where none comes within `limit`.
  virtual Result<size_t> read_some(std::span<char> into, Duration limit) = 0;
  // All of it; Timeout where the peer takes nothing for `limit`, Unavailable where it has gone.
  virtual Result<void> write(std::string_view data, Duration limit) = 0;
  // Whether decoded bytes wait that the descriptor does not show.
  virtual bool pending() const { return false; }
  virtual int fd() const = 0;
  virtual void shutdown() = 0;
  // Whether the peer has closed its side.
  bool peer_gone() const;
};

// Takes over a connected socket.
std::unique_ptr<Transport> plain_transport(Fd socket);

Result<std::unique_ptr<Transport>> connect_tcp(const std::string& host, const std::string& port, Duration limit);
Result<std::unique_ptr<Transport>> connect_unix(const std::string& path, Duration limit);

// Listening sockets, non-blocking. A unix socket's file is replaced; its mode is 0600.
Result<Fd> listen_unix_socket(const std::string& path);
struct TcpListener {
  Fd socket;
  int port = 0;  // the one that was given for port 0
};
Result<TcpListener> listen_tcp_socket(const std::string& host, int port);

}  // namespace wf::io
