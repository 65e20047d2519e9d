// SPDX-License-Identifier: BSL-1.0
//
// The ways to pull events: cursors, lossy subscriptions, watched states.
#include <quipu.hpp>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::int64_t cents{};
};
struct account {
  using events = quipu::event_list<deposited>;
  std::int64_t cents{};
  void apply(const deposited& event) { cents += event.cents; }
};

void read(quipu::store& store) {
  std::size_t seen = 0;
  // [cursor]
  const quipu::region accounts = quipu::region::entity_prefix("account:");
  auto cursor = store.cursor_guaranteed(accounts);
  while (auto event = cursor.poll()) ++seen;                   // what there is
  auto next = cursor.wait_for(std::chrono::milliseconds{10});  // the next one, or none
  for (const auto& each : cursor.poll_batch(64)) seen += each.is<deposited>();  // many at once

  const std::string kept = cursor.position().str();  // keep it where you like
  auto later = store.cursor_guaranteed(accounts, quipu::cursor_position::parse(kept).value());
  // [/cursor]
  std::cout << seen << " events, " << (next ? "and another" : "and no other") << '\n';
  std::cout << "the later cursor has " << (later.poll() ? "more\n" : "none left\n");
}

void charge(const quipu::event_view& event) {
  std::cout << "charged for " << event.entity() << '\n';
}

void bill(quipu::store& store) {
  const quipu::region region = quipu::region::entity("account:bob");
  // [named]
  auto billing = store.cursor_guaranteed("billing", region);
  while (auto event = billing.poll()) {
    charge(*event);
    billing.commit();  // from here on it isn't delivered again
  }
  // [/named]
}

void listen(quipu::store& store) {
  const quipu::region region = quipu::region::all();
  // [lossy]
  auto large = store.subscribe_lossy(region, {.capacity = 256})
                   .map([](const quipu::event_view& event) { return event.as<deposited>().cents; })
                   .filter([](std::int64_t cents) { return cents > 1'000'00; });
  // [/lossy]
  store.append({"account:alice", "zurich"}, deposited{5'000'00});
  store.append({"account:alice", "zurich"}, deposited{1});
  // [receive]
  while (auto cents = large.recv_for(std::chrono::milliseconds{10}))
    std::cout << "a deposit of " << *cents << " cents\n";
  // [/receive]
}

void show(const account& state) { std::cout << "alice has " << state.cents << " cents\n"; }

void watch(quipu::store& store) {
  // [watch]
  auto watcher = store.watch<account>("account:alice");
  auto now = store.project<account>("account:alice");  // after the watcher: no change is missed
  if (now) show(*now);
  // [/watch]
  store.append({"account:alice", "zurich"}, deposited{7});
  store.append({"account:alice", "zurich"}, deposited{8});
  // [changes]
  while (auto next = watcher.recv_for(std::chrono::milliseconds{10})) show(*next);
  // [/changes]
}

int main() {
  quipu::store store{quipu::config{.directory = "bank"}};
  store.append({"account:alice", "zurich"}, deposited{500});
  store.append({"account:bob", "basel"}, deposited{300});
  read(store);
  bill(store);
  bill(store);
  listen(store);
  watch(store);
}
