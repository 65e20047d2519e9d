// SPDX-License-Identifier: BSL-1.0
//
// level_and_rocks.cpp: LevelDB and RocksDB, whose interfaces are nearly the same. Every commit is synced, and checksums
// are verified when reading. Small buffers make tables of a small store. Debian's packages have assertions on.
#include "peer.hpp"

#include <leveldb/db.h>
#include <leveldb/write_batch.h>
#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/version.h>
#include <rocksdb/write_batch.h>

#include <stdexcept>

namespace torture {
namespace {

constexpr std::size_t buffer_bytes = std::size_t{64} << 10;

struct leveldb_names {
  using database = leveldb::DB;
  using iterator = leveldb::Iterator;
  using batch = leveldb::WriteBatch;
  using write_options = leveldb::WriteOptions;
  using read_options = leveldb::ReadOptions;

  static leveldb::Options options(bool is_paranoid) {
    leveldb::Options chosen;
    chosen.write_buffer_size = buffer_bytes;
    chosen.paranoid_checks = is_paranoid;
    return chosen;
  }
  static void settle(database& of) { of.CompactRange(nullptr, nullptr); }
};

struct rocksdb_names {
  using database = rocksdb::DB;
  using iterator = rocksdb::Iterator;
  using batch = rocksdb::WriteBatch;
  using write_options = rocksdb::WriteOptions;
  using read_options = rocksdb::ReadOptions;

  static rocksdb::Options options(bool is_paranoid) {
    rocksdb::Options chosen;
    chosen.write_buffer_size = buffer_bytes;
    chosen.manifest_preallocation_size = buffer_bytes;
    chosen.stats_dump_period_sec = 0;
    chosen.stats_persist_period_sec = 0;
    if (is_paranoid) chosen.wal_recovery_mode = rocksdb::WALRecoveryMode::kAbsoluteConsistency;
    return chosen;
  }
  static void settle(database& of) {
    if (const rocksdb::Status status = of.Flush({}); !status.ok()) throw std::runtime_error{status.ToString()};
  }
};

template <class Names>
class table_store final : public opened_store {
 public:
  table_store(const std::filesystem::path& folder, purpose why, bool is_paranoid) {
    auto options = Names::options(is_paranoid);
    options.create_if_missing = why == purpose::write;
    typename Names::database* opened = nullptr;
    check(Names::database::Open(options, folder.string(), &opened));
    database_.reset(opened);
  }

  void append(std::uint64_t first, std::uint64_t count) override {
    typename Names::batch commit;
    for (std::uint64_t number = first; number < first + count; ++number) commit.Put(key_of(number), payload_of(number));
    typename Names::write_options durable;
    durable.sync = true;
    check(database_->Write(durable, &commit));
  }
  void settle() override { Names::settle(*database_); }
  void read(const visitor& visit) override {
    typename Names::read_options reading;
    reading.verify_checksums = true;
    const std::unique_ptr<typename Names::iterator> walk{database_->NewIterator(reading)};
    for (walk->SeekToFirst(); walk->Valid(); walk->Next())
      visit(number_of({walk->key().data(), walk->key().size()}), {walk->value().data(), walk->value().size()});
    check(walk->status());
  }

 private:
  template <class Status>
  static void check(const Status& status) {
    if (!status.ok()) throw std::runtime_error{status.ToString()};
  }

  std::unique_ptr<typename Names::database> database_;
};

template <class Names>
peer table_peer(std::string name, std::string version, std::string settings, bool is_paranoid) {
  return {std::move(name), std::move(version), std::move(settings), is_paranoid,
          [is_paranoid](const std::filesystem::path& folder, purpose why) {
            return std::make_unique<table_store<Names>>(folder, why, is_paranoid);
          }};
}

}  // namespace

std::vector<peer> leveldb_peers() {
  const std::string version = std::to_string(leveldb::kMajorVersion) + "." + std::to_string(leveldb::kMinorVersion);
  return {
      table_peer<leveldb_names>("LevelDB", version, "`sync`, `verify_checksums`; `write_buffer_size` of 64 KiB", false),
      table_peer<leveldb_names>("LevelDB, paranoid", version, "the same, and `paranoid_checks`", true)};
}

std::vector<peer> rocksdb_peers() {
  const std::string version =
      std::to_string(ROCKSDB_MAJOR) + "." + std::to_string(ROCKSDB_MINOR) + "." + std::to_string(ROCKSDB_PATCH);
  return {table_peer<rocksdb_names>("RocksDB", version,
                                    "`sync`, `verify_checksums`, `paranoid_checks`, `kPointInTimeRecovery` (the "
                                    "default); `write_buffer_size` of 64 KiB",
                                    false),
          table_peer<rocksdb_names>("RocksDB, absolute", version, "the same, and `kAbsoluteConsistency`", true)};
}

}  // namespace torture
