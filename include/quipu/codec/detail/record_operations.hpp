// SPDX-License-Identifier: BSL-1.0
//
// record_operations.hpp: encoding and decoding for code that doesn't know the type of a value. Compiled for each type
// of a member, not for each record: of a record, only the addresses of its members are needed. A call through a pointer
// for each member is the price.
#pragma once

#include "../../core/byte_io.hpp"
#include "../../core/bytes.hpp"
#include "../schema.hpp"
#include "decode.hpp"
#include "encode.hpp"
#include "size.hpp"
#include "type_list.hpp"

#include <cstddef>
#include <memory>
#include <span>

namespace quipu::detail {

/// `encode_value` and `decode_value` of a member's type.
struct member_operations {
  void (*encode)(byte_writer& writer, const void* member, unsigned depth){};
  bool (*decode)(byte_reader& reader, void* member, unsigned depth){};
};
template <class Member>
void encode_member(byte_writer& writer, const void* member, unsigned depth) {
  encode_value(writer, *static_cast<const Member*>(member), depth);
}
template <class Member>
bool decode_member(byte_reader& reader, void* member, unsigned depth) {
  return decode_value(reader, *static_cast<Member*>(member), depth);
}
template <class... Members>
struct listed_operations {
  static constexpr member_operations list[]{{&encode_member<Members>, &decode_member<Members>}...};
};

/// What is encoded of a value: its memory, or its members. A type without members to list is its own only member.
struct record_operations {
  std::size_t packed_size{};  ///< of a type whose encoding is its memory; 0 of any other
  std::span<const member_operations> members{};
  void (*list_members)(void* record, void** addresses){};
  unsigned depth{};  ///< how many named types the members are inside of
};

/// The most members that are listed: decoding has their addresses on the stack.
inline constexpr std::size_t listed_members_limit = 64;

template <class Type>
inline constexpr bool lists_members =
    is_record<Type>&& parts_of<Type>::size != 0 && parts_of<Type>::size <= listed_members_limit;

template <class Type>
void list_members(void* record, void** addresses) {
  if constexpr (lists_members<Type>)
    visit_members(*static_cast<Type*>(record),
                  [&](auto&... members) { ((*addresses++ = std::addressof(members)), ...); });
  else
    *addresses = record;
}

template <class... Members>
consteval std::span<const member_operations> operations_of_members(type_list<Members...>) noexcept {
  return listed_operations<Members...>::list;
}

template <class Type>
consteval record_operations find_record_operations() noexcept {
  if constexpr (is_packed<Type>) {
    return {.packed_size = sizeof(Type)};
  } else if constexpr (lists_members<Type>) {
    return {.members = operations_of_members(parts_of<Type>{}),
            .list_members = &list_members<Type>,
            .depth = is_named<Type> ? 1U : 0U};
  } else {
    return {.members = operations_of_members(type_list<Type>{}), .list_members = &list_members<Type>};
  }
}
template <class Type>
inline constexpr record_operations record_operations_of = find_record_operations<Type>();

/// Appends the encoding of a value. Throws `errc::encode_failed`; the buffer then has a part of the value at its end.
void encode_record(byte_writer& writer, const void* record, const record_operations& type);

/// Reads a value that takes the whole of `data`, into an existing one. False for anything that isn't an encoding of the
/// type; the value is then valid and unspecified. Throws nothing but `std::bad_alloc`.
[[nodiscard]] bool decode_record(bytes_view data, void* record, const record_operations& type);

}  // namespace quipu::detail
