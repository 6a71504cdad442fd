// SPDX-License-Identifier: Apache-2.0
#include "cli/client.h"

#include <cstdio>

#include "base/text.h"
#include "cli/engine_process.h"
#include "io/system.h"
#include "json/text.h"

namespace wf::cli {
namespace {

std::string environment(const char* name) { return io::environment(name).value_or(""); }

bool truthy(const std::string& text, bool otherwise) {
  if (text.empty()) return otherwise;
  return text == "true" || text == "1" || text == "t" || text == "TRUE" || text == "True" || text == "T";
}

// gRPC's numbers, as error bodies have them.
Code code_of(int64_t grpc) {
  switch (grpc) {
    case 3: return Code::InvalidArgument;
    case 4: return Code::Timeout;
    case 5: return Code::NotFound;
    case 6: return Code::AlreadyExists;
    case 7: return Code::Forbidden;
    case 10: return Code::Conflict;
    case 14: return Code::Unavailable;
    case 16: return Code::Unauthenticated;
    default: return Code::Internal;
  }
}

Error error_of(int status, const std::string& body) {
  const auto document = json::parse(body);
  if (document.ok() && (*document)["message"].is_string()) {
    return Error(std::string((*document)["message"].as_string()), code_of((*document)["code"].as_int().value_or(13)));
  }
  const std::string_view text = trim(body);
  return Error(text.empty() ? cat("the server answered ", status, " ", io::reason_phrase(status)) : std::string(text),
               status == 404 ? Code::NotFound : Code::Internal);
}

// Said once for a home, when the choice is made.
Result<void> apply_driver(const std::string& home, const std::string& name) {
  TRY(const local::Driver driver, driver_from(name));
  const auto before = chosen_driver(home);
  if (engine_runs(home) && before.ok() && *before != driver) {
    return Error(cat("the engine of ", home, " runs with --driver ", name_of(*before), "; stop it first: argo system stop"));
  }
  if (before.ok() && *before == driver) return {};
  if (driver == local::Driver::Process) {
    std::fprintf(stderr, "Steps run as processes of this machine, without any isolation (--driver process; kept for %s).\n", home.c_str());
  }
  return choose_driver(home, driver);
}

}  // namespace

Connection::Connection()
    : server_(environment("ARGO_SERVER")), ns_(environment("ARGO_NAMESPACE")), token_(environment("ARGO_TOKEN")),
      base_href_(environment("ARGO_BASE_HREF")), instance_id_(environment("ARGO_INSTANCEID")),
      secure_(truthy(environment("ARGO_SECURE"), true)), insecure_(truthy(environment("ARGO_INSECURE_SKIP_VERIFY"), false)) {
  if (ns_.empty()) ns_ = "default";
}

void Connection::declare(Flags& flags) {
  flags.begin_global();
  flags.text("-n,--namespace", ns_, "the namespace");
  flags.text("-s,--argo-server", server_, "API server host:port. e.g. localhost:2746. Without it the engine of this machine is used");
  flags.flag("-e,--secure", secure_, "Whether or not the server is using TLS with the Argo Server");
  flags.flag("-k,--insecure-skip-verify", insecure_, "If true, the Argo Server's certificate will not be checked for validity");
  flags.flag("--argo-http1", http1_, "HTTP/1 is what is spoken; here for Argo's scripts");
  flags.text("--argo-base-href", base_href_, "Path to use with HTTP client due to Base HREF");
  flags.text("--token", token_, "Bearer token for authentication to the API server");
  flags.texts("-H,--header", headers_, "Sets additional header to all requests made by Argo CLI (can be repeated)");
  flags.text("--instanceid", instance_id_, "submit with a specific controller's instance id label");
  flags.text("--driver", driver_, "how steps of the embedded engine run: oci (containers) or process (no isolation); kept for the next time");
  flags.flag("-v,--verbose", verbose_, "show the requests that are made");
  flags.text("--loglevel", log_level_, "Set the logging level. One of: debug|info|warn|error");
  flags.text("--log-format", log_format_, "The formatter to use for logs. One of: text|json");
}

bool Connection::engine_is_there() const { return engine_runs(argo_home()); }

std::string Connection::describe() const {
  if (is_remote()) return cat("server ", server_, " (--argo-server or ARGO_SERVER)");
  const std::string home = argo_home();
  const auto driver = chosen_driver(home);
  return cat("embedded, in ", home, driver.ok() ? cat(" (driver ", name_of(*driver), ")") : "",
             ": neither --argo-server nor ARGO_SERVER names a server");
}

std::string query(const QueryPairs& pairs) {
  std::string out;
  for (const auto& [name, value] : pairs) {
    if (!value.empty()) out += cat(out.empty() ? "?" : "&", name, "=", io::percent_encode(value));
  }
  return out;
}

Result<Client> Client::connect(const Connection& connection) {
  Client client(connection);
  io::HttpClientOptions options;
  options.idle_limit = std::chrono::hours(1);
  if (connection.is_remote()) {
    client.base_ = cat(connection.secure_ ? "https://" : "http://", connection.server_);
    if (!connection.base_href_.empty() && connection.base_href_ != "/") {
      client.base_ += cat("/", trim(replace_all(connection.base_href_, "/", " ")));
    }
    options.tls.verify = !connection.insecure_;
  } else {
    const std::string home = argo_home();
    if (!connection.driver_.empty()) TRY_DO(apply_driver(home, connection.driver_));
    client.base_ = "http://argo";
    options.unix_socket = engine_socket(home);
    TRY_DO(ensure_engine(home));
  }
  client.http_ = std::make_shared<io::HttpClient>(options);
  return client;
}

Result<void> Client::reconnect() { return connection_.is_remote() ? Result<void>() : ensure_engine(argo_home()); }

io::HttpCall Client::call_to(std::string_view method, const std::string& target) const {
  io::HttpCall call;
  call.method = method;
  call.url = base_ + target;
  if (!connection_.token_.empty()) {
    const bool whole = connection_.token_.starts_with("Bearer ") || connection_.token_.starts_with("Basic ");
    call.headers.set("Authorization", whole ? connection_.token_ : cat("Bearer ", connection_.token_));
  }
  for (const std::string& header : connection_.headers_) {
    const size_t colon = header.find(':');
    if (colon != std::string::npos) call.headers.add(trim(header.substr(0, colon)), trim(header.substr(colon + 1)));
  }
  if (connection_.verbose_) std::fprintf(stderr, "%s %s\n", call.method.c_str(), call.url.c_str());
  return call;
}

Result<json::Value> Client::send(std::string_view method, const std::string& target, const json::Value* body) {
  io::HttpCall call = call_to(method, target);
  if (body != nullptr) {
    call.headers.set("Content-Type", "application/json");
    call.body = json::print(*body, json::Escape::None);
  }
  auto sent = http_->send(call);
  // An engine that died under a question is started again and asked again.
  for (int tries = 0; tries < 3 && method == "GET" && !connection_.is_remote() && !sent.ok() && sent.error().code() == Code::Unavailable; ++tries) {
    TRY_DO(reconnect());
    sent = http_->send(call);
  }
  TRY(const io::HttpResponse response, std::move(sent));
  if (response.status != 200) return error_of(response.status, response.body);
  if (trim(response.body).empty()) return json::Value::object();
  return json::parse(response.body);
}

Result<json::Value> Client::get(const std::string& target) { return send("GET", target, nullptr); }
Result<json::Value> Client::post(const std::string& target, const json::Value& body) { return send("POST", target, &body); }
Result<json::Value> Client::put(const std::string& target, const json::Value& body) { return send("PUT", target, &body); }
Result<json::Value> Client::remove(const std::string& target) { return send("DELETE", target, nullptr); }

Result<io::HttpReply> Client::open(const std::string& target) {
  TRY(io::HttpReply reply, http_->open(call_to("GET", target)));
  if (reply.status == 200) return reply;
  TRY(const std::string body, reply.read_all());
  return error_of(reply.status, body);
}

Result<void> Client::stream(const std::string& target, const std::function<bool(const json::Value&)>& take) {
  TRY(io::HttpReply reply, open(target));
  for (;;) {
    TRY(const std::optional<std::string> line, reply.read_line());
    if (!line) return {};
    if (trim(*line).empty()) continue;
    TRY(const json::Value message, json::parse(*line));
    if (message.has("error")) {
      const json::Value& error = message["error"];
      return Error(std::string(error["message"].as_string()),
                   code_of(error.has("grpc_code") ? error["grpc_code"].as_int().value_or(13) : error["code"].as_int().value_or(13)));
    }
    if (!take(message["result"])) return {};
  }
}

}  // namespace wf::cli
