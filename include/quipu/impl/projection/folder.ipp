// SPDX-License-Identifier: BSL-1.0
//
// folder.ipp: see projection/folder.hpp.
#pragma once

#include "../../core/error.hpp"
#include "../../event/detail/listed.hpp"
#include "../../event/event_view.hpp"
#include "../../event/frame.hpp"
#include "../../projection/folder.hpp"
#include "../../projection/projection.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace quipu::detail {

[[noreturn]] QUIPU_DECL void throw_frame_not_decoded(frame_view frame, std::string_view schema) {
  constexpr std::size_t shown = 240;
  std::string message = "the payload of event " + std::to_string(frame.sequence()) + ", of kind " + frame.kind().str() +
                        ", isn't an encoding of ";
  message.append(schema.substr(0, shown));
  if (schema.size() > shown) message.append("...");
  throw error{errc::decode_failed, message, {.actual = frame.payload_size()}};
}

QUIPU_DECL bool read_frame(frame_view frame, const event_reading& how, void* event) {
  if (frame.is_internal()) return false;
  const std::uint16_t version = frame.schema_version();
  const event_shape& shape = *how.shape;
  if (version == shape.version || version == 0) {
    if (!how.decode(frame.payload(), event)) throw_frame_not_decoded(frame, shape.text);
  } else if (how.decode_older != nullptr) {
    how.decode_older(frame.payload(), version, event);
  } else {
    throw_version_drift(shape.kind, version, shape.version, false, shape.text);
  }
  return true;
}

}  // namespace quipu::detail
