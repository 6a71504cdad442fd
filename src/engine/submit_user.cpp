// SPDX-License-Identifier: Apache-2.0
// Who made or changed an object, as its labels tell (SBM-8, SBM-9).
#include "base/text.h"
#include "engine/submit.h"

namespace wf::engine {
namespace {

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

void set_label(json::Value& object, std::string_view name, std::string_view value) {
  const std::string label = cat("workflows.argoproj.io/", name);
  if (!value.empty()) {
    json::Value& labels = object.at("metadata").at("labels");
    labels.set(label, value);
    labels.sort_keys();
  } else if (object["metadata"]["labels"].has(label)) {
    object.at("metadata").at("labels").erase(label);
  }
}

std::string email_of(const User& user) {
  std::string email = user.email;
  if (const size_t at = email.find('@'); at != std::string::npos) email.replace(at, 1, ".at.");
  return email;
}

void label(json::Value& object, const std::optional<User>& user, std::string_view role, std::string_view action) {
  const User nobody;
  const User& who = user ? *user : nobody;
  const auto set = [&](std::string_view suffix, std::string_view text) {
    const std::string value = as_label_value(text);
    set_label(object, cat(role, suffix), value);
  };
  set("", who.subject);
  set("-email", email_of(who));
  set("-preferred-username", who.preferred_username);
  set_label(object, "action", user ? as_label_value(action) : "");
}

}  // namespace

std::string as_label_value(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c & 0xc0) == 0x80 && i > 0) continue;  // one '-' for a whole character
    out += is_alphanumeric(c) || c == '-' || c == '_' || c == '.' ? c : '-';
  }
  if (out.size() > 63) out.erase(0, out.size() - 63);
  while (!out.empty() && !is_alphanumeric(out.front())) out.erase(0, 1);
  while (!out.empty() && !is_alphanumeric(out.back())) out.pop_back();
  return out;
}

void label_creator(json::Value& object, const std::optional<User>& user) { label(object, user, "creator", ""); }

void label_actor(json::Value& object, const std::optional<User>& user, std::string_view action) {
  label(object, user, "actor", action);
}

}  // namespace wf::engine
