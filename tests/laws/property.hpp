// SPDX-License-Identifier: BSL-1.0
//
// property.hpp: properties that must hold for all values, tried on many random ones. A generator takes its decisions
// from a `choices`; these are recorded, and when a property fails it is the record that is shrunk: parts are left out
// and numbers made smaller for as long as the property still fails. So whatever can be generated can be shrunk, and a
// small record makes a small value. A run is repeated exactly by its seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace laws {

/// SplitMix64 (Steele, Lea, Flood, 2014).
class randomness {
 public:
  constexpr explicit randomness(std::uint64_t seed) : state_{seed} {}
  constexpr std::uint64_t next() {
    std::uint64_t mixed = state_ += 0x9E3779B97F4A7C15U;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31);
  }

 private:
  std::uint64_t state_;
};

class choices {
 public:
  explicit choices(std::uint64_t seed) : random_{seed}, is_random_{true} {}
  /// Repeats a record; past its end every choice is 0, the simplest.
  explicit choices(std::vector<std::uint64_t> record) : random_{0}, record_{std::move(record)} {}

  /// A number below `bound`, which is at least 1. Generators let 0 stand for the simplest.
  std::uint64_t below(std::uint64_t bound) {
    if (is_random_) record_.push_back(random_.next() % bound);
    const std::uint64_t chosen = position_ < record_.size() ? record_[position_] % bound : 0;
    ++position_;
    return chosen;
  }
  int integer() { return static_cast<int>(below(201)) - 100; }

  const std::vector<std::uint64_t>& record() const { return record_; }

 private:
  randomness random_;
  std::vector<std::uint64_t> record_;
  std::size_t position_{};
  bool is_random_{};
};

struct verdict {
  bool holds{true};
  std::uint64_t seed{};                   ///< of the failing run
  std::vector<std::uint64_t> smallest{};  ///< the record it shrunk to

  std::string str() const {
    if (holds) return "holds";
    std::string shown = "fails, seed " + std::to_string(seed) + ", smallest choices {";
    for (const std::uint64_t choice : smallest) shown += std::to_string(choice) + ", ";
    return shown + "}";
  }
};

/// The smallest record that still fails that could be found within `budget` tries.
template <class Property>
std::vector<std::uint64_t> shrink(std::vector<std::uint64_t> record, const Property& property, int budget = 4000) {
  const auto still_fails = [&](const std::vector<std::uint64_t>& tried) {
    if (budget-- <= 0) return false;
    choices repeated{tried};
    return !property(repeated);
  };
  bool improved = true;
  while (improved && budget > 0) {
    improved = false;
    for (std::size_t length = record.size(); length > 0; length /= 2) {
      for (std::size_t from = 0; from + length <= record.size();) {
        std::vector<std::uint64_t> shorter = record;
        const auto first = shorter.begin() + static_cast<std::ptrdiff_t>(from);
        shorter.erase(first, first + static_cast<std::ptrdiff_t>(length));
        if (still_fails(shorter)) {
          record = std::move(shorter);
          improved = true;
        } else {
          ++from;
        }
      }
    }
    for (std::size_t index = 0; index < record.size(); ++index) {
      std::uint64_t low = 0;
      while (low < record[index]) {
        std::vector<std::uint64_t> smaller = record;
        smaller[index] = low + (record[index] - low) / 2;
        if (still_fails(smaller)) {
          record = std::move(smaller);
          improved = true;
        } else {
          low = low + (record[index] - low) / 2 + 1;
        }
      }
    }
  }
  return record;
}

/// Tries `property(choices&) -> bool` on `runs` random values.
template <class Property>
verdict for_all(std::uint64_t seed, int runs, const Property& property) {
  randomness seeds{seed};
  for (int run = 0; run < runs; ++run) {
    const std::uint64_t seed_of_run = seeds.next();
    choices fresh{seed_of_run};
    if (!property(fresh)) return {false, seed_of_run, shrink(fresh.record(), property)};
  }
  return {};
}

}  // namespace laws
