// SPDX-License-Identifier: Apache-2.0
#include "io/tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>

#include "base/text.h"

namespace wf::io {
namespace {

Error openssl_error(std::string_view what, Code code = Code::Internal) {
  std::string reasons;
  while (const unsigned long number = ERR_get_error()) {
    const char* reason = ERR_reason_error_string(number);
    if (!reasons.empty()) reasons += ", ";
    reasons += reason != nullptr ? reason : "unknown reason";
  }
  return Error(cat(what, ": ", reasons.empty() ? "unknown reason" : reasons), code);
}

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* p) const { Free(p); }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Session = std::unique_ptr<SSL, Freed<SSL_free>>;

Bio memory_bio(std::string_view text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<size_t>(size));
}

Result<void> use_certificate(SSL_CTX* context, const std::string& certificate_pem, const std::string& key_pem) {
  const Bio chain = memory_bio(certificate_pem);
  const Certificate leaf(PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr));
  if (!leaf || SSL_CTX_use_certificate(context, leaf.get()) != 1) return openssl_error("reading a certificate");
  while (X509* next = PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr)) {
    SSL_CTX_add_extra_chain_cert(context, next);  // takes it
  }
  ERR_clear_error();  // the end of the text counts as one
  const Bio key_text = memory_bio(key_pem);
  const Key key(PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr));
  if (!key || SSL_CTX_use_PrivateKey(context, key.get()) != 1) return openssl_error("reading a private key");
  return {};
}

Result<void> trust(SSL_CTX* context, const std::string& ca_pem) {
  const Bio text = memory_bio(ca_pem);
  int count = 0;
  for (;; ++count) {
    const Certificate ca(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
    if (!ca) break;
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), ca.get());
  }
  if (count == 0) return openssl_error("reading the certificates of authorities", Code::InvalidArgument);
  ERR_clear_error();
  return {};
}

// OpenSSL between two memory buffers; the bytes travel by the transport below. So time limits,
// shutdown and SIGPIPE are dealt with in one place.
class TlsTransport final : public Transport {
 public:
  TlsTransport(std::shared_ptr<TlsContext> context, SSL* session, std::unique_ptr<Transport> below)
      : context_(std::move(context)), session_(session), below_(std::move(below)) {
    in_ = BIO_new(BIO_s_mem());
    out_ = BIO_new(BIO_s_mem());
    SSL_set_bio(session, in_, out_);  // takes both
  }

  Result<void> handshake(Duration limit) {
    for (;;) {
      ERR_clear_error();
      const int done = SSL_do_handshake(session_.get());
      const int reason = SSL_get_error(session_.get(), done);
      TRY_DO(flush(limit));
      if (done == 1) return {};
      if (reason != SSL_ERROR_WANT_READ) return refused();
      TRY(const bool more, fill(limit));
      if (!more) return Error("TLS handshake: the peer closed the connection", Code::Unavailable);
    }
  }

  Result<size_t> read_some(std::span<char> into, Duration limit) override {
    for (;;) {
      size_t got = 0;
      ERR_clear_error();
      const int done = SSL_read_ex(session_.get(), into.data(), into.size(), &got);
      if (done == 1) return got;
      const int reason = SSL_get_error(session_.get(), done);
      TRY_DO(flush(limit));
      if (reason == SSL_ERROR_ZERO_RETURN) return size_t{0};
      if (reason != SSL_ERROR_WANT_READ) return openssl_error("receiving by TLS", Code::Unavailable);
      TRY(const bool more, fill(limit));
      if (!more) return size_t{0};
    }
  }

  Result<void> write(std::string_view data, Duration limit) override {
    while (!data.empty()) {
      const std::string_view piece = data.substr(0, 64 * 1024);
      size_t put = 0;
      ERR_clear_error();
      if (SSL_write_ex(session_.get(), piece.data(), piece.size(), &put) != 1) {
        return openssl_error("sending by TLS", Code::Unavailable);
      }
      data.remove_prefix(put);
      TRY_DO(flush(limit));
    }
    return {};
  }

  bool pending() const override { return SSL_pending(session_.get()) > 0 || BIO_ctrl_pending(in_) > 0; }
  int fd() const override { return below_->fd(); }
  void shutdown() override { below_->shutdown(); }

 private:
  Result<void> flush(Duration limit) {
    char buffer[16 * 1024];
    while (BIO_ctrl_pending(out_) > 0) {
      const int got = BIO_read(out_, buffer, sizeof buffer);
      if (got <= 0) break;
      TRY_DO(below_->write(std::string_view(buffer, static_cast<size_t>(got)), limit));
    }
    return {};
  }

  Result<bool> fill(Duration limit) {
    char buffer[16 * 1024];
    TRY(const size_t got, below_->read_some(buffer, limit));
    if (got > 0) BIO_write(in_, buffer, static_cast<int>(got));
    return got > 0;
  }

  Error refused() {
    const long verdict = SSL_get_verify_result(session_.get());
    if (verdict != X509_V_OK) {
      return Error(cat("TLS handshake: certificate refused: ", X509_verify_cert_error_string(verdict)),
                   Code::Unauthenticated);
    }
    return openssl_error("TLS handshake", Code::Unavailable);
  }

  std::shared_ptr<TlsContext> context_;
  Session session_;
  std::unique_ptr<Transport> below_;
  BIO* in_;
  BIO* out_;
};

bool is_address(const std::string& host) {
  unsigned char bytes[16];
  return ::inet_pton(AF_INET, host.c_str(), bytes) == 1 || ::inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

}  // namespace

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

Result<std::shared_ptr<TlsContext>> TlsContext::client(const TlsClientOptions& options) {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  if (context == nullptr) return openssl_error("making a TLS context");
  std::shared_ptr<TlsContext> result(new TlsContext(context));
  result->options_ = options;
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_default_verify_paths(context);
  SSL_CTX_set_verify(context, options.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (!options.ca_pem.empty()) TRY_DO(trust(context, options.ca_pem));
  if (!options.certificate_pem.empty()) {
    TRY_DO(use_certificate(context, options.certificate_pem, options.key_pem));
  }
  return result;
}

Result<std::shared_ptr<TlsContext>> TlsContext::server(const std::string& certificate_pem,
                                                       const std::string& key_pem) {
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  if (context == nullptr) return openssl_error("making a TLS context");
  std::shared_ptr<TlsContext> result(new TlsContext(context));
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
  TRY_DO(use_certificate(context, certificate_pem, key_pem));
  return result;
}

Result<std::unique_ptr<Transport>> tls_connect(const std::shared_ptr<TlsContext>& context,
                                               std::unique_ptr<Transport> below, const std::string& host,
                                               Duration limit) {
  SSL* session = SSL_new(context->context_);
  if (session == nullptr) return openssl_error("making a TLS session");
  auto transport = std::make_unique<TlsTransport>(context, session, std::move(below));
  SSL_set_connect_state(session);
  const std::string& name = context->options_.server_name.empty() ? host : context->options_.server_name;
  if (is_address(name)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), name.c_str());
  } else {
    SSL_set_tlsext_host_name(session, name.c_str());
    SSL_set1_host(session, name.c_str());
  }
  TRY_DO(transport->handshake(limit));
  return std::unique_ptr<Transport>(std::move(transport));
}

Result<std::unique_ptr<Transport>> tls_accept(const std::shared_ptr<TlsContext>& context,
                                              std::unique_ptr<Transport> below, Duration limit) {
  SSL* session = SSL_new(context->context_);
  if (session == nullptr) return openssl_error("making a TLS session");
  auto transport = std::make_unique<TlsTransport>(context, session, std::move(below));
  SSL_set_accept_state(session);
  TRY_DO(transport->handshake(limit));
  return std::unique_ptr<Transport>(std::move(transport));
}

Result<KeyPair> self_signed(const std::string& host) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate(X509_new());
  if (!key || !certificate) return openssl_error("making a key");
  X509* x = certificate.get();
  X509_set_version(x, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
  X509_gmtime_adj(X509_getm_notBefore(x), -3600);
  X509_gmtime_adj(X509_getm_notAfter(x), 365L * 24 * 3600);
  X509_set_pubkey(x, key.get());
  X509_NAME* name = X509_get_subject_name(x);
  X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("ArgoProj"), -1, -1, 0);
  X509_set_issuer_name(x, name);
  const std::string names = cat("DNS:", host, ",DNS:localhost,IP:127.0.0.1,IP:::1");
  const std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str()));
  if (!extension || X509_add_ext(x, extension.get(), -1) != 1 || X509_sign(x, key.get(), EVP_sha256()) == 0) {
    return openssl_error("making a certificate");
  }
  const Bio certificate_text(BIO_new(BIO_s_mem())), key_text(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(certificate_text.get(), x);
  PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return KeyPair{text_of(certificate_text.get()), text_of(key_text.get())};
}

}  // namespace wf::io
