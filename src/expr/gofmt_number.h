// SPDX-License-Identifier: Apache-2.0
// expr/gofmt_number.h: numbers to text and back as Go's package strconv does it, error texts
// included: users see them where a parameter is no number. Pure; any room above may call.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace wf::expr {

// Go gives a value beside the error (the nearest one where the text is out of range), and some
// callers ignore the error and go on with it.
template <class T>
struct Parsed {
  T value{};
  std::optional<Error> error;
};

// strconv.ParseInt(text, base, 64). Base 0 reads the prefixes 0b 0o 0x 0 and underscores.
// `who` is the function that the error names.
Parsed<int64_t> parse_int(std::string_view text, int base = 10,
                          std::string_view who = "ParseInt");
// strconv.ParseUint(text, base, 64).
Parsed<uint64_t> parse_uint(std::string_view text, int base = 10,
                            std::string_view who = "ParseUint");
// strconv.Atoi.
inline Parsed<int64_t> atoi(std::string_view text) { return parse_int(text, 10, "Atoi"); }
// strconv.ParseFloat(text, 64): decimal and hexadecimal, underscores, inf and nan.
Parsed<double> parse_float(std::string_view text);
// strconv.ParseBool.
Result<bool> parse_bool(std::string_view text);

// strconv.FormatFloat(value, verb, precision, 64); verb is one of b e E f g G x X, precision -1
// means as few digits as read back the same number.
std::string format_float(double value, char verb = 'g', int precision = -1);
// strconv.FormatInt and FormatUint.
std::string format_int(int64_t value, int base = 10);
std::string format_uint(uint64_t value, int base = 10);

}  // namespace wf::expr
