// SPDX-License-Identifier: BSL-1.0
//
// Tutorial, part 4: other parts of the program follow the log: a cursor, a worker, a read model and
// a reactor.
#include <quipu.hpp>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace std::chrono_literals;

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

const quipu::coordinate alice{"account:alice", "branch:zurich"};
const quipu::coordinate bob{"account:bob", "branch:bern"};

void open_accounts(quipu::store& store) {
  store.append(alice, account_opened{"Alice"});
  store.append(alice, deposited{5000});
  store.append(bob, account_opened{"Bob"});
  store.append(bob, deposited{70});
  store.append(alice, withdrawn{2000});
}

// [cursor]
void audit(quipu::store& store) {
  auto withdrawals =
      store.cursor_guaranteed("audit", quipu::region::all().with_events<withdrawn>());
  int seen = 0;
  while (const std::optional<quipu::event_view> event = withdrawals.poll()) {
    std::cout << "audit: " << event->entity() << " withdrew " << event->as<withdrawn>().cents
              << '\n';
    ++seen;
  }
  withdrawals.commit();
  std::cout << "audit: " << seen << " new\n";
}
// [/cursor]

// [mailbox]
/// Stands for the postal service: it is not a part of the store, and it can fail.
class mailbox {
 public:
  void set_address(const std::string& owner, const std::string& address) {
    const std::lock_guard lock{mutex_};
    addresses_[owner] = address;
  }
  void send(const quipu::event_id& letter, const std::string& owner) {
    const std::lock_guard lock{mutex_};
    if (sent_.contains(letter)) return;  // a repetition after a crash
    const auto address = addresses_.find(owner);
    if (address == addresses_.end()) throw std::runtime_error{"no address for " + owner};
    sent_.insert(letter);
    letters_.push_back("Dear " + owner + ", welcome. To: " + address->second);
  }
  [[nodiscard]] std::vector<std::string> letters() const {
    const std::lock_guard lock{mutex_};
    return letters_;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> addresses_;
  std::set<quipu::event_id> sent_;
  std::vector<std::string> letters_;
};
// [/mailbox]

// [worker]
void send_letters(quipu::store& store) {
  mailbox post;
  post.set_address("Alice", "Lake Street 1");

  const auto send_letter = [&post](const quipu::event_view& event) {
    post.send(event.id(), event.as<account_opened>().owner);
  };
  auto letters =
      store.cursor_worker("letters", quipu::region::all().with_events<account_opened>(),
                          send_letter, {.poison = quipu::poison_policy::retry(2, 1ms).then_park()});

  if (!letters.wait_caught_up_for(1min)) std::cout << "the letters take long\n";
  for (const quipu::parked_event& parked : letters.parked())
    std::cout << "parked: event " << parked.sequence << " after " << parked.attempts
              << " attempts, " << parked.error << '\n';

  post.set_address("Bob", "Bear Park 2");
  std::cout << "tried again: " << letters.retry_parked() << " done\n";
  for (const std::string& letter : post.letters()) std::cout << "letter: " << letter << '\n';
}
// [/worker]

// [model]
struct vault {
  using events = quipu::event_list<deposited, withdrawn>;

  std::int64_t cents{};
  std::uint64_t movements{};

  void apply(const deposited& event) {
    cents += event.cents;
    ++movements;
  }
  void apply(const withdrawn& event) {
    cents -= event.cents;
    ++movements;
  }
};

void show_vault(quipu::store& store) {
  auto model = store.read_model<vault>("vault", quipu::region::all());

  const quipu::receipt mine = store.append(bob, deposited{30});
  if (!model.wait_visible_for(mine, 1min)) std::cout << "(without the last deposit) ";
  const vault now = model.state();
  std::cout << "the vault has " << now.cents << " cents after " << now.movements << " movements\n";
}
// [/model]

// [idempotency]
void receive_payment(quipu::store& store, std::string_view reference, std::int64_t cents) {
  const quipu::append_options once{.idempotency_key = quipu::event_id::from_name(reference)};
  const auto done = store.try_append(alice, deposited{cents}, once);
  if (done.is_ok())
    std::cout << reference << ": event " << done.value().sequence << '\n';
  else if (done.is_error())
    std::cout << reference << ": refused, " << done.error().message << '\n';
}
// [/idempotency]

// [reactor]
struct bonus {
  void operator()(const quipu::event_view& cause, quipu::emitter& emit) const {
    emit(cause.where(), deposited{10});
  }
};

void give_bonuses(quipu::store& store) {
  for (int run = 1; run <= 2; ++run) {
    auto bonuses =
        store.react("bonus", quipu::region::all().with_events<account_opened>(), bonus{});
    if (!bonuses.wait_caught_up_for(1min)) std::cout << "the bonuses take long\n";
  }
  for (const quipu::event_view& opened : store.by_kind(account_opened::kind))
    std::cout << opened.entity() << " got " << store.effects(opened.id()).size() << " bonus\n";
}
// [/reactor]

int main() {
  try {
    quipu::store store{quipu::config{.directory = "bank"}};
    open_accounts(store);

    audit(store);
    store.append(alice, withdrawn{1000});
    audit(store);

    send_letters(store);
    show_vault(store);

    receive_payment(store, "payment 17", 250);
    receive_payment(store, "payment 17", 250);
    receive_payment(store, "payment 17", 999);

    give_bonuses(store);
    show_vault(store);

    // [cursors]
    for (const quipu::cursor_info& cursor : store.cursors())
      std::cout << cursor.name << " is at event " << cursor.position.next_sequence << '\n';
    // [/cursors]
  } catch (const quipu::error& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
  }
}
