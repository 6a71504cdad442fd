// SPDX-License-Identifier: Apache-2.0
#include "local/users.h"

#include <fcntl.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.h"
#include "executor/in_root.h"
#include "io/file.h"

namespace wf::local {

using executor::make_directory_in_root;
using executor::make_file_in_root;
using executor::name_of;
using executor::open_in_root;

namespace {

std::vector<std::vector<std::string>> table(const std::string& root, const char* path) {
  std::vector<std::vector<std::string>> out;
  const auto fd = open_in_root(root, path, O_RDONLY);
  if (!fd) return out;
  const auto text = io::read_file(name_of(*fd), 4 << 20);
  if (!text) return out;
  for (const std::string_view line : split(*text, "\n")) {
    std::vector<std::string> fields;
    for (const std::string_view field : split(line, ":")) fields.emplace_back(field);
    if (fields.size() >= 4) out.push_back(std::move(fields));
  }
  return out;
}

std::optional<int64_t> number_of(std::string_view text) {
  int64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != text.data() + text.size())
    return std::nullopt;
  return value;
}

struct Lookup {
  std::vector<std::vector<std::string>> passwd, group;

  // Row of /etc/passwd by name or number.
  const std::vector<std::string>* person(std::string_view who) const {
    for (const auto& row : passwd) {
      if (row[0] == who || row[2] == who) return &row;
    }
    return nullptr;
  }
  std::vector<int64_t> groups_of(std::string_view name) const {
    std::vector<int64_t> out;
    for (const auto& row : group) {
      const auto members = split(row[3], ",");
      if (std::find(members.begin(), members.end(), name) == members.end()) continue;
      if (const auto gid = number_of(row[2])) out.push_back(*gid);
    }
    return out;
  }
};

Result<void> take_person(User& user, std::string_view who, const Lookup& lookup) {
  const auto* row = lookup.person(who);
  const auto number = number_of(who);
  if (!row && !number)
    return Error(cat("unable to find user ", who, ": no matching entries in passwd file"));
  user.uid = row ? number_of((*row)[2]).value_or(0) : *number;
  if (!row) return {};
  user.gid = number_of((*row)[3]).value_or(0);
  if (row->size() > 5 && !(*row)[5].empty()) user.home = (*row)[5];
  user.groups = lookup.groups_of((*row)[0]);
  return {};
}

}  // namespace

Result<User> user_of(const std::string& root, std::string_view image_user,
                     const json::Value& pod_context, const json::Value& container_context) {
  const auto asked = [&](const char* field) -> const json::Value& {
    return container_context[field].is_null() ? pod_context[field] : container_context[field];
  };
  const Lookup lookup{table(root, "/etc/passwd"), table(root, "/etc/group")};
  User user;
  const size_t colon = image_user.find(':');
  std::string_view person = image_user.substr(0, colon);
  const std::string_view group =
      colon == std::string_view::npos ? std::string_view() : image_user.substr(colon + 1);
  std::string number;
  if (const auto uid = asked("runAsUser").as_int()) {
    number = std::to_string(*uid);
    person = number;
  }
  if (person.empty()) person = "0";
  const bool named = !number_of(person).has_value();
  if (asked("runAsNonRoot").as_bool() && number.empty() && named) {
    return Error(cat("container has runAsNonRoot and image has non-numeric user (", person,
                     "), cannot verify user is non-root"));
  }
  TRY_DO(take_person(user, person, lookup));
  if (asked("runAsNonRoot").as_bool() && user.uid == 0) {
    return Error(number.empty() ? "container has runAsNonRoot and image will run as root"
                                : "container's runAsUser breaks non-root policy");
  }
  if (const auto gid = asked("runAsGroup").as_int()) {
    user.gid = *gid;
  } else if (!group.empty() && number.empty()) {
    const auto row = std::find_if(lookup.group.begin(), lookup.group.end(),
                                  [&](const auto& r) { return r[0] == group || r[2] == group; });
    const auto known = row == lookup.group.end() ? number_of(group) : number_of((*row)[2]);
    if (!known)
      return Error(cat("unable to find group ", group, ": no matching entries in group file"));
    user.gid = *known;
  }
  for (const json::Value& one : pod_context["supplementalGroups"].items()) {
    if (const auto gid = one.as_int()) user.groups.push_back(*gid);
  }
  if (const auto gid = pod_context["fsGroup"].as_int()) user.groups.push_back(*gid);
  return user;
}

}  // namespace wf::local
