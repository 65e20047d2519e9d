// SPDX-License-Identifier: BSL-1.0
//
// sqlite.cpp: SQLite as an expert sets it up: write-ahead log, NORMAL (FULL where an event must be durable), prepared
// statements, 1,000 events a transaction. `sqlite` has the index that an event store needs; `sqlite_covering` has one
// that answers a replay by itself, and indexes by kind and scope.
#include "measure.hpp"
#include "subject.hpp"

#include <cstring>
#include <mutex>

#include <sqlite3.h>

namespace journal_bench {
namespace {

class sqlite final : public subject {
 public:
  explicit sqlite(bool covering) : covering_{covering} {}
  ~sqlite() override {
    for (sqlite3_stmt* each : {insert_, all_, entity_, get_, poll_, kind_, scope_}) sqlite3_finalize(each);
    sqlite3_close(database_);
  }

  void open(const std::string& directory) override {
    check(sqlite3_open((directory + "/events.sqlite").c_str(), &database_));
    run("PRAGMA journal_mode=WAL");
    run("PRAGMA synchronous=NORMAL");
    run("PRAGMA wal_autocheckpoint=10000");
    run("PRAGMA mmap_size=17179869184");
    run("PRAGMA cache_size=-65536");
    if (covering_) {
      run("CREATE TABLE IF NOT EXISTS events(seq INTEGER PRIMARY KEY, entity_id, kind, scope, ts, payload)");
      run("CREATE INDEX IF NOT EXISTS by_entity ON events(entity_id, seq, kind, payload)");
      run("CREATE INDEX IF NOT EXISTS by_kind ON events(kind)");
      run("CREATE INDEX IF NOT EXISTS by_scope ON events(scope)");
      scope_ = prepare("SELECT kind, payload FROM events WHERE scope=?");
      kind_ = prepare("SELECT kind, payload FROM events WHERE kind=?");
    } else {
      run("CREATE TABLE IF NOT EXISTS events(seq INTEGER PRIMARY KEY, entity_id, kind, ts, payload)");
      run("CREATE INDEX IF NOT EXISTS by_entity ON events(entity_id, seq)");
    }
    insert_ = prepare(covering_ ? "INSERT INTO events(seq, entity_id, kind, ts, payload, scope) VALUES(?,?,?,?,?,?)"
                                : "INSERT INTO events(seq, entity_id, kind, ts, payload) VALUES(?,?,?,?,?)");
    all_ = prepare("SELECT kind, payload FROM events ORDER BY seq");
    entity_ = prepare("SELECT kind, payload FROM events WHERE entity_id=? ORDER BY seq");
    get_ = prepare("SELECT kind, payload FROM events WHERE seq=?");
    poll_ = prepare("SELECT kind, payload FROM events WHERE seq>=? ORDER BY seq LIMIT ?");
    sqlite3_stmt* const last = prepare("SELECT max(seq) FROM events");
    sqlite3_step(last);
    sqlite3_finalize(last);
  }

  void append(const workload& from, std::uint64_t first, std::uint64_t until) override {
    constexpr std::uint64_t in_transaction = 1000;
    for (std::uint64_t index = first; index < until;) {
      run("BEGIN");
      for (const std::uint64_t end = std::min(until, index + in_transaction); index < end; ++index) insert(from, index);
      run("COMMIT");
    }
  }
  void sync() override {
    check(sqlite3_wal_checkpoint_v2(database_, nullptr, SQLITE_CHECKPOINT_FULL, nullptr, nullptr));
  }

  // One connection for all threads: that's what SQLite is fastest with.
  void append_durably(const workload& from, std::uint64_t index) override {
    const std::lock_guard lock{mutex_};
    if (!full_) run("PRAGMA synchronous=FULL");
    full_ = true;
    insert(from, index);
  }

  sums replay_all() override { return read(all_); }
  sums replay_entity(std::uint32_t entity) override { return read(entity_, entity); }
  sums get(const std::vector<std::uint64_t>& indexes) override {
    sums all;
    for (const std::uint64_t index : indexes) {
      sqlite3_bind_int64(get_, 1, static_cast<sqlite3_int64>(index));
      take(get_, all);
    }
    return all;
  }
  [[nodiscard]] bool has_queries() const override { return covering_; }
  sums by_kind(std::uint16_t kind) override { return read(kind_, kind); }
  sums by_scope(std::uint32_t scope) override { return read(scope_, scope); }
  void poll(std::uint64_t index, unsigned times, sums& all) override {
    sqlite3_bind_int64(poll_, 2, static_cast<sqlite3_int64>(polled_events));
    for (; times != 0; --times, index += polled_events) {
      sqlite3_bind_int64(poll_, 1, static_cast<sqlite3_int64>(index));
      take(poll_, all);
    }
  }

 private:
  void check(int code) const {
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW)
      give_up(std::string{"SQLite: "} + sqlite3_errmsg(database_));
  }
  void run(const char* text) { check(sqlite3_exec(database_, text, nullptr, nullptr, nullptr)); }
  [[nodiscard]] sqlite3_stmt* prepare(const char* text) {
    sqlite3_stmt* made = nullptr;
    check(sqlite3_prepare_v3(database_, text, -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr));
    return made;
  }

  void insert(const workload& from, std::uint64_t index) {
    const payload content = workload::payload_of(index);
    const std::uint32_t entity = from.entity_of(index);
    sqlite3_bind_int64(insert_, 1, static_cast<sqlite3_int64>(index));
    sqlite3_bind_int64(insert_, 2, entity);
    sqlite3_bind_int64(insert_, 3, from.kind_of(index));
    sqlite3_bind_int64(insert_, 4, now_us());
    sqlite3_bind_blob(insert_, 5, &content, sizeof content, SQLITE_STATIC);
    if (covering_) sqlite3_bind_int64(insert_, 6, workload::scope_of(entity));
    check(sqlite3_step(insert_));
    sqlite3_reset(insert_);
  }

  sums read(sqlite3_stmt* statement) {
    sums all;
    take(statement, all);
    return all;
  }
  sums read(sqlite3_stmt* statement, std::uint32_t key) {
    sqlite3_bind_int64(statement, 1, key);
    return read(statement);
  }
  void take(sqlite3_stmt* statement, sums& all) {
    int code = 0;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
      payload content;
      std::memcpy(&content, sqlite3_column_blob(statement, 1), sizeof content);
      all.add(static_cast<std::uint16_t>(sqlite3_column_int(statement, 0)), content.cents, content.number);
    }
    check(code);
    sqlite3_reset(statement);
  }

  bool covering_;
  bool full_{};
  std::mutex mutex_;
  sqlite3* database_{};
  sqlite3_stmt* insert_{};
  sqlite3_stmt* all_{};
  sqlite3_stmt* entity_{};
  sqlite3_stmt* get_{};
  sqlite3_stmt* poll_{};
  sqlite3_stmt* kind_{};
  sqlite3_stmt* scope_{};
};

}  // namespace

std::unique_ptr<subject> make_sqlite(const std::string& name) {
  if (name == "sqlite") return std::make_unique<sqlite>(false);
  if (name == "sqlite_covering") return std::make_unique<sqlite>(true);
  return nullptr;
}

}  // namespace journal_bench
