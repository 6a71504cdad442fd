// SPDX-License-Identifier: Apache-2.0
// The secrets that artifact drivers read, as volumes with one item a key.
#include <utility>

#include "base/text.h"
#include "podspec/artifacts.h"
#include "podspec/parts.h"

namespace wf::podspec {

using json::Value;

namespace {

class Secrets {
 public:
  void add_location(const Value& location);
  SecretVolumes volumes() const;

 private:
  void add(const Value& selector);

  struct Secret {
    std::string_view name;
    std::vector<std::string_view> keys;
  };
  std::vector<Secret> secrets_;  // in the order of their first use
};

void Secrets::add(const Value& selector) {
  const std::string_view name = selector["name"].as_string();
  const std::string_view key = selector["key"].as_string();
  if (name.empty() || key.empty()) return;
  for (Secret& known : secrets_) {
    if (known.name != name) continue;
    for (const std::string_view have : known.keys) {
      if (have == key) return;
    }
    known.keys.push_back(key);
    return;
  }
  secrets_.push_back({name, {key}});
}

// The selectors of each kind of store; the first kind that is set counts.
struct Selectors {
  std::string_view store;
  std::initializer_list<std::string_view> fields;
};
const Selectors kSelectors[] = {
    {"git", {"usernameSecret", "passwordSecret", "sshPrivateKeySecret"}},
    {"artifactory", {"usernameSecret", "passwordSecret"}},
    {"hdfs", {"krbCCacheSecret", "krbKeytabSecret"}},
    {"oss", {"accessKeySecret", "secretKeySecret"}},
    {"gcs", {"serviceAccountKeySecret"}},
};

void Secrets::add_location(const Value& location) {
  if (const Value& s3 = location["s3"]; !s3.is_null()) {
    add(s3["accessKeySecret"]);
    add(s3["secretKeySecret"]);
    add(s3["sessionTokenSecret"]);
    const Value& encryption = s3["encryptionOptions"];
    if (encryption["enableEncryption"].as_bool()) add(encryption["serverSideCustomerKeySecret"]);
    return add(s3["caSecret"]);
  }
  for (const Selectors& selectors : kSelectors) {
    const Value& store = location[selectors.store];
    if (store.is_null()) continue;
    for (const std::string_view field : selectors.fields) add(store[field]);
    return;
  }
  if (const Value& auth = location["http"]["auth"]; !auth.is_null()) {
    add(auth["basicAuth"]["usernameSecret"]);
    add(auth["basicAuth"]["passwordSecret"]);
    add(auth["clientCert"]["clientCertSecret"]);
    add(auth["clientCert"]["clientKeySecret"]);
    add(auth["oauth2"]["clientIDSecret"]);
    add(auth["oauth2"]["clientSecretSecret"]);
    return add(auth["oauth2"]["tokenURLSecret"]);
  }
  add(location["azure"]["accountKeySecret"]);
}

SecretVolumes Secrets::volumes() const {
  SecretVolumes out;
  for (const Secret& secret : secrets_) {
    Value items = Value::array();
    for (const std::string_view key : secret.keys) {
      items.push_back(Value::object({{"key", key}, {"path", key}}));
    }
    Value volume = secret_volume(secret.name, secret.name);
    volume.at("secret").set("items", std::move(items));
    out.volumes.push_back(std::move(volume));
    out.mounts.push_back(read_only_mount(secret.name, cat("/argo/secret/", secret.name)));
  }
  return out;
}

}  // namespace

SecretVolumes secrets_of_template(const Value& tmpl) {
  Secrets secrets;
  secrets.add_location(tmpl["archiveLocation"]);
  for (const char* side : {"outputs", "inputs"}) {
    for (const Value& artifact : tmpl[side]["artifacts"].items()) secrets.add_location(artifact);
  }
  secrets.add_location(tmpl["data"]["source"]["artifactPaths"]);
  return secrets.volumes();
}

SecretVolumes secrets_of_locations(std::span<const Value> locations) {
  Secrets secrets;
  for (const Value& location : locations) secrets.add_location(location);
  return secrets.volumes();
}

}  // namespace wf::podspec
