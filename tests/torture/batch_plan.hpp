// SPDX-License-Identifier: BSL-1.0
//
// batch_plan.hpp: the batches that a seed decides. Their writer and all readers know them, so that each reader can say
// of any number of events whether whole batches end there.
#pragma once

#include "../journal/simulated_machine.hpp"

#include <quipu/core/event_kind.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace torture {

/// An event says which batch it is of, its place there, and how many events the batch has.
struct batch_part {
  static constexpr auto kind = quipu::event_kind::custom(0xB, 3);
  std::uint64_t batch{};
  std::uint64_t place{};
  std::uint64_t size{};
  std::string text{};
};

/// The groups of entities: a batch is of one group. It adds one event to each of the group's entities, in their order;
/// of the first group, which has one entity, several to that.
inline constexpr std::array<std::size_t, 4> entities_of_group{1, 2, 3, 5};

[[nodiscard]] inline std::string entity_in(std::size_t group, std::size_t place) {
  return "member:" + std::to_string(group) + ":" + std::to_string(entities_of_group[group] == 1 ? 0 : place);
}
[[nodiscard]] inline std::string scope_of(std::size_t group) { return "group:" + std::to_string(group); }

struct planned_batch {
  std::uint64_t number{};
  std::uint64_t begin{};  ///< the sequence of its first event
  std::size_t group{};
  std::size_t size{};

  [[nodiscard]] std::uint64_t end() const noexcept { return begin + size; }
};

/// Goes through the batches of a seed.
class batch_plan {
 public:
  explicit batch_plan(std::uint64_t seed) noexcept : random_{seed} { draw(); }

  [[nodiscard]] const planned_batch& current() const noexcept { return current_; }
  void advance() noexcept {
    current_.begin = current_.end();
    ++current_.number;
    draw();
  }

 private:
  void draw() noexcept {
    current_.group = random_.below(entities_of_group.size());
    const std::size_t entities = entities_of_group[current_.group];
    current_.size = entities == 1 ? 2 + random_.below(30) : entities;
  }

  simulation::seeded random_;
  planned_batch current_{};
};

/// The numbers of events, in the log or in a group's scope, at which whole batches end.
class batch_ends {
 public:
  explicit batch_ends(std::uint64_t seed, std::optional<std::size_t> group = {}) noexcept
      : plan_{seed}, group_{group} {}

  /// Whether whole batches have so many events. Must not be asked with a smaller number than before.
  [[nodiscard]] bool has(std::uint64_t count) noexcept {
    while (end_ < count) {
      if (!group_ || plan_.current().group == *group_) end_ += plan_.current().size;
      plan_.advance();
    }
    return end_ == count;
  }

 private:
  batch_plan plan_;
  std::optional<std::size_t> group_;
  std::uint64_t end_{};
};

}  // namespace torture
