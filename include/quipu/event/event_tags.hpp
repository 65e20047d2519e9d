// SPDX-License-Identifier: BSL-1.0
//
// event_tags.hpp: the tags of an event: short texts by which a region selects it, whatever its entity. An event type
// names them itself (`tags()`), an append adds others (`append_options.tags`), and the log keeps the union.
#pragma once

#include "../core/bytes.hpp"
#include "frame.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace quipu {

/// The tags of a stored event, ascending, each once. Refers to the event's bytes: valid as long as a view of the event.
class event_tags {
 public:
  static constexpr std::size_t most_tags = 16;
  static constexpr std::size_t longest_tag = 255;

  event_tags() noexcept = default;
  /// For the library: reads an extension's content. A malformed tag, which no writer makes, ends the list.
  explicit event_tags(const detail::frame_view& frame) noexcept;

  [[nodiscard]] const std::string_view* begin() const noexcept { return tags_.data(); }
  [[nodiscard]] const std::string_view* end() const noexcept { return tags_.data() + count_; }
  [[nodiscard]] std::size_t size() const noexcept { return count_; }
  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
  [[nodiscard]] std::string_view operator[](std::size_t index) const noexcept { return tags_[index]; }
  [[nodiscard]] bool contains(std::string_view tag) const noexcept;

 private:
  std::array<std::string_view, most_tags> tags_{};
  std::size_t count_{};
};

namespace detail {

/// The content of an extension of type `tags`: for each tag, ascending, its size (1 byte) and its text. Throws
/// `errc::invalid_argument` for more than 16 tags, and for a tag that is empty, over 255 bytes or has a NUL.
[[nodiscard]] bytes encode_tags(const std::vector<std::string>& tags);
inline constexpr std::size_t encoded_tags_limit = event_tags::most_tags * (1 + event_tags::longest_tag);

/// A type whose events have tags: a static array or function, or a const member function, called `tags`. A non-static
/// data member of that name is part of the event and names none.
template <class Event>
concept names_tags = requires(const Event& event) {
  event.tags();
}
|| (requires { &Event::tags; } && !std::is_member_object_pointer_v<decltype(&Event::tags)>);

template <class Range>
concept range_of_texts = requires(const Range& range) {
  { *std::begin(range) } -> std::convertible_to<std::string_view>;
  std::end(range);
};

template <class Event>
consteval bool has_usable_tags() {
  if constexpr (requires(const Event& event) { event.tags(); })
    return range_of_texts<decltype(std::declval<const Event&>().tags())>;
  else if constexpr (names_tags<Event>)
    return range_of_texts<decltype(Event::tags)>;
  else
    return true;
}

/// Adds the tags that an event's type names for it.
template <class Event>
void add_own_tags(const Event& event, std::vector<std::string>& to) {
  const auto add = [&to](const auto& tags) {
    for (const auto& each : tags) to.emplace_back(std::string_view{each});
  };
  if constexpr (requires { event.tags(); })
    add(event.tags());
  else
    add(Event::tags);
}

}  // namespace detail
}  // namespace quipu
