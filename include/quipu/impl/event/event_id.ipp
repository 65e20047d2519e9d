// SPDX-License-Identifier: BSL-1.0
//
// event_id.ipp: see event/event_id.hpp.
#pragma once

#include "../../codec/schema.hpp"
#include "../../coordinate/hybrid_clock.hpp"
#include "../../core/bytes.hpp"
#include "../../core/detail/process_mark.hpp"
#include "../../event/event_id.hpp"
#include "../../hash/blake3.hpp"

#include <array>
#include <atomic>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <time.h>
#include <unistd.h>

namespace quipu {

QUIPU_DECL event_id event_id::from_name(bytes_view name) {
  const digest hash = blake3(name);
  event_id id;
  for (std::size_t at = 0; at < 16; ++at) id.raw_[at] = std::to_integer<std::uint8_t>(hash.bytes()[at]);
  id.raw_[6] = static_cast<std::uint8_t>((id.raw_[6] & 0x0F) | 0x80);
  id.raw_[8] = static_cast<std::uint8_t>((id.raw_[8] & 0x3F) | 0x80);
  return id;
}

QUIPU_DECL std::string event_id::str() const {
  std::string text;
  text.reserve(36);
  for (std::size_t index = 0; index < 16; ++index) {
    if (index == 4 || index == 6 || index == 8 || index == 10) text.push_back('-');
    text.push_back(detail::hex_digits[raw_[index] >> 4]);
    text.push_back(detail::hex_digits[raw_[index] & 15]);
  }
  return text;
}

}  // namespace quipu

namespace quipu::detail {

QUIPU_DECL std::int64_t system_now_us() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
}

QUIPU_DECL event_id process_id_generator::next() {
  const std::int64_t now = system_now_us();
  const std::uint64_t own_number = process_mark::process_number();
  lock(own_number);
  // A forked child needs random bits of its own; also one that a raw system call made, which has no number of its own.
  if (const pid_t own_id = ::getpid(); seeded_for_ != own_number || seeded_by_ != own_id) {
    random_ = id_randomness{seed()};
    seeded_for_ = own_number;
    seeded_by_ = own_id;
  }
  const event_id id = event_id::from_reading(clock_.next(now), random_.next());
  holder_.store(0);
  return id;
}

QUIPU_DECL void process_id_generator::lock(std::uint64_t own_number) noexcept {
  for (;;) {
    std::uint64_t holder = holder_.load();
    if (holder != own_number && holder_.compare_exchange_weak(holder, own_number)) return;
  }
}

QUIPU_DECL std::uint64_t process_id_generator::seed() noexcept {
  std::uint64_t value{};
  if (::getentropy(&value, sizeof value) != 0)
    value = static_cast<std::uint64_t>(system_now_us()) ^ static_cast<std::uint64_t>(::getpid());
  return value;
}

}  // namespace quipu::detail
