// SPDX-License-Identifier: BSL-1.0
//
// cache_fixture.hpp: what the tests of the caches share: a folder that goes away with the test, files as bytes, seeded
// numbers.
#pragma once

#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/cache/detail/entry_file.hpp>
#include <quipu/cache/file_cache.hpp>
#include <quipu/cache/memory_cache.hpp>
#include <quipu/cache/no_cache.hpp>
#include <quipu/cache/tiered_cache.hpp>
#include <quipu/core/error.hpp>
#include <quipu/environment/detail/posix_file.hpp>
#endif

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace cache_tests {

namespace fs = std::filesystem;

/// A new folder under the system's temporary one; removed with all that is in it.
class scratch_folder {
 public:
  scratch_folder() {
    std::string name = (fs::temp_directory_path() / "quipu-cache-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error{"mkdtemp"};
    path_ = name;
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  ~scratch_folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  [[nodiscard]] const fs::path& path() const noexcept { return path_; }
  [[nodiscard]] fs::path operator/(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

/// The steps of splitmix64: the same numbers everywhere.
class seeded {
 public:
  explicit seeded(std::uint64_t seed) noexcept : state_{seed} {}
  std::uint64_t next() noexcept {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t mixed = (state_ ^ state_ >> 30) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBU;
    return mixed ^ mixed >> 31;
  }
  std::size_t below(std::size_t bound) noexcept { return static_cast<std::size_t>(next() % bound); }

 private:
  std::uint64_t state_;
};

inline std::string read_file(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

inline void write_file(const fs::path& path, const std::string& content) {
  std::ofstream file{path, std::ios::binary | std::ios::trunc};
  file << content;
  if (!file.flush()) throw std::runtime_error{"cannot write " + path.string()};
}

/// Where a key's entry is, by the documented rule and not by the library's code.
inline fs::path entry_path(const fs::path& root, const std::string& key) {
  if (key.empty()) return root / "empty" / "empty.bin";
  std::string hex;
  for (const char byte : key) {
    hex += "0123456789abcdef"[static_cast<unsigned char>(byte) / 16];
    hex += "0123456789abcdef"[static_cast<unsigned char>(byte) % 16];
  }
  fs::path path = root / hex.substr(0, 2);
  while (hex.size() > 250) {
    path /= hex.substr(0, 250);
    hex.erase(0, 250);
  }
  return path / (hex + ".bin");
}

/// The value under a key as text, or "(none)".
template <class Cache>
std::string text_of(Cache& cache, const std::string& key) {
  const auto found = cache.get(key);
  return found ? std::string{quipu::bytes_view{found->value}.text()} : "(none)";
}

/// Entry files below a root, spares and locks not counted.
inline std::size_t entry_files(const fs::path& root) {
  std::size_t count = 0;
  for (const auto& found : fs::recursive_directory_iterator{root}) count += found.path().extension() == ".bin";
  return count;
}

/// Runs something and returns the error it must throw; its code is `io_failed` of nothing ("none") when it doesn't.
template <class Operation>
quipu::error error_of(Operation operation) {
  try {
    operation();
  } catch (const quipu::error& thrown) {
    return thrown;
  }
  return quipu::error{quipu::errc::io_failed, "none: nothing was thrown"};
}

}  // namespace cache_tests
