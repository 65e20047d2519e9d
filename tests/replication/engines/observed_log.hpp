// SPDX-License-Identifier: BSL-1.0
//
// observed_log.hpp: a shared log that writes down what its engine says, so that it can be compared with what the
// engine's servers have.
#pragma once

#include <quipu/replication/detail/record.hpp>
#include <quipu/replication/shared_log.hpp>

#include <boost/crc.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <ios>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// Adds a line to a file for each record that the engine gave, `read POSITION ID CRC32`, and for each append that it
/// acknowledged, `acknowledged POSITION ID CRC32`. A line is with the system before the caller hears of it.
class observed_log final : public quipu::shared_log {
 public:
  observed_log(std::shared_ptr<quipu::shared_log> engine, const std::string& file)
      : engine_{std::move(engine)}, lines_{file, std::ios::app} {}

  quipu::outcome<std::uint64_t> append(std::span<const std::byte> record, const quipu::event_id& id) override {
    auto answer = engine_->append(record, id);
    if (answer.is_ok()) write("acknowledged", answer.value(), record);
    return answer;
  }
  quipu::outcome<std::vector<quipu::shared_record>> read(std::uint64_t from, std::size_t limit,
                                                         std::chrono::milliseconds wait) override {
    auto answer = engine_->read(from, limit, wait);
    if (answer.is_ok())
      for (const quipu::shared_record& each : answer.value()) write("read", each.position, each.bytes);
    return answer;
  }
  quipu::outcome<quipu::shared_log_extent> extent() override { return engine_->extent(); }
  quipu::outcome<void> trim(std::uint64_t below) override { return engine_->trim(below); }

 private:
  void write(const char* what, std::uint64_t position, std::span<const std::byte> bytes) {
    const auto record = quipu::detail::decode_record({bytes.data(), bytes.size()});
    boost::crc_32_type sum;
    sum.process_bytes(bytes.data(), bytes.size());
    const std::lock_guard lock{mutex_};
    lines_ << what << ' ' << position << ' ' << (record ? record->id.str() : "unreadable") << ' ' << sum.checksum()
           << std::endl;
  }

  std::shared_ptr<quipu::shared_log> engine_;
  std::mutex mutex_;
  std::ofstream lines_;
};
