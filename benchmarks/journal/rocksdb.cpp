// SPDX-License-Identifier: BSL-1.0
//
// rocksdb.cpp: RocksDB: the key is the entity's number and the event's, big-endian, so that an entity's events lie
// together; 256 events a batch (`rocksdb_1`: one by one). "Everything" comes in the order of entities, there is no
// other. Debian's package has its assertions on.
#include "measure.hpp"
#include "subject.hpp"

#include <cstring>

#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

namespace journal_bench {
namespace {

struct value_bytes {
  std::int64_t ts{};
  std::uint64_t kind{};
  payload content{};
};

struct key_bytes {
  char raw[16];
  key_bytes(std::uint64_t entity, std::uint64_t index) {
    entity = __builtin_bswap64(entity);
    index = __builtin_bswap64(index);
    std::memcpy(raw, &entity, 8);
    std::memcpy(raw + 8, &index, 8);
  }
  [[nodiscard]] rocksdb::Slice slice() const { return {raw, sizeof raw}; }
};

class rocks final : public subject {
 public:
  explicit rocks(std::uint64_t in_batch) : in_batch_{in_batch} {}

  void open(const std::string& directory) override {
    rocksdb::Options options;
    options.create_if_missing = true;
    options.compression = rocksdb::kNoCompression;
    options.write_buffer_size = std::size_t{64} << 20;
    options.max_background_jobs = 2;
    rocksdb::DB* opened = nullptr;
    check(rocksdb::DB::Open(options, directory, &opened));
    database_.reset(opened);
  }

  void append(const workload& from, std::uint64_t first, std::uint64_t until) override {
    rocksdb::WriteBatch batch;
    for (std::uint64_t index = first; index < until;) {
      for (const std::uint64_t end = std::min(until, index + in_batch_); index < end; ++index) put(batch, from, index);
      check(database_->Write({}, &batch));
      batch.Clear();
    }
  }
  /// Also makes tables of what is in memory, so that opening needn't read the log.
  void sync() override {
    check(database_->FlushWAL(true));
    check(database_->Flush({}));
  }
  void append_durably(const workload& from, std::uint64_t index) override {
    rocksdb::WriteBatch batch;
    put(batch, from, index);
    rocksdb::WriteOptions durable;
    durable.sync = true;
    check(database_->Write(durable, &batch));
  }

  sums replay_all() override {
    sums all;
    rocksdb::ReadOptions reading;
    reading.readahead_size = std::size_t{2} << 20;
    const std::unique_ptr<rocksdb::Iterator> walk{database_->NewIterator(reading)};
    for (walk->SeekToFirst(); walk->Valid(); walk->Next()) add(all, walk->value());
    check(walk->status());
    return all;
  }
  sums replay_entity(std::uint32_t entity) override {
    sums all;
    const key_bytes begin{entity, 0};
    const key_bytes end{std::uint64_t{entity} + 1, 0};
    const rocksdb::Slice bound = end.slice();
    rocksdb::ReadOptions reading;
    reading.iterate_upper_bound = &bound;
    const std::unique_ptr<rocksdb::Iterator> walk{database_->NewIterator(reading)};
    for (walk->Seek(begin.slice()); walk->Valid(); walk->Next()) add(all, walk->value());
    check(walk->status());
    return all;
  }
  void prepare_gets(const std::vector<std::uint64_t>& indexes) override {
    keys_.clear();
    for (const std::uint64_t index : indexes) keys_.emplace_back(known_.entity_of(index), index);
  }
  sums get(const std::vector<std::uint64_t>& indexes) override {
    sums all;
    rocksdb::PinnableSlice found;
    for (std::size_t position = 0; position < indexes.size(); ++position) {
      check(database_->Get({}, database_->DefaultColumnFamily(), keys_[position].slice(), &found));
      add(all, found);
      found.Reset();
    }
    return all;
  }
  /// An event is found by its entity and number alone.
  void know(const workload& from) override { known_ = from; }

 private:
  static void check(const rocksdb::Status& status) {
    if (!status.ok()) give_up("RocksDB: " + status.ToString());
  }
  static void put(rocksdb::WriteBatch& batch, const workload& from, std::uint64_t index) {
    const value_bytes value{now_us(), from.kind_of(index), workload::payload_of(index)};
    const key_bytes key{from.entity_of(index), index};
    check(batch.Put(key.slice(), {reinterpret_cast<const char*>(&value), sizeof value}));
  }
  static void add(sums& all, const rocksdb::Slice& raw) {
    value_bytes value;
    std::memcpy(&value, raw.data(), sizeof value);
    all.add(static_cast<std::uint16_t>(value.kind), value.content.cents, value.content.number);
  }

  std::uint64_t in_batch_;
  workload known_{};
  std::vector<key_bytes> keys_;
  std::unique_ptr<rocksdb::DB> database_;
};

}  // namespace

std::unique_ptr<subject> make_rocksdb(const std::string& name) {
  if (name == "rocksdb") return std::make_unique<rocks>(256);
  if (name == "rocksdb_1") return std::make_unique<rocks>(1);
  return nullptr;
}

}  // namespace journal_bench
