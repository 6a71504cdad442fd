// SPDX-License-Identifier: Apache-2.0
#include "expr/sprig/call_test.h"

#include <gtest/gtest.h>

#include "base/utf8.h"
#include "expr/gofmt_number.h"
#include "expr/gotime.h"
#include "expr/sprig/sprig.h"
#include "json/text.h"

namespace wf::expr::sprig {
namespace {

const Map& functions() {
  static const Map all = to_map(sprig_functions());
  return all;
}

// Reads and carries out one call.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<Any> value() {
    TRY(Any out, operand());
    while (take('.')) {
      const std::string name(word());
      const Struct* holder = out.as_structure();
      const auto member = holder == nullptr ? std::nullopt : holder->member(name);
      if (!member) return Error("no member " + name);
      if (peek() != '(') return *member;
      TRY(std::vector<Any> arguments, list('(', ')'));
      TRY(out, checked_call(*member->as_function(), std::move(arguments)));
    }
    return out;
  }

 private:
  void skip() {
    while (!text_.empty() && text_[0] == ' ') text_.remove_prefix(1);
  }
  char peek() {
    skip();
    return text_.empty() ? '\0' : text_[0];
  }
  bool take(char c) {
    if (peek() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  std::string_view word() {
    size_t end = 0;
    const auto part = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
    while (end < text_.size() && part(text_[end])) ++end;
    const std::string_view out = text_.substr(0, end);
    text_.remove_prefix(end);
    return out;
  }

  Result<Any> operand() {
    const char c = peek();
    if (c == '"') return string();
    if (c == '[') {
      TRY(List items, list('[', ']'));
      return Any(std::move(items));
    }
    if (c == '{') return map();
    if (c == '-' || (c >= '0' && c <= '9')) return number();
    const std::string_view name = word();
    if (name == "nil") return Any();
    if (name == "true" || name == "false") return Any(name == "true");
    if (name != "sprig") return builtin(name);
    CHECK(take('.'));
    const std::string function(word());
    const auto found = functions().find(std::string_view(function));
    if (found == functions().end()) return Error("sprig." + function + " is missing");
    TRY(std::vector<Any> arguments, list('(', ')'));
    return checked_call(*found->second.as_function(), std::move(arguments));
  }

  Result<Any> builtin(std::string_view name) {
    TRY(const std::vector<Any> arguments, list('(', ')'));
    if (name == "duration") {
      TRY(const int64_t length, parse_duration(arguments.at(0).as_string()));
      return Any::duration(length);
    }
    CHECK(name == "date");
    for (const std::string_view layout : {kRfc3339, std::string_view("2006-01-02")}) {
      auto read = parse_time(layout, arguments.at(0).as_string());
      if (read.ok()) return Any(*read);
    }
    return Error("no date");
  }

  Result<std::vector<Any>> list(char open, char close) {
    CHECK(take(open));
    std::vector<Any> out;
    while (!take(close)) {
      TRY(Any item, value());
      out.push_back(std::move(item));
      take(',');
    }
    return out;
  }

  Result<Any> map() {
    CHECK(take('{'));
    Map out;
    while (!take('}')) {
      TRY(const Any key, peek() == '"' ? string() : Result<Any>(Any(std::string(word()))));
      CHECK(take(':'));
      TRY(Any item, value());
      out.insert_or_assign(key, std::move(item));
      take(',');
    }
    return Any(std::move(out));
  }

  Result<Any> string() {
    size_t end = 1;
    while (text_[end] != '"') end += text_[end] == '\\' ? 2 : 1;
    const std::string_view literal = text_.substr(0, end + 1);
    text_.remove_prefix(end + 1);
    TRY(const json::Value value, json::parse(literal));
    return Any(value.as_string());
  }

  Result<Any> number() {
    const size_t end = std::min(text_.find_first_not_of("+-.0123456789e"), text_.size());
    const std::string_view literal = text_.substr(0, end);
    text_.remove_prefix(end);
    if (literal.find_first_of(".e") != literal.npos) return Any(parse_float(literal).value);
    return Any(parse_int(literal).value);
  }

  std::string_view text_;
};

}  // namespace

std::string answer(std::string_view call) {
  const auto result = Reader(call).value();
  if (!result.ok()) return "error: " + result.error().message();
  const auto converted = result->to_json();
  if (!converted.ok()) return "error: " + converted.error().message();
  return json::print(*converted, json::Escape::None);
}

void check_calls(std::string_view table) {
  while (!table.empty()) {
    const std::string_view line = table.substr(0, table.find('\n'));
    table.remove_prefix(std::min(line.size() + 1, table.size()));
    const size_t arrow = line.rfind(" => ");
    if (arrow == line.npos) continue;
    const std::string_view call = trim_space(line.substr(0, arrow));
    EXPECT_EQ(answer(call), line.substr(arrow + 4)) << call;
  }
}

}  // namespace wf::expr::sprig
