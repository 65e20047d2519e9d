// SPDX-License-Identifier: BSL-1.0
//
// metadata.ipp: see event/metadata.hpp.
#pragma once

#include "../../core/byte_io.hpp"
#include "../../core/bytes.hpp"
#include "../../core/error.hpp"
#include "../../event/metadata.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace quipu {

QUIPU_DECL void metadata_view::iterator::read() noexcept {
  byte_reader reader{rest_};
  std::uint8_t key_size{};
  std::uint16_t value_size{};
  bytes_view key;
  bytes_view value;
  if (reader.get(key_size) && reader.get(value_size) && reader.take(key, key_size) && reader.take(value, value_size)) {
    entry_ = {key.text(), value.text()};
    size_ = reader.position();
  } else {
    rest_ = {};
  }
}

QUIPU_DECL std::optional<std::string_view> metadata_view::find(std::string_view key) const noexcept {
  for (const auto& [each, value] : *this)
    if (each == key) return value;
  return std::nullopt;
}

QUIPU_DECL metadata_map metadata_view::copy() const { return {begin(), end()}; }

}  // namespace quipu

namespace quipu::detail {

QUIPU_DECL bytes encode_metadata(const metadata_map& entries) {
  if (entries.size() > metadata_entries_limit)
    throw error{errc::payload_too_large,
                "an event's metadata has more than 64 entries",
                {.expected = metadata_entries_limit, .actual = entries.size()}};
  std::size_t size = 0;
  for (const auto& [key, value] : entries) {
    if (key.empty() || key.size() > metadata_key_limit)
      throw error{errc::invalid_argument,
                  "a key of an event's metadata must have 1 to 255 bytes",
                  {.expected = metadata_key_limit, .actual = key.size()}};
    size += sizeof(std::uint8_t) + sizeof(std::uint16_t) + key.size() + value.size();
  }
  if (size > metadata_bytes_limit)
    throw error{errc::payload_too_large,
                "an event's metadata is over 16,384 bytes",
                {.expected = metadata_bytes_limit, .actual = size}};
  bytes content;
  content.reserve(size);
  byte_writer writer{content};
  for (const auto& [key, value] : entries) {
    writer.put(static_cast<std::uint8_t>(key.size()));
    writer.put(static_cast<std::uint16_t>(value.size()));
    writer.write(bytes_view{key});
    writer.write(bytes_view{value});
  }
  return content;
}

}  // namespace quipu::detail
