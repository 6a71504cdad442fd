// SPDX-License-Identifier: Apache-2.0
// api/server.h: Argo Server's REST API (same paths, JSON and error bodies) over the store and the
// controller's operations, and Kubernetes' own paths for the objects of the store that Argo Server
// has none for (ConfigMaps, Secrets, claims). No thread of its own: io's server calls handle().
//
// Answers have the field order and zero values that Go's structs print. Errors are
// {"code": <gRPC code>, "message": …} with the HTTP status that grpc-gateway gives the code; the
// artifact paths answer in plain text. Streams send {"result": …} a line, or as server-sent events
// where the client accepts text/event-stream.
#pragma once
#include "api/services.h"

namespace wf::api {

// Answers one request; from any thread.
io::HttpResponse handle(const Services& services, const io::HttpRequest& request);

}  // namespace wf::api
