// SPDX-License-Identifier: Apache-2.0
#include "executor/http_artifact.h"

#include <fcntl.h>

#include <cerrno>

#include "base/text.h"
#include "io/file.h"
#include "io/http_client.h"

namespace wf::executor {

Result<void> load_http(const json::Value& location, const std::string& path) {
  if (location["auth"].is_object() && !location["auth"].empty()) {
    return Error(
        "artifact driver http: auth is not supported on one machine yet; give the credentials as "
        "headers");
  }
  io::HttpCall call;
  call.url = std::string(location["url"].as_string());
  for (const json::Value& header : location["headers"].items()) {
    call.headers.add(std::string(header["name"].as_string()),
                     std::string(header["value"].as_string()));
  }
  io::HttpClientOptions options;
  options.redirects_max = location["followTemporaryRedirects"].is_bool() &&
                                  !location["followTemporaryRedirects"].as_bool()
                              ? 0
                              : 10;
  TRY(const io::Url url, io::parse_url(call.url));
  options.proxy = io::proxy_from_environment(url);
  io::HttpClient client(options);
  TRY(io::HttpReply reply, client.open(call));
  if (reply.status < 200 || reply.status > 299) {
    return Error(cat("loading file from ", call.url, " failed with status ", reply.status),
                 reply.status == 404 ? Code::NotFound : Code::InvalidArgument);
  }
  const io::Fd to(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644));
  if (!to) return io::errno_error(errno, "making", path);
  std::string buffer(256 * 1024, '\0');
  while (true) {
    TRY(const size_t got, reply.read_some(buffer));
    if (got == 0) return {};
    TRY_DO(io::write_all(to.get(), std::string_view(buffer).substr(0, got)));
  }
}

}  // namespace wf::executor
