// SPDX-License-Identifier: BSL-1.0
//
// part.hpp: what the parts of the torture program share: their options, and the report of what they did and found.
#pragma once

#include <charconv>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace torture {

struct options {
  std::uint64_t seconds{};  ///< 0: until everything was tried; random parts need a limit
  std::uint64_t seed{1};
  std::uint64_t states{16};     ///< of a power cut, at most, where they are enumerated
  std::uint64_t operations{3};  ///< of a workload, at most
  std::string only{};           ///< the one case to repeat
};

/// Counts cases, prints progress once in two seconds, and keeps the first problems.
class report {
 public:
  report(std::string part, const options& given)
      : part_{std::move(part)}, seconds_{given.seconds}, began_{clock::now()}, told_{began_} {}

  /// Adds to a count; counts are printed in the order in which they came up first.
  void add(std::string_view what, std::uint64_t number = 1) {
    for (auto& [name, count] : counts_) {
      if (name != what) continue;
      count += number;
      return;
    }
    counts_.emplace_back(what, number);
  }
  /// `replay` is the argument that repeats the case.
  void problem(const std::string& what, const std::string& replay) {
    if (problems_++ < 5)
      std::cout << part_ << ": PROBLEM: " << what << "\n  repeat: tools/torture " << part_ << " " << replay
                << std::endl;
  }

  /// Whether the time is over; prints progress now and then.
  [[nodiscard]] bool is_over(std::string_view progress = {}) {
    const auto now = clock::now();
    if (now - told_ >= std::chrono::seconds{2}) {
      told_ = now;
      std::cerr << part_ << ": " << seconds_since(now) << " s, " << progress << (progress.empty() ? "" : ", ")
                << counts_text() << std::endl;
    }
    return problems_ >= 5 || (seconds_ != 0 && now - began_ >= std::chrono::seconds{seconds_});
  }

  /// Says that a part can't run here, and why. Returns the exit code.
  [[nodiscard]] int skip(std::string_view reason) const {
    std::cout << part_ << ": skipped: " << reason << std::endl;
    return 0;
  }
  /// Prints the result. Returns the exit code.
  [[nodiscard]] int conclude(std::string_view extent) const {
    std::cout << part_ << ": " << extent << (extent.empty() ? "" : "; ") << counts_text() << "; " << problems_
              << " problems; " << seconds_since(clock::now()) << " s" << std::endl;
    return problems_ == 0 ? 0 : 1;
  }

 private:
  using clock = std::chrono::steady_clock;

  [[nodiscard]] std::int64_t seconds_since(clock::time_point now) const {
    return std::chrono::duration_cast<std::chrono::seconds>(now - began_).count();
  }
  [[nodiscard]] std::string counts_text() const {
    std::string text;
    for (const auto& [name, count] : counts_) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + name;
    return text;
  }

  std::string part_;
  std::uint64_t seconds_;
  clock::time_point began_;
  clock::time_point told_;
  std::vector<std::pair<std::string, std::uint64_t>> counts_{};
  std::uint64_t problems_{};
};

/// The number that an option was given. Throws `std::invalid_argument`.
inline std::uint64_t number_of(std::string_view text, std::string_view option) {
  std::uint64_t number{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size())
    throw std::invalid_argument{std::string{option} + " takes a number, not " + std::string{text}};
  return number;
}

/// The numbers below `count` in an order in which any first part of them is a sample of all; or the one that is given.
inline std::vector<std::uint64_t> sampled_numbers(std::uint64_t count, const options& given) {
  if (!given.only.empty()) {
    const std::uint64_t chosen = number_of(given.only, "--only");
    if (chosen >= count) throw std::invalid_argument{"there are cases 0 to " + std::to_string(count - 1)};
    return {chosen};
  }
  constexpr std::uint64_t stride = 999'983;  // a prime: every number comes once
  std::vector<std::uint64_t> all;
  for (std::uint64_t at = 0; at < count; ++at) all.push_back((given.seed + at * stride) % count);
  return all;
}

struct named_part {
  std::string_view name;
  int (*run)(const options&);
};
/// Those of the program.
[[nodiscard]] std::span<const named_part> parts();

}  // namespace torture
