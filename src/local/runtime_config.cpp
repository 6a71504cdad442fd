// SPDX-License-Identifier: Apache-2.0
#include "local/runtime_config.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace wf::local {
namespace {

using json::Value;

// By number, as the kernel counts them.
constexpr std::array<std::string_view, 41> kCapabilities{"CHOWN",
                                                         "DAC_OVERRIDE",
                                                         "DAC_READ_SEARCH",
                                                         "FOWNER",
                                                         "FSETID",
                                                         "KILL",
                                                         "SETGID",
                                                         "SETUID",
                                                         "SETPCAP",
                                                         "LINUX_IMMUTABLE",
                                                         "NET_BIND_SERVICE",
                                                         "NET_BROADCAST",
                                                         "NET_ADMIN",
                                                         "NET_RAW",
                                                         "IPC_LOCK",
                                                         "IPC_OWNER",
                                                         "SYS_MODULE",
                                                         "SYS_RAWIO",
                                                         "SYS_CHROOT",
                                                         "SYS_PTRACE",
                                                         "SYS_PACCT",
                                                         "SYS_ADMIN",
                                                         "SYS_BOOT",
                                                         "SYS_NICE",
                                                         "SYS_RESOURCE",
                                                         "SYS_TIME",
                                                         "SYS_TTY_CONFIG",
                                                         "MKNOD",
                                                         "LEASE",
                                                         "AUDIT_WRITE",
                                                         "AUDIT_CONTROL",
                                                         "SETFCAP",
                                                         "MAC_OVERRIDE",
                                                         "MAC_ADMIN",
                                                         "SYSLOG",
                                                         "WAKE_ALARM",
                                                         "BLOCK_SUSPEND",
                                                         "AUDIT_READ",
                                                         "PERFMON",
                                                         "BPF",
                                                         "CHECKPOINT_RESTORE"};
// What container runtimes give when nothing is said.
constexpr std::array<std::string_view, 14> kDefaultCapabilities{
    "CHOWN",   "DAC_OVERRIDE", "FSETID",           "FOWNER",
    "MKNOD",   "NET_RAW",      "SETGID",           "SETUID",
    "SETFCAP", "SETPCAP",      "NET_BIND_SERVICE", "SYS_CHROOT",
    "KILL",    "AUDIT_WRITE"};

bool listed(const Value& list, std::string_view name) {
  return std::any_of(list.items().begin(), list.items().end(), [&](const Value& item) {
    std::string_view text = item.as_string();
    if (text.starts_with("CAP_")) text.remove_prefix(4);
    return text == name || text == "ALL";
  });
}

Value capabilities(const RuntimeConfig& config) {
  const Value& asked = config.security_context["capabilities"];
  const bool privileged = config.security_context["privileged"].as_bool();
  Value list = Value::array();
  for (size_t i = 0; i < kCapabilities.size(); ++i) {
    const std::string_view name = kCapabilities[i];
    const bool by_default = std::find(kDefaultCapabilities.begin(), kDefaultCapabilities.end(),
                                      name) != kDefaultCapabilities.end();
    const bool wanted =
        privileged || listed(asked["add"], name) || (by_default && !listed(asked["drop"], name));
    if (wanted && (config.capabilities_here >> i & 1)) list.push_back(cat("CAP_", name));
  }
  return Value::object({{"bounding", list}, {"effective", list}, {"permitted", list}});
}

Value mount(std::string_view destination, std::string_view type, std::string_view source,
            std::initializer_list<std::string_view> options) {
  Value list = Value::array();
  for (const std::string_view option : options) list.push_back(option);
  return Value::object(
      {{"destination", destination}, {"type", type}, {"source", source}, {"options", list}});
}

Value mounts(const RuntimeConfig& config) {
  const bool privileged = config.security_context["privileged"].as_bool();
  Value list = Value::array({
      mount("/proc", "proc", "proc", {"nosuid", "noexec", "nodev"}),
      // A privileged one sees the machine's devices.
      privileged
          ? mount("/dev", "bind", "/dev", {"rbind", "rslave"})
          : mount("/dev", "tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}),
      mount("/dev/pts", "devpts", "devpts",
            {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"}),
      mount("/dev/shm", "tmpfs", "shm", {"nosuid", "noexec", "nodev", "mode=1777", "size=65536k"}),
      mount("/dev/mqueue", "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}),
      privileged ? mount("/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev"})
                 : mount("/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev", "ro"}),
  });
  for (const RuntimeMount& one : config.mounts) {
    list.push_back(
        mount(one.destination, "bind", one.source, {"rbind", one.read_only ? "ro" : "rw"}));
  }
  return list;
}

Value namespaces(const RuntimeConfig& config) {
  Value list = Value::array();
  for (const char* type : {"uts", "mount"}) list.push_back(Value::object({{"type", type}}));
  if (!config.host_pid) list.push_back(Value::object({{"type", "pid"}}));
  if (!config.host_ipc) list.push_back(Value::object({{"type", "ipc"}}));
  if (!config.network.empty()) {
    list.push_back(Value::object({{"type", "network"}, {"path", config.network}}));
  }
  return list;
}

Value texts(std::initializer_list<const char*> list) {
  Value out = Value::array();
  for (const char* text : list) out.push_back(text);
  return out;
}

Value linux_part(const RuntimeConfig& config) {
  Value out = Value::object({{"namespaces", namespaces(config)}});
  if (config.security_context["privileged"].as_bool()) return out;
  if (config.security_context["procMount"].as_string() == "Unmasked") return out;
  out.set("maskedPaths", texts({"/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys",
                                "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
                                "/proc/sched_debug", "/proc/scsi", "/sys/firmware"}));
  out.set("readonlyPaths",
          texts({"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"}));
  return out;
}

Value process_part(const RuntimeConfig& config) {
  Value args = Value::array(), env = Value::array(), groups = Value::array();
  for (const std::string& word : config.args) args.push_back(word);
  for (const auto& [name, value] : config.env) env.push_back(cat(name, "=", value));
  for (const int64_t gid : config.user.groups) groups.push_back(gid);
  const Value& escalation = config.security_context["allowPrivilegeEscalation"];
  return Value::object({
      {"terminal", false},
      {"user",
       Value::object(
           {{"uid", config.user.uid}, {"gid", config.user.gid}, {"additionalGids", groups}})},
      {"args", args},
      {"env", env},
      {"cwd", config.directory},
      {"capabilities", capabilities(config)},
      {"noNewPrivileges", escalation.is_bool() && !escalation.as_bool()},
  });
}

}  // namespace

Value runtime_config(const RuntimeConfig& config) {
  const bool read_only = config.security_context["readOnlyRootFilesystem"].as_bool();
  return Value::object({
      {"ociVersion", "1.0.0"},
      {"process", process_part(config)},
      {"root", Value::object({{"path", config.root}, {"readonly", read_only}})},
      {"hostname", config.host_name},
      {"mounts", mounts(config)},
      {"linux", linux_part(config)},
  });
}

}  // namespace wf::local
