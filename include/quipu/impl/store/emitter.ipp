// SPDX-License-Identifier: BSL-1.0
//
// emitter.ipp: see store/emitter.hpp.
#pragma once

#include "../../coordinate/coordinate.hpp"
#include "../../core/bytes.hpp"
#include "../../core/error.hpp"
#include "../../core/event_kind.hpp"
#include "../../event/event_id.hpp"
#include "../../journal/append_options.hpp"
#include "../../store/batch.hpp"
#include "../../store/detail/reaction_key.hpp"
#include "../../store/emitter.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL void emitter::raw(const coordinate& where, event_kind kind, bytes_view payload, append_options options) {
  prepare(options);
  batch_.add_raw(where, kind, payload, options);
}

QUIPU_DECL void emitter::begin(const event_id& cause) noexcept {
  batch_.clear();
  cause_ = cause;
}

QUIPU_DECL void emitter::prepare(append_options& options) const {
  if (options.causation_id || options.idempotency_key)
    throw error{errc::invalid_argument,
                "what a reactor emits has the event that it reacts to as its cause, and a key made of that one: "
                "neither can be given"};
  options.causation_id = cause_;
  options.idempotency_key = mark_.key(cause_, batch_.size());
  if (!options.durability) options.durability = durability::buffered;
}

}  // namespace quipu::inline QUIPU_MODE
