// SPDX-License-Identifier: BSL-1.0
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#include <quipu/codec/schema_json.hpp>
#include <quipu/codec/schema_text.hpp>
#include <quipu/event/entity_id.hpp>
#endif

#include <catch2/catch.hpp>

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>

using quipu::entity_id;
using quipu::event_id;

namespace {

struct order_tag {
  static constexpr std::string_view prefix = "order";
};
struct customer_tag {
  static constexpr char prefix[] = "customer";
};
/// Begins like another.
struct order_line_tag {
  static constexpr std::string_view prefix = "order-line";
};
using order_id = entity_id<order_tag>;
using customer_id = entity_id<customer_tag>;
using order_line_id = entity_id<order_line_tag>;

constexpr std::string_view uuid = "01890a5d-ac96-774b-bcce-b302099a8057";
constexpr std::string_view order_text = "order:01890a5d-ac96-774b-bcce-b302099a8057";

static_assert(order_id{}.is_nil() && order_id::nil() == order_id{} && order_id::nil().value() == event_id::nil());
static_assert(order_id::prefix() == "order" && customer_id::prefix() == "customer");
static_assert(order_id::parse(order_text).has_value() && order_id::parse(order_text)->value() == event_id::parse(uuid));
static_assert(order_id{*event_id::parse(uuid)} > order_id::nil());

// Ids of two things are two things.
static_assert(!std::equality_comparable_with<order_id, customer_id> &&
              !std::three_way_comparable_with<order_id, customer_id>);
static_assert(!std::is_convertible_v<order_id, customer_id> && !std::is_constructible_v<order_id, customer_id>);
static_assert(!std::is_convertible_v<event_id, order_id> && !std::is_convertible_v<order_id, event_id>);
static_assert(std::is_trivially_copyable_v<order_id> && sizeof(order_id) == 16);

struct shipped {
  order_id order{};
  std::optional<customer_id> to{};
};

}  // namespace

TEST_CASE("an id is its prefix and a UUID, and is read back from them", "[event][entity_id]") {
  const order_id id = order_id::generate();
  CHECK(id.str().size() == 42);
  CHECK(id.str() == "order:" + id.value().str());
  CHECK(order_id::parse(id.str()) == id);
  CHECK(order_id::parse(order_text)->str() == order_text);
  CHECK(order_id::nil().str() == "order:00000000-0000-0000-0000-000000000000");
  std::ostringstream written;
  written << id;
  CHECK(written.str() == id.str());
}

TEST_CASE("a text that isn't quite an id is none", "[event][entity_id]") {
  for (std::size_t size = 0; size < order_text.size(); ++size) CHECK_FALSE(order_id::parse(order_text.substr(0, size)));
  for (const std::string_view other :
       {"customer:01890a5d-ac96-774b-bcce-b302099a8057", "Order:01890a5d-ac96-774b-bcce-b302099a8057",
        "order01890a5d-ac96-774b-bcce-b302099a8057", "order::01890a5d-ac96-774b-bcce-b302099a8057",
        "order-line:01890a5d-ac96-774b-bcce-b302099a8057", "order:01890a5d-ac96-774b-bcce-b302099a80577",
        "order:01890a5dxac96-774b-bcce-b302099a8057", "order 01890a5d-ac96-774b-bcce-b302099a8057"})
    CHECK_FALSE(order_id::parse(other));
  CHECK_FALSE(order_id::parse(uuid));
  CHECK_FALSE(order_line_id::parse(order_text));
  CHECK(order_line_id::parse("order-line:01890A5D-AC96-774B-BCCE-B302099A8057")->value() == event_id::parse(uuid));
}

TEST_CASE("generated ids ascend, whatever they are of", "[event][entity_id]") {
  const order_id first = order_id::generate();
  const customer_id second = customer_id::generate();
  const order_id third = order_id::generate();
  CHECK(first < third);
  CHECK(first.value() < second.value());
  CHECK(second.value() < third.value());
  CHECK(first.value().version() == 7);
}

TEST_CASE("an id from a name is always the same", "[event][entity_id]") {
  CHECK(order_id::from_name("2024/17") == order_id::from_name("2024/17"));
  CHECK(order_id::from_name("2024/17") != order_id::from_name("2024/18"));
  CHECK(order_id::from_name("2024/17").value() == event_id::from_name("2024/17"));
}

TEST_CASE("an id in an event is its sixteen bytes", "[event][entity_id]") {
  static_assert(quipu::schema_text<order_id>() == "[u8;16]");
  static_assert(quipu::schema_text<shipped>() == "{order:[u8;16],to:?[u8;16]}");
  const shipped sent{*order_id::parse(order_text), customer_id{*event_id::parse(uuid)}};
  const quipu::bytes encoded = quipu::encode(sent);
  REQUIRE(encoded.size() == 16 + 1 + 16);
  CHECK(quipu::encode(sent.order) == quipu::encode(event_id::parse(uuid)->raw()));
  const auto read = quipu::decode<shipped>(encoded);
  CHECK(read.order == sent.order);
  CHECK(read.to == sent.to);
  CHECK_THROWS_AS(quipu::decode<order_id>(quipu::bytes_view{encoded.data(), 15}), quipu::error);
  CHECK_THROWS_AS(quipu::decode<order_id>(quipu::bytes_view{encoded.data(), 17}), quipu::error);
  CHECK_THAT(quipu::schema_to_json(quipu::schema_text<shipped>(), encoded), Catch::StartsWith("{\"order\":"));
}
