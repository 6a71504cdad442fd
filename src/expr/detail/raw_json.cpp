// SPDX-License-Identifier: Apache-2.0
#include "expr/detail/raw_json.h"

#include "base/text.h"
#include "expr/gofmt_number.h"
#include "json/text.h"

namespace wf::expr {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// The end of the string that starts at `at`.
size_t end_of_string(std::string_view raw, size_t at) {
  for (++at; raw[at] != '"'; ++at) {
    if (raw[at] == '\\') ++at;
  }
  return at + 1;
}

// The end of the value that starts at `at`.
size_t end_of_value(std::string_view raw, size_t at) {
  int depth = 0;
  for (; at < raw.size(); ++at) {
    const char c = raw[at];
    if (c == '"') {
      at = end_of_string(raw, at) - 1;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (c == ']' || c == '}') {
      if (depth == 0) return at;
      --depth;
    } else if (depth == 0 && (c == ',' || c == ':' || is_space(c))) {
      return at;
    }
    if (depth == 0 && (c == '"' || c == ']' || c == '}')) return at + 1;
  }
  return raw.size();
}

// The values inside the brackets of `raw`, keys of members included.
std::vector<std::string_view> parts(std::string_view raw) {
  std::vector<std::string_view> out;
  for (size_t at = 1; at + 1 < raw.size();) {
    if (is_space(raw[at]) || raw[at] == ',' || raw[at] == ':') {
      ++at;
      continue;
    }
    const size_t end = end_of_value(raw, at);
    out.push_back(raw.substr(at, end - at));
    at = end;
  }
  return out;
}

}  // namespace

std::string compact_json(std::string_view raw) {
  std::string out;
  bool in_string = false;
  for (size_t i = 0; i < raw.size(); ++i) {
    const char c = raw[i];
    if (!in_string) {
      if (is_space(c)) continue;
      in_string = c == '"';
      out.push_back(c);
      continue;
    }
    const auto three = raw.substr(i, 3);
    if (c == '<') out += "\\u003c";
    else if (c == '>') out += "\\u003e";
    else if (c == '&') out += "\\u0026";
    else if (three == "\u2028" || three == "\u2029") {
      out += three == "\u2028" ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      out.push_back(c);
      if (c == '\\') out.push_back(raw[++i]);
      in_string = c != '"';
    }
  }
  return out;
}

std::vector<std::string_view> raw_items(std::string_view raw) {
  if (!raw.starts_with('[')) return {};
  return parts(raw);
}

std::vector<std::pair<std::string, std::string_view>> raw_members(std::string_view raw) {
  const auto all = parts(raw);
  std::vector<std::pair<std::string, std::string_view>> out;
  for (size_t i = 0; i + 1 < all.size(); i += 2) {
    out.emplace_back(json::parse(all[i]).value().as_string(), all[i + 1]);
  }
  return out;
}

bool has_number_beyond_double(std::string_view raw) {
  for (size_t at = 0; at < raw.size(); ++at) {
    if (raw[at] == '"') {
      at = end_of_string(raw, at) - 1;
    } else if ((raw[at] >= '0' && raw[at] <= '9')) {
      const size_t end = std::min(raw.find_first_not_of("0123456789+-.eE", at), raw.size());
      if (parse_float(raw.substr(at, end - at)).error) return true;
      at = end - 1;
    }
  }
  return false;
}

}  // namespace wf::expr
