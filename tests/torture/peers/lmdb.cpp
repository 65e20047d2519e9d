// SPDX-License-Identifier: BSL-1.0
//
// lmdb.cpp: LMDB with its default flags, which flush at each commit.
#include "peer.hpp"

#include <lmdb.h>

#include <stdexcept>

namespace torture {
namespace {

void check(int code) {
  if (code != 0) throw std::runtime_error{std::string{"LMDB: "} + mdb_strerror(code)};
}
MDB_val value_of(std::string& text) { return {text.size(), text.data()}; }
std::string_view text_of(const MDB_val& value) { return {static_cast<const char*>(value.mv_data), value.mv_size}; }

class lmdb_store final : public opened_store {
 public:
  /// To be checked, a store is opened for reading: opened for writing, LMDB makes a new one of an empty file.
  lmdb_store(const std::filesystem::path& folder, purpose why) {
    MDB_env* made = nullptr;
    check(mdb_env_create(&made));
    environment_.reset(made);
    check(mdb_env_set_mapsize(made, std::size_t{16} << 20));
    check(mdb_env_open(made, folder.c_str(), why == purpose::check ? MDB_RDONLY : 0, 0644));
  }

  void append(std::uint64_t first, std::uint64_t count) override {
    transaction change{environment_.get(), 0};
    for (std::uint64_t number = first; number < first + count; ++number) {
      std::string key = key_of(number);
      std::string payload = payload_of(number);
      MDB_val key_value = value_of(key);
      MDB_val payload_value = value_of(payload);
      check(mdb_put(change.get(), change.table(), &key_value, &payload_value, 0));
    }
    change.commit();
  }
  void read(const visitor& visit) override {
    const transaction look{environment_.get(), MDB_RDONLY};
    MDB_cursor* walk = nullptr;
    check(mdb_cursor_open(look.get(), look.table(), &walk));
    const std::unique_ptr<MDB_cursor, void (*)(MDB_cursor*)> closer{walk, mdb_cursor_close};
    MDB_val key{};
    MDB_val payload{};
    int code = 0;
    while ((code = mdb_cursor_get(walk, &key, &payload, MDB_NEXT)) == 0)
      visit(number_of(text_of(key)), text_of(payload));
    if (code != MDB_NOTFOUND) check(code);
  }

 private:
  class transaction {
   public:
    transaction(MDB_env* of, unsigned flags) {
      check(mdb_txn_begin(of, nullptr, flags, &begun_));
      if (const int code = mdb_dbi_open(begun_, nullptr, 0, &table_); code != 0) {
        mdb_txn_abort(begun_);
        check(code);
      }
    }
    transaction(const transaction&) = delete;
    transaction& operator=(const transaction&) = delete;
    ~transaction() {
      if (begun_ != nullptr) mdb_txn_abort(begun_);
    }

    [[nodiscard]] MDB_txn* get() const { return begun_; }
    [[nodiscard]] MDB_dbi table() const { return table_; }
    void commit() {
      MDB_txn* const ended = begun_;
      begun_ = nullptr;
      check(mdb_txn_commit(ended));
    }

   private:
    MDB_txn* begun_{};
    MDB_dbi table_{};
  };

  std::unique_ptr<MDB_env, void (*)(MDB_env*)> environment_{nullptr, mdb_env_close};
};

}  // namespace

std::vector<peer> lmdb_peers() {
  int major = 0;
  int minor = 0;
  int patch = 0;
  mdb_version(&major, &minor, &patch);
  return {{"LMDB", std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch),
           "default flags; checked with `MDB_RDONLY`", false,
           [](const std::filesystem::path& folder, purpose why) { return std::make_unique<lmdb_store>(folder, why); }}};
}

}  // namespace torture
