// SPDX-License-Identifier: BSL-1.0
//
// furnished.hpp: a small store with every kind of file: several segments with index files, cursors with states, a
// worker with a parked event, read models in one and in several parts, cached states; and all that it shows.
#pragma once

#include "part.hpp"
#include "workload.hpp"

#include <quipu/cache/file_cache.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace torture {

enum class ending : unsigned char {
  closed,
  unfinished,  ///< not closed, and an unfinished commit behind the last one
};

/// The files of a log, and those of its file cache by their paths there.
class furnished_store {
 public:
  static constexpr int whole_rounds = 5;  // four events each
  /// With one seed, a store with fewer `rounds` of appends is what one with more was earlier.
  explicit furnished_store(ending how, std::uint64_t seed = 1, int rounds = whole_rounds);
  /// A copy whose files are its own.
  [[nodiscard]] furnished_store copy() const;

  /// The names of all files; those of the cache begin with `cache/`.
  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] quipu::bytes content(const std::string& name) const;
  void put(const std::string& name, const quipu::bytes& content);
  void erase(const std::string& name);

  [[nodiscard]] const disk& log() const noexcept { return log_; }
  [[nodiscard]] const std::map<std::string, quipu::bytes>& cache() const noexcept { return cache_; }

 private:
  disk log_;
  std::map<std::string, quipu::bytes> cache_{};
};

/// What a store shows, part by part, up to an error that names a place. Parts behind the error are empty.
struct shown_parts {
  std::vector<std::string> events{};
  std::string consumers{};
  std::string states{};  ///< of read models, and of projections with the cache
  bool cut{};
  bool named{};
};

/// Opens a store, which changes it, and looks at everything. Throws `std::runtime_error` for an error without a place.
[[nodiscard]] shown_parts look_at(const furnished_store& of, quipu::config settings = small_store());

/// Empty, or what is wrong with what a damaged store shows; says how the damage was met otherwise.
[[nodiscard]] std::string problem_of(const shown_parts& seen, const shown_parts& sound, report& to);

}  // namespace torture
