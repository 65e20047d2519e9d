// SPDX-License-Identifier: BSL-1.0
//
// peer.hpp: what a store must be able to do to be tortured beside quipu: append a few numbered records in one durable
// commit, and show all of them again. Errors are exceptions.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace torture {

/// The record with a number, and the number of records in the commit that begins with it: what a store must hold
/// follows from how far it came.
[[nodiscard]] inline std::string payload_of(std::uint64_t number) {
  const std::string digits = std::to_string((number + 1) * 0x9E3779B97F4A7C15U);
  return digits + "/" + digits;
}
[[nodiscard]] constexpr std::uint64_t commit_size(std::uint64_t first) {
  return 1 + (((first + 1) * 0x9E3779B97F4A7C15U) >> 62);
}

/// A number as a key that sorts by it.
[[nodiscard]] inline std::string key_of(std::uint64_t number) {
  std::string key(8, '\0');
  for (std::size_t at = 8; at-- > 0; number >>= 8) key[at] = static_cast<char>(number & 0xFF);
  return key;
}
/// The number of a key; one that nobody wrote for a key of another size.
[[nodiscard]] inline std::uint64_t number_of(std::string_view key) {
  if (key.size() != 8) return ~std::uint64_t{0};
  std::uint64_t number = 0;
  for (const char each : key) number = number << 8 | static_cast<unsigned char>(each);
  return number;
}

enum class purpose : unsigned char {
  write,  ///< makes a store where there is none
  check,  ///< there must be one
};

class opened_store {
 public:
  using visitor = std::function<void(std::uint64_t number, std::string_view payload)>;

  opened_store() = default;
  opened_store(const opened_store&) = delete;
  opened_store& operator=(const opened_store&) = delete;
  virtual ~opened_store() = default;

  /// One commit of `count` records from number `first` on. Durable when it returns.
  virtual void append(std::uint64_t first, std::uint64_t count) = 0;
  /// Brings what lies in the store's log to its final files, where it has both.
  virtual void settle() {}
  /// All records, in the order of their numbers.
  virtual void read(const visitor& visit) = 0;
  /// Whether opening said through the interface that it dropped something.
  [[nodiscard]] virtual bool said_that_it_dropped_something() { return false; }
};

struct peer {
  std::string name;
  std::string version;
  std::string settings;
  bool only_for_damage;  ///< settings that look closer, and aren't meant for everyday use
  std::function<std::unique_ptr<opened_store>(const std::filesystem::path& folder, purpose why)> open;
};

[[nodiscard]] std::vector<peer> quipu_peers();
[[nodiscard]] std::vector<peer> sqlite_peers();
[[nodiscard]] std::vector<peer> lmdb_peers();
[[nodiscard]] std::vector<peer> leveldb_peers();
[[nodiscard]] std::vector<peer> rocksdb_peers();

}  // namespace torture
