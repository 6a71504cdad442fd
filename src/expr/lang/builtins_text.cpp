// SPDX-License-Identifier: Apache-2.0
// Functions on texts, and between texts and other forms.
#include <openssl/evp.h>

#include <algorithm>

#include "base/text.h"
#include "base/utf8.h"
#include "expr/gofmt.h"
#include "expr/lang/builtins.h"
#include "expr/lang/operators.h"
#include "expr/unicode.h"
#include "json/text.h"

namespace wf::expr::lang {
namespace {

using namespace types;

// A Go type assertion to string.
Result<std::string_view> text(const Any& value) {
  if (value.is_string()) return value.as_string();
  const std::string_view name = value.is_nil() ? "nil" : value.type_name();
  return Error(cat("interface conversion: interface {} is ", name, ", not string"));
}

std::string_view trim_left(std::string_view s, std::string_view cutset) {
  while (!s.empty()) {
    const Rune rune = first_rune(s);
    if (cutset.find(s.substr(0, rune.width)) == std::string_view::npos) break;
    s.remove_prefix(rune.width);
  }
  return s;
}
std::string_view trim_right(std::string_view s, std::string_view cutset) {
  while (!s.empty()) {
    const Rune rune = last_rune(s);
    if (cutset.find(s.substr(s.size() - rune.width)) == std::string_view::npos) break;
    s.remove_suffix(rune.width);
  }
  return s;
}

Result<Any> trim_text(BuiltinCall& call) {
  TRY(const std::string_view s, text(call.arguments[0]));
  if (call.arguments.size() == 1) return Any(trim_space(s));
  TRY(const std::string_view cutset, text(call.arguments[1]));
  return Any(trim_right(trim_left(s, cutset), cutset));
}

Result<Any> trim_end(BuiltinCall& call, bool front) {
  TRY(std::string_view s, text(call.arguments[0]));
  std::string_view piece = " ";
  if (call.arguments.size() == 2) {
    TRY(piece, text(call.arguments[1]));
  }
  if (front && s.starts_with(piece)) s.remove_prefix(piece.size());
  if (!front && s.ends_with(piece)) s.remove_suffix(piece.size());
  return Any(s);
}

// strings.SplitN and SplitAfterN: `most` parts at most (negative: all), the separator kept or not.
Result<Any> split_text(BuiltinCall& call, bool keep) {
  TRY(std::string_view s, text(call.arguments[0]));
  TRY(const std::string_view separator, text(call.arguments[1]));
  int64_t most = -1;
  if (call.arguments.size() == 3) {
    TRY(most, to_int(call.arguments[2]));
  }
  if (most == 0) return Any::typed_nil(kStringSlice);
  List out;
  while (most < 0 || static_cast<int64_t>(out.size()) + 1 < most) {
    size_t at = s.find(separator);
    if (separator.empty()) {  // between characters
      if (s.empty() || (at = first_rune(s).width) == s.size()) break;
    }
    if (at == std::string_view::npos) break;
    TRY_DO(call.budget.take_items(1));
    out.push_back(Any(s.substr(0, keep ? at + separator.size() : at)));
    s.remove_prefix(at + separator.size());
  }
  if (!(separator.empty() && s.empty())) out.push_back(Any(s));
  return Any::list(std::move(out), kStringSlice);
}

Result<Any> replace_text(BuiltinCall& call) {
  TRY(std::string_view s, text(call.arguments[0]));
  TRY(const std::string_view from, text(call.arguments[1]));
  TRY(const std::string_view to, text(call.arguments[2]));
  int64_t most = -1;
  if (call.arguments.size() == 4) {
    TRY(most, to_int(call.arguments[3]));
  }
  std::string out;
  for (int64_t n = 0; most < 0 || n < most; ++n) {
    size_t at = s.find(from);
    // An empty text is found before each character and at the end.
    if (from.empty()) at = n == 0 ? 0 : s.empty() ? std::string_view::npos : first_rune(s).width;
    if (at == std::string_view::npos) break;
    out.append(s.substr(0, at)).append(to);
    if (out.size() > kTextMax) return Error("memory budget exceeded");
    s.remove_prefix(at + from.size());
  }
  return Any(out.append(s));
}

Result<Any> repeat_text(BuiltinCall& call) {
  TRY(const std::string_view s, text(call.arguments[0]));
  TRY(const int64_t count, to_int(call.arguments[1]));
  if (count < 0)
    return Error(cat("invalid argument for repeat (expected positive integer, got ", count, ")"));
  if (count > 1'000'000) return Error("memory budget exceeded");
  TRY_DO(call.budget.take_items(s.size() * static_cast<size_t>(count)));
  std::string out;
  for (int64_t i = 0; i < count; ++i) out += s;
  return Any(std::move(out));
}

Result<Any> join_texts(BuiltinCall& call) {
  const Any& list = call.arguments[0];
  std::string_view glue;
  if (call.arguments.size() == 2) {
    TRY(glue, text(call.arguments[1]));
  }
  if (!list.is(kAnySlice) && !list.is(kStringSlice)) {
    return Error(cat("invalid argument for join (type ", list.type_name(), ")"));
  }
  std::string out;
  for (const Any& item : list.items()) {
    TRY(const std::string_view part, text(item));
    if (&item != &list.items().front()) out += glue;
    out += part;
    if (out.size() > kTextMax) return Error("memory budget exceeded");
  }
  return Any(std::move(out));
}

enum class Test { Index, LastIndex, Prefix, Suffix };
Result<Any> test_text(BuiltinCall& call, Test test) {
  TRY(const std::string_view s, text(call.arguments[0]));
  TRY(const std::string_view part, text(call.arguments[1]));
  if (test == Test::Prefix) return Any(s.starts_with(part));
  if (test == Test::Suffix) return Any(s.ends_with(part));
  const size_t at = test == Test::Index ? s.find(part) : s.rfind(part);
  return Any(at == std::string_view::npos ? int64_t{-1} : static_cast<int64_t>(at));
}

Result<Any> to_json_text(BuiltinCall& call) {
  TRY(const json::Value value, call.arguments[0].to_json());
  return Any(json::print_indented(value, "  "));
}

Result<Any> from_json_text(BuiltinCall& call) {
  TRY(const std::string_view s, text(call.arguments[0]));
  TRY(const json::Value value, json::parse(s));
  return Any::from_json(value);
}

Result<Any> to_base64(BuiltinCall& call) {
  TRY(const std::string_view s, text(call.arguments[0]));
  std::string out(4 * ((s.size() + 2) / 3) + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(s.data()), static_cast<int>(s.size()));
  out.resize(static_cast<size_t>(size));
  return Any(std::move(out));
}

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

// Standard alphabet with padding; line ends are skipped, as encoding/base64 does.
Result<Any> from_base64(BuiltinCall& call) {
  TRY(const std::string_view s, text(call.arguments[0]));
  std::string out;
  uint32_t word = 0;
  int digits = 0, padding = 0;
  for (size_t i = 0; i < s.size(); ++i) {
    const char c = s[i];
    if (c == '\r' || c == '\n') continue;
    const int value = base64_digit(c);
    const bool pad = c == '=' && digits + padding >= 2;
    if (padding == 0 ? value < 0 && !pad : !pad || digits + padding == 4) {
      return Error(cat("illegal base64 data at input byte ", i));
    }
    if (pad) {
      ++padding;
    } else {
      word = word << 6 | static_cast<uint32_t>(value);
      ++digits;
    }
    if (digits == 4 || (padding > 0 && digits + padding == 4)) {
      word <<= 6 * padding;
      for (int k = 0; k < 3 - padding; ++k) out.push_back(static_cast<char>(word >> (16 - 8 * k)));
      word = 0;
      if (padding == 0) digits = 0;
    }
  }
  if (digits + padding != 0 && digits + padding != 4) {
    return Error(cat("illegal base64 data at input byte ",
                     s.size() - static_cast<size_t>(digits + padding)));
  }
  return Any(std::move(out));
}

}  // namespace

std::span<const Builtin> text_builtins() {
  static const std::vector<Builtin> table = {
      {"string",
       {{{&kAny}, &kString}},
       nullptr,
       [](BuiltinCall& c) -> Result<Any> { return Any(format_value(c.arguments[0])); }},
      {"trim", {{{&kString}, &kString}, {{&kString, &kString}, &kString}}, nullptr, trim_text},
      {"trimPrefix",
       {{{&kString, &kString}, &kString}, {{&kString}, &kString}},
       nullptr,
       [](BuiltinCall& c) { return trim_end(c, true); }},
      {"trimSuffix",
       {{{&kString, &kString}, &kString}, {{&kString}, &kString}},
       nullptr,
       [](BuiltinCall& c) { return trim_end(c, false); }},
      {"upper",
       {{{&kString}, &kString}},
       nullptr,
       [](BuiltinCall& c) -> Result<Any> {
         TRY(const std::string_view s, text(c.arguments[0]));
         return Any(unicode::upper(s));
       }},
      {"lower",
       {{{&kString}, &kString}},
       nullptr,
       [](BuiltinCall& c) -> Result<Any> {
         TRY(const std::string_view s, text(c.arguments[0]));
         return Any(unicode::lower(s));
       }},
      {"split",
       {{{&kString, &kString}, &kStringSlice}, {{&kString, &kString, &kInt}, &kStringSlice}},
       nullptr,
       [](BuiltinCall& c) { return split_text(c, false); }},
      {"splitAfter",
       {{{&kString, &kString}, &kStringSlice}, {{&kString, &kString, &kInt}, &kStringSlice}},
       nullptr,
       [](BuiltinCall& c) { return split_text(c, true); }},
      {"replace",
       {{{&kString, &kString, &kString, &kInt}, &kString},
        {{&kString, &kString, &kString}, &kString}},
       nullptr,
       replace_text},
      {"repeat", {{{&kString, &kInt}, &kString}}, nullptr, repeat_text},
      {"join",
       {{{&kStringSlice, &kString}, &kString},
        {{&kAnySlice, &kString}, &kString},
        {{&kAnySlice}, &kString},
        {{&kStringSlice}, &kString}},
       nullptr,
       join_texts},
      {"indexOf",
       {{{&kString, &kString}, &kInt}},
       nullptr,
       [](BuiltinCall& c) { return test_text(c, Test::Index); }},
      {"lastIndexOf",
       {{{&kString, &kString}, &kInt}},
       nullptr,
       [](BuiltinCall& c) { return test_text(c, Test::LastIndex); }},
      {"hasPrefix",
       {{{&kString, &kString}, &kBool}},
       nullptr,
       [](BuiltinCall& c) { return test_text(c, Test::Prefix); }},
      {"hasSuffix",
       {{{&kString, &kString}, &kBool}},
       nullptr,
       [](BuiltinCall& c) { return test_text(c, Test::Suffix); }},
      {"toJSON", {{{&kAny}, &kString}}, nullptr, to_json_text},
      {"fromJSON", {{{&kString}, &kAny}}, nullptr, from_json_text},
      {"toBase64", {{{&kString}, &kString}}, nullptr, to_base64},
      {"fromBase64", {{{&kString}, &kString}}, nullptr, from_base64},
  };
  return table;
}

}  // namespace wf::expr::lang
