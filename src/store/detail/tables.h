// SPDX-License-Identifier: Apache-2.0
// store/detail/tables.h: the rows under a store, and the one place (apply) that knows what a write
// means. Each store implements Tables; apply is the same for all.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "store/object_store.h"

namespace wf::store::detail {

// What a write must know of an object that exists.
struct Head {
  int64_t row = 0;
  std::string uid;
  uint64_t revision = 0;
};

enum class Parts { All, WithoutSpec };  // of a workflow: WithoutSpec leaves Turn's large parts alone

class Tables {
 public:
  virtual ~Tables() = default;
  virtual Result<std::optional<Head>> find(const Key& key) = 0;
  // The object without a workflow's nodes.
  virtual Result<json::Value> load(const Key& key, int64_t row) = 0;
  // `object` is complete, without nodes. Gives the row.
  virtual Result<int64_t> insert(const Key& key, const json::Value& object) = 0;
  virtual Result<void> replace(const Key& key, int64_t row, const json::Value& object, Parts parts) = 0;
  // With its nodes, its owner entries and its actions.
  virtual Result<void> erase(const Key& key, int64_t row, const std::string& uid) = 0;
  virtual Result<std::vector<Key>> owned_by(const std::string& uid) = 0;

  virtual Result<json::Value> load_nodes(int64_t row) = 0;  // an object by node id
  virtual Result<void> put_node(int64_t row, const std::string& id, const json::Value& node) = 0;
  virtual Result<void> erase_node(int64_t row, const std::string& id) = 0;

  virtual Result<void> put_action(const PutAction& action) = 0;
  virtual Result<void> drop_action(const std::string& id) = 0;
};

// What a store lends to apply.
struct Scribe {
  Tables& tables;
  const Clock& clock;
  Random& random;
  uint64_t& revision;          // the newest; counted up
  std::vector<Event>& events;  // appended to
};

enum class Verdict { Refused, Broken };
struct Failure {
  Error error;
  // Refused: nothing was written. Broken: the rows failed in mid-write; roll back.
  Verdict verdict;
};

// Carries out all of the transaction or none. On failure `scribe`'s revision and events are as before.
std::variant<Written, Failure> apply(Scribe scribe, Transaction transaction);

// "true" under label workflows.argoproj.io/completed.
bool is_completed(const json::Value& metadata);
// Whether a listed object passes the request's conditions.
bool passes(const ListRequest& request, const json::Value& object);

}  // namespace wf::store::detail
