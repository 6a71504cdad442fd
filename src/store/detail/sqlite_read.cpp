// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "json/text.h"
#include "store/detail/sqlite_tables.h"
#include "store/detail/workflow_row.h"
#include "store/kinds.h"

namespace wf::store::detail {
namespace {

// A read transaction: what is read within it is of one moment.
class Snapshot {
 public:
  explicit Snapshot(Database& database) : database_(database) {}
  Result<void> begin() { return database_.execute("BEGIN"); }
  ~Snapshot() { [[maybe_unused]] const auto ended = database_.execute("COMMIT"); }

 private:
  Database& database_;
};

// Columns of a workflow's row: row, metadata, summary, spec, status.
Result<json::Value> workflow_at(Database& database, Statement& query, Detail detail) {
  if (detail == Detail::Summary) return summary_from(query.text(1), query.text(2));
  TRY(json::Value workflow, header_from(query.text(1), query.text(3), query.text(4)));
  if (detail == Detail::Header) return workflow;
  SqliteTables tables(database);
  TRY(json::Value nodes, tables.load_nodes(query.number(0)));
  if (!nodes.empty()) workflow.at("status").set("nodes", std::move(nodes));
  return workflow;
}

Result<json::Value> one_workflow(Database& database, Statement& query, const Key& key, Detail detail) {
  TRY(const bool row, query.step());
  if (!row) return not_found(key);
  auto workflow = workflow_at(database, query, detail);
  query.reset();
  return workflow;
}

bool has_conditions(const ListRequest& request) {
  return !request.labels.requirements().empty() || !request.fields.empty() || request.accept != nullptr;
}

// Puts what passes into the page, counting as it goes.
struct PageFiller {
  const ListRequest& request;
  ListPage& page;
  size_t passed = 0;

  bool wants_next() {
    ++passed;
    if (passed <= request.offset) return false;
    if (request.limit != 0 && page.items.size() == request.limit) {
      ++page.remaining;
      return false;
    }
    return true;
  }
  // Nothing that follows can change the page.
  bool full() const { return page.remaining > 0 && !request.count_remaining; }
};

Statement& workflow_rows(Database& database, const ListRequest& request) {
  const bool open_only = request.completed && !*request.completed;
  Statement& query = database.query(
      open_only ? "SELECT row,metadata,summary,spec,status FROM workflows "
                  "WHERE completed=0 AND (?1='' OR ns=?1) ORDER BY started DESC,ns,name"
      : request.completed
          ? "SELECT row,metadata,summary,spec,status FROM workflows INDEXED BY workflows_by_start "
            "WHERE completed=1 AND (?1='' OR ns=?1) ORDER BY started DESC,ns,name LIMIT -1 OFFSET ?2"
          : "SELECT row,metadata,summary,spec,status FROM workflows INDEXED BY workflows_by_start "
            "WHERE (?1='' OR ns=?1) ORDER BY started DESC,ns,name LIMIT -1 OFFSET ?2");
  query.bind(1, request.ns);
  return query;
}

Result<void> list_workflows(Database& database, const ListRequest& request, ListPage& page) {
  const bool open_only = request.completed && !*request.completed;
  // The index alone knows which rows to pass over when nothing but their order decides.
  const bool skip_by_index = !has_conditions(request) && !open_only;
  Statement& query = workflow_rows(database, request);
  if (!open_only) query.bind(2, skip_by_index ? static_cast<int64_t>(request.offset) : int64_t{0});
  PageFiller filler{request, page, skip_by_index ? request.offset : 0};
  for (;;) {
    TRY(const bool row, query.step());
    if (!row) break;
    if (has_conditions(request)) {
      TRY(const json::Value summary, summary_from(query.text(1), query.text(2)));
      if (!passes(request, summary)) continue;
    }
    if (!filler.wants_next()) {
      if (filler.full()) break;
      continue;
    }
    TRY(json::Value workflow, workflow_at(database, query, request.detail));
    page.items.push_back(std::move(workflow));
  }
  query.reset();
  return {};
}

Result<void> list_objects(Database& database, const ListRequest& request, ListPage& page) {
  Statement& query = database.query(
      "SELECT body FROM objects WHERE kind=?1 AND (?2='' OR ns=?2) ORDER BY kind,ns,name");
  query.bind(1, request.kind).bind(2, request.ns);
  PageFiller filler{request, page};
  for (;;) {
    TRY(const bool row, query.step());
    if (!row) break;
    TRY(json::Value object, json::parse(query.text(0)));
    if (passes(request, object) && filler.wants_next()) page.items.push_back(std::move(object));
    if (filler.full()) break;
  }
  query.reset();
  return {};
}

}  // namespace

Result<json::Value> read_object(Database& database, const Key& key, Detail detail) {
  Snapshot snapshot(database);
  TRY_DO(snapshot.begin());
  if (key.kind == kWorkflow) {
    Statement& query =
        database.query("SELECT row,metadata,summary,spec,status FROM workflows WHERE ns=?1 AND name=?2");
    return one_workflow(database, query.bind(1, key.ns).bind(2, key.name), key, detail);
  }
  Statement& query = database.query("SELECT body FROM objects WHERE ns=?1 AND name=?2 AND kind=?3");
  TRY(const bool row, query.bind(1, key.ns).bind(2, key.name).bind(3, key.kind).step());
  if (!row) return not_found(key);
  auto object = json::parse(query.text(0));
  query.reset();
  return object;
}

Result<json::Value> read_workflow_by_uid(Database& database, const std::string& uid, Detail detail) {
  Snapshot snapshot(database);
  TRY_DO(snapshot.begin());
  Statement& query = database.query("SELECT row,metadata,summary,spec,status FROM workflows WHERE uid=?1");
  return one_workflow(database, query.bind(1, uid), Key{std::string(kWorkflow), "", uid}, detail);
}

Result<json::Value> read_node(Database& database, const Key& workflow, const std::string& id) {
  Statement& query = database.query(
      "SELECT n.body FROM workflows w JOIN nodes n ON n.workflow=w.row WHERE w.ns=?1 AND w.name=?2 AND n.id=?3");
  TRY(const bool row, query.bind(1, workflow.ns).bind(2, workflow.name).bind(3, id).step());
  if (!row) return Error(cat("node '", id, "' not found"), Code::NotFound);
  auto node = json::parse(query.text(0));
  query.reset();
  return node;
}

Result<ListPage> read_list(Database& database, const ListRequest& request) {
  Snapshot snapshot(database);
  TRY_DO(snapshot.begin());
  ListPage page;
  TRY(page.revision, read_revision(database));
  TRY_DO(request.kind == kWorkflow ? list_workflows(database, request, page)
                                   : list_objects(database, request, page));
  return page;
}

Result<std::vector<PutAction>> read_actions(Database& database) {
  std::vector<PutAction> list;
  Statement& query = database.query("SELECT id,workflow,body FROM actions ORDER BY id");
  for (;;) {
    TRY(const bool row, query.step());
    if (!row) break;
    TRY(json::Value body, json::parse(query.text(2)));
    list.push_back({std::string(query.text(0)), std::string(query.text(1)), std::move(body)});
  }
  query.reset();
  return list;
}

Result<uint64_t> read_revision(Database& database) {
  Statement& query = database.query("SELECT value FROM counters WHERE name='revision'");
  TRY(const bool row, query.step());
  const auto revision = static_cast<uint64_t>(row ? query.number(0) : 0);
  query.reset();
  return revision;
}

}  // namespace wf::store::detail
