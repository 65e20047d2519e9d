// SPDX-License-Identifier: BSL-1.0
//
// project_all.ipp: see store/detail/project_all.hpp.
#pragma once

#include "../../../core/detail/flat_map.hpp"
#include "../../../environment/detail/start_thread.hpp"
#include "../../../event/event_view.hpp"
#include "../../../journal/read/checked_frames.hpp"
#include "../../../store/detail/project_all.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

struct entity_numbers::table {
  static constexpr std::uint32_t unknown = not_mine - 1;

  [[nodiscard]] std::uint32_t number_of(const event_origin& in, std::uint32_t coordinate) {
    if (coordinate >= by_coordinate.size()) by_coordinate.resize(std::size_t{coordinate} + 1, unknown);
    std::uint32_t& number = by_coordinate[coordinate];
    if (number == unknown) number = find(in.names_of(coordinate).entity);
    return number;
  }

  [[nodiscard]] std::uint32_t find(std::string_view entity) {
    if (text_hash{}(entity) % shares != share) return not_mine;
    if (const std::uint32_t* known = by_name.find(entity)) return *known;
    const auto number = static_cast<std::uint32_t>(names.size());
    names.push_back(entity);
    return by_name.insert(entity, number);
  }

  unsigned share;
  unsigned shares;
  flat_map<std::string_view, std::uint32_t, text_hash> by_name{};
  std::vector<std::string_view> names{};
  const event_origin* segment{};  // whose coordinates these are:
  std::vector<std::uint32_t> by_coordinate{};
  std::vector<std::uint32_t> of_frames{};
};

QUIPU_DECL entity_numbers::entity_numbers(unsigned share, unsigned shares)
    : table_{std::make_unique<table>(table{share, shares})} {}
QUIPU_DECL entity_numbers::~entity_numbers() = default;

QUIPU_DECL const std::uint32_t* entity_numbers::of(const checked_frames& frames) {
  table& known = *table_;
  const event_origin& in = frames.origin();
  if (std::exchange(known.segment, &in) != &in) known.by_coordinate.clear();
  known.of_frames.resize(frames.size());
  for (std::size_t index = 0; index < frames.size(); ++index)
    known.of_frames[index] = known.number_of(in, frames[index].coordinate());
  return known.of_frames.data();
}

QUIPU_DECL const std::vector<std::string_view>& entity_numbers::names() const noexcept { return table_->names; }

QUIPU_DECL unsigned processor_count() noexcept { return std::thread::hardware_concurrency(); }

QUIPU_DECL unsigned useful_threads(unsigned threads, std::uint64_t events) noexcept {
  constexpr std::uint64_t worth_a_thread = 50'000;
  return static_cast<unsigned>(
      std::min<std::uint64_t>(std::max(threads, 1U), std::max<std::uint64_t>(events / worth_a_thread, 1)));
}

QUIPU_DECL void run_shares(unsigned shares, void (*run)(void* work, unsigned share), void* work) {
  std::vector<std::exception_ptr> problems(shares);
  const auto run_one = [&](unsigned share) noexcept {
    try {
      run(work, share);
    } catch (...) {
      problems[share] = std::current_exception();
    }
  };
  {
    struct joined_threads {
      std::vector<std::thread> all;
      ~joined_threads() {
        for (std::thread& each : all) each.join();
      }
    } workers;
    workers.all.reserve(shares);
    for (unsigned share = 1; share < shares; ++share)
      workers.all.push_back(start_thread([&run_one, share]() noexcept { run_one(share); }));
    run_one(0);
  }
  for (const std::exception_ptr& problem : problems)
    if (problem) std::rethrow_exception(problem);
}

}  // namespace quipu::detail::inline QUIPU_MODE
