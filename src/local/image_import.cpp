// SPDX-License-Identifier: Apache-2.0
#include "local/image_import.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "base/text.h"
#include "io/file.h"
#include "io/process.h"
#include "io/system.h"
#include "json/text.h"
#include "local/layer_unpack.h"
#include "local/runtime.h"

namespace wf::local {
namespace {

std::string fresh_name() {
  io::SystemRandom random;
  return io::new_uuid(random);
}

// Waits for others that bring the same image.
Result<io::Fd> lock(const Home& home, std::string_view name) {
  const std::string folder = cat(home.images(), "/locks");
  TRY_DO(io::make_directories(folder, 0700));
  const std::string path = cat(folder, "/", replace_all(name, "/", "%2F"));
  io::Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd || ::flock(fd.get(), LOCK_EX) != 0) return io::errno_error(errno, "locking", path);
  return fd;
}

// A folder under images/tmp that goes when this does.
class Scratch {
 public:
  static Result<Scratch> make(const Home& home) {
    const std::string path = cat(home.images(), "/tmp/", fresh_name());
    TRY_DO(io::make_directories(path, 0700));
    return Scratch(path);
  }
  Scratch(Scratch&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
  Scratch& operator=(Scratch&&) = delete;
  ~Scratch() {
    if (!path_.empty()) (void)io::remove_tree(path_);
  }
  const std::string& path() const { return path_; }

 private:
  explicit Scratch(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// skopeo's last words, which are the cause: `… msg="cause"`.
std::string cause_of(std::string_view err) {
  std::string_view last;
  for (const std::string_view line : split(err, "\n")) {
    if (!trim(line).empty()) last = trim(line);
  }
  const size_t begin = last.find("msg=\"");
  if (begin == std::string_view::npos) return std::string(last);
  std::string_view text = last.substr(begin + 5);
  if (!text.empty() && text.back() == '"') text.remove_suffix(1);
  return replace_all(text, "\\\"", "\"");
}

// Runs skopeo, handing its lines on as they come.
Result<void> run_skopeo(std::vector<std::string> arguments, const Progress& progress) {
  const std::string skopeo = find_on_path("skopeo");
  if (skopeo.empty())
    return Error("skopeo is not installed: apt-get install skopeo", Code::NotFound);
  arguments.insert(arguments.begin(), skopeo);
  io::Command command;
  command.argv = std::move(arguments);
  TRY(auto out, io::make_pipe());
  TRY(auto scratch, io::TempDirectory::create("skopeo"));
  const std::string err_path = cat(scratch.path(), "/err");
  io::Fd err(::open(err_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  command.stdout_fd = out.second.get();
  command.stderr_fd = err.get();
  TRY(io::Process process, io::spawn(command));
  out.second.reset();
  std::string pending;
  char buffer[4096];
  ssize_t got;
  while ((got = ::read(out.first.get(), buffer, sizeof buffer)) > 0) {
    pending.append(buffer, static_cast<size_t>(got));
    for (size_t end; (end = pending.find('\n')) != std::string::npos; pending.erase(0, end + 1)) {
      progress(pending.substr(0, end));
    }
  }
  TRY(const io::ExitStatus status, process.wait());
  if (status.code == 0) return {};
  TRY(const std::string text, io::read_file(err_path));
  return Error(cause_of(text), Code::Unavailable);
}

Result<json::Value> read_json(const std::string& path) {
  TRY(const std::string text, io::read_file(path));
  return json::parse(text);
}

std::string blob_path(const Home& home, std::string_view digest) {
  return cat(home.images(), "/blobs/", replace_all(digest, ":", "/"));
}

Result<void> unpack_once(const Home& home, const std::string& blob, const std::string& id) {
  const std::string final_name = cat(layers_directory(home), "/", id);
  if (io::exists(final_name)) return {};
  TRY(const io::Fd held, lock(home, cat("layer-", id)));
  if (io::exists(final_name)) return {};
  const std::string temporary = cat(home.images(), "/tmp/layer-", fresh_name());
  TRY_DO(io::make_directories(temporary, 0755));
  if (auto unpacked = unpack_layer(blob, temporary); !unpacked) {
    (void)io::remove_tree(temporary);
    return unpacked;
  }
  const io::Fd folder(::open(temporary.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ::syncfs(folder.get());  // the name promises a whole layer, after a power cut too
  TRY_DO(io::make_directories(layers_directory(home), 0700));
  if (::rename(temporary.c_str(), final_name.c_str()) != 0)
    return io::errno_error(errno, "making layer", final_name);
  return {};
}

// The image that skopeo put into `layout`, unpacked and recorded.
Result<ImageRecord> take_over(const Home& home, const std::string& layout, std::string reference,
                              const char* source, const Progress& progress) {
  TRY(const json::Value index, read_json(cat(layout, "/index.json")));
  ImageRecord record;
  record.reference = std::move(reference);
  record.source = source;
  record.digest = std::string(index["manifests"][size_t{0}]["digest"].as_string());
  TRY(const json::Value manifest, read_json(blob_path(home, record.digest)));
  TRY(const json::Value image,
      read_json(blob_path(home, manifest["config"]["digest"].as_string())));
  record.config = image["config"];
  const json::Value& ids = image["rootfs"]["diff_ids"];
  const json::Value& layers = manifest["layers"];
  if (ids.size() != layers.size())
    return Error("the image's manifest and configuration disagree about its layers");
  for (size_t i = 0; i < layers.size(); ++i) {
    const std::string id = layer_id(ids[i].as_string());
    progress(cat("Unpacking layer ", i + 1, " of ", layers.size()));
    TRY_DO(unpack_once(home, blob_path(home, layers[i]["digest"].as_string()), id));
    record.layers.push_back(id);
  }
  TRY_DO(record_image(home, record));
  return record;
}

Result<ImageRecord> copy_in(const Home& home, const std::string& from,
                            std::vector<std::string> options, const std::string& reference,
                            const char* source, const Progress& progress) {
  TRY(const Scratch layout, Scratch::make(home));
  TRY_DO(io::make_directories(cat(home.images(), "/blobs"), 0700));
  std::vector<std::string> arguments{"copy", "--dest-oci-accept-uncompressed-layers",
                                     "--dest-shared-blob-dir", cat(home.images(), "/blobs")};
  arguments.insert(arguments.end(), options.begin(), options.end());
  arguments.push_back(from);
  arguments.push_back(cat("oci:", layout.path(), ":image"));
  TRY_DO(run_skopeo(std::move(arguments), progress));
  return take_over(home, layout.path(), reference, source, progress);
}

bool on_loopback(std::string_view reference) {
  return reference.starts_with("localhost:") || reference.starts_with("localhost/") ||
         reference.starts_with("127.");
}

// One file out of a tar, or nothing.
std::optional<std::string> member_of(const std::string& tar, std::string_view wanted) {
  struct Free {
    void operator()(archive* a) const { archive_read_free(a); }
  };
  const std::unique_ptr<archive, Free> from(archive_read_new());
  archive_read_support_format_tar(from.get());
  archive_read_support_filter_gzip(from.get());
  archive_read_support_filter_zstd(from.get());
  if (archive_read_open_filename(from.get(), tar.c_str(), 1 << 16) != ARCHIVE_OK)
    return std::nullopt;
  archive_entry* entry;
  while (archive_read_next_header(from.get(), &entry) == ARCHIVE_OK) {
    std::string_view name = archive_entry_pathname(entry) ? archive_entry_pathname(entry) : "";
    if (name.starts_with("./")) name.remove_prefix(2);
    if (name != wanted) continue;
    std::string text(
        static_cast<size_t>(std::clamp<la_int64_t>(archive_entry_size(entry), 0, 16 << 20)), '\0');
    const la_ssize_t got = archive_read_data(from.get(), text.data(), text.size());
    text.resize(got > 0 ? static_cast<size_t>(got) : 0);
    return text;
  }
  return std::nullopt;
}

struct Candidate {
  std::string from;  // for skopeo
  std::vector<std::string> names;
};

std::vector<Candidate> of_docker_archive(const std::string& file, const json::Value& manifest) {
  std::vector<Candidate> out;
  for (size_t i = 0; i < manifest.size(); ++i) {
    Candidate candidate{
        manifest.size() == 1 ? cat("docker-archive:", file) : cat("docker-archive:", file, ":@", i),
        {}};
    for (const json::Value& tag : manifest[i]["RepoTags"].items())
      candidate.names.emplace_back(tag.as_string());
    out.push_back(std::move(candidate));
  }
  return out;
}

std::vector<Candidate> of_oci(const std::string& prefix, const json::Value& index) {
  std::vector<Candidate> out;
  std::vector<json::Value> digests;
  for (const json::Value& item : index["manifests"].items()) {
    const json::Value& notes = item["annotations"];
    const std::string tag(notes["org.opencontainers.image.ref.name"].as_string());
    const std::string full(notes["io.containerd.image.name"].as_string());
    const auto known = std::find(digests.begin(), digests.end(), item["digest"]);
    const size_t at =
        static_cast<size_t>(known - digests.begin());  // one image under several names
    if (known == digests.end()) {
      digests.push_back(item["digest"]);
      out.push_back({tag.empty() ? prefix : cat(prefix, ":", tag), {}});
    }
    Candidate& candidate = out[at];
    // A bare tag names no image; a whole reference has a name before its colon.
    if (!full.empty())
      candidate.names.push_back(full);
    else if (tag.find_first_of(":/") != std::string::npos)
      candidate.names.push_back(tag);
  }
  return out;
}

Result<std::vector<Candidate>> candidates_of(const std::string& file) {
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0) return io::errno_error(errno, "open", file);
  if (S_ISDIR(info.st_mode)) {
    TRY(const json::Value index, read_json(cat(file, "/index.json")));
    return of_oci(cat("oci:", file), index);
  }
  if (const auto text = member_of(file, "manifest.json")) {
    TRY(const json::Value manifest, json::parse(*text));
    return of_docker_archive(file, manifest);
  }
  if (const auto text = member_of(file, "index.json")) {
    TRY(const json::Value index, json::parse(*text));
    return of_oci(cat("oci-archive:", file), index);
  }
  return Error(cat("'", file, "' is not a docker archive, an OCI archive or an OCI layout"));
}

}  // namespace

Result<ImageRecord> pull_image(const Home& home, const PullRequest& request,
                               const Progress& progress) {
  TRY(const std::string reference, normalised_reference(request.reference));
  TRY(const io::Fd held, lock(home, cat("ref-", reference)));
  if (!request.always) {
    if (auto found = find_image(home, reference)) return std::move(*found);
  }
  std::vector<std::string> options;
  if (!request.auth_file.empty()) options = {"--src-authfile", request.auth_file};
  if (on_loopback(reference))
    options.push_back("--src-tls-verify=false");  // as docker treats its own machine
  return copy_in(home, cat("docker://", reference), std::move(options), reference, "registry",
                 progress);
}

Result<std::vector<ImageRecord>> load_images(const Home& home, const std::string& file,
                                             const std::string& name, const Progress& progress) {
  TRY(std::vector<Candidate> candidates, candidates_of(file));
  if (!name.empty() && candidates.size() != 1) {
    return Error(
        cat("'", file, "' holds ", candidates.size(), " images; a name can be given to one only"));
  }
  std::vector<ImageRecord> out;
  for (Candidate& candidate : candidates) {
    if (!name.empty()) candidate.names = {name};
    if (candidate.names.empty())
      return Error(cat("an image of '", file, "' has no name: give one"));
    std::optional<ImageRecord> record;
    for (const std::string& one : candidate.names) {
      TRY(const std::string reference, normalised_reference(one));
      TRY(const io::Fd held, lock(home, cat("ref-", reference)));
      if (!record) {
        TRY(record, copy_in(home, candidate.from, {}, reference, "file", progress));
      } else {
        record->reference = reference;
        TRY_DO(record_image(home, *record));
      }
      out.push_back(*record);
    }
  }
  return out;
}

}  // namespace wf::local
