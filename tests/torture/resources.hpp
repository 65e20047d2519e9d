// SPDX-License-Identifier: BSL-1.0
//
// resources.hpp: what this process holds of memory and of the system, and whether it grows.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

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

/// A figure that is sampled at regular times and must not grow: the median of its last quarter may be above that of its
/// second quarter by no more than a share and a slack. The first quarter is for caches and buffers to fill.
class curve {
 public:
  curve(std::string name, double slack) : name_{std::move(name)}, slack_{slack} {}

  void add(double value) { values_.push_back(value); }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] bool is_flat() const { return last_median() <= second_median() * (1 + share) + slack_; }
  /// As in `heap_kib: 1200 and 1210, flat within 5 % and 1024`.
  [[nodiscard]] std::string text() const;

 private:
  static constexpr double share = 0.05;

  [[nodiscard]] double second_median() const { return median_of_quarter(1); }
  [[nodiscard]] double last_median() const { return median_of_quarter(3); }
  [[nodiscard]] double median_of_quarter(std::size_t quarter) const;

  std::string name_;
  double slack_;
  std::vector<double> values_{};
};

}  // namespace torture
