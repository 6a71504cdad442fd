// SPDX-License-Identifier: Apache-2.0
// expr/lang/token.h: the words of an expression (expr-lang 1.17), and errors that point into it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace wf::expr::lang {

enum class TokenKind : uint8_t { Identifier, Number, String, Bytes, Operator, Bracket, End };

struct Token {
  TokenKind kind = TokenKind::End;
  std::string text;  // of strings: what the literal stands for
  uint32_t at = 0;   // where it starts, in code points

  bool is(TokenKind k) const { return kind == k; }
  bool is(TokenKind k, std::string_view t) const { return kind == k && text == t; }
  bool is_operator(std::string_view t) const { return is(TokenKind::Operator, t); }
  bool is_bracket(std::string_view t) const { return is(TokenKind::Bracket, t); }
};
// As errors name it: Operator("&"), EOF.
std::string print(const Token& token);

// The error with the line and column of `at` (in code points) and the line itself.
Error error_at(std::string_view source, uint32_t at, std::string_view message);

// The words of `source`; the last is End.
Result<std::vector<Token>> tokens_of(std::string_view source);

}  // namespace wf::expr::lang
