// SPDX-License-Identifier: BSL-1.0
//
// record_operations_test.cpp: a record that is encoded and decoded by its members' operations has the bytes that the
// codec gives it.
#include <boost/hana/define_struct.hpp>

#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#include <quipu/codec/detail/record_operations.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace record_samples {

struct packed {
  std::int64_t first{};
  std::int64_t second{};
};
struct fixed {
  bool flag{};
  std::int32_t number{};
};
struct mixed {
  std::int64_t number{};
  std::string text{};
  std::uint16_t three[3]{};
  std::vector<fixed> list{};
};
struct nothing {};
struct node {
  static constexpr std::string_view schema_name = "tests.node";
  static constexpr std::uint32_t schema_version = 1;
  std::uint8_t value{};
  std::vector<node> children{};
};
struct defined {
  BOOST_HANA_DEFINE_STRUCT(defined, (std::string, who), (std::vector<std::uint16_t>, counts));
};
struct serialized {
  static constexpr std::string_view schema_name = "tests.serialized";
  static constexpr std::uint32_t schema_version = 1;
  std::string text{};
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& text;
  }
};

node chain(unsigned nodes) {
  node last{};
  for (unsigned number = 1; number < nodes; ++number) last = node{1, {last}};
  return last;
}

template <class Type>
quipu::bytes encode_by_members(const Type& value) {
  quipu::bytes buffer;
  quipu::byte_writer writer{buffer};
  quipu::detail::encode_record(writer, &value, quipu::detail::record_operations_of<Type>);
  return buffer;
}
template <class Type>
bool decodes_by_members(const quipu::bytes& data, std::size_t size, Type& value) {
  return quipu::detail::decode_record(quipu::bytes_view{data.data(), size}, &value,
                                      quipu::detail::record_operations_of<Type>);
}

template <class Type>
void check_like_the_codec(const Type& value) {
  const quipu::bytes wanted = quipu::encode(value);
  CHECK(encode_by_members(value) == wanted);
  Type read{};
  REQUIRE(decodes_by_members(wanted, wanted.size(), read));
  CHECK(quipu::encode(read) == wanted);
  quipu::bytes longer = wanted;
  longer.push_back(std::byte{0});
  CHECK_FALSE(decodes_by_members(longer, longer.size(), read));
  for (std::size_t size = 0; size < wanted.size(); ++size) CHECK_FALSE(decodes_by_members(wanted, size, read));
}

}  // namespace record_samples

using namespace record_samples;

TEST_CASE("records are encoded by their members' operations as the codec encodes them", "[codec]") {
  check_like_the_codec(packed{1, -2});
  check_like_the_codec(fixed{true, -7});
  check_like_the_codec(mixed{-1, "text", {1, 2, 3}, {{true, 1}, {false, 2}}});
  check_like_the_codec(nothing{});
  check_like_the_codec(chain(5));
  check_like_the_codec(defined{"anna", {1, 2, 3}});
  check_like_the_codec(serialized{"text"});
}

TEST_CASE("the members of a named record are inside of it", "[codec]") {
  const node deepest = chain(quipu::detail::depth_limit);
  check_like_the_codec(deepest);
  const node deeper = chain(quipu::detail::depth_limit + 1);
  CHECK_THROWS_AS(quipu::encode(deeper), quipu::error);
  CHECK_THROWS_AS(encode_by_members(deeper), quipu::error);
}
