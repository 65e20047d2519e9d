// SPDX-License-Identifier: BSL-1.0
//
// shared_log_contract.hpp: what replication/shared_log.hpp promises, checked for one implementation.
#pragma once

#include <quipu/replication/shared_log.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace replication_tests {

/// Opens another connection to one log.
using log_connection = std::function<std::shared_ptr<quipu::shared_log>()>;

inline std::vector<std::byte> bytes_of(std::string_view text) {
  const auto* first = reinterpret_cast<const std::byte*>(text.data());
  return {first, first + text.size()};
}

inline std::string text_of(const quipu::shared_record& record) {
  return {reinterpret_cast<const char*>(record.bytes.data()), record.bytes.size()};
}

inline std::uint64_t append(quipu::shared_log& log, std::string_view text,
                            const quipu::event_id& id = quipu::event_id::generate()) {
  return log.append(bytes_of(text), id).value();
}

inline std::vector<quipu::shared_record> read_now(quipu::shared_log& log, std::uint64_t from,
                                                  std::size_t limit = 1000) {
  return log.read(from, limit, std::chrono::milliseconds{0}).value();
}

/// All records from a position on. A read may return fewer than there are.
inline std::vector<quipu::shared_record> read_all(quipu::shared_log& log, std::uint64_t from) {
  std::vector<quipu::shared_record> all;
  for (;;) {
    const auto more = read_now(log, all.empty() ? from : all.back().position + 1);
    if (more.empty()) return all;
    all.insert(all.end(), more.begin(), more.end());
  }
}

inline std::vector<std::string> texts_of(const std::vector<quipu::shared_record>& records) {
  std::vector<std::string> texts;
  for (const auto& each : records) texts.push_back(text_of(each));
  return texts;
}

template <class Value>
quipu::errc code_of(const quipu::outcome<Value>& answer) {
  REQUIRE(answer.is_error());
  REQUIRE(answer.error().origin);
  return answer.error().origin->code;
}

inline void check_order(const log_connection& connect) {
  const auto log = connect();
  const auto before = log->extent().value();
  CHECK(before.is_empty());
  CHECK(read_now(*log, 1).empty());

  const std::vector<std::string> written{"first", "", std::string("nul\0and \xFF", 9), "last"};
  std::vector<std::uint64_t> positions;
  for (const std::string& text : written) positions.push_back(append(*log, text));
  CHECK(positions.front() >= 1);
  CHECK(std::adjacent_find(positions.begin(), positions.end(), std::greater_equal<>{}) == positions.end());
  const auto extent = log->extent().value();
  CHECK(extent.first <= positions.front());
  CHECK(extent.last == positions.back());

  const auto records = read_all(*log, 1);
  CHECK(texts_of(records) == written);
  for (std::size_t index = 0; index < records.size(); ++index) CHECK(records[index].position == positions[index]);
  CHECK(read_all(*connect(), 1) == records);
}

inline void check_reading_a_part(const log_connection& connect) {
  const auto log = connect();
  std::vector<std::uint64_t> positions;
  for (int count = 0; count < 10; ++count) positions.push_back(append(*log, std::to_string(count)));
  const auto some = read_now(*log, positions[4], 3);
  REQUIRE_FALSE(some.empty());
  CHECK(some.size() <= 3);
  CHECK(text_of(some.front()) == "4");
  CHECK(texts_of(read_now(*log, positions[7], 1)) == std::vector<std::string>{"7"});
  CHECK(read_now(*log, positions.back() + 1).empty());
  CHECK(read_now(*log, positions.back() + 1000).empty());
}

inline void check_large_records(const log_connection& connect) {
  const auto log = connect();
  std::vector<std::string> written;
  for (const std::size_t size : {1'000U, 60'000U, 500'000U}) {
    std::string text(size, 'x');
    for (std::size_t at = 0; at < size; ++at) text[at] = static_cast<char>(at * 31 >> 3);
    append(*log, text);
    written.push_back(std::move(text));
  }
  CHECK(texts_of(read_all(*log, 1)) == written);
}

inline void check_repeats(const log_connection& connect) {
  const auto log = connect();
  const auto id = quipu::event_id::generate();
  const std::uint64_t first = append(*log, "once", id);
  append(*log, "between");
  CHECK(append(*log, "once", id) == first);
  CHECK(append(*connect(), "once", id) == first);
  CHECK(texts_of(read_all(*log, 1)) == std::vector<std::string>{"once", "between"});
}

inline void check_waiting(const log_connection& connect) {
  using clock = std::chrono::steady_clock;
  const auto log = connect();
  const auto begin = clock::now();
  CHECK(log->read(1, 10, std::chrono::milliseconds{60}).value().empty());
  CHECK(clock::now() - begin >= std::chrono::milliseconds{50});

  std::thread later{[&] {
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    append(*connect(), "awaited");
  }};
  const auto found = log->read(1, 10, std::chrono::seconds{20});
  later.join();
  CHECK(texts_of(found.value()) == std::vector<std::string>{"awaited"});
  CHECK(clock::now() - begin < std::chrono::seconds{15});
}

inline void check_trimming(const log_connection& connect) {
  const auto log = connect();
  std::vector<std::uint64_t> positions;
  for (int count = 0; count < 10; ++count) positions.push_back(append(*log, std::to_string(count)));
  log->trim(positions[4]).value();
  CHECK(log->extent().value() == quipu::shared_log_extent{positions[4], positions.back()});
  CHECK(texts_of(read_all(*log, positions[4])) == std::vector<std::string>{"4", "5", "6", "7", "8", "9"});
  const auto gone = log->read(positions[3], 10, std::chrono::milliseconds{0});
  CHECK(code_of(gone) == quipu::errc::trimmed);
  CHECK(gone.error().origin->expected == positions[3]);
  CHECK(gone.error().origin->actual == positions[4]);

  log->trim(positions[2]).value();
  CHECK(log->extent().value().first == positions[4]);

  log->trim(positions.back() + 1).value();
  const auto emptied = connect()->extent().value();
  CHECK(emptied.is_empty());
  CHECK(emptied.last == positions.back());
  CHECK(read_now(*log, positions.back() + 1).empty());
  CHECK(code_of(log->read(1, 10, std::chrono::milliseconds{0})) == quipu::errc::trimmed);
  CHECK(append(*log, "after") > positions.back());
  CHECK(texts_of(read_all(*log, positions.back() + 1)) == std::vector<std::string>{"after"});
}

/// Several writers, each with a connection of its own, while a reader follows: what it has seen is what there is.
inline void check_writers_at_once(const log_connection& connect) {
  constexpr int writers = 4;
  constexpr int each = 25;
  const auto log = connect();
  std::atomic<int> failures{0};
  std::vector<std::thread> threads;
  for (int writer = 0; writer < writers; ++writer) {
    threads.emplace_back([&, writer] {
      const auto own = connect();
      for (int count = 0; count < each; ++count) {
        const std::string text = std::to_string(writer) + ":" + std::to_string(count);
        if (!own->append(bytes_of(text), quipu::event_id::generate()).is_ok()) ++failures;
      }
    });
  }
  std::vector<quipu::shared_record> seen;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (seen.size() < std::size_t{writers} * each && std::chrono::steady_clock::now() < end) {
    const std::uint64_t from = seen.empty() ? 1 : seen.back().position + 1;
    const auto more = log->read(from, 7, std::chrono::milliseconds{100}).value();
    seen.insert(seen.end(), more.begin(), more.end());
  }
  for (auto& thread : threads) thread.join();
  CHECK(failures == 0);
  CHECK(seen.size() == std::size_t{writers} * each);
  CHECK(read_all(*connect(), 1) == seen);
  for (int writer = 0; writer < writers; ++writer) {
    int next = 0;
    for (const auto& record : seen)
      if (text_of(record).starts_with(std::to_string(writer) + ":"))
        CHECK(text_of(record) == std::to_string(writer) + ":" + std::to_string(next++));
    CHECK(next == each);
  }
}

/// Runs all of the above. `new_log` makes a new, empty log, and returns how to open connections to it.
inline void check_shared_log_contract(const std::function<log_connection()>& new_log) {
  SECTION("positions rise with the order, and all connections see the same records") { check_order(new_log()); }
  SECTION("a read begins and ends where it is told") { check_reading_a_part(new_log()); }
  SECTION("large records come back as they were") { check_large_records(new_log()); }
  SECTION("a repeat is dropped, and the first one's position returned") { check_repeats(new_log()); }
  SECTION("a read waits for a record") { check_waiting(new_log()); }
  SECTION("what was trimmed is gone for all, and its positions are not given again") { check_trimming(new_log()); }
  SECTION("several writers at once") { check_writers_at_once(new_log()); }
}

}  // namespace replication_tests
