// SPDX-License-Identifier: BSL-1.0
//
// sqlite.cpp: SQLite with a write-ahead log and `synchronous=FULL`, the setting for which it promises durability.
// Checks can have it look for structural damage first.
#include "peer.hpp"

#include <sqlite3.h>

#include <stdexcept>

namespace torture {
namespace {

class sqlite_store final : public opened_store {
 public:
  sqlite_store(const std::filesystem::path& folder, purpose why, bool is_examined) {
    const int flags = SQLITE_OPEN_READWRITE | (why == purpose::write ? SQLITE_OPEN_CREATE : 0);
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2((folder / "records.sqlite").c_str(), &opened, flags, nullptr);
    database_.reset(opened);
    check(code);
    run("PRAGMA journal_mode=WAL");
    run("PRAGMA synchronous=FULL");
    run("PRAGMA wal_autocheckpoint=50");
    if (why == purpose::check && is_examined) examine();
    if (why == purpose::write) run("CREATE TABLE IF NOT EXISTS records(number INTEGER PRIMARY KEY, payload BLOB)");
  }

  void append(std::uint64_t first, std::uint64_t count) override {
    run("BEGIN");
    {
      const statement insert{*this, "INSERT INTO records(number, payload) VALUES(?, ?)"};
      for (std::uint64_t number = first; number < first + count; ++number) {
        const std::string payload = payload_of(number);
        sqlite3_bind_int64(insert.get(), 1, static_cast<sqlite3_int64>(number));
        sqlite3_bind_blob(insert.get(), 2, payload.data(), static_cast<int>(payload.size()), SQLITE_STATIC);
        insert.next();
        check(sqlite3_reset(insert.get()));
      }
    }
    run("COMMIT");
  }
  void settle() override { run("PRAGMA wal_checkpoint(TRUNCATE)"); }
  void read(const visitor& visit) override {
    const statement all{*this, "SELECT number, payload FROM records ORDER BY number"};
    while (all.next()) visit(static_cast<std::uint64_t>(sqlite3_column_int64(all.get(), 0)), all.bytes(1));
  }

 private:
  class statement {
   public:
    statement(sqlite_store& of, const char* text) : of_{of} {
      of.check(sqlite3_prepare_v2(of.database_.get(), text, -1, &made_, nullptr));
    }
    statement(const statement&) = delete;
    statement& operator=(const statement&) = delete;
    ~statement() { sqlite3_finalize(made_); }

    [[nodiscard]] sqlite3_stmt* get() const { return made_; }
    /// Whether there is a row.
    bool next() const {
      const int code = sqlite3_step(made_);
      if (code != SQLITE_ROW && code != SQLITE_DONE) of_.check(code);
      return code == SQLITE_ROW;
    }
    [[nodiscard]] std::string_view bytes(int column) const {
      const auto* const data = static_cast<const char*>(sqlite3_column_blob(made_, column));
      return {data, data == nullptr ? 0 : static_cast<std::size_t>(sqlite3_column_bytes(made_, column))};
    }

   private:
    sqlite_store& of_;
    sqlite3_stmt* made_{};
  };

  void examine() {
    const statement all{*this, "PRAGMA integrity_check"};
    while (all.next())
      if (all.bytes(0) != "ok") throw std::runtime_error{"SQLite: " + std::string{all.bytes(0)}};
  }
  void check(int code) const {
    if (code != SQLITE_OK) throw std::runtime_error{std::string{"SQLite: "} + sqlite3_errmsg(database_.get())};
  }
  void run(const char* text) const { check(sqlite3_exec(database_.get(), text, nullptr, nullptr, nullptr)); }

  std::unique_ptr<sqlite3, int (*)(sqlite3*)> database_{nullptr, sqlite3_close};
};

peer sqlite_peer(std::string name, std::string settings, bool is_examined) {
  return {std::move(name), sqlite3_libversion(), std::move(settings), is_examined,
          [is_examined](const std::filesystem::path& folder, purpose why) {
            return std::make_unique<sqlite_store>(folder, why, is_examined);
          }};
}

}  // namespace

std::vector<peer> sqlite_peers() {
  return {sqlite_peer("SQLite", "`journal_mode=WAL`, `synchronous=FULL`, `wal_autocheckpoint=50`", false),
          sqlite_peer("SQLite, examined", "the same, and `integrity_check` before reading", true)};
}

}  // namespace torture
