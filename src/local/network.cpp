// SPDX-License-Identifier: Apache-2.0
#include "local/network.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "base/hash.h"
#include "base/text.h"
#include "io/file.h"
#include "io/process.h"
#include "local/netlink.h"
#include "local/runtime.h"

namespace wf::local {
namespace {

constexpr const char* kBridge = "argo0";
constexpr uint32_t kNetwork = 10u << 24 | 87u << 16;  // 10.87.0.0
constexpr int kPrefixLength = 16;
constexpr uint32_t kGateway = kNetwork | 1;
constexpr const char* kAddresses =
    "/run/argo-addresses";  // shared by every $ARGO_HOME of the machine

std::string text_of(uint32_t address) {
  char text[INET_ADDRSTRLEN];
  const in_addr binary{htonl(address)};
  return ::inet_ntop(AF_INET, &binary, text, sizeof text) ? text : "";
}

void run_quietly(std::vector<std::string> argv) {
  io::Command command;
  command.argv = std::move(argv);
  (void)io::run(command, {}, std::chrono::seconds(10));
}

// Lets pods reach what the machine reaches. What fails here only keeps them from the outside.
void open_the_way_out() {
  if (const io::Fd fd{::open("/proc/sys/net/ipv4/ip_forward", O_WRONLY | O_CLOEXEC)})
    (void)!::write(fd.get(), "1", 1);
  const std::string iptables = find_on_path("iptables");
  if (iptables.empty()) return;
  const std::string net = cat(text_of(kNetwork), "/", kPrefixLength);
  run_quietly(
      {"sh", "-c",
       cat(iptables, " -w -t nat -C POSTROUTING -s ", net, " ! -o ", kBridge, " -j MASQUERADE || ",
           iptables, " -w -t nat -A POSTROUTING -s ", net, " ! -o ", kBridge, " -j MASQUERADE")});
  for (const char* side : {"-i", "-o"}) {
    run_quietly({"sh", "-c",
                 cat(iptables, " -w -C FORWARD ", side, " ", kBridge, " -j ACCEPT || ", iptables,
                     " -w -I FORWARD ", side, " ", kBridge, " -j ACCEPT")});
  }
}

Result<int> bridge(Netlink& machine) {
  if (const int index = link_index(kBridge)) return index;
  // One at a time: the others find it whole.
  TRY_DO(io::make_directories(kAddresses, 0755));
  const io::Fd lock(::open(cat(kAddresses, "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock || ::flock(lock.get(), LOCK_EX) != 0)
    return io::errno_error(errno, "locking", kAddresses);
  if (const int index = link_index(kBridge)) return index;
  if (auto added = machine.add_bridge(kBridge);
      !added && added.error().code() != Code::AlreadyExists) {
    return std::move(added.error()).wrap("making bridge argo0 (network: bridge needs root)");
  }
  const int index = link_index(kBridge);
  if (auto added = machine.add_address(index, kGateway, kPrefixLength);
      !added && added.error().code() != Code::AlreadyExists) {
    return std::move(added.error());
  }
  TRY_DO(machine.set_up(index));
  open_the_way_out();
  return index;
}

struct Address {
  uint32_t number;
  io::Fd lock;
};

Result<Address> take_address(std::string_view uid) {
  TRY_DO(io::make_directories(kAddresses, 0755));
  const uint32_t count = (1u << (32 - kPrefixLength)) - 4;
  const uint32_t start = fnv1a_32(uid) % count;
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t number = kNetwork + 2 + (start + i) % count;
    io::Fd fd(
        ::open(cat(kAddresses, "/", text_of(number)).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (fd && ::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return Address{number, std::move(fd)};
  }
  return Error("every address of 10.87.0.0/16 is taken", Code::Unavailable);
}

// Switches this thread's network namespace and back.
class InNamespace {
 public:
  explicit InNamespace(int wanted) : before_(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)) {
    ok_ = before_ && (wanted < 0 ? ::unshare(CLONE_NEWNET) : ::setns(wanted, CLONE_NEWNET)) == 0;
    reason_ = errno;
  }
  ~InNamespace() {
    if (ok_) ::setns(before_.get(), CLONE_NEWNET);
  }
  InNamespace(const InNamespace&) = delete;
  InNamespace& operator=(const InNamespace&) = delete;
  bool ok() const { return ok_; }
  int reason() const { return reason_; }

 private:
  io::Fd before_;
  bool ok_ = false;
  int reason_ = 0;
};

Result<io::Fd> new_namespace() {
  const InNamespace inside(-1);
  if (!inside.ok()) return io::errno_error(inside.reason(), "making a network namespace");
  io::Fd fd(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
  if (!fd) return io::errno_error(errno, "making a network namespace");
  return fd;
}

Result<void> configure_inside(int pod, uint32_t address) {
  const InNamespace inside(pod);
  if (!inside.ok()) return io::errno_error(inside.reason(), "entering a network namespace");
  TRY(Netlink link, Netlink::open());
  TRY_DO(link.set_up(link_index("lo")));
  const int eth = link_index("eth0");
  TRY_DO(link.add_address(eth, address, kPrefixLength));
  TRY_DO(link.set_up(eth));
  return link.add_default_route(kGateway);
}

}  // namespace

std::string PodNetwork::path() const { return cat("/proc/", ::getpid(), "/fd/", namespace_.get()); }

Result<std::unique_ptr<PodNetwork>> PodNetwork::make(std::string_view uid) {
  TRY(Netlink machine, Netlink::open());
  TRY(const int index, bridge(machine));
  auto made = std::make_unique<PodNetwork>();
  TRY(Address address, take_address(uid));
  TRY(made->namespace_, new_namespace());
  TRY_DO(machine.add_veth({cat("argo", uid.substr(0, 8)), "eth0", index, made->namespace_.get()}));
  TRY_DO(configure_inside(made->namespace_.get(), address.number));
  made->address_ = text_of(address.number);
  made->address_lock_ = std::move(address.lock);
  return made;
}

}  // namespace wf::local
