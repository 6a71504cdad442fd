// SPDX-License-Identifier: Apache-2.0
// Functions of chance. They draw from the source that was passed in and fail without one.
#include "base/utf8.h"
#include "expr/sprig/detail/base64.h"
#include "expr/sprig/detail/support.h"
#include "expr/unicode.h"

namespace wf::expr::sprig {
namespace {

using Draw = std::function<Result<Any>(Arguments, Random&)>;

// A number below `limit` (> 0), each as likely as the others.
uint64_t below(Random& random, uint64_t limit) {
  const uint64_t usable = UINT64_MAX - UINT64_MAX % limit;
  uint64_t drawn = random.next();
  while (drawn >= usable) drawn = random.next();
  return drawn % limit;
}

std::string alphabet(char first, char last) {
  std::string out;
  for (char c = first; c < last; ++c) out.push_back(c);
  out.push_back(last);
  return out;
}

Result<Any> letters(Arguments a, Random& random, std::string_view from) {
  std::string out;
  if (a[0].as_int() <= 0) return ok("");
  TRY_DO(check_text_size(static_cast<size_t>(a[0].as_int())));
  for (int64_t i = 0; i < a[0].as_int(); ++i) out.push_back(from[below(random, from.size())]);
  return ok(std::move(out));
}

std::string bytes(Random& random, size_t count) {
  std::string out;
  while (out.size() < count) out.push_back(static_cast<char>(random.next() & 0xFF));
  return out;
}

Result<Any> random_bytes(Arguments a, Random& random) {
  if (a[0].as_int() < 0) return Error("runtime error: makeslice: len out of range");
  TRY_DO(check_text_size(static_cast<size_t>(a[0].as_int())));
  return ok(to_base64(bytes(random, static_cast<size_t>(a[0].as_int()))));
}

Result<Any> random_int(Arguments a, Random& random) {
  int64_t width = 0;
  const bool overflow = __builtin_sub_overflow(a[1].as_int(), a[0].as_int(), &width);
  if (overflow || width <= 0) return Error("invalid argument to Intn");
  return ok(a[0].as_int() + static_cast<int64_t>(below(random, static_cast<uint64_t>(width))));
}

Result<Any> uuid(Arguments, Random& random) {
  std::string id = bytes(random, 16);
  id[6] = static_cast<char>((id[6] & 0x0F) | 0x40);
  id[8] = static_cast<char>((id[8] & 0x3F) | 0x80);
  std::string out;
  for (size_t i = 0; i < id.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out.push_back('-');
    out.push_back("0123456789abcdef"[static_cast<unsigned char>(id[i]) >> 4]);
    out.push_back("0123456789abcdef"[id[i] & 15]);
  }
  return ok(std::move(out));
}

Result<Any> shuffled(Arguments a, Random& random) {
  std::vector<char32_t> runes = unicode::runes(a[0].as_string());
  for (size_t i = runes.size(); i > 1; --i) std::swap(runes[i - 1], runes[below(random, i)]);
  return ok(unicode::text_of(runes));
}

}  // namespace

void add_random(Registry& out, SprigSources sources) {
  const auto drawing = [&](const std::string& name, std::vector<const Type*> params, Draw draw) {
    out.add(name, std::move(params), [name, draw, random = sources.random](Arguments a) {
      if (random == nullptr) {
        const Error none(wf::cat("sprig.", name, ": there is no source of randomness here"));
        return Result<Any>(none);
      }
      return draw(a, *random);
    });
  };
  const auto texts = [&](const char* name, std::string from) {
    drawing(name, {kNumber}, [from](Arguments a, Random& r) { return letters(a, r, from); });
  };
  const std::string digits = alphabet('0', '9');
  const std::string alpha = alphabet('A', 'Z') + alphabet('a', 'z');
  texts("randNumeric", digits);
  texts("randAlpha", alpha);
  texts("randAlphaNum", digits + alpha);
  texts("randAscii", alphabet(' ', '~'));
  drawing("randBytes", {kNumber}, random_bytes);
  drawing("randInt", {kNumber, kNumber}, random_int);
  drawing("uuidv4", {}, uuid);
  drawing("shuffle", {kText}, shuffled);
}

}  // namespace wf::expr::sprig
