// SPDX-License-Identifier: BSL-1.0
//
// real_log.hpp: a journal of its own in memory, and a log that forwards to it, for tests that get in between.
#pragma once

#include "../store/store_fixture.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/delivery/detail/model_body.hpp>
#include <quipu/delivery/detail/model_reading.hpp>
#include <quipu/delivery/detail/worker_body.hpp>
#include <quipu/store/detail/core_checkpoints.hpp>
#endif

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace delivery_tests {

using core = quipu::detail::writer_core;

inline std::shared_ptr<core> make_core() {
  return std::make_shared<core>(store_tests::settings_in(store_tests::memory_world{}, store_tests::small_segments()),
                                nullptr);
}

inline void append_to(quipu::detail::journal& log, std::int64_t cents) {
  quipu::bytes buffer;
  const store_tests::deposited event{cents};
  const auto given_event = quipu::detail::to_append(event);
  quipu::detail::encode_event(given_event, buffer);
  quipu::detail::append_entry entry = given_event.type->described.entry(quipu::bytes_view{buffer});
  entry.entity = "a";
  entry.scope = "s";
  quipu::receipt given;
  log.append(std::span{&entry, 1}, std::span{&given, 1});
}

/// Forwards to a core's log. A test overrides what it disturbs.
class forwarding_log : public quipu::detail::log_source {
 public:
  explicit forwarding_log(std::shared_ptr<core> real) : real_{std::move(real)} {}
  virtual ~forwarding_log() = default;

  [[nodiscard]] quipu::detail::log_snapshot snapshot() override { return log().snapshot(); }
  [[nodiscard]] quipu::detail::entity_snapshot snapshot_of(std::string_view entity) override {
    return log().snapshot_of(entity);
  }
  [[nodiscard]] std::uint64_t generation() override { return log().generation(); }
  void wait_for_event(std::uint64_t sequence, std::int64_t microseconds, const std::atomic<bool>& stop) override {
    log().wait_for_event(sequence, microseconds, stop);
  }
  void wake() noexcept override { log().wake(); }
  [[nodiscard]] bool is_closed() const noexcept override { return log().is_closed(); }
  void check_usable() const override { log().check_usable(); }
  void check_whole() const override { log().check_whole(); }
  [[nodiscard]] const quipu::detail::store_identity& identity() const noexcept override { return log().identity(); }
  [[nodiscard]] std::int64_t created_at_us() const noexcept override { return log().created_at_us(); }
  void check_schema(const quipu::detail::event_shape& shape) override { log().check_schema(shape); }
  [[nodiscard]] std::uint64_t schema_changes() const noexcept override { return log().schema_changes(); }
  [[nodiscard]] quipu::digest head() override { return log().head(); }
  void copy_to(const std::filesystem::path& target) override { log().copy_to(target); }
  [[nodiscard]] std::int64_t now_us() override { return log().now_us(); }
  [[nodiscard]] quipu::environment_directory& directory() noexcept override { return log().directory(); }

 protected:
  [[nodiscard]] quipu::detail::journal& log() const noexcept { return real_->log; }
  [[nodiscard]] core& real() const noexcept { return *real_; }

 private:
  std::shared_ptr<core> real_;
};

}  // namespace delivery_tests
