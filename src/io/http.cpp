// SPDX-License-Identifier: Apache-2.0
#include "io/http.h"

#include <algorithm>

#include "base/text.h"

namespace wf::io {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

void Headers::set(std::string_view name, std::string_view value) {
  erase(name);
  add(name, value);
}

void Headers::erase(std::string_view name) {
  std::erase_if(fields_, [&](const auto& field) { return equal_ignoring_case(field.first, name); });
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const auto& [key, value] : fields_) {
    if (equal_ignoring_case(key, name)) return value;
  }
  return std::nullopt;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100: return "Continue";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 412: return "Precondition Failed";
    case 413: return "Request Entity Too Large";
    case 415: return "Unsupported Media Type";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Status";
  }
}

std::string percent_decode(std::string_view text, Plus plus) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
      if (high >= 0 && low >= 0) {
        out.push_back(static_cast<char>(high * 16 + low));
        i += 2;
        continue;
      }
    }
    out.push_back(text[i] == '+' && plus == Plus::IsSpace ? ' ' : text[i]);
  }
  return out;
}

std::string percent_encode(std::string_view text, std::string_view keep) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~' || keep.find(c) != keep.npos;
    if (plain) {
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

Query::Query(std::string_view raw) {
  if (raw.empty()) return;
  for (const std::string_view part : split(raw, "&")) {
    if (part.empty()) continue;
    const size_t equals = part.find('=');
    pairs_.emplace_back(percent_decode(part.substr(0, equals), Plus::IsSpace),
                        equals == part.npos ? "" : percent_decode(part.substr(equals + 1), Plus::IsSpace));
  }
}

std::optional<std::string_view> Query::find(std::string_view name) const {
  for (const auto& [key, value] : pairs_) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::string Url::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : cat("[", host, "]");
  return port == (secure() ? "443" : "80") ? name : cat(name, ":", port);
}

Result<Url> parse_url(std::string_view text) {
  const auto bad = [&] { return Error(cat("'", text, "' is not an http or https URL")); };
  Url url;
  const size_t colon = text.find("://");
  if (colon == text.npos) return bad();
  for (const char c : text.substr(0, colon)) url.scheme.push_back(lower(c));
  if (url.scheme != "http" && url.scheme != "https") return bad();

  std::string_view rest = text.substr(colon + 3);
  const size_t path = rest.find_first_of("/?#");
  std::string_view authority = rest.substr(0, path);
  if (path != rest.npos) url.target = rest.substr(path, rest.find('#') - path);
  if (url.target.empty() || url.target[0] != '/') url.target.insert(0, "/");

  if (const size_t at = authority.rfind('@'); at != authority.npos) {
    const std::string_view login = authority.substr(0, at);
    const size_t separator = login.find(':');
    url.user = percent_decode(login.substr(0, separator));
    if (separator != login.npos) url.password = percent_decode(login.substr(separator + 1));
    authority.remove_prefix(at + 1);
  }
  std::string_view port;
  if (!authority.empty() && authority[0] == '[') {
    const size_t close = authority.find(']');
    if (close == authority.npos) return bad();
    url.host = authority.substr(1, close - 1);
    port = authority.substr(close + 1);
  } else {
    const size_t separator = authority.find(':');
    url.host = authority.substr(0, separator);
    if (separator != authority.npos) port = authority.substr(separator);
  }
  if (url.host.empty() || (!port.empty() && port[0] != ':')) return bad();
  if (!port.empty()) port.remove_prefix(1);
  if (port.size() > 5 || port.find_first_not_of("0123456789") != port.npos) return bad();
  url.port = port.empty() ? (url.secure() ? "443" : "80") : std::string(port);
  return url;
}

}  // namespace wf::io
