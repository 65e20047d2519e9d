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

  static constexpr quipu::outcome<deposited> decide(const account&, const deposit& command) {
    if (command.cents <= 0)
      return quipu::outcome_error{quipu::error_kind::validation, "nothing to deposit"};
    return deposited{command.cents};
  }
};

// [rules]
// Rules need no store: the compiler runs these.
static_assert(quipu::given<account>(deposited{100}).when(deposit{20}).then(deposited{20}));
static_assert(quipu::given<account>().when(deposit{0}).then_error(quipu::error_kind::validation));
static_assert(quipu::fold<account>(deposited{100}, deposited{20}).cents == 120);
// [/rules]

void expect(bool holds, const char* what) {  // or any test framework's CHECK
  std::cout << (holds ? "ok   " : "FAIL ") << what << '\n';
  if (!holds) std::exit(1);
}

// [fresh]
/// Each test has a store of its own, in memory, with a clock that it sets itself.
struct fixture {
  std::shared_ptr<quipu::memory_environment> disk = std::make_shared<quipu::memory_environment>();
  std::shared_ptr<std::atomic<std::int64_t>> now_us =
      std::make_shared<std::atomic<std::int64_t>>(1'000'000);

  [[nodiscard]] quipu::store open(const std::shared_ptr<quipu::memory_environment>& on) const {
    quipu::config settings;
    settings.environment = on;
    settings.clock = [clock = now_us] { return clock->load(); };
    return quipu::in_memory_store(settings);
  }
};

void test_deposit() {
  const fixture test;
  auto store = test.open(test.disk);
  expect(store.execute<account>({"account:alice", "web"}, deposit{100}).is_ok(),
         "a deposit is taken");
  expect(store.project<account>("account:alice")->cents == 100, "the account has it");
  expect(store.stream("account:alice").begin()->timestamp_us() == 1'000'000,
         "at the time of the test's clock");
}
// [/fresh]

// [crash]
void test_crash() {
  const fixture test;
  auto store = test.open(test.disk);
  store.append({"account:alice", "web"}, deposited{100});
  auto after_a_crash = test.open(test.disk->copy());  // the files as they are now
  expect(after_a_crash.project<account>("account:alice")->cents == 100,
         "a durable event outlives the program");
}
// [/crash]

int main() {
  test_deposit();
  test_crash();
}
