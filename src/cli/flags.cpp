// SPDX-License-Identifier: Apache-2.0
// Parsing is CLI11's; its errors are told in pflag's words.
#include "cli/flags.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cstdio>

#include "base/text.h"

namespace wf::cli {

int fail(std::string_view message) {
  std::fflush(stdout);
  std::fprintf(stderr, "Error: %.*s\n", static_cast<int>(message.size()), message.data());
  return 1;
}

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

Flags::Flags(std::string_view usage, std::string_view summary) : usage_(usage), summary_(summary) {
  flag("-h,--help", help_asked_, "show this help");
}

void Flags::add(Type type, std::string_view names, void* value, std::string_view help, std::string initial) {
  Spec spec{type, "", "", std::string(help), value, global_, std::move(initial), false, {}};
  for (const std::string_view name : split(names, ",")) {
    if (name.starts_with("--")) spec.long_name = name.substr(2);
    else spec.short_name = name.substr(1);
  }
  specs_.push_back(std::move(spec));
}

void Flags::text(std::string_view names, std::string& value, std::string_view help) {
  add(Type::Text, names, &value, help, value.empty() ? "" : go_quote(value));
}
void Flags::texts(std::string_view names, std::vector<std::string>& values, std::string_view help) {
  add(Type::Texts, names, &values, help, "");
}
void Flags::list(std::string_view names, std::vector<std::string>& values, std::string_view help) {
  add(Type::List, names, &values, help, values.empty() ? "" : cat("[", join(values, ","), "]"));
}
void Flags::number(std::string_view names, std::optional<int64_t>& value, std::string_view help) {
  add(Type::Number, names, &value, help, value ? std::to_string(*value) : "");
}
void Flags::flag(std::string_view names, bool& value, std::string_view help) {
  add(Type::Flag, names, &value, help, value ? "true" : "");
}

void Flags::choice(std::string_view names, std::string& value, std::vector<std::string> words, std::string_view help) {
  text(names, value, cat(help, " One of: ", join(words, "|")));
  specs_.back().words = std::move(words);
}

std::string Flags::choice_error() const {
  for (const Spec& spec : specs_) {
    const std::string& value = spec.words.empty() ? std::string() : *static_cast<const std::string*>(spec.value);
    if (spec.words.empty() || !spec.given || std::find(spec.words.begin(), spec.words.end(), value) != spec.words.end()) continue;
    return cat("invalid argument ", go_quote(value), " for \"", spec.short_name.empty() ? "" : cat("-", spec.short_name, ", "), "--",
               spec.long_name, "\" flag: One of: ", join(spec.words, "|"));
  }
  return "";
}

bool Flags::given(std::string_view long_name) const {
  for (const Spec& spec : specs_) {
    if (spec.long_name == long_name) return spec.given;
  }
  return false;
}

std::vector<std::string> Flags::names() const {
  std::vector<std::string> names;
  for (const Spec& spec : specs_) {
    names.push_back("--" + spec.long_name);
    if (!spec.short_name.empty()) names.push_back("-" + spec.short_name);
  }
  return names;
}

std::string Flags::help_of(bool global) const {
  constexpr std::string_view kTypes[] = {" string", " stringArray", " strings", " int", ""};
  std::vector<std::pair<std::string, std::string>> rows;
  size_t width = 0;
  for (const Spec& spec : specs_) {
    if (spec.global != global) continue;
    const std::string left = cat(spec.short_name.empty() ? "      " : "  -" + spec.short_name + ", ", "--", spec.long_name,
                                 kTypes[static_cast<int>(spec.type)]);
    width = std::max(width, left.size());
    rows.emplace_back(left, spec.initial.empty() ? spec.help : cat(spec.help, " (default ", spec.initial, ")"));
  }
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.first.substr(6) < b.first.substr(6); });
  std::string out;
  for (const auto& [left, right] : rows) out += cat(left, std::string(width - left.size() + 3, ' '), right, "\n");
  return out;
}

std::string Flags::help() const {
  std::string out = cat(summary_, "\n\nUsage:\n  argo ", usage_, "\n");
  if (!examples_.empty()) out += cat("\nExamples:\n", examples_, "\n");
  out += cat("\nFlags:\n", help_of(false));
  if (const std::string globals = help_of(true); !globals.empty()) out += cat("\nGlobal Flags:\n", globals);
  return out;
}

namespace {

// "--x" of "--x=y", "-x" of "-xy"; "" for what is no flag.
std::string flag_name(const std::string& word) {
  if (word.size() < 2 || word[0] != '-') return "";
  return word[1] == '-' ? word.substr(0, word.find('=')) : word.substr(0, 2);
}

std::string unknown(const std::string& word) {
  if (word.starts_with("--")) return cat("unknown flag: ", flag_name(word));
  return cat("unknown shorthand flag: '", word.substr(1, 1), "' in ", word);
}

}  // namespace

// CLI11 looks at all; what pflag would say is told from what it throws.
std::string Flags::parse_error(Arguments arguments) {
  CLI::App app;
  app.set_help_flag();
  std::vector<CLI::Option*> options;
  for (Spec& spec : specs_) {
    const std::string names = cat(spec.short_name.empty() ? "" : cat("-", spec.short_name, ","), "--", spec.long_name);
    CLI::Option* option = nullptr;
    if (spec.type == Type::Flag) {
      option = app.add_flag(names, *static_cast<bool*>(spec.value))->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    } else if (spec.type == Type::Text) {
      option = app.add_option(names, *static_cast<std::string*>(spec.value))->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    } else if (spec.type == Type::Number) {
      option = app.add_option(names, *static_cast<std::optional<int64_t>*>(spec.value))->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    } else {
      option = app.add_option(names, *static_cast<std::vector<std::string>*>(spec.value))->allow_extra_args(false);
      if (spec.type == Type::List) option->delimiter(',');
    }
    options.push_back(option);
  }
  app.add_option("operands", operands_);
  app.allow_extras();
  try {
    app.parse(static_cast<int>(arguments.size()), arguments.data());
  } catch (const CLI::ArgumentMismatch&) {
    const std::string last = arguments.back();
    return last.starts_with("--") ? cat("flag needs an argument: ", last)
                                  : cat("flag needs an argument: '", last.substr(1, 1), "' in ", last);
  } catch (const CLI::ParseError& error) {
    return cat("invalid argument: ", error.what());
  }
  for (size_t i = 0; i < specs_.size(); ++i) specs_[i].given = options[i]->count() > 0;
  for (const std::string& word : app.remaining()) {
    if (word.size() > 1 && word[0] == '-' && word != "--") return unknown(word);
  }
  return "";
}

std::string Flags::operand_error() const {
  const size_t n = operands_.size();
  if (least_ == most_ && n != least_) return cat("accepts ", least_, " arg(s), received ", n);
  if (n < least_) return cat("requires at least ", least_, " arg(s), only received ", n);
  if (n > most_) return cat("accepts at most ", most_, " arg(s), received ", n);
  return "";
}

std::optional<int> Flags::parse(Arguments arguments) {
  std::string error = parse_error(arguments);
  if (error.empty() && help_asked_) {
    print(help());
    return 0;
  }
  if (error.empty()) error = choice_error();
  if (error.empty()) error = operand_error();
  if (error.empty()) return std::nullopt;
  fail(error);
  std::string command = "argo";
  for (const std::string_view word : split(usage_, " ")) {
    if (word.empty() || word[0] < 'a' || word[0] > 'z') break;
    command += cat(" ", word);
  }
  std::fprintf(stderr, "Run '%s --help' for usage.\n", command.c_str());
  return 1;
}

}  // namespace wf::cli
