// SPDX-License-Identifier: Apache-2.0
// URLs taken apart and put together as Go's net/url does it.
#include <arpa/inet.h>

#include <algorithm>
#include <optional>

#include "expr/sprig/detail/support.h"
#include "expr/unicode.h"

namespace wf::expr::sprig {
namespace {

enum class Place { Path, UserPassword, Host, Zone, Fragment };

bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}
bool one_of(char c, std::string_view set) { return set.find(c) != set.npos; }

bool must_escape(char c, Place place) {
  if (is_alnum(c) || one_of(c, "-_.~")) return false;
  switch (place) {
    case Place::Host:
    case Place::Zone: return !one_of(c, "!$&'()*+,;=:[]<>\"");
    case Place::Path: return !one_of(c, "$&+,/:;=@");
    case Place::UserPassword: return !one_of(c, "$&+,;=");
    case Place::Fragment: return !one_of(c, "$&+,/:;=?@!()*");
  }
  return true;
}

std::string escaped(std::string_view text, Place place) {
  std::string out;
  for (const char c : text) {
    if (must_escape(c, place)) {
      out.push_back('%');
      out.push_back("0123456789ABCDEF"[static_cast<unsigned char>(c) >> 4]);
      out.push_back("0123456789ABCDEF"[c & 15]);
    } else {
      out.push_back(c);
    }
  }
  return out;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

Error bad_escape(std::string_view text) { return Error("invalid URL escape " + go_quote(text)); }

Result<std::string> unescaped(std::string_view text, Place place) {
  std::string out;
  const bool host = place == Place::Host || place == Place::Zone;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c != '%') {
      if (host && static_cast<unsigned char>(c) < 0x80 && must_escape(c, place)) {
        return Error(wf::cat("invalid character ", go_quote(text.substr(i, 1)), " in host name"));
      }
      out.push_back(c);
      continue;
    }
    const std::string_view code = text.substr(i, 3);
    const bool hex = code.size() == 3 && hex_value(code[1]) >= 0 && hex_value(code[2]) >= 0;
    if (!hex) return bad_escape(code);
    const char value = static_cast<char>(hex_value(code[1]) << 4 | hex_value(code[2]));
    // Only what is not ASCII may be escaped in a host; a zone may hold a little more.
    if (place == Place::Host && hex_value(code[1]) < 8 && code != "%25") return bad_escape(code);
    if (place == Place::Zone && code != "%25" && value != ' ' && must_escape(value, Place::Host)) {
      return bad_escape(code);
    }
    out.push_back(value);
    i += 2;
  }
  return out;
}

struct User {
  std::string name;
  std::optional<std::string> password;
};

std::string to_text(const User& user) {
  std::string out = escaped(user.name, Place::UserPassword);
  if (user.password) out += ":" + escaped(*user.password, Place::UserPassword);
  return out;
}

struct Url {
  std::string scheme, opaque, host, path, query, fragment;
  std::optional<User> user;
};

bool is_port(std::string_view text) {
  return text.empty() ||
         (text[0] == ':' && text.substr(1).find_first_not_of("0123456789") == text.npos);
}

// "[::1]:80": the brackets may hold an IPv6 address with a zone.
Result<std::string> parse_ipv6(std::string_view host) {
  const size_t close = host.rfind(']');
  if (close == host.npos) return Error("missing ']' in host");
  const std::string_view port = host.substr(close + 1);
  if (!is_port(port)) return Error(wf::cat("invalid port ", go_quote(port), " after host"));
  const std::string_view name = host.substr(1, close - 1);
  const size_t zone_at = std::min(name.find("%25"), name.size());
  TRY(const std::string address, unescaped(name.substr(0, zone_at), Place::Host));
  TRY(const std::string zone, unescaped(name.substr(zone_at), Place::Zone));
  in6_addr ignored;
  const std::string bare = address.substr(0, address.find('%'));
  if (inet_pton(AF_INET6, bare.c_str(), &ignored) != 1) {
    return Error(wf::cat("invalid host: ParseAddr(", go_quote(address), "): unable to parse IP"));
  }
  return wf::cat("[", address, zone, "]", port);
}

Result<std::string> parse_host(std::string_view scheme, std::string_view host) {
  const size_t open = host.rfind('[');
  if (open == 0) return parse_ipv6(host);
  if (open != host.npos) return Error("invalid IP-literal");
  const bool web = scheme == "http" || scheme == "https";
  const size_t colon = web ? host.find(':') : host.rfind(':');
  if (colon != host.npos && !is_port(host.substr(colon))) {
    return Error(wf::cat("invalid port ", go_quote(host.substr(colon)), " after host"));
  }
  return unescaped(host, Place::Host);
}

Result<User> parse_user(std::string_view text) {
  for (const char c : text) {
    if (!is_alnum(c) && !one_of(c, "-._:~!$&'()*+,;=%@")) return Error("net/url: invalid userinfo");
  }
  User out;
  const size_t colon = text.find(':');
  TRY(out.name, unescaped(text.substr(0, colon), Place::UserPassword));
  if (colon != text.npos) {
    TRY(out.password, unescaped(text.substr(colon + 1), Place::UserPassword));
  }
  return out;
}

Result<void> parse_authority(std::string_view authority, Url& out) {
  const size_t at = authority.rfind('@');
  const size_t host_at = at == authority.npos ? 0 : at + 1;
  TRY(out.host, parse_host(out.scheme, authority.substr(host_at)));
  if (at != authority.npos) {
    TRY(out.user, parse_user(authority.substr(0, at)));
  }
  return {};
}

// Takes the scheme and its colon off the text; what looks like none is part of the path.
Result<std::string> take_scheme(std::string_view& text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool letter = is_alnum(c) && !(c >= '0' && c <= '9');
    if (c == ':') {
      if (i == 0) return Error("missing protocol scheme");
      const std::string scheme = unicode::lower(text.substr(0, i));
      text.remove_prefix(i + 1);
      return scheme;
    }
    if (!letter && (i == 0 || !(is_alnum(c) || one_of(c, "+-.")))) break;
  }
  return std::string();
}

Result<Url> parse_hierarchy(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) {
      return Error("net/url: invalid control character in URL");
    }
  }
  Url out;
  if (text == "*") {
    out.path = "*";
    return out;
  }
  TRY(out.scheme, take_scheme(text));
  if (const size_t question = text.find('?'); question != text.npos) {
    out.query = std::string(text.substr(question + 1));
    text = text.substr(0, question);
  }
  if (!text.starts_with('/')) {
    if (!out.scheme.empty()) {
      out.opaque = std::string(text);
      return out;
    }
    if (text.substr(0, text.find('/')).find(':') != text.npos) {
      return Error("first path segment in URL cannot contain colon");
    }
  }
  if (text.starts_with("//") && (!out.scheme.empty() || !text.starts_with("///"))) {
    const size_t slash = std::min(text.find('/', 2), text.size());
    TRY_DO(parse_authority(text.substr(2, slash - 2), out));
    text = text.substr(slash);
  }
  TRY(out.path, unescaped(text, Place::Path));
  return out;
}

Error parse_error(std::string_view text, const Error& cause) {
  return Error(wf::cat("parse ", go_quote(text), ": ", cause.message()));
}

Result<Url> parse_url(std::string_view text) {
  const size_t hash = text.find('#');
  const std::string_view front = text.substr(0, hash);
  auto parsed = parse_hierarchy(front);
  if (!parsed.ok()) return parse_error(front, parsed.error());
  if (hash != text.npos) {
    auto fragment = unescaped(text.substr(hash + 1), Place::Fragment);
    if (!fragment.ok()) return parse_error(text, fragment.error());
    parsed->fragment = *fragment;
  }
  return parsed;
}

std::string host_name(std::string_view host) {
  const size_t colon = host.rfind(':');
  if (colon != host.npos && is_port(host.substr(colon))) host = host.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return std::string(host);
}

std::string to_text(const Url& url) {
  std::string out;
  if (!url.scheme.empty()) out = url.scheme + ":";
  if (!url.opaque.empty()) {
    out += url.opaque;
  } else {
    const bool authority = !url.host.empty() || url.user;
    if (authority || (!url.scheme.empty() && !url.path.empty())) out += "//";
    if (url.user) out += to_text(*url.user) + "@";
    out += escaped(url.host, Place::Host);
    const std::string path = url.path == "*" ? "*" : escaped(url.path, Place::Path);
    if (!path.empty() && path[0] != '/' && !url.host.empty()) out.push_back('/');
    if (out.empty() && path.substr(0, path.find('/')).find(':') != path.npos) out += "./";
    out += path;
  }
  if (!url.query.empty()) out += "?" + url.query;
  if (!url.fragment.empty()) out += "#" + escaped(url.fragment, Place::Fragment);
  return out;
}

Result<Any> url_parse(Arguments a) {
  auto parsed = parse_url(a[0].as_string());
  if (!parsed.ok()) return std::move(parsed.error()).wrap("unable to parse url");
  Map out;
  const auto put = [&out](const char* key, std::string value) {
    out.insert_or_assign(Any(key), Any(std::move(value)));
  };
  put("scheme", parsed->scheme);
  put("host", parsed->host);
  put("hostname", host_name(parsed->host));
  put("path", parsed->path);
  put("query", parsed->query);
  put("opaque", parsed->opaque);
  put("fragment", parsed->fragment);
  put("userinfo", parsed->user ? to_text(*parsed->user) : "");
  return ok(std::move(out));
}

Result<std::string> text_member(const Any& dict, std::string_view key) {
  const Any* found = dict.find(key);
  if (found == nullptr) return std::string();
  if (found->is_nil()) return nil_pointer();
  if (!found->is_string()) {
    return Error(wf::cat("unable to parse ", key, " key, must be of type string, but ",
                         name_of(found->kind()), " found"));
  }
  return std::string(found->as_string());
}

Result<Any> url_join(Arguments a) {
  Url url;
  TRY(url.scheme, text_member(a[0], "scheme"));
  TRY(url.host, text_member(a[0], "host"));
  TRY(url.path, text_member(a[0], "path"));
  TRY(url.query, text_member(a[0], "query"));
  TRY(url.opaque, text_member(a[0], "opaque"));
  TRY(url.fragment, text_member(a[0], "fragment"));
  TRY(const std::string user, text_member(a[0], "userinfo"));
  if (!user.empty()) {
    auto parsed = parse_url(wf::cat("proto://", user, "@host"));
    if (!parsed.ok()) return std::move(parsed.error()).wrap("unable to parse userinfo in dict");
    url.user = parsed->user;
  }
  return ok(to_text(url));
}

}  // namespace

void add_urls(Registry& out) {
  out.add("urlParse", {kText}, url_parse);
  out.add("urlJoin", {kDict}, url_join);
}

}  // namespace wf::expr::sprig
