// SPDX-License-Identifier: Apache-2.0
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "executor/archive.h"
#include "executor/artifact_store.h"
#include "executor/artifacts.h"
#include "executor/outputs.h"
#include "io/file.h"

namespace wf::executor {
namespace {

using json::Value;

class Artifacts : public ::testing::Test {
 protected:
  std::string path(std::string_view name) const { return cat(folder.path(), "/", name); }
  void put(std::string_view name, std::string_view text) {
    const std::string file = path(name);
    ASSERT_TRUE(io::make_directories(file.substr(0, file.rfind('/'))).ok());
    ASSERT_TRUE(io::write_file(file, text).ok());
  }
  std::string get(std::string_view name) const {
    auto text = io::read_file(path(name));
    return text.ok() ? *text : text.error().message();
  }
  // A tar of one entry, as somebody hostile would make it.
  void evil_tar(std::string_view name, const char* entry_name, unsigned type, const char* link) {
    archive* out = archive_write_new();
    archive_write_add_filter_gzip(out);
    archive_write_set_format_pax_restricted(out);
    archive_write_open_filename(out, path(name).c_str());
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, entry_name);
    archive_entry_set_filetype(entry, type);
    archive_entry_set_perm(entry, 0644);
    if (link != nullptr) archive_entry_set_symlink(entry, link);
    archive_entry_set_size(entry, type == AE_IFREG ? 4 : 0);
    archive_write_header(out, entry);
    if (type == AE_IFREG) archive_write_data(out, "evil", 4);
    if (link != nullptr) {  // and something through the link
      archive_entry* through = archive_entry_new();
      archive_entry_set_pathname(through, cat(entry_name, "/stolen").c_str());
      archive_entry_set_filetype(through, AE_IFREG);
      archive_entry_set_perm(through, 0644);
      archive_entry_set_size(through, 4);
      archive_write_header(out, through);
      archive_write_data(out, "evil", 4);
      archive_entry_free(through);
    }
    archive_entry_free(entry);
    archive_write_free(out);
  }
  io::TempDirectory folder = std::move(*io::TempDirectory::create("artifacts"));
  ArtifactStore store{folder.path() + "/store"};
};

TEST_F(Artifacts, AreKeptOnceAndFoundByTheirKeys) {
  const auto write = [](std::string_view text) {
    return [text](int fd) { return io::write_all(fd, text); };
  };
  ASSERT_TRUE(store.save("a/b", write("same")).ok());
  ASSERT_TRUE(store.save("a/b/c", write("same")).ok());  // a key may go on below another
  ASSERT_TRUE(store.save("a/@odd%", write("odd")).ok());
  ASSERT_TRUE(store.save("../../up", write("up")).ok());
  EXPECT_EQ(store.find("a/b")->sha256, store.find("a/b/c")->sha256);
  EXPECT_EQ(store.list("a").size(), 3u);
  EXPECT_EQ(store.list("a/b").size(), 1u);
  EXPECT_EQ(store.find("../../up")->size, 2u);
  EXPECT_FALSE(io::exists(path("up@")));
  EXPECT_EQ(store.find("a/x").error().code(), Code::NotFound);
  ASSERT_TRUE(store.remove("a").ok());
  EXPECT_TRUE(store.list("a").empty());
  EXPECT_EQ(*store.sweep(), 7u);  // "same" and "odd"
  EXPECT_TRUE(store.find("../../up").ok());
}

TEST_F(Artifacts, ADamagedOneIsNotPassedOn) {
  const auto saved = store.save("k", [](int fd) { return io::write_all(fd, "good"); });
  const std::string blob =
      cat(folder.path(), "/store/blobs/", saved->sha256.substr(0, 2), "/", saved->sha256);
  ASSERT_TRUE(io::write_file(blob, "evil").ok());
  const auto copied = store.copy_to(*saved, path("out"));
  ASSERT_FALSE(copied.ok());
  EXPECT_NE(copied.error().message().find("artifact \"k\" is damaged"), std::string::npos);
}

TEST_F(Artifacts, ArchivesGoRoundAsArgoUnpacksThem) {
  put("d/one", "1");
  put("d/sub/two", "2");
  ASSERT_EQ(::symlink("sub/two", path("d/link").c_str()), 0);
  ASSERT_EQ(::chmod(path("d/one").c_str(), 0751), 0);
  for (const ArchiveKind kind : {ArchiveKind::Tar, ArchiveKind::Zip}) {
    const bool tar = kind == ArchiveKind::Tar;
    const std::string archive = path(tar ? "x.tgz" : "x.zip");
    const io::Fd fd(::open(archive.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    ASSERT_TRUE(pack("/", path("d"), kind, 6, fd.get()).ok());
    EXPECT_EQ(is_tarball(archive), tar);
    const std::string out = tar ? "tar" : "zip";
    ASSERT_TRUE(unpack(archive, kind, path(out)).ok());
    EXPECT_EQ(get(out + "/one"), "1");
    EXPECT_EQ(get(out + "/sub/two"), "2");
    EXPECT_EQ(get(out + "/link"), "2");
    struct stat info {};
    ASSERT_EQ(::stat(path(out + "/one").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0751u);
  }
  const io::Fd fd(::open(path("f.tgz").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  ASSERT_TRUE(pack("/", path("d/one"), ArchiveKind::Tar, kStored, fd.get()).ok());
  ASSERT_TRUE(unpack(path("f.tgz"), ArchiveKind::Tar, path("other")).ok());
  EXPECT_EQ(get("other"), "1");  // a file of whatever name becomes the destination
}

TEST_F(Artifacts, UnpackingStaysInside) {
  put("outside/kept", "kept");
  const std::string outside = path("outside");
  evil_tar("dots.tgz", "../outside/kept", AE_IFREG, nullptr);
  evil_tar("absolute.tgz", cat(outside, "/kept").c_str(), AE_IFREG, nullptr);
  evil_tar("link.tgz", "link", AE_IFLNK, outside.c_str());
  evil_tar("device.tgz", "null", AE_IFCHR, nullptr);
  for (const char* name : {"dots.tgz", "absolute.tgz", "link.tgz", "device.tgz"}) {
    EXPECT_FALSE(unpack(path(name), ArchiveKind::Tar, path("in")).ok()) << name;
    EXPECT_EQ(get("outside/kept"), "kept") << name;
    EXPECT_FALSE(io::exists(path("outside/stolen"))) << name;
    EXPECT_FALSE(io::exists(path("in"))) << name;
  }
}

TEST_F(Artifacts, PackingDoesNotFollowLinksOutOfTheRoot) {
  put("secret", "secret");
  put("root/etc/inner", "inner");
  ASSERT_EQ(::symlink("/etc/inner", path("root/out").c_str()), 0);
  ASSERT_EQ(::symlink(cat("../", "secret").c_str(), path("root/up").c_str()), 0);
  io::Fd fd(::open(path("a.tgz").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  ASSERT_TRUE(pack(path("root"), "/out", ArchiveKind::Tar, 0, fd.get()).ok());
  ASSERT_TRUE(unpack(path("a.tgz"), ArchiveKind::Tar, path("got")).ok());
  EXPECT_EQ(get("got"), "inner");
  EXPECT_FALSE(pack(path("root"), "/up", ArchiveKind::Tar, 0, fd.get()).ok());
}

TEST_F(Artifacts, NeverReplaceAFullFolder) {
  put("busy/file", "x");
  const Value raw = Value::object({{"name", "a"}, {"raw", Value::object({{"data", "new"}})}});
  EXPECT_FALSE(load_artifacts({path("store"), {}}, {{raw, "/", path("busy")}}).ok());
  EXPECT_EQ(get("busy/file"), "x");
  EXPECT_TRUE(load_artifacts({path("store"), {}}, {{raw, "/", path("busy/file")}}).ok());
  EXPECT_EQ(get("busy/file"), "new");
}

TEST_F(Artifacts, AreDeletedWithAllThatLiesBelow) {  // GCO-8
  for (const char* key : {"w/out", "w/folder/a", "w/folder/sub/b", "w/folders"}) {
    ASSERT_TRUE(store.save(key, [](int fd) { return io::write_all(fd, "x"); }).ok());
  }
  const ArtifactContext context{path("store"), embedded_repository()};
  const auto at = [](const char* key) {
    return Value::object({{"name", "a"}, {"s3", Value::object({{"key", key}})}});
  };
  EXPECT_TRUE(delete_artifact(context, at("w/out")).ok());
  EXPECT_TRUE(delete_artifact(context, at("w/out")).ok());  // not there any more
  EXPECT_TRUE(delete_artifact(context, at("w/folder")).ok());
  const auto left = store.list("");
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left.front().key, "w/folders");
}

TEST_F(Artifacts, ThatLieElsewhereAreNotDeleted) {
  const ArtifactContext context{path("store"), embedded_repository()};
  const auto deleted = [&](std::string_view driver, Value place) {
    const auto done = delete_artifact(context, Value::object({{"name", "a"}, {driver, std::move(place)}}));
    return done.ok() ? std::string() : done.error().message();
  };
  EXPECT_TRUE(deleted("raw", Value::object({{"data", "x"}})).starts_with("delete not supported for this artifact storage"));
  EXPECT_TRUE(deleted("git", Value::object({{"repo", "https://h/x"}})).starts_with("delete not supported"));
  EXPECT_TRUE(deleted("s3", Value::object({{"endpoint", "h"}, {"bucket", "b"}, {"key", "k"}}))
                  .starts_with("artifact driver s3 is not supported on one machine yet"));
  EXPECT_EQ(deleted("s3", Value::object({{"key", "/"}})), "an artifact needs a key");  // never everything
}

TEST_F(Artifacts, RefuseDriversThatAreNotThere) {
  const Value git =
      Value::object({{"name", "a"}, {"git", Value::object({{"repo", "https://h/x"}})}});
  const auto loaded = load_artifacts({path("store"), {}}, {{git, "/", path("x")}});
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(
      loaded.error().message(),
      "artifact a failed to load: artifact driver git is not supported on one machine yet: use the "
      "embedded repository, raw or http");
}

TEST(Outputs, TakeOneLineEndOffAndFallBack) {
  Value tmpl = Value::object(
      {{"outputs",
        Value::object(
            {{"parameters",
              Value::array(
                  {Value::object({{"name", "a"}, {"valueFrom", Value::object({{"path", "/a"}})}}),
                   Value::object({{"name", "n"},
                                  {"valueFrom", Value::object({{"path", "/n"}, {"default", 5}})}}),
                   Value::object({{"name", "e"},
                                  {"valueFrom", Value::object({{"expression", "1"}})}})})}})}});
  const auto read = [](const std::string& path) -> Result<std::string> {
    if (path == "/a") return std::string("x\n\n");
    return Error("no", Code::NotFound);
  };
  const Parameters got = collect_parameters(tmpl, read);
  EXPECT_FALSE(got.error.has_value());
  EXPECT_EQ(got.list[size_t{0}]["value"].as_string(), "x\n");
  EXPECT_EQ(got.list[1]["value"].as_string(), "5");
  EXPECT_FALSE(got.list[2].has("value"));
}

TEST(Outputs, ProgressIsTheLastLineWhereItIsOne) {
  EXPECT_EQ(progress_of("1/4\n2/4\n"), "2/4");
  EXPECT_EQ(progress_of("1/4\nhello"), "");
  EXPECT_EQ(progress_of("5/4"), "");
  EXPECT_EQ(progress_of("0/0"), "");
  EXPECT_EQ(progress_of(""), "");
}

}  // namespace
}  // namespace wf::executor
