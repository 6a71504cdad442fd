// SPDX-License-Identifier: Apache-2.0
// Values under a verb; numbers are in gofmt_printer_number.cpp.
#include <algorithm>

#include "base/text.h"
#include "expr/detail/printer.h"
#include "expr/gofmt.h"
#include "expr/gofmt_number.h"
#include "expr/gotime.h"

namespace wf::expr {
namespace {

// What a type's own String method says, for the types that have one.
std::optional<std::string> own_text(const Any& value) {
  const int64_t number = value.as_int();
  if (value.is_time()) return print(value.as_time());
  if (value.is_duration()) return print_duration(number);
  if (value.is(types::kLocation)) {
    const auto place = value.as_location();
    return place ? place->name() : "UTC";
  }
  if (value.is(types::kMonth)) {
    if (number >= 1 && number <= 12) return std::string(month_name(static_cast<int>(number)));
    return "%!Month(" + std::to_string(number) + ")";
  }
  if (value.is(types::kWeekday)) {
    if (number >= 0 && number <= 6) return std::string(weekday_name(static_cast<int>(number)));
    return "%!Weekday(" + std::to_string(number) + ")";
  }
  if (const Struct* structure = value.as_structure()) return structure->print();
  return std::nullopt;
}

bool is_typed_nil(const Any& value) {
  const bool deep = value.is_map() || (value.kind() == Kind::Slice && !value.is_bytes());
  return deep && value.depth() == 0;
}

}  // namespace

void Printer::padding(size_t count) {
  out.append(count, flags.zero && !flags.minus ? '0' : ' ');
}

void Printer::pad(std::string_view text) {
  const size_t size = rune_count(text);
  const auto width = static_cast<size_t>(flags.width.value_or(0));
  const size_t missing = width > size ? width - size : 0;
  if (!flags.minus) padding(missing);
  out += text;
  if (flags.minus) padding(missing);
}

void Printer::pad_without_zeros(std::string_view text) {
  const bool zero = flags.zero;
  flags.zero = false;
  pad(text);
  flags.zero = zero;
}

void Printer::bad_verb(const Any& value, char32_t verb) {
  erroring_ = true;
  out += "%!";
  append_rune(out, verb);
  out.push_back('(');
  if (!value.is_nil()) out.append(value.type_name()).append("=");
  this->value(value, 'v');
  out.push_back(')');
  erroring_ = false;
}

void Printer::argument(const Any& value, char32_t verb) {
  if (value.is_nil()) {
    if (verb == 'v' || verb == 'T') pad("<nil>");
    else bad_verb(value, verb);
  } else if (verb == 'T') {
    text(value.type_name(), 's', value);
  } else {
    this->value(value, verb);
  }
}

bool Printer::describes_itself(const Any& value, char32_t verb) {
  if (erroring_ || flags.sharp_v) return false;
  if (verb != 'v' && verb != 's' && verb != 'x' && verb != 'X' && verb != 'q') return false;
  const auto own = own_text(value);
  if (!own) return false;
  text(*own, verb, value);
  return true;
}

void Printer::value(const Any& value, char32_t verb) {
  if (describes_itself(value, verb)) return;
  switch (value.kind()) {
    case Kind::Invalid:
      out += flags.sharp_v ? "interface {}(nil)" : "<nil>";
      break;
    case Kind::Bool:
      if (verb == 'v' || verb == 't') pad(value.as_bool() ? "true" : "false");
      else bad_verb(value, verb);
      break;
    case Kind::String: text(value.as_string(), verb, value); break;
    case Kind::Float32:
    case Kind::Float64: real(value, verb); break;
    case Kind::Slice:
    case Kind::Array:
      if (value.is_bytes()) bytes(value, verb);
      else list(value, verb);
      break;
    case Kind::Map: map(value, verb); break;
    case Kind::Func: pad("0x0"); break;
    case Kind::Struct:
    case Kind::Pointer: out += own_text(value).value_or("<nil>"); break;
    default: integer(value, verb);
  }
}

void Printer::quoted_text(std::string_view text) {
  const bool plain = text.find('`') == text.npos && valid_utf8(text) &&
                     std::all_of(text.begin(), text.end(), [](char c) {
                       return c == '\t' || (static_cast<unsigned char>(c) >= ' ' && c != 0x7f);
                     });
  if (flags.sharp && plain) pad("`" + std::string(text) + "`");
  else pad(flags.plus ? quote_ascii(text) : go_quote(text));
}

void Printer::text(std::string_view text, char32_t verb, const Any& whole) {
  std::string_view shown = text;
  if (flags.precision) {
    size_t end = 0;
    for (int i = 0; i < *flags.precision && end < text.size(); ++i) {
      end += first_rune(text.substr(end)).width;
    }
    shown = text.substr(0, end);
  }
  switch (verb) {
    case 'v':
      if (flags.sharp_v) quoted_text(shown);
      else pad(shown);
      break;
    case 's': pad(shown); break;
    case 'q': quoted_text(shown); break;
    case 'x':
    case 'X': hex_text(text, verb == 'X'); break;
    default: bad_verb(whole, verb);
  }
}

void Printer::hex_text(std::string_view text, bool upper) {
  if (flags.precision) text = text.substr(0, static_cast<size_t>(*flags.precision));
  const std::string_view digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  const std::string_view prefix = upper ? "0X" : "0x";
  std::string hex;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i > 0 && flags.space) hex.push_back(' ');
    if (flags.sharp && (i == 0 || flags.space)) hex += prefix;
    const auto byte = static_cast<unsigned char>(text[i]);
    hex.push_back(digits[byte >> 4]);
    hex.push_back(digits[byte & 15]);
  }
  pad(hex);
}

void Printer::bytes(const Any& value, char32_t verb) {
  const std::string_view data = value.as_string();
  if (verb == 's' || verb == 'x' || verb == 'X' || verb == 'q') return text(data, verb, value);
  if (!flags.sharp_v) return list(value, verb);
  out += depth_ == 0 ? "[]byte{" : "[]uint8{";  // as an argument it has the name that Go prefers
  for (size_t i = 0; i < data.size(); ++i) {
    if (i > 0) out += ", ";
    go_hexadecimal(static_cast<unsigned char>(data[i]));
  }
  out.push_back('}');
}

void Printer::list(const Any& value, char32_t verb) {
  if (flags.sharp_v) {
    out += value.type_name();
    if (is_typed_nil(value)) {
      out += "(nil)";
      return;
    }
  }
  out.push_back(flags.sharp_v ? '{' : '[');
  ++depth_;
  for (size_t i = 0; i < value.size(); ++i) {
    if (i > 0) out += flags.sharp_v ? ", " : " ";
    this->value(value.at(i), verb);
  }
  --depth_;
  out.push_back(flags.sharp_v ? '}' : ']');
}

void Printer::map(const Any& value, char32_t verb) {
  if (flags.sharp_v) {
    out += value.type_name();
    if (is_typed_nil(value)) {
      out += "(nil)";
      return;
    }
    out.push_back('{');
  } else {
    out += "map[";
  }
  bool first = true;
  ++depth_;
  for (const auto& [key, member] : value.members()) {
    if (!first) out += flags.sharp_v ? ", " : " ";
    first = false;
    this->value(key, verb);
    out.push_back(':');
    this->value(member, verb);
  }
  --depth_;
  out.push_back(flags.sharp_v ? '}' : ']');
}

}  // namespace wf::expr
