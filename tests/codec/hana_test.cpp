// SPDX-License-Identifier: BSL-1.0
//
// hana_test.cpp: structs adapted or defined with Boost.Hana.
#include <boost/hana/adapt_adt.hpp>
#include <boost/hana/adapt_struct.hpp>
#include <boost/hana/define_struct.hpp>

#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#include <quipu/codec/schema_json.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace hana_samples {

struct plain {
  std::int64_t id;
  std::string who;
  std::vector<std::uint16_t> counts;
};

struct base {
  std::int64_t id{};
};
// No aggregate for the codec: it has a base class, and a constructor.
struct adapted : base {
  adapted() : counts{1} {}
  std::string who;
  std::vector<std::uint16_t> counts;
};
struct turned {
  std::int64_t id;
  std::string who;
};
struct defined {
  BOOST_HANA_DEFINE_STRUCT(defined, (std::int64_t, id), (std::string, who), (std::vector<std::uint16_t>, counts));
};
struct holder {
  std::vector<adapted> many;
  defined one;
};
struct nothing {
  nothing() {}
};
class hidden {
 public:
  std::int32_t& number() { return number_; }
  const std::int32_t& number() const { return number_; }

 private:
  std::int32_t number_{};
};
class by_value {
 public:
  std::int32_t number() const { return 1; }
};
struct not_adapted {
  std::int32_t number;
};

}  // namespace hana_samples

BOOST_HANA_ADAPT_STRUCT(hana_samples::adapted, id, who, counts);
BOOST_HANA_ADAPT_STRUCT(hana_samples::turned, who, id);
BOOST_HANA_ADAPT_STRUCT(hana_samples::nothing);
BOOST_HANA_ADAPT_ADT(hana_samples::hidden, (number, [](auto&& object) -> decltype(auto) { return object.number(); }));
BOOST_HANA_ADAPT_ADT(hana_samples::by_value, (number, [](auto&& object) { return object.number(); }));

using namespace hana_samples;

static_assert(quipu::detail::shape_of<adapted> == quipu::detail::shape::adapted);
static_assert(quipu::detail::shape_of<defined> == quipu::detail::shape::adapted);
static_assert(quipu::detail::shape_of<not_adapted> == quipu::detail::shape::aggregate);
static_assert(quipu::fingerprint<adapted>() == quipu::fingerprint<plain>());
static_assert(quipu::fingerprint<defined>() == quipu::fingerprint<plain>());
static_assert(!quipu::encodable<by_value>);

TEST_CASE("adapted and defined structs have the encoding of the plain one", "[hana]") {
  CHECK(quipu::schema_text<adapted>() == "{id:i64,who:str,counts:[u16]}");
  const quipu::bytes data = quipu::encode(plain{5, "eve", {1, 2}});
  adapted first;
  first.id = 5;
  first.who = "eve";
  first.counts = {1, 2};
  CHECK(quipu::encode(first) == data);
  const auto back = quipu::decode<adapted>(data);
  CHECK((back.id == 5 && back.who == "eve" && back.counts == std::vector<std::uint16_t>{1, 2}));
  const auto same = quipu::decode<defined>(data);
  CHECK(quipu::encode(same) == data);
  CHECK(same.who == "eve");
}

TEST_CASE("the order of an adaptation is the order of the schema", "[hana]") {
  CHECK(quipu::schema_text<turned>() == "{who:str,id:i64}");
  CHECK(quipu::detail::to_hex(quipu::encode(turned{1, "a"})) ==
        "0100000061"
        "0100000000000000");
}

TEST_CASE("adapted structs are parts like any other", "[hana]") {
  holder value;
  value.many.resize(2);
  value.many[1].who = "second";
  value.one.id = 9;
  const auto back = quipu::decode<holder>(quipu::encode(value));
  CHECK(back.many[1].who == "second");
  CHECK(back.one.id == 9);
  CHECK(
      quipu::schema_to_json(quipu::schema_text<holder>(), quipu::encode(value)) ==
      R"({"many":[{"id":0,"who":"","counts":[1]},{"id":0,"who":"second","counts":[1]}],"one":{"id":9,"who":"","counts":[]}})");
}

TEST_CASE("accessors may be functions that return references", "[hana]") {
  hidden value;
  value.number() = -3;
  CHECK(quipu::schema_text<hidden>() == "{number:i32}");
  CHECK(quipu::decode<hidden>(quipu::encode(value)).number() == -3);
  CHECK(quipu::schema_text<nothing>() == "{}");
  CHECK(quipu::encode(nothing{}).empty());
}
