// SPDX-License-Identifier: BSL-1.0
//
// campaign_member.cpp: one of the programs that cluster_campaign.py starts and kills: a replica. It appends entries
// until it reads a line, and writes a line for each one that was acknowledged. When its input ends, it brings itself up
// to date and writes all that its log has. FOLDER.records gets a line for each record of the shared log that it was
// given, and for each that the engine acknowledged to it.
//
//   campaign_member ENGINE ADDRESS LOG REPLICAS FOLDER NAME FIRST
#include <quipu/replication/jetstream_log.hpp>
#include <quipu/replication/postgres_log.hpp>
#include <quipu/replication/replicated_store.hpp>

#include "observed_log.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <string>
#include <thread>

namespace {

struct entry {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::uint64_t number{};
};

std::shared_ptr<quipu::shared_log> open_log(const std::string& engine, const std::string& address,
                                            const std::string& name, unsigned replicas) {
  if (engine == "postgres") return std::make_shared<quipu::postgres_log>(address, name);
  return std::make_shared<quipu::jetstream_log>(address, name, quipu::jetstream_options{.replicas = replicas});
}

/// Calls again while the engine can't be reached. Throws any other failure.
template <class Call>
auto insist(const Call& call) -> decltype(call()) {
  for (;;) {
    try {
      return call();
    } catch (const quipu::error& failure) {
      const bool passes = failure.code() == quipu::errc::unavailable || failure.code() == quipu::errc::timeout;
      if (!passes) throw;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
}

void write_all(quipu::replicated_store& store) {
  for (const auto& event : store.query(quipu::region::all().with_events<entry>()))
    std::cout << "has " << event.entity() << ':' << event.as<entry>().number << ' ' << event.sequence() << '\n';
  const auto at = store.replication();
  std::cout << "head " << at.position << ' ' << at.head.str() << ' ' << store.head().str() << '\n';
}

}  // namespace

int main(int count, char** words) {
  if (count != 8) return 2;
  // After a failure the thread still waits for a line.
  static std::atomic<bool> is_over{false};
  try {
    const auto engine = open_log(words[1], words[2], words[3], static_cast<unsigned>(std::atoi(words[4])));
    const auto shared = std::make_shared<observed_log>(engine, std::string{words[5]} + ".records");
    const std::string name = words[6];
    std::thread{[] {
      std::string line;
      std::getline(std::cin, line);
      is_over = true;
    }}.detach();
    // What the machine's own disk loses in a crash comes again from the shared log.
    quipu::config settings{.directory = words[5]};
    settings.sync.mode = quipu::sync_mode::buffered;
    const auto store = insist([&] { return std::make_unique<quipu::replicated_store>(settings, shared); });
    for (std::uint64_t number = std::strtoull(words[7], nullptr, 10); !is_over; ++number) {
      const quipu::append_options once{.idempotency_key =
                                           quipu::event_id::from_name(name + ":" + std::to_string(number))};
      const auto made = insist([&] { return store->append({name, "campaign"}, entry{number}, once); });
      std::cout << "ack " << name << ':' << number << ' ' << made.sequence << std::endl;
    }
    std::cout << "stopped" << std::endl;
    std::cin.get();  // the end of the input
    insist([&] { store->sync(); });
    write_all(*store);
    store->close();
    std::cout.flush();
    return 0;
  } catch (const std::exception& failure) {
    std::cout << "failed " << failure.what() << std::endl;
    return 1;
  }
}
