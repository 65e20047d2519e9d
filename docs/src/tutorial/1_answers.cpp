// SPDX-License-Identifier: BSL-1.0
//
// Tutorial, part 1: answers to the exercises.
#include <quipu.hpp>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>

struct account_opened {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::string owner{};
};

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(1, 2);
  std::int64_t cents{};
};

struct withdrawn {
  static constexpr auto kind = quipu::event_kind::custom(1, 3);
  std::int64_t cents{};
};

// [fee]
struct fee_charged {
  static constexpr auto kind = quipu::event_kind::custom(1, 4);
  std::int64_t cents{};
};

struct balance {
  using events = quipu::event_list<deposited, withdrawn, fee_charged>;

  std::int64_t cents{};

  constexpr void apply(const deposited& event) { cents += event.cents; }
  constexpr void apply(const withdrawn& event) { cents -= event.cents; }
  constexpr void apply(const fee_charged& event) { cents -= event.cents; }
};

static_assert(quipu::fold<balance>(deposited{500}, withdrawn{120}, fee_charged{2}).cents == 378);
// [/fee]

// [activity]
struct activity {
  using events = quipu::event_list<deposited, withdrawn>;

  std::uint32_t movements{};
  std::int64_t largest_withdrawal_cents{};

  constexpr void apply(const deposited&) { ++movements; }
  constexpr void apply(const withdrawn& event) {
    ++movements;
    largest_withdrawal_cents = std::max(largest_withdrawal_cents, event.cents);
  }
};

void show_activity(quipu::store& store) {
  const std::optional<activity> alice = store.project<activity>("account:alice");
  if (!alice) return;
  std::cout << "alice: " << alice->movements << " movements, the largest withdrawal was "
            << alice->largest_withdrawal_cents << " cents\n";
}
// [/activity]

// [branch]
void show_branch(quipu::store& store) {
  const balance zurich = store.project<balance>(quipu::region::scope("branch:zurich"));
  std::cout << "all accounts of Zurich together: " << zurich.cents << " cents\n";
}
// [/branch]

int main() {
  try {
    auto store = quipu::in_memory_store();
    store.append({"account:alice", "branch:zurich"}, account_opened{"Alice"});
    store.append({"account:alice", "branch:zurich"}, deposited{500});
    store.append({"account:alice", "branch:zurich"}, withdrawn{120});
    store.append({"account:alice", "branch:zurich"}, fee_charged{2});
    store.append({"account:carol", "branch:zurich"}, account_opened{"Carol"});
    store.append({"account:carol", "branch:zurich"}, deposited{1000});
    store.append({"account:bob", "branch:bern"}, account_opened{"Bob"});
    store.append({"account:bob", "branch:bern"}, deposited{70});

    show_activity(store);
    show_branch(store);
  } catch (const quipu::error& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
  }
}
