// SPDX-License-Identifier: Apache-2.0
#include "executor/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>

#include "base/text.h"
#include "executor/in_root.h"
#include "io/file.h"

namespace wf::executor {
namespace {

struct FreeReader {
  void operator()(archive* a) const { archive_read_free(a); }
};
struct FreeWriter {
  void operator()(archive* a) const { archive_write_free(a); }
};
struct FreeEntry {
  void operator()(archive_entry* e) const { archive_entry_free(e); }
};
using Reader = std::unique_ptr<archive, FreeReader>;
using Writer = std::unique_ptr<archive, FreeWriter>;

Error failed(archive* a, std::string_view what) {
  const char* text = archive_error_string(a);
  return Error(cat(what, ": ", text ? text : "unknown error"));
}

class Packer {
 public:
  explicit Packer(archive* to) : to_(to), buffer_(256 * 1024, '\0') {}

  // `fd` is O_PATH of what is to be packed as `name`; its parent and its name there, for links.
  Result<void> add(int parent, const std::string& here, const std::string& name) {
    struct stat info {};
    if (::fstatat(parent, here.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
      return io::errno_error(errno, "stat", name);
    if (S_ISSOCK(info.st_mode)) return {};  // means nothing elsewhere
    const std::unique_ptr<archive_entry, FreeEntry> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), name.c_str());
    archive_entry_copy_stat(entry.get(), &info);
    if (S_ISLNK(info.st_mode)) {
      char target[4096];
      const ssize_t length = ::readlinkat(parent, here.c_str(), target, sizeof target - 1);
      if (length < 0) return io::errno_error(errno, "readlink", name);
      target[length] = '\0';
      archive_entry_set_symlink(entry.get(), target);
    }
    if (!S_ISREG(info.st_mode)) archive_entry_set_size(entry.get(), 0);
    if (S_ISDIR(info.st_mode)) return add_folder(parent, here, name, entry.get());
    if (!S_ISREG(info.st_mode)) return write_header(entry.get(), name);
    return add_file(parent, here, name, entry.get());
  }

 private:
  Result<void> write_header(archive_entry* entry, const std::string& name) {
    return archive_write_header(to_, entry) < ARCHIVE_WARN ? Result<void>(failed(to_, name))
                                                           : Result<void>();
  }

  Result<void> add_file(int parent, const std::string& here, const std::string& name,
                        archive_entry* entry) {
    const io::Fd file(::openat(parent, here.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!file) return io::errno_error(errno, "open", name);
    TRY_DO(write_header(entry, name));
    // The header's size binds: a file that grows meanwhile is cut, one that shrinks is filled up.
    la_int64_t left = archive_entry_size(entry);
    while (left > 0) {
      const ssize_t got = ::read(file.get(), buffer_.data(), buffer_.size());
      if (got < 0) return io::errno_error(errno, "read", name);
      if (got == 0) break;
      const size_t take = static_cast<size_t>(std::min<la_int64_t>(got, left));
      if (archive_write_data(to_, buffer_.data(), take) < 0) return failed(to_, name);
      left -= static_cast<la_int64_t>(take);
    }
    return {};
  }

  Result<void> add_folder(int parent, const std::string& here, const std::string& name,
                          archive_entry* entry) {
    TRY_DO(write_header(entry, name));
    const io::Fd folder(
        ::openat(parent, here.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder) return io::errno_error(errno, "open", name);
    TRY(const auto entries, io::list_directory(cat("/proc/self/fd/", folder.get())));
    for (const std::string& one : entries) TRY_DO(add(folder.get(), one, cat(name, "/", one)));
    return {};
  }

  archive* to_;
  std::string buffer_;
};

Writer writer_of(ArchiveKind kind, int level, int fd) {
  Writer to(archive_write_new());
  if (kind == ArchiveKind::Zip) {
    archive_write_set_format_zip(to.get());
  } else {
    archive_write_add_filter_gzip(to.get());
    archive_write_set_filter_option(to.get(), "gzip", "compression-level",
                                    std::to_string(level).c_str());
    archive_write_set_filter_option(to.get(), "gzip", "timestamp",
                                    nullptr);  // equal content, equal bytes
    archive_write_set_format_pax_restricted(to.get());
  }
  archive_write_set_bytes_in_last_block(to.get(), 1);
  archive_write_open_fd(to.get(), fd);
  return to;
}

Reader reader_of(ArchiveKind kind) {
  Reader from(archive_read_new());
  if (kind == ArchiveKind::Zip) {
    archive_read_support_format_zip(from.get());
  } else {
    archive_read_support_format_tar(from.get());
    archive_read_support_format_empty(from.get());
    archive_read_support_filter_gzip(from.get());
  }
  return from;
}

Result<void> extract(archive* from, archive* to) {
  archive_entry* entry;
  int code;
  while ((code = archive_read_next_header(from, &entry)) == ARCHIVE_OK || code == ARCHIVE_WARN) {
    const std::string name = archive_entry_pathname(entry) ? archive_entry_pathname(entry) : "";
    const auto type = archive_entry_filetype(entry);
    const bool hard = archive_entry_hardlink(entry) != nullptr;
    if (type == AE_IFCHR || type == AE_IFBLK)
      return Error(cat("archive entry ", go_quote(name), " is a device: refused"));
    if (!hard && type == AE_IFDIR) archive_entry_set_perm(entry, archive_entry_perm(entry) | 0700);
    if (archive_write_header(to, entry) < ARCHIVE_WARN)
      return failed(to, cat("archive entry ", go_quote(name)));
    const void* data;
    size_t size;
    la_int64_t offset;
    int read;
    while ((read = archive_read_data_block(from, &data, &size, &offset)) == ARCHIVE_OK) {
      if (archive_write_data_block(to, data, size, offset) < ARCHIVE_WARN) return failed(to, name);
    }
    if (read != ARCHIVE_EOF) return failed(from, name);
    if (archive_write_finish_entry(to) < ARCHIVE_WARN) return failed(to, name);
  }
  return code == ARCHIVE_EOF ? Result<void>() : Result<void>(failed(from, "reading the archive"));
}

// libarchive writes below the current folder.
class InFolder {
 public:
  explicit InFolder(const std::string& path)
      : before_(::open(".", O_PATH | O_DIRECTORY | O_CLOEXEC)), ok_(::chdir(path.c_str()) == 0) {}
  ~InFolder() { (void)!::fchdir(before_.get()); }
  InFolder(const InFolder&) = delete;
  InFolder& operator=(const InFolder&) = delete;
  bool ok() const { return ok_; }

 private:
  io::Fd before_;
  bool ok_;
};

Result<void> unpack_into(const std::string& file, ArchiveKind kind, const std::string& folder) {
  const io::Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return io::errno_error(errno, "open", file);
  const Reader from = reader_of(kind);
  if (archive_read_open_fd(from.get(), fd.get(), 256 * 1024) != ARCHIVE_OK)
    return failed(from.get(), "reading the archive");
  const Writer to(archive_write_disk_new());
  archive_write_disk_set_options(
      to.get(), ARCHIVE_EXTRACT_PERM | ARCHIVE_EXTRACT_TIME | ARCHIVE_EXTRACT_SECURE_NODOTDOT |
                    ARCHIVE_EXTRACT_SECURE_SYMLINKS | ARCHIVE_EXTRACT_SECURE_NOABSOLUTEPATHS);
  const InFolder inside(folder);
  if (!inside.ok()) return io::errno_error(errno, "open", folder);
  TRY_DO(extract(from.get(), to.get()));
  return archive_write_close(to.get()) < ARCHIVE_WARN ? Result<void>(failed(to.get(), "unpacking"))
                                                      : Result<void>();
}

}  // namespace

Result<void> pack(const std::string& root, const std::string& path, ArchiveKind kind, int level,
                  int fd) {
  TRY(const io::Fd target, open_in_root(root, path, O_PATH));
  const size_t end = path.find_last_not_of('/');
  const std::string clean = path.substr(0, end == std::string::npos ? 0 : end + 1);
  const std::string name =
      clean.substr(clean.rfind('/') == std::string::npos ? 0 : clean.rfind('/') + 1);
  // What a link at the path means is packed under the path's name: reopened through its descriptor.
  const std::string real = name_of(target);
  struct stat info {};
  if (::fstat(target.get(), &info) != 0) return io::errno_error(errno, "stat", path);
  const Writer to = writer_of(kind, level, fd);
  Packer packer(to.get());
  if (S_ISDIR(info.st_mode)) {
    TRY_DO(packer.add(target.get(), ".", name.empty() ? "." : name));
  } else {
    char place[4096];
    const ssize_t length = ::readlink(real.c_str(), place, sizeof place);
    if (length <= 0) return io::errno_error(errno, "readlink", path);
    TRY_DO(packer.add(AT_FDCWD, std::string(place, static_cast<size_t>(length)), name));
  }
  return archive_write_close(to.get()) != ARCHIVE_OK ? Result<void>(failed(to.get(), "packing"))
                                                     : Result<void>();
}

bool is_tarball(const std::string& file) {
  const Reader from(archive_read_new());
  archive_read_support_format_tar(from.get());
  archive_read_support_filter_gzip(from.get());
  if (archive_read_open_filename(from.get(), file.c_str(), 64 * 1024) != ARCHIVE_OK) return false;
  archive_entry* entry;
  const int code = archive_read_next_header(from.get(), &entry);
  return (code == ARCHIVE_OK || code == ARCHIVE_WARN) &&
         archive_filter_code(from.get(), 0) == ARCHIVE_FILTER_GZIP;
}

Result<void> unpack(const std::string& file, ArchiveKind kind, const std::string& destination) {
  const std::string folder = destination + ".tmpdir";
  TRY_DO(io::remove_tree(folder));
  TRY_DO(io::make_directories(folder));
  const auto done = [&]() -> Result<void> {
    TRY_DO(unpack_into(file, kind, folder));
    TRY(const auto entries, io::list_directory(folder));
    const std::string from = entries.size() == 1 ? cat(folder, "/", entries[0]) : folder;
    if (::rename(from.c_str(), destination.c_str()) != 0)
      return io::errno_error(errno, "making", destination);
    return {};
  }();
  (void)io::remove_tree(folder);
  return done;
}

}  // namespace wf::executor
