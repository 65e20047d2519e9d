// SPDX-License-Identifier: BSL-1.0
//
// boost_serialization.ipp: see codec/boost_serialization.hpp.
#pragma once

#include "../../codec/boost_serialization.hpp"
#include "../../codec/detail/boost_protocol.hpp"
#include "../../codec/schema.hpp"
#include "../../core/byte_io.hpp"

#include <boost/uuid/uuid.hpp>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace quipu::detail {

QUIPU_DECL void external_codec::encode(byte_writer& writer, const boost::uuids::uuid& value, unsigned) {
  writer.write(value.begin(), 16);
}

QUIPU_DECL bool external_codec::decode(byte_reader& reader, boost::uuids::uuid& value, unsigned) {
  return reader.read(value.begin(), 16);
}

}  // namespace quipu::detail
