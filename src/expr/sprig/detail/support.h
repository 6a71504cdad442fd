// SPDX-License-Identifier: Apache-2.0
// expr/sprig/detail/support.h: what the groups of sprig functions share.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "expr/functions.h"
#include "expr/sprig/sprig.h"

namespace wf::expr::sprig {

using Call = Result<Any> (*)(Arguments);

inline constexpr const Type* kText = &types::kString;
inline constexpr const Type* kNumber = &types::kInt;
inline constexpr const Type* kDict = &types::kMap;
inline constexpr const Type* kValue = &types::kAny;
inline constexpr const Type* kTime = &types::kTime;

// Collects functions; a result that nests too deeply becomes an error in one place.
class Registry {
 public:
  void add(std::string name, std::vector<const Type*> params,
           std::function<Result<Any>(Arguments)> call);
  // The last parameter may be given any number of times, also none.
  void add_variadic(std::string name, std::vector<const Type*> params,
                    std::function<Result<Any>(Arguments)> call);
  FunctionTable take() { return std::move(functions_); }

 private:
  void put(std::string name, std::vector<const Type*> params, bool variadic,
           std::function<Result<Any>(Arguments)> call);
  FunctionTable functions_;
};

void add_strings(Registry& out);
void add_text_lists(Registry& out);
void add_numbers(Registry& out);
void add_decimals(Registry& out);
void add_lists(Registry& out);
void add_dicts(Registry& out);
void add_defaults(Registry& out);
void add_encoding(Registry& out);
void add_crypto(Registry& out, SprigSources sources);
void add_random(Registry& out, SprigSources sources);
void add_dates(Registry& out, SprigSources sources);
void add_paths(Registry& out);
void add_regex(Registry& out);
void add_semver(Registry& out);
void add_urls(Registry& out);

// spf13/cast: what is no number reads as 0.
int64_t to_int(const Any& value);
double to_float(const Any& value);
// A value as text: %v, except that bytes are their text.
std::string text_of(const Any& value);
// The texts of a list's items that are not nil; of another value, its one text.
std::vector<std::string> texts_of(const Any& value);
// Whether a value is nil or its type's zero, or has no items.
bool is_empty(const Any& value);
// reflect.DeepEqual: types count, as does the difference between nil and empty.
bool deep_equal(const Any& a, const Any& b);
// A slice or map without storage: equal to no empty one.
bool is_typed_nil(const Any& value);
// Items of any list, also of bytes.
List list_items(const Any& list);

Error nil_pointer();  // what touching a nil interface's type panics with
// Fails for texts above kTextMax and lists above kListMax.
Result<void> check_text_size(size_t bytes);
Result<void> check_list_size(size_t items);
inline Result<Any> ok(Any value) { return value; }

// strings.Split and SplitN; an empty separator cuts between code points.
std::vector<std::string> split_text(std::string_view text, std::string_view separator,
                                    int64_t n = -1);

}  // namespace wf::expr::sprig
