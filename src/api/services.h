// SPDX-License-Identifier: Apache-2.0
// api/services.h: what the endpoints work with. Everything in it outlives the server and may be used
// from many threads.
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "config/controller_config.h"
#include "control/operations.h"
#include "io/http.h"
#include "json/value.h"
#include "store/object_store.h"

namespace wf::api {

// A file that a client downloads, read piece by piece; 0 at its end.
struct ArtifactBody {
  std::string name;  // as the client is to call it
  std::function<Result<size_t>(std::span<char>)> read;
};
// Opens an artifact of a workflow: `artifact` as in its node's inputs or outputs.
using OpenArtifact = std::function<Result<ArtifactBody>(const json::Value& workflow, const std::string& node_id,
                                                        const json::Value& artifact)>;

struct Services {
  store::ObjectStore& store;
  control::Operations& operations;
  const Clock& clock;
  config::ControllerConfig config;
  json::Value version;            // Argo's Version object
  std::string managed_namespace;  // "": all
  OpenArtifact open_artifact;     // may be empty
  std::function<std::string()> metrics;  // in Prometheus' text format; may be empty
  // Who may call; empty: everybody. An Error (Unauthenticated, Forbidden) refuses the request.
  std::function<Result<void>(const io::HttpRequest&)> authorize;
};

}  // namespace wf::api
