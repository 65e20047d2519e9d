// SPDX-License-Identifier: BSL-1.0
#include <catch2/catch.hpp>

#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/journal/segment/shared_bits.hpp>
#endif

#include <algorithm>
#include <cstddef>
#include <random>
#include <thread>
#include <vector>

using quipu::detail::shared_bits;

TEST_CASE("a set of numbers has what was added, and nothing else", "[journal][shared_bits]") {
  constexpr std::size_t count = 100'000;
  std::mt19937_64 random{5};
  shared_bits bits{count};
  std::vector<bool> expected(count);
  for (int round = 0; round < 300; ++round) {
    const std::size_t first = random() % count;
    const std::size_t some = random() % (round % 3 == 0 ? 40'000 : 70) % (count - first);
    bits.add_all(first, some);
    std::fill_n(expected.begin() + static_cast<std::ptrdiff_t>(first), some, true);
    const std::size_t one = random() % count;
    bits.add(one);
    expected[one] = true;
    const std::size_t begin = random() % count;
    const std::size_t size = random() % 200 % (count - begin);
    const auto from = expected.begin() + static_cast<std::ptrdiff_t>(begin);
    const bool all =
        std::find(from, from + static_cast<std::ptrdiff_t>(size), false) == from + static_cast<std::ptrdiff_t>(size);
    REQUIRE(bits.has_all(begin, size) == all);
  }
  bool same = true;
  for (std::size_t number = 0; number < count; ++number) same &= bits.has(number) == expected[number];
  CHECK(same);
}

TEST_CASE("a set of numbers whose size is that of its parts, and an empty one", "[journal][shared_bits]") {
  for (const std::size_t count : {std::size_t{1}, std::size_t{64}, std::size_t{32'768}, std::size_t{65'536}}) {
    shared_bits bits{count};
    CHECK_FALSE(bits.has(count - 1));
    bits.add_all(0, count);
    CHECK(bits.has_all(0, count));
    CHECK(bits.has(count - 1));
  }
  shared_bits none{0};
  CHECK(none.has_all(0, 0));
  none.add_all(0, 0);
}

TEST_CASE("threads that add numbers lose none", "[journal][shared_bits]") {
  constexpr std::size_t count = 200'000;
  shared_bits bits{count};
  std::vector<std::thread> all;
  for (std::size_t number = 0; number < 4; ++number)
    all.emplace_back([&bits, number] {
      for (std::size_t at = number; at < count; at += 4) bits.add(at);
    });
  for (std::thread& each : all) each.join();
  CHECK(bits.has_all(0, count));
}
