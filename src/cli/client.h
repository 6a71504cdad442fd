// SPDX-License-Identifier: Apache-2.0
// cli/client.h: the REST API as the verbs call it: of the embedded engine (which is started when it
// is needed) or of a server that --argo-server names.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "cli/flags.h"
#include "io/http_client.h"
#include "json/value.h"

namespace wf::cli {

// A workflow, and where it lies.
struct Named {
  std::string ns, name;
};

// What the global flags and the environment say of where to.
class Connection {
 public:
  Connection();
  // The global flags; the last of a verb's declarations.
  void declare(Flags& flags);

  const std::string& ns() const { return ns_; }
  void set_ns(std::string ns) { ns_ = std::move(ns); }
  bool is_remote() const { return !server_.empty(); }
  bool engine_is_there() const;
  // "embedded (/home/me/.argo)", "server localhost:2746 (--argo-server)".
  std::string describe() const;

 private:
  friend class Client;
  std::string server_, ns_, token_, driver_, base_href_, log_level_, log_format_ = "text", instance_id_;
  std::vector<std::string> headers_;
  bool secure_, insecure_, http1_ = true, verbose_ = false;
};

// The parts joined by slashes, each escaped: path("workflows", ns, name).
template <class... Parts>
std::string path(const Parts&... parts) {
  std::string out = "/api/v1";
  ((out += "/", out += io::percent_encode(parts)), ...);
  return out;
}
using QueryPairs = std::vector<std::pair<std::string, std::string>>;
// "?a=b&c=d" of those that have a value; "" for none.
std::string query(const QueryPairs& pairs);

class Client {
 public:
  // Starts the embedded engine where none runs.
  static Result<Client> connect(const Connection& connection);

  // The answer's JSON; an error has the server's message and code.
  Result<json::Value> get(const std::string& target);
  Result<json::Value> post(const std::string& target, const json::Value& body);
  Result<json::Value> put(const std::string& target, const json::Value& body);
  Result<json::Value> remove(const std::string& target);

  // A stream of {"result": …} lines; goes on until it ends or `take` gives false. Unavailable where
  // the connection breaks: after reconnect() one may ask again.
  Result<void> stream(const std::string& target, const std::function<bool(const json::Value&)>& take);
  Result<void> reconnect();
  // A download as it comes.
  Result<io::HttpReply> open(const std::string& target);

 private:
  explicit Client(Connection connection) : connection_(std::move(connection)) {}
  io::HttpCall call_to(std::string_view method, const std::string& target) const;
  Result<json::Value> send(std::string_view method, const std::string& target, const json::Value* body);

  Connection connection_;
  std::string base_;
  std::shared_ptr<io::HttpClient> http_;
};

}  // namespace wf::cli
