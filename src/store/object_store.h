// SPDX-License-Identifier: Apache-2.0
// store/object_store.h: keeps objects of all kinds, as Kubernetes' API server would: with uid,
// resourceVersion, generation, finalizers, owner references, selectors and watches.
//
// A workflow's nodes (status.nodes) are kept one by one, so that a turn of the engine writes only
// those that changed, and lists need not read them. All methods may be called from any thread; none
// calls back while holding a lock. What a commit reports as done survives a crash of the machine.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "json/value.h"
#include "spec/selector.h"
#include "store/object.h"
#include "store/watch.h"

namespace wf::store {

// How much of a workflow is read; other kinds are always whole.
enum class Detail {
  Summary,  // metadata and summary_of(workflow)
  Header,   // all but status.nodes
  Full,
};

struct ListRequest {
  std::string kind{};
  std::string ns{};  // "": all namespaces
  spec::LabelSelector labels{};
  spec::FieldSelector fields{};  // of dotted paths; an absent value is ""
  // Workflows: whether label workflows.argoproj.io/completed is "true". Answered by an index.
  std::optional<bool> completed{};
  // A further condition; sees a workflow's summary, any other object whole.
  std::function<bool(const json::Value&)> accept{};
  Detail detail = Detail::Full;
  size_t limit = 0;   // 0: no limit
  size_t offset = 0;  // how many to pass over
  bool count_remaining = false;
};

// Workflows come by start (or creation) time, newest first; all else by namespace and name.
struct ListPage {
  std::vector<json::Value> items;
  size_t remaining = 0;   // how many follow those; where they are not to be counted, 1 for "some"
  uint64_t revision = 0;  // of the whole; watch from here
};

// The writes of a transaction.
struct Create {
  json::Value object;  // metadata.name or generateName; uid, times and versions are given by the store
};
// Conflict where metadata.resourceVersion or uid is given and not the present one. A workflow without
// the member status.nodes keeps its nodes. Nothing is written when nothing changes.
struct Update {
  json::Value object;
};
// Waits for finalizers as Kubernetes does; removes what the object owns, too.
struct Remove {
  Key key;
  std::string uid{};  // "": any
};
struct NodeChange {
  std::string id;
  json::Value node;  // Null: it is removed
};
// What one turn of the engine made of a workflow. Conflict unless metadata.uid and resourceVersion are
// the present ones. `header` has no status.nodes.
struct Turn {
  json::Value header;
  std::vector<NodeChange> nodes;
  // Whether spec, status.storedTemplates or status.storedWorkflowTemplateSpec changed. Those are
  // large and seldom do; where false they are not written.
  bool spec_changed = false;
};
// A thing to do after the turn that decided it was saved: kept until it is dropped.
struct PutAction {
  std::string id;
  std::string workflow_uid;  // gone with it
  json::Value body;
};
struct DropAction {
  std::string id;
};
using Write = std::variant<Create, Update, Remove, Turn, PutAction, DropAction>;

// All or nothing. No two writes of objects with the same key.
struct Transaction {
  std::vector<Write> writes;
};

// For each Create, Update and Turn, in order: the object as it is now stored (of workflows without
// nodes). Null for one that an update's last finalizer let go.
using Written = std::vector<json::Value>;
using Done = std::function<void(Result<Written>)>;

class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  // Calls `done` when it is durable or refused, from a thread of the store's or this one; it must
  // return soon. Commits of one thread are carried out in their order.
  virtual void commit(Transaction transaction, Done done) = 0;

  virtual Result<json::Value> get(const Key& key, Detail detail = Detail::Full) = 0;
  // A workflow by its uid.
  virtual Result<json::Value> get_by_uid(const std::string& uid, Detail detail = Detail::Full) = 0;
  virtual Result<ListPage> list(const ListRequest& request) = 0;
  // One node, or NotFound.
  virtual Result<json::Value> get_node(const Key& workflow, const std::string& id) = 0;
  virtual Result<std::vector<PutAction>> actions() = 0;
  virtual Result<std::unique_ptr<Watch>> watch(WatchRequest request) = 0;
  // Copies everything, as it is at one moment, into a new file.
  virtual Result<void> backup(const std::string& file) = 0;

  // The same, waiting. Not to be called from a `done`.
  Result<Written> commit(Transaction transaction);
  Result<json::Value> create(json::Value object);
  Result<json::Value> update(json::Value object);
  Result<void> remove(const Key& key, const std::string& uid = {});
  // Reads it (workflows without nodes), lets `change` alter it and writes it back; again from the
  // start where somebody else wrote in between. An Error of `change` ends it.
  Result<json::Value> modify(const Key& key, const std::function<Result<void>(json::Value&)>& change);
};

}  // namespace wf::store
