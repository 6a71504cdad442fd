// SPDX-License-Identifier: Apache-2.0
#include "config/settings_schema.h"

#include <charconv>
#include <string>

#include "base/text.h"
#include "config/typed_yaml.h"
#include "expr/duration.h"
#include "expr/gotime.h"
#include "spec/codec.h"

namespace wf::config {

using json::Value;

namespace {

constexpr Setting kToggle[] = {{"enabled", Kind::Flag}};
constexpr Setting kNodeEvents[] = {{"enabled", Kind::Flag}, {"sendAsPod", Kind::Flag}};
constexpr Setting kKubeConfig[] = {{"secretName", Kind::Text},
                                   {"secretKey", Kind::Text},
                                   {"volumeName", Kind::Text},
                                   {"mountPath", Kind::Text}};
constexpr Setting kModifier[] = {{"disabled", Kind::Flag},
                                 {"disabledAttributes", Kind::Texts},
                                 {"histogramBuckets", Kind::Reals}};
constexpr Setting kMetrics[] = {
    {"enabled", Kind::Flag},    {"disableLegacy", Kind::Flag},
    {"metricsTTL", Kind::Ttl},  {"path", Kind::Text},
    {"port", Kind::Whole},      {"ignoreErrors", Kind::Flag},
    {"secure", Kind::Flag},     {"modifiers", Kind::GroupMap, {}, kModifier},
    {"temporality", Kind::Text}};
constexpr Setting kRateLimit[] = {{"limit", Kind::Real}, {"burst", Kind::Whole}};
constexpr Setting kPool[] = {
    {"maxIdleConns", Kind::Whole}, {"maxOpenConns", Kind::Whole}, {"connMaxLifetime", Kind::Ttl}};
constexpr Setting kReconnect[] = {{"maxRetries", Kind::Whole},
                                  {"baseDelaySeconds", Kind::Whole},
                                  {"maxDelaySeconds", Kind::Whole},
                                  {"retryMultiple", Kind::Real}};
constexpr Setting kAzureToken[] = {{"enabled", Kind::Flag}, {"scope", Kind::Text}};
constexpr Setting kRdsToken[] = {{"enabled", Kind::Flag}, {"region", Kind::Text}};
constexpr Setting kPostgres[] = {{"host", Kind::Text},
                                 {"port", Kind::Whole},
                                 {"database", Kind::Text},
                                 {"tableName", Kind::Text},
                                 {"userNameSecret", Kind::Api, "SecretKeySelector"},
                                 {"passwordSecret", Kind::Api, "SecretKeySelector"},
                                 {"ssl", Kind::Flag},
                                 {"sslMode", Kind::Text},
                                 {"azureToken", Kind::Group, {}, kAzureToken},
                                 {"awsRDSToken", Kind::Group, {}, kRdsToken}};
constexpr Setting kMySql[] = {{"host", Kind::Text},
                              {"port", Kind::Whole},
                              {"database", Kind::Text},
                              {"tableName", Kind::Text},
                              {"userNameSecret", Kind::Api, "SecretKeySelector"},
                              {"passwordSecret", Kind::Api, "SecretKeySelector"},
                              {"options", Kind::TextMap}};
constexpr Setting kPersistence[] = {{"postgresql", Kind::Group, {}, kPostgres},
                                    {"mysql", Kind::Group, {}, kMySql},
                                    {"connectionPool", Kind::Group, {}, kPool},
                                    {"reconnectionConfig", Kind::Group, {}, kReconnect},
                                    {"connectionTimeoutSeconds", Kind::Whole},
                                    {"nodeStatusOffLoad", Kind::Flag},
                                    {"archive", Kind::Flag},
                                    {"archiveLabelSelector", Kind::Api, "LabelSelector"},
                                    {"archiveTTL", Kind::Ttl},
                                    {"clusterName", Kind::Text},
                                    {"skipMigration", Kind::Flag}};
constexpr Setting kSynchronization[] = {{"postgresql", Kind::Group, {}, kPostgres},
                                        {"mysql", Kind::Group, {}, kMySql},
                                        {"connectionPool", Kind::Group, {}, kPool},
                                        {"reconnectionConfig", Kind::Group, {}, kReconnect},
                                        {"connectionTimeoutSeconds", Kind::Whole},
                                        {"enableAPI", Kind::Flag},
                                        {"controllerName", Kind::Text},
                                        {"skipMigration", Kind::Flag},
                                        {"limitTableName", Kind::Text},
                                        {"stateTableName", Kind::Text},
                                        {"controllerTableName", Kind::Text},
                                        {"lockTableName", Kind::Text},
                                        {"pollSeconds", Kind::Whole},
                                        {"heartbeatSeconds", Kind::Whole},
                                        {"inactiveControllerSeconds", Kind::Whole},
                                        {"semaphoreLimitCacheSeconds", Kind::Whole}};
constexpr Setting kLink[] = {
    {"name", Kind::Text}, {"scope", Kind::Text}, {"url", Kind::Text}, {"target", Kind::Text}};
constexpr Setting kColumn[] = {{"name", Kind::Text}, {"type", Kind::Text}, {"key", Kind::Text}};
constexpr Setting kPodSpecLog[] = {{"failedPod", Kind::Flag}, {"allPods", Kind::Flag}};
constexpr Setting kRestrictions[] = {{"templateReferencing", Kind::Text}};
constexpr Setting kImage[] = {{"entrypoint", Kind::Texts}, {"cmd", Kind::Texts}};
constexpr Setting kRetention[] = {
    {"completed", Kind::Whole}, {"failed", Kind::Whole}, {"errored", Kind::Whole}};
constexpr Setting kSso[] = {{"issuer", Kind::Text},
                            {"issuerAlias", Kind::Text},
                            {"clientId", Kind::Api, "SecretKeySelector"},
                            {"clientSecret", Kind::Api, "SecretKeySelector"},
                            {"redirectUrl", Kind::Text},
                            {"rbac", Kind::Group, {}, kToggle},
                            {"scopes", Kind::Texts},
                            {"sessionExpiry", Kind::Duration},
                            {"customGroupClaimName", Kind::Text},
                            {"userInfoPath", Kind::Text},
                            {"insecureSkipVerify", Kind::Flag},
                            {"filterGroupsRegex", Kind::Texts},
                            {"rootCA", Kind::Text}};
constexpr Setting kDriver[] = {
    {"name", Kind::Text}, {"image", Kind::Text}, {"connectionTimeoutSeconds", Kind::Whole}};
constexpr Setting kPodRestart[] = {{"enabled", Kind::Flag}, {"maxRestarts", Kind::Whole}};

constexpr Setting kSettings[] = {
    {"nodeEvents", Kind::Group, {}, kNodeEvents},
    {"workflowEvents", Kind::Group, {}, kToggle},
    {"executor", Kind::Api, "Container"},
    {"mainContainer", Kind::Api, "Container"},
    {"kubeConfig", Kind::Group, {}, kKubeConfig},
    {"artifactRepository", Kind::Api, "ArtifactRepository"},
    {"namespace", Kind::Text},
    {"instanceID", Kind::Text},
    {"metricsConfig", Kind::Group, {}, kMetrics},
    {"telemetryConfig", Kind::Group, {}, kMetrics},
    {"parallelism", Kind::Whole},
    {"namespaceParallelism", Kind::Whole},
    {"resourceRateLimit", Kind::Group, {}, kRateLimit},
    {"persistence", Kind::Group, {}, kPersistence},
    {"links", Kind::GroupList, {}, kLink},
    {"columns", Kind::GroupList, {}, kColumn},
    {"workflowDefaults", Kind::Api, "Workflow"},
    {"podSpecLogStrategy", Kind::Group, {}, kPodSpecLog},
    {"podGCGracePeriodSeconds", Kind::Whole},
    {"podGCDeleteDelayDuration", Kind::Duration},
    {"workflowRestrictions", Kind::Group, {}, kRestrictions},
    {"initialDelay", Kind::Duration},
    {"images", Kind::GroupMap, {}, kImage},
    {"retentionPolicy", Kind::Group, {}, kRetention},
    {"navColor", Kind::Text},
    {"sso", Kind::Group, {}, kSso},
    {"synchronization", Kind::Group, {}, kSynchronization},
    {"artifactDrivers", Kind::GroupList, {}, kDriver},
    {"failedPodRestart", Kind::Group, {}, kPodRestart},
    {"disableAgentPodCreation", Kind::Flag},
    {"initlessPod", Kind::Group, {}, kToggle},
};

Error wrong_type(const Value& value, const std::string& path, std::string_view wanted) {
  return Error(cat("json: cannot unmarshal ", name_of(value.kind()),
                   " into Go struct field Config.", path, " of type ", wanted));
}

Result<Value> checked_group(const Value& value, std::span<const Setting> group,
                            const std::string& path);

Result<Value> checked_text(const Value& value, const Setting& setting, const std::string& path) {
  const Value text = setting.kind == Kind::Text ? scalar_as_text(value) : value;
  if (!text.is_string()) return wrong_type(value, path, "string");
  if (setting.kind == Kind::Duration) {
    TRY(const int64_t nanoseconds, expr::parse_duration(value.as_string()));
    return Value(expr::to_text(Duration(nanoseconds)));
  }
  if (setting.kind != Kind::Ttl) return text;
  TRY(const std::string duration, ttl_text(value.as_string()));
  return Value(duration);
}

Result<Value> checked_list(const Value& value, const Setting& setting, const std::string& path) {
  const bool texts = setting.kind == Kind::Texts;
  if (!value.is_array()) return wrong_type(value, path, texts ? "[]string" : "[]float64");
  Value list = Value::array();
  for (const Value& item : value.items()) {
    list.push_back(texts ? scalar_as_text(item) : item);
    if (texts ? list.items().back().is_string() : item.is_number()) continue;
    return wrong_type(item, path, texts ? "string" : "float64");
  }
  return list;
}

Result<Value> checked_text_map(const Value& value, const std::string& path) {
  if (!value.is_object()) return wrong_type(value, path, "map[string]string");
  Value map = Value::object();
  for (const json::Member& member : value.members()) {
    map.set(member.key(), scalar_as_text(member.value));
    if (!map[member.key()].is_string()) return wrong_type(member.value, path, "string");
  }
  return map;
}

Result<Value> checked_api(const Value& given, const Setting& setting) {
  const Value value = scalars_as_texts(setting.api, given);
  auto decoded = spec::decode(setting.api, value, spec::Strictness::Lenient);
  if (!decoded) return std::move(decoded.error());
  const spec::Decoded strict = spec::decode_all(setting.api, value, spec::Strictness::Strict);
  if (!strict.unknown.empty()) {
    const std::string& path = strict.unknown[0].path;
    const size_t dot = path.rfind('.');
    return Error(cat("json: unknown field ",
                     go_quote(dot == std::string::npos ? path : path.substr(dot + 1))));
  }
  return decoded;
}

Result<Value> checked_many(const Value& value, const Setting& setting, const std::string& path) {
  if (setting.kind == Kind::GroupList) {
    if (!value.is_array()) return wrong_type(value, path, "[]object");
    Value list = Value::array();
    for (const Value& item : value.items()) {
      TRY(Value checked, checked_group(item, setting.group, path));
      list.push_back(std::move(checked));
    }
    return list;
  }
  if (!value.is_object()) return wrong_type(value, path, "map[string]object");
  Value map = Value::object();
  for (const json::Member& member : value.members()) {
    TRY(Value checked, checked_group(member.value, setting.group, path));
    map.set(member.key(), std::move(checked));
  }
  return map;
}

Result<Value> checked(const Value& value, const Setting& setting, const std::string& path) {
  switch (setting.kind) {
    case Kind::Text:
    case Kind::Duration:
    case Kind::Ttl:
      return checked_text(value, setting, path);
    case Kind::Flag:
      return value.is_bool() ? Result<Value>(value) : wrong_type(value, path, "bool");
    case Kind::Whole:
      if (value.as_int()) return value;
      if (!value.is_number()) return wrong_type(value, path, "int");
      return Error(cat("json: cannot unmarshal number ", value.number_text(),
                       " into Go struct field Config.", path, " of type int"));
    case Kind::Real:
      return value.is_number() ? Result<Value>(value) : wrong_type(value, path, "float64");
    case Kind::Texts:
    case Kind::Reals:
      return checked_list(value, setting, path);
    case Kind::TextMap:
      return checked_text_map(value, path);
    case Kind::Api:
      return checked_api(value, setting);
    case Kind::Group:
      return checked_group(value, setting.group, path);
    case Kind::GroupList:
    case Kind::GroupMap:
      return checked_many(value, setting, path);
  }
  return value;
}

Result<Value> checked_group(const Value& value, std::span<const Setting> group,
                            const std::string& path) {
  if (value.is_null()) return Value::object();
  if (!value.is_object()) return wrong_type(value, path, "object");
  Value out = Value::object();
  for (const json::Member& member : value.members()) {
    const Setting* setting = nullptr;
    for (const Setting& known : group) {
      if (known.name == member.key()) setting = &known;
    }
    if (setting == nullptr) return Error(cat("json: unknown field ", go_quote(member.key())));
    if (member.value.is_null()) continue;
    const std::string below =
        path.empty() ? std::string(member.key()) : cat(path, ".", member.key());
    TRY(Value kept, checked(member.value, *setting, below));
    out.set(member.key(), std::move(kept));
  }
  return out;
}

}  // namespace

Result<std::string> ttl_text(std::string_view text) {
  if (text.empty()) return expr::to_text(Duration{});
  if (!text.ends_with('d')) {
    TRY(const int64_t nanoseconds, expr::parse_duration(text));
    return expr::to_text(Duration(nanoseconds));
  }
  const std::string_view digits = text.substr(0, text.size() - 1);
  int64_t days = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), days);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    return Error(cat("strconv.Atoi: parsing ", go_quote(digits), ": invalid syntax"));
  }
  return expr::to_text(std::chrono::hours(24 * days));
}

Result<Value> checked_settings(const Value& settings) {
  return checked_group(settings, kSettings, "");
}

}  // namespace wf::config
