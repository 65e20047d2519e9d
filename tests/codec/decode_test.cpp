// SPDX-License-Identifier: BSL-1.0
//
// decode_test.cpp: counts that promise more than the bytes behind them, watched through allocators that add up what is
// asked of them. Nothing may be allocated that the input doesn't justify.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <catch2/catch.hpp>

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

std::size_t allocated = 0;

template <class Type>
struct counting_allocator {
  using value_type = Type;
  counting_allocator() = default;
  template <class Other>
  counting_allocator(const counting_allocator<Other>&) {}
  Type* allocate(std::size_t count) {
    allocated += count * sizeof(Type);
    return std::allocator<Type>{}.allocate(count);
  }
  void deallocate(Type* place, std::size_t count) { std::allocator<Type>{}.deallocate(place, count); }
  bool operator==(const counting_allocator&) const { return true; }
};

template <class Type>
using list = std::vector<Type, counting_allocator<Type>>;
using text = std::basic_string<char, std::char_traits<char>, counting_allocator<char>>;

struct wide {
  std::optional<std::array<std::int64_t, 128>> numbers;
};
struct empty {};
struct hash_text {
  std::size_t operator()(const text& value) const { return std::hash<std::string_view>{}(value); }
};
using dictionary = std::map<text, list<int>, std::less<>, counting_allocator<std::pair<const text, list<int>>>>;
using hashed_numbers = std::unordered_map<std::uint32_t, text, std::hash<std::uint32_t>, std::equal_to<>,
                                          counting_allocator<std::pair<const std::uint32_t, text>>>;

quipu::bytes with_count(std::uint32_t count, std::size_t size, unsigned fill) {
  quipu::bytes data;
  quipu::byte_writer writer{data};
  writer.put(count);
  data.resize(4 + size, static_cast<std::byte>(fill));
  return data;
}

}  // namespace

TEMPLATE_TEST_CASE("a count costs no more memory than the bytes behind it", "[decode]", text, list<std::uint64_t>,
                   list<bool>, list<std::string>, list<wide>, list<empty>, (list<std::pair<std::uint8_t, text>>),
                   list<list<list<text>>>, dictionary, hashed_numbers) {
  for (const std::uint32_t count : {0xFFFF'FFFFU, 0x7FFF'FFFFU, 1'000'000U, 300U, 100U}) {
    for (const unsigned fill : {0U, 1U, 255U}) {
      for (const std::size_t size : {std::size_t{0}, std::size_t{3}, std::size_t{200}, std::size_t{299}}) {
        const quipu::bytes data = with_count(count, size, fill);
        allocated = 0;
        {
          TestType value;
          if (count > size)
            REQUIRE_FALSE(quipu::detail::decode_into(data, value));
          else
            static_cast<void>(quipu::detail::decode_into(data, value));
        }
        // An element that is there may be wide; one that is only promised costs nothing beyond the input's size.
        const std::size_t there = count > size ? 0 : count;
        REQUIRE(allocated <= 64 + data.size() + there * 4 * sizeof(wide));
      }
    }
  }
}

TEST_CASE("elements without bytes are backed by a pad byte each", "[decode]") {
  list<empty> value;
  CHECK(quipu::detail::decode_into(with_count(1000, 1000, 0), value));
  CHECK(value.size() == 1000);
  CHECK_FALSE(quipu::detail::decode_into(with_count(1000, 999, 0), value));
  std::map<std::tuple<>, empty> single;
  CHECK(quipu::detail::decode_into(with_count(1, 1, 0), single));
  CHECK_FALSE(quipu::detail::decode_into(with_count(2, 2, 0), single));
}

TEST_CASE("a long container that is there is read without doubling its memory", "[decode]") {
  const std::vector<std::uint64_t> numbers(10'000, 7);
  allocated = 0;
  list<std::uint64_t> value;
  REQUIRE(quipu::detail::decode_into(quipu::encode(numbers), value));
  CHECK(value.size() == numbers.size());
  CHECK(allocated == numbers.size() * sizeof(std::uint64_t));
}
