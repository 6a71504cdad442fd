// SPDX-License-Identifier: Apache-2.0
#include "print/artifact_text.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace wf::print {
namespace {

struct Type;

struct Field {
  enum class Is { Text, Number, Bool, Pointer, List, Message, Inline, Messages } is;
  std::string_view name;  // Go's
  std::string_view json;  // the member; of Inline fields nothing, as their members are the outer object's
  const Type* type = nullptr;
};

struct Type {
  std::string_view name;
  std::span<const Field> fields;
};

using Is = Field::Is;

constexpr Field kReferenceFields[] = {{Is::Text, "Name", "name"}};
constexpr Type kReference{"LocalObjectReference", kReferenceFields};
constexpr Field kSelectorFields[] = {{Is::Inline, "LocalObjectReference", "", &kReference},
                                     {Is::Text, "Key", "key"},
                                     {Is::Pointer, "Optional", "optional"}};
constexpr Type kSecret{"v1.SecretKeySelector", kSelectorFields};
constexpr Type kConfigMap{"v1.ConfigMapKeySelector", kSelectorFields};

constexpr Field kS3EncryptionFields[] = {{Is::Text, "KmsKeyId", "kmsKeyId"},
                                         {Is::Text, "KmsEncryptionContext", "kmsEncryptionContext"},
                                         {Is::Bool, "EnableEncryption", "enableEncryption"},
                                         {Is::Message, "ServerSideCustomerKeySecret", "serverSideCustomerKeySecret", &kSecret}};
constexpr Type kS3Encryption{"S3EncryptionOptions", kS3EncryptionFields};
constexpr Field kCreateBucketFields[] = {{Is::Bool, "ObjectLocking", "objectLocking"}};
constexpr Type kCreateBucket{"CreateS3BucketOptions", kCreateBucketFields};
constexpr Field kS3BucketFields[] = {
    {Is::Text, "Endpoint", "endpoint"},
    {Is::Text, "Bucket", "bucket"},
    {Is::Text, "Region", "region"},
    {Is::Pointer, "Insecure", "insecure"},
    {Is::Message, "AccessKeySecret", "accessKeySecret", &kSecret},
    {Is::Message, "SecretKeySecret", "secretKeySecret", &kSecret},
    {Is::Text, "RoleARN", "roleARN"},
    {Is::Bool, "UseSDKCreds", "useSDKCreds"},
    {Is::Message, "CreateBucketIfNotPresent", "createBucketIfNotPresent", &kCreateBucket},
    {Is::Message, "EncryptionOptions", "encryptionOptions", &kS3Encryption},
    {Is::Message, "CASecret", "caSecret", &kSecret},
    {Is::Message, "SessionTokenSecret", "sessionTokenSecret", &kSecret},
    {Is::Text, "AddressingStyle", "addressingStyle"}};
constexpr Type kS3Bucket{"S3Bucket", kS3BucketFields};
constexpr Field kS3Fields[] = {{Is::Inline, "S3Bucket", "", &kS3Bucket}, {Is::Text, "Key", "key"}};

constexpr Field kGitFields[] = {{Is::Text, "Repo", "repo"},
                                {Is::Text, "Revision", "revision"},
                                {Is::Pointer, "Depth", "depth"},
                                {Is::List, "Fetch", "fetch"},
                                {Is::Message, "UsernameSecret", "usernameSecret", &kSecret},
                                {Is::Message, "PasswordSecret", "passwordSecret", &kSecret},
                                {Is::Message, "SSHPrivateKeySecret", "sshPrivateKeySecret", &kSecret},
                                {Is::Bool, "InsecureIgnoreHostKey", "insecureIgnoreHostKey"},
                                {Is::Bool, "DisableSubmodules", "disableSubmodules"},
                                {Is::Bool, "SingleBranch", "singleBranch"},
                                {Is::Text, "Branch", "branch"},
                                {Is::Bool, "InsecureSkipTLS", "insecureSkipTLS"}};

constexpr Field kNameValueFields[] = {{Is::Text, "Name", "name"}, {Is::Text, "Value", "value"}};
constexpr Type kHeader{"Header", kNameValueFields};
constexpr Field kClientCertFields[] = {{Is::Message, "ClientCertSecret", "clientCertSecret", &kSecret},
                                       {Is::Message, "ClientKeySecret", "clientKeySecret", &kSecret}};
constexpr Type kClientCert{"ClientCertAuth", kClientCertFields};
constexpr Field kEndpointParamFields[] = {{Is::Text, "Key", "key"}, {Is::Text, "Value", "value"}};
constexpr Type kEndpointParam{"OAuth2EndpointParam", kEndpointParamFields};
constexpr Field kOAuth2Fields[] = {{Is::Message, "ClientIDSecret", "clientIDSecret", &kSecret},
                                   {Is::Message, "ClientSecretSecret", "clientSecretSecret", &kSecret},
                                   {Is::Message, "TokenURLSecret", "tokenURLSecret", &kSecret},
                                   {Is::List, "Scopes", "scopes"},
                                   {Is::Messages, "EndpointParams", "endpointParams", &kEndpointParam}};
constexpr Type kOAuth2{"OAuth2Auth", kOAuth2Fields};
constexpr Field kBasicFields[] = {{Is::Message, "UsernameSecret", "usernameSecret", &kSecret},
                                  {Is::Message, "PasswordSecret", "passwordSecret", &kSecret}};
constexpr Type kBasic{"BasicAuth", kBasicFields};
// These three are values, not pointers: they are never nil, and have no ampersand.
constexpr Type kArtifactoryAuth{"ArtifactoryAuth", kBasicFields};
struct HttpAuthPart {
  std::string_view name, json;
  const Type* type;
};
constexpr HttpAuthPart kHttpAuthParts[] = {
    {"ClientCert", "clientCert", &kClientCert}, {"OAuth2", "oauth2", &kOAuth2}, {"BasicAuth", "basicAuth", &kBasic}};

constexpr Field kArtifactoryFields[] = {{Is::Text, "URL", "url"}, {Is::Inline, "ArtifactoryAuth", "", &kArtifactoryAuth}};

constexpr Field kKerberosFields[] = {{Is::Message, "KrbCCacheSecret", "krbCCacheSecret", &kSecret},
                                     {Is::Message, "KrbKeytabSecret", "krbKeytabSecret", &kSecret},
                                     {Is::Text, "KrbUsername", "krbUsername"},
                                     {Is::Text, "KrbRealm", "krbRealm"},
                                     {Is::Message, "KrbConfigConfigMap", "krbConfigConfigMap", &kConfigMap},
                                     {Is::Text, "KrbServicePrincipalName", "krbServicePrincipalName"}};
constexpr Type kKerberos{"HDFSKrbConfig", kKerberosFields};
constexpr Field kHdfsConfigFields[] = {{Is::Inline, "HDFSKrbConfig", "", &kKerberos},
                                       {Is::List, "Addresses", "addresses"},
                                       {Is::Text, "HDFSUser", "hdfsUser"},
                                       {Is::Text, "DataTransferProtection", "dataTransferProtection"}};
constexpr Type kHdfsConfig{"HDFSConfig", kHdfsConfigFields};
constexpr Field kHdfsFields[] = {{Is::Inline, "HDFSConfig", "", &kHdfsConfig},
                                 {Is::Text, "Path", "path"},
                                 {Is::Bool, "Force", "force"}};
constexpr Field kRawFields[] = {{Is::Text, "Data", "data"}};

constexpr Field kLifecycleFields[] = {{Is::Number, "MarkInfrequentAccessAfterDays", "markInfrequentAccessAfterDays"},
                                      {Is::Number, "MarkDeletionAfterDays", "markDeletionAfterDays"}};
constexpr Type kLifecycle{"OSSLifecycleRule", kLifecycleFields};
constexpr Field kOssBucketFields[] = {{Is::Text, "Endpoint", "endpoint"},
                                      {Is::Text, "Bucket", "bucket"},
                                      {Is::Message, "AccessKeySecret", "accessKeySecret", &kSecret},
                                      {Is::Message, "SecretKeySecret", "secretKeySecret", &kSecret},
                                      {Is::Bool, "CreateBucketIfNotPresent", "createBucketIfNotPresent"},
                                      {Is::Text, "SecurityToken", "securityToken"},
                                      {Is::Message, "LifecycleRule", "lifecycleRule", &kLifecycle},
                                      {Is::Bool, "UseSDKCreds", "useSDKCreds"}};
constexpr Type kOssBucket{"OSSBucket", kOssBucketFields};
constexpr Field kOssFields[] = {{Is::Inline, "OSSBucket", "", &kOssBucket}, {Is::Text, "Key", "key"}};

constexpr Field kGcsBucketFields[] = {{Is::Text, "Bucket", "bucket"},
                                      {Is::Message, "ServiceAccountKeySecret", "serviceAccountKeySecret", &kSecret}};
constexpr Type kGcsBucket{"GCSBucket", kGcsBucketFields};
constexpr Field kGcsFields[] = {{Is::Inline, "GCSBucket", "", &kGcsBucket}, {Is::Text, "Key", "key"}};

constexpr Field kAzureContainerFields[] = {{Is::Text, "Endpoint", "endpoint"},
                                           {Is::Text, "Container", "container"},
                                           {Is::Message, "AccountKeySecret", "accountKeySecret", &kSecret},
                                           {Is::Bool, "UseSDKCreds", "useSDKCreds"}};
constexpr Type kAzureContainer{"AzureBlobContainer", kAzureContainerFields};
constexpr Field kAzureFields[] = {{Is::Inline, "AzureBlobContainer", "", &kAzureContainer}, {Is::Text, "Blob", "blob"}};

struct Location {
  std::string_view member;
  Type type;
};
// In the order in which the screen looks for them.
constexpr Location kLocations[] = {
    {"s3", {"S3Artifact", kS3Fields}},       {"git", {"GitArtifact", kGitFields}},
    {"artifactory", {"ArtifactoryArtifact", kArtifactoryFields}},
    {"hdfs", {"HDFSArtifact", kHdfsFields}}, {"raw", {"RawArtifact", kRawFields}},
    {"oss", {"OSSArtifact", kOssFields}},    {"gcs", {"GCSArtifact", kGcsFields}},
    {"azure", {"AzureArtifact", kAzureFields}},
};

std::string_view text_of(const json::Value& value) {
  return value.is_number() ? value.number_text() : value.is_bool() ? (value.as_bool() ? "true" : "false") : value.as_string();
}

std::string body(const json::Value& value, const Type& type);

std::string list_text(const json::Value& value) {
  std::vector<std::string> parts;
  for (const json::Value& item : value.items()) parts.emplace_back(text_of(item));
  return cat("[", join(parts, " "), "]");
}

std::string field_text(const json::Value& object, const Field& field) {
  const json::Value& value = object[field.json];
  switch (field.is) {
    case Is::Text: return std::string(text_of(value));
    case Is::Number: return value.is_number() ? std::string(value.number_text()) : "0";
    case Is::Bool: return value.as_bool() ? "true" : "false";
    case Is::Pointer: return value.is_null() ? "nil" : cat("*", text_of(value));
    case Is::List: return list_text(value);
    case Is::Message: return value.is_object() ? cat("&", body(value, *field.type)) : "nil";
    case Is::Inline: return body(object, *field.type);
    case Is::Messages: break;
  }
  std::string out = cat("[]", field.type->name, "{");
  for (const json::Value& item : value.items()) out += cat(body(item, *field.type), ",");
  return out + "}";
}

std::string body(const json::Value& value, const Type& type) {
  std::string out = cat(type.name, "{");
  for (const Field& field : type.fields) out += cat(field.name, ":", field_text(value, field), ",");
  return out + "}";
}

std::string http_text(const json::Value& http) {
  const Field headers{Is::Messages, "Headers", "headers", &kHeader};
  std::string auth = "nil";
  if (const json::Value& value = http["auth"]; value.is_object()) {
    auth = "&HTTPAuth{";
    for (const auto& part : kHttpAuthParts) auth += cat(part.name, ":", body(value[part.json], *part.type), ",");
    auth += "}";
  }
  return cat("&HTTPArtifact{URL:", http["url"].as_string(), ",Headers:", field_text(http, headers), ",Auth:", auth,
             ",SaveStreamViaFile:", http["saveStreamViaFile"].as_bool() ? "true" : "false", ",}");
}

}  // namespace

std::string artifact_text(const json::Value& artifact) {
  // HTTP comes after git.
  for (const Location& location : kLocations) {
    if (location.member == "artifactory" && artifact["http"].is_object()) return http_text(artifact["http"]);
    const json::Value& value = artifact[location.member];
    if (value.is_object()) return cat("&", body(value, location.type));
  }
  return {};
}

}  // namespace wf::print
