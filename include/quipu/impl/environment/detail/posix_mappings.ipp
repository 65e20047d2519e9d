// SPDX-License-Identifier: BSL-1.0
//
// posix_mappings.ipp: see environment/detail/posix_mappings.hpp.
#pragma once

#include "../../../environment/detail/posix_file.hpp"
#include "../../../environment/detail/posix_mappings.hpp"
#include "../../../environment/environment.hpp"

#include <array>
#include <atomic>
#include <charconv>
#include <cstddef>
#include <memory>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL file_mapping posix_mappings::own(void* pages, std::size_t size) {
  ++count();
  std::shared_ptr<const void> storage{pages, [size](const void* mapped) {
                                        ::munmap(const_cast<void*>(mapped), size);
                                        --count();
                                      }};
  return {static_cast<const std::byte*>(pages), size, std::move(storage)};
}

QUIPU_DECL bool posix_mappings::are_many() noexcept {
  const std::size_t now = count().load();
  return now >= surely_few && now >= system_limit() / 4 * 3;
}

QUIPU_DECL std::size_t posix_mappings::system_limit() noexcept {
  static const std::size_t limit = read_system_limit();
  return limit;
}

QUIPU_DECL std::size_t posix_mappings::read_system_limit() noexcept {
  std::size_t limit = 65'530;  // Linux's own
  const unique_fd file{::open("/proc/sys/vm/max_map_count", O_RDONLY | O_CLOEXEC)};
  std::array<char, 24> text{};
  if (!file) return limit;
  const ssize_t got = read_at(file.get(), reinterpret_cast<std::byte*>(text.data()), text.size(), 0);
  std::size_t found = 0;
  if (got > 0 && std::from_chars(text.data(), text.data() + got, found).ec == std::errc{}) limit = found;
  return limit;
}

QUIPU_DECL std::atomic<std::size_t>& posix_mappings::count() noexcept {
  static std::atomic<std::size_t> files{0};
  return files;
}

}  // namespace quipu::detail::inline QUIPU_MODE
