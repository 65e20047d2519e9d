// SPDX-License-Identifier: BSL-1.0
//
// jetstream_log.cpp: the log in NATS JetStream keeps the contract; what it says without a server.
#include "engine_log.hpp"

#include <quipu/replication/jetstream_log.hpp>

#include <chrono>
#include <memory>
#include <string>

using namespace replication_tests;
using quipu::jetstream_log;
using quipu::jetstream_options;

TEST_CASE("the log in JetStream keeps the contract", "[replication]") {
  check_shared_log_contract(new_logs<jetstream_log>(server_address("QUIPU_JETSTREAM_URL"), jetstream_options{}));
}

TEST_CASE("JetStream: calls at once", "[replication]") {
  const auto make = new_logs<jetstream_log>(server_address("QUIPU_JETSTREAM_URL"), jetstream_options{});
  SECTION("the same id") { check_repeats_at_once(make()); }
  SECTION("readers of one object") { check_readers_of_one_object(make()); }
}

TEST_CASE("JetStream: no server of a cluster answers", "[replication]") {
  const std::string cluster = "nats://127.0.0.1:1,nats://127.0.0.1:2,nats://127.0.0.1:3";
  // [cluster]
  quipu::jetstream_log log{cluster, "bank", {.replicas = 3}};
  // [/cluster]
  CHECK_FALSE(log.extent().is_ok());
}

TEST_CASE("JetStream: without a server", "[replication]") {
  jetstream_log log{"nats://127.0.0.1:1", "nowhere", {.timeout = std::chrono::milliseconds{200}}};
  check_unreached(log);
}

TEST_CASE("JetStream: positions have no gaps", "[replication]") {
  jetstream_log log{server_address("QUIPU_JETSTREAM_URL"), new_name()};
  for (std::uint64_t position = 1; position <= 5; ++position) CHECK(append(log, "record") == position);
  CHECK(log.trim(1'000).is_ok());
  CHECK(log.extent().value() == quipu::shared_log_extent{6, 5});
  CHECK(append(log, "record") == 6);
}

TEST_CASE("JetStream: a record over the server's limit is refused", "[replication]") {
  jetstream_log log{server_address("QUIPU_JETSTREAM_URL"), new_name()};
  constexpr std::size_t limit = 1'048'576;
  for (const std::size_t size : {limit - 100, limit, 2 * limit}) {
    const auto refused = log.append(std::vector<std::byte>(size), quipu::event_id::generate());
    CHECK(code_of(refused) == quipu::errc::payload_too_large);
  }
  CHECK(log.extent().value().is_empty());
  CHECK(log.append(std::vector<std::byte>(limit - 1'000), quipu::event_id::generate()).is_ok());
}

TEST_CASE("JetStream: a password that is refused", "[replication]") {
  const std::string address = server_address("QUIPU_JETSTREAM_URL");
  const auto with_user = [&address](const std::string& user) {
    return std::string{address}.insert(std::string_view{"nats://"}.size(), user + "@");
  };
  jetstream_log right{with_user("guarded:right"), new_name()};
  CHECK(append(right, "record") == 1);
  jetstream_log wrong{with_user("guarded:wrong"), new_name()};
  check_refused(wrong, "a connection to the NATS servers is refused");
}

// Hidden, because it needs a server with TLS and no other: ctest starts one for it, as replication.jetstream_log.tls.
TEST_CASE("JetStream: TLS", "[.][tls]") {
  const std::string address = server_address("QUIPU_JETSTREAM_URL");
  const std::string authority = server_address("QUIPU_JETSTREAM_CA");
  const std::string name = new_name();
  jetstream_log trusted{address, name, {.ca_file = authority}};
  CHECK(append(trusted, "record") == 1);
  CHECK(read_all(trusted, 1).size() == 1);

  constexpr std::chrono::milliseconds soon{500};
  jetstream_log untrusted{address, name, {.timeout = soon}};
  CHECK(code_of(untrusted.append(bytes_of("lost"), quipu::event_id::generate())) == quipu::errc::io_failed);
  const std::string another_host = "tls://127.0.0.1" + address.substr(address.rfind(':'));
  jetstream_log impostor{another_host, name, {.timeout = soon, .ca_file = authority}};
  CHECK(code_of(impostor.append(bytes_of("lost"), quipu::event_id::generate())) == quipu::errc::io_failed);
  CHECK(trusted.extent().value().last == 1);
  CHECK_THROWS_AS((jetstream_log{address, name, {.ca_file = "missing.pem"}}), quipu::error);
}

TEST_CASE("JetStream: arguments", "[replication]") {
  for (const char* const name : {"", "a b", "a.b", "a*", "a>", "a/b"})
    CHECK(is_refused<jetstream_log>("nats://127.0.0.1:1", name));
  CHECK_THROWS_AS((jetstream_log{"", "name"}), quipu::error);
  CHECK_THROWS_AS((jetstream_log{"nats://127.0.0.1:1", "name", {.timeout = std::chrono::milliseconds{0}}}),
                  quipu::error);
}
