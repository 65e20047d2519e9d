// SPDX-License-Identifier: BSL-1.0
//
// encoded_event.ipp: see store/detail/encoded_event.hpp.
#pragma once

#include "../../../codec/codec.hpp"
#include "../../../event/event_list.hpp"
#include "../../../event/upcast.hpp"
#include "../../../journal/config.hpp"
#include "../../../journal/reports.hpp"
#include "../../../journal/write/append_entry.hpp"
#include "../../../outcome/outcome_error.hpp"
#include "../../../store/detail/encoded_event.hpp"

#include <cstdint>
#include <string_view>

#include <string>
#include <string_view>

namespace quipu::detail::inline QUIPU_MODE {

[[noreturn]] QUIPU_DECL void throw_not_encodable(const event_operations& type, std::size_t member, const error& why) {
  std::string message = "the event ";
  message.append(type.name);
  if (member < type.member_names.size()) message.append(", member \"").append(type.member_names[member]).append("\"");
  const outcome_error plain = from_error(why);  // has the message without its frame
  message.append(": ").append(std::string_view{plain.message});
  throw error{errc::encode_failed, message};
}

QUIPU_DECL append_options with_own_tags(event_to_append event, const append_options& given) {
  append_options tagged = given;
  event.type->add_tags(event.event, tagged.tags);
  return tagged;
}

QUIPU_DECL void encode_event(event_to_append event, bytes& buffer) {
  const event_operations& type = *event.type;
  if (type.packed_size != 0) {
    const auto* const begin = static_cast<const std::byte*>(event.event);
    buffer.insert(buffer.end(), begin, begin + type.packed_size);
    return;
  }
  byte_writer writer{buffer};
  std::size_t encoded = 0;
  try {
    type.encode(event.event, writer, encoded);
  } catch (const error& why) {
    if (why.code() != errc::encode_failed) throw;
    throw_not_encodable(type, encoded, why);
  }
}

QUIPU_DECL void check_kind(event_kind kind) {
  if (kind.is_reserved())
    throw error{errc::invalid_argument,
                "kind " + kind.str() + " is reserved for the library: categories 0x0 and 0xD can't be appended"};
}

QUIPU_DECL append_entry encoded_event::entry(bytes_view content) const noexcept {
  append_entry made;
  made.kind = kind;
  made.version = version;
  made.schema = schema;
  made.schema_hash = schema_hash;
  made.type_name = type_name;
  made.type_hash = type_hash;
  made.payload = content;
  return made;
}

QUIPU_DECL bytes& lent_buffer::spare() noexcept {
  static thread_local bytes kept;
  return kept;
}

}  // namespace quipu::detail::inline QUIPU_MODE
