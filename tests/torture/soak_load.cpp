// SPDX-License-Identifier: BSL-1.0
//
// soak_load.cpp: see soak_load.hpp.
#include "soak_load.hpp"

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

namespace torture {
namespace {

using quipu::region;
using namespace std::chrono_literals;

constexpr std::size_t events_of_a_turn = 20;
constexpr auto turn_length = 20ms;  // of each of two writers: 2,000 events a second
constexpr auto life_of_a_consumer = 3s;
constexpr auto most_lag = 60s;

constexpr std::uint64_t bytes_of_a_dropped_event = 16 + 32;
constexpr std::uint64_t bytes_of_a_dropped_key = 48;

quipu::tiered_cache<quipu::memory_cache, quipu::file_cache> cache_in(const std::filesystem::path& folder) {
  return {quipu::memory_cache{1 << 20}, quipu::file_cache{folder / "cache"}};
}

/// Waits until something holds, with a limit. Returns whether it does.
bool holds_in_time(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + most_lag;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(2ms);
  }
  return true;
}

/// Does it again and again for as long as a consumer lives.
void for_a_life(const std::function<void()>& step) {
  for (const auto end = std::chrono::steady_clock::now() + life_of_a_consumer; std::chrono::steady_clock::now() < end;)
    step();
}

}  // namespace

// ---- threads and processes ----

void follow_store(const quipu::config& settings, const shared_page<reader_page>& page) {
  first_problem problem;
  succession seen{"the reader of another process", problem};
  const pid_t parent = ::getppid();
  while (::getppid() == parent) {
    try {
      quipu::read_only_store opened{settings};
      auto cursor = opened.cursor_guaranteed(region::all(), quipu::cursor_position::at(seen.seen()));
      for_a_life([&] {
        for (const quipu::event_view& each : cursor.wait_batch_for(1000, 20ms)) seen.see(each);
        page.value().seen = seen.seen();
      });
      const resources held = current_resources();
      for (std::size_t each = 0; each < held.size(); ++each) page.value().held[each] = held[each];
    } catch (const quipu::error& failure) {
      if (failure.code() != quipu::errc::not_found) throw;  // not made yet
      std::this_thread::sleep_for(1ms);
    }
    if (!problem.text().empty()) throw std::runtime_error{problem.text()};
  }
}

// ---- the load ----

quipu::config soak_load::settings_in(const std::filesystem::path& folder) { return {.directory = folder / "ledger"}; }

soak_load::soak_load(const std::filesystem::path& folder, std::uint64_t seed)
    : folder_{folder},
      store_{settings_in(folder), cache_in(folder)},
      batch_random_{seed},
      single_random_{seed + 1},
      reader_random_{seed + 2},
      long_reader_{settings_in(folder)},
      long_cursor_{long_reader_.cursor_guaranteed(region::all())},
      lossy_{store_.subscribe_lossy(region::all())},
      reactor_{store_.react(
          "answers", region::entity_prefix("order:"), [this](const quipu::event_view& cause, quipu::emitter& emit) {
            emit({"answer:" + std::to_string(cause.sequence() % 10), "soak"}, answered{cause.as<ticked>().number});
            ++answers_;
          })} {
  add_consumers();
}

soak_load::~soak_load() = default;

void soak_load::add_consumers() {
  const auto add = [this](const char* name, std::function<void()> step) {
    threads_.push_back(std::make_unique<repeating_thread>(name, std::move(step), problem_));
  };
  add("the writer of batches", [this] { paced(turns_[0], [this] { append_batch(); }); });
  add("the writer of single events", [this] { paced(turns_[1], [this] { append_singly(); }); });
  add("the cursor", [this] { read_with_cursor(); });
  add("the subscription", [this] { receive(); });
  add("the worker", [this] { run_worker(); });
  add("the models", [this] { renew_models(); });
  add("a new reader", [this] { look_from_a_new_reader(); });
  add("the projections", [this] { project_something(); });
  add("the reader of this process", [this] {
    for (const quipu::event_view& each : long_cursor_.wait_batch_for(1000, 20ms)) follower_.see(each);
  });
}

void soak_load::paced(writer_turn& turn, const std::function<void()>& work) {
  {
    const std::lock_guard unless_paused{turn.pause};
    work();
  }
  turn.next += turn_length;
  std::this_thread::sleep_until(std::max(turn.next, clock::now() + 1ms));
}

ticked soak_load::next_tick(simulation::seeded& random) {
  return {++ticks_, std::string(100 + random.below(800), static_cast<char>('a' + random.below(26)))};
}

void soak_load::append_batch() {
  quipu::batch events;
  for (std::size_t each = 1; each < events_of_a_turn; ++each)
    events.add({"entity:" + std::to_string(batch_random_.below(200)), "soak"}, next_tick(batch_random_));
  if (batch_random_.below(2) == 0) {
    events.add({"order:" + std::to_string(batch_random_.below(10)), "soak"}, next_tick(batch_random_));
    ++orders_;
  }
  store_.append(events);
}

void soak_load::append_singly() {
  const auto where = [this] {
    return quipu::coordinate{"entity:" + std::to_string(single_random_.below(200)), "soak"};
  };
  static_cast<void>(store_.append(where(), next_tick(single_random_)));
  std::vector<quipu::ticket> tickets;
  for (std::size_t each = 1; each < events_of_a_turn; ++each) {
    if (each % 2 == 0)
      static_cast<void>(store_.append(where(), next_tick(single_random_), {.durability = quipu::durability::buffered}));
    else
      tickets.push_back(store_.submit(where(), next_tick(single_random_)));
  }
  for (quipu::ticket& each : tickets) static_cast<void>(each.wait());
}

void soak_load::read_with_cursor() {
  auto cursor = store_.cursor_guaranteed("c", region::all());
  for_a_life([&] {
    for (const quipu::event_view& each : cursor.wait_batch_for(1000, 20ms)) cursor_.see(each);
    cursor.commit();
  });
}

void soak_load::receive() {
  if (lossy_.recv_for(20ms)) ++received_;
  received_or_dropped_ = received_ + lossy_.dropped();
}

void soak_load::run_worker() {
  auto worker = store_.cursor_worker("w", region::all(), [this](const quipu::event_view& each) { worker_.see(each); },
                                     {.restart = quipu::restart_policy::never()});
  for_a_life([&] { std::this_thread::sleep_for(10ms); });
  worker.stop();
  worker.join();
  if (!worker.failure().empty()) throw std::runtime_error{worker.failure()};
}

void soak_load::renew_models() {
  {
    const std::lock_guard held{models_lock_};
    model_.reset();
    model_.emplace(store_.read_model<tally>("totals", region::all(), {.current = true}));
    watcher_.emplace(store_.watch<tally>("entity:1"));
  }
  for_a_life([&] {
    const std::lock_guard held{models_lock_};
    static_cast<void>(model_->state());
    static_cast<void>(watcher_->recv_for(20ms));
  });
}

void soak_load::look_from_a_new_reader() {
  quipu::read_only_store opened{settings_in(folder_)};
  static_cast<void>(opened.count(region::scope("soak")));
  if (const auto last = opened.last(region::entity_prefix("entity:")); last && !opened.find(last->id()))
    throw std::runtime_error{"an event can't be found by its id"};
  std::this_thread::sleep_for(500ms);
}

void soak_load::project_something() {
  static_cast<void>(store_.project<tally>("entity:" + std::to_string(reader_random_.below(200))));
  std::this_thread::sleep_for(10ms);
}

void soak_load::compact(std::uint64_t kept_events) {
  const std::uint64_t end = store_.stats().events;
  std::uint64_t dropped_keys = 0;
  const auto keep = [&](const quipu::event_view& each) {
    const bool is_new = each.sequence() + kept_events >= end;
    if (!is_new && each.is<answered>()) ++dropped_keys;
    return is_new;
  };
  const std::uint64_t dropped = store_.compact(quipu::compaction::retain(keep)).dropped;
  dropped_ += dropped;
  bytes_of_dropped_ += dropped * bytes_of_a_dropped_event + dropped_keys * bytes_of_a_dropped_key;
}

// ---- the oracle ----

std::string soak_load::problem_in_pause(const shared_page<reader_page>& reader) {
  const std::lock_guard first{turns_[0].pause};
  const std::lock_guard second{turns_[1].pause};
  if (!reactor_.wait_caught_up_for(most_lag)) return "the reactor doesn't come to the end: " + reactor_.failure();
  const std::uint64_t end = store_.stats().events;
  if (end != appended())
    return std::to_string(appended()) + " events were appended, and there are " + std::to_string(end);
  if (answers_ != orders_) return std::to_string(orders_) + " orders have " + std::to_string(answers_) + " answers";
  const auto all_are_there = [&] {
    return !problem_.text().empty() || (cursor_.seen() == end && worker_.seen() == end && follower_.seen() == end &&
                                        reader.value().seen == end && received_or_dropped_ == end);
  };
  if (!holds_in_time(all_are_there))
    problem_.set("of " + std::to_string(end) + " events, the cursor has " + std::to_string(cursor_.seen()) +
                 ", the worker " + std::to_string(worker_.seen()) + ", the reader of this process " +
                 std::to_string(follower_.seen()) + ", of another process " + std::to_string(reader.value().seen) +
                 ", the subscription " + std::to_string(received_or_dropped_));
  if (const std::string problem = problem_.text(); !problem.empty()) return problem;
  return problem_of_models();
}

std::string soak_load::problem_of_models() {
  const std::lock_guard held{models_lock_};
  if (!model_) return {};
  const auto end = store_.append({"entity:1", "soak"}, next_tick(single_random_));
  if (!model_->wait_visible_for(end, most_lag)) return "the model doesn't come to the end";
  // A model is rebuilt within a second after a compaction.
  if (!holds_in_time([&] { return model_->state() == store_.project<tally>(region::all()); }))
    return "the model isn't what its events are";
  const tally folded = store_.project<tally>(region::entity("entity:1"));
  if (watcher_->recv_for(most_lag) != folded) return "the watcher isn't what its events are";
  if (store_.project<tally>("entity:1") != folded) return "the cached state isn't what its events are";
  return {};
}

}  // namespace torture
