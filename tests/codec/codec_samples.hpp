// SPDX-License-Identifier: BSL-1.0
//
// codec_samples.hpp: random values of any encodable type from a seed, and the types that the codec's laws are checked
// on.
#pragma once

#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

namespace codec_samples {

/// splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
class random_source {
 public:
  explicit random_source(std::uint64_t seed) : state_{seed} {}
  std::uint64_t next() {
    std::uint64_t mixed = state_ += 0x9E3779B97F4A7C15U;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31);
  }
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(next() % limit); }

 private:
  std::uint64_t state_;
};

template <class Type>
Type random_value(random_source& random, unsigned depth = 0);

template <class Variant, std::size_t... indices>
Variant random_alternative(random_source& random, unsigned depth, std::index_sequence<indices...>) {
  Variant result;
  const std::size_t chosen = random.below(sizeof...(indices));
  ((chosen == indices ? static_cast<void>(result.template emplace<indices>(
                            random_value<std::variant_alternative_t<indices, Variant>>(random, depth)))
                      : void()),
   ...);
  return result;
}

template <class Type>
Type random_value(random_source& random, unsigned depth) {
  using quipu::detail::shape;
  constexpr shape kind = quipu::detail::shape_of<Type>;
  const std::size_t count = depth > 4 ? 0 : random.below(4);
  if constexpr (kind == shape::boolean) {
    return random.below(2) == 1;
  } else if constexpr (kind == shape::floating) {
    return static_cast<Type>(static_cast<std::int64_t>(random.next()) >> 11) / Type{1024};
  } else if constexpr (kind == shape::enumeration) {
    return static_cast<Type>(random_value<std::underlying_type_t<Type>>(random));
  } else if constexpr (kind == shape::integer || kind == shape::character || kind == shape::byte) {
    return static_cast<Type>(random.next() >> random.below(60));
  } else if constexpr (kind == shape::string) {
    std::string text;
    for (std::size_t index = random.below(12); index > 0; --index) text.push_back(static_cast<char>(random.next()));
    return text;
  } else if constexpr (kind == shape::sequence) {
    Type result;
    for (std::size_t index = 0; index < count; ++index)
      result.push_back(random_value<typename Type::value_type>(random, depth + 1));
    return result;
  } else if constexpr (kind == shape::fixed_array) {
    Type result{};
    for (auto& element : result) element = random_value<typename Type::value_type>(random, depth + 1);
    return result;
  } else if constexpr (kind == shape::optional) {
    return random.below(3) == 0 ? Type{} : Type{random_value<typename Type::value_type>(random, depth + 1)};
  } else if constexpr (kind == shape::variant) {
    return random_alternative<Type>(random, depth + 1, std::make_index_sequence<std::variant_size_v<Type>>{});
  } else if constexpr (kind == shape::tuple) {
    Type result;
    std::apply(
        [&](auto&... parts) {
          ((parts = random_value<std::remove_reference_t<decltype(parts)>>(random, depth + 1)), ...);
        },
        result);
    return result;
  } else if constexpr (kind == shape::set || kind == shape::hashed_set) {
    Type result;
    for (std::size_t index = 0; index < count; ++index)
      result.insert(random_value<typename Type::key_type>(random, depth + 1));
    return result;
  } else if constexpr (kind == shape::map || kind == shape::hashed_map) {
    Type result;
    for (std::size_t index = 0; index < count; ++index) {
      auto key = random_value<typename Type::key_type>(random, depth + 1);
      result.emplace(std::move(key), random_value<typename Type::mapped_type>(random, depth + 1));
    }
    return result;
  } else if constexpr (kind == shape::duration) {
    return Type{random_value<typename Type::rep>(random)};
  } else if constexpr (kind == shape::time_point) {
    // Within 200 years of the epoch, so that every tick has a count of nanoseconds.
    using seconds = std::chrono::duration<std::int64_t>;
    const auto whole = static_cast<std::int64_t>(random.below(6'000'000'000)) - 3'000'000'000;
    return Type{std::chrono::duration_cast<typename Type::duration>(seconds{whole})};
  } else {
    Type result{};
    quipu::detail::visit_members(result, [&](auto&... members) {
      ((members = random_value<std::remove_reference_t<decltype(members)>>(random, depth + 1)), ...);
    });
    return result;
  }
}

enum class colour : std::uint16_t { red, green = 700 };
enum class answer : bool { no, yes };
enum plain_enum : std::int8_t { first_choice, second_choice };

}  // namespace codec_samples

template <>
inline constexpr quipu::enumerator_range quipu::enumerators_of<codec_samples::colour>{0, 700};

namespace codec_samples {

struct empty {
  bool operator==(const empty&) const = default;
};
struct line {
  std::string sku;
  std::uint32_t quantity;
  bool operator==(const line&) const = default;
};
struct spot {
  double x;
  bool operator==(const spot&) const = default;
};
struct order {
  std::int64_t id;
  std::string who;
  std::vector<line> lines;
  std::optional<spot> at;
  std::variant<std::int32_t, std::string> v;
  colour c;
  std::array<std::uint8_t, 4> a;
  std::map<std::string, int> m;
  bool operator==(const order&) const = default;
};
struct packed {
  std::int64_t amount;
  std::uint64_t number;
  std::array<std::uint8_t, 16> rest;
  bool operator==(const packed&) const = default;
};
struct padded {
  char letter;
  std::uint64_t number;
  bool flag;
  answer said;
  plain_enum chosen;
  std::pair<std::uint8_t, float> both;
  bool operator==(const padded&) const = default;
};
struct scalars {
  bool b;
  std::byte raw;
  char c;
  char8_t c8;
  char16_t c16;
  char32_t c32;
  std::int8_t i8;
  std::uint8_t u8;
  std::int16_t i16;
  std::uint16_t u16;
  std::int32_t i32;
  std::uint32_t u32;
  std::int64_t i64;
  std::uint64_t u64;
  long long ll;
  unsigned long long ull;
  float f32;
  double f64;
  colour e;
  answer yes;
  bool operator==(const scalars&) const = default;
};
struct containers {
  std::set<int> ordered;
  std::multiset<std::string> repeated;
  std::multimap<int, char> repeated_map;
  std::unordered_set<std::string> hashed;
  std::unordered_multiset<bool> hashed_repeated;
  std::unordered_map<int, std::string> hashed_map;
  std::unordered_multimap<int, std::vector<int>> hashed_multimap;
  std::set<int, std::greater<>> descending;
  std::map<std::tuple<std::string, int>, std::set<int>> nested;
  bool operator==(const containers&) const = default;
};
struct sequences {
  std::vector<bool> bits;
  std::vector<empty> nothings;
  std::vector<std::array<int, 0>> no_numbers;
  std::vector<padded> padded_ones;
  std::vector<packed> packed_ones;
  std::vector<std::vector<std::string>> names;
  std::array<std::string, 2> two;
  std::array<bool, 3> three;
  std::tuple<> none;
  std::tuple<int, std::string, empty> some;
  std::optional<std::optional<int>> perhaps;
  std::variant<std::monostate, int, std::vector<spot>> either;
  bool operator==(const sequences&) const = default;
};
struct durations {
  std::chrono::milliseconds whole;
  std::chrono::duration<double> seconds;
  std::chrono::duration<float, std::ratio<60>> minutes;
  std::chrono::duration<std::uint8_t, std::ratio<1, 60>> frames;
  bool operator==(const durations&) const = default;
};
struct times {
  std::chrono::system_clock::time_point now;
  std::chrono::steady_clock::time_point tick;
  std::chrono::time_point<std::chrono::system_clock, std::chrono::seconds> second;
  std::chrono::time_point<std::chrono::system_clock, std::chrono::duration<std::int64_t, std::ratio<1, 60>>> frame;
  bool operator==(const times&) const = default;
};
struct node {
  static constexpr std::string_view schema_name = "samples.node";
  static constexpr std::uint32_t schema_version = 3;
  std::string name;
  std::vector<node> kids;
  bool operator==(const node&) const = default;
};

}  // namespace codec_samples
