// SPDX-License-Identifier: BSL-1.0
//
// replicated_failures_test.cpp: what a replicated store does when its shared log cannot be reached, loses what it
// acknowledged, or does not reach back far enough.
#include "replica_fixture.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace replication_tests;
using quipu::errc;
using std::chrono::milliseconds;

namespace {

/// Waits until a replica has noticed something, and returns what it says.
std::string failure_of(const quipu::replicated_store& store) {
  for (int turn = 0; turn < 1000; ++turn) {
    const std::string failure = store.replication().failure;
    if (!failure.empty()) return failure;
    std::this_thread::sleep_for(milliseconds{10});
  }
  return {};
}

/// A shared log whose records can't be read for a while.
class held_log final : public quipu::shared_log {
 public:
  explicit held_log(std::shared_ptr<quipu::shared_log> log) : log_{std::move(log)} {}

  void hold(bool is_held = true) { is_held_ = is_held; }

  quipu::outcome<std::uint64_t> append(std::span<const std::byte> record, const quipu::event_id& id) override {
    return log_->append(record, id);
  }
  quipu::outcome<std::vector<quipu::shared_record>> read(std::uint64_t from, std::size_t limit,
                                                         milliseconds wait) override {
    if (!is_held_) {
      auto found = log_->read(from, limit, wait);
      if (!is_held_) return found;
    }
    std::this_thread::sleep_for(wait);
    return std::vector<quipu::shared_record>{};
  }
  quipu::outcome<quipu::shared_log_extent> extent() override { return log_->extent(); }
  quipu::outcome<void> trim(std::uint64_t below) override { return log_->trim(below); }

 private:
  std::shared_ptr<quipu::shared_log> log_;
  std::atomic<bool> is_held_{false};
};

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("while the shared log cannot be reached, reads go on and appends are refused", "[replication]") {
  const cluster bank;
  const machine here;
  const auto connection = bank.connect();
  quipu::replicated_store store{here.settings(), connection, impatient()};
  store.append(alice, deposited{500});
  connection->cut();
  CHECK(code_thrown_by([&] { store.append(alice, deposited{1}); }) == errc::unavailable);
  CHECK(code_thrown_by([&] { store.sync(); }) == errc::unavailable);
  CHECK(store.try_append(alice, deposited{1}).is_error());
  CHECK(store.project<account>("account:alice")->cents == 500);
  connection->cut(false);
  store.append(alice, deposited{7});
  CHECK(store.project<account>("account:alice")->cents == 507);
  CHECK(store.count(quipu::region::all()) == 2);
}

TEST_CASE("the pressure tells what waits for the shared log", "[replication]") {
  const cluster bank;
  const machine here;
  const auto connection = bank.connect();
  quipu::replicated_store store{here.settings(), connection, patient()};
  store.append(alice, deposited{500});
  CHECK(store.writer_pressure() == quipu::replication_pressure{});
  connection->cut();
  auto one = store.submit(alice, deposited{1});
  auto two = store.submit(bob, deposited{2});
  std::this_thread::sleep_for(std::chrono::milliseconds{20});
  const auto now = store.writer_pressure();
  CHECK(now.waiting_appends == 2);
  CHECK(now.waiting_bytes > 2 * sizeof(std::int64_t));
  CHECK(now.oldest_wait >= std::chrono::milliseconds{20});
  SECTION("until it is decided") {
    connection->cut(false);
    CHECK(one.wait().size() == 1);
    CHECK(two.wait().size() == 1);
  }
  SECTION("until the store is closed") {
    store.close();
    CHECK(one.ready());
    CHECK(two.ready());
  }
  CHECK(store.writer_pressure() == quipu::replication_pressure{});
}

TEST_CASE("a replica opens without the shared log, unless it is new", "[replication]") {
  const cluster bank;
  const machine here;
  { bank.open(here).append(alice, deposited{500}); }
  const auto connection = bank.connect();
  connection->cut();
  quipu::replicated_store store{here.settings(), connection, impatient()};
  CHECK(store.project<account>("account:alice")->cents == 500);
  CHECK(code_thrown_by([&] { store.append(alice, deposited{1}); }) == errc::unavailable);
  connection->cut(false);
  store.append(alice, deposited{1});
  connection->cut();
  CHECK(code_thrown_by([&] {
          quipu::replicated_store{machine{}.settings(), connection, impatient()};
        }) == errc::unavailable);
}

TEST_CASE("an append whose acknowledgement is lost happens once", "[replication]") {
  const cluster bank;
  const machine here;
  { const auto founded = bank.open(machine{}); }
  quipu::replicated_store store{here.settings(),
                                bank.connect({.seed = 3, .lost_acknowledgements = 900, .repeats = 300}), patient()};
  for (int count = 0; count < 20; ++count) store.append(alice, deposited{1});
  CHECK(store.project<account>("account:alice")->cents == 20);
  CHECK(store.count(quipu::region::all()) == 20);
}

TEST_CASE("an append without an answer can be repeated with its key", "[replication]") {
  const cluster bank;
  const machine here;
  const machine there;
  { const auto founded = bank.open(here); }
  const auto key = quipu::event_id::from_name("payment 1");
  {
    quipu::replicated_store store{here.settings(), bank.connect({.late_appends = 1000}), impatient()};
    CHECK(code_thrown_by([&] { store.append(alice, deposited{5}, {.idempotency_key = key}); }) == errc::timeout);
    const auto again = store.try_append(alice, deposited{5}, {.idempotency_key = key});
    REQUIRE(again.is_retry());
    CHECK(contains(again.retry().reason.str(), "idempotency key"));
    CHECK(store.count(quipu::region::all()) == 0);
  }
  bank.log->settle();  // now the records of both attempts appear, each of them several times
  auto store = bank.open(there);
  const auto given = store.append(alice, deposited{5}, {.idempotency_key = key});
  CHECK(given.sequence == 0);
  CHECK(store.count(quipu::region::all()) == 1);
  auto first = bank.open(here);
  first.sync();
  CHECK(first.head() == store.head());
}

TEST_CASE("a shared log that lost its end is noticed", "[replication]") {
  const cluster bank;
  const machine here;
  auto store = bank.open(here);
  store.append(alice, deposited{500});
  store.append(alice, deposited{20});
  bank.log->roll_back(3);
  CHECK(contains(failure_of(store), "diverged: the shared log has lost records"));
  CHECK(code_thrown_by([&] { store.append(alice, deposited{1}); }) == errc::diverged);
  CHECK(code_thrown_by([&] { store.sync(); }) == errc::diverged);
  CHECK(store.project<account>("account:alice")->cents == 520);
  store.close();
  CHECK(code_thrown_by([&] { const auto again = bank.open(here); }) == errc::diverged);
}

TEST_CASE("a shared log that gave positions again is noticed", "[replication]") {
  const cluster bank;
  const machine here;
  const machine there;
  { bank.open(here).append(alice, deposited{500}); }
  bank.log->roll_back(2);
  auto other = bank.open(there);
  other.append(alice, deposited{1});
  other.append(alice, deposited{2});
  auto store = bank.open(here);
  CHECK(contains(failure_of(store), "diverged"));
  CHECK(store.project<account>("account:alice")->cents == 500);
}

TEST_CASE("a replica that comes back and does not find its last record applies nothing on top", "[replication]") {
  const cluster bank;
  const machine here;
  const machine there;
  { bank.open(here).append(alice, deposited{500}); }
  REQUIRE(bank.log->lose(2));
  auto other = bank.open(there);
  other.append(bob, deposited{1});
  auto store = bank.open(here);
  CHECK(contains(failure_of(store), "the shared log has lost a record"));
  CHECK(store.count(quipu::region::all()) == 1);
}

TEST_CASE("a record that was lost or altered between replicas is noticed, with both heads", "[replication]") {
  const cluster bank;
  const machine here;
  const machine there;
  auto one = bank.open(here);
  { const auto founded = bank.open(there); }
  one.append(alice, deposited{500});
  one.append(alice, deposited{20});
  const auto heads_before = one.replication().head;
  SECTION("lost") {
    REQUIRE(bank.log->lose(2));
    auto two = bank.open(there);
    const std::string failure = failure_of(two);
    CHECK(contains(failure, "another replica was given a record at position 2"));
    CHECK(two.count(quipu::region::all()) == 0);
  }
  SECTION("altered") {
    const auto connection = bank.connect();
    const auto found = connection->read(2, 1, milliseconds{0}).value();
    auto altered = quipu::detail::decode_record({found.front().bytes.data(), found.front().bytes.size()}).value();
    auto proposal = quipu::decode<quipu::detail::wire_proposal>(quipu::bytes_view{altered.proposals.front()});
    proposal.entries.front().payload[0] ^= std::byte{1};
    altered.proposals.front() = quipu::encode(proposal);
    const auto content = quipu::detail::encode_record(altered);
    REQUIRE(bank.log->alter(2, {content.begin(), content.end()}));
    auto two = bank.open(there);
    const std::string failure = failure_of(two);
    CHECK(contains(failure, "at position 2 of the shared log this replica's head is "));
    CHECK(contains(failure, two.head().str()));
    CHECK(contains(failure, ", and another one's "));
    CHECK(two.count(quipu::region::all()) == 1);
  }
  SECTION("damaged") {
    const auto connection = bank.connect();
    auto found = connection->read(2, 1, milliseconds{0}).value();
    found.front().bytes.back() ^= std::byte{1};
    REQUIRE(bank.log->alter(2, found.front().bytes));
    auto two = bank.open(there);
    CHECK(contains(failure_of(two), "the shared log has altered a record"));
    CHECK(two.count(quipu::region::all()) == 0);
  }
  CHECK(one.replication().head == heads_before);
}

TEST_CASE("an append does not wait until its record is read, and that must be there when it is", "[replication]") {
  const cluster bank;
  const machine here;
  const auto held = std::make_shared<held_log>(bank.connect());
  quipu::replicated_store store{here.settings(), held, patient()};
  store.sync();  // the log is founded
  held->hold();
  store.append(alice, deposited{500});
  store.append(alice, deposited{20});
  CHECK(store.project<account>("account:alice")->cents == 520);
  CHECK(store.replication().position == 3);

  SECTION("as it was") {
    held->hold(false);
    auto other = bank.open({});
    other.append(bob, deposited{1});
    store.sync();
    CHECK(store.replication().failure.empty());
    CHECK(store.head() == other.head());
  }
  SECTION("lost") {
    REQUIRE(bank.log->lose(2));
    held->hold(false);
    CHECK(contains(failure_of(store), "the shared log has lost a record that it had acknowledged"));
  }
  SECTION("another one") {
    auto altered = bank.connect()->read(2, 1, milliseconds{0}).value().front().bytes;
    altered.back() ^= std::byte{1};
    REQUIRE(bank.log->alter(2, altered));
    held->hold(false);
    CHECK(contains(failure_of(store), "the shared log has another record where it had acknowledged one"));
  }
  CHECK(store.project<account>("account:alice")->cents == 520);
}

TEST_CASE("a replica that was away longer than the shared log reaches back is told so", "[replication]") {
  const cluster bank;
  const machine here;
  const machine there;
  auto one = bank.open(here);
  { bank.open(there).append(bob, deposited{1}); }
  for (int count = 0; count < 1'300; ++count) one.append(alice, deposited{1});
  const auto position = one.replication().position;
  one.snapshot("copy");
  one.append(alice, deposited{5});
  CHECK(code_thrown_by([&] { one.trim(one.replication().position + 1); }) == errc::invalid_argument);
  CHECK(code_thrown_by([&] { one.trim(UINT64_MAX); }) == errc::invalid_argument);
  one.trim(position);
  CHECK(bank.log->extent().value().first == position - 1'023);
  CHECK(code_thrown_by([&] { const auto two = bank.open(there); }) == errc::trimmed);
  CHECK(code_thrown_by([&] { const auto two = bank.open(machine{}); }) == errc::trimmed);

  auto settings = here.settings();
  settings.directory = "copy";
  quipu::replicated_store three{settings, bank.connect(), patient()};
  three.sync();
  CHECK(three.head() == one.head());
  three.append(alice, deposited{6});
  one.sync();
  CHECK(one.project<account>("account:alice")->cents == 1'311);
  one.close();
  auto again = bank.open(here);
  again.sync();
  CHECK(again.head() == three.head());
}

TEST_CASE("replicas go on with a new shared log when they are told to", "[replication]") {
  const cluster before;
  const machine here;
  {
    auto store = before.open(here);
    store.append(alice, deposited{500});
    store.append(bob, deposited{20});
    store.snapshot("copy");
  }
  const cluster after;
  CHECK(code_thrown_by([&] { const auto store = after.open(here); }) == errc::diverged);
  auto again = patient();
  again.found_again = true;
  { const quipu::replicated_store store{here.settings(), after.connect(), again}; }
  auto one = after.open(here);
  auto settings = here.settings();
  settings.directory = "copy";
  quipu::replicated_store two{settings, after.connect(), patient()};
  two.append(alice, deposited{7});
  one.sync();
  CHECK(one.head() == two.head());
  CHECK(one.project<account>("account:alice")->cents == 507);
  one.close();
  auto reopened = after.open(here);
  reopened.append(alice, deposited{1});
  two.sync();
  CHECK(reopened.head() == two.head());
}

TEST_CASE("a replica that is opened with another shared log applies nothing of it", "[replication]") {
  const cluster one;
  const cluster other;
  const machine here;
  const machine there;
  { one.open(here).append(alice, deposited{500}); }
  {
    auto store = other.open(there);
    for (int count = 0; count < 5; ++count) store.append(bob, deposited{1});
  }
  auto store = other.open(here);
  CHECK(contains(failure_of(store), "diverged"));
  CHECK(store.count(quipu::region::all()) == 1);
}

TEST_CASE("closing answers what waits", "[replication]") {
  const cluster bank;
  const machine here;
  const auto connection = bank.connect();
  quipu::replicated_store store{here.settings(), connection, patient()};
  store.append(alice, deposited{1});
  connection->cut();
  auto ticket = store.submit(alice, deposited{2});
  CHECK_FALSE(ticket.ready());
  store.close();
  CHECK(code_thrown_by([&] { ticket.wait(); }) == errc::closed);
}
