// SPDX-License-Identifier: BSL-1.0
//
// model_reading.hpp: a read model's state while it is read.
#pragma once

#include "../../macros.hpp"

namespace quipu::detail::inline QUIPU_MODE {

class model_body;

/// No event is folded into the state while this lives.
class model_reading {
 public:
  /// Throws what folding failed with.
  explicit model_reading(const model_body& of);
  model_reading(const model_reading&) = delete;
  model_reading& operator=(const model_reading&) = delete;
  ~model_reading();

  /// `Kept` is the type that the model keeps.
  template <class Kept>
  [[nodiscard]] const Kept& state() const noexcept {
    return *static_cast<const Kept*>(state_);
  }

 private:
  const model_body& of_;
  const void* state_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
