// SPDX-License-Identifier: Apache-2.0
// Names of locks: what status.synchronization and the databases call a mutex or a semaphore.
#include "base/text.h"
#include "spec/names.h"

namespace wf::spec {
namespace {

std::string_view kind_text(LockName::Kind kind) {
  switch (kind) {
    case LockName::Kind::ConfigMap:
      return "ConfigMap";
    case LockName::Kind::Database:
      return "Database";
    case LockName::Kind::Mutex:
      return "Mutex";
  }
  return "";
}

std::string plain(const LockName& lock) {
  const std::string base = cat(lock.ns, '/', kind_text(lock.kind), '/', lock.resource);
  return lock.kind == LockName::Kind::ConfigMap ? cat(base, '/', lock.key) : base;
}

std::string namespace_of(const json::Value& reference, std::string_view workflow_ns) {
  const std::string_view own = reference["namespace"].as_string();
  return std::string(own.empty() ? workflow_ns : own);
}

}  // namespace

std::string LockName::database_key() const { return cat(ns, '/', resource); }

Result<std::string> LockName::encode() const {
  std::string text = plain(*this);
  const auto back = decode(text);
  if (!back.ok()) {
    return Error(
        cat("unable to decode lock (", text, ") that was just encoded: ", back.error().message()));
  }
  if (*back != *this) return Error("lock that was just encoded does not match encoding");
  return text;
}

Result<LockName> LockName::decode(std::string_view encoded) {
  const size_t first = encoded.find('/');
  const size_t second = first == std::string_view::npos ? first : encoded.find('/', first + 1);
  if (second == std::string_view::npos) return Error("Invalid lock key: unknown format");
  const std::string_view kind = encoded.substr(first + 1, second - first - 1);
  const std::string_view rest = encoded.substr(second + 1);
  LockName lock;
  lock.ns = encoded.substr(0, first);
  lock.resource = rest;
  if (kind == "Mutex") {
    lock.kind = Kind::Mutex;
  } else if (kind == "Database") {
    lock.kind = Kind::Database;
  } else if (kind == "ConfigMap") {
    lock.kind = Kind::ConfigMap;
    const auto parts = split(rest, "/");
    if (parts.size() != 2) return Error("Invalid ConfigMap lock key: unknown format");
    lock.resource = parts[0];
    lock.key = parts[1];
  } else {
    return Error(cat("Invalid lock key, unexpected kind: ", kind));
  }
  if (lock.ns.empty()) return Error("Invalid lock key: Namespace is missing");
  if (lock.resource.empty()) return Error("Invalid lock key: ResourceName is missing");
  if (lock.kind == Kind::ConfigMap && lock.key.empty()) {
    return Error("Invalid lock key: Key is missing for ConfigMap lock");
  }
  return lock;
}

Result<LockName> semaphore_lock(const json::Value& semaphore, std::string_view workflow_ns) {
  const json::Value& config_map = semaphore["configMapKeyRef"];
  const json::Value& database = semaphore["database"];
  if (!config_map.is_null() && !database.is_null()) {
    return Error("invalid semaphore with both ConfigMapKeyRef and Database");
  }
  LockName lock;
  lock.ns = namespace_of(semaphore, workflow_ns);
  if (!config_map.is_null()) {
    lock.kind = LockName::Kind::ConfigMap;
    lock.resource = config_map["name"].as_string();
    lock.key = config_map["key"].as_string();
  } else if (!database.is_null()) {
    lock.kind = LockName::Kind::Database;
    lock.resource = database["key"].as_string();
  } else {
    return Error("cannot get LockName for a Semaphore without a ConfigMapRef or Database");
  }
  return lock;
}

LockName mutex_lock(const json::Value& mutex, std::string_view workflow_ns) {
  LockName lock;
  lock.kind = mutex["database"].as_bool() ? LockName::Kind::Database : LockName::Kind::Mutex;
  lock.ns = namespace_of(mutex, workflow_ns);
  lock.resource = mutex["name"].as_string();
  return lock;
}

}  // namespace wf::spec
