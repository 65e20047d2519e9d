// SPDX-License-Identifier: BSL-1.0
//
// campaign_member.cpp: one of the programs that cluster_campaign.py starts and kills. It appends entries until it
// reads a line, and writes a line for each one that was acknowledged. When its input ends, it writes all that the log
// has.
//
//   campaign_member ENGINE ADDRESS LOG REPLICAS FOLDER NAME FIRST
#include <quipu/replication/jetstream_log.hpp>
#include <quipu/replication/postgres_log.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace {

std::unique_ptr<quipu::shared_log> open_log(const std::string& engine, const std::string& address,
                                            const std::string& name, unsigned replicas) {
  if (engine == "postgres") return std::make_unique<quipu::postgres_log>(address, name);
  return std::make_unique<quipu::jetstream_log>(address, name, quipu::jetstream_options{.replicas = replicas});
}

/// Appends until it is acknowledged, or `is_over`. Returns 0 then.
std::uint64_t append(quipu::shared_log& log, const std::string& entry, const std::atomic<bool>& is_over) {
  const auto id = quipu::event_id::from_name(entry);
  while (!is_over) {
    const auto appended = log.append(std::as_bytes(std::span{entry}), id);
    if (appended.is_ok()) return appended.value();
    if (appended.is_error() && !appended.error().retryable) throw quipu::to_error(appended.error());
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  return 0;
}

void write_all(quipu::shared_log& log) {
  std::uint64_t next = 1;
  std::string all;
  const std::uint64_t last = log.extent().value().last;
  while (next <= last) {
    const auto records = log.read(next, 1000, std::chrono::milliseconds{5000}).value();
    if (records.empty()) throw std::runtime_error{"the log ends before its last position"};
    for (const auto& record : records) {
      const std::string entry{reinterpret_cast<const char*>(record.bytes.data()), record.bytes.size()};
      std::cout << "has " << entry << ' ' << record.position << '\n';
      all += entry + '\n';
    }
    next = records.back().position + 1;
  }
  std::cout << "head " << next - 1 << ' ' << quipu::blake3(all).str() << '\n';
}

}  // namespace

int main(int count, char** words) {
  if (count != 8) return 2;
  try {
    const auto log = open_log(words[1], words[2], words[3], static_cast<unsigned>(std::atoi(words[4])));
    const std::string name = words[6];
    // After a failure the thread still waits for a line.
    static std::atomic<bool> is_over{false};
    std::thread{[] {
      std::string line;
      std::getline(std::cin, line);
      is_over = true;
    }}.detach();
    for (std::uint64_t number = std::strtoull(words[7], nullptr, 10); !is_over; ++number) {
      const std::string entry = name + ":" + std::to_string(number);
      if (const auto position = append(*log, entry, is_over))
        std::cout << "ack " << entry << ' ' << position << std::endl;
    }
    std::cout << "stopped" << std::endl;
    std::cin.get();  // the end of the input
    write_all(*log);
    std::cout.flush();
    return 0;
  } catch (const std::exception& failure) {
    std::cout << "failed " << failure.what() << std::endl;
    return 1;
  }
}
