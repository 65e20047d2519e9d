// SPDX-License-Identifier: BSL-1.0
//
// Tutorial, part 3: answers to the exercises.
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>

namespace first_year {

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(1, 2);
  std::int64_t cents{};
};

struct statement_printed {
  static constexpr auto kind = quipu::event_kind::custom(1, 7);
};

}  // namespace first_year

struct withdrawn {
  static constexpr auto kind = quipu::event_kind::custom(1, 3);
  std::int64_t cents{};
};

// [negative]
namespace second_year {

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(1, 2);
  static constexpr std::uint16_t version = 2;
  using previous = first_year::deposited;
  static constexpr std::variant<deposited, withdrawn> upcast(const previous& old) {
    if (old.cents < 0) return withdrawn{-old.cents};
    return deposited{old.cents};
  }

  std::int64_t cents{};
};

}  // namespace second_year
// [/negative]

// [currency]
enum class currency : std::uint8_t { chf = 0, eur = 1 };

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(1, 2);
  static constexpr std::uint16_t version = 3;
  using previous = second_year::deposited;
  static constexpr deposited upcast(const previous& old) { return {old.cents, currency::chf}; }

  std::int64_t cents{};
  currency unit{};
};

struct balance {
  using events = quipu::event_list<deposited, withdrawn>;

  std::int64_t chf_cents{};
  std::int64_t eur_cents{};

  constexpr void apply(const deposited& event) {
    if (event.unit == currency::eur)
      eur_cents += event.cents;
    else
      chf_cents += event.cents;
  }
  constexpr void apply(const withdrawn& event) { chf_cents -= event.cents; }
};

static_assert(
    quipu::fold<balance>(first_year::deposited{500}, first_year::deposited{-120}).chf_cents == 380);
static_assert(quipu::fold<balance>(second_year::deposited{500}).chf_cents == 500);
static_assert(quipu::fold<balance>(deposited{500, currency::eur}).eur_cents == 500);
// [/currency]

// [dropped]
struct statement_printed {
  static constexpr auto kind = quipu::event_kind::custom(1, 7);
  static constexpr std::uint16_t version = 2;
  using previous = first_year::statement_printed;
  static constexpr std::tuple<> upcast(const previous&) { return {}; }
};

using catalogue = quipu::catalogue<deposited, withdrawn, statement_printed>;
static_assert(catalogue::complete);
// [/dropped]

int main() {
  try {
    auto store = quipu::in_memory_store();
    const quipu::coordinate alice{"account:alice", "branch:zurich"};
    store.append(alice, first_year::deposited{500});
    store.append(alice, first_year::deposited{-120});
    store.append(alice, first_year::statement_printed{});
    store.append(alice, deposited{30, currency::eur});

    const std::optional<balance> now = store.project<balance>("account:alice");
    if (now) std::cout << now->chf_cents << " cents CHF, " << now->eur_cents << " cents EUR\n";

    for (const quipu::event_view& event : store.stream("account:alice")) {
      const bool is_read = event.visit(catalogue::events{}, [](const auto&) {});
      std::cout << event.entity_sequence() << ": kind " << event.kind().str() << ", version "
                << event.schema_version() << (is_read ? "\n" : ", is read as nothing\n");
    }
  } catch (const quipu::error& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
  }
}
