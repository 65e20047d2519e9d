// SPDX-License-Identifier: BSL-1.0
//
// worker_record.hpp: what a worker keeps with its position: the events that it parked, and those that it skipped. It is the state of the checkpoint of the
// cursor that has the worker's name, so that position and record are one file.
//
//    0   4  magic, "QWRK"
//    4   4  version, 1
//    8   8  how many events were skipped since the first
//   16   4  number of parked events that follow, oldest first
//   20   4  number of skipped events that follow them: the last ones, oldest first
//   24      each: id 16, number 8, attempts 8, failed at 8, size of the text 4, text
#pragma once

#include "../../core/byte_io.hpp"
#include "../../core/bytes.hpp"
#include "../../core/error.hpp"
#include "../../event/event_id.hpp"
#include "../parked_event.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace quipu::detail {

inline constexpr std::size_t parked_text_max_bytes = 1024;
inline constexpr std::size_t skipped_kept = 64;
inline constexpr std::size_t parked_limit_max = 65'536;

struct worker_record {
  using event_list = std::vector<parked_event>;
  static constexpr std::uint32_t magic = 0x4B52'5751;  // "QWRK"
  static constexpr std::uint32_t version = 1;

  event_list parked{};
  event_list skipped{};  // the last ones
  std::uint64_t skipped_count{};

  [[nodiscard]] bool empty() const noexcept { return parked.empty() && skipped_count == 0; }

  void skip(parked_event event) {
    if (skipped.size() == skipped_kept) skipped.erase(skipped.begin());
    skipped.push_back(std::move(event));
    ++skipped_count;
  }

  /// Nothing at all where there is nothing to tell.
  [[nodiscard]] bytes encode() const {
    bytes raw;
    if (empty()) return raw;
    byte_writer writer{raw};
    writer.put(magic);
    writer.put(version);
    writer.put(skipped_count);
    writer.put(static_cast<std::uint32_t>(parked.size()));
    writer.put(static_cast<std::uint32_t>(skipped.size()));
    for (const event_list* list : {&parked, &skipped}) {
      for (const parked_event& each : *list) {
        writer.write(each.id.raw().data(), 16);
        writer.put(each.sequence);
        writer.put(each.attempts);
        writer.put(each.failed_at_us);
        writer.put(static_cast<std::uint32_t>(each.error.size()));
        writer.write(bytes_view{each.error});
      }
    }
    return raw;
  }

  /// Nothing for what isn't a whole record.
  [[nodiscard]] static std::optional<worker_record> decode(bytes_view raw) {
    worker_record read;
    if (raw.empty()) return read;
    byte_reader reader{raw};
    std::uint32_t found_magic = 0;
    std::uint32_t found_version = 0;
    std::uint32_t parked_count = 0;
    std::uint32_t kept_count = 0;
    if (!reader.get(found_magic) || found_magic != magic || !reader.get(found_version) || found_version != version || !reader.get(read.skipped_count) ||
        !reader.get(parked_count) || !reader.get(kept_count) || parked_count > parked_limit_max || kept_count > skipped_kept)
      return std::nullopt;
    for (std::uint32_t index = 0; index < parked_count; ++index)
      if (!take(reader, read.parked)) return std::nullopt;
    for (std::uint32_t index = 0; index < kept_count; ++index)
      if (!take(reader, read.skipped)) return std::nullopt;
    if (!reader.at_end()) return std::nullopt;
    return read;
  }

  /// The record in a checkpoint's state; `errc::invalid_argument` for a state that some other consumer put there.
  [[nodiscard]] static worker_record of(bytes_view state, std::string_view name) {
    std::optional<worker_record> read = decode(state);
    if (!read)
      throw error{errc::invalid_argument, "the cursor \"" + std::string{name} + "\" has a state that no worker put there: take another name"};
    return *std::move(read);
  }

 private:
  [[nodiscard]] static bool take(byte_reader& reader, event_list& to) {
    std::array<std::uint8_t, 16> id{};
    parked_event each;
    std::uint32_t size = 0;
    bytes_view text;
    if (!reader.read(id.data(), id.size()) || !reader.get(each.sequence) || !reader.get(each.attempts) || !reader.get(each.failed_at_us) ||
        !reader.get(size) || size > parked_text_max_bytes || !reader.take(text, size))
      return false;
    each.id = event_id{id};
    each.error = std::string{text.text()};
    to.push_back(std::move(each));
    return true;
  }
};

}  // namespace quipu::detail
