// SPDX-License-Identifier: Apache-2.0
#include "io/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "io/system.h"

namespace wf::io {
namespace {

TEST(File, WritesWholeFilesAndReplacesThem) {
  auto dir = TempDirectory::create();
  ASSERT_TRUE(dir.ok());
  const std::string path = dir->path() + "/a/b/file";
  ASSERT_TRUE(make_directories(dir->path() + "/a/b").ok());
  ASSERT_TRUE(write_file(path, "one", 0600).ok());
  ASSERT_TRUE(write_file(path, "two", 0600).ok());
  EXPECT_EQ(*read_file(path), "two");
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(list_directory(dir->path() + "/a/b")->size(), 1u);  // no temporary is left
}

TEST(File, SaysWhatFails) {
  const auto missing = read_file("/nowhere/at/all");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code(), Code::NotFound);
  EXPECT_EQ(missing.error().message(), "reading '/nowhere/at/all': No such file or directory");
  EXPECT_FALSE(read_file("/proc/self/maps", 10).ok());
}

TEST(File, ALockHasOneHolder) {
  auto dir = TempDirectory::create();
  ASSERT_TRUE(dir.ok());
  const std::string path = dir->path() + "/lock";
  {
    auto first = FileLock::try_acquire(path);
    ASSERT_TRUE(first.ok() && first->has_value());
    auto second = FileLock::try_acquire(path);
    ASSERT_TRUE(second.ok());
    EXPECT_FALSE(second->has_value());
  }
  EXPECT_TRUE(FileLock::try_acquire(path)->has_value());
}

TEST(File, TemporaryFoldersGoAway) {
  std::string path;
  {
    auto dir = TempDirectory::create();
    ASSERT_TRUE(dir.ok());
    path = dir->path();
    ASSERT_TRUE(write_file(path + "/x", "1").ok());
  }
  EXPECT_FALSE(exists(path));
}

TEST(System, UuidsAreVersionFour) {
  SystemRandom random;
  const std::string id = new_uuid(random);
  ASSERT_EQ(id.size(), 36u);
  EXPECT_EQ(id[14], '4');
  EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos);
}

}  // namespace
}  // namespace wf::io
