// SPDX-License-Identifier: BSL-1.0
//
// Threads that consume events: a worker, a reactor, read models; and a state with its position.
#include <quipu.hpp>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <thread>

using namespace std::chrono_literals;

struct ordered {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::string customer;
  std::int64_t cents{};
};
struct paid {
  static constexpr auto kind = quipu::event_kind::custom(1, 2);
  std::int64_t cents{};
};
struct shipment_requested {
  static constexpr auto kind = quipu::event_kind::custom(1, 3);
  std::string order;
};

struct revenue {
  using events = quipu::event_list<paid>;
  std::int64_t cents{};
  void apply(const paid& event) { cents += event.cents; }
};
struct order {
  using events = quipu::event_list<ordered, paid>;
  std::int64_t due{};
  void apply(const ordered& event) { due += event.cents; }
  void apply(const paid& event) { due -= event.cents; }
};

void send_mail(const ordered&) {}

void workers(quipu::store& store) {
  // [worker]
  auto mailer =
      store.cursor_worker("mailer", quipu::region::all().with_events<ordered>(),
                          [](const quipu::event_view& event) { send_mail(event.as<ordered>()); },
                          {.restart = quipu::restart_policy::bounded(3, 1min),
                           .poison = quipu::poison_policy::retry(5, 1s).then_park()});
  // [/worker]
  // [reactor]
  auto shipping = store.react("shipping", quipu::region::all().with_events<paid>(),
                              [](const quipu::event_view& cause, auto& emit) {
                                emit({"shipment:" + std::string{cause.entity()}, "warehouse"},
                                     shipment_requested{std::string{cause.entity()}});
                              });
  // [/reactor]
  store.append({"order:3", "shop"}, paid{500});
  while (store.count(quipu::region::scope("warehouse")) < 3) std::this_thread::sleep_for(1ms);
  for (const auto& event : store.query(quipu::region::scope("warehouse")))
    std::cout << event.entity() << '\n';
}

void show(const revenue& state) { std::cout << "revenue: " << state.cents << " cents\n"; }

void models(quipu::store& store) {
  // [model]
  auto totals = store.read_model<revenue>("totals", quipu::region::scope("shop"));
  const quipu::receipt receipt = store.append({"order:2", "shop"}, paid{1200});
  if (totals.wait_visible_for(receipt, 10s)) show(totals.state());  // read your own write

  auto orders = store.read_model_by_entity<order>("orders", quipu::region::entity_prefix("order:"));
  if (orders.wait_visible_for(receipt, 10s)) {
    if (const auto second = orders.find("order:2"))
      std::cout << "order:2 owes " << second->due << " cents\n";
    orders.for_each([](std::string_view entity, const order& state) {
      if (state.due > 0) std::cout << entity << " isn't paid\n";
    });
  }
  // [/model]
}

using histogram = std::map<std::string, std::uint64_t>;

void count(quipu::store& store) {
  // [own]
  auto cursor = store.cursor_guaranteed("customers", quipu::region::all().with_events<ordered>());
  histogram counts =
      cursor.state().empty() ? histogram{} : quipu::decode<histogram>(cursor.state());
  while (auto event = cursor.poll()) {
    ++counts[event->as<ordered>().customer];
    if (event->sequence() % 1000 == 0) cursor.commit(quipu::encode(counts));
  }
  cursor.commit(quipu::encode(counts));
  // [/own]
  for (const auto& [customer, orders] : counts)
    std::cout << customer << " ordered " << orders << " times\n";
}

int main() {
  quipu::store store{quipu::config{.directory = "shop"}};
  store.append({"order:1", "shop"}, ordered{"ada", 500});
  store.append({"order:2", "shop"}, ordered{"ada", 1200});
  store.append({"order:3", "shop"}, ordered{"bob", 700});
  store.append({"order:1", "shop"}, paid{500});
  models(store);
  workers(store);
  count(store);
}
