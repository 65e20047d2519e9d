// SPDX-License-Identifier: BSL-1.0
//
// cache_key.hpp: under which name the state of an entity is cached. The fingerprint is a part of it, so that builds
// whose states differ don't see each other's, and a build that is rolled back finds its own again. It has the name of
// the projection, so that two projections of one shape have two keys.
#pragma once

#include "../core/byte_io.hpp"
#include "../core/bytes.hpp"
#include "fingerprint.hpp"

#include <cstddef>
#include <cstdint>

namespace quipu {

/// The entity, NUL, and the 8 bytes of `fingerprint<State>()`, little-endian. All keys of an entity, and no others,
/// begin with the entity and NUL. Throws nothing but `std::bad_alloc`.
template <class State>
[[nodiscard]] bytes cache_key(bytes_view entity) {
  if constexpr (!cacheable<State>) {
    detail::require_cacheable<State>();
    return {};
  } else {
    bytes key;
    key.reserve(entity.size() + 1 + sizeof(std::uint64_t));
    byte_writer writer{key};
    writer.write(entity);
    writer.put(std::uint8_t{0});
    writer.put(fingerprint<State>());
    return key;
  }
}

}  // namespace quipu
