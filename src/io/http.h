// SPDX-License-Identifier: Apache-2.0
// io/http.h: HTTP messages as values, shared by server (io/http_server.h) and client
// (io/http_client.h), and the pieces of URLs.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace wf::io {

// Header fields in the order given; names compare without regard to case.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string, std::string>> fields) : fields_(fields) {}
  void add(std::string_view name, std::string_view value) { fields_.emplace_back(name, value); }
  void set(std::string_view name, std::string_view value);  // replaces all of that name
  void erase(std::string_view name);
  // The first one's value, or nothing.
  std::optional<std::string_view> find(std::string_view name) const;
  std::string_view get(std::string_view name) const { return find(name).value_or(std::string_view()); }
  bool has(std::string_view name) const { return find(name).has_value(); }
  const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

bool equal_ignoring_case(std::string_view a, std::string_view b);

struct HttpRequest {
  std::string method = "GET";
  std::string target = "/";  // path and query as on the wire
  Headers headers;
  std::string body;
  std::string peer;  // server side: "127.0.0.1", or "unix"

  std::string_view raw_path() const { return std::string_view(target).substr(0, target.find('?')); }
  std::string_view raw_query() const {
    const size_t at = target.find('?');
    return at == std::string::npos ? std::string_view() : std::string_view(target).substr(at + 1);
  }
};

// Where a streamed body goes, piece by piece. Used by the one thread that runs the stream function.
class BodyWriter {
 public:
  virtual ~BodyWriter() = default;
  // Sends it at once; waits while the client does not take it. False: the client has gone, stop.
  virtual bool write(std::string_view piece) = 0;
  // Whether the client has gone or the server stops; costs one system call.
  virtual bool gone() = 0;
};

struct HttpResponse {
  int status = 200;
  Headers headers;
  std::string body;
  // Set: the body is what it writes, chunked, instead of `body`. It runs on a thread of its own and
  // may take as long as it likes, but must look at gone() at least once a second.
  std::function<void(BodyWriter&)> stream;
};

std::string_view reason_phrase(int status);

// %XX decoded; broken escapes stay as they are. In queries + is a space.
enum class Plus { Literal, IsSpace };
std::string percent_decode(std::string_view text, Plus plus = Plus::Literal);
// All but letters, digits and -._~ (and the characters of `keep`) as %XX.
std::string percent_encode(std::string_view text, std::string_view keep = {});

// The decoded name=value pairs of a query, in order.
class Query {
 public:
  explicit Query(std::string_view raw);
  std::optional<std::string_view> find(std::string_view name) const;
  std::string_view get(std::string_view name) const { return find(name).value_or(std::string_view()); }
  const std::vector<std::pair<std::string, std::string>>& pairs() const { return pairs_; }

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

struct Url {
  std::string scheme;  // "http" or "https"
  std::string user, password;  // decoded
  std::string host;    // without brackets
  std::string port;    // never empty
  std::string target;  // path and query, begins with "/"
  bool secure() const { return scheme == "https"; }
  // host, and the port where it is not the scheme's own.
  std::string authority() const;
  std::string_view raw_path() const { return std::string_view(target).substr(0, target.find('?')); }
};
Result<Url> parse_url(std::string_view text);

}  // namespace wf::io
