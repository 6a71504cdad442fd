// SPDX-License-Identifier: Apache-2.0
// Regular expressions: RE2, with the rules of Go's regexp for finding all matches and for "$1".
#include <re2/re2.h>

#include <optional>

#include "base/utf8.h"
#include "expr/gofmt.h"
#include "expr/regexp.h"
#include "expr/sprig/detail/support.h"
#include "expr/unicode.h"

namespace wf::expr::sprig {
namespace {

using Groups = std::vector<re2::StringPiece>;

// Calls `visit` with the groups of each match, at most `limit` of them (all if negative). Empty
// matches right behind another match are none.
template <class Visit>
Result<void> each_match(const RE2& regex, std::string_view text, int64_t limit, Visit visit) {
  const re2::StringPiece whole(text.data(), text.size());
  Groups groups(static_cast<size_t>(regex.NumberOfCapturingGroups()) + 1);
  size_t at = 0;
  std::optional<size_t> last_end;
  for (int64_t count = 0; (limit < 0 || count < limit) && at <= text.size();) {
    if (!regex.Match(whole, at, text.size(), RE2::UNANCHORED, groups.data(),
                     static_cast<int>(groups.size()))) {
      break;
    }
    const auto start = static_cast<size_t>(groups[0].data() - text.data());
    const size_t end = start + groups[0].size();
    bool accepted = true;
    if (end == at) {
      accepted = start != last_end;
      at += std::max<size_t>(first_rune(text.substr(at)).width, 1);
    } else {
      at = end;
    }
    last_end = end;
    if (!accepted) continue;
    ++count;
    TRY_DO(visit(start, end, groups));
  }
  return {};
}

Result<Any> find_all(const RE2& regex, const Any& text, int64_t limit) {
  std::vector<std::string> found;
  TRY_DO(each_match(regex, text.as_string(), limit,
                    [&](size_t, size_t, const Groups& groups) -> Result<void> {
                      found.push_back(std::string(groups[0]));
                      return check_list_size(found.size());
                    }));
  return found.empty() ? Any::typed_nil(types::kStringSlice) : Any::strings(found);
}

Result<Any> find(const RE2& regex, const Any& text) {
  std::string found;
  TRY_DO(each_match(regex, text.as_string(), 1,
                    [&](size_t, size_t, const Groups& groups) -> Result<void> {
                      found = std::string(groups[0]);
                      return {};
                    }));
  return ok(std::move(found));
}

// The name or number of a group behind a '$', and how long it is written; nothing if malformed.
struct Reference {
  std::string_view name;
  size_t size = 0;
};

std::optional<Reference> reference_at(std::string_view text) {
  const bool braces = text.starts_with('{');
  size_t end = braces ? 1 : 0;
  while (end < text.size()) {
    const Rune rune = first_rune(text.substr(end));
    const char32_t c = rune.value;
    const bool part = c == '_' || unicode::is_letter(c) || unicode::is_digit(c);
    if (!part) break;
    end += rune.width;
  }
  const size_t from = braces ? 1 : 0;
  if (end == from || (braces && (end >= text.size() || text[end] != '}'))) return std::nullopt;
  return Reference{text.substr(from, end - from), end + from};
}

void append_group(std::string& out, const RE2& regex, const Groups& groups, std::string_view name) {
  size_t index = groups.size();
  if (name.find_first_not_of("0123456789") == name.npos) {
    const bool plain = name.size() <= 8 && (name.size() == 1 || name[0] != '0');
    if (plain) index = static_cast<size_t>(std::stoul(std::string(name)));
  } else {
    const auto& names = regex.NamedCapturingGroups();
    const auto found = names.find(std::string(name));
    if (found != names.end()) index = static_cast<size_t>(found->second);
  }
  if (index < groups.size()) out.append(groups[index].data(), groups[index].size());
}

// Regexp.Expand: $1, ${1}, $name, $$; an unknown group is empty.
void append_template(std::string& out, const RE2& regex, const Groups& groups,
                     std::string_view text) {
  while (true) {
    const size_t dollar = text.find('$');
    out += text.substr(0, dollar);
    if (dollar == text.npos) return;
    text.remove_prefix(dollar + 1);
    if (text.starts_with('$')) {
      out.push_back('$');
      text.remove_prefix(1);
    } else if (const auto reference = reference_at(text)) {
      append_group(out, regex, groups, reference->name);
      text.remove_prefix(reference->size);
    } else {
      out.push_back('$');
    }
  }
}

enum class Replacement { Template, Literal };

Result<Any> replace_all(const RE2& regex, const Any& text, const Any& by, Replacement kind) {
  const std::string_view in = text.as_string();
  std::string out;
  size_t done = 0;
  const auto replace = [&](size_t start, size_t end, const Groups& groups) -> Result<void> {
    out += in.substr(done, start - done);
    if (kind == Replacement::Literal) out += by.as_string();
    else append_template(out, regex, groups, by.as_string());
    done = end;
    return check_text_size(out.size());
  };
  TRY_DO(each_match(regex, in, -1, replace));
  return ok(out.append(in.substr(done)));
}

Result<Any> split(const RE2& regex, const Any& text, int64_t limit) {
  if (limit == 0) return Any::typed_nil(types::kStringSlice);
  const std::string_view in = text.as_string();
  if (!regex.pattern().empty() && in.empty()) return Any::strings({""});
  std::vector<std::string> parts;
  size_t from = 0, last_start = 0;
  bool full = false;
  TRY_DO(each_match(regex, in, limit, [&](size_t start, size_t end, const Groups&) -> Result<void> {
    full = full || (limit > 0 && static_cast<int64_t>(parts.size()) == limit - 1);
    if (full) return {};
    last_start = start;
    if (end != 0) parts.emplace_back(in.substr(from, start - from));
    from = end;
    return check_list_size(parts.size());
  }));
  if (last_start != in.size()) parts.emplace_back(in.substr(from));
  return Any::strings(parts);
}

std::string quote_meta(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\.+*?()|[]{}^$").find(c) != std::string_view::npos) out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

// What regexp.MustCompile panics with.
Error panic_text(std::string_view pattern, const Error& cause) {
  const Any quoted[] = {Any(pattern)};
  return Error(sprintf("regexp: Compile(%#q): ", quoted) + cause.message());
}

}  // namespace

void add_regex(Registry& out) {
  using Use = Result<Any> (*)(const RE2&, Arguments);
  const auto both = [&out](const std::string& name, std::vector<const Type*> params, Use use) {
    out.add("regex" + name, params, [use](Arguments a) -> Result<Any> {
      auto regex = compile_regexp(a[0].as_string());
      if (!regex.ok()) return panic_text(a[0].as_string(), regex.error());
      return use(**regex, a);
    });
    out.add("mustRegex" + name, params, [use](Arguments a) -> Result<Any> {
      TRY(const Regex regex, compile_regexp(a[0].as_string()));
      return use(*regex, a);
    });
  };
  both("FindAll", {kText, kText, kNumber},
       [](const RE2& regex, Arguments a) { return find_all(regex, a[1], a[2].as_int()); });
  both("Find", {kText, kText}, [](const RE2& regex, Arguments a) { return find(regex, a[1]); });
  both("ReplaceAll", {kText, kText, kText}, [](const RE2& regex, Arguments a) {
    return replace_all(regex, a[1], a[2], Replacement::Template);
  });
  both("ReplaceAllLiteral", {kText, kText, kText}, [](const RE2& regex, Arguments a) {
    return replace_all(regex, a[1], a[2], Replacement::Literal);
  });
  both("Split", {kText, kText, kNumber},
       [](const RE2& regex, Arguments a) { return split(regex, a[1], a[2].as_int()); });
  const auto matches = [](Arguments a) -> Result<Any> {
    TRY(const Regex regex, compile_regexp(a[0].as_string()));
    return ok(RE2::PartialMatch(re2::StringPiece(a[1].as_string().data(), a[1].size()), *regex));
  };
  out.add("mustRegexMatch", {kText, kText}, matches);
  out.add("regexMatch", {kText, kText}, [matches](Arguments a) {  // a broken expression: false
    auto matched = matches(a);
    return matched.ok() ? std::move(matched) : ok(false);
  });
  out.add("regexQuoteMeta", {kText}, [](Arguments a) { return ok(quote_meta(a[0].as_string())); });
}

}  // namespace wf::expr::sprig
