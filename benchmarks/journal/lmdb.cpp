// SPDX-License-Identifier: BSL-1.0
//
// lmdb.cpp: LMDB as an expert sets it up: NOSYNC, WRITEMAP and APPEND, integer keys, postings in DUPFIXED lists, 1,000
// events a transaction (`lmdb_10000`: ten times that). `lmdb_covering` has the payload in the entity's list, which
// makes a replay a walk over pages full of payloads, and lists by kind and scope. An event that must be durable is a
// transaction without NOSYNC.
#include "measure.hpp"
#include "subject.hpp"

#include <algorithm>
#include <cstring>
#include <mutex>

#include <lmdb.h>

namespace journal_bench {
namespace {

struct record {
  std::uint32_t entity{};
  std::uint16_t kind{};
  std::uint16_t scope{};
  std::int64_t ts{};
  payload content{};
};
static_assert(sizeof(record) == 48);

/// An entry of an entity's list; the number is big-endian, because lists are in the order of bytes.
struct covered {
  std::uint64_t sequence_big_endian{};
  std::uint64_t kind{};
  payload content{};
};
static_assert(sizeof(covered) == 48);

class lmdb final : public subject {
 public:
  lmdb(bool covering, std::uint64_t in_transaction) : covering_{covering}, in_transaction_{in_transaction} {}
  ~lmdb() override {
    if (reading_ != nullptr) mdb_txn_abort(reading_);
    if (environment_ != nullptr) mdb_env_close(environment_);
  }

  void open(const std::string& directory) override { open_with(directory, MDB_NOSYNC | MDB_WRITEMAP); }
  void open_with(const std::string& directory, unsigned flags) {
    directory_ = directory;
    check(mdb_env_create(&environment_));
    check(mdb_env_set_mapsize(environment_, std::size_t{16} << 30));
    check(mdb_env_set_maxdbs(environment_, 8));
    check(mdb_env_open(environment_, directory.c_str(), flags, 0644));
    MDB_txn* begin = nullptr;
    if (mdb_txn_begin(environment_, nullptr, MDB_RDONLY, &begin) == 0 &&
        mdb_dbi_open(begin, "events", MDB_INTEGERKEY, &events_) == 0) {
      open_lists(begin, 0);
      check(mdb_txn_commit(begin));  // what was opened stays open
      return;
    }
    mdb_txn_abort(begin);
    check(mdb_txn_begin(environment_, nullptr, 0, &begin));
    check(mdb_dbi_open(begin, "events", MDB_INTEGERKEY | MDB_CREATE, &events_));
    open_lists(begin, MDB_CREATE);
    check(mdb_txn_commit(begin));
  }

  void append(const workload& from, std::uint64_t first, std::uint64_t until) override {
    end_reading();
    for (std::uint64_t index = first; index < until;) {
      MDB_txn* transaction = nullptr;
      check(mdb_txn_begin(environment_, nullptr, 0, &transaction));
      for (const std::uint64_t end = std::min(until, index + in_transaction_); index < end; ++index)
        put(transaction, from, index);
      check(mdb_txn_commit(transaction));
    }
  }
  void sync() override { check(mdb_env_sync(environment_, 1)); }

  void append_durably(const workload& from, std::uint64_t index) override {
    const std::lock_guard lock{mutex_};
    if (!durable_) {
      mdb_env_close(environment_);
      open_with(directory_, 0);
      durable_ = true;
    }
    MDB_txn* transaction = nullptr;
    check(mdb_txn_begin(environment_, nullptr, 0, &transaction));
    put(transaction, from, std::max(index, next_durable_));  // in the order of the commits, which APPEND needs
    next_durable_ = std::max(index, next_durable_) + 1;
    check(mdb_txn_commit(transaction));
  }

  sums replay_all() override {
    sums all;
    const cursor walk{*this, events_};
    MDB_val key{};
    MDB_val value{};
    for (MDB_cursor_op next = MDB_FIRST; mdb_cursor_get(walk.get(), &key, &value, next) == 0; next = MDB_NEXT)
      add(all, value);
    return all;
  }
  sums replay_entity(std::uint32_t entity) override {
    sums all;
    if (!covering_) return by_list(entities_, entity);
    for_list(entities_, entity, [&](const MDB_val& page) {
      const char* at = static_cast<const char*>(page.mv_data);
      for (const char* const end = at + page.mv_size; at != end; at += sizeof(covered)) {
        covered entry;
        std::memcpy(&entry, at, sizeof entry);
        all.add(static_cast<std::uint16_t>(entry.kind), entry.content.cents, entry.content.number);
      }
    });
    return all;
  }
  sums get(const std::vector<std::uint64_t>& indexes) override {
    sums all;
    for (const std::uint64_t index : indexes) get_one(all, index);
    return all;
  }
  [[nodiscard]] bool has_queries() const override { return covering_; }
  sums by_kind(std::uint16_t kind) override { return by_list(kinds_, kind); }
  sums by_scope(std::uint32_t scope) override { return by_list(scopes_, scope); }
  /// Each time with the transaction renewed, without which it would see nothing new.
  void poll(std::uint64_t index, unsigned times, sums& all) override {
    const cursor walk{*this, events_};
    MDB_val key{sizeof index, &index};
    MDB_val value{};
    for (; times != 0; --times, index += polled_events) {
      mdb_txn_reset(reading_);
      check(mdb_txn_renew(reading_));
      check(mdb_cursor_renew(reading_, walk.get()));
      key = {sizeof index, &index};
      MDB_cursor_op next = MDB_SET_RANGE;
      for (std::size_t left = polled_events; left != 0 && mdb_cursor_get(walk.get(), &key, &value, next) == 0; --left) {
        add(all, value);
        next = MDB_NEXT;
      }
    }
  }

 private:
  class cursor {
   public:
    cursor(lmdb& of, MDB_dbi table) { check(mdb_cursor_open(of.reading(), table, &cursor_)); }
    cursor(const cursor&) = delete;
    cursor& operator=(const cursor&) = delete;
    ~cursor() { mdb_cursor_close(cursor_); }
    [[nodiscard]] MDB_cursor* get() const noexcept { return cursor_; }

   private:
    MDB_cursor* cursor_{};
  };

  static void check(int code) {
    if (code != 0) give_up(std::string{"LMDB: "} + mdb_strerror(code));
  }
  void open_lists(MDB_txn* transaction, unsigned create) {
    constexpr unsigned numbers = MDB_INTEGERKEY | MDB_DUPSORT | MDB_DUPFIXED | MDB_INTEGERDUP;
    check(mdb_dbi_open(transaction, "entities",
                       create | (covering_ ? MDB_INTEGERKEY | MDB_DUPSORT | MDB_DUPFIXED : numbers), &entities_));
    if (!covering_) return;
    check(mdb_dbi_open(transaction, "kinds", create | numbers, &kinds_));
    check(mdb_dbi_open(transaction, "scopes", create | numbers, &scopes_));
  }
  [[nodiscard]] MDB_txn* reading() {
    if (reading_ == nullptr) check(mdb_txn_begin(environment_, nullptr, MDB_RDONLY, &reading_));
    return reading_;
  }
  void end_reading() {
    if (reading_ != nullptr) mdb_txn_abort(reading_);
    reading_ = nullptr;
  }

  static void put_in(MDB_txn* transaction, MDB_dbi table, std::uint64_t key_number, void* data, std::size_t size,
                     unsigned flags) {
    MDB_val key{sizeof key_number, &key_number};
    MDB_val value{size, data};
    check(mdb_put(transaction, table, &key, &value, flags));
  }
  void put(MDB_txn* transaction, const workload& from, std::uint64_t index) {
    record stored;
    stored.entity = from.entity_of(index);
    stored.kind = from.kind_of(index);
    stored.scope = static_cast<std::uint16_t>(workload::scope_of(stored.entity));
    stored.ts = now_us();
    stored.content = workload::payload_of(index);
    put_in(transaction, events_, index, &stored, sizeof stored, MDB_APPEND);
    if (covering_) {
      covered entry{__builtin_bswap64(index), stored.kind, stored.content};
      put_in(transaction, entities_, stored.entity, &entry, sizeof entry, MDB_APPENDDUP);
      put_in(transaction, kinds_, stored.kind, &index, sizeof index, MDB_APPENDDUP);
      put_in(transaction, scopes_, stored.scope, &index, sizeof index, MDB_APPENDDUP);
    } else {
      put_in(transaction, entities_, stored.entity, &index, sizeof index, MDB_APPENDDUP);
    }
  }

  static void add(sums& all, const MDB_val& value) {
    record stored;
    std::memcpy(&stored, value.mv_data, sizeof stored);
    all.add(stored.kind, stored.content.cents, stored.content.number);
  }
  void get_one(sums& all, std::uint64_t index) {
    MDB_val key{sizeof index, &index};
    MDB_val value{};
    check(mdb_get(reading(), events_, &key, &value));
    add(all, value);
  }

  /// A list, as many entries at a time as a page holds.
  template <class Visit>
  void for_list(MDB_dbi table, std::uint64_t number, Visit&& visit) {
    const cursor walk{*this, table};
    MDB_val key{sizeof number, &number};
    MDB_val page{};
    if (mdb_cursor_get(walk.get(), &key, &page, MDB_SET) != 0) return;
    for (int code = mdb_cursor_get(walk.get(), &key, &page, MDB_GET_MULTIPLE); code == 0;
         code = mdb_cursor_get(walk.get(), &key, &page, MDB_NEXT_MULTIPLE))
      visit(page);
  }
  sums by_list(MDB_dbi table, std::uint64_t number) {
    sums all;
    for_list(table, number, [&](const MDB_val& page) {
      const char* at = static_cast<const char*>(page.mv_data);
      for (const char* const end = at + page.mv_size; at != end; at += sizeof(std::uint64_t)) {
        std::uint64_t index;
        std::memcpy(&index, at, sizeof index);
        get_one(all, index);
      }
    });
    return all;
  }

  bool covering_;
  bool durable_{};
  std::uint64_t in_transaction_;
  std::uint64_t next_durable_{};
  std::string directory_;
  std::mutex mutex_;
  MDB_env* environment_{};
  MDB_txn* reading_{};
  MDB_dbi events_{};
  MDB_dbi entities_{};
  MDB_dbi kinds_{};
  MDB_dbi scopes_{};
};

}  // namespace

std::unique_ptr<subject> make_lmdb(const std::string& name) {
  if (name == "lmdb") return std::make_unique<lmdb>(false, 1000);
  if (name == "lmdb_10000") return std::make_unique<lmdb>(false, 10'000);
  if (name == "lmdb_covering") return std::make_unique<lmdb>(true, 1000);
  return nullptr;
}

}  // namespace journal_bench
