// SPDX-License-Identifier: Apache-2.0
// Texts: cutting, padding, quoting, searching.
#include <algorithm>

#include "base/utf8.h"
#include "expr/gofmt.h"
#include "expr/sprig/detail/support.h"
#include "expr/sprig/detail/words.h"
#include "expr/unicode.h"

namespace wf::expr::sprig {
namespace {

std::string_view text(const Any& value) { return value.as_string(); }

// strings.Trim: without code points of `cut` at both ends.
std::string_view trim_any(std::string_view from, std::string_view cut) {
  const std::vector<char32_t> set = unicode::runes(cut);
  const auto in_set = [&set](const Rune& rune) {
    return rune.width > 0 && std::find(set.begin(), set.end(), rune.value) != set.end();
  };
  for (Rune rune = first_rune(from); in_set(rune); rune = first_rune(from)) {
    from.remove_prefix(rune.width);
  }
  for (Rune rune = last_rune(from); in_set(rune); rune = last_rune(from)) {
    from.remove_suffix(rune.width);
  }
  return from;
}

Error out_of_range(int64_t low, int64_t high) {
  return Error(wf::cat("runtime error: slice bounds out of range [", low, ":", high, "]"));
}

// s[low:high] of Go.
Result<Any> slice(std::string_view from, int64_t low, int64_t high) {
  const auto size = static_cast<int64_t>(from.size());
  if (high < 0) return Error(wf::cat("runtime error: slice bounds out of range [:", high, "]"));
  if (high > size) {
    return Error(
        wf::cat("runtime error: slice bounds out of range [:", high, "] with length ", size));
  }
  if (low > high) return out_of_range(low, high);
  return ok(from.substr(static_cast<size_t>(low), static_cast<size_t>(high - low)));
}

Result<Any> substr(Arguments a) {
  const int64_t start = a[0].as_int(), end = a[1].as_int();
  const auto size = static_cast<int64_t>(a[2].size());
  if (start < 0) return slice(text(a[2]), 0, end);
  return slice(text(a[2]), start, end < 0 || end > size ? size : end);
}

// Counts bytes, so that it may cut a character in two.
Result<Any> trunc(Arguments a) {
  const int64_t count = a[0].as_int();
  const std::string_view from = text(a[1]);
  const auto size = static_cast<int64_t>(from.size());
  if (count < 0 && size + count > 0) return ok(from.substr(static_cast<size_t>(size + count)));
  if (count >= 0 && size > count) return ok(from.substr(0, static_cast<size_t>(count)));
  return a[1];
}

Result<Any> repeated(std::string_view unit, int64_t count) {
  if (count < 0) return Error("strings: negative Repeat count");
  const auto times = static_cast<uint64_t>(count);
  if (!unit.empty() && times > kTextMax / unit.size()) {
    const bool overflow = times > static_cast<uint64_t>(INT64_MAX) / unit.size();
    return Error(overflow ? "strings: Repeat output length overflow" : "the text becomes too long");
  }
  std::string out;
  for (uint64_t i = 0; i < times && !unit.empty(); ++i) out += unit;
  return ok(std::move(out));
}

Result<Any> replaced(std::string_view in, std::string_view from, std::string_view to) {
  std::string out;
  if (from.empty()) {  // between all code points, and at both ends
    for (Rune rune; !in.empty(); in.remove_prefix(rune.width)) {
      rune = first_rune(in);
      out.append(to).append(in.substr(0, rune.width));
      TRY_DO(check_text_size(out.size()));
    }
    out += to;
    TRY_DO(check_text_size(out.size()));
    return ok(std::move(out));
  }
  for (size_t at; (at = in.find(from)) != in.npos; in.remove_prefix(at + from.size())) {
    out.append(in.substr(0, at)).append(to);
    TRY_DO(check_text_size(out.size()));
  }
  return ok(out.append(in));
}

Result<Any> indented(int64_t spaces, std::string_view in, std::string_view before) {
  TRY(const Any pad, repeated(" ", spaces));
  const std::string newline = "\n" + std::string(text(pad));
  TRY(const Any lines, replaced(in, "\n", newline));
  return ok(std::string(before).append(text(pad)).append(text(lines)));
}

Result<Any> joined(Arguments values, std::string (*one)(const Any&)) {
  std::string out;
  bool first = true;
  for (const Any& value : values) {
    if (value.is_nil()) continue;
    if (!first) out.push_back(' ');
    first = false;
    out += one(value);
    TRY_DO(check_text_size(out.size()));
  }
  return ok(std::move(out));
}

std::string quoted(const Any& value) { return go_quote(text_of(value)); }
std::string single_quoted(const Any& value) { return "'" + format_value(value) + "'"; }

// A `%v` for each value that is not nil, with white space trimmed off the format, not off the text.
Result<Any> cat_values(Arguments a) { return joined(a, format_value); }

void add_edges(Registry& out) {
  out.add("trim", {kText}, [](Arguments a) { return ok(trim_space(text(a[0]))); });
  for (const char* name : {"trimall", "trimAll"}) {
    out.add(name, {kText, kText}, [](Arguments a) { return ok(trim_any(text(a[1]), text(a[0]))); });
  }
  out.add("trimSuffix", {kText, kText}, [](Arguments a) {
    std::string_view from = text(a[1]);
    if (from.ends_with(text(a[0]))) from.remove_suffix(a[0].size());
    return ok(from);
  });
  out.add("trimPrefix", {kText, kText}, [](Arguments a) {
    std::string_view from = text(a[1]);
    if (from.starts_with(text(a[0]))) from.remove_prefix(a[0].size());
    return ok(from);
  });
  out.add("trunc", {kNumber, kText}, trunc);
  out.add("substr", {kNumber, kNumber, kText}, substr);
  out.add("abbrev", {kNumber, kText},
          [](Arguments a) { return ok(abbreviated(text(a[1]), 0, a[0].as_int())); });
  out.add("abbrevboth", {kNumber, kNumber, kText}, [](Arguments a) {
    return ok(abbreviated(text(a[2]), a[0].as_int(), a[1].as_int()));
  });
}

void add_case(Registry& out) {
  const auto change = [&out](const char* name, std::string (*how)(std::string_view)) {
    out.add(name, {kText}, [how](Arguments a) { return ok(how(text(a[0]))); });
  };
  change("upper", unicode::upper);
  change("lower", unicode::lower);
  change("title", titled);
  change("untitle", untitled);
  change("swapcase", case_swapped);
  change("snakecase", snake_case);
  change("kebabcase", kebab_case);
  change("camelcase", pascal_case);
  change("initials", initials);
  change("nospace", without_space);
}

void add_shape(Registry& out) {
  out.add("repeat", {kNumber, kText},
          [](Arguments a) { return repeated(text(a[1]), a[0].as_int()); });
  out.add("wrap", {kNumber, kText},
          [](Arguments a) { return wrapped(text(a[1]), a[0].as_int(), "", LongWords::Keep); });
  out.add("wrapWith", {kNumber, kText, kText}, [](Arguments a) {
    return wrapped(text(a[2]), a[0].as_int(), text(a[1]), LongWords::Cut);
  });
  out.add("indent", {kNumber, kText},
          [](Arguments a) { return indented(a[0].as_int(), text(a[1]), ""); });
  out.add("nindent", {kNumber, kText},
          [](Arguments a) { return indented(a[0].as_int(), text(a[1]), "\n"); });
  out.add("replace", {kText, kText, kText},
          [](Arguments a) { return replaced(text(a[2]), text(a[0]), text(a[1])); });
  out.add("plural", {kText, kText, kNumber},
          [](Arguments a) { return ok(a[2].as_int() == 1 ? a[0] : a[1]); });
  out.add_variadic("quote", {kValue}, [](Arguments a) { return joined(a, quoted); });
  out.add_variadic("squote", {kValue}, [](Arguments a) { return joined(a, single_quoted); });
  out.add_variadic("cat", {kValue}, cat_values);
  out.add("toString", {kValue}, [](Arguments a) { return ok(text_of(a[0])); });
}

void add_search(Registry& out) {
  out.add("contains", {kText, kText},
          [](Arguments a) { return ok(text(a[1]).find(text(a[0])) != std::string_view::npos); });
  out.add("hasPrefix", {kText, kText},
          [](Arguments a) { return ok(text(a[1]).starts_with(text(a[0]))); });
  out.add("hasSuffix", {kText, kText},
          [](Arguments a) { return ok(text(a[1]).ends_with(text(a[0]))); });
  out.add("fail", {kText},
          [](Arguments a) -> Result<Any> { return Error(std::string(text(a[0]))); });
}

}  // namespace

void add_strings(Registry& out) {
  add_edges(out);
  add_case(out);
  add_shape(out);
  add_search(out);
}

}  // namespace wf::expr::sprig
