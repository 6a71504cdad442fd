// SPDX-License-Identifier: Apache-2.0
#include "spec/url_path.h"

#include "base/text.h"

namespace wf::spec {
namespace {

struct Url {
  std::string_view before;  // scheme and host
  std::string_view path;    // as written
  std::string_view after;   // query and fragment
  bool host;
};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The length of `scheme:`, or 0.
size_t scheme_length(std::string_view url) {
  for (size_t i = 0; i < url.size(); ++i) {
    if (url[i] == ':') return i == 0 ? 0 : i + 1;
    const bool later = is_digit(url[i]) || url[i] == '+' || url[i] == '-' || url[i] == '.';
    if (!is_letter(url[i]) && (i == 0 || !later)) return 0;
  }
  return 0;
}

Url parts_of(std::string_view url) {
  const size_t end = std::min(url.find_first_of("?#"), url.size());
  size_t path = scheme_length(url.substr(0, end));
  const bool host = url.substr(path).starts_with("//");
  if (host) path = std::min(url.find('/', path + 2), end);
  return {url.substr(0, path), url.substr(path, end - path), url.substr(end), host};
}

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Result<std::string> unescaped(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) return Error(cat("invalid URL escape ", go_quote(text.substr(i, 3))));
    out.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return out;
}

std::string escaped(std::string_view path) {
  constexpr std::string_view kHex = "0123456789ABCDEF", kPlain = "-_.~$&+,/:;=@";
  std::string out;
  for (const char c : path) {
    if (is_letter(c) || is_digit(c) || kPlain.find(c) != std::string_view::npos) {
      out.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.push_back('%');
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    }
  }
  return out;
}

}  // namespace

Result<std::string> url_path(std::string_view url) { return unescaped(parts_of(url).path); }

Result<std::string> url_with_path(std::string_view url, std::string_view path) {
  const Url parts = parts_of(url);
  TRY(const std::string before, unescaped(parts.path));
  // A path that stays the same stays as it was written.
  const std::string written = before == path ? std::string(parts.path) : escaped(path);
  const bool slash = parts.host && !written.empty() && !written.starts_with('/');
  return cat(parts.before, slash ? "/" : "", written, parts.after);
}

}  // namespace wf::spec
