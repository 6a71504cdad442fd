// SPDX-License-Identifier: Apache-2.0
// Hashes and AES. What makes keys, certificates or slow password hashes is refused.
#include <openssl/evp.h>

#include <memory>

#include "expr/sprig/detail/base64.h"
#include "expr/sprig/detail/support.h"

namespace wf::expr::sprig {
namespace {

std::string hex_digest(const EVP_MD* kind, std::string_view data) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  CHECK(EVP_Digest(data.data(), data.size(), digest, &size, kind, nullptr) == 1);
  std::string out;
  for (unsigned i = 0; i < size; ++i) {
    out.push_back("0123456789abcdef"[digest[i] >> 4]);
    out.push_back("0123456789abcdef"[digest[i] & 15]);
  }
  return out;
}

uint32_t adler32(std::string_view data) {
  uint32_t a = 1, b = 0;
  for (const char c : data) {
    a = (a + static_cast<unsigned char>(c)) % 65'521;
    b = (b + a) % 65'521;
  }
  return b << 16 | a;
}

constexpr size_t kBlock = 16;

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

enum class Direction : int { Decrypt = 0, Encrypt = 1 };

// AES-256-CBC over whole blocks; the password's first 32 bytes are the key.
std::string aes(std::string_view password, std::string_view iv, std::string_view data,
                Direction direction) {
  std::string key(password.substr(0, 32));
  key.resize(32, '\0');
  const auto bytes = [](std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  const std::unique_ptr<EVP_CIPHER_CTX, FreeCipher> context(EVP_CIPHER_CTX_new());
  CHECK(context != nullptr);
  CHECK(EVP_CipherInit_ex(context.get(), EVP_aes_256_cbc(), nullptr, bytes(key), bytes(iv),
                          static_cast<int>(direction)) == 1);
  EVP_CIPHER_CTX_set_padding(context.get(), 0);
  std::string out(data.size() + kBlock, '\0');
  int size = 0;
  CHECK(EVP_CipherUpdate(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size,
                         bytes(data), static_cast<int>(data.size())) == 1);
  out.resize(static_cast<size_t>(size));
  return out;
}

Result<Any> decrypt_aes(Arguments a) {
  if (a[1].size() == 0) return ok("");
  TRY(const std::string crypt, from_base64(a[1].as_string()));
  if (crypt.size() < kBlock) {
    return Error(wf::cat("runtime error: slice bounds out of range [:16] with capacity ",
                         a[1].size() / 4 * 3));
  }
  if (crypt.size() % kBlock != 0) return Error("crypto/cipher: input not full blocks");
  const std::string_view iv = std::string_view(crypt).substr(0, kBlock);
  const std::string_view data = std::string_view(crypt).substr(kBlock);
  if (data.empty()) return Error("runtime error: index out of range [-1]");
  std::string plain = aes(a[0].as_string(), iv, data, Direction::Decrypt);
  const auto padding = static_cast<size_t>(static_cast<unsigned char>(plain.back()));
  if (padding > plain.size()) {
    const auto end = static_cast<int64_t>(plain.size()) - static_cast<int64_t>(padding);
    return Error(wf::cat("runtime error: slice bounds out of range [:", end, "]"));
  }
  plain.resize(plain.size() - padding);
  return ok(std::move(plain));
}

Result<Any> encrypt_aes(Arguments a, Random* random) {
  if (a[1].size() == 0) return ok("");
  if (random == nullptr) return Error("sprig.encryptAES: there is no source of randomness here");
  std::string iv;
  while (iv.size() < kBlock) iv.push_back(static_cast<char>(random->next() & 0xFF));
  std::string padded(a[1].as_string());
  const size_t padding = kBlock - padded.size() % kBlock;
  padded.append(padding, static_cast<char>(padding));
  return ok(to_base64(iv + aes(a[0].as_string(), iv, padded, Direction::Encrypt)));
}

void refuse(Registry& out, const std::string& name, std::vector<const Type*> params) {
  out.add(name, std::move(params), [name](Arguments) -> Result<Any> {
    return Error(wf::cat("sprig.", name, " is not supported"));
  });
}

// Their arguments are checked as the original's are, so that a wrong call says what is wrong.
void add_refused(Registry& out) {
  static constexpr Type kCertificate{Kind::Struct, "sprig.certificate"};
  const Type* list = &types::kAnySlice;
  refuse(out, "bcrypt", {kText});
  refuse(out, "htpasswd", {kText, kText});
  refuse(out, "genPrivateKey", {kText});
  refuse(out, "derivePassword", {&types::kUint32, kText, kText, kText, kText});
  refuse(out, "buildCustomCert", {kText, kText});
  refuse(out, "genCA", {kText, kNumber});
  refuse(out, "genCAWithKey", {kText, kNumber, kText});
  refuse(out, "genSelfSignedCert", {kText, list, list, kNumber});
  refuse(out, "genSelfSignedCertWithKey", {kText, list, list, kNumber, kText});
  refuse(out, "genSignedCert", {kText, list, list, kNumber, &kCertificate});
  refuse(out, "genSignedCertWithKey", {kText, list, list, kNumber, &kCertificate, kText});
  refuse(out, "getHostByName", {kText});
}

}  // namespace

void add_crypto(Registry& out, SprigSources sources) {
  const auto digest = [&out](const char* name, const EVP_MD* (*kind)()) {
    out.add(name, {kText},
            [kind](Arguments a) { return ok(hex_digest(kind(), a[0].as_string())); });
  };
  digest("sha1sum", EVP_sha1);
  digest("sha256sum", EVP_sha256);
  digest("sha512sum", EVP_sha512);
  out.add("adler32sum", {kText},
          [](Arguments a) { return ok(std::to_string(adler32(a[0].as_string()))); });
  out.add("decryptAES", {kText, kText}, decrypt_aes);
  out.add("encryptAES", {kText, kText},
          [random = sources.random](Arguments a) { return encrypt_aes(a, random); });
  add_refused(out);
}

}  // namespace wf::expr::sprig
