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

QUIPU_DECL void throw_frame_not_decoded(frame_view frame, std::string_view schema) {
  constexpr std::size_t shown = 240;
  std::string message = "the payload of event " + std::to_string(frame.sequence()) + ", of kind " + frame.kind().str() +
                        ", isn't an encoding of ";
  message.append(schema.substr(0, shown));
  if (schema.size() > shown) message.append("...");
  throw error{errc::decode_failed, message, {.actual = frame.payload_size()}};
}

QUIPU_DECL frame_head::frame_head(frame_view frame) noexcept
    : raw{load_little_endian<std::uint64_t>(frame.data() + frame_layout::kind.offset)} {}

}  // namespace quipu::detail
