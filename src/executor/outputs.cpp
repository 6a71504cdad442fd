// SPDX-License-Identifier: Apache-2.0
#include "executor/outputs.h"

#include <charconv>

#include "base/text.h"

namespace wf::executor {
namespace {

std::string cleaned(std::string_view path) {
  std::vector<std::string> parts;
  for (const std::string_view part : split(path, "/")) {
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else {
      parts.emplace_back(part);
    }
  }
  return cat("/", join(parts, "/"));
}

// Where the real executor would have looked for it: its messages name that path.
std::string executor_path(const json::Value& tmpl, const std::string& path) {
  for (const char* kind : {"container", "script", "containerSet"}) {
    for (const json::Value& mount : tmpl[kind]["volumeMounts"].items()) {
      const std::string at = cleaned(mount["mountPath"].as_string());
      if (path == at || path.starts_with(at == "/" ? at : at + "/")) return cat("/mainctrfs", path);
    }
  }
  return cat("/var/run/argo/outputs/parameters", path);
}

}  // namespace

Parameters collect_parameters(const json::Value& tmpl, const ReadFile& read) {
  Parameters out;
  out.list = tmpl["outputs"]["parameters"];
  for (size_t i = 0; i < out.list.size() && !out.error; ++i) {
    json::Value& parameter = out.list.item(i);
    const json::Value from = parameter["valueFrom"];
    const std::string_view path = from["path"].as_string();
    if (path.empty()) continue;
    auto text = read(std::string(path));
    std::string value;
    if (text.ok()) {
      value = std::move(*text);
    } else if (const json::Value* fallback = from.find("default");
               fallback && !fallback->is_null()) {
      value = fallback->is_number() ? std::string(fallback->number_text())
              : fallback->is_bool() ? std::string(fallback->as_bool() ? "true" : "false")
                                    : std::string(fallback->as_string());
    } else {
      const bool missing = text.error().code() == Code::NotFound;
      out.error = missing ? Error(cat("open ", executor_path(tmpl, cleaned(path)),
                                      ": no such file or directory"),
                                  Code::NotFound)
                          : std::move(text.error());
      break;
    }
    if (!value.empty() && value.back() == '\n') value.pop_back();
    parameter.set("value", value);
  }
  return out;
}

void ResultCapture::add(std::string_view data) {
  data_.append(data);
  if (data_.size() > 4 * kSizeMax) data_.erase(0, data_.size() - kSizeMax - 1);
}

std::string ResultCapture::text() const {
  std::string_view text = data_;
  if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  if (text.size() > kSizeMax) text.remove_prefix(text.size() - kSizeMax);
  return std::string(text);
}

std::string progress_of(std::string_view file) {
  const auto lines = split(trim(file), "\n");
  const std::string_view line = trim(lines.back());
  const auto parts = split(line, "/");
  if (parts.size() != 2) return {};
  int64_t number[2];
  for (size_t i = 0; i < 2; ++i) {
    const char* end = parts[i].data() + parts[i].size();
    const auto parsed = std::from_chars(parts[i].data(), end, number[i]);
    if (parsed.ec != std::errc() || parsed.ptr != end) return {};
  }
  return number[0] >= 0 && number[1] > 0 && number[0] <= number[1] ? std::string(line)
                                                                   : std::string();
}

}  // namespace wf::executor
