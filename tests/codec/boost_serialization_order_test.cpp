// SPDX-License-Identifier: BSL-1.0
//
// boost_serialization_order_test.cpp: quipu's headers before Boost's, and types with a `serialize` in a program that
// includes none of Boost's headers itself, or only some. And the memory that a count may cost.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#include <quipu/codec/schema_json.hpp>
#endif

#include <catch2/catch.hpp>

#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace boost_order {

struct member_alone {
  static constexpr std::string_view schema_name = "order.member";
  std::int32_t number{};
  template <class Archive>
  void serialize(Archive& archive, unsigned version) {
    archive& number;
    if (version != 0) archive& number;
  }
};
struct free_alone {
  static constexpr std::string_view schema_name = "order.free";
  std::vector<member_alone> members;
};
template <class Archive>
void serialize(Archive& archive, free_alone& value, unsigned) {
  archive& value.members;
}
struct plain_before {
  std::int32_t number{};
};

// Used before the program includes a header of Boost.
static_assert(quipu::encodable<member_alone> && quipu::encodable<free_alone> && quipu::encodable<plain_before>);
static_assert(quipu::schema_text<free_alone>() == R"("order.free@0")");

inline quipu::bytes encoded_before(std::int32_t number) { return quipu::encode(free_alone{{{number}}}); }

}  // namespace boost_order

#include <boost/serialization/access.hpp>

namespace boost_order {

// Used between Boost's headers.
class between {
 public:
  static constexpr std::string_view schema_name = "order.between";
  between() = default;
  explicit between(std::int32_t number) : number_{number} {}
  std::int32_t number() const { return number_; }

 private:
  friend class boost::serialization::access;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& number_;
  }
  std::int32_t number_{};
};
struct free_between {
  static constexpr std::string_view schema_name = "order.free_between";
  between inner;
};
template <class Archive>
void serialize(Archive& archive, free_between& value, const unsigned) {
  archive& value.inner;
}
static_assert(quipu::encodable<between> && quipu::encodable<free_between>);
inline quipu::bytes encoded_between(std::int32_t number) { return quipu::encode(free_between{between{number}}); }

}  // namespace boost_order

#include <boost/serialization/list.hpp>
#include <boost/serialization/nvp.hpp>
#include <boost/serialization/split_member.hpp>
#include <boost/serialization/unique_ptr.hpp>
#include <boost/serialization/unordered_map.hpp>
#include <boost/serialization/valarray.hpp>
#include <boost/serialization/vector.hpp>
#include <boost/serialization/version.hpp>

namespace boost_order {

class after {
 public:
  static constexpr std::string_view schema_name = "order.after";
  after() = default;
  std::vector<between> parts;
  std::unique_ptr<free_alone> pointer;

 private:
  friend class boost::serialization::access;
  template <class Archive>
  void save(Archive& archive, unsigned) const {
    archive << BOOST_SERIALIZATION_NVP(parts) << pointer;
  }
  template <class Archive>
  void load(Archive& archive, unsigned) {
    archive >> BOOST_SERIALIZATION_NVP(parts) >> pointer;
  }
  BOOST_SERIALIZATION_SPLIT_MEMBER()
};

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

struct wide {
  std::array<std::int64_t, 128> numbers{};
  template <class Archive>
  void serialize(Archive& archive, unsigned version) {
    if (version != 0) archive& numbers;
  }
};
template <class Container>
struct holder {
  static constexpr std::string_view schema_name = "order.holder";
  Container container;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& container;
  }
};
// Makes room for all that it is told of, as many programs do.
struct by_hand {
  std::vector<wide, counting_allocator<wide>> parts;
  template <class Archive>
  void save(Archive& archive, unsigned) const {
    const boost::serialization::collection_size_type count{parts.size()};
    archive << count;
    for (const wide& part : parts) archive << part;
  }
  template <class Archive>
  void load(Archive& archive, unsigned) {
    boost::serialization::collection_size_type count;
    archive >> count;
    parts.resize(static_cast<const boost::serialization::collection_size_type&>(count));
    for (wide& part : parts) archive >> part;
  }
  BOOST_SERIALIZATION_SPLIT_MEMBER()
};
using wide_vector = std::vector<wide, counting_allocator<wide>>;
using wide_list = std::list<wide, counting_allocator<wide>>;
using wide_map =
    std::unordered_map<int, wide, std::hash<int>, std::equal_to<>, counting_allocator<std::pair<const int, wide>>>;
using wide_lists = std::vector<wide_list, counting_allocator<wide_list>>;

}  // namespace boost_order

BOOST_CLASS_VERSION(boost_order::after, 3)
BOOST_CLASS_VERSION(boost_order::wide, 1)

using namespace boost_order;

TEST_CASE("Boost's headers may come after quipu's", "[boost]") {
  CHECK(quipu::schema_text<after>() == R"("order.after@3")");
  after sample;
  sample.parts = {between{1}, between{2}};
  sample.pointer = std::make_unique<free_alone>(free_alone{{{5}}});
  const quipu::bytes data = quipu::encode(sample);
  const auto back = quipu::decode<after>(data);
  CHECK((back.parts.size() == 2 && back.parts[1].number() == 2));
  REQUIRE(back.pointer);
  CHECK(back.pointer->members[0].number == 5);
}

TEST_CASE("what is included later changes no encoding", "[boost]") {
  CHECK(quipu::detail::to_hex(encoded_before(7)) ==
        "0a000000"
        "00"
        "01000000"
        "00"
        "07000000");
  CHECK(quipu::encode(free_alone{{{7}}}) == encoded_before(7));
  CHECK(quipu::decode<free_alone>(encoded_before(7)).members[0].number == 7);
  CHECK(quipu::detail::to_hex(encoded_between(7)) ==
        "06000000"
        "00"
        "00"
        "07000000");
  CHECK(quipu::decode<free_between>(encoded_between(7)).inner.number() == 7);
}

TEMPLATE_TEST_CASE("a count in a serialize costs no more than the bytes behind it", "[boost]", wide_vector, wide_list,
                   wide_map, wide_lists) {
  for (const std::uint32_t count : {0xFFFF'FFFFU, 1'000'000U, 300U, 20U}) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{3}, std::size_t{299}, std::size_t{5000}}) {
      for (const unsigned fill : {0U, 1U, 255U}) {
        quipu::bytes data;
        quipu::byte_writer writer{data};
        writer.put(static_cast<std::uint32_t>(size + 5));
        writer.put(std::uint8_t{0});
        writer.put(count);
        data.resize(9 + size, static_cast<std::byte>(fill));
        allocated = 0;
        {
          holder<TestType> value;
          static_cast<void>(quipu::detail::decode_into(data, value));
        }
        // Elements of version 0 take a byte each, those of version 1 over a thousand; one more is made before it turns
        // out that there is none. A vector that grows by doubling asks for at most four times what it ends with.
        const std::size_t there = fill == 0 ? (count < size ? count : size) : size / 1000;
        REQUIRE(allocated <= 2 * data.size() + (there + 1) * 4 * sizeof(wide));
      }
    }
  }
}

TEST_CASE("a count for a loop of the program's own is no larger than the bytes behind it", "[boost]") {
  quipu::bytes data;
  quipu::byte_writer writer{data};
  writer.put(std::uint32_t{106});
  writer.put(std::uint16_t{0});  // the class versions of the holder and of `by_hand`
  writer.put(std::uint32_t{101});
  data.resize(4 + 106);
  holder<by_hand> value;
  allocated = 0;
  CHECK_FALSE(quipu::detail::decode_into(data, value));
  CHECK(allocated == 0);
  quipu::detail::store_little_endian(data.data() + 6, std::uint32_t{100});
  CHECK(quipu::detail::decode_into(data, value));  // a part of version 0 is that one byte
  CHECK(allocated == 100 * sizeof(wide));
}
