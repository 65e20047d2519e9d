// SPDX-License-Identifier: BSL-1.0
//
// scenarios.cpp: see scenarios.hpp. All of them append to one store on a simulated disk. Whenever a thread has learnt
// of an event, by its receipt or by reading it, the power may be cut in a copy of the world; afterwards the event must
// be there.
#include "scenarios.hpp"

#include "../../journal/crash_fixture.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/store/read_only_store.hpp>
#endif

#include <array>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace schedules {
namespace {

using namespace simulation;
using quipu::durability;
using quipu::region;
using namespace std::chrono_literals;

/// What is known of an event.
struct known {
  quipu::event_id id{};
  std::uint64_t sequence{};
};

struct machine_that_lost_power {
  disk machine;
  std::vector<known> events;
};

/// The world of one run. The threads are never at the same time in it.
class stage {
 public:
  explicit stage(std::uint64_t seed) : random_{seed ^ 0xD1B54A32D192ED03U} {}

  [[nodiscard]] quipu::config settings() const { return settings_in(machine_, small_store()); }
  [[nodiscard]] std::uint64_t below(std::size_t bound) { return random_.below(bound); }

  void require(bool condition, const std::string& what) {
    if (!condition && problem_.empty()) problem_ = what;
  }
  /// The event must be there from now on, though the power may be cut later: it may be written, and not flushed.
  void learn_until_power_cut(const known& event) { known_.push_back(event); }
  /// The event must be there from now on.
  void learn(const known& event) {
    const alone here;
    known_.push_back(event);
    durable_.push_back(event);
    if (random_.below(3) == 0 && cut_.size() < 3) cut_.push_back({machine_.after_power_cut(random_), durable_});
  }
  void learn(const quipu::receipt& given) { learn(known{given.id, given.sequence}); }

  /// A thread that does this, and ends with an error that it isn't allowed only as a problem.
  [[nodiscard]] std::thread thread(std::function<void()> work) {
    return std::thread{[this, work = std::move(work)] { attempt(work); }};
  }
  void attempt(const std::function<void()>& work) noexcept {
    try {
      work();
    } catch (const std::exception& failure) {
      require(false, failure.what());
    }
  }

  /// When all threads have ended: looks at what the power cuts left, and at the log.
  [[nodiscard]] std::string conclude() {
    for (const auto& [machine, events] : cut_) check(machine, events, "after a power cut, ");
    check(machine_.after_death(), known_, "");
    return problem_;
  }

 private:
  void check(const disk& on, const std::vector<known>& expected, const std::string& when) {
    try {
      store opened{settings_in(on, small_store())};
      static_cast<void>(opened.verify());
      for (const known& each : expected) {
        const auto found = opened.find(each.id);
        require(found && found->sequence() == each.sequence,
                when + "event " + std::to_string(each.sequence) + " isn't there");
      }
    } catch (const std::exception& failure) {
      require(false, when + failure.what());
    }
  }

  seeded random_;
  disk machine_{};
  std::vector<known> known_{};
  std::vector<known> durable_{};  // of these
  std::vector<machine_that_lost_power> cut_{};
  std::string problem_{};
};

template <class... Threads>
void join_all(Threads&... threads) {
  (threads.join(), ...);
}

/// Reads to the end, which comes when `count` events are read, waiting for each.
template <class Store, class Learn>
void follow(stage& on, Store& log, std::uint64_t count, Learn learn) {
  auto cursor = log.cursor_guaranteed(region::all());
  for (std::uint64_t next = 0; next < count; ++next) {
    const auto event = cursor.wait_for(1h);
    on.require(event && event->sequence() == next, "a cursor doesn't give event " + std::to_string(next));
    if (!event) return;
    learn(known{event->id(), event->sequence()});
  }
}

/// Appends one event, a batch of two, and one more.
void append_four(stage& on, store& log) {
  on.learn(log.append({"a", "s"}, counted{0}));
  quipu::batch two;
  static_cast<void>(two.add({"a", "s"}, counted{1}));
  static_cast<void>(two.add({"b", "s"}, counted{2}));
  for (const quipu::receipt& each : log.append(two)) on.learn(each);
  on.learn(log.append({"b", "s"}, counted{3}));
}

/// Two threads append what only one of them may, and one more has its own.
void commit(stage& on) {
  store log{on.settings()};
  std::array<quipu::receipt, 2> keyed;
  int conflicts = 0;
  const auto compete = [&](std::size_t number) {
    on.learn(keyed[number] =
                 log.append({"once", "s"}, counted{1}, {.idempotency_key = quipu::event_id::from_name("key")}));
    try {
      on.learn(log.append({"a", "s"}, counted{2}, {.condition = quipu::none_ever(region::entity("a"))}));
    } catch (const quipu::conflict_error&) {
      ++conflicts;
    }
  };
  auto one = on.thread([&] { compete(0); });
  auto other = on.thread([&] { compete(1); });
  auto third = on.thread([&] {
    auto ticket = log.submit({"b", "s"}, counted{3});
    const quipu::receipt buffered = log.append({"b", "s"}, counted{4}, {.durability = durability::buffered});
    log.sync();
    on.learn(buffered);
    on.learn(ticket.wait());
  });
  join_all(one, other, third);
  on.require(keyed[0].id == keyed[1].id && keyed[0].sequence == keyed[1].sequence, "one key has two events");
  on.require(conflicts == 1, "a condition held " + std::to_string(2 - conflicts) + " times");
  on.require(log.stats().events == 4, "there are " + std::to_string(log.stats().events) + " events instead of 4");
}

/// A cursor follows a writer, and a reader counts.
void publish(stage& on) {
  store log{on.settings()};
  auto writer = on.thread([&] { append_four(on, log); });
  auto follower = on.thread([&] { follow(on, log, 4, [&](const known& event) { on.learn(event); }); });
  auto reader = on.thread([&] {
    for (std::uint64_t before = 0, count = 0; count != 4; before = count) {
      count = log.count(region::all());
      on.require(count >= before, "events went away");
      on.require(count != 2, "half of a batch is visible");
      std::this_thread::yield();
    }
  });
  join_all(writer, follower, reader);
}

/// The same with a reader that has the log open by itself.
void follow_from_outside(stage& on) {
  store log{on.settings()};
  auto writer = on.thread([&] { append_four(on, log); });
  auto follower = on.thread([&] {
    quipu::read_only_store reading{on.settings()};
    follow(on, reading, 4, [&](const known& event) { on.learn_until_power_cut(event); });
  });
  join_all(writer, follower);
}

/// Compactions drop every third event while a writer fills segments and a reader reads all.
void compact(stage& on) {
  store log{on.settings()};
  constexpr std::uint64_t count = 5;
  const auto is_kept = [](std::uint64_t sequence) { return sequence % 3 != 1; };
  std::uint64_t acknowledged = 0;
  auto writer = on.thread([&] {
    for (std::uint64_t number = 0; number < count; ++number) {
      const quipu::receipt given = log.append({"a", "s"}, noted{number, std::string(1500, 'n')});
      if (is_kept(given.sequence)) on.learn(given);
      acknowledged = given.sequence + 1;
    }
  });
  auto compactor = on.thread([&] {
    for (int round = 0; round < 2; ++round)
      static_cast<void>(log.compact(
          quipu::compaction::retain([&](const quipu::event_view& event) { return is_kept(event.sequence()); })));
  });
  auto reader = on.thread([&] {
    for (std::uint64_t end = 0; end != count;) {
      end = acknowledged;
      std::uint64_t next = 0;
      for (const quipu::event_view& each : log.query(region::all())) {
        for (; next < each.sequence(); ++next) on.require(!is_kept(next), "a reader misses an event that is kept");
        ++next;
      }
      for (; next < end; ++next) on.require(!is_kept(next), "a reader misses an acknowledged event");
      std::this_thread::yield();
    }
  });
  join_all(writer, compactor, reader);
}

/// Closing ends whatever waits, and keeps what was acknowledged.
void close(stage& on) {
  store log{on.settings()};
  const auto until_closed = [&on](const std::function<void()>& work) {
    return on.thread([work] {
      try {
        for (int round = 0; round < 6; ++round) work();
      } catch (const quipu::error& failure) {
        if (failure.code() != quipu::errc::closed) throw;
      }
    });
  };
  auto writer = until_closed([&] { on.learn(log.append({"a", "s"}, counted{1})); });
  auto submitter = until_closed([&] { on.learn(log.submit({"b", "s"}, counted{2}).wait()); });
  auto follower = on.thread([&] {
    auto cursor = log.cursor_guaranteed(region::all());
    while (!cursor.ended())
      if (const auto event = cursor.wait_for(1h)) on.learn(known{event->id(), event->sequence()});
  });
  auto closer = on.thread([&] {
    std::this_thread::sleep_for(std::chrono::microseconds{on.below(400)});
    log.close();
  });
  join_all(writer, submitter, follower, closer);
}

/// Others wait behind a visibility fence, and see what it commits as one.
void fence(stage& on) {
  store log{on.settings()};
  auto fencer = on.thread([&] {
    auto both = log.begin_visibility_fence();
    static_cast<void>(both.append({"a", "s"}, counted{0}));
    static_cast<void>(both.append({"b", "s"}, counted{1}));
    if (on.below(4) == 0)
      both.cancel();
    else
      for (const quipu::receipt& each : both.commit()) on.learn(each);
    on.learn(log.append({"a", "s"}, counted{2}));
  });
  auto writer = on.thread([&] {
    const quipu::receipt given = log.append({"a", "s"}, counted{3});
    on.learn(given);
    on.require(log.wait_visible_for(given, 1h), "an event that was acknowledged isn't visible");
  });
  join_all(fencer, writer);
}

template <void (*Work)(stage&)>
result run_in_order(std::uint64_t seed) {
  auto made = std::make_unique<stage>(seed);
  result ran = run(seed, [&on = *made] { on.attempt([&on] { Work(on); }); });
  if (ran.problem.empty())
    ran.problem = made->conclude();
  else
    static_cast<void>(made.release());  // its threads use it
  return ran;
}

constexpr std::array all{
    scenario{"commit", run_in_order<commit>},
    scenario{"publish", run_in_order<publish>},
    scenario{"follow", run_in_order<follow_from_outside>},
    scenario{"compact", run_in_order<compact>},
    scenario{"close", run_in_order<close>},
    scenario{"fence", run_in_order<fence>},
};

}  // namespace

std::span<const scenario> scenarios() { return all; }

}  // namespace schedules
