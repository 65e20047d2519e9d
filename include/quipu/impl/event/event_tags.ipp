// SPDX-License-Identifier: BSL-1.0
//
// event_tags.ipp: see event/event_tags.hpp.
#pragma once

#include "../../core/byte_io.hpp"
#include "../../core/error.hpp"
#include "../../event/event_tags.hpp"
#include "../../event/frame.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quipu {

QUIPU_DECL event_tags::event_tags(const detail::frame_view& frame) noexcept {
  if (frame.extension_size() == 0) return;
  const auto content = frame.extension(detail::extension_type::tags);
  if (!content) return;
  byte_reader reader{*content};
  std::uint8_t size{};
  bytes_view text;
  while (count_ != most_tags && reader.get(size) && size != 0 && reader.take(text, size)) {
    if (count_ != 0 && text.text() <= tags_[count_ - 1]) return;
    tags_[count_++] = text.text();
  }
}

QUIPU_DECL bool event_tags::contains(std::string_view tag) const noexcept {
  return std::find(begin(), end(), tag) != end();
}

}  // namespace quipu

namespace quipu::detail {

QUIPU_DECL bytes encode_tags(const std::vector<std::string>& tags) {
  std::vector<std::string_view> sorted{tags.begin(), tags.end()};
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  if (sorted.size() > event_tags::most_tags)
    throw error{errc::invalid_argument,
                "an event has more than 16 tags",
                {.expected = event_tags::most_tags, .actual = sorted.size()}};
  bytes content;
  byte_writer writer{content};
  for (const std::string_view tag : sorted) {
    if (tag.empty()) throw error{errc::invalid_argument, "a tag is empty"};
    if (tag.size() > event_tags::longest_tag)
      throw error{errc::invalid_argument,
                  "a tag is over 255 bytes",
                  {.expected = event_tags::longest_tag, .actual = tag.size()}};
    if (tag.find('\0') != std::string_view::npos) throw error{errc::invalid_argument, "a tag has a NUL byte"};
    writer.put(static_cast<std::uint8_t>(tag.size()));
    writer.write(bytes_view{tag});
  }
  return content;
}

}  // namespace quipu::detail
