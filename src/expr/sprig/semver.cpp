// SPDX-License-Identifier: Apache-2.0
// semver, whose result has Go's methods, and semverCompare.
#include <limits>

#include "expr/sprig/detail/support.h"
#include "expr/sprig/detail/version.h"

namespace wf::expr::sprig {
namespace {

constexpr Type kVersion{Kind::Struct, "semver.Version"};
constexpr Type kVersionPointer{Kind::Pointer, "*semver.Version", &kVersion};

class VersionValue final : public Struct {
 public:
  VersionValue(Version version, const Type& type) : version_(std::move(version)), type_(type) {}
  const Type& type() const override { return type_; }
  std::string print() const override { return to_text(version_); }
  Result<json::Value> to_json() const override { return json::Value(to_text(version_)); }
  std::optional<Any> member(std::string_view name) const override;
  const Version& version() const { return version_; }

 private:
  std::optional<Any> part(std::string_view name) const;
  std::optional<Any> successor(std::string_view name) const;
  std::optional<Any> comparison(std::string_view name) const;

  Version version_;
  const Type& type_;
};

Any value_of(Version version, const Type& type) {
  return Any::structure(std::make_shared<const VersionValue>(std::move(version), type));
}

Any method(std::string_view name, std::vector<const Type*> params,
           std::function<Result<Any>(Arguments)> call) {
  Function out;
  out.name = std::string(name);
  out.params = std::move(params);
  out.call = std::move(call);
  return out;
}

Any getter(std::string_view name, Any value) {
  return method(name, {}, [value](Arguments) { return ok(value); });
}

Any number(uint64_t value) { return Any::integer(static_cast<int64_t>(value), types::kUint64); }

// The version with a changed part; its original text follows, with the v that was there.
Any changed(const Version& old, Version next) {
  next.original = (old.original.starts_with('v') ? "v" : "") + to_text(next);
  return value_of(std::move(next), kVersion);
}

std::optional<Any> VersionValue::part(std::string_view name) const {
  if (name == "Major") return getter(name, number(version_.major));
  if (name == "Minor") return getter(name, number(version_.minor));
  if (name == "Patch") return getter(name, number(version_.patch));
  if (name == "Prerelease") return getter(name, version_.prerelease);
  if (name == "Metadata") return getter(name, version_.metadata);
  if (name == "String") return getter(name, to_text(version_));
  if (name == "Original" && &type_ == &kVersionPointer) return getter(name, version_.original);
  return std::nullopt;
}

std::optional<Any> VersionValue::successor(std::string_view name) const {
  const auto next = [&](Version version, uint64_t Version::*part, const char* part_name) {
    return method(name, {}, [old = version_, version, part, part_name](Arguments) -> Result<Any> {
      if (version.*part == std::numeric_limits<uint64_t>::max()) {
        return Error(wf::cat(part_name, " version increment would overflow uint64"));
      }
      Version grown = version;
      ++(grown.*part);
      return changed(old, std::move(grown));
    });
  };
  Version plain = version_;
  plain.prerelease = plain.metadata = "";
  if (name == "IncPatch") {
    if (version_.prerelease.empty()) return next(plain, &Version::patch, "patch");
    return getter(name, changed(version_, plain));  // 1.2.3-beta becomes 1.2.3
  }
  plain.patch = 0;
  if (name == "IncMinor") return next(plain, &Version::minor, "minor");
  plain.minor = 0;
  if (name == "IncMajor") return next(plain, &Version::major, "major");
  const bool prerelease = name == "SetPrerelease";
  if (!prerelease && name != "SetMetadata") return std::nullopt;
  return method(name, {kText}, [old = version_, prerelease](Arguments a) -> Result<Any> {
    const std::string_view text = a[0].as_string();
    if (!text.empty()) TRY_DO(prerelease ? check_prerelease(text) : check_metadata(text));
    Version grown = old;
    (prerelease ? grown.prerelease : grown.metadata) = std::string(text);
    return changed(old, std::move(grown));
  });
}

std::optional<Any> VersionValue::comparison(std::string_view name) const {
  bool (*test)(int) = nullptr;
  if (name == "LessThan") test = [](int order) { return order < 0; };
  if (name == "LessThanEqual") test = [](int order) { return order <= 0; };
  if (name == "GreaterThan") test = [](int order) { return order > 0; };
  if (name == "GreaterThanEqual") test = [](int order) { return order >= 0; };
  if (name == "Equal") test = [](int order) { return order == 0; };
  if (test == nullptr && name != "Compare") return std::nullopt;
  return method(name, {&kVersionPointer}, [old = version_, test](Arguments a) -> Result<Any> {
    const auto* other = static_cast<const VersionValue*>(a[0].as_structure());
    if (other == nullptr) return nil_pointer();
    const int order = compare(old, other->version());
    return ok(test == nullptr ? Any(order) : Any(test(order)));
  });
}

std::optional<Any> VersionValue::member(std::string_view name) const {
  if (auto found = part(name)) return found;
  if (auto found = successor(name)) return found;
  return &type_ == &kVersionPointer ? comparison(name) : std::nullopt;
}

}  // namespace

void add_semver(Registry& out) {
  out.add("semver", {kText}, [](Arguments a) -> Result<Any> {
    TRY(Version version, parse_version(a[0].as_string()));
    return value_of(std::move(version), kVersionPointer);
  });
  out.add("semverCompare", {kText, kText}, [](Arguments a) -> Result<Any> {
    TRY(const Constraint constraint, parse_constraint(a[0].as_string()));
    TRY(const Version version, parse_version(a[1].as_string()));
    return ok(satisfies(version, constraint));
  });
}

}  // namespace wf::expr::sprig
