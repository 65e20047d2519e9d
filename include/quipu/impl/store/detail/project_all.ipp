// SPDX-License-Identifier: BSL-1.0
//
// project_all.ipp: see store/detail/project_all.hpp.
#pragma once

#include "../../../environment/detail/start_thread.hpp"
#include "../../../store/detail/project_all.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <thread>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

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
