// SPDX-License-Identifier: BSL-1.0
//
// metadata.hpp: a small map of text beside an event's payload, for text that describes the event and is not part of
// it: a trace, a user, a source.
#pragma once

#include "../core/byte_io.hpp"
#include "../core/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace quipu {

/// The metadata of an event that is appended: text by text, both UTF-8 by convention.
using metadata_map = std::map<std::string, std::string, std::less<>>;

inline constexpr std::size_t metadata_entries_limit = 64;
inline constexpr std::size_t metadata_key_limit = 255;  ///< bytes of a key; at least 1
/// Bytes of all entries: those of keys and values, and 3 for each entry.
inline constexpr std::size_t metadata_bytes_limit = 16'384;

/// The metadata of a stored event: pairs of key and value in the order of the keys' bytes. Refers to the bytes of the
/// event: they live as long as an `event_view` of it. Thread-safe.
class metadata_view {
 public:
  using value_type = std::pair<std::string_view, std::string_view>;

  class iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = metadata_view::value_type;
    using difference_type = std::ptrdiff_t;
    using pointer = const value_type*;
    using reference = const value_type&;

    iterator() noexcept = default;
    /// For `metadata_view`.
    explicit iterator(bytes_view rest) noexcept : rest_{rest} { read(); }

    [[nodiscard]] reference operator*() const noexcept { return entry_; }
    [[nodiscard]] pointer operator->() const noexcept { return &entry_; }
    iterator& operator++() noexcept {
      rest_ = rest_.subview(size_);
      read();
      return *this;
    }
    iterator operator++(int) noexcept {
      const iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const iterator& left, const iterator& right) noexcept {
      return left.rest_.size() == right.rest_.size();
    }

   private:
    void read() noexcept;

    bytes_view rest_;  // from this entry on; empty at the end
    std::size_t size_{};
    value_type entry_{};
  };
  using const_iterator = iterator;

  metadata_view() noexcept = default;
  /// For `event_view`: the content of an extension. A malformed entry, which no writer makes, ends it.
  explicit metadata_view(bytes_view content) noexcept : content_{content} {}

  [[nodiscard]] iterator begin() const noexcept { return iterator{content_}; }
  [[nodiscard]] iterator end() const noexcept { return {}; }
  [[nodiscard]] bool empty() const noexcept { return begin() == end(); }
  /// Takes time in proportion to the entries.
  [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(std::distance(begin(), end())); }
  /// The value of a key, if there is one. Takes time in proportion to the entries.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view key) const noexcept;
  /// A copy that can be changed and appended.
  [[nodiscard]] metadata_map copy() const;

 private:
  bytes_view content_;
};

namespace detail {

/// The content of an event's extension `metadata`: for each entry the sizes of key (1) and value (2), key, value, by
/// ascending keys. Throws `errc::invalid_argument` for an empty or too long key, and `errc::payload_too_large` for more
/// entries or bytes than the limits allow.
[[nodiscard]] bytes encode_metadata(const metadata_map& entries);

}  // namespace detail
}  // namespace quipu
