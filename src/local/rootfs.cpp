// SPDX-License-Identifier: Apache-2.0
#include "local/rootfs.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "executor/in_root.h"
#include "io/file.h"

namespace wf::local {

using executor::make_directory_in_root;
using executor::make_file_in_root;
using executor::name_of;
using executor::open_in_root;

namespace {

constexpr long kTmpfs = 0x01021994;

Error needs_overlay(int reason) {
  return Error(cat("mounting the image's layers with overlayfs: ", std::strerror(reason),
                   reason == ENODEV  ? " (the kernel has no overlayfs: modprobe overlay)"
                   : reason == EPERM ? " (driver oci needs root)"
                                     : ""));
}

}  // namespace

Result<void> enter_own_mounts() {
  if (::unshare(CLONE_NEWNS) != 0) {
    return Error(
        cat("a mount namespace of its own: ", std::strerror(errno), " (driver oci needs root)"));
  }
  // What the machine mounts or unmounts later is still seen here, but nothing of ours there.
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0)
    return io::errno_error(errno, "mount", "/");
  struct statfs info {};
  if (::statfs("/sys/fs/cgroup", &info) == 0 && info.f_type == kTmpfs) {
    ::umount2("/sys/fs/cgroup/unified", MNT_DETACH);  // not there on most machines
  }
  return {};
}

Result<std::string> mount_layers(const Home& home, const ImageRecord& image,
                                 const std::string& folder) {
  const std::string root = cat(folder, "/rootfs");
  for (const char* name : {"/upper", "/work", "/rootfs"})
    TRY_DO(io::make_directories(cat(folder, name)));
  std::string lower;
  for (auto layer = image.layers.rbegin(); layer != image.layers.rend(); ++layer) {
    lower += cat(lower.empty() ? "" : ":", *layer);
  }
  if (lower.empty()) {
    TRY_DO(io::make_directories(cat(layers_directory(home), "/empty")));
    lower = "empty";
  }
  // Names in mount options are short (a page holds them all) and free of ':' and ',': layers are
  // named from their folder, ours through a descriptor.
  const io::Fd here(::open(".", O_PATH | O_DIRECTORY | O_CLOEXEC));
  const io::Fd own(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!own || ::chdir(layers_directory(home).c_str()) != 0)
    return io::errno_error(errno, "open", layers_directory(home));
  const std::string options =
      cat("lowerdir=", lower, ",upperdir=", name_of(own), "/upper,workdir=", name_of(own), "/work");
  // "volatile": nobody needs what a step wrote into its root once the machine has crashed.
  int done = ::mount("overlay", root.c_str(), "overlay", 0, cat(options, ",volatile").c_str());
  if (done != 0 && errno == EINVAL)
    done = ::mount("overlay", root.c_str(), "overlay", 0, options.c_str());
  const int reason = errno;
  (void)!::fchdir(here.get());
  if (done != 0) return needs_overlay(reason);
  return root;
}

Result<void> bind_into(const std::string& root, const BindMount& mount) {
  struct stat info {};
  if (::stat(mount.source.c_str(), &info) != 0)
    return io::errno_error(errno, "mounting", mount.source);
  TRY(const io::Fd place, S_ISDIR(info.st_mode) ? make_directory_in_root(root, mount.destination)
                                                : make_file_in_root(root, mount.destination));
  if (::mount(mount.source.c_str(), name_of(place).c_str(), nullptr, MS_BIND | MS_REC, nullptr) !=
      0) {
    return io::errno_error(errno, cat("mounting '", mount.source, "' at"), mount.destination);
  }
  if (!mount.read_only) return {};
  // The descriptor still means what lies below the mount: looked up anew.
  TRY(const io::Fd mounted, open_in_root(root, mount.destination, O_PATH));
  if (::mount(nullptr, name_of(mounted).c_str(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY,
              nullptr) != 0) {
    return io::errno_error(errno, "making read-only", mount.destination);
  }
  return {};
}

}  // namespace wf::local
