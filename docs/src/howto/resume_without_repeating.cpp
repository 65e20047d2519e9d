// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <map>
#include <string>

struct sold {
  static constexpr auto kind = quipu::event_kind::custom(4, 1);
  std::string what{};
};

// [consume]
/// The consumer's own data, kept together with the position.
struct histogram {
  std::map<std::string, std::uint64_t> sold{};
};

/// Handles what there is. Ends as in a crash after `crash_after` events, unless that is
/// 0.
void consume(quipu::store& store, int crash_after) {
  auto cursor =
      store.cursor_guaranteed("histogram", quipu::region::all().with_events<sold>());
  auto counts =
      cursor.state().empty() ? histogram{} : quipu::decode<histogram>(cursor.state());
  std::cout << "begins at event " << cursor.next_sequence() << '\n';

  int handled = 0;
  while (const auto event = cursor.poll()) {  // wait() for a consumer that stays
    ++counts.sold[event->as<sold>().what];
    ++handled;
    if (handled == crash_after) return;  // nothing was committed since
    if (handled % 2 == 0) cursor.commit(quipu::encode(counts));  // with the position
  }
  cursor.commit(quipu::encode(counts));
  for (const auto& [what, count] : counts.sold)
    std::cout << "  " << what << ' ' << count << '\n';
}
// [/consume]

int main() {
  const quipu::config settings{.directory = "shop"};
  {
    quipu::store store{settings};
    for (const char* const what : {"candle", "lamp", "candle", "candle"})
      store.append({"till:1", "shop"}, sold{what});
    consume(store, 3);  // two events are committed, and the third is not
  }
  quipu::store store{settings};
  consume(store, 0);
  consume(store, 0);  // nothing is left, nothing is counted again

  // [other]
  // Another region under this name is another consumer, and refused.
  try {
    static_cast<void>(store.cursor_guaranteed("histogram", quipu::region::all()));
  } catch (const quipu::error& refused) {
    std::cout << quipu::name_of(refused.code()) << '\n';
  }
  // [/other]
}
