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
#include <string_view>

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
[[nodiscard]] encoded_event describe_event() noexcept {
  return {.kind = kind_of<Event>,
          .version = schema_version_of<Event>(),
          .schema = schema_text<Event>(),
          .schema_hash = type_fingerprint<Event>(),
          .type_name = event_name_of<Event>,
          .type_hash = event_type_hash<Event>};
}

/// Throws `errc::encode_failed` with the event type, the member if it has a name, and the reason.
[[noreturn]] void throw_not_encodable(std::string_view event_type, std::string_view member, const error& why);

/// Whether a value can't be encoded. Compiled once for a type, however many events have members of it.
template <class Value>
[[nodiscard, gnu::cold]] bool fails_to_encode(const Value& value) {
  bytes unused;
  try {
    byte_writer writer{unused};
    encode_to(writer, value);
    return false;
  } catch (const error&) {
    return true;
  }
}

/// The name of the first member of an event that can't be encoded; empty if there is none.
template <class Event>
[[nodiscard, gnu::cold]] std::string_view find_not_encodable(const Event& event) {
  if constexpr (is_record<Event>) {
    constexpr auto names = member_names<Event>();
    std::size_t sound = 0;
    const bool any = visit_members(
        event, [&](const auto&... members) { return ((fails_to_encode(members) || (++sound, false)) || ...); });
    if (any) return names[sound];
  }
  return {};
}

/// Encodes behind what a buffer has. Throws `errc::encode_failed`, and then the buffer may have a part of the event.
template <class Event>
[[nodiscard]] encoded_event encode_event(const Event& event, bytes& buffer) {
  check_upcast_chain<Event>();
  byte_writer writer{buffer};
  if constexpr (is_packed<Event>) {
    encode_to(writer, event);  // never fails
  } else {
    try {
      encode_to(writer, event);
    } catch (const error& why) {
      if (why.code() != errc::encode_failed) throw;
      throw_not_encodable(type_name<Event>(), find_not_encodable(event), why);
    }
  }
  return describe_event<Event>();
}

/// Calls `use(options)` with the options of an event's append: those given, and the tags that its type names.
template <class Event, class Use>
auto with_own_tags(const Event& event, const append_options& given, Use&& use) {
  if constexpr (names_tags<Event>) {
    append_options tagged = given;
    add_own_tags(event, tagged.tags);
    return use(tagged);
  } else {
    return use(given);
  }
}

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
