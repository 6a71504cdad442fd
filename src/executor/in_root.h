// SPDX-License-Identifier: Apache-2.0
// executor/in_root.h: files below a folder that is somebody else's root: links that point up or are
// absolute stay inside it, whatever the container made of them.
#pragma once
#include <string>

#include "base/result.h"
#include "io/fd.h"

namespace wf::executor {

// open(2) with `root` as root directory. NotFound where it isn't there.
Result<io::Fd> open_in_root(const std::string& root, const std::string& path, int flags);
// The folder and those above it that are missing; an open descriptor (O_PATH) of it.
Result<io::Fd> make_directory_in_root(const std::string& root, const std::string& path,
                                      unsigned mode = 0755);
// An existing file or folder, or a new empty file in folders made as needed. O_PATH.
Result<io::Fd> make_file_in_root(const std::string& root, const std::string& path);
// A name of what a descriptor stands for, usable while it is open.
std::string name_of(const io::Fd& fd);

}  // namespace wf::executor
