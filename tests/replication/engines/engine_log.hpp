// SPDX-License-Identifier: BSL-1.0
//
// engine_log.hpp: what the tests of the engines' logs share: the server's address, and names for logs.
#pragma once

#include "../shared_log_contract.hpp"

#include <chrono>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace replication_tests {

/// The address that tools/engine_servers.py gives.
inline std::string server_address(const char* variable) {
  const char* const value = std::getenv(variable);
  if (value == nullptr)
    throw std::runtime_error{std::string{variable} + " isn't set: run this with tools/engine_servers.py"};
  return value;
}

/// A name that no other log of this server has.
inline std::string new_name() {
  static int count = 0;
  return "log_" + std::to_string(++count);
}

/// Makes `Log`s with new names on one server.
template <class Log, class Options>
std::function<log_connection()> new_logs(const std::string& address, const Options& options) {
  return [=]() -> log_connection {
    return [=, name = new_name()] { return std::make_shared<Log>(address, name, options); };
  };
}

/// Whether a name is refused with a message that has it in quotes.
template <class Log>
bool is_refused(const std::string& address, const std::string& name) {
  try {
    const Log log{address, name};
  } catch (const quipu::error& failure) {
    return failure.code() == quipu::errc::configuration &&
           std::string_view{failure.what()}.find("\"" + name + "\"") != std::string_view::npos;
  }
  return false;
}

/// No server: every member says so, soon, and nothing is appended.
inline void check_unreached(quipu::shared_log& log) {
  const auto begin = std::chrono::steady_clock::now();
  CHECK(code_of(log.append(bytes_of("lost"), quipu::event_id::generate())) == quipu::errc::unavailable);
  CHECK(code_of(log.read(1, 1, std::chrono::milliseconds{0})) == quipu::errc::unavailable);
  CHECK_FALSE(log.extent().is_ok());
  CHECK_FALSE(log.trim(1).is_ok());
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{10});
}

/// A server that refuses who asks: every member says so, soon.
inline void check_refused(quipu::shared_log& log, std::string_view reason) {
  const auto appended = log.append(bytes_of("refused"), quipu::event_id::generate());
  CHECK(code_of(appended) == quipu::errc::io_failed);
  CHECK_THAT(appended.error().message.str(), Catch::Contains(std::string{reason}));
  CHECK(code_of(log.read(1, 1, std::chrono::milliseconds{0})) == quipu::errc::io_failed);
  CHECK(code_of(log.extent()) == quipu::errc::io_failed);
  CHECK(code_of(log.trim(1)) == quipu::errc::io_failed);
}

/// The same id at once from several threads, each with a connection of its own: one record, and one position for all.
inline void check_repeats_at_once(const log_connection& connect) {
  for (int round = 0; round < 20; ++round) {
    const auto id = quipu::event_id::generate();
    std::vector<std::uint64_t> positions(4);
    std::vector<std::thread> threads;
    for (std::uint64_t& position : positions) {
      threads.emplace_back([&connect, &position, &id] {
        const auto own = connect();
        auto appended = own->append(bytes_of("once"), id);
        while (appended.is_retry()) appended = own->append(bytes_of("once"), id);
        position = appended.value_or(0);
      });
    }
    for (auto& thread : threads) thread.join();
    CHECK(std::count(positions.begin(), positions.end(), positions.front()) == 4);
    CHECK(positions.front() != 0);
  }
  CHECK(read_all(*connect(), 1).size() == 20);
}

/// Readers of one object wait at different places, and none of them holds up an append.
inline void check_readers_of_one_object(const log_connection& connect) {
  const auto log = connect();
  const std::uint64_t first = append(*log, "first");
  std::vector<std::thread> readers;
  std::atomic<int> found{0};
  for (const std::uint64_t from : {first + 1, first + 1, first + 2}) {
    readers.emplace_back([&log, &found, from] {
      const auto records = log->read(from, 1, std::chrono::seconds{20});
      if (records.is_ok() && records.value().size() == 1 && records.value().front().position == from) ++found;
    });
  }
  std::this_thread::sleep_for(std::chrono::milliseconds{100});
  CHECK(append(*log, "second") == first + 1);
  CHECK(append(*log, "third") == first + 2);
  for (auto& reader : readers) reader.join();
  CHECK(found == 3);
}

}  // namespace replication_tests
