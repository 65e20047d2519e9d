// SPDX-License-Identifier: BSL-1.0
//
// state_envelope.ipp: see store/detail/state_envelope.hpp.
#pragma once

#include "../../../core/byte_io.hpp"
#include "../../../core/detail/field.hpp"
#include "../../../event/event_id.hpp"
#include "../../../hash/crc32c.hpp"
#include "../../../store/detail/state_envelope.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL void state_envelope::begin(bytes& to) const {
  to.resize(head_size);
  layout::version.store(to.data(), version);
  layout::lineage.store(to.data(), lineage);
  layout::fingerprint.store(to.data(), fingerprint);
  layout::count.store(to.data(), count);
  layout::last.store(to.data(), last);
  layout::generation.store(to.data(), generation);
}

QUIPU_DECL void state_envelope::seal(bytes& envelope) noexcept {
  layout::checksum.store(envelope.data(), crc32c(bytes_view{envelope}.subview(layout::checksum.end())));
}

QUIPU_DECL std::optional<state_envelope> state_envelope::read(bytes_view envelope) noexcept {
  const std::byte* const from = envelope.data();
  if (envelope.size() < head_size || layout::version.load(from) != version) return std::nullopt;
  if (layout::checksum.load(from) != crc32c(envelope.subview(layout::checksum.end()))) return std::nullopt;
  return state_envelope{.lineage = layout::lineage.load(from),
                        .generation = layout::generation.load(from),
                        .fingerprint = layout::fingerprint.load(from),
                        .count = layout::count.load(from),
                        .last = layout::last.load(from)};
}

}  // namespace quipu::detail::inline QUIPU_MODE
