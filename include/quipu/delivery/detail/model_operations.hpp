// SPDX-License-Identifier: BSL-1.0
//
// model_operations.hpp: what a read model can do with a state whose type it doesn't know.
#pragma once

#include "../../cache/detail/fingerprint_claims.hpp"
#include "../../core/byte_io.hpp"
#include "../../core/bytes.hpp"
#include "../../event/detail/shape_list.hpp"
#include "../../event/event_view.hpp"
#include "../../macros.hpp"
#include "../../projection/fingerprint.hpp"
#include "../../projection/projection.hpp"

#include <cstdint>
#include <memory>
#include <typeinfo>

namespace quipu::detail::inline QUIPU_MODE {

/// A state, and what destroys it.
using model_state = std::unique_ptr<void, void (*)(void*)>;

struct model_operations {
  model_state (*make)(const void* made_with){};
  void (*fold)(void* state, const event_view& event){};
  shape_span shapes{};   ///< of what it folds; empty if that is any event
  std::uint32_t form{};  ///< of what is saved
  /// Where states can be saved.
  void (*encode)(const void* state, byte_writer& writer){};
  bool (*decode)(bytes_view raw, void* state){};
  /// Where what has changed since `forget_changes` can be saved by itself: `decode` then adds it to a state.
  void (*encode_changes)(const void* state, byte_writer& writer){};
  void (*forget_changes)(void* state){};
  projection_identity identity{};
};

/// What a state is made with, besides events.
template <class Folding>
concept is_made_with_something = requires {
  typename Folding::made_with;
};
template <class Folding>
[[nodiscard]] auto* make_kept([[maybe_unused]] const void* made_with) {
  if constexpr (is_made_with_something<Folding>)
    return new typename Folding::kept{*static_cast<const typename Folding::made_with*>(made_with)};
  else
    return new typename Folding::kept{};
}

/// `Folding` is `whole_model`, `entity_model` or `keyed_model` of a projection.
template <class Folding>
[[nodiscard]] constexpr model_operations model_operations_of() noexcept {
  using kept = typename Folding::kept;
  using projected = typename Folding::projected;
  model_operations made;
  made.make = [](const void* made_with) {
    return model_state{make_kept<Folding>(made_with), [](void* state) { delete static_cast<kept*>(state); }};
  };
  made.fold = [](void* state, const event_view& event) { Folding::fold(*static_cast<kept*>(state), event); };
  made.shapes = shapes_of(typename projected::events{});
  made.form = Folding::form;
  if constexpr (cacheable<projected>) {
    made.encode = [](const void* state, byte_writer& writer) {
      Folding::encode(writer, *static_cast<const kept*>(state));
    };
    made.decode = [](bytes_view raw, void* state) { return Folding::decode(raw, *static_cast<kept*>(state)); };
    if constexpr (requires { &Folding::encode_changes; }) {
      made.encode_changes = [](const void* state, byte_writer& writer) {
        Folding::encode_changes(writer, *static_cast<const kept*>(state));
      };
      made.forget_changes = [](void* state) { Folding::forget_changes(*static_cast<kept*>(state)); };
    }
    made.identity = {Folding::saved_fingerprint(), &typeid(projected)};
  }
  return made;
}
template <class Folding>
inline constexpr model_operations model_type = model_operations_of<Folding>();

}  // namespace quipu::detail::inline QUIPU_MODE
