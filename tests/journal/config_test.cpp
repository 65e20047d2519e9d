// SPDX-License-Identifier: BSL-1.0
//
// config_test.cpp: the defaults and the limits of the options. They are promises: a program that sets nothing relies on
// each default. The same values are in docs/reference/config.md.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/journal/append_options.hpp>
#include <quipu/journal/config.hpp>
#endif

#include <catch2/catch.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

TEST_CASE("the defaults of config", "[journal][config]") {
  const quipu::config given;
  CHECK(given.directory.empty());
  CHECK(given.create_if_missing);
  CHECK_FALSE(given.error_if_exists);
  CHECK(given.segment_max_bytes == 32U << 20);
  CHECK(given.payload_max_bytes == 16U << 20);
  CHECK(given.sync.mode == quipu::sync_mode::durable);
  CHECK(given.sync.every_n_events == 0);
  CHECK(given.sync.interval_ms == 1000);
  CHECK(given.batch.max_size == 10'000);
  CHECK(given.batch.max_bytes == 64U << 20);
  CHECK(given.writer.buffer_bytes == 256U << 10);
  CHECK(given.writer.preallocate_bytes == 1U << 20);
  CHECK(given.writer.retry_above == 0.75);
  CHECK(given.writer.retry_attempts == 10);
  CHECK(given.writer.fence == quipu::fence_policy::wait);
  CHECK(given.cache.put_after_events == 1);
  CHECK(given.cache.on_failure == quipu::cache_failure::fold);
  CHECK(given.chain);
  CHECK_FALSE(given.chain_key);
  CHECK(given.open == quipu::open_policy::strict);
  CHECK_FALSE(given.expected_head);
  CHECK_FALSE(given.clock);
  CHECK(given.max_clock_advance == std::chrono::hours{1});
  CHECK(given.environment == nullptr);
  CHECK(given.observer == nullptr);
}

TEST_CASE("the defaults of append_options", "[journal][config]") {
  const quipu::append_options given;
  CHECK(given.expected == quipu::expected_version::any());
  CHECK_FALSE(given.condition);
  CHECK_FALSE(given.idempotency_key);
  CHECK_FALSE(given.correlation_id);
  CHECK_FALSE(given.causation_id);
  CHECK(static_cast<std::uint16_t>(given.flags) == 0);
  CHECK_FALSE(given.position);
  CHECK_FALSE(given.durability);
  CHECK(given.bypass_reason.empty());
  CHECK(given.metadata.empty());
  CHECK_FALSE(given.timestamp_us);
  CHECK_FALSE(given.copy_metadata);
  CHECK(given.tags.empty());
}

TEST_CASE("the least and the greatest value of each option, and none beyond", "[journal][config]") {
  struct limits {
    std::function<void(quipu::config&, std::uint64_t)> set;
    std::uint64_t least;
    std::uint64_t most;
  };
  const auto mib = [](std::uint64_t count) { return count << 20; };
  const std::vector<limits> all{
      {[](auto& given, auto value) { given.segment_max_bytes = value; }, 4096, mib(4096)},
      {[](auto& given, auto value) { given.payload_max_bytes = value; }, 1, mib(1024)},
      {[](auto& given, auto value) { given.sync.interval_ms = value; }, 0, 86'400'000},
      {[](auto& given, auto value) { given.batch.max_size = static_cast<std::size_t>(value); }, 1, 1'000'000},
      {[](auto& given, auto value) { given.batch.max_bytes = value; }, 1, mib(1024)},
      {[](auto& given, auto value) { given.writer.buffer_bytes = value; }, 4096, mib(64)},
      {[](auto& given, auto value) { given.writer.preallocate_bytes = value; }, 0, mib(256)},
      {[](auto& given, auto value) { given.writer.retry_above = static_cast<double>(value); }, 1, 1},
  };
  for (std::size_t index = 0; index < all.size(); ++index) {
    const auto is_valid = [&](std::uint64_t value) {
      quipu::config given{.directory = "ledger"};
      all[index].set(given, value);
      try {
        given.validate();
        return true;
      } catch (const quipu::error& refused) {
        CHECK(refused.code() == quipu::errc::configuration);
        return false;
      }
    };
    CAPTURE(index);
    CHECK(is_valid(all[index].least));
    CHECK(is_valid(all[index].most));
    CHECK_FALSE(is_valid(all[index].most + 1));
    if (all[index].least != 0) CHECK_FALSE(is_valid(all[index].least - 1));
  }
}

TEST_CASE("a choice that is none of those there are is refused by its name", "[journal][config]") {
  const auto refusal_of = [](const auto& set) {
    quipu::config given{.directory = "ledger"};
    set(given);
    try {
      given.validate();
    } catch (const quipu::error& refused) {
      CHECK(refused.code() == quipu::errc::configuration);
      return std::string{refused.what()};
    }
    return std::string{};
  };
  CHECK_THAT(refusal_of([](quipu::config& given) { given.writer.fence = static_cast<quipu::fence_policy>(9); }),
             Catch::Contains("config.writer.fence"));
  CHECK_THAT(refusal_of([](quipu::config& given) { given.cache.on_failure = static_cast<quipu::cache_failure>(9); }),
             Catch::Contains("config.cache.on_failure"));
  CHECK_THAT(refusal_of([](quipu::config& given) { given.open = static_cast<quipu::open_policy>(9); }),
             Catch::Contains("config.open"));
  CHECK_THAT(refusal_of([](quipu::config& given) { given.sync.mode = static_cast<quipu::sync_mode>(9); }),
             Catch::Contains("config.sync.mode"));
  for (const auto writer_fence : {quipu::fence_policy::wait, quipu::fence_policy::refuse})
    CHECK(refusal_of([&](quipu::config& given) { given.writer.fence = writer_fence; }).empty());
}
