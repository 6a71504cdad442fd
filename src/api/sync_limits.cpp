// SPDX-License-Identifier: Apache-2.0
// Limits of semaphores, kept in ConfigMaps (`argo sync`).
#include <charconv>

#include "api/call.h"
#include "base/text.h"
#include "store/kinds.h"

namespace wf::api {
namespace {

Result<void> check_type(std::string_view type) {
  if (type.empty() || type == "CONFIGMAP" || type == "0") return {};
  return Error(cat("unsupported sync config type: ", type));
}

std::string type_text(const json::Value& type) {
  return std::string(type.is_number() ? type.number_text() : type.as_string());
}

// Go omits the zero value of the type, which is CONFIGMAP.
io::HttpResponse limit_response(const store::Key& map, const std::string& key, int64_t limit) {
  return json_response(json::Value::object(
      {{"cmName", map.name}, {"namespace", map.ns}, {"key", key}, {"limit", limit}}));
}

Result<int64_t> limit_of(const Call& call) {
  const json::Value& given = call.body["limit"];
  const int64_t limit = given.as_int().value_or(0);
  if (limit <= 0) return Error("limit must be greater than zero");
  return limit;
}

Result<io::HttpResponse> create(const Services& services, const Call& call) {
  TRY(const int64_t limit, limit_of(call));
  TRY_DO(check_type(type_text(call.body["type"])));
  const std::string key(call.body["key"].as_string());
  const store::Key map{std::string(store::kConfigMap), call.ns(), std::string(call.body["cmName"].as_string())};
  auto changed = services.store.modify(map, [&](json::Value& object) -> Result<void> {
    if (object["data"].has(key)) {
      return Error("sync limit cannot be created as it already exists", Code::AlreadyExists);
    }
    object.at("data").set(key, std::to_string(limit));
    return {};
  });
  if (!changed.ok() && changed.error().code() == Code::NotFound) {
    changed = services.store.create(json::Value::object(
        {{"kind", store::kConfigMap},
         {"metadata", json::Value::object({{"name", map.name}, {"namespace", map.ns}})},
         {"data", json::Value::object({{key, json::Value(std::to_string(limit))}})}}));
  }
  if (!changed.ok()) return std::move(changed.error());
  return limit_response(map, key, limit);
}

Result<io::HttpResponse> get(const Services& services, const Call& call) {
  TRY_DO(check_type(call.query.get("type")));
  const store::Key map{std::string(store::kConfigMap), call.ns(), call.text("cmName")};
  TRY(const json::Value object, services.store.get(map));
  const std::string& key = call.name();
  if (!object["data"].has(key)) {
    return Error(cat("key ", key, " not found in configmap ", map.ns, "/", map.name), Code::NotFound);
  }
  const std::string_view text = object["data"][key].as_string();
  int64_t limit = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (error != std::errc() || end != text.data() + text.size()) {
    return Error(cat("invalid limit format for key ", key, " in configmap ", map.ns, "/", map.name));
  }
  return limit_response(map, key, limit);
}

Result<io::HttpResponse> update(const Services& services, const Call& call) {
  TRY(const int64_t limit, limit_of(call));
  TRY_DO(check_type(type_text(call.body["type"])));
  const std::string& key = call.name();
  const store::Key map{std::string(store::kConfigMap), call.ns(), std::string(call.body["cmName"].as_string())};
  TRY(const json::Value changed, services.store.modify(map, [&](json::Value& object) -> Result<void> {
    if (!object["data"].has(key)) {
      return Error(cat("key ", key, " not found in configmap ", map.ns, "/", map.name, " - please create it first"),
                   Code::NotFound);
    }
    object.at("data").set(key, std::to_string(limit));
    return {};
  }));
  return limit_response(map, key, limit);
}

Result<io::HttpResponse> remove(const Services& services, const Call& call) {
  TRY_DO(check_type(call.query.get("type")));
  const store::Key map{std::string(store::kConfigMap), call.ns(), call.text("cmName")};
  TRY(const json::Value changed, services.store.modify(map, [&](json::Value& object) -> Result<void> {
    if (object["data"].has(call.name())) object.at("data").erase(call.name());
    return {};
  }));
  return empty_response();
}

constexpr Route kRoutes[] = {
    {"POST", "/api/v1/sync/{}", create},
    {"GET", "/api/v1/sync/{}/{}", get},
    {"PUT", "/api/v1/sync/{}/{}", update},
    {"DELETE", "/api/v1/sync/{}/{}", remove},
};

}  // namespace

std::span<const Route> sync_routes() { return kRoutes; }

}  // namespace wf::api
