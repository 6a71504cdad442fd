// SPDX-License-Identifier: Apache-2.0
#include "api/server.h"

#include <algorithm>
#include <optional>

#include "api/call.h"
#include "base/text.h"
#include "json/text.h"

namespace wf::api {
namespace {

// The decoded texts at the {} of the pattern, where the path fits it.
std::optional<std::vector<std::string>> match(std::string_view pattern, std::string_view path) {
  std::vector<std::string> args;
  const auto wanted = split(pattern, "/"), given = split(path, "/");
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == "{*}") {
      std::string rest;
      for (size_t j = i; j < given.size(); ++j) rest += cat(j == i ? "" : "/", io::percent_decode(given[j]));
      args.push_back(std::move(rest));
      return args;
    }
    if (i >= given.size()) return std::nullopt;
    if (wanted[i] == "{}") {
      if (given[i].empty()) return std::nullopt;
      args.push_back(io::percent_decode(given[i]));
    } else if (wanted[i] != given[i]) {
      return std::nullopt;
    }
  }
  if (wanted.size() != given.size()) return std::nullopt;
  return args;
}

struct Match {
  const Route* route = nullptr;
  std::vector<std::string> args;
  bool other_method = false;  // the path exists, for another method
};

Match find_route(const io::HttpRequest& request) {
  Match found;
  const auto fixed = [](const Match& m) { return std::count(m.route->path.begin(), m.route->path.end(), '{'); };
  for (const auto& routes : {workflow_routes(), watch_routes(), log_routes(), template_routes(), info_routes(), sync_routes(),
                             artifact_routes(), object_routes()}) {
    for (const Route& route : routes) {
      auto args = match(route.path, request.raw_path());
      if (!args) continue;
      if (route.method != request.method) {
        found.other_method = true;
        continue;
      }
      // "/workflows/{}/lint" goes before "/workflows/{}/{}".
      Match candidate{&route, std::move(*args), false};
      if (found.route == nullptr || fixed(candidate) < fixed(found)) found = std::move(candidate);
    }
  }
  return found;
}

Result<io::HttpResponse> answer(const Services& services, const io::HttpRequest& request) {
  if (services.authorize) TRY_DO(services.authorize(request));
  Match found = find_route(request);
  if (found.route == nullptr) {
    io::HttpResponse response;
    response.status = found.other_method ? 405 : 404;
    response.headers.set("Content-Type", "text/plain; charset=utf-8");
    response.body = cat(io::reason_phrase(response.status), "\n");
    return response;
  }
  Call call{request, io::Query(request.raw_query()), std::move(found.args), json::Value()};
  if (!trim(request.body).empty()) {
    TRY(call.body, json::parse(request.body));
  }
  return found.route->endpoint(services, call);
}

}  // namespace

io::HttpResponse handle(const Services& services, const io::HttpRequest& request) {
  auto result = answer(services, request);
  if (!result.ok()) return error_response(result.error());
  if (result->status == 200 && request.raw_path().starts_with("/api/")) {
    result->headers.set("Grpc-Metadata-Argo-Version", services.version["version"].as_string());
  }
  return std::move(*result);
}

}  // namespace wf::api
