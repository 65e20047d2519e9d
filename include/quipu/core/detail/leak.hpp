// SPDX-License-Identifier: BSL-1.0
//
// leak.hpp: keeps an object alive forever. A forked child must not destroy an object that a thread of its parent may
// have been using.
#pragma once

#include <memory>
#include <utility>

namespace quipu::detail {

/// Empties `owner` without releasing its share: the object lives until the process ends.
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
