// SPDX-License-Identifier: BSL-1.0
//
// record_operations.ipp: see codec/detail/record_operations.hpp.
#pragma once

#include "../../../codec/detail/record_operations.hpp"
#include "../../../core/byte_io.hpp"
#include "../../../core/bytes.hpp"

#include <cstddef>
#include <cstring>

namespace quipu::detail {

QUIPU_DECL void encode_record(byte_writer& writer, const void* record, const record_operations& type) {
  if (type.packed_size != 0) {
    writer.write(record, type.packed_size);
    return;
  }
  void* addresses[listed_members_limit];
  type.list_members(const_cast<void*>(record), addresses);
  for (std::size_t index = 0; index < type.members.size(); ++index)
    type.members[index].encode(writer, addresses[index], type.depth);
}

QUIPU_DECL bool decode_record(bytes_view data, void* record, const record_operations& type) {
  if (type.packed_size != 0) {
    if (data.size() != type.packed_size) return false;
    std::memcpy(record, data.data(), type.packed_size);
    return true;
  }
  void* addresses[listed_members_limit];
  type.list_members(record, addresses);
  byte_reader reader{data};
  for (std::size_t index = 0; index < type.members.size(); ++index)
    if (!type.members[index].decode(reader, addresses[index], type.depth)) return false;
  return reader.at_end();
}

}  // namespace quipu::detail
