// SPDX-License-Identifier: Apache-2.0
// spec/detail/reader.h: one document to its normal form (spec/codec.h). Of the room alone.
#pragma once
#include "spec/codec.h"
#include "spec/schema.h"

namespace wf::spec {

class Reader {
 public:
  Reader(Strictness strictness, Unknown unknown)
      : strict_(strictness == Strictness::Strict), unknown_(unknown) {}
  Decoded read_document(const Type& type, const json::Value& document);

 private:
  // Where the reader is: a chain on the stack, walked only for messages.
  struct Place {
    const Place* up = nullptr;
    const Type* owner = nullptr;  // with field: the struct
    const Field* field = nullptr;
    std::string_view key;    // of a map
    size_t index = 0;        // of a list
    bool own_rules = false;  // below here Go calls a method that reads by itself
  };

  // Whether the normal form is `in` itself; otherwise it is put into `out`.
  bool read(const Type& type, const json::Value& in, const Place* at, json::Value& out);
  bool read_struct(const Type& type, const json::Value& in, const Place* at, json::Value& out);
  bool read_list(const Type& type, const json::Value& in, const Place* at, json::Value& out);
  bool read_map(const Type& type, const json::Value& in, const Place* at, json::Value& out);
  bool read_steps(const Type& type, const json::Value& in, const Place* at, json::Value& out);
  bool read_integer(const Type& type, const json::Value& in, const Place* at, json::Value& out);
  bool read_text(const Type& type, const json::Value& in, const Place* at, json::Value& out);
  bool read_any_string(const json::Value& in, const Place* at, json::Value& out);
  bool read_quantity(const json::Value& in, json::Value& out);
  bool read_plugin(const json::Value& in, const Place* at);

  void add_unknown(const Type& type, std::string_view name, const Place* at);
  // Go notes the first wrong type and reads on; an error of a type that reads itself ends the
  // reading.
  void fail(Error error);
  void give_up(Error error);
  // `kind` as Go says: "string", "number 1.5".
  Error wrong_type(std::string_view kind, std::string_view go_type, const Place* at) const;
  Error wrong_type(const json::Value& in, const Type& type, const Place* at) const;

  bool strict_;
  Unknown unknown_;
  int depth_ = 0;
  bool given_up_ = false;
  Decoded result_;
};

// The value that Go has where nothing was read: "", 0, an empty object, or Null of what may be nil.
json::Value zero_of(const Type& type);

}  // namespace wf::spec
