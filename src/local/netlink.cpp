// SPDX-License-Identifier: Apache-2.0
#include "local/netlink.h"

#include <arpa/inet.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "base/text.h"
#include "io/file.h"

namespace wf::local {
namespace {

// A request as it grows: a header, its fixed part, then attributes, some of them nested.
class Message {
 public:
  template <class Fixed>
  Message(uint16_t type, uint16_t flags, const Fixed& fixed) {
    nlmsghdr head{};
    head.nlmsg_type = type;
    head.nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
    append(&head, sizeof head);
    append(&fixed, sizeof fixed);
  }
  void put(uint16_t type, std::string_view data) {
    rtattr head{};
    head.rta_type = type;
    head.rta_len = static_cast<uint16_t>(RTA_LENGTH(data.size()));
    append(&head, sizeof head);
    append(data.data(), data.size());
  }
  void put_text(uint16_t type, const std::string& text) {
    put(type, std::string_view(text.c_str(), text.size() + 1));
  }
  template <class T>
  void put_value(uint16_t type, T value) {
    put(type, std::string_view(reinterpret_cast<const char*>(&value), sizeof value));
  }
  size_t begin(uint16_t type) {
    const size_t at = data_.size();
    put(type, {});
    return at;
  }
  template <class Fixed>
  void fixed(const Fixed& value) {
    append(&value, sizeof value);
  }
  void end(size_t at) {
    rtattr head;
    std::memcpy(&head, data_.data() + at, sizeof head);
    head.rta_len = static_cast<uint16_t>(data_.size() - at);
    std::memcpy(data_.data() + at, &head, sizeof head);
  }
  std::string take() {
    nlmsghdr head;
    std::memcpy(&head, data_.data(), sizeof head);
    head.nlmsg_len = static_cast<uint32_t>(data_.size());
    std::memcpy(data_.data(), &head, sizeof head);
    return std::move(data_);
  }

 private:
  void append(const void* data, size_t size) {
    data_.append(static_cast<const char*>(data), size);
    data_.resize((data_.size() + 3) & ~size_t{3}, '\0');  // netlink aligns by four
  }
  std::string data_;
};

constexpr uint16_t kCreate = NLM_F_CREATE | NLM_F_EXCL;

}  // namespace

int link_index(const std::string& name) { return static_cast<int>(::if_nametoindex(name.c_str())); }

Result<Netlink> Netlink::open() {
  io::Fd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!fd) return io::errno_error(errno, "netlink");
  return Netlink(std::move(fd));
}

Result<void> Netlink::ask(std::string message) {
  if (::send(fd_.get(), message.data(), message.size(), 0) < 0)
    return io::errno_error(errno, "netlink");
  alignas(nlmsghdr) char buffer[8192];
  const ssize_t got = ::recv(fd_.get(), buffer, sizeof buffer, 0);
  if (got < static_cast<ssize_t>(sizeof(nlmsghdr) + sizeof(int)))
    return io::errno_error(errno, "netlink");
  int code = 0;
  std::memcpy(&code, buffer + sizeof(nlmsghdr), sizeof code);  // the nlmsgerr's first member
  return code == 0 ? Result<void>()
                   : Result<void>(io::errno_error(-code, "configuring the network"));
}

Result<void> Netlink::add_bridge(const std::string& name) {
  ifinfomsg info{};
  Message message(RTM_NEWLINK, kCreate, info);
  message.put_text(IFLA_IFNAME, name);
  const size_t link = message.begin(IFLA_LINKINFO);
  message.put_text(IFLA_INFO_KIND, "bridge");
  message.end(link);
  return ask(message.take());
}

Result<void> Netlink::add_veth(const Veth& veth) {
  ifinfomsg info{};
  info.ifi_flags = info.ifi_change = IFF_UP;
  Message message(RTM_NEWLINK, kCreate, info);
  message.put_text(IFLA_IFNAME, veth.name);
  message.put_value(IFLA_MASTER, static_cast<uint32_t>(veth.bridge_index));
  const size_t link = message.begin(IFLA_LINKINFO);
  message.put_text(IFLA_INFO_KIND, "veth");
  const size_t data = message.begin(IFLA_INFO_DATA);
  const size_t peer = message.begin(VETH_INFO_PEER);
  message.fixed(ifinfomsg{});
  message.put_text(IFLA_IFNAME, veth.peer);
  message.put_value(IFLA_NET_NS_FD, static_cast<uint32_t>(veth.peer_namespace));
  message.end(peer);
  message.end(data);
  message.end(link);
  return ask(message.take());
}

Result<void> Netlink::add_address(int index, uint32_t address, int prefix_length) {
  ifaddrmsg info{};
  info.ifa_family = AF_INET;
  info.ifa_prefixlen = static_cast<uint8_t>(prefix_length);
  info.ifa_index = static_cast<uint32_t>(index);
  Message message(RTM_NEWADDR, kCreate, info);
  message.put_value(IFA_LOCAL, htonl(address));
  message.put_value(IFA_ADDRESS, htonl(address));
  const uint32_t host_bits = (1u << (32 - prefix_length)) - 1;
  message.put_value(IFA_BROADCAST, htonl(address | host_bits));
  return ask(message.take());
}

Result<void> Netlink::add_default_route(uint32_t gateway) {
  rtmsg info{};
  info.rtm_family = AF_INET;
  info.rtm_table = RT_TABLE_MAIN;
  info.rtm_protocol = RTPROT_BOOT;
  info.rtm_scope = RT_SCOPE_UNIVERSE;
  info.rtm_type = RTN_UNICAST;
  Message message(RTM_NEWROUTE, kCreate, info);
  message.put_value(RTA_GATEWAY, htonl(gateway));
  return ask(message.take());
}

Result<void> Netlink::set_up(int index) {
  ifinfomsg info{};
  info.ifi_index = index;
  info.ifi_flags = info.ifi_change = IFF_UP;
  return ask(Message(RTM_NEWLINK, 0, info).take());
}

Result<void> Netlink::remove_link(int index) {
  ifinfomsg info{};
  info.ifi_index = index;
  return ask(Message(RTM_DELLINK, 0, info).take());
}

}  // namespace wf::local
