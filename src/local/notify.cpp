// SPDX-License-Identifier: Apache-2.0
// A socket's name holds 108 characters, a home's path may be longer: it is named through a
// descriptor of its folder in /proc.
#include "local/notify.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "io/file.h"

namespace wf::local {
namespace {

constexpr std::string_view kSocket = "notify.sock";

sockaddr_un address_in(int directory) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = cat("/proc/self/fd/", directory, "/", kSocket);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

}  // namespace

Result<io::Fd> open_notify_socket(const Home& home) {
  TRY_DO(io::make_directories(home.run(), 0700));
  const io::Fd directory(::open(home.run().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  io::Fd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!directory || !fd) return io::errno_error(errno, "opening the notify socket in", home.run());
  TRY_DO(io::remove_tree(cat(home.run(), "/", kSocket)));
  const int size = 4 << 20;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  const sockaddr_un address = address_in(directory.get());
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return io::errno_error(errno, "opening the notify socket in", home.run());
  }
  return fd;
}

std::optional<std::pair<std::string, std::string>> read_notice(int socket) {
  char buffer[1024];
  const ssize_t got = ::recv(socket, buffer, sizeof buffer, 0);
  if (got < 0) return std::nullopt;
  const std::string_view text(buffer, static_cast<size_t>(got));
  const size_t middle = text.find('\n');
  if (middle == std::string_view::npos) return std::pair<std::string, std::string>();
  return std::pair(std::string(text.substr(0, middle)), std::string(text.substr(middle + 1)));
}

void send_notice(const Home& home, const std::string& ns, const std::string& pod) {
  const io::Fd directory(::open(home.run().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  const io::Fd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!directory || !fd) return;
  const timeval limit{1, 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  const sockaddr_un address = address_in(directory.get());
  const std::string text = cat(ns, "\n", pod);
  ::sendto(fd.get(), text.data(), text.size(), MSG_NOSIGNAL,
           reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

}  // namespace wf::local
