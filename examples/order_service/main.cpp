// SPDX-License-Identifier: BSL-1.0
//
// main.cpp: a day in the shop. `order_service DIRECTORY` makes the store in a directory that must not have one yet.
#include "mailer.hpp"
#include "read_models.hpp"
#include "service.hpp"

#include <chrono>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string_view>

namespace {
template <class Value>
void report(std::string_view what, const quipu::outcome<Value>& done) {
  if (done.is_ok())
    std::cout << what << ": done\n";
  else if (done.is_error())
    std::cout << what << ": refused, " << done.error().message << '\n';
  else
    std::cout << what << ": " << quipu::name_of(done.state()) << '\n';
}

template <class Consumer>
void wait_for(Consumer& consumer) {
  if (!consumer.wait_caught_up_for(std::chrono::minutes{1})) throw std::runtime_error{"a consumer hangs"};
}

/// What the first edition of the program left in the log.
void last_year(quipu::store& store) { store.append(shop::customer_at("1"), shop::v1::customer_registered{"Ada"}); }

void morning(shop::service& office) {
  office.register_customer("2", {"Ben", "ben@example.org"});
  office.receive_goods("candle", 10);
  office.receive_goods("lamp", 1);

  report("Ada orders 4 candles", office.place("1001", {"1", "candle", 4, 800}));
  report("Ben orders a lamp", office.place("1002", {"2", "lamp", 1, 3900}));
  report("Ada orders a lamp, too", office.place("1003", {"1", "lamp", 1, 3900}));
  report("Ben's payment", office.pay("1002", {"bank-17", 3900}));
  report("the same payment again", office.pay("1002", {"bank-17", 3900}));
  report("Ben orders 6 candles", office.place("1004", {"2", "candle", 6, 1200}));
  report("Ben cancels them", office.cancel("1004"));
}

void mails(quipu::worker& mailer, shop::service& office, const shop::mail_server& server) {
  wait_for(mailer);
  for (const quipu::parked_event& parked : mailer.parked())
    std::cout << "parked after " << parked.attempts << " attempts: " << parked.error << '\n';
  office.change_email("1", "ada@example.org");
  std::cout << "tried again: " << mailer.retry_parked() << " sent\n";
  for (const std::string& mail : server.sent()) std::cout << "  " << mail << '\n';
}

void afternoon(shop::service& office) {
  report("send Ada's candles", office.send("1001", "post"));
  report("send Ben's lamp", office.send("1002", "post"));
  report("it has arrived", office.confirm_delivery("1002"));
  report("it has arrived again", office.confirm_delivery("1002"));
  report("the trainee refunds 39.00", office.refund("1002", shop::clerk{1000}, 3900));
  report("the manager refunds 50.00", office.refund("1002", shop::clerk{100'000}, 5000));
  report("the manager refunds 39.00", office.refund("1002", shop::clerk{100'000}, 3900));
}

void show_books(quipu::store& store) {
  auto books = store.read_model<shop::revenue>("revenue", quipu::region::entity_prefix("order:"));
  auto shelves = store.read_model_by_entity<shop::shelf>("shelves", quipu::region::entity_prefix("shelf:"));
  wait_for(books);
  wait_for(shelves);
  const shop::revenue total = books.state();
  std::cout << total.orders << " orders, " << total.cents << " cents\n";
  shelves.for_each([](std::string_view name, const shop::shelf& shelf) {
    std::cout << name << ": " << shelf.free_pieces << " free\n";
  });
}

void forget(quipu::store& store, shop::service& office) {
  std::cout << "erased for Ben: " << office.forget_customer("2") << " event\n";
  const quipu::verification sound = store.verify();
  std::cout << "the log is sound: " << sound.events << " events, " << sound.erased << " erased\n";
}

void run(const char* directory) {
  quipu::store store{quipu::config{.directory = directory, .error_if_exists = true}};
  shop::mail_server server;
  shop::service office{store};
  last_year(store);

  quipu::worker mailer = shop::confirm_orders(store, server);
  quipu::worker release = shop::release_cancelled_goods(store);
  morning(office);
  mails(mailer, office, server);
  afternoon(office);
  wait_for(release);
  show_books(store);
  forget(store, office);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(argc > 1 ? argv[1] : "shop");
  } catch (const std::exception& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
  }
}
