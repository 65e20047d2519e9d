// SPDX-License-Identifier: BSL-1.0
//
// 01_bank_account: the minute. Two events, a state that folds them, a store on disk and a cache of states.
// It starts from an empty directory of its own each time, so that each run prints the same; a real program keeps its
// directory. What it prints is in 01_bank_account.output.
#include <quipu.hpp>

#include <cstdint>
#include <filesystem>
#include <iostream>

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

int main() {
  const auto directory = std::filesystem::temp_directory_path() / "quipu-01-bank-account";
  std::filesystem::remove_all(directory);
  const quipu::config config{.directory = directory / "bank"};
  {
    quipu::store store{config, quipu::file_cache{directory / "cache"}};
    store.append({"account:alice", "branch:zurich"}, deposited{500});
    const quipu::receipt receipt = store.append({"account:alice", "branch:zurich"}, withdrawn{120});
    std::cout << "alice has " << store.project<account>("account:alice").value().cents << " cents after event "
              << receipt.sequence << (receipt.durable ? ", which is on stable storage\n" : ", which may be lost\n");
    std::cout << "nobody has " << (store.project<account>("account:nobody") ? "an account\n" : "no account\n");
  }
  // Everything is in the log, so everything is there when it is opened again.
  quipu::store store{config, quipu::file_cache{directory / "cache"}};
  for (const quipu::event_view& event : store.stream("account:alice")) {
    if (const auto in = event.try_as<deposited>())
      std::cout << event.entity_sequence() << ": deposited " << in->cents << '\n';
    if (const auto out = event.try_as<withdrawn>())
      std::cout << event.entity_sequence() << ": withdrawn " << out->cents << '\n';
  }
  std::cout << "alice still has " << store.project<account>("account:alice").value().cents << " cents\n";
  store.close();
  std::filesystem::remove_all(directory);
}
