// SPDX-License-Identifier: Apache-2.0
// local/image_store.h: images on this machine, as far as running one needs: what a reference means
// and which unpacked layers make it. Reading only; pulling and loading are in image_import.h.
//   images/refs/<reference>.json   ImageRecord, replaced by rename
//   images/layers/<id>/            an unpacked layer, complete when it has this name
//   images/blobs/                  as pulled, shared by all (skopeo's shared blob folder)
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/value.h"
#include "local/home.h"

namespace wf::local {

struct ImageRecord {
  std::string reference;  // normalised
  std::string digest;     // of its manifest
  std::string source;     // "registry" or "file"
  json::Value config;     // the OCI image configuration's "config": Env, Entrypoint, Cmd, User …
  std::vector<std::string> layers;  // ids, lowest first
};

// "busybox" → "docker.io/library/busybox:latest". InvalidArgument where it is not a reference.
Result<std::string> normalised_reference(std::string_view reference);
// Nothing where it isn't here whole.
std::optional<ImageRecord> find_image(const Home& home, std::string_view reference);
std::vector<ImageRecord> list_images(const Home& home);
Result<void> record_image(const Home& home, const ImageRecord& record);
Result<void> forget_image(const Home& home, std::string_view reference);
// Folder name of a layer by its digest: short, so that a mount's options hold many.
std::string layer_id(std::string_view diff_id);
std::string layers_directory(const Home& home);

// "Always", "IfNotPresent" or "Never", as Kubernetes defaults it; but an image that was loaded from
// a file counts as present whatever its tag, unless Always is written down.
std::string pull_policy(std::string_view written, std::string_view normalised,
                        const std::optional<ImageRecord>& found);

}  // namespace wf::local
