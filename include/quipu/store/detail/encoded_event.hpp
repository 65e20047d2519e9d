// SPDX-License-Identifier: BSL-1.0
//
// encoded_event.hpp: what the journal must know of an event, and no C++ type.
#pragma once

#include "../../codec/codec.hpp"
#include "../../codec/schema.hpp"
#include "../../core/bytes.hpp"
#include "../../core/detail/type_name.hpp"
#include "../../core/error.hpp"
#include "../../event/event_list.hpp"
#include "../../event/event_name.hpp"
#include "../../event/event_tags.hpp"
#include "../../event/upcast.hpp"
#include "../../guard/denial.hpp"
#include "../../journal/append_options.hpp"
#include "../../journal/config.hpp"
#include "../../journal/reports.hpp"
#include "../../journal/write/append_entry.hpp"
#include "../../macros.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quipu::inline QUIPU_MODE {

/// Why a type can't be appended, in words; see projection/problems.hpp.
template <class Event>
struct an_event_to_append_needs_a_static_constexpr_kind_or_a_specialisation_of_kind_of;
template <class Event>
struct an_event_to_append_must_not_have_a_kind_that_is_reserved_for_the_library;
template <class Event>
struct an_event_to_append_must_not_be_of_a_kind_that_its_upcast_retired;
template <class Event>
struct the_tags_of_an_event_to_append_must_be_texts_in_a_static_array_or_of_a_const_function;
template <class Event>
struct the_name_of_an_event_to_append_must_be_a_static_constexpr_text_of_1_to_255_bytes_of_UTF8;

}  // namespace quipu::inline QUIPU_MODE

namespace quipu::detail::inline QUIPU_MODE {

template <class Event>
consteval bool has_own_kind() {
  if constexpr (event_type<Event>)
    return may_append<Event>;
  else
    return false;
}

template <class Event>
concept appendable = has_own_kind<Event>() && encodable<Event> && !is_retired<Event> && has_usable_tags<Event>() &&
                     has_usable_name<Event>();

/// One compile error that says why.
template <class Event>
constexpr void refuse_to_append() {
  if constexpr (!event_type<Event>) {
    static_cast<void>(sizeof(an_event_to_append_needs_a_static_constexpr_kind_or_a_specialisation_of_kind_of<Event>));
  } else if constexpr (!has_own_kind<Event>()) {
    static_cast<void>(sizeof(an_event_to_append_must_not_have_a_kind_that_is_reserved_for_the_library<Event>));
  } else if constexpr (is_retired<Event>) {
    static_cast<void>(sizeof(an_event_to_append_must_not_be_of_a_kind_that_its_upcast_retired<Event>));
  } else if constexpr (!has_usable_tags<Event>()) {
    static_cast<void>(
        sizeof(the_tags_of_an_event_to_append_must_be_texts_in_a_static_array_or_of_a_const_function<Event>));
  } else if constexpr (!has_usable_name<Event>()) {
    static_cast<void>(
        sizeof(the_name_of_an_event_to_append_must_be_a_static_constexpr_text_of_1_to_255_bytes_of_UTF8<Event>));
  } else {
    refuse_to_encode<Event>();
  }
}

void check_kind(event_kind kind);

/// An event without its bytes, but for raw ones.
struct encoded_event {
  event_kind kind{};
  std::uint16_t version{};
  std::string_view schema{};
  std::uint64_t schema_hash{};
  std::string_view type_name{};
  std::uint64_t type_hash{};

  [[nodiscard]] append_entry entry(bytes_view content) const noexcept;
};

template <class Event>
[[nodiscard]] constexpr encoded_event describe_event() noexcept {
  return {.kind = kind_of<Event>,
          .version = schema_version_of<Event>(),
          .schema = schema_text<Event>(),
          .schema_hash = type_fingerprint<Event>(),
          .type_name = event_name_of<Event>,
          .type_hash = event_type_hash<Event>};
}

/// What can be done with an event whose type isn't known. One table for each type is all that appending compiles for
/// it, but for its encoding (docs/decisions/0265-an-event-type-is-a-table.md).
struct event_operations {
  encoded_event described{};
  /// The size of a packed event, whose bytes are its encoding; 0 of any other event.
  std::size_t packed_size{};
  /// Appends the encoding of an event that isn't packed, and counts the members that have been encoded.
  void (*encode)(const void* event, byte_writer& writer, std::size_t& encoded){};
  /// Adds the tags that the type names for an event; null if it names none.
  void (*add_tags)(const void* event, std::vector<std::string>& to){};
  /// For messages.
  std::string_view name{};
  std::span<const std::string_view> member_names{};
};

template <class Event>
void encode_counting(const void* event, byte_writer& writer, std::size_t& encoded) {
  encode_members(writer, *static_cast<const Event*>(event), encoded);
}
template <class Event>
void add_own_tags_of(const void* event, std::vector<std::string>& to) {
  add_own_tags(*static_cast<const Event*>(event), to);
}

template <class Event>
[[nodiscard]] consteval event_operations find_event_operations() {
  check_upcast_chain<Event>();
  event_operations operations;
  operations.described = describe_event<Event>();
  if constexpr (is_packed<Event>) {
    operations.packed_size = sizeof(Event);
  } else {
    operations.encode = &encode_counting<Event>;
    operations.name = type_name<Event>();
    if constexpr (is_record<Event>) operations.member_names = member_names_of<Event>;
  }
  if constexpr (names_tags<Event>) operations.add_tags = &add_own_tags_of<Event>;
  return operations;
}
template <class Event>
inline constexpr event_operations event_operations_of = find_event_operations<Event>();

/// An event to append, without its type. Refers to the event.
struct event_to_append {
  const void* event{};
  const event_operations* type{};
};
template <class Event>
[[nodiscard]] event_to_append to_append(const Event& event) noexcept {
  return {std::addressof(event), &event_operations_of<Event>};
}

/// Encodes behind what a buffer has. Throws `errc::encode_failed` with the event type, the member if it has a name, and
/// the reason; then the buffer may have a part of the event.
void encode_event(event_to_append event, bytes& buffer);

/// The options of an event's append with the tags that its type names. Precondition: it names tags.
[[nodiscard]] append_options with_own_tags(event_to_append event, const append_options& given);

/// An event whose bytes are its encoding, and whose type names no tags: nothing is made for its append.
template <class Event>
concept appended_as_it_is = is_packed<Event> && !names_tags<Event>;

/// An empty buffer to encode into, which the thread keeps for the next time. One that is lent while another is (by a
/// function of the program's that is called meanwhile and appends, too) is a new one.
class lent_buffer {
 public:
  [[gnu::noinline]] lent_buffer() noexcept {
    buffer_.swap(spare());
    buffer_.clear();
  }
  lent_buffer(const lent_buffer&) = delete;
  lent_buffer& operator=(const lent_buffer&) = delete;
  [[gnu::noinline]] ~lent_buffer() { buffer_.swap(spare()); }

  [[nodiscard]] bytes& get() noexcept { return buffer_; }

 private:
  [[nodiscard]] static bytes& spare() noexcept;
  bytes buffer_;
};

[[nodiscard]] inline encoded_event raw_event(event_kind kind) noexcept { return {.kind = kind}; }

}  // namespace quipu::detail::inline QUIPU_MODE
