// SPDX-License-Identifier: Apache-2.0
// base64 and base32. Errors point at the byte that Go's package names, as texts show it.
#include "expr/sprig/detail/base64.h"
#include "expr/sprig/detail/support.h"

namespace wf::expr::sprig {
namespace {

constexpr std::string_view kDigits64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kDigits32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

// Groups of `bits` bits as digits, padded to whole groups of `width` digits.
std::string encoded(std::string_view data, std::string_view digits, unsigned bits, size_t width) {
  std::string out;
  uint64_t held = 0;
  unsigned count = 0;
  for (const char c : data) {
    held = held << 8 | static_cast<unsigned char>(c);
    count += 8;
    for (; count >= bits; count -= bits) {
      out.push_back(digits[held >> (count - bits) & (digits.size() - 1)]);
    }
  }
  if (count > 0) out.push_back(digits[held << (bits - count) & (digits.size() - 1)]);
  while (out.size() % width != 0) out.push_back('=');
  return out;
}

bool is_line_end(char c) { return c == '\n' || c == '\r'; }

// Collects digits of `bits` bits each into bytes; bits that make no whole byte are dropped.
class Bytes {
 public:
  explicit Bytes(unsigned bits) : bits_(bits) {}
  void put(size_t digit) {
    held_ = held_ << bits_ | digit;
    count_ += bits_;
    if (count_ < 8) return;
    count_ -= 8;
    text_.push_back(static_cast<char>(held_ >> count_ & 0xFF));
  }
  std::string take() { return std::move(text_); }

 private:
  unsigned bits_;
  uint64_t held_ = 0;
  unsigned count_ = 0;
  std::string text_;
};

Error corrupt(int base, size_t at) {
  return Error(wf::cat("illegal base", base, " data at input byte ", at));
}

// What stands behind the first '=' (at `at` - 1), which is digit `place` (0-3) of its group.
Result<void> check_padding64(std::string_view text, size_t at, size_t place) {
  if (place < 2) return corrupt(64, at - 1);
  const auto skip = [&] {
    while (at < text.size() && is_line_end(text[at])) ++at;
  };
  if (place == 2) {
    skip();
    if (at == text.size()) return corrupt(64, at);
    if (text[at] != '=') return corrupt(64, at - 1);
    ++at;
  }
  skip();
  if (at < text.size()) return corrupt(64, at);
  return {};
}

Result<std::string> from_base32(std::string_view given) {
  std::string text;
  for (const char c : given) {
    if (!is_line_end(c)) text.push_back(c);
  }
  Bytes out(5);
  for (size_t group = 0; group < text.size(); group += 8) {
    for (size_t place = 0; place < 8; ++place) {
      const size_t at = group + place;
      if (at == text.size()) return corrupt(32, group);
      const bool last_group = text.size() - at - 1 < 8;
      if (text[at] == '=' && place >= 2 && last_group) {
        if (text.size() - at - 1 + place < 7) return corrupt(32, text.size());
        for (size_t next = at + 1; next < text.size() && next < group + 8; ++next) {
          if (text[next] != '=') return corrupt(32, next - 1);
        }
        if (place == 3 || place == 6) return corrupt(32, at);
        return out.take();
      }
      const size_t digit = kDigits32.find(text[at]);
      if (digit == kDigits32.npos) return corrupt(32, at);
      out.put(digit);
    }
  }
  return out.take();
}

// An error is the result's text here.
Result<Any> text_or_error(Result<std::string> decoded) {
  return ok(decoded.ok() ? *decoded : decoded.error().message());
}

}  // namespace

std::string to_base64(std::string_view data) { return encoded(data, kDigits64, 6, 4); }

Result<std::string> from_base64(std::string_view text) {
  Bytes out(6);
  size_t place = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    if (is_line_end(text[at])) continue;
    if (text[at] == '=') {
      TRY_DO(check_padding64(text, at + 1, place));
      return out.take();
    }
    const size_t digit = kDigits64.find(text[at]);
    if (digit == kDigits64.npos) return corrupt(64, at);
    out.put(digit);
    place = (place + 1) % 4;
  }
  if (place != 0) return corrupt(64, text.size() - place);
  return out.take();
}

void add_encoding(Registry& out) {
  out.add("b64enc", {kText}, [](Arguments a) { return ok(to_base64(a[0].as_string())); });
  out.add("b64dec", {kText},
          [](Arguments a) { return text_or_error(from_base64(a[0].as_string())); });
  out.add("b32enc", {kText},
          [](Arguments a) { return ok(encoded(a[0].as_string(), kDigits32, 5, 8)); });
  out.add("b32dec", {kText},
          [](Arguments a) { return text_or_error(from_base32(a[0].as_string())); });
}

}  // namespace wf::expr::sprig
