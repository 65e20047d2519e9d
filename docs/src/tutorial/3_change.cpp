// SPDX-License-Identifier: BSL-1.0
//
// Tutorial, part 3: the program changes, and the events of its first year stay as they are.
#include <quipu.hpp>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

// [first_year]
namespace first_year {

struct account_opened {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::string owner{};  // "Alice Meier"
};

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(1, 2);
  std::int64_t cents{};
};

struct transferred {
  static constexpr auto kind = quipu::event_kind::custom(1, 6);
  std::int64_t cents{};
  std::int64_t fee_cents{};
};

void keep_books() {
  quipu::store store{quipu::config{.directory = "bank"}};
  const quipu::coordinate alice{"account:alice", "branch:zurich"};
  store.append(alice, account_opened{"Alice Meier"});
  store.append(alice, deposited{500});
  store.append(alice, transferred{200, 3});
}

}  // namespace first_year
// [/first_year]

// [careless]
namespace careless {

struct account_opened {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::string first_name{};  // was: owner
  std::string last_name{};
};

struct owner {
  using events = quipu::event_list<account_opened>;
  std::string last_name{};
  void apply(const account_opened& event) { last_name = event.last_name; }
};

void show_owner(quipu::store& store) {
  try {
    const std::optional<owner> alice = store.project<owner>("account:alice");
    if (alice) std::cout << alice->last_name << '\n';
  } catch (const quipu::error& failure) {
    std::cout << failure.what() << '\n';
  }
}

}  // namespace careless
// [/careless]

// [upcast]
struct account_opened {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);  // as before
  static constexpr std::uint16_t version = 2;
  using previous = first_year::account_opened;
  static account_opened upcast(const previous& old) {
    const std::size_t space = old.owner.find(' ');
    if (space == std::string::npos) return {old.owner, ""};
    return {old.owner.substr(0, space), old.owner.substr(space + 1)};
  }

  std::string first_name{};
  std::string last_name{};
};
// [/upcast]

using first_year::deposited;

// [split]
struct withdrawn {
  static constexpr auto kind = quipu::event_kind::custom(1, 3);
  std::int64_t cents{};
};

struct fee_charged {
  static constexpr auto kind = quipu::event_kind::custom(1, 4);
  std::int64_t cents{};
};

struct transferred {
  static constexpr auto kind = quipu::event_kind::custom(1, 6);
  static constexpr std::uint16_t version = 2;
  using previous = first_year::transferred;
  static constexpr std::tuple<withdrawn, fee_charged> upcast(const previous& old) {
    return {withdrawn{old.cents}, fee_charged{old.fee_cents}};
  }
};
// [/split]

// [state]
struct account {
  using events = quipu::event_list<account_opened, deposited, withdrawn, fee_charged, transferred>;

  std::string first_name{};
  std::string last_name{};
  std::int64_t cents{};

  void apply(const account_opened& event) {
    first_name = event.first_name;
    last_name = event.last_name;
  }
  void apply(const deposited& event) { cents += event.cents; }
  void apply(const withdrawn& event) { cents -= event.cents; }
  void apply(const fee_charged& event) { cents -= event.cents; }
};
// [/state]

// [proof]
struct fees {
  using events = quipu::event_list<fee_charged, transferred>;
  std::int64_t cents{};
  constexpr void apply(const fee_charged& event) { cents += event.cents; }
};
static_assert(quipu::fold<fees>(first_year::transferred{200, 3}, fee_charged{4}).cents == 7);

using catalogue = quipu::catalogue<account_opened, deposited, withdrawn, fee_charged, transferred>;
static_assert(catalogue::handled_by<account, fees>);
// [/proof]

// [show]
void show_account(quipu::store& store, std::string_view entity) {
  const std::optional<account> found = store.project<account>(entity);
  if (found)
    std::cout << entity << ": " << found->last_name << ", " << found->first_name << " has "
              << found->cents << " cents\n";
  else
    std::cout << entity << ": there is no such account\n";
}
// [/show]

// [model]
namespace before {

struct turnover {
  using events = quipu::event_list<deposited, withdrawn, transferred>;
  static constexpr std::string_view name = "turnover";
  std::int64_t cents{};
  void apply(const deposited& event) { cents += event.cents; }
  // A mistake: money that goes out is turnover, too.
  void apply(const withdrawn& event) { cents -= event.cents; }
};

}  // namespace before

struct turnover {
  using events = quipu::event_list<deposited, withdrawn, transferred>;
  static constexpr std::string_view name = "turnover";
  static constexpr std::uint64_t version = 1;  // `apply` has changed
  std::int64_t cents{};
  void apply(const deposited& event) { cents += event.cents; }
  void apply(const withdrawn& event) { cents += event.cents; }
};
// [/model]

// [rebuilt]
template <class Turnover>
void show_turnover(quipu::store& store) {
  auto model = store.read_model<Turnover>("turnover", quipu::region::all());
  if (!model.wait_caught_up_for(std::chrono::minutes{1})) std::cout << "(not up to date yet) ";
  std::cout << "turnover " << model.state().cents << " cents, "
            << (model.was_loaded() ? "continued from the saved state\n"
                                   : "folded from the first event\n");
}
// [/rebuilt]

int main() {
  try {
    first_year::keep_books();
    quipu::store store{quipu::config{.directory = "bank"}};
    careless::show_owner(store);

    show_account(store, "account:alice");
    store.append({"account:bob", "branch:bern"}, account_opened{"Bob", "Keller"});
    store.append({"account:bob", "branch:bern"}, deposited{70});
    store.append({"account:bob", "branch:bern"}, withdrawn{20});
    store.append({"account:bob", "branch:bern"}, fee_charged{4});
    show_account(store, "account:bob");
    std::cout << "fees: " << store.project<fees>(quipu::region::all()).cents << " cents\n";

    show_turnover<before::turnover>(store);
    show_turnover<before::turnover>(store);
    show_turnover<turnover>(store);
    show_turnover<turnover>(store);
  } catch (const quipu::error& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
  }
}
