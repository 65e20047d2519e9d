// SPDX-License-Identifier: BSL-1.0
//
// dispatch_bench.cpp: what it costs to find an event's `apply`: the replay loop of folder.hpp beside a switch written
// by hand, in the same process, in alternating rounds, for 2, 8 and 32 kinds.
//
//   dispatch_bench [rounds, default 41]
//
// Two switches: the plain one looks at nothing but the kind; the checking one also looks at what a replay loop that
// takes any log must look at: whether the frame is internal, its version, its payload's size. Prints a Markdown table
// of medians over the rounds.
#include <quipu/projection/folder.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

namespace {

constexpr std::size_t events = 4096;  // 480 KiB: what is measured is the dispatch and not the memory
constexpr int passes = 8;             // over them in a round

/// Side by side, as programs number their events, or all over the place, which no jump table covers.
constexpr std::uint16_t raw_kind(bool scattered, unsigned index) {
  constexpr unsigned categories[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15};
  return static_cast<std::uint16_t>(scattered ? categories[index % 14] << 12 | index * 331 % 4096 : 0xF000 + index);
}

/// 32 bytes, as in workload W of the targets.
template <bool scattered, unsigned index>
struct moved {
  static constexpr auto kind = quipu::event_kind::from_raw(raw_kind(scattered, index));
  std::int64_t cents{};
  std::uint64_t reference{};
  std::array<std::uint8_t, 16> note{};
};

template <bool scattered, class Indexes>
struct ledger;
template <bool scattered, std::size_t... indexes>
struct ledger<scattered, std::index_sequence<indexes...>> {
  using events = quipu::event_list<moved<scattered, indexes>...>;
  std::array<std::int64_t, sizeof...(indexes)> sums{};
  std::uint64_t references{};
  template <unsigned index>
  void apply(const moved<scattered, index>& e) {
    sums[index] += e.cents;
    references += e.reference * (index + 1);
  }
};
template <bool scattered, std::size_t count>
using ledger_of = ledger<scattered, std::make_index_sequence<count>>;

template <class Number>
Number load(const std::byte* from) {
  Number value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

constexpr std::size_t payload_at = quipu::detail::frame_header_size + quipu::detail::frame_hash_size;

template <bool checks, bool scattered, unsigned index, class State>
[[gnu::always_inline]] inline void take(State& state, const std::byte* frame) {
  moved<scattered, index> event;
  if constexpr (checks) {
    if ((load<std::uint16_t>(frame + 10) & 0x0100) != 0) return;
    if (load<std::uint16_t>(frame + 12) != 1 || load<std::uint32_t>(frame + 16) != sizeof event) std::abort();
  }
  std::memcpy(&event, frame + payload_at, sizeof event);
  state.apply(event);
}

template <bool checks, bool scattered>
void by_switch(ledger_of<scattered, 2>& state, const std::byte* first, const std::byte* last) {
  for (; first != last; first += load<std::uint32_t>(first)) {
    switch (load<std::uint16_t>(first + 8)) {
      case raw_kind(scattered, 0):
        take<checks, scattered, 0>(state, first);
        break;
      case raw_kind(scattered, 1):
        take<checks, scattered, 1>(state, first);
        break;
      default:
        break;
    }
  }
}

template <bool checks, bool scattered>
void by_switch(ledger_of<scattered, 8>& state, const std::byte* first, const std::byte* last) {
  for (; first != last; first += load<std::uint32_t>(first)) {
    switch (load<std::uint16_t>(first + 8)) {
      case raw_kind(scattered, 0):
        take<checks, scattered, 0>(state, first);
        break;
      case raw_kind(scattered, 1):
        take<checks, scattered, 1>(state, first);
        break;
      case raw_kind(scattered, 2):
        take<checks, scattered, 2>(state, first);
        break;
      case raw_kind(scattered, 3):
        take<checks, scattered, 3>(state, first);
        break;
      case raw_kind(scattered, 4):
        take<checks, scattered, 4>(state, first);
        break;
      case raw_kind(scattered, 5):
        take<checks, scattered, 5>(state, first);
        break;
      case raw_kind(scattered, 6):
        take<checks, scattered, 6>(state, first);
        break;
      case raw_kind(scattered, 7):
        take<checks, scattered, 7>(state, first);
        break;
      default:
        break;
    }
  }
}

template <bool checks, bool scattered>
void by_switch(ledger_of<scattered, 32>& state, const std::byte* first, const std::byte* last) {
  for (; first != last; first += load<std::uint32_t>(first)) {
    switch (load<std::uint16_t>(first + 8)) {
      case raw_kind(scattered, 0):
        take<checks, scattered, 0>(state, first);
        break;
      case raw_kind(scattered, 1):
        take<checks, scattered, 1>(state, first);
        break;
      case raw_kind(scattered, 2):
        take<checks, scattered, 2>(state, first);
        break;
      case raw_kind(scattered, 3):
        take<checks, scattered, 3>(state, first);
        break;
      case raw_kind(scattered, 4):
        take<checks, scattered, 4>(state, first);
        break;
      case raw_kind(scattered, 5):
        take<checks, scattered, 5>(state, first);
        break;
      case raw_kind(scattered, 6):
        take<checks, scattered, 6>(state, first);
        break;
      case raw_kind(scattered, 7):
        take<checks, scattered, 7>(state, first);
        break;
      case raw_kind(scattered, 8):
        take<checks, scattered, 8>(state, first);
        break;
      case raw_kind(scattered, 9):
        take<checks, scattered, 9>(state, first);
        break;
      case raw_kind(scattered, 10):
        take<checks, scattered, 10>(state, first);
        break;
      case raw_kind(scattered, 11):
        take<checks, scattered, 11>(state, first);
        break;
      case raw_kind(scattered, 12):
        take<checks, scattered, 12>(state, first);
        break;
      case raw_kind(scattered, 13):
        take<checks, scattered, 13>(state, first);
        break;
      case raw_kind(scattered, 14):
        take<checks, scattered, 14>(state, first);
        break;
      case raw_kind(scattered, 15):
        take<checks, scattered, 15>(state, first);
        break;
      case raw_kind(scattered, 16):
        take<checks, scattered, 16>(state, first);
        break;
      case raw_kind(scattered, 17):
        take<checks, scattered, 17>(state, first);
        break;
      case raw_kind(scattered, 18):
        take<checks, scattered, 18>(state, first);
        break;
      case raw_kind(scattered, 19):
        take<checks, scattered, 19>(state, first);
        break;
      case raw_kind(scattered, 20):
        take<checks, scattered, 20>(state, first);
        break;
      case raw_kind(scattered, 21):
        take<checks, scattered, 21>(state, first);
        break;
      case raw_kind(scattered, 22):
        take<checks, scattered, 22>(state, first);
        break;
      case raw_kind(scattered, 23):
        take<checks, scattered, 23>(state, first);
        break;
      case raw_kind(scattered, 24):
        take<checks, scattered, 24>(state, first);
        break;
      case raw_kind(scattered, 25):
        take<checks, scattered, 25>(state, first);
        break;
      case raw_kind(scattered, 26):
        take<checks, scattered, 26>(state, first);
        break;
      case raw_kind(scattered, 27):
        take<checks, scattered, 27>(state, first);
        break;
      case raw_kind(scattered, 28):
        take<checks, scattered, 28>(state, first);
        break;
      case raw_kind(scattered, 29):
        take<checks, scattered, 29>(state, first);
        break;
      case raw_kind(scattered, 30):
        take<checks, scattered, 30>(state, first);
        break;
      case raw_kind(scattered, 31):
        take<checks, scattered, 31>(state, first);
        break;
      default:
        break;
    }
  }
}

quipu::bytes make_log(std::size_t kinds, bool scattered, bool in_turn) {
  quipu::bytes log;
  std::uint32_t noise = 5;
  for (std::size_t number = 0; number < events; ++number) {
    noise = noise * 1664525U + 1013904223U;
    const std::size_t index = in_turn ? number % kinds : (noise >> 16) % kinds;
    const moved<false, 0> payload{static_cast<std::int64_t>(noise % 1000), number, {}};
    quipu::detail::frame_content content;
    content.kind = quipu::event_kind::from_raw(raw_kind(scattered, static_cast<unsigned>(index)));
    content.schema_version = 1;
    content.sequence = content.entity_sequence = number;
    content.id = quipu::event_id::from_reading({static_cast<std::int64_t>(number), 0}, noise);
    const quipu::bytes encoded = quipu::encode(payload);
    content.payload = encoded;
    const std::size_t at = log.size();
    log.resize(at + quipu::detail::frame_size(encoded.size(), 0, true));
    quipu::detail::write_frame(log.data() + at, content, true);
  }
  return log;
}

template <class Fold>
double nanoseconds_an_event(Fold fold) {
  const auto start = std::chrono::steady_clock::now();
  for (int pass = 0; pass < passes; ++pass) fold();
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
  return took.count() / (passes * static_cast<double>(events));
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

template <std::size_t kinds, bool scattered>
void measure(int rounds, bool in_turn) {
  const quipu::bytes log = make_log(kinds, scattered, in_turn);
  const std::byte* first = log.data();
  const std::byte* last = first + log.size();
  ledger_of<scattered, kinds> plain, checking, ours;
  std::vector<double> plain_ns, checking_ns, ours_ns, to_plain, to_checking;
  for (int round = -2; round < rounds; ++round) {  // two to warm up
    std::array<double, 3> took{};
    for (std::size_t turn = 0; turn < 3; ++turn) {  // each goes first, second and last as often
      switch ((turn + static_cast<std::size_t>(round + 2)) % 3) {
        case 0:
          took[0] = nanoseconds_an_event([&] { by_switch<false, scattered>(plain, first, last); });
          break;
        case 1:
          took[1] = nanoseconds_an_event([&] { by_switch<true, scattered>(checking, first, last); });
          break;
        default:
          took[2] = nanoseconds_an_event([&] { quipu::detail::fold_frames(ours, first, last, true); });
          break;
      }
    }
    if (round < 0) continue;
    plain_ns.push_back(took[0]);
    checking_ns.push_back(took[1]);
    ours_ns.push_back(took[2]);
    to_plain.push_back(took[0] / took[2]);
    to_checking.push_back(took[1] / took[2]);
  }
  if (plain.sums != ours.sums || checking.sums != ours.sums || plain.references != ours.references ||
      checking.references != ours.references) {
    std::fprintf(stderr, "the folds disagree\n");
    std::exit(1);
  }
  std::printf("| %zu %s | %s | %.2f | %.2f | %.2f | %.2f | %.2f |\n", kinds, scattered ? "scattered" : "side by side",
              in_turn ? "in turn" : "at random", median(ours_ns), median(plain_ns), median(checking_ns),
              median(to_plain), median(to_checking));
}

}  // namespace

int main(int count, char** arguments) {
  const int rounds = count > 1 ? std::atoi(arguments[1]) : 41;
  if (rounds <= 0) return 2;
  std::printf("| kinds | events come | quipu | plain switch | checking switch | speed / plain | speed / checking |\n");
  std::printf("|---|---|---|---|---|---|---|\n");
  for (const bool in_turn : {true, false}) {
    measure<2, false>(rounds, in_turn);
    measure<8, false>(rounds, in_turn);
    measure<32, false>(rounds, in_turn);
    measure<8, true>(rounds, in_turn);
    measure<32, true>(rounds, in_turn);
  }
  return 0;
}
