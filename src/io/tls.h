// SPDX-License-Identifier: Apache-2.0
// io/tls.h: TLS over a Transport by OpenSSL, both sides; version 1.2 at least. A context is made once
// and may be used by many threads.
#pragma once
#include <memory>
#include <string>

#include "base/result.h"
#include "io/transport.h"

struct ssl_ctx_st;

namespace wf::io {

struct TlsClientOptions {
  bool verify = true;       // certificate and host name
  std::string ca_pem;       // trusted besides the system's, PEM text
  std::string certificate_pem, key_pem;  // the client's own, or ""
  std::string server_name;  // checked instead of the host connected to
};

class TlsContext {
 public:
  static Result<std::shared_ptr<TlsContext>> client(const TlsClientOptions& options);
  static Result<std::shared_ptr<TlsContext>> server(const std::string& certificate_pem, const std::string& key_pem);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

 private:
  friend Result<std::unique_ptr<Transport>> tls_connect(const std::shared_ptr<TlsContext>&,
                                                        std::unique_ptr<Transport>, const std::string&, Duration);
  friend Result<std::unique_ptr<Transport>> tls_accept(const std::shared_ptr<TlsContext>&,
                                                       std::unique_ptr<Transport>, Duration);
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  ssl_ctx_st* context_;
  TlsClientOptions options_;
};

// Shakes hands; `limit` holds for each wait on the peer.
Result<std::unique_ptr<Transport>> tls_connect(const std::shared_ptr<TlsContext>& context,
                                               std::unique_ptr<Transport> below, const std::string& host,
                                               Duration limit);
Result<std::unique_ptr<Transport>> tls_accept(const std::shared_ptr<TlsContext>& context,
                                              std::unique_ptr<Transport> below, Duration limit);

struct KeyPair {
  std::string certificate_pem, key_pem;
};
// A certificate for `host`, localhost and loopback addresses, signed by itself, valid for a year.
Result<KeyPair> self_signed(const std::string& host);

}  // namespace wf::io
