// SPDX-License-Identifier: Apache-2.0
#include "expr/detail/govaluate_tokens.h"

#include <re2/re2.h>

#include <array>
#include <optional>

#include "base/text.h"
#include "base/utf8.h"
#include "expr/gofmt_number.h"
#include "expr/gotime.h"
#include "expr/unicode.h"

namespace wf::expr::govaluate {
namespace {

bool one_of(std::string_view symbol, std::initializer_list<std::string_view> symbols) {
  for (const auto s : symbols) {
    if (s == symbol) return true;
  }
  return false;
}

// --- Characters -------------------------------------------------------------------------------

using unicode::is_digit;
using unicode::is_letter;

bool is_numeric(char32_t c) { return is_digit(c) || c == '.'; }
bool is_hex_digit(char32_t c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_quote(char32_t c) { return c == '\'' || c == '"'; }
bool is_not_quote(char32_t c) { return !is_quote(c); }
bool is_not_closing_bracket(char32_t c) { return c != ']'; }
bool is_name(char32_t c) { return is_letter(c) || is_digit(c) || c == '_' || c == '.'; }
bool is_symbol(char32_t c) {
  return !is_digit(c) && !is_letter(c) && c != '(' && c != ')' && c != '[' && c != ']' && !is_quote(c);
}

// --- Which token may follow which ---------------------------------------------------------------

constexpr unsigned bit(Kind kind) { return 1u << static_cast<unsigned>(kind); }

constexpr unsigned kOperands = bit(Kind::Numeric) | bit(Kind::Boolean) | bit(Kind::Variable) |
                               bit(Kind::Accessor) | bit(Kind::Clause);
constexpr unsigned kAfterOperand = bit(Kind::Modifier) | bit(Kind::Comparator) | bit(Kind::LogicalOp) |
                                   bit(Kind::ClauseClose) | bit(Kind::Separator);
constexpr unsigned kTexts = bit(Kind::String) | bit(Kind::Time);

unsigned followers(Kind kind) {
  switch (kind) {
    case Kind::Unknown: return kOperands | kTexts | bit(Kind::Prefix) | bit(Kind::Pattern);
    case Kind::Clause:
      return kOperands | kTexts | bit(Kind::Prefix) | bit(Kind::Pattern) | bit(Kind::ClauseClose);
    case Kind::ClauseClose:
      return kAfterOperand | kTexts | bit(Kind::Numeric) | bit(Kind::Boolean) | bit(Kind::Variable) |
             bit(Kind::Pattern) | bit(Kind::Clause) | bit(Kind::Ternary);
    case Kind::Numeric:
    case Kind::Boolean:
    case Kind::String:
    case Kind::Variable: return kAfterOperand | bit(Kind::Ternary);
    case Kind::Time:
    case Kind::Pattern: return kAfterOperand;
    case Kind::Modifier: return kOperands | bit(Kind::Prefix) | bit(Kind::String) | bit(Kind::ClauseClose);
    case Kind::Comparator:
      return kOperands | kTexts | bit(Kind::Prefix) | bit(Kind::ClauseClose) | bit(Kind::Pattern);
    case Kind::LogicalOp: return kOperands | kTexts | bit(Kind::Prefix) | bit(Kind::ClauseClose);
    case Kind::Prefix: return kOperands | bit(Kind::ClauseClose);
    case Kind::Ternary: return kOperands | kTexts | bit(Kind::Prefix) | bit(Kind::Separator);
    case Kind::Accessor: return kAfterOperand | bit(Kind::Ternary) | bit(Kind::Clause);
    case Kind::Separator: return kOperands | kTexts | bit(Kind::Prefix);
  }
  return 0;
}

bool may_follow(Kind before, Kind next) { return (followers(before) & bit(next)) != 0; }

bool may_end(Kind kind) {
  constexpr unsigned kEnds = bit(Kind::ClauseClose) | bit(Kind::Numeric) | bit(Kind::Boolean) | kTexts |
                             bit(Kind::Pattern) | bit(Kind::Variable) | bit(Kind::Accessor);
  return (kEnds & bit(kind)) != 0;
}

std::string_view name_of(Kind kind) {
  constexpr std::array<std::string_view, 16> kNames = {
      "UNKNOWN",   "PREFIX",   "NUMERIC",    "BOOLEAN",   "STRING",   "PATTERN", "TIME",         "VARIABLE",
      "SEPARATOR", "ACCESSOR", "COMPARATOR", "LOGICALOP", "MODIFIER", "CLAUSE",  "CLAUSE_CLOSE", "TERNARY"};
  return kNames[static_cast<size_t>(kind)];
}

// --- Literals ---------------------------------------------------------------------------------

// A text in one of these layouts is a time, hence a number of seconds.
std::optional<Moment> time_in(std::string_view text) {
  constexpr std::array<std::string_view, 14> kLayouts = {
      "Mon Jan _2 15:04:05 2006",
      "Mon Jan _2 15:04:05 MST 2006",
      "Mon Jan 02 15:04:05 -0700 2006",
      "3:04PM",
      kRfc3339,
      kRfc3339Nano,
      "2006-01-02",
      "2006-01-02 15:04",
      "2006-01-02 15:04:05",
      "2006-01-02 15:04:05-07:00",
      "2006-01-02T15Z0700",
      "2006-01-02T15:04Z0700",
      "2006-01-02T15:04:05Z0700",
      "2006-01-02T15:04:05.999999999Z0700",
  };
  for (const auto layout : kLayouts) {
    const auto time = parse_time(layout, text);
    if (time.ok()) return *time;
  }
  return std::nullopt;
}

Token literal(Kind kind, Value value) {
  std::string shown = print(value);
  return {kind, std::move(value), std::move(shown)};
}
Token word(Kind kind, std::string text) {
  std::string shown = text;
  return {kind, Value{std::move(text)}, std::move(shown)};
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : runes_(unicode::runes(text)) {}

  Result<std::vector<Token>> all() {
    std::vector<Token> tokens;
    Kind before = Kind::Unknown;
    while (skip_space()) {
      TRY(Token token, next(before));
      before = token.kind;
      tokens.push_back(std::move(token));
    }
    return tokens;
  }

 private:
  using Test = bool (*)(char32_t);
  struct Run {
    std::string text;
    bool ended;  // by something, not by the end of the expression
  };
  enum class Spaces { End, Belong };

  bool skip_space() {
    while (at_ < runes_.size() && is_space(runes_[at_])) ++at_;
    return at_ < runes_.size();
  }

  // The characters from here on that pass the test. A backslash takes any character along; where
  // spaces end the run they are skipped before it and one is eaten after it.
  Result<Run> run(Test test, Spaces spaces) {
    Run out{{}, false};
    while (at_ < runes_.size() && !out.ended) {
      const char32_t c = runes_[at_++];
      if (c == '\\') {
        if (at_ == runes_.size()) return Error("nothing follows the last backslash");
        append_rune(out.text, runes_[at_++]);
      } else if (spaces == Spaces::End && is_space(c)) {
        out.ended = !out.text.empty();
      } else if (test(c)) {
        append_rune(out.text, c);
      } else {
        out.ended = true;
        --at_;
      }
    }
    return out;
  }

  Result<Token> next(Kind before) {
    const char32_t c = runes_[at_];
    if (is_numeric(c)) return number();
    if (is_letter(c)) return name();
    if (is_quote(c)) return text();
    switch (c) {
      case ',': ++at_; return word(Kind::Separator, ",");
      case '[': return bracketed_name();
      case '(': ++at_; return Token{Kind::Clause, Value{std::string("(")}, "40"};
      case ')': ++at_; return Token{Kind::ClauseClose, Value{std::string(")")}, "41"};
      default: return symbol(before);
    }
  }

  Result<Token> number() {
    if (runes_[at_] == '0' && at_ + 2 < runes_.size() && runes_[at_ + 1] == 'x') return hex_number();
    TRY(const Run digits, run(is_numeric, Spaces::End));
    const auto number = parse_float(digits.text);
    if (number.error) return Error(cat("Unable to parse numeric value '", digits.text, "' to float64\n"));
    return literal(Kind::Numeric, Value{number.value});
  }

  Result<Token> hex_number() {
    at_ += 2;
    TRY(const Run digits, run(is_hex_digit, Spaces::End));
    const auto number = parse_uint(digits.text, 16);
    if (number.error) return Error(cat("Unable to parse hex value '", digits.text, "' to uint64\n"));
    return literal(Kind::Numeric, Value{static_cast<double>(number.value)});
  }

  Result<Token> name() {
    TRY(Run letters, run(is_name, Spaces::End));
    if (letters.text.find('.', 1) != std::string::npos) return accessor(letters.text);
    if (letters.text == "true" || letters.text == "false") {
      return literal(Kind::Boolean, Value{letters.text == "true"});
    }
    if (letters.text == "in" || letters.text == "IN") return word(Kind::Comparator, "in");
    return word(Kind::Variable, std::move(letters.text));
  }

  // a.B: a field of a parameter; there are no parameters, so it only serves to fail.
  static Result<Token> accessor(const std::string& text) {
    if (text.back() == '.') return Error(cat("Hanging accessor on token '", text, "'"));
    const auto parts = split(text, ".");
    std::vector<std::string> shown;
    for (size_t i = 0; i < parts.size(); ++i) {
      if (i > 0 && !parts[i].empty() && unicode::is_lower(first_rune(parts[i]).value)) {
        return Error(cat("Unable to access unexported field '", parts[i], "' in token '", text, "'"));
      }
      shown.emplace_back(parts[i]);
    }
    return Token{Kind::Accessor, Value{std::string(parts[0])}, cat("[", join(shown, " "), "]")};
  }

  Result<Token> bracketed_name() {
    ++at_;
    TRY(Run name, run(is_not_closing_bracket, Spaces::Belong));
    if (!name.ended) return Error("Unclosed parameter bracket");
    ++at_;
    return word(Kind::Variable, std::move(name.text));
  }

  Result<Token> text() {
    ++at_;
    TRY(Run content, run(is_not_quote, Spaces::Belong));
    if (!content.ended) return Error("Unclosed string literal");
    ++at_;
    if (const auto time = time_in(content.text)) {
      return Token{Kind::Time, Value{static_cast<double>(time->seconds)}, expr::print(*time)};
    }
    return word(Kind::String, std::move(content.text));
  }

  Result<Token> symbol(Kind before) {
    TRY(Run characters, run(is_symbol, Spaces::End));
    const std::string& s = characters.text;
    if (may_follow(before, Kind::Prefix) && one_of(s, {"-", "!", "~"})) return word(Kind::Prefix, s);
    if (one_of(s, {"+", "-", "*", "/", "%", "**", "&", "|", "^", ">>", "<<"})) return word(Kind::Modifier, s);
    if (one_of(s, {"&&", "||"})) return word(Kind::LogicalOp, s);
    if (one_of(s, {"==", "!=", ">", ">=", "<", "<=", "=~", "!~"})) return word(Kind::Comparator, s);
    if (one_of(s, {"?", ":", "??"})) return word(Kind::Ternary, s);
    return Error(cat("Invalid token: '", s, "'"));
  }

  std::vector<char32_t> runes_;
  size_t at_ = 0;
};

Error cannot_follow(const Token* before, const Token& token) {
  if (before != nullptr && before->kind == Kind::Variable && token.kind == Kind::Clause) {
    return Error(cat("Undefined function ", before->shown));
  }
  const Kind kind = before == nullptr ? Kind::Unknown : before->kind;
  return Error(cat("Cannot transition token types from ", name_of(kind), " [",
                   before == nullptr ? "<nil>" : before->shown, "] to ", name_of(token.kind), " [",
                   token.shown, "]"));
}

}  // namespace

std::string print(const Value& value) {
  if (value.is_nil()) return "<nil>";
  if (const auto* truth = value.as_bool()) return *truth ? "true" : "false";
  if (const auto* number = value.as_number()) return format_float(*number);
  if (const auto* text = value.as_string()) return *text;
  if (const auto* pattern = value.as_pattern()) return (*pattern)->pattern();
  std::vector<std::string> items;
  for (const auto& item : *value.as_list()) items.push_back(print(item));
  return cat("[", join(items, " "), "]");
}

Result<std::vector<Token>> tokens_of(std::string_view expression) { return Lexer(expression).all(); }

Result<void> check_syntax(const std::vector<Token>& tokens) {
  int open = 0;
  for (const auto& token : tokens) {
    open += token.kind == Kind::Clause ? 1 : token.kind == Kind::ClauseClose ? -1 : 0;
  }
  if (open != 0) return Error("Unbalanced parenthesis");
  const Token* before = nullptr;
  for (const auto& token : tokens) {
    if (!may_follow(before == nullptr ? Kind::Unknown : before->kind, token.kind)) {
      return cannot_follow(before, token);
    }
    before = &token;
  }
  if (before == nullptr || !may_end(before->kind)) return Error("Unexpected end of expression");
  return {};
}

Result<void> compile_patterns(std::vector<Token>& tokens) {
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i].kind != Kind::Comparator || (tokens[i].shown != "=~" && tokens[i].shown != "!~")) continue;
    Token& operand = tokens[i + 1];
    if (operand.kind != Kind::String) continue;
    TRY(Regex pattern, compile_regexp(operand.shown));
    operand.kind = Kind::Pattern;
    operand.value = Value{std::move(pattern)};
  }
  return {};
}

}  // namespace wf::expr::govaluate
