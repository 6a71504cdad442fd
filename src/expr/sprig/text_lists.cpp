// SPDX-License-Identifier: Apache-2.0
// Lists of texts: cutting and joining.
#include <algorithm>

#include "expr/sprig/detail/support.h"

namespace wf::expr::sprig {
namespace {

std::string_view text(const Any& value) { return value.as_string(); }

// {"_0": …, "_1": …}
Any numbered(const std::vector<std::string>& parts) {
  Map out;
  for (size_t i = 0; i < parts.size(); ++i) {
    out.insert_or_assign(Any("_" + std::to_string(i)), Any(parts[i]));
  }
  return Any::map(std::move(out), types::kStringMap);
}

Result<std::vector<std::string>> parts_of(std::string_view from, std::string_view separator,
                                          int64_t n) {
  auto parts = split_text(from, separator, n);
  TRY_DO(check_list_size(parts.size()));
  return parts;
}

Result<Any> join_texts(Arguments a) {
  const std::vector<std::string> parts = texts_of(a[1]);
  size_t size = 0;
  for (const std::string& part : parts) size += part.size() + a[0].size();
  TRY_DO(check_text_size(size));
  return ok(wf::join(parts, text(a[0])));
}

Result<Any> sort_alpha(Arguments a) {
  if (!a[0].is_list()) return ok(Any::strings({text_of(a[0])}));
  std::vector<std::string> parts = texts_of(a[0]);
  std::sort(parts.begin(), parts.end());
  return ok(Any::strings(parts));
}

}  // namespace

void add_text_lists(Registry& out) {
  out.add("split", {kText, kText}, [](Arguments a) -> Result<Any> {
    TRY(const auto parts, parts_of(text(a[1]), text(a[0]), -1));
    return numbered(parts);
  });
  out.add("splitn", {kText, kNumber, kText}, [](Arguments a) -> Result<Any> {
    TRY(const auto parts, parts_of(text(a[2]), text(a[0]), a[1].as_int()));
    return numbered(parts);
  });
  out.add("splitList", {kText, kText}, [](Arguments a) -> Result<Any> {
    TRY(const auto parts, parts_of(text(a[1]), text(a[0]), -1));
    return Any::strings(parts);
  });
  out.add("toStrings", {kValue}, [](Arguments a) { return ok(Any::strings(texts_of(a[0]))); });
  out.add("join", {kText, kValue}, join_texts);
  out.add("sortAlpha", {kValue}, sort_alpha);
}

}  // namespace wf::expr::sprig
