// SPDX-License-Identifier: BSL-1.0
//
// config.ipp: see journal/config.hpp.
#pragma once

#include "../../core/error.hpp"
#include "../../environment/environment.hpp"
#include "../../environment/posix_environment.hpp"
#include "../../hash/digest.hpp"
#include "../../journal/config.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL void config::validate() const {
  if (directory.empty()) throw error{errc::configuration, "config.directory is empty"};
  if (directory.string().find('\0') != std::string::npos)
    throw error{errc::configuration, "config.directory contains a NUL"};
  if (error_if_exists && !create_if_missing)
    throw error{errc::configuration,
                "config.error_if_exists: without create_if_missing there is no store that could be opened",
                {.path = directory.string()}};
  within("segment_max_bytes", segment_max_bytes, 4096, std::uint64_t{4} << 30);
  within("payload_max_bytes", payload_max_bytes, 1, std::uint64_t{1} << 30);
  within("sync.interval_ms", sync.interval_ms, 0, 86'400'000);
  if (max_clock_advance < std::chrono::milliseconds{0} || max_clock_advance > std::chrono::hours{365 * 24})
    throw error{errc::configuration, "config.max_clock_advance must be from 0 to 365 days"};
  within("batch.max_size", batch.max_size, 1, 1'000'000);
  within("batch.max_bytes", batch.max_bytes, 1, std::uint64_t{1} << 30);
  within("writer.buffer_bytes", writer.buffer_bytes, 4096, std::uint64_t{64} << 20);
  within("writer.preallocate_bytes", writer.preallocate_bytes, 0, std::uint64_t{256} << 20);
  within("writer.retry_attempts", writer.retry_attempts, 1, UINT32_MAX);
  if (!(writer.retry_above > 0.0 && writer.retry_above <= 1.0))
    throw error{errc::configuration, "config.writer.retry_above must be over 0, and at most 1"};
  if (writer.fence != fence_policy::wait && writer.fence != fence_policy::refuse)
    throw error{errc::configuration, "config.writer.fence is neither wait nor refuse"};
  within("cache.put_after_events", cache.put_after_events, 1, UINT64_MAX);
  if (cache.on_failure != cache_failure::fold && cache.on_failure != cache_failure::refuse)
    throw error{errc::configuration, "config.cache.on_failure is neither fold nor refuse"};
  if (open != open_policy::strict && open != open_policy::salvage)
    throw error{errc::configuration, "config.open is neither strict nor salvage"};
  if (sync.mode != sync_mode::durable && sync.mode != sync_mode::buffered)
    throw error{errc::configuration, "config.sync.mode is neither durable nor buffered"};
}

QUIPU_DECL void config::within(const char* field, std::uint64_t value, std::uint64_t least, std::uint64_t most) {
  if (value >= least && value <= most) return;
  throw error{errc::configuration,
              std::string{"config."} + field + " must be from " + std::to_string(least) + " to " + std::to_string(most),
              {.expected = value < least ? least : most, .actual = value}};
}

}  // namespace quipu::inline QUIPU_MODE

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL std::shared_ptr<environment> environment_of(const config& settings) {
  return settings.environment ? settings.environment : posix_environment::shared();
}

QUIPU_DECL const config& validated(const config& chosen) {
  chosen.validate();
  return chosen;
}

QUIPU_DECL const config& validated_for_writing(const config& chosen) {
  chosen.validate();
  if (chosen.open == open_policy::salvage)
    throw error{errc::configuration,
                "config.open: what was salvaged can only be read, with a read_only_store",
                {.path = chosen.directory.string()}};
  return chosen;
}

QUIPU_DECL config settings_for_reading(config chosen) {
  if (chosen.open == open_policy::salvage) chosen.cache.put_after_events = UINT64_MAX;
  return chosen;
}

}  // namespace quipu::detail::inline QUIPU_MODE
