// SPDX-License-Identifier: BSL-1.0
//
// postgres_log.cpp: the log in PostgreSQL keeps the contract; what it says without a server, and to who is refused.
#include "engine_log.hpp"

#include <quipu/replication/postgres_log.hpp>

#include <chrono>
#include <memory>
#include <string>

#include <libpq-fe.h>

using namespace replication_tests;
using quipu::postgres_log;
using quipu::postgres_options;

TEST_CASE("the log in PostgreSQL keeps the contract", "[replication]") {
  check_shared_log_contract(new_logs<postgres_log>(server_address("QUIPU_POSTGRES_URL"), postgres_options{}));
}

TEST_CASE("PostgreSQL: calls at once", "[replication]") {
  const auto make = new_logs<postgres_log>(server_address("QUIPU_POSTGRES_URL"), postgres_options{});
  SECTION("the same id") { check_repeats_at_once(make()); }
  SECTION("readers of one object") { check_readers_of_one_object(make()); }
  SECTION("the tables are made once") {
    const auto connect = make();
    std::vector<std::thread> threads;
    std::atomic<int> appended{0};
    for (int count = 0; count < 8; ++count)
      threads.emplace_back([&] { appended += connect()->append({}, quipu::event_id::generate()).is_ok() ? 1 : 0; });
    for (auto& thread : threads) thread.join();
    CHECK(appended == 8);
  }
}

TEST_CASE("PostgreSQL: without a server", "[replication]") {
  postgres_log log{"postgresql://quipu@127.0.0.1:1/postgres", "nowhere", {.timeout = std::chrono::milliseconds{200}}};
  check_unreached(log);
}

TEST_CASE("PostgreSQL: positions have no gaps", "[replication]") {
  const std::string database = server_address("QUIPU_POSTGRES_URL");
  // [open]
  quipu::postgres_log log{database, "bank"};
  // [/open]
  for (std::uint64_t position = 1; position <= 5; ++position) CHECK(append(log, "record") == position);
  CHECK(log.trim(1'000).is_ok());
  CHECK(log.extent().value() == quipu::shared_log_extent{6, 5});
  CHECK(append(log, "record") == 6);
}

TEST_CASE("PostgreSQL: who is refused", "[replication]") {
  const std::string address = server_address("QUIPU_POSTGRES_URL");
  const std::string host = address.substr(address.find('@'));
  const std::unique_ptr<PGconn, void (*)(PGconn*)> owner{PQconnectdb(address.c_str()), &PQfinish};
  PQclear(PQexec(owner.get(), "create role guarded login superuser password 'right'"));

  CHECK(append(*std::make_unique<postgres_log>("postgresql://guarded:right" + host, new_name()), "record") == 1);
  const auto check = [](const std::string& connection, const char* reason) {
    postgres_log refused{connection, new_name()};
    check_refused(refused, reason);
  };
  check("postgresql://guarded:wrong" + host, "28P01: password authentication failed for user \"guarded\"");
  check("postgresql://guarded" + host, "no password supplied");
  check("postgresql://nobody" + host, "28000: role \"nobody\" does not exist");
  check(address.substr(0, address.rfind('/')) + "/nowhere", "3D000: database \"nowhere\" does not exist");
}

TEST_CASE("PostgreSQL: arguments", "[replication]") {
  for (const char* const name : {"", "A", "1a", "a b", "a;", "a\"", "a.b"})
    CHECK(is_refused<postgres_log>("postgresql://127.0.0.1:1/none", name));
  CHECK(is_refused<postgres_log>("postgresql://127.0.0.1:1/none", std::string(41, 'a')));
  CHECK_THROWS_AS((postgres_log{"", "name", {.timeout = std::chrono::milliseconds{0}}}), quipu::error);
}
