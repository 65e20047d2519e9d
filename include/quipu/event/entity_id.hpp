// SPDX-License-Identifier: BSL-1.0
//
// entity_id.hpp: ids of a program's own things, each with a type of its own, so that an order isn't taken for a
// customer:
//   struct order_tag { static constexpr std::string_view prefix = "order"; };
//   using order_id = quipu::entity_id<order_tag>;
//   store.append({order_id::generate().str(), "shop"}, placed{...});   // the entity order:0191...
#pragma once

#include "../codec/schema.hpp"
#include "../core/byte_io.hpp"
#include "event_id.hpp"

#include <array>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quipu {
namespace detail {

/// Letters, digits, `.`, `_` and `-`: what stands before the colon, and must show where it ends.
constexpr bool is_id_prefix(std::string_view prefix) noexcept {
  constexpr std::size_t longest = 64;
  if (prefix.empty() || prefix.size() > longest) return false;
  for (const char letter : prefix) {
    const bool fits = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                      (letter >= '0' && letter <= '9') || letter == '.' || letter == '_' || letter == '-';
    if (!fits) return false;
  }
  return true;
}

template <class Tag>
concept has_id_prefix = requires {
  { Tag::prefix } -> std::convertible_to<std::string_view>;
};

}  // namespace detail

/// An `event_id` that belongs to one kind of thing. Ids of two tags neither compare nor convert. As a member of an
/// event it is encoded as its 16 bytes; as the name of an entity, and for people, it is text: `prefix:uuid`.
template <class Tag>
class entity_id {
  static_assert(detail::has_id_prefix<Tag>,
                "the tag of an entity_id has a prefix: static constexpr std::string_view prefix");

 public:
  /// The nil id: all zero.
  constexpr entity_id() noexcept = default;
  constexpr explicit entity_id(const event_id& value) noexcept : value_{value} {}

  /// What stands before the colon: 1 to 64 letters, digits, `.`, `_` and `-`.
  [[nodiscard]] static constexpr std::string_view prefix() noexcept {
    static_assert(detail::is_id_prefix(Tag::prefix),
                  "the prefix of an entity_id is 1 to 64 letters, digits, '.', '_' and '-'");
    return Tag::prefix;
  }

  /// All zero, the id of nothing.
  [[nodiscard]] static constexpr entity_id nil() noexcept { return {}; }
  /// A new id; later than every `event_id` and `entity_id` that this process has generated. Thread-safe.
  [[nodiscard]] static entity_id generate() { return entity_id{event_id::generate()}; }
  /// An id that is always the same for the same name: for what has a name elsewhere.
  [[nodiscard]] static entity_id from_name(bytes_view name) { return entity_id{event_id::from_name(name)}; }

  /// Reads `prefix:xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, hexadecimal digits in either case; nothing for any other
  /// text, one with another prefix included.
  [[nodiscard]] static constexpr std::optional<entity_id> parse(std::string_view text) noexcept {
    if (!text.starts_with(prefix())) return std::nullopt;
    text.remove_prefix(prefix().size());
    if (!text.starts_with(':')) return std::nullopt;
    const std::optional<event_id> value = event_id::parse(text.substr(1));
    if (!value) return std::nullopt;
    return entity_id{*value};
  }
  /// `prefix:uuid`, lower case after the prefix.
  [[nodiscard]] std::string str() const {
    std::string text{prefix()};
    text.append(":").append(value_.str());
    return text;
  }

  [[nodiscard]] constexpr const event_id& value() const noexcept { return value_; }
  [[nodiscard]] constexpr bool is_nil() const noexcept { return value_.is_nil(); }

  /// By time, for ids that were generated.
  friend constexpr auto operator<=>(const entity_id&, const entity_id&) noexcept = default;

  template <class Traits>
  friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out, const entity_id& id) {
    return out << id.str();
  }

 private:
  event_id value_{};
};

namespace detail {

/// Sixteen bytes, the first first. Another tag is the same encoding: the prefix is how an id is shown, and may be
/// renamed.
template <class Tag>
struct external_codec<entity_id<Tag>> {
  static constexpr bool provided = true;
  static constexpr std::string_view schema = "[u8;16]";
  static constexpr std::size_t min_size = 16;

  static void encode(byte_writer& writer, const entity_id<Tag>& id, unsigned) {
    writer.write(id.value().raw().data(), id.value().raw().size());
  }
  static bool decode(byte_reader& reader, entity_id<Tag>& id, unsigned) {
    std::array<std::uint8_t, 16> raw{};
    if (!reader.read(raw.data(), raw.size())) return false;
    id = entity_id<Tag>{event_id{raw}};
    return true;
  }
};

}  // namespace detail
}  // namespace quipu
