// SPDX-License-Identifier: Apache-2.0
// What Kubernetes allows as a name, and its words where one is not allowed.
#include <initializer_list>

#include "base/text.h"
#include "spec/names.h"

namespace wf::spec {
namespace {

bool lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool alphanumeric(char c) { return lower_or_digit(c) || (c >= 'A' && c <= 'Z'); }
bool name_character(char c) { return alphanumeric(c) || c == '-' || c == '_' || c == '.'; }

bool dns_label(std::string_view text) {
  if (text.empty() || !lower_or_digit(text.front()) || !lower_or_digit(text.back())) return false;
  for (const char c : text) {
    if (!lower_or_digit(c) && c != '-') return false;
  }
  return true;
}

bool dns_subdomain(std::string_view text) {
  for (const std::string_view part : split(text, ".")) {
    if (!dns_label(part)) return false;
  }
  return true;
}

bool all_name_characters(std::string_view text) {
  for (const char c : text) {
    if (!name_character(c)) return false;
  }
  return true;
}

bool label_key(std::string_view text) {
  return !text.empty() && alphanumeric(text.front()) && alphanumeric(text.back()) &&
         all_name_characters(text);
}

// "<rule> (e.g. 'a',  or 'b', regex used for validation is '<pattern>')", with that double space.
std::string broken(std::string_view rule, std::string_view pattern,
                   std::initializer_list<std::string_view> examples) {
  std::string text = cat(rule, " (e.g. ");
  for (const auto& example : examples) {
    text += cat(&example == examples.begin() ? "" : " or ", "'", example, "', ");
  }
  return cat(text, "regex used for validation is '", pattern, "')");
}

std::string broken_label_key(std::string_view before) {
  return broken(cat(before,
                    "must consist of alphanumeric characters, '-', '_' or '.', and must start "
                    "and end with an alphanumeric character"),
                "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]", {"MyName", "my.name", "123-abc"});
}

// A name that would leave its folder when used as a file name.
void add_directory_problems(std::string_view name, std::vector<std::string>& problems) {
  if (name == ".") {
    problems.emplace_back("must not be '.'");
  } else if (name == "..") {
    problems.emplace_back("must not be '..'");
  } else if (name.starts_with("..")) {
    problems.emplace_back("must not start with '..'");
  }
}

std::vector<std::string> subdomain_problems(std::string_view name, std::string_view unit) {
  std::vector<std::string> problems;
  if (name.size() > 253) problems.push_back(cat("must be no more than 253 ", unit));
  if (!dns_subdomain(name)) {
    problems.push_back(broken(
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, "
        "'-' or '.', and must start and end with an alphanumeric character",
        "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*", {"example.com"}));
  }
  return problems;
}

}  // namespace

std::vector<std::string> dns_label_problems(std::string_view name) {
  std::vector<std::string> problems;
  if (name.size() > 63) problems.emplace_back("must be no more than 63 characters");
  if (dns_label(name)) return problems;
  problems.push_back(
      dns_subdomain(name)
          ? "must not contain dots"
          : broken("a lowercase RFC 1123 label must consist of lower case alphanumeric characters "
                   "or '-', and must start and end with an alphanumeric character",
                   "[a-z0-9]([-a-z0-9]*[a-z0-9])?", {"my-name", "123-abc"}));
  return problems;
}

std::vector<std::string> dns_subdomain_problems(std::string_view name) {
  return subdomain_problems(name, "characters");
}

std::vector<std::string> qualified_name_problems(std::string_view name) {
  std::vector<std::string> problems;
  const auto parts = split(name, "/");
  if (parts.size() > 2) {
    return {cat(broken_label_key("a valid label key "),
                " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')")};
  }
  if (parts.size() == 2) {
    if (parts[0].empty()) {
      problems.emplace_back("prefix part must be non-empty");
    } else {
      for (const std::string& problem : subdomain_problems(parts[0], "bytes")) {
        problems.push_back("prefix part " + problem);
      }
    }
  }
  const std::string_view last = parts.back();
  if (last.empty()) {
    problems.emplace_back("name part must be non-empty");
  } else if (last.size() > 63) {
    problems.emplace_back("name part must be no more than 63 bytes");
  }
  if (!label_key(last)) problems.push_back(broken_label_key("name part "));
  return problems;
}

std::vector<std::string> label_value_problems(std::string_view value) {
  std::vector<std::string> problems;
  if (value.size() > 63) problems.emplace_back("must be no more than 63 bytes");
  if (!value.empty() && !label_key(value)) {
    problems.push_back(
        broken("a valid label must be an empty string or consist of alphanumeric characters, '-', "
               "'_' or '.', and must start and end with an alphanumeric character",
               "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?", {"MyValue", "my_value", "12345"}));
  }
  return problems;
}

std::vector<std::string> env_name_problems(std::string_view name) {
  std::vector<std::string> problems;
  if (name.empty() || (name[0] >= '0' && name[0] <= '9') || !all_name_characters(name)) {
    problems.push_back(
        broken("a valid environment variable name must consist of alphabetic characters, digits, "
               "'_', '-', or '.', and must not start with a digit",
               "[-._a-zA-Z][-._a-zA-Z0-9]*", {"my.env-name", "MY_ENV.NAME", "MyEnvName1"}));
  }
  add_directory_problems(name, problems);
  return problems;
}

std::vector<std::string> config_key_problems(std::string_view key) {
  std::vector<std::string> problems;
  if (key.size() > 253) problems.emplace_back("must be no more than 253 characters");
  if (key.empty() || !all_name_characters(key)) {
    problems.push_back(
        broken("a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
               "[-._a-zA-Z0-9]+", {"key.name", "KEY_NAME", "key-name"}));
  }
  add_directory_problems(key, problems);
  return problems;
}

}  // namespace wf::spec
