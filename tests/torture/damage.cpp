// SPDX-License-Identifier: BSL-1.0
//
// damage.cpp: each bit of each file of a small store is flipped, and each file is cut at each length. Then all that the
// store shows must be as before; or an error must name the place; or a cut of the log's end must be reported.
#include "part.hpp"
#include "workload.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace torture {
namespace {

/// A closed store with several segments and index files, cursors with states, and a parked event.
disk damaged_store() {
  const disk machine{5};
  writer with{machine};
  with.open();
  for (int round = 0; round < 5; ++round) {
    with.append("entity:" + std::to_string(round % 3), 900, durability::durable);
    with.append_batch(3, durability::buffered);
  }
  auto cursor = with.events().cursor_guaranteed("billing", region::all());
  static_cast<void>(cursor.poll_batch(4));
  cursor.commit("the state of billing");
  auto worker =
      with.events().cursor_worker("w", region::all(),
                                  [](const quipu::event_view& event) {
                                    if (event.sequence() == 3) throw std::runtime_error{"three"};
                                  },
                                  {.restart = quipu::restart_policy::never(), .poison = quipu::poison_policy::park()});
  if (!worker.wait_caught_up_for(std::chrono::minutes{1})) throw std::runtime_error{"the worker doesn't come"};
  worker.stop();
  worker.join();
  with.close();
  return machine.after_death();
}

/// What a store shows, part by part. A part that fails with an error of a place is empty.
struct shown_parts {
  std::vector<std::string> events{};
  std::string consumers{};
  bool cut{};
  bool named{};
};

shown_parts look_at(const disk& of) {
  shown_parts seen;
  const auto look = [&seen](auto part) {
    try {
      part();
    } catch (const quipu::error& failure) {
      if (failure.path().empty()) throw std::runtime_error{std::string{"no place: "} + failure.what()};
      seen.named = true;
      return false;
    }
    return true;
  };
  look([&] {
    store found{settings_in(of, small_store())};
    seen.cut = found.diagnostics().recovered.has_value();
    if (!look([&] {
          for (const quipu::event_view& each : found.query(region::all())) seen.events.push_back(each.to_json());
        }))
      seen.events.clear();
    std::string consumers;
    if (look([&] {
          auto cursor = found.cursor_guaranteed("billing", region::all());
          consumers += std::to_string(cursor.next_sequence()) + std::string{cursor.state().text()};
          for (const auto& each : found.cursors()) consumers += each.name + std::to_string(each.position.next_sequence);
          for (const auto& each : found.parked("w")) consumers += " parked " + std::to_string(each.sequence);
        }))
      seen.consumers = consumers;
  });
  return seen;
}

/// Empty, or what is wrong; says how the damage was met otherwise.
std::string problem_of(const shown_parts& seen, const shown_parts& sound, report& to) {
  const bool is_prefix = seen.events.size() <= sound.events.size() &&
                         std::equal(seen.events.begin(), seen.events.end(), sound.events.begin());
  if (!is_prefix) return "wrong events";
  if (seen.named) {
    to.add("named with a place");
    return {};
  }
  const bool is_whole = seen.events.size() == sound.events.size();
  if (is_whole && seen.consumers == sound.consumers) {
    to.add("without effect");
    return {};
  }
  if (is_whole) return "a consumer is elsewhere";
  if (!seen.cut) return "events are missing, and no cut was reported";
  to.add("cut and reported");
  return {};
}

/// `cases_of` gives the number of cases for a size, `apply` makes one of the bytes.
template <class Cases, class Apply>
int run_damage(const std::string& part, const options& given, Cases cases_of, Apply apply) {
  report to{part, given};
  const disk base = damaged_store();
  const shown_parts sound = look_at(base.after_death());
  if (sound.events.size() != 20 || sound.consumers.find("parked 3") == std::string::npos || sound.named || sound.cut)
    throw std::runtime_error{"the undamaged store isn't as it should be"};
  std::uint64_t all = 0;
  std::uint64_t done = 0;
  const std::vector<std::string> names = base.names();
  for (const std::string& name : names) all += cases_of(base.content(name).size());
  // A stride that visits every case once, so that a run with a limit is a sample of all files.
  const std::uint64_t stride = 999'983;
  for (std::uint64_t at = given.seed % all; done < all; at = (at + stride) % all, ++done) {
    if (to.is_over(std::to_string(done) + " of " + std::to_string(all))) break;
    const std::uint64_t number = given.only.empty() ? at : std::stoull(given.only);
    std::uint64_t rest = number;
    std::size_t which = 0;
    quipu::bytes content = base.content(names[0]);
    while (rest >= cases_of(content.size())) {
      rest -= cases_of(content.size());
      content = base.content(names[++which]);
    }
    apply(content, rest);
    const disk damaged = base.after_death();
    damaged.put(names[which], content);
    std::string problem;
    try {
      problem = problem_of(look_at(damaged), sound, to);
    } catch (const std::exception& failure) {
      problem = failure.what();
    }
    if (!problem.empty()) to.problem(problem + " (" + names[which] + ")", "--only " + std::to_string(number));
    if (!given.only.empty()) break;
  }
  return to.conclude(std::to_string(done) + " of " + std::to_string(all) + " cases in " + std::to_string(names.size()) +
                     " files");
}

}  // namespace

int run_bits(const options& given) {
  return run_damage(
      "bits", given, [](std::size_t size) { return std::uint64_t{size} * 8; },
      [](quipu::bytes& content, std::uint64_t bit) {
        content[static_cast<std::size_t>(bit / 8)] ^= std::byte{1} << static_cast<int>(bit % 8);
      });
}

int run_truncate(const options& given) {
  return run_damage(
      "truncate", given, [](std::size_t size) { return std::uint64_t{size}; },
      [](quipu::bytes& content, std::uint64_t size) { content.resize(static_cast<std::size_t>(size)); });
}

}  // namespace torture
