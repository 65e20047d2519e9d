// SPDX-License-Identifier: BSL-1.0
//
// posix_mappings.hpp: counts the files that this process has mapped. The system allows only so many mappings in one
// process (vm.max_map_count, often 65,530), for files, memory and the stacks of threads together. Where they are used
// up, the program gets no more memory either, so files may only take a part of them.
#pragma once

#include "../../macros.hpp"
#include "../environment.hpp"

#include <atomic>
#include <cstddef>

namespace quipu::detail::inline QUIPU_MODE {

/// Thread-safe.
class posix_mappings {
 public:
  /// Counts mapped pages, and unmaps them when the last owner lets go. Unmaps them if it throws.
  [[nodiscard]] static file_mapping own(void* pages, std::size_t count);
  /// Whether files fill three quarters of what the system allows.
  [[nodiscard]] static bool are_many() noexcept;
  /// How many mappings the system allows in this process.
  [[nodiscard]] static std::size_t system_limit() noexcept;

 private:
  static constexpr std::size_t surely_few = 1000;  // the limit isn't read before there are so many

  [[nodiscard]] static std::size_t read_system_limit() noexcept;
  [[nodiscard]] static std::atomic<std::size_t>& count() noexcept;
};

}  // namespace quipu::detail::inline QUIPU_MODE
