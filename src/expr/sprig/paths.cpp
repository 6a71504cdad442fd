// SPDX-License-Identifier: Apache-2.0
// Slash-separated paths. The "os" functions are the same here, where the separator is a slash.
#include "expr/sprig/detail/support.h"

namespace wf::expr::sprig {
namespace {

std::string clean(std::string_view path) {
  const bool rooted = path.starts_with('/');
  std::vector<std::string_view> kept;
  for (const std::string_view part : wf::split(path, "/")) {
    if (part.empty() || part == ".") continue;
    if (part != "..") kept.push_back(part);
    else if (!kept.empty() && kept.back() != "..") kept.pop_back();
    else if (!rooted) kept.push_back(part);
  }
  std::string out = rooted ? "/" : "";
  for (size_t i = 0; i < kept.size(); ++i) {
    if (i > 0) out.push_back('/');
    out += kept[i];
  }
  return out.empty() ? "." : out;
}

std::string base(std::string_view path) {
  if (path.empty()) return ".";
  while (path.ends_with('/')) path.remove_suffix(1);
  if (path.empty()) return "/";
  return std::string(path.substr(path.rfind('/') + 1));
}

std::string dir(std::string_view path) { return clean(path.substr(0, path.rfind('/') + 1)); }

std::string extension(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const size_t point = name.rfind('.');
  return std::string(point == name.npos ? "" : name.substr(point));
}

}  // namespace

void add_paths(Registry& out) {
  const auto both = [&out](const char* name, const char* os_name,
                           std::string (*how)(std::string_view)) {
    for (const char* each : {name, os_name}) {
      out.add(each, {kText}, [how](Arguments a) { return ok(how(a[0].as_string())); });
    }
  };
  both("base", "osBase", base);
  both("dir", "osDir", dir);
  both("clean", "osClean", clean);
  both("ext", "osExt", extension);
  for (const char* name : {"isAbs", "osIsAbs"}) {
    out.add(name, {kText}, [](Arguments a) { return ok(a[0].as_string().starts_with('/')); });
  }
}

}  // namespace wf::expr::sprig
