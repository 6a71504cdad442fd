// SPDX-License-Identifier: Apache-2.0
#include "expr/gofmt.h"

#include "expr/detail/printer.h"

namespace wf::expr {

std::string format_value(const Any& value) {
  Printer printer;
  printer.value(value, 'v');
  return std::move(printer.out);
}

namespace {

struct FoundNumber {
  int64_t value = 0;
  bool present = false;
};

// Reads a format from left to right; the arguments are used up on the way.
class Formatter {
 public:
  Formatter(std::string_view format, std::span<const Any> arguments)
      : format_(format), arguments_(arguments) {}

  std::string run() {
    while (at_ < format_.size()) {
      const size_t percent = std::min(format_.find('%', at_), format_.size());
      printer_.out += format_.substr(at_, percent - at_);
      at_ = percent + 1;
      if (percent == format_.size()) break;
      directive();
    }
    if (!reordered_ && next_ < arguments_.size()) extra();
    return std::move(printer_.out);
  }

 private:
  static constexpr int64_t kNumberMax = 1'000'000;

  // One directive; at_ is behind its '%'.
  void directive() {
    printer_.flags = {};
    good_index_ = true;
    read_flags();
    bool after_index = argument_index();
    after_index = read_width(after_index);
    after_index = read_precision(after_index);
    if (!after_index) argument_index();
    if (at_ >= format_.size()) {
      printer_.out += "%!(NOVERB)";
      return;
    }
    const Rune verb = first_rune(format_.substr(at_));
    at_ += verb.width;
    apply(verb.value);
  }

  void apply(char32_t verb) {
    if (verb == '%') {
      printer_.out.push_back('%');
    } else if (!good_index_) {
      complain(verb, "(BADINDEX)");
    } else if (next_ >= arguments_.size()) {
      complain(verb, "(MISSING)");
    } else {
      if (verb == 'v') printer_.flags.go_syntax();
      printer_.argument(arguments_[next_++], verb);
    }
  }

  void complain(char32_t verb, std::string_view what) {
    printer_.out += "%!";
    append_rune(printer_.out, verb);
    printer_.out += what;
  }

  void read_flags() {
    for (; at_ < format_.size(); ++at_) {
      switch (format_[at_]) {
        case '#': printer_.flags.sharp = true; break;
        case '0': printer_.flags.zero = true; break;
        case '+': printer_.flags.plus = true; break;
        case '-': printer_.flags.minus = true; break;
        case ' ': printer_.flags.space = true; break;
        default: return;
      }
    }
  }

  // An explicit index such as [3]; whether there was one.
  bool argument_index() {
    if (at_ >= format_.size() || format_[at_] != '[') return false;
    reordered_ = true;
    const size_t close = format_.find(']', at_);
    if (close == format_.npos || format_.size() - at_ < 3) {
      good_index_ = false;
      ++at_;
      return false;
    }
    const std::string_view digits = format_.substr(at_ + 1, close - at_ - 1);
    size_t end = 0;
    const FoundNumber number = number_in(digits, end);
    at_ = close + 1;
    const bool readable = number.present && end == digits.size();
    if (readable && number.value >= 1 && number.value <= static_cast<int64_t>(arguments_.size())) {
      next_ = static_cast<size_t>(number.value - 1);
      return true;
    }
    good_index_ = false;
    return readable;
  }

  static FoundNumber number_in(std::string_view text, size_t& at) {
    FoundNumber out;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
      if (out.value > kNumberMax) {
        at = text.size();
        return {};
      }
      out = {out.value * 10 + (text[at] - '0'), true};
    }
    return out;
  }

  // The number that a '*' takes from the arguments.
  FoundNumber number_argument() {
    ++at_;
    if (next_ >= arguments_.size()) return {};
    const Any& argument = arguments_[next_++];
    const int64_t value = argument.as_int();
    const bool fits = value >= -kNumberMax && value <= kNumberMax &&
                      (value >= 0 || !is_unsigned(argument.kind()));
    return argument.is_integer() && fits ? FoundNumber{value, true} : FoundNumber{};
  }

  bool read_width(bool after_index) {
    FoundNumber width;
    if (at_ < format_.size() && format_[at_] == '*') {
      width = number_argument();
      if (!width.present) printer_.out += "%!(BADWIDTH)";
      if (width.value < 0) {
        width.value = -width.value;
        printer_.flags.minus = true;
        printer_.flags.zero = false;
      }
      after_index = false;
    } else {
      width = number_in(format_, at_);
      if (after_index && width.present) good_index_ = false;
    }
    if (width.present) printer_.flags.width = static_cast<int>(width.value);
    return after_index;
  }

  bool read_precision(bool after_index) {
    if (at_ + 1 > format_.size() || at_ + 1 == format_.size() || format_[at_] != '.') {
      return after_index;
    }
    ++at_;
    if (after_index) good_index_ = false;
    after_index = argument_index();
    FoundNumber precision;
    if (at_ < format_.size() && format_[at_] == '*') {
      precision = number_argument();
      if (precision.value < 0) precision = {};
      if (!precision.present) printer_.out += "%!(BADPREC)";
      after_index = false;
    } else {
      precision = number_in(format_, at_);
      precision.present = true;
    }
    if (precision.present) printer_.flags.precision = static_cast<int>(precision.value);
    return after_index;
  }

  void extra() {
    printer_.flags = {};
    printer_.out += "%!(EXTRA ";
    for (size_t i = next_; i < arguments_.size(); ++i) {
      if (i > next_) printer_.out += ", ";
      if (!arguments_[i].is_nil()) printer_.out.append(arguments_[i].type_name()).append("=");
      printer_.value(arguments_[i], 'v');
    }
    printer_.out.push_back(')');
  }

  std::string_view format_;
  std::span<const Any> arguments_;
  size_t at_ = 0;
  size_t next_ = 0;
  bool good_index_ = true;
  bool reordered_ = false;
  Printer printer_;
};

}  // namespace

std::string sprintf(std::string_view format, std::span<const Any> arguments) {
  return Formatter(format, arguments).run();
}

}  // namespace wf::expr
