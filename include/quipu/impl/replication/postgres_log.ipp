// SPDX-License-Identifier: BSL-1.0
//
// postgres_log.ipp: see replication/postgres_log.hpp.
#pragma once

#include "../../replication/detail/idle_pool.hpp"
#include "../../replication/postgres_log.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <memory>
#include <mutex>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <libpq-fe.h>
#include <poll.h>

namespace quipu::detail::inline QUIPU_MODE {

/// Destroys what libpq gives out.
struct postgres_deleter {
  void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
  void operator()(PGnotify* notification) const noexcept { PQfreemem(notification); }
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
template <class Type>
using postgres_owned = std::unique_ptr<Type, postgres_deleter>;

using postgres_time = std::chrono::steady_clock::time_point;

/// A value of a statement: text, or bytes.
struct postgres_value {
  std::span<const std::byte> bytes;
  bool is_text;

  explicit postgres_value(const std::string& text)
      : bytes{std::as_bytes(std::span{text.c_str(), text.size() + 1})}, is_text{true} {}
  explicit postgres_value(std::span<const std::byte> raw) : bytes{raw}, is_text{false} {}
};

/// A number as the text of a bigint; those above the largest bigint become that.
QUIPU_DECL std::string bigint_text(std::uint64_t number) {
  return std::to_string(std::min(number, std::uint64_t{std::numeric_limits<std::int64_t>::max()}));
}

/// What libpq or the server says, in one line. Empty if it says nothing.
QUIPU_DECL std::string postgres_message(const char* said) {
  std::string message{said};
  while (!message.empty() && message.back() == '\n') message.pop_back();
  std::replace(message.begin(), message.end(), '\n', ' ');
  return message.empty() ? message : "PostgreSQL: " + message;
}

/// What became of a statement.
struct postgres_answer {
  enum class fate : std::uint8_t {
    committed = 0,
    refused = 1,  ///< the server said why, and nothing of it happened
    unknown = 2,  ///< there was no answer, or the server warned that it did not keep its promises
  };

  fate what{fate::unknown};
  postgres_owned<PGresult> rows{};
  std::string sqlstate{};  ///< if it was refused
  std::string message{};   ///< if it was not committed

  [[nodiscard]] bool is_committed() const { return what == fate::committed; }
  [[nodiscard]] int size() const { return PQntuples(rows.get()); }
  [[nodiscard]] bool is_null(int row, int column) const { return PQgetisnull(rows.get(), row, column) != 0; }
  [[nodiscard]] std::span<const std::byte> bytes(int row, int column) const {
    return {reinterpret_cast<const std::byte*>(PQgetvalue(rows.get(), row, column)),
            static_cast<std::size_t>(PQgetlength(rows.get(), row, column))};
  }
  /// A bigint.
  [[nodiscard]] std::uint64_t number(int row, int column) const {
    std::uint64_t value{};
    std::memcpy(&value, bytes(row, column).data(), sizeof value);
    return big_endian(value);
  }
};

/// Whether a later attempt may be accepted: a lost connection, a conflict of transactions, too few resources, a server
/// that starts, stops or is a standby.
QUIPU_DECL bool is_passing(std::string_view sqlstate) {
  for (const std::string_view beginning : {"08", "40", "53", "55", "57", "25006"})
    if (sqlstate.starts_with(beginning)) return true;
  return false;
}

/// The SQLSTATE in the verbose message of a connection that the server refused, "FATAL:  28P01: ..."; empty if the
/// server was not reached. libpq tells it in no other way.
QUIPU_DECL std::string_view sqlstate_in(std::string_view message) {
  constexpr std::size_t size = 5;
  const auto is_code = [](char letter) { return (letter >= '0' && letter <= '9') || (letter >= 'A' && letter <= 'Z'); };
  for (std::size_t at = message.find(":  "); at != message.npos; at = message.find(":  ", at + 1)) {
    const std::string_view code = message.substr(at + 3, size);
    if (code.size() == size && std::all_of(code.begin(), code.end(), is_code) &&
        message.substr(at + 3 + size).starts_with(": "))
      return code;
  }
  return {};
}

/// The failure of a statement that changed nothing, or whose change can be made again.
QUIPU_DECL outcome_error postgres_failure(const postgres_answer& answer) {
  const bool is_refused = answer.what == postgres_answer::fate::refused && !is_passing(answer.sqlstate);
  return from_error(error{is_refused ? errc::io_failed : errc::unavailable, answer.message});
}

}  // namespace quipu::detail::inline QUIPU_MODE

namespace quipu::inline QUIPU_MODE {

/// A connection to the server. Not thread-safe. One that failed is of no more use.
class postgres_log::session {
 public:
  /// `errc::unavailable`, or `errc::io_failed` if the server refuses the user, the password or the database.
  static outcome<std::unique_ptr<session>> open(const std::string& address, detail::postgres_time end);

  /// Runs one statement as a transaction of its own.
  detail::postgres_answer run(const std::string& statement, std::initializer_list<detail::postgres_value> values,
                              detail::postgres_time end);

  /// Whether the server has closed the connection, as far as it is known.
  [[nodiscard]] bool is_open() const {
    return PQconsumeInput(connection_.get()) != 0 && PQstatus(connection_.get()) == CONNECTION_OK;
  }

  [[nodiscard]] bool is_listening() const { return is_listening_; }
  detail::postgres_answer listen(const std::string& channel, detail::postgres_time end);
  /// Takes all notifications that have arrived; returns whether there was one.
  bool take_notifications();
  /// Waits until a notification arrives or `end`. Returns false if the connection failed.
  bool wait_for_notification(detail::postgres_time end);

 private:
  explicit session(PGconn* connection) : connection_{connection} {}

  /// Waits for the socket; returns false at `end`.
  [[nodiscard]] bool wait(short events, detail::postgres_time end) const;
  [[nodiscard]] bool connect(detail::postgres_time end);
  [[nodiscard]] error connect_failure() const;
  [[nodiscard]] bool flush(detail::postgres_time end);
  /// Waits for one more result; empty after the last one. Returns false if the connection failed or at `end`.
  [[nodiscard]] bool receive(detail::postgres_owned<PGresult>& result, detail::postgres_time end);
  [[nodiscard]] std::string last_message() const;
  static void on_notice(void* self, const PGresult* notice);

  detail::postgres_owned<PGconn> connection_;
  bool is_listening_{};
  std::string warning_{};  // of the statement that runs
};

QUIPU_DECL std::string postgres_log::session::last_message() const {
  const auto said = detail::postgres_message(PQerrorMessage(connection_.get()));
  return said.empty() ? "PostgreSQL: no answer in time" : said;
}

QUIPU_DECL bool postgres_log::session::wait(short events, detail::postgres_time end) const {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
  const auto bounded = std::clamp<std::int64_t>(left.count(), 0, std::numeric_limits<int>::max());
  pollfd socket{PQsocket(connection_.get()), events, 0};
  return poll(&socket, 1, static_cast<int>(bounded)) != 0;  // after a signal the caller looks at the socket again
}

QUIPU_DECL bool postgres_log::session::connect(detail::postgres_time end) {
  if (PQstatus(connection_.get()) == CONNECTION_BAD) return false;
  for (auto step = PGRES_POLLING_WRITING; step != PGRES_POLLING_OK; step = PQconnectPoll(connection_.get())) {
    if (step == PGRES_POLLING_FAILED) return false;
    if (!wait(step == PGRES_POLLING_READING ? POLLIN : POLLOUT, end)) return false;
  }
  return PQsetnonblocking(connection_.get(), 1) == 0;
}

QUIPU_DECL error postgres_log::session::connect_failure() const {
  const std::string message = last_message();
  const std::string_view sqlstate = detail::sqlstate_in(message);
  const bool is_refused =
      PQconnectionNeedsPassword(connection_.get()) != 0 || (!sqlstate.empty() && !detail::is_passing(sqlstate));
  return error{is_refused ? errc::io_failed : errc::unavailable, message};
}

QUIPU_DECL void postgres_log::session::on_notice(void* self, const PGresult* notice) {
  const char* const severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
  if (severity != nullptr && std::string_view{severity} == "WARNING")
    static_cast<session*>(self)->warning_ = detail::postgres_message(PQresultErrorMessage(notice));
}

QUIPU_DECL outcome<std::unique_ptr<postgres_log::session>> postgres_log::session::open(const std::string& address,
                                                                                       detail::postgres_time end) {
  const char* const keywords[]{"fallback_application_name", "dbname", nullptr};
  const char* const values[]{"quipu", address.c_str(), nullptr};
  std::unique_ptr<session> made{new session{PQconnectStartParams(keywords, values, 1)}};
  if (!made->connection_) throw std::bad_alloc{};
  PQsetErrorVerbosity(made->connection_.get(), PQERRORS_VERBOSE);
  if (!made->connect(end)) return from_error(made->connect_failure());
  PQsetErrorVerbosity(made->connection_.get(), PQERRORS_DEFAULT);
  PQsetNoticeReceiver(made->connection_.get(), &session::on_notice, made.get());
  // A stronger setting of the user, the database or the server stays.
  const auto set = made->run(
      "select set_config('synchronous_commit', case current_setting('synchronous_commit')"
      " when 'remote_apply' then 'remote_apply' else 'on' end, false),"
      " set_config('default_transaction_isolation', 'read committed', false)",
      {}, end);
  if (!set.is_committed()) return detail::postgres_failure(set);
  return made;
}

QUIPU_DECL bool postgres_log::session::flush(detail::postgres_time end) {
  for (;;) {
    const int left = PQflush(connection_.get());
    if (left <= 0) return left == 0;
    if (!wait(POLLIN | POLLOUT, end)) return false;
    if (PQconsumeInput(connection_.get()) == 0) return false;
  }
}

QUIPU_DECL bool postgres_log::session::receive(detail::postgres_owned<PGresult>& result, detail::postgres_time end) {
  while (PQisBusy(connection_.get()) != 0) {
    if (!wait(POLLIN, end)) return false;
    if (PQconsumeInput(connection_.get()) == 0) return false;
  }
  result.reset(PQgetResult(connection_.get()));
  return true;
}

QUIPU_DECL detail::postgres_answer postgres_log::session::run(const std::string& statement,
                                                              std::initializer_list<detail::postgres_value> values,
                                                              detail::postgres_time end) {
  std::vector<const char*> begins;
  std::vector<int> lengths;
  std::vector<int> formats;
  for (const auto& value : values) {
    // A null pointer would be a null value.
    begins.push_back(value.bytes.empty() ? "" : reinterpret_cast<const char*>(value.bytes.data()));
    lengths.push_back(static_cast<int>(value.bytes.size()));
    formats.push_back(value.is_text ? 0 : 1);
  }
  warning_.clear();
  const bool is_sent = PQsendQueryParams(connection_.get(), statement.c_str(), static_cast<int>(begins.size()), nullptr,
                                         begins.data(), lengths.data(), formats.data(), 1) != 0 &&
                       flush(end);
  // The server sends the rows before it commits. That there is no further result says that it has committed.
  detail::postgres_answer answer;
  detail::postgres_owned<PGresult> next;
  bool is_complete = false;
  while (is_sent && !is_complete && receive(next, end)) {
    is_complete = !next;
    if (is_complete) break;
    if (PQresultStatus(next.get()) == PGRES_FATAL_ERROR) {
      const char* const sqlstate = PQresultErrorField(next.get(), PG_DIAG_SQLSTATE);
      answer.sqlstate = sqlstate == nullptr ? "" : sqlstate;
      answer.message = detail::postgres_message(PQresultErrorMessage(next.get()));
    }
    answer.rows = std::move(next);
  }
  if (!is_complete || PQstatus(connection_.get()) != CONNECTION_OK) {
    if (answer.message.empty()) answer.message = last_message();
  } else if (!answer.message.empty()) {
    answer.what = detail::postgres_answer::fate::refused;
  } else if (!warning_.empty()) {
    // As when the wait for a synchronous standby was cancelled: committed, but not where it should be.
    answer.message = warning_;
  } else {
    answer.what = detail::postgres_answer::fate::committed;
  }
  return answer;
}

QUIPU_DECL detail::postgres_answer postgres_log::session::listen(const std::string& channel,
                                                                 detail::postgres_time end) {
  auto answer = run("listen " + channel, {}, end);
  is_listening_ = answer.is_committed();
  return answer;
}

QUIPU_DECL bool postgres_log::session::take_notifications() {
  bool is_any = false;
  while (detail::postgres_owned<PGnotify>{PQnotifies(connection_.get())}) is_any = true;
  return is_any;
}

QUIPU_DECL bool postgres_log::session::wait_for_notification(detail::postgres_time end) {
  while (!take_notifications() && wait(POLLIN, end))
    if (PQconsumeInput(connection_.get()) == 0) return false;
  return true;
}

class postgres_log::state {
 public:
  state(std::string address, std::string table, postgres_options options);

  outcome<std::uint64_t> append(std::span<const std::byte> record, const event_id& id);
  outcome<std::vector<shared_record>> read(std::uint64_t from, std::size_t limit, std::chrono::milliseconds wait);
  outcome<shared_log_extent> extent();
  outcome<void> trim(std::uint64_t below);

 private:
  using sessions = detail::idle_pool<session>;

  [[nodiscard]] detail::postgres_time time_limit() const { return std::chrono::steady_clock::now() + options_.timeout; }

  /// Takes a session of `idle` or opens one. Makes the tables if this object has not seen them yet.
  outcome<std::unique_ptr<session>> take(sessions& idle, detail::postgres_time end);
  outcome<void> make_tables(session& through, detail::postgres_time end);
  /// Runs a statement in an idle session; an error if there is none.
  outcome<detail::postgres_answer> run(const std::string& statement,
                                       std::initializer_list<detail::postgres_value> values, detail::postgres_time end);
  [[nodiscard]] static std::vector<shared_record> records_of(const detail::postgres_answer& answer);
  [[nodiscard]] outcome_error without_extent() const;

  std::string address_;
  std::string table_;
  std::string channel_;
  postgres_options options_;
  std::string append_;
  std::string read_;
  sessions idle_{16};
  sessions listening_{1};
  std::mutex making_tables_{};
  bool has_tables_{};
};

QUIPU_DECL postgres_log::state::state(std::string address, std::string table, postgres_options options)
    : address_{std::move(address)},
      table_{std::move(table)},
      channel_{"quipu_" + table_},
      options_{options},
      // The update locks the row until the transaction has committed: the next append gets the next number.
      append_{"with known as (select position from " + table_ + " where id = $1::uuid)," + " counted as (update " +
              table_ + "_extent set last = last + 1" + " where not exists (select from known) returning last)," +
              " added as (insert into " + table_ + " (position, id, record)" +
              " select last, $1::uuid, $2::bytea from counted returning position)" + " select position, pg_notify('" +
              channel_ + "', '')::text from added" + " union all select position, '' from known"},
      // The extent and the records as they were at one moment.
      read_{"select extent.first, extent.last, found.position, found.record from " + table_ + "_extent extent" +
            " left join lateral (select position, record from " + table_ +
            " where position >= $1::bigint order by position limit $2::bigint) found on true order by 3"} {}

QUIPU_DECL outcome<void> postgres_log::state::make_tables(session& through, detail::postgres_time end) {
  const std::lock_guard lock{making_tables_};
  if (has_tables_) return {};
  // Who may write to the tables need not be allowed to make them.
  const auto found = through.run("select 1 where to_regclass('" + table_ + "_extent') is not null", {}, end);
  if (!found.is_committed()) return detail::postgres_failure(found);
  if (found.size() == 0) {
    // Two processes that make a table at the same time would fail, whatever `if not exists` says.
    const auto made = through.run(
        "do $$ begin perform pg_advisory_xact_lock(hashtext('" + channel_ + "'));" + " create table if not exists " +
            table_ + " (position bigint primary key, id uuid not null unique, record bytea not null);" +
            " create table if not exists " + table_ +
            "_extent (single boolean primary key default true check (single)," +
            " first bigint not null, last bigint not null);" + " insert into " + table_ +
            "_extent (first, last) values (1, 0) on conflict do nothing; end $$",
        {}, end);
    if (!made.is_committed()) return detail::postgres_failure(made);
  }
  has_tables_ = true;
  return {};
}

QUIPU_DECL outcome<std::unique_ptr<postgres_log::session>> postgres_log::state::take(sessions& idle,
                                                                                     detail::postgres_time end) {
  while (auto candidate = idle.take([](const session&) { return true; }))
    if (candidate->is_open()) return candidate;
  auto made = session::open(address_, end);
  if (!made.is_ok()) return made;
  const auto tables = make_tables(*made.value(), end);
  if (!tables.is_ok()) return tables.error();
  return made;
}

QUIPU_DECL outcome<detail::postgres_answer> postgres_log::state::run(
    const std::string& statement, std::initializer_list<detail::postgres_value> values, detail::postgres_time end) {
  auto through = take(idle_, end);
  if (!through.is_ok()) return std::move(through).error();
  auto answer = through.value()->run(statement, values, end);
  if (answer.what != detail::postgres_answer::fate::unknown) idle_.put(std::move(through).value());
  return answer;
}

QUIPU_DECL outcome<std::uint64_t> postgres_log::state::append(std::span<const std::byte> record, const event_id& id) {
  constexpr std::size_t largest = std::size_t{1} << 29;  // a value has 1 GiB, and libpq needs room for it twice
  if (record.size() > largest) return from_error(error{errc::payload_too_large, "a record has more than 512 MiB"});
  constexpr std::string_view unique_violation = "23505";
  const auto end = time_limit();
  const std::string name = id.str();
  for (bool is_first = true;; is_first = false) {
    const auto answer = run(append_, {detail::postgres_value{name}, detail::postgres_value{record}}, end);
    if (!answer.is_ok()) return answer.error();
    const auto& reply = answer.value();
    if (reply.is_committed() && reply.size() == 1) return reply.number(0, 0);
    if (reply.is_committed()) return without_extent();
    if (reply.what == detail::postgres_answer::fate::unknown)
      return outcome<std::uint64_t>::retry(50, 1, 0, reply.message);
    // An append with the same id was committed while this one waited for it: the second attempt finds its record.
    if (!is_first || reply.sqlstate != unique_violation) return detail::postgres_failure(reply);
  }
}

QUIPU_DECL outcome<std::vector<shared_record>> postgres_log::state::read(std::uint64_t from, std::size_t limit,
                                                                         std::chrono::milliseconds wait) {
  constexpr std::chrono::hours longest{24};
  const auto end = std::chrono::steady_clock::now() + std::min<std::chrono::milliseconds>(wait, longest);
  auto through = take(listening_, time_limit());
  if (!through.is_ok()) return std::move(through).error();
  if (!through.value()->is_listening()) {
    const auto listening = through.value()->listen(channel_, time_limit());
    if (!listening.is_committed()) return detail::postgres_failure(listening);
  }
  const std::string first_wanted = detail::bigint_text(from);
  const std::string most = detail::bigint_text(limit);
  for (;;) {
    // What has arrived up to here is about records that the statement sees.
    static_cast<void>(through.value()->take_notifications());
    const auto answer =
        through.value()->run(read_, {detail::postgres_value{first_wanted}, detail::postgres_value{most}}, time_limit());
    if (!answer.is_committed()) return detail::postgres_failure(answer);
    if (answer.size() == 0) return without_extent();
    const bool is_trimmed = from < answer.number(0, 0);
    const bool has_records = !answer.is_null(0, 2);
    if (is_trimmed || has_records || std::chrono::steady_clock::now() >= end) {
      listening_.put(std::move(through).value());
      if (is_trimmed)
        return from_error(error{errc::trimmed,
                                "records were removed from the table " + table_,
                                {.expected = from, .actual = answer.number(0, 0)}});
      return has_records ? records_of(answer) : std::vector<shared_record>{};
    }
    if (!through.value()->wait_for_notification(end))
      return from_error(error{errc::unavailable, "PostgreSQL: the connection was lost"});
  }
}

QUIPU_DECL std::vector<shared_record> postgres_log::state::records_of(const detail::postgres_answer& answer) {
  std::vector<shared_record> records;
  records.reserve(static_cast<std::size_t>(answer.size()));
  for (int row = 0; row < answer.size(); ++row) {
    const auto bytes = answer.bytes(row, 3);
    records.push_back({answer.number(row, 2), {bytes.begin(), bytes.end()}});
  }
  return records;
}

QUIPU_DECL outcome<shared_log_extent> postgres_log::state::extent() {
  const auto answer = run("select first, last from " + table_ + "_extent", {}, time_limit());
  if (!answer.is_ok()) return answer.error();
  const auto& reply = answer.value();
  if (!reply.is_committed()) return detail::postgres_failure(reply);
  if (reply.size() == 0) return without_extent();
  return shared_log_extent{reply.number(0, 0), reply.number(0, 1)};
}

QUIPU_DECL outcome<void> postgres_log::state::trim(std::uint64_t below) {
  const std::string first = detail::bigint_text(below);
  const auto answer = run("with moved as (update " + table_ + "_extent set first = least($1::bigint, last + 1)" +
                              " where first < least($1::bigint, last + 1) returning first)" + " delete from " + table_ +
                              " where position < (select first from moved)",
                          {detail::postgres_value{first}}, time_limit());
  if (!answer.is_ok()) return answer.error();
  if (!answer.value().is_committed()) return detail::postgres_failure(answer.value());
  return {};
}

QUIPU_DECL outcome_error postgres_log::state::without_extent() const {
  return from_error(error{errc::io_failed, "PostgreSQL: the table " + table_ + "_extent has no row"});
}

QUIPU_DECL postgres_log::postgres_log(std::string connection, std::string table, postgres_options options) {
  const auto is_letter = [](char letter) { return letter >= 'a' && letter <= 'z'; };
  const auto is_name_letter = [&](char letter) {
    return is_letter(letter) || (letter >= '0' && letter <= '9') || letter == '_';
  };
  if (table.empty() || table.size() > 40 || !is_letter(table.front()) ||
      !std::all_of(table.begin(), table.end(), is_name_letter))
    throw error{
        errc::configuration,
        "the name of a table has at most 40 of a to z, 0 to 9 and _, and begins with a letter: \"" + table + "\""};
  if (options.timeout <= std::chrono::milliseconds{0})
    throw error{errc::configuration, "postgres_options.timeout is at least a millisecond"};
  state_ = std::make_unique<state>(std::move(connection), std::move(table), options);
}

QUIPU_DECL postgres_log::~postgres_log() = default;

QUIPU_DECL outcome<std::uint64_t> postgres_log::append(std::span<const std::byte> record, const event_id& id) {
  return state_->append(record, id);
}

QUIPU_DECL outcome<std::vector<shared_record>> postgres_log::read(std::uint64_t from, std::size_t limit,
                                                                  std::chrono::milliseconds wait) {
  return state_->read(from, limit, wait);
}

QUIPU_DECL outcome<shared_log_extent> postgres_log::extent() { return state_->extent(); }

QUIPU_DECL outcome<void> postgres_log::trim(std::uint64_t below) { return state_->trim(below); }

}  // namespace quipu::inline QUIPU_MODE
