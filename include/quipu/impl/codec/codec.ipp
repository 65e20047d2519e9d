// SPDX-License-Identifier: BSL-1.0
//
// codec.ipp: see codec/codec.hpp.
#pragma once

#include "../../codec/codec.hpp"
#include "../../codec/detail/boost_load.hpp"
#include "../../codec/detail/boost_save.hpp"
#include "../../codec/detail/decode.hpp"
#include "../../codec/detail/encode.hpp"
#include "../../codec/fingerprint.hpp"
#include "../../codec/schema_text.hpp"
#include "../../core/byte_io.hpp"
#include "../../core/bytes.hpp"
#include "../../core/error.hpp"

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace quipu::detail {

QUIPU_DECL void throw_decode_failed(std::string_view schema, std::size_t size) {
  constexpr std::size_t shown = 240;
  std::string message = "these bytes aren't an encoding of ";
  message.append(schema.substr(0, shown));
  if (schema.size() > shown) message.append("...");
  throw error{errc::decode_failed, message, {.actual = size}};
}

}  // namespace quipu::detail
