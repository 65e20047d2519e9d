// SPDX-License-Identifier: BSL-1.0
//
// caching.hpp: whether the states of a projection may be kept in a cache.
#pragma once

#include "projection.hpp"

#include <concepts>
#include <cstdint>

namespace quipu {

/// A state that is not meant to be cached declares `static constexpr auto caching = quipu::caching::never;`. It then
/// needs no encoding and is folded from its events each time.
enum class caching : std::uint8_t {
  allowed,  ///< the default: the state must be encodable
  never,
};

/// The projection's states are never cached.
template <class State>
concept never_cached = requires {
  { State::caching } -> std::convertible_to<caching>;
}
&&State::caching == caching::never;

namespace detail {

/// What a store projects: a state that can be cached, or one that says that it never is.
template <class State>
concept projectable = cacheable<State> ||(projection<State>&& never_cached<State>);

/// One compile error that says why a store cannot project a type.
template <class State>
constexpr auto refuse_projecting() {
  if constexpr (!projection<State>)
    return projection_sentence<State>::value;
  else
    require_cacheable<State>();
}

}  // namespace detail
}  // namespace quipu
