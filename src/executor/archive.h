// SPDX-License-Identifier: Apache-2.0
// executor/archive.h: files and folders as tar.gz or zip, and back. Archives come from anybody:
// what is unpacked stays below the folder it is unpacked into, and is never a device.
#pragma once
#include <string>

#include "base/result.h"

namespace wf::executor {

enum class ArchiveKind { Tar, Zip };
// gzip's level; kStored keeps the gzip form without compressing.
inline constexpr int kStored = 0;

// Packs `path` (below `root`, whose links cannot lead out of it; "/" for the machine's own): a file
// under its own name, a folder with its name before what is in it.
Result<void> pack(const std::string& root, const std::string& path, ArchiveKind kind, int level,
                  int fd);

// Whether the file is a gzipped tar.
bool is_tarball(const std::string& file);
// Unpacks `file` to `destination` as Argo does: an archive of one file or folder becomes that,
// one of several becomes a folder of them. Replaces a file or an empty folder, nothing else.
Result<void> unpack(const std::string& file, ArchiveKind kind, const std::string& destination);

}  // namespace wf::executor
