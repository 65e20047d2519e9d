// SPDX-License-Identifier: BSL-1.0
//
// memory_shared_log_test.cpp: the log in memory keeps the contract, and misbehaves as it is told.
#include "shared_log_contract.hpp"

#include <quipu/replication/memory_shared_log.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace replication_tests;
using quipu::memory_shared_log;

TEST_CASE("the log in memory keeps the contract", "[replication]") {
  check_shared_log_contract([]() -> log_connection {
    const auto log = std::make_shared<memory_shared_log>();
    return [log] { return std::make_shared<memory_shared_log>(*log, quipu::shared_log_faults{}); };
  });
}

TEST_CASE("a connection that is cut says so, and others go on", "[replication]") {
  memory_shared_log log;
  memory_shared_log other{log, {}};
  log.cut();
  CHECK(code_of(log.read(1, 1, std::chrono::milliseconds{0})) == quipu::errc::unavailable);
  CHECK(log.append({}, quipu::event_id::generate()).is_error());
  CHECK(log.extent().is_error());
  CHECK(log.trim(1).is_error());
  append(other, "through");
  log.cut(false);
  CHECK(texts_of(read_all(log, 1)) == std::vector<std::string>{"through"});
}

TEST_CASE("faults of an append are within the contract", "[replication]") {
  constexpr unsigned often = 200;
  const quipu::shared_log_faults faults{.seed = 7,
                                        .unavailable = often,
                                        .lost_acknowledgements = often,
                                        .lost_appends = often,
                                        .late_appends = often,
                                        .repeats = often,
                                        .gaps = often,
                                        .short_reads = often};
  memory_shared_log log{faults};
  std::set<std::string> acknowledged;
  std::set<std::string> refused;
  std::set<std::string> unknown;
  for (int count = 0; count < 500; ++count) {
    const std::string text = std::to_string(count);
    const auto answer = log.append(bytes_of(text), quipu::event_id::generate());
    (answer.is_ok() ? acknowledged : answer.is_error() ? refused : unknown).insert(text);
  }
  log.settle();
  memory_shared_log whole{log, {}};
  const auto records = read_all(whole, 1);
  std::multiset<std::string> there;
  for (const auto& record : records) there.insert(text_of(record));
  for (const auto& text : acknowledged) CHECK(there.count(text) >= 1);
  for (const auto& text : refused) CHECK(there.count(text) == 0);
  // Each fault happened: repeats, gaps, records with an unknown fate that are there, and others that are not.
  CHECK(there.size() > std::set<std::string>(there.begin(), there.end()).size());
  CHECK(records.back().position > records.size());
  const auto appeared = [&](const std::string& text) { return there.count(text) != 0; };
  CHECK(std::any_of(unknown.begin(), unknown.end(), appeared));
  CHECK_FALSE(std::all_of(unknown.begin(), unknown.end(), appeared));
}

TEST_CASE("a log in memory can break its promises", "[replication]") {
  memory_shared_log log;
  std::vector<std::uint64_t> positions;
  for (const char* text : {"a", "b", "c", "d"}) positions.push_back(append(log, text));
  CHECK(log.lose(positions[1]));
  CHECK_FALSE(log.lose(positions[1]));
  CHECK(log.alter(positions[2], bytes_of("C")));
  CHECK(texts_of(read_all(log, 1)) == std::vector<std::string>{"a", "C", "d"});
  log.roll_back(positions[2]);
  CHECK(append(log, "e") == positions[2]);
  CHECK(texts_of(read_all(log, 1)) == std::vector<std::string>{"a", "e"});
}
