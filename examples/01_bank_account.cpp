// SPDX-License-Identifier: BSL-1.0
//
// 01_bank_account: the minute. Two events, a state that folds them, a store on disk and a cache of states.
// It starts from an empty directory of its own each time, so that each run prints the same; a real program keeps its
// directory. What it prints is in 01_bank_account.output.
#include <quipu.hpp>

#include <cstdint>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string_view>

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};

struct withdrawn {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 2);
  std::int64_t cents{};
};

struct account {
  using events = quipu::event_list<deposited, withdrawn>;
  std::int64_t cents{};
  constexpr void apply(const deposited& event) { cents += event.cents; }
  constexpr void apply(const withdrawn& event) { cents -= event.cents; }
};

// The compiler has already folded this account.
static_assert(quipu::fold<account>(deposited{500}, withdrawn{120}).cents == 380);

/// Shows the account of an entity, or that there is none: an entity without events has no state.
void show_account(quipu::store& store, std::string_view entity) {
  if (const std::optional<account> found = store.project<account>(entity))
    std::cout << entity << " has " << found->cents << " cents\n";
  else
    std::cout << entity << " has no account\n";
}

int main() {
  const auto directory = std::filesystem::temp_directory_path() / "quipu-01-bank-account";
  std::filesystem::remove_all(directory);
  const quipu::config config{.directory = directory / "bank"};
  {
    quipu::store store{config, quipu::file_cache{directory / "cache"}};
    store.append({"account:alice", "branch:zurich"}, deposited{500});
    const quipu::receipt receipt = store.append({"account:alice", "branch:zurich"}, withdrawn{120});
    std::cout << "event " << receipt.sequence
              << (receipt.durable ? " is on stable storage\n" : " may be lost in a crash\n");
    show_account(store, "account:alice");
    show_account(store, "account:nobody");
  }
  // Everything is in the log, so everything is there when it is opened again.
  quipu::store store{config, quipu::file_cache{directory / "cache"}};
  for (const quipu::event_view& event : store.stream("account:alice")) {
    if (const auto in = event.try_as<deposited>())
      std::cout << event.entity_sequence() << ": deposited " << in->cents << '\n';
    if (const auto out = event.try_as<withdrawn>())
      std::cout << event.entity_sequence() << ": withdrawn " << out->cents << '\n';
  }
  show_account(store, "account:alice");
  store.close();
  std::filesystem::remove_all(directory);
}
