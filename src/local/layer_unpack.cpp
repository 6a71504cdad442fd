// SPDX-License-Identifier: Apache-2.0
#include "local/layer_unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "base/text.h"
#include "io/file.h"
#include "io/process.h"

namespace wf::local {
namespace {

constexpr std::string_view kWhiteout = ".wh.", kOpaque = ".wh..wh..opq";

struct FreeReader {
  void operator()(archive* a) const { archive_read_free(a); }
};
struct FreeWriter {
  void operator()(archive* a) const { archive_write_free(a); }
};

// Below the new root, without "./" and leading slashes; nothing for the root itself.
std::string inner_path(std::string_view path) {
  std::string out;
  for (const std::string_view part : split(path, "/")) {
    if (part.empty() || part == ".") continue;
    if (part == "..") return {};
    out += cat(out.empty() ? "" : "/", part);
  }
  return out;
}

void make_parents(const std::string& path) {
  for (size_t at = path.find('/'); at != std::string::npos; at = path.find('/', at + 1)) {
    ::mkdir(path.substr(0, at).c_str(), 0755);
  }
}

// Whether the entry was a whiteout.
bool white_out(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash);
  const std::string_view name =
      std::string_view(path).substr(slash == std::string::npos ? 0 : slash + 1);
  if (!name.starts_with(kWhiteout)) return false;
  make_parents(path);
  if (name == kOpaque) {
    ::setxattr(folder.c_str(), "trusted.overlay.opaque", "y", 1, 0);
  } else if (!name.starts_with(".wh..wh.")) {  // others of that form are of old aufs
    ::mknod(cat(folder, "/", name.substr(kWhiteout.size())).c_str(), S_IFCHR | 0600, makedev(0, 0));
  }
  return true;
}

std::string said(archive* a) {
  const char* text = archive_error_string(a);
  return text ? text : "unknown error";
}

std::string copy_data(archive* from, archive* to) {
  const void* data;
  size_t size;
  la_int64_t offset;
  int code;
  while ((code = archive_read_data_block(from, &data, &size, &offset)) == ARCHIVE_OK) {
    if (archive_write_data_block(to, data, size, offset) < ARCHIVE_OK) return said(to);
  }
  return code == ARCHIVE_EOF ? "" : said(from);
}

// What went wrong, or "".
std::string unpack_here(int blob) {
  const std::unique_ptr<archive, FreeReader> from(archive_read_new());
  archive_read_support_format_tar(from.get());
  archive_read_support_format_empty(from.get());
  archive_read_support_filter_gzip(from.get());
  archive_read_support_filter_zstd(from.get());
  if (archive_read_open_fd(from.get(), blob, 1 << 18) != ARCHIVE_OK) return said(from.get());
  const std::unique_ptr<archive, FreeWriter> to(archive_write_disk_new());
  archive_write_disk_set_options(to.get(), ARCHIVE_EXTRACT_OWNER | ARCHIVE_EXTRACT_PERM |
                                               ARCHIVE_EXTRACT_TIME | ARCHIVE_EXTRACT_XATTR |
                                               ARCHIVE_EXTRACT_UNLINK);
  archive_entry* entry;
  int code;
  while ((code = archive_read_next_header(from.get(), &entry)) == ARCHIVE_OK ||
         code == ARCHIVE_WARN) {
    const char* name = archive_entry_pathname(entry);
    const std::string path = inner_path(name ? name : "");
    if (path.empty()) continue;
    if (white_out(path)) continue;
    make_parents(path);
    archive_entry_set_pathname(entry, path.c_str());
    if (const char* link = archive_entry_hardlink(entry)) {
      const std::string target = inner_path(link);
      archive_entry_set_hardlink(entry, target.c_str());
    }
    if (archive_write_header(to.get(), entry) < ARCHIVE_WARN)
      return cat(path, ": ", said(to.get()));
    if (archive_entry_size(entry) > 0) {
      if (const std::string wrong = copy_data(from.get(), to.get()); !wrong.empty())
        return cat(path, ": ", wrong);
    }
    if (archive_write_finish_entry(to.get()) < ARCHIVE_WARN) return cat(path, ": ", said(to.get()));
  }
  if (code != ARCHIVE_EOF) return said(from.get());
  // Folders get their times and modes last.
  return archive_write_close(to.get()) < ARCHIVE_WARN ? said(to.get()) : "";
}

}  // namespace

Result<void> unpack_layer(const std::string& blob, const std::string& folder) {
  const io::Fd in(::open(blob.c_str(), O_RDONLY | O_CLOEXEC));
  if (!in) return io::errno_error(errno, "open", blob);
  TRY(auto pipe, io::make_pipe());
  const pid_t child = ::fork();
  if (child < 0) return io::errno_error(errno, "fork");
  if (child == 0) {
    ::umask(0);
    std::string wrong;
    if (::chroot(folder.c_str()) != 0 || ::chdir("/") != 0) {
      wrong = cat("chroot: ", std::strerror(errno), " (driver oci needs root)");
    } else {
      wrong = unpack_here(in.get());
    }
    (void)io::write_all(pipe.second.get(), wrong);
    ::_exit(wrong.empty() ? 0 : 1);
  }
  pipe.second.reset();
  std::string wrong;
  char buffer[1024];
  ssize_t got;
  while ((got = ::read(pipe.first.get(), buffer, sizeof buffer)) > 0)
    wrong.append(buffer, static_cast<size_t>(got));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return Error(
      cat("unpacking layer ", blob, ": ", wrong.empty() ? "the unpacking process died" : wrong));
}

}  // namespace wf::local
