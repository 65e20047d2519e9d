// SPDX-License-Identifier: BSL-1.0
//
// main.cpp: one of the bank's branches. Each runs this program on a machine of its own, with a replica of the bank's
// store in FOLDER. All may transfer money between all accounts.
//
//   replicated_bank ADDRESS FOLDER BRANCH TRANSFERS
//
// Transfers money, then waits for the end of its input, brings itself up to date and prints what it has. Started again
// after a crash, it continues with the transfer that it was at, which happens once.
#include "bank.hpp"

#include <quipu/replication/jetstream_log.hpp>
#include <quipu/replication/replicated_store.hpp>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <iterator>
#include <memory>
#include <random>
#include <string>

namespace {

constexpr const char* customers[]{"alice", "bob", "carol", "dora", "emil"};

/// All branches open the same accounts: with the same key, an account is opened once.
void open_accounts(quipu::replicated_store& store) {
  for (const std::string name : customers)
    store.append({name, "bank"}, opened{10'000}, {.idempotency_key = quipu::event_id::from_name("open " + name)});
}

/// Takes from one account and gives to another, as one commit, if nothing else happens to the first one meanwhile. What
/// was done under this name before isn't done again.
void transfer(quipu::replicated_store& store, const std::string& name, const std::string& from, const std::string& to,
              std::int64_t cents) {
  const auto out_key = quipu::event_id::from_name(name + " out");
  const auto in_key = quipu::event_id::from_name(name + " in");
  while (!store.find_by_key(out_key)) {
    const auto now = store.project_with_version<account>(from);
    if (now.state.cents < cents) return;
    quipu::batch halves;
    const auto out =
        halves.add({from, "bank"}, paid{to, cents}, {.expected = now.version(), .idempotency_key = out_key});
    halves.add_reaction({to, "bank"}, received{from, cents}, out, {.idempotency_key = in_key});
    try {
      store.append(halves);
      return;
    } catch (const quipu::conflict_error&) {
      // Another branch was faster. Look again.
    } catch (const quipu::error& failure) {
      // Nobody knows whether it happened. The keys take care that it happens once.
      if (failure.code() != quipu::errc::timeout && failure.code() != quipu::errc::unavailable) throw;
    }
  }
}

std::int64_t money_of_all(quipu::replicated_store& store) {
  std::int64_t cents = 0;
  for (const std::string name : customers) cents += store.project<account>(name).value_or(account{}).cents;
  return cents;
}

void run(const std::string& address, const std::string& folder, const std::string& branch, int transfers) {
  const auto shared = std::make_shared<quipu::jetstream_log>(address, "bank");
  quipu::replicated_store store{quipu::config{.directory = folder + "/store"}, shared,
                                quipu::file_cache{folder + "/cache"}};
  open_accounts(store);
  std::cout << branch << " is open" << std::endl;

  std::mt19937 chance{static_cast<unsigned>(branch.front())};
  for (int number = 0; number < transfers; ++number) {
    const std::size_t from = chance() % std::size(customers);
    const std::size_t to = (from + 1 + chance() % (std::size(customers) - 1)) % std::size(customers);
    transfer(store, branch + " " + std::to_string(number), customers[from], customers[to], 1 + chance() % 500);
  }
  std::cout << branch << " is done" << std::endl;
  std::cin.get();

  store.sync();
  std::cout << branch << ": " << store.count(quipu::region::all()) << " events, " << money_of_all(store)
            << " cents, head " << store.head().str() << std::endl;
  store.close();
}

}  // namespace

int main(int count, char** words) {
  if (count != 5) {
    std::cerr << "usage: replicated_bank ADDRESS FOLDER BRANCH TRANSFERS\n";
    return 2;
  }
  try {
    run(words[1], words[2], words[3], std::atoi(words[4]));
    return 0;
  } catch (const std::exception& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
  }
}
