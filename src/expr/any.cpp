// SPDX-License-Identifier: Apache-2.0
#include "expr/any.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "expr/functions.h"
#include "expr/gotime.h"

namespace wf::expr {
namespace {

struct HeldList {
  List items;
  int depth;
};
struct HeldMap {
  Map members;
  int depth;
};
const List kNoItems;
const Map kNoMembers;
const std::string kNoText;

int rank(const Any& value) { return static_cast<int>(value.kind()); }

// A total order of values that may be keys; others are equal if they are the same kind.
std::strong_ordering order(const Any& a, const Any& b) {
  if (rank(a) != rank(b)) return rank(a) <=> rank(b);
  if (a.is_string() || a.is_bytes()) return a.as_string() <=> b.as_string();
  if (is_unsigned(a.kind())) return a.as_uint() <=> b.as_uint();
  if (a.is_integer()) return a.as_int() <=> b.as_int();
  if (a.is_float()) return std::strong_order(a.as_float(), b.as_float());
  if (a.is_bool()) return a.as_bool() <=> b.as_bool();
  if (a.is_time()) {
    const Moment x = a.as_time(), y = b.as_time();
    return std::pair(x.seconds, x.nanos) <=> std::pair(y.seconds, y.nanos);
  }
  if (a.is_list()) {
    const List &x = a.items(), &y = b.items();
    for (size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
      if (const auto o = order(x[i], y[i]); o != 0) return o;
    }
    return x.size() <=> y.size();
  }
  return std::strong_ordering::equal;
}

}  // namespace

std::string_view name_of(Kind kind) {
  static constexpr std::string_view kNames[] = {
      "invalid",   "bool",   "int",    "int8",   "int16",   "int32",   "int64", "uint",
      "uint8",     "uint16", "uint32", "uint64", "float32", "float64", "array", "func",
      "interface", "map",    "ptr",    "slice",  "string",  "struct"};
  return kNames[static_cast<size_t>(kind)];
}

bool KeyOrder::operator()(const Any& a, const Any& b) const { return order(a, b) < 0; }
bool KeyOrder::operator()(const Any& a, std::string_view b) const {
  return a.is_string() ? a.as_string() < b : a.kind() < Kind::String;
}
bool KeyOrder::operator()(std::string_view a, const Any& b) const {
  return b.is_string() ? a < b.as_string() : Kind::String < b.kind();
}

Any::Any(Function function)
    : type_(&types::kFunction), heap_(std::make_shared<const Function>(std::move(function))) {}
Any::Any(Moment time)
    : type_(&types::kTime), heap_(std::make_shared<const Moment>(std::move(time))) {}

Any Any::integer(int64_t value, const Type& type) noexcept {
  Any out;
  out.type_ = &type;
  out.number_.bits = value;
  return out;
}

Any Any::real(double value, const Type& type) noexcept {
  Any out(type.kind == Kind::Float32 ? static_cast<double>(static_cast<float>(value)) : value);
  out.type_ = &type;
  return out;
}

Any Any::list(List items, const Type& type) {
  int depth = 0;
  for (const Any& item : items) depth = std::max(depth, item.depth());
  Any out;
  out.type_ = &type;
  out.heap_ = std::make_shared<const HeldList>(HeldList{std::move(items), depth + 1});
  return out;
}

Any Any::strings(const std::vector<std::string>& items) {
  return list(List(items.begin(), items.end()), types::kStringSlice);
}

Any Any::bytes(std::string data) {
  Any out(std::move(data));
  out.type_ = &types::kBytes;
  return out;
}

Any Any::map(Map members, const Type& type) {
  int depth = 0;
  for (const auto& [key, value] : members) depth = std::max({depth, key.depth(), value.depth()});
  Any out;
  out.type_ = &type;
  out.heap_ = std::make_shared<const HeldMap>(HeldMap{std::move(members), depth + 1});
  return out;
}

Any Any::location(std::shared_ptr<const Location> place) {
  Any out;
  out.type_ = &types::kLocation;
  out.heap_ = std::move(place);
  return out;
}

Any Any::structure(std::shared_ptr<const Struct> value) {
  Any out;
  out.type_ = &value->type();
  out.heap_ = std::move(value);
  return out;
}

Any Any::typed_nil(const Type& type) {
  Any out;
  out.type_ = &type;
  return out;
}

double Any::as_number() const {
  if (is_unsigned(kind())) return static_cast<double>(as_uint());
  return is_integer() ? static_cast<double>(number_.bits) : as_float();
}

std::string_view Any::as_string() const {
  return (is_string() || is_bytes()) && heap_ ? held<std::string>() : kNoText;
}

const List& Any::items() const {
  return is_list() && !is_bytes() && heap_ ? held<HeldList>().items : kNoItems;
}

const Map& Any::members() const { return is_map() && heap_ ? held<HeldMap>().members : kNoMembers; }

const Function* Any::as_function() const {
  return is_function() ? static_cast<const Function*>(heap_.get()) : nullptr;
}

Moment Any::as_time() const { return is_time() && heap_ ? held<Moment>() : zero_time(); }

std::shared_ptr<const Location> Any::as_location() const {
  return is(types::kLocation) ? std::static_pointer_cast<const Location>(heap_) : nullptr;
}

const Struct* Any::as_structure() const {
  const bool other = is_time() || is(types::kLocation);
  const bool holds = kind() == Kind::Struct || kind() == Kind::Pointer;
  return holds && !other ? static_cast<const Struct*>(heap_.get()) : nullptr;
}

size_t Any::size() const {
  if (is_string() || is_bytes()) return as_string().size();
  return is_map() ? members().size() : items().size();
}

Any Any::at(size_t index) const {
  if (index >= size() || is_map()) return {};
  if (!is_string() && !is_bytes()) return items()[index];
  return integer(static_cast<unsigned char>(as_string()[index]), types::kUint8);
}

const Any* Any::find(std::string_view key) const {
  const Map& all = members();
  const auto it = all.find(key);
  return it == all.end() ? nullptr : &it->second;
}

const Any* Any::find(const Any& key) const {
  const Map& all = members();
  const auto it = all.find(key);
  return it == all.end() ? nullptr : &it->second;
}

int Any::depth() const {
  if (!heap_ || is_bytes()) return 0;
  if (is_list()) return held<HeldList>().depth;
  return is_map() ? held<HeldMap>().depth : 0;
}

}  // namespace wf::expr
