// SPDX-License-Identifier: BSL-1.0
//
// leak.hpp: objects that a forked child must never destroy, because threads of its parent may have been inside them.
#pragma once

#include <memory>
#include <utility>

namespace quipu::detail {

/// Empties `owner` and never releases its share: the object stays alive until the process ends.
template <class Object>
void leak(std::shared_ptr<Object>& owner) noexcept {
  union never_destroyed {
    explicit never_destroyed(std::shared_ptr<Object>&& taken) noexcept : kept{std::move(taken)} {}
    ~never_destroyed() {}
    std::shared_ptr<Object> kept;
  };
  const never_destroyed share{std::move(owner)};
}

}  // namespace quipu::detail
