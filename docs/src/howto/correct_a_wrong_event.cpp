// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <string>

// [events]
struct delivered {
  static constexpr auto kind = quipu::event_kind::custom(2, 1);
  std::int64_t pieces{};
};
struct delivery_corrected {  // by how much the number was wrong, and why
  static constexpr auto kind = quipu::event_kind::custom(2, 2);
  std::int64_t difference{};
  std::string reason{};
};

struct shelf {
  using events = quipu::event_list<delivered, delivery_corrected>;
  std::int64_t pieces{};
  void apply(const delivered& event) { pieces += event.pieces; }
  void apply(const delivery_corrected& event) { pieces += event.difference; }
};
// [/events]

int main() {
  auto store = quipu::in_memory_store();
  // [correct]
  const quipu::coordinate candles{"shelf:candles", "warehouse"};
  const auto wrong = store.append(candles, delivered{120});  // it was 12
  store.append(candles, delivered{30});

  store.append_reaction(candles, delivery_corrected{12 - 120, "typed a digit too many"},
                        wrong);
  // [/correct]

  // [ask]
  std::cout << "now: " << store.project<shelf>("shelf:candles").value().pieces
            << " pieces\n";

  // What was believed before the correction is still known.
  const auto then =
      store.project<shelf>("shelf:candles", quipu::as_of::entity_sequence(1)).value();
  std::cout << "then: " << then.pieces << " pieces\n";

  // An event knows its corrections, because it is their cause.
  for (const quipu::event_view& effect : store.effects(wrong.id))
    if (const auto correction = effect.try_as<delivery_corrected>())
      std::cout << "event " << wrong.sequence << " was corrected by "
                << correction->difference << ": " << correction->reason << '\n';
  // [/ask]
}
