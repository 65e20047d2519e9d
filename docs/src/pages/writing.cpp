// SPDX-License-Identifier: BSL-1.0
//
// The ways to write, beside one append: many tickets that share a flush, an outbox, and a fence.
#include <quipu.hpp>

#include <csignal>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

struct placed {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::uint32_t order{};
};
struct reserved {
  static constexpr auto kind = quipu::event_kind::custom(1, 2);
  std::uint32_t pieces{};
};

quipu::coordinate order_of(std::uint32_t number) {
  return {"order:" + std::to_string(number), "shop"};
}

void import(quipu::store& store, const std::vector<std::uint32_t>& orders) {
  // [tickets]
  std::vector<quipu::ticket> tickets;
  for (const std::uint32_t each : orders)
    tickets.push_back(store.submit(order_of(each), placed{each}));
  for (quipu::ticket& each : tickets) {
    const quipu::receipt receipt = each.wait();  // the first flushes for all
    std::cout << "event " << receipt.sequence << (receipt.durable ? " is durable\n" : "\n");
  }
  // [/tickets]
}

void stage_and_flush(quipu::store& store) {
  // [outbox]
  quipu::outbox box = store.outbox();
  box.stage({"order:5", "shop"}, placed{5});
  box.stage({"stock:9", "shop"}, reserved{1});
  const std::vector<quipu::receipt> receipts = box.flush();
  // [/outbox]
  std::cout << "the outbox appended " << receipts.size() << " events\n";
}

void reserve(quipu::store& store) {
  // [fence]
  auto fence = store.begin_visibility_fence();
  const quipu::receipt order = fence.append({"order:7", "shop"}, placed{7});
  fence.append_reaction({"stock:3", "shop"}, reserved{3}, order);
  fence.commit();
  // [/fence]
  std::cout << "the fence began with event " << order.sequence << '\n';
}

int main() {
  // [signal]
  std::signal(SIGXFSZ, SIG_IGN);
  // [/signal]
  quipu::store store{quipu::config{.directory = "shop"}};
  import(store, {1, 2, 3});
  stage_and_flush(store);
  reserve(store);
}
