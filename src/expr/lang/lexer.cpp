// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>

#include "base/text.h"
#include "base/utf8.h"
#include "expr/lang/literal.h"
#include "expr/lang/token.h"
#include "expr/unicode.h"

namespace wf::expr::lang {
namespace {

bool is_word_rune(uint32_t rune) {
  if (rune < 0x80) {
    return (rune >= 'a' && rune <= 'z') || (rune >= 'A' && rune <= 'Z') ||
           (rune >= '0' && rune <= '9') || rune == '_' || rune == '$';
  }
  return unicode::is_letter(rune) || unicode::is_digit(rune);
}

bool is_operator_word(std::string_view word) {
  static constexpr std::string_view kWords[] = {"not",     "in",       "or",         "and",
                                                "matches", "contains", "startsWith", "endsWith",
                                                "let",     "if",       "else"};
  return std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords);
}

bool one_of(char c, std::string_view set) {
  return c != '\0' && set.find(c) != std::string_view::npos;
}

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  Result<std::vector<Token>> all() {
    for (;;) {
      TRY_DO(skip_space_and_comments());
      if (at_ >= source_.size()) break;
      start_ = at_;
      start_rune_ = rune_;
      TRY_DO(one());
    }
    out_.push_back({TokenKind::End, "", rune_ > 0 ? rune_ - 1 : 0});
    return std::move(out_);
  }

 private:
  char peek(size_t ahead = 0) const {
    return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
  }
  Rune peek_rune() const { return first_rune(source_.substr(at_)); }
  void advance() {
    at_ += peek_rune().width;
    ++rune_;
  }
  bool accept(std::string_view set) {
    if (!one_of(peek(), set)) return false;
    advance();
    return true;
  }
  void accept_run(std::string_view set) {
    while (accept(set)) {
    }
  }
  void accept_word() {
    while (at_ < source_.size() && is_word_rune(peek_rune().value)) advance();
  }
  std::string_view word() const { return source_.substr(start_, at_ - start_); }
  void emit(TokenKind kind) { emit(kind, std::string(word())); }
  void emit(TokenKind kind, std::string text) {
    out_.push_back({kind, std::move(text), start_rune_});
  }
  Error fail(std::string_view message) const {
    return error_at(source_, rune_ > 0 ? rune_ - 1 : 0, message);
  }

  Result<void> skip_space_and_comments() {
    for (;;) {
      if (at_ < source_.size() && is_space(peek_rune().value)) {
        advance();
      } else if (peek() == '/' && peek(1) == '/') {
        while (at_ < source_.size() && peek() != '\n') advance();
      } else if (peek() == '/' && peek(1) == '*') {
        TRY_DO(skip_block_comment());
      } else {
        return {};
      }
    }
  }
  Result<void> skip_block_comment() {
    advance(), advance();
    while (!(peek() == '*' && peek(1) == '/')) {
      if (at_ >= source_.size()) return error_at(source_, rune_, "unclosed comment");
      advance();
    }
    advance(), advance();
    return {};
  }

  Result<void> one() {
    const char c = peek();
    if (c == '\'' || c == '"') return text_literal(LiteralKind::Text);
    if (c == '`') return raw_literal();
    if ((c == 'b' || c == 'B') && (peek(1) == '\'' || peek(1) == '"')) {
      advance();
      return text_literal(LiteralKind::Bytes);
    }
    const bool digit_next = peek(1) >= '0' && peek(1) <= '9';
    if ((c >= '0' && c <= '9') || (c == '.' && digit_next)) return number();
    if (is_word_rune(peek_rune().value)) {
      accept_word();
      emit(is_operator_word(word()) ? TokenKind::Operator : TokenKind::Identifier);
      return {};
    }
    return symbol(c);
  }

  Result<void> symbol(char c) {
    const uint32_t rune = peek_rune().value;
    advance();
    if (one_of(c, "([{)]}")) {
      emit(TokenKind::Bracket);
      return {};
    }
    if (c == '#') {
      accept("#");
      emit(TokenKind::Operator);
      start_ = at_;
      start_rune_ = rune_;
      accept_word();
      if (!word().empty()) emit(TokenKind::Identifier);
      return {};
    }
    if (c == '?') {
      accept(".?");
    } else if (c == '|') {
      accept("|");
    } else if (c == ':') {
      accept(":");
    } else if (c == '.') {
      accept(".");
    } else if (one_of(c, "&!=*<>")) {
      accept("&=*");
    } else if (!one_of(c, ",;%+-^/")) {
      char text[16];
      std::snprintf(text, sizeof text, "U+%04X", rune);
      std::string shown = text;
      if (is_printable(rune)) {
        shown += " '";
        append_rune(shown, rune);
        shown += "'";
      }
      return fail(cat("unrecognized character: ", shown));
    }
    emit(TokenKind::Operator);
    return {};
  }

  Result<void> number() {
    std::string_view digits = "0123456789_";
    if (accept("0")) {
      if (accept("xX")) {
        digits = "0123456789abcdefABCDEF_";
      } else if (accept("oO")) {
        digits = "01234567_";
      } else if (accept("bB")) {
        digits = "01_";
      }
    }
    accept_run(digits);
    if (peek() == '.' && peek(1) == '.') {  // a range: 1..2
      emit(TokenKind::Number);
      return {};
    }
    if (accept(".")) accept_run(digits);
    if (accept("eE")) {
      accept("+-");
      accept_run(digits);
    }
    if (at_ < source_.size() && is_word_rune(peek_rune().value)) {
      advance();
      return fail(cat("bad number syntax: ", go_quote(word())));
    }
    emit(TokenKind::Number);
    return {};
  }

  Result<void> text_literal(LiteralKind kind) {
    const char quote = peek();
    advance();
    const size_t from = at_;
    while (peek() != quote) {
      if (at_ >= source_.size() || peek() == '\n')
        return error_at(source_, rune_, "literal not terminated");
      if (peek() == '\\' && at_ + 1 < source_.size()) advance();
      advance();
    }
    const std::string_view body = source_.substr(from, at_ - from);
    advance();
    auto text = unescape(body, quote, kind);
    if (!text.ok()) return fail(text.error().message());
    emit(kind == LiteralKind::Bytes ? TokenKind::Bytes : TokenKind::String, std::move(*text));
    return {};
  }

  Result<void> raw_literal() {
    advance();
    std::string text;
    for (;;) {
      if (at_ >= source_.size()) return error_at(source_, rune_, "literal not terminated");
      if (peek() == '`') {
        advance();
        if (peek() != '`') break;
      }
      text += source_.substr(at_, peek_rune().width);
      advance();
    }
    emit(TokenKind::String, std::move(text));
    return {};
  }

  std::string_view source_;
  size_t at_ = 0, start_ = 0;
  uint32_t rune_ = 0, start_rune_ = 0;
  std::vector<Token> out_;
};

}  // namespace

std::string print(const Token& token) {
  static constexpr std::string_view kNames[] = {"Identifier", "Number",  "String", "Bytes",
                                                "Operator",   "Bracket", "EOF"};
  const std::string_view name = kNames[static_cast<size_t>(token.kind)];
  return token.text.empty() ? std::string(name) : cat(name, "(", go_quote(token.text), ")");
}

Error error_at(std::string_view source, uint32_t at, std::string_view message) {
  size_t byte = 0, line_start = 0, line = 1, column = 0;
  for (uint32_t rune = 0; byte < source.size() && rune < at; ++rune) {
    const Rune r = first_rune(source.substr(byte));
    byte += r.width;
    ++column;
    if (r.value == '\n') {
      line_start = byte;
      ++line;
      column = 0;
    }
  }
  const std::string_view rest = source.substr(line_start);
  std::string shown(rest.substr(0, rest.find('\n')));
  if (shown.empty()) return Error(std::string(message));
  std::replace(shown.begin(), shown.end(), '\t', ' ');
  return Error(cat(message, " (", line, ":", column + 1, ")\n | ", shown, "\n | ",
                   std::string(column, '.'), "^"));
}

Result<std::vector<Token>> tokens_of(std::string_view source) { return Lexer(source).all(); }

}  // namespace wf::expr::lang
