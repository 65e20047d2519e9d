// SPDX-License-Identifier: BSL-1.0
//
// resources.hpp: what this process holds of memory and of the system.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string_view>

namespace torture {

inline constexpr std::array<std::string_view, 6> resource_names{"resident_kib", "anonymous_kib", "heap_kib",
                                                                "descriptors",  "maps",          "threads"};
/// In the order of `resource_names`. `anonymous_kib` is the resident memory that isn't a part of a file; `heap_kib` is
/// what the program has allocated and not freed, and 0 where the allocator can't tell.
using resources = std::array<std::uint64_t, resource_names.size()>;

/// Of this process, as /proc shows it.
[[nodiscard]] resources current_resources();

/// Everything below a folder. Files that go away meanwhile aren't counted.
struct folder_size {
  std::uint64_t files{};
  std::uint64_t bytes{};
};
[[nodiscard]] folder_size size_of_folder(const std::filesystem::path& folder);

}  // namespace torture
