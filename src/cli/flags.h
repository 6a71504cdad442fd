// SPDX-License-Identifier: Apache-2.0
// cli/flags.h: the flags of one command, as cobra's users know them: flags anywhere between the
// arguments, --flag=value, -ofile, --flag=false, `--` ends them. Keeps what it is told, so that help
// and completion come from the same list.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "cli/verbs.h"

namespace wf::cli {

class Flags {
 public:
  // `usage` is what follows "argo " in its usage line: "list [flags]"; `summary` says what it does.
  Flags(std::string_view usage, std::string_view summary);

  // `names`: "-o,--output" or "--output". What the variable holds is the default.
  void text(std::string_view names, std::string& value, std::string_view help);
  void texts(std::string_view names, std::vector<std::string>& values, std::string_view help);  // each as it is given
  void list(std::string_view names, std::vector<std::string>& values, std::string_view help);   // also separated by commas
  void number(std::string_view names, std::optional<int64_t>& value, std::string_view help);
  // One of the words.
  void choice(std::string_view names, std::string& value, std::vector<std::string> words, std::string_view help);
  void flag(std::string_view names, bool& value, std::string_view help);
  // The flags declared from here on stand under "Global Flags".
  void begin_global() { global_ = true; }
  void example(std::string_view text) { examples_ = text; }
  // Checked when they are parsed; the words of the error are cobra's.
  void operands(size_t at_least, size_t at_most = SIZE_MAX) {
    least_ = at_least;
    most_ = at_most;
  }

  // Nothing if the verb goes on; else the exit status: help was asked for (0), or what is wrong was
  // said on standard error (1). The first of `arguments` is the verb itself.
  std::optional<int> parse(Arguments arguments);
  const std::vector<std::string>& operands() const { return operands_; }
  bool given(std::string_view long_name) const;
  std::string help() const;
  // "--output", "-o", …: for completion.
  std::vector<std::string> names() const;

 private:
  enum class Type { Text, Texts, List, Number, Flag };
  struct Spec {
    Type type;
    std::string short_name, long_name;  // without dashes
    std::string help;
    void* value;
    bool global;
    std::string initial;
    bool given = false;
    std::vector<std::string> words;  // allowed; empty: any
  };
  void add(Type type, std::string_view names, void* value, std::string_view help, std::string initial);
  std::string help_of(bool global) const;
  std::string parse_error(Arguments arguments);
  std::string choice_error() const;
  std::string operand_error() const;

  std::string usage_, summary_, examples_;
  std::vector<Spec> specs_;
  std::vector<std::string> operands_;
  size_t least_ = 0, most_ = SIZE_MAX;
  bool global_ = false;
  bool help_asked_ = false;
};

// Says the error on standard error as cobra does; gives 1.
int fail(std::string_view message);
inline int fail(const Error& error) { return fail(error.message()); }
// Writes to standard output.
void print(std::string_view text);

}  // namespace wf::cli
