// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(6, 1);
  std::int64_t cents{};
};
struct deposit {
  std::int64_t cents{};
};
struct account {
  using events = quipu::event_list<deposited>;
  std::int64_t cents{};
  constexpr void apply(const deposited& event) { cents += event.cents; }

  static constexpr quipu::outcome<deposited> decide(const account&,
                                                    const deposit& command) {
    if (command.cents <= 0)
      return quipu::outcome_error{quipu::error_kind::validation, "nothing to deposit"};
    return deposited{command.cents};
  }
};

// [rules]
// Rules need no store: the compiler runs these.
static_assert(
    quipu::given<account>(deposited{100}).when(deposit{20}).then(deposited{20}));
static_assert(
    quipu::given<account>().when(deposit{0}).then_error(quipu::error_kind::validation));
static_assert(quipu::fold<account>(deposited{100}, deposited{20}).cents == 120);
// [/rules]

void expect(bool holds, const char* what) {  // or any test framework's CHECK
  std::cout << (holds ? "ok   " : "FAIL ") << what << '\n';
  if (!holds) std::exit(1);
}

// [fresh]
void test_deposit() {
  auto store = quipu::in_memory_store();  // empty, and gone at the end of the test
  const auto done = store.execute<account>({"account:alice", "web"}, deposit{100});
  expect(done.is_ok(), "a deposit is taken");
  expect(store.project<account>("account:alice").value().cents == 100,
         "the account has it");
}
// [/fresh]

// [clock]
void test_time() {
  std::atomic<std::int64_t> now_us{1'000'000};
  quipu::config settings;
  settings.clock = [&now_us] { return now_us.load(); };
  auto store = quipu::in_memory_store(settings);

  store.append({"account:alice", "web"}, deposited{100});
  now_us = 5'000'000;
  store.append({"account:alice", "web"}, deposited{20});
  const auto between =
      store.project<account>("account:alice", quipu::as_of::time_us(4'000'000)).value();
  expect(between.cents == 100, "three seconds later it still has that");
}
// [/clock]

// [crash]
void test_crash() {
  const auto disk = std::make_shared<quipu::memory_environment>();
  quipu::config settings;
  settings.environment = disk;
  auto store = quipu::in_memory_store(settings);
  store.append({"account:alice", "web"}, deposited{100});

  settings.environment = disk->copy();  // the files as they are now
  auto after_the_crash = quipu::in_memory_store(settings);
  expect(after_the_crash.project<account>("account:alice").value().cents == 100,
         "it outlives a crash");
}
// [/crash]

int main() {
  test_deposit();
  test_time();
  test_crash();
}
