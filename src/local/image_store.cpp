// SPDX-License-Identifier: Apache-2.0
#include "local/image_store.h"

#include <algorithm>

#include "base/text.h"
#include "io/file.h"
#include "json/text.h"

namespace wf::local {
namespace {

std::string record_path(const Home& home, std::string_view normalised) {
  std::string name;
  for (const char c : normalised) {
    if (c == '/')
      name += "%2F";
    else if (c == '%')
      name += "%25";
    else
      name.push_back(c);
  }
  return cat(home.images(), "/refs/", name, ".json");
}

std::optional<ImageRecord> read_record(const std::string& path) {
  const auto text = io::read_file(path);
  if (!text) return std::nullopt;
  const auto document = json::parse(*text);
  if (!document) return std::nullopt;
  ImageRecord record;
  record.reference = std::string((*document)["reference"].as_string());
  record.digest = std::string((*document)["digest"].as_string());
  record.source = std::string((*document)["source"].as_string());
  record.config = (*document)["config"];
  for (const json::Value& layer : (*document)["layers"].items())
    record.layers.emplace_back(layer.as_string());
  return record;
}

}  // namespace

Result<std::string> normalised_reference(std::string_view reference) {
  const auto bad = [&] {
    return Error(
        cat("couldn't parse image name ", go_quote(reference), ": invalid reference format"));
  };
  const bool odd = std::any_of(reference.begin(), reference.end(), [](char c) {
    return !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
           std::string_view("._-/:@").find(c) == std::string_view::npos;
  });
  if (reference.empty() || odd) return bad();
  const size_t slash = reference.find('/');
  const std::string_view first = reference.substr(0, slash);
  const bool has_host =
      slash != std::string_view::npos &&
      (first.find_first_of(".:") != std::string_view::npos || first == "localhost");
  std::string host = has_host ? std::string(first) : "docker.io";
  std::string rest(has_host ? reference.substr(slash + 1) : reference);
  if (host == "index.docker.io") host = "docker.io";
  if (host == "docker.io" && rest.find('/') == std::string::npos) rest = "library/" + rest;
  std::string digest;
  if (const size_t at = rest.find('@'); at != std::string::npos) {
    digest = rest.substr(at);
    rest.erase(at);
    if (const size_t colon = rest.rfind(':'); colon != std::string::npos)
      rest.erase(colon);  // the digest counts
  }
  const bool tagged = rest.rfind(':') != std::string::npos;
  const std::string name = rest.substr(0, rest.rfind(':'));
  if (name.empty() ||
      std::any_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; }))
    return bad();
  if (!digest.empty()) return cat(host, "/", rest, digest);
  return cat(host, "/", rest, tagged ? "" : ":latest");
}

std::string layers_directory(const Home& home) { return cat(home.images(), "/layers"); }

std::string layer_id(std::string_view diff_id) {
  const size_t colon = diff_id.find(':');
  return std::string(diff_id.substr(colon == std::string_view::npos ? 0 : colon + 1).substr(0, 24));
}

std::optional<ImageRecord> find_image(const Home& home, std::string_view reference) {
  const auto normalised = normalised_reference(reference);
  if (!normalised) return std::nullopt;
  auto record = read_record(record_path(home, *normalised));
  if (!record) return std::nullopt;
  for (const std::string& layer : record->layers) {
    if (!io::exists(cat(layers_directory(home), "/", layer))) return std::nullopt;
  }
  return record;
}

std::vector<ImageRecord> list_images(const Home& home) {
  std::vector<ImageRecord> out;
  const auto names = io::list_directory(cat(home.images(), "/refs"));
  if (!names) return out;
  for (const std::string& name : *names) {
    if (auto record = read_record(cat(home.images(), "/refs/", name)))
      out.push_back(std::move(*record));
  }
  return out;
}

Result<void> record_image(const Home& home, const ImageRecord& record) {
  json::Value layers = json::Value::array();
  for (const std::string& layer : record.layers) layers.push_back(layer);
  TRY_DO(io::make_directories(cat(home.images(), "/refs"), 0700));
  return io::write_file(record_path(home, record.reference),
                        json::print(json::Value::object({{"reference", record.reference},
                                                         {"digest", record.digest},
                                                         {"source", record.source},
                                                         {"config", record.config},
                                                         {"layers", layers}})));
}

Result<void> forget_image(const Home& home, std::string_view reference) {
  TRY(const std::string normalised, normalised_reference(reference));
  return io::remove_tree(record_path(home, normalised));
}

std::string pull_policy(std::string_view written, std::string_view normalised,
                        const std::optional<ImageRecord>& found) {
  if (!written.empty()) return std::string(written);
  if (found && found->source == "file") return "IfNotPresent";
  const bool latest =
      normalised.ends_with(":latest") && normalised.find('@') == std::string_view::npos;
  return latest ? "Always" : "IfNotPresent";
}

}  // namespace wf::local
