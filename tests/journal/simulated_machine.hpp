// SPDX-License-Identifier: BSL-1.0
//
// simulated_machine.hpp: a `simulated_environment` as a value, with the files of one directory by their names. Copies
// are the same machine.
#pragma once

#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/environment/simulated_environment.hpp>
#endif

#include "../settings_in.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace simulation {

using change = quipu::simulated_change;
using fault = quipu::simulated_fault;
using power_cut = quipu::simulated_stop;
inline constexpr quipu::simulated_effect dies = quipu::simulated_effect::stop;

using test_settings::settings_in;

/// SplitMix64 (Steele, Lea, Flood, 2014).
class seeded {
 public:
  explicit seeded(std::uint64_t seed) noexcept : state_{seed} {}
  std::uint64_t next() noexcept {
    std::uint64_t mixed = state_ += 0x9E3779B97F4A7C15U;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31);
  }
  std::size_t below(std::size_t bound) noexcept { return static_cast<std::size_t>(next() % bound); }

 private:
  std::uint64_t state_;
};

class disk {
 public:
  using world = std::shared_ptr<quipu::simulated_environment>;

  explicit disk(std::uint64_t seed = 1, std::string directory = "ledger")
      : disk{std::make_shared<quipu::simulated_environment>(seed), std::move(directory)} {}
  disk(world of, std::string directory) noexcept : world_{std::move(of)}, directory_{std::move(directory)} {}

  /// For `config.environment`.
  operator std::shared_ptr<quipu::environment>() const { return world_; }

  [[nodiscard]] std::unique_ptr<quipu::environment_directory> open_directory(const std::filesystem::path& where,
                                                                             bool create) const {
    return world_->open_directory(where, create);
  }
  void plan(const fault& planned) const { world_->plan(planned); }
  [[nodiscard]] std::uint64_t changes() const { return world_->changes(); }
  [[nodiscard]] bool is_off() const { return world_->is_stopped(); }
  [[nodiscard]] std::string history() const { return world_->history(); }

  [[nodiscard]] disk after_death() const { return {world_->after_kill(), directory_}; }
  [[nodiscard]] std::uint64_t power_cut_states() const { return world_->power_cut_states(); }
  [[nodiscard]] disk after_power_cut(std::uint64_t state) const { return {world_->after_power_cut(state), directory_}; }
  [[nodiscard]] disk after_power_cut(seeded& random) const {
    return {world_->after_power_cut_by_seed(random.next()), directory_};
  }

  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const std::string& each : world_->files()) all.push_back(each.substr(directory_.size() + 1));
    return all;
  }
  [[nodiscard]] quipu::bytes content(const std::string& name) const { return world_->content(directory_ + "/" + name); }
  void put(const std::string& name, quipu::bytes_view content) const { world_->put(directory_ + "/" + name, content); }
  void erase(const std::string& name) const { world_->erase(directory_ + "/" + name); }

 private:
  world world_;
  std::string directory_;
};

}  // namespace simulation
