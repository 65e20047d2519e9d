// SPDX-License-Identifier: BSL-1.0
//
// own_values_test.cpp: the library's own values can be members of events and states: shapes and encodings as they must
// stay, the way back, what is refused, and how they are printed. With the light header alone.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/model.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using quipu::coordinate;
using quipu::denial;
using quipu::digest;
using quipu::event_header;
using quipu::event_id;
using quipu::event_kind;
using quipu::outcome;
using quipu::wait_condition;
using number = outcome<std::int64_t>;

namespace {

/// All of them in one event.
struct audited {
  static constexpr auto kind = event_kind::custom(0xF, 9);
  coordinate where{};
  std::optional<coordinate> moved_to{};
  event_kind which{};
  digest proof{};
  std::vector<denial> refusals{};
  event_header header{};
  number result{};
};
static_assert(quipu::event_type<audited> && quipu::encodable<audited>);

event_id some_id() { return *event_id::parse("01890a5d-ac96-774b-bcce-b302099a8057"); }
denial refusal() { return denial{"limit", "over it"}.with_code("L1").with_context("wanted", 50); }

template <class Type>
std::string shown(const Type& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}
template <class Type>
void check_round_trip(const Type& value) {
  const quipu::bytes data = quipu::encode(value);
  CHECK(quipu::decode<Type>(data) == value);
  for (std::size_t size = 0; size < data.size(); ++size) {
    Type read{};
    REQUIRE_FALSE(quipu::detail::decode_into(quipu::bytes_view{data.data(), size}, read));
  }
}
template <class Type>
std::string json_of(const Type& value) {
  return quipu::schema_to_json(quipu::schema_text<Type>(), quipu::bytes_view{quipu::encode(value)});
}
template <class Type>
bool decodes(const quipu::bytes& data) {
  Type read{};
  return quipu::detail::decode_into(quipu::bytes_view{data}, read);
}

}  // namespace

TEST_CASE("the shapes of the library's own values stay as they are", "[outcome][encoding][own]") {
  CHECK(quipu::schema_text<coordinate>() == "{entity:str,scope:str}");
  CHECK(quipu::schema_text<event_kind>() == "u16");
  CHECK(quipu::schema_text<digest>() == "[u8;32]");
  CHECK(quipu::schema_text<denial>() == "{gate:str,message:str,code:str,context:[{name:str,value:str}]}");
  CHECK(quipu::schema_text<quipu::dag_position>() == "{depth:u32,lane:u32,sequence:u64,wall_ms:u64,counter:u32}");
  CHECK(quipu::schema_text<event_header>() ==
        "{id:[u8;16],correlation_id:[u8;16],causation_id:?[u8;16],timestamp_us:i64,given_us:?i64,position:{depth:u32,"
        "lane:u32,sequence:u64,wall_ms:u64,counter:u32},kind:u16,flags:enum:u16{none=0,requires_ack=1,transactional=2,"
        "replay=4},"
        "payload_size:u32,content_hash:[u8;32],schema_version:u16}");
  STATIC_REQUIRE(quipu::fingerprint<coordinate>() == 0x90464c78a8d3c73eU);
  STATIC_REQUIRE(quipu::fingerprint<denial>() == 0xd52f5092c4f479ceU);
  STATIC_REQUIRE(quipu::fingerprint<event_header>() == 0x070de11010d2677bU);
  STATIC_REQUIRE(quipu::fingerprint<number>() == 0xe91fbe723f1bb3baU);
  STATIC_REQUIRE(quipu::fingerprint<outcome<void>>() == 0xeb61a38cf67b2dbfU);
  STATIC_REQUIRE(quipu::fingerprint<audited>() == 0x2e525f1a9c3b8f63U);
  CHECK(quipu::detail::to_hex(quipu::encode(coordinate{"a", "bc"})) ==
        "01000000610200000062"
        "63");
  CHECK(quipu::detail::to_hex(quipu::encode(event_kind::custom(0xF, 1))) == "01f0");
  CHECK(quipu::detail::to_hex(quipu::encode(number{5})) ==
        "00010500000000000000"
        "0000000000000000");
}

TEST_CASE("an outcome that was stored before an error code was added is read", "[outcome][encoding][own]") {
  const std::string_view now = quipu::schema_text<number>();
  const std::string_view added = ",unavailable=24,trimmed=25,diverged=26";
  std::string before{now};
  REQUIRE(before.find(added) != std::string::npos);
  before.erase(before.find(added), added.size());
  CHECK(quipu::detail::reads_schema(now, before));
  CHECK_FALSE(quipu::detail::reads_schema(before, now));
}

TEST_CASE("the library's own values are read back", "[outcome][encoding][own]") {
  check_round_trip(coordinate{"account:alice", "branch:zurich"});
  check_round_trip(event_kind::tombstone);
  check_round_trip(quipu::blake3(std::string_view{"abc"}));
  check_round_trip(denial{});
  check_round_trip(refusal());
  for (const number& each :
       {number{5}, number{}, number::error(quipu::error_kind::conflict, "too late"), number::retry(5, 1, 3, "busy"),
        number::pending(wait_condition::event(some_id()), 7), number::cancelled("no"), number::batch({}),
        number::batch({number{1}, number::batch({number::cancelled("x"), number{2}})})})
    check_round_trip(each);
  check_round_trip(outcome<void>::ok());
  check_round_trip(outcome<void>::cancelled("no"));
  check_round_trip(outcome<std::string>{"text"});
  const auto moved = quipu::decode<outcome<std::unique_ptr<int>>>(
      quipu::encode(outcome<std::unique_ptr<int>>{std::make_unique<int>(4)}));
  CHECK(*moved.value() == 4);
}

TEST_CASE("what the library's own values can't be is refused, written or read", "[outcome][encoding][own]") {
  struct names {
    std::string entity{};
    std::string scope{};
  };
  CHECK(decodes<coordinate>(quipu::encode(names{"a", "b"})));
  for (const names& each :
       {names{"", "b"}, names{"a", ""}, names{std::string(1025, 'x'), "b"}, names{"a", std::string{"b\0", 2}}})
    CHECK_FALSE(decodes<coordinate>(quipu::encode(each)));
  CHECK_THROWS_WITH(quipu::decode<coordinate>(quipu::encode(names{"", "b"})), Catch::Contains("decode_failed"));
  CHECK_THROWS_WITH(quipu::encode(coordinate{}), Catch::Contains("encode_failed"));
  CHECK_THROWS_WITH(quipu::encode(audited{}), Catch::Contains("an empty coordinate"));
  coordinate where{"a", "b"};
  const coordinate taken = std::move(where);
  CHECK(where.is_empty());  // NOLINT: what a moved-from one is, is a part of its contract
  CHECK_FALSE(taken.is_empty());

  quipu::bytes state = quipu::encode(number{5});
  state[0] = std::byte{6};  // there is no such state
  CHECK_FALSE(decodes<number>(state));
  state[0] = std::byte{1};  // an error, and a value
  CHECK_FALSE(decodes<number>(state));
  number deep{1};
  for (int depth = 0; depth < 63; ++depth) deep = number::batch({std::move(deep)});
  check_round_trip(deep);
  CHECK_THROWS_WITH(quipu::encode(number::batch({std::move(deep)})), Catch::Contains("nested more than 64 deep"));

  // An outcome in an outcome would have two shapes of one name.
  struct inner {
    number result{};
  };
  CHECK_FALSE(quipu::encodable<outcome<number>>);
  CHECK_FALSE(quipu::encodable<outcome<inner>>);
}

TEST_CASE("the library's own values are readable as JSON", "[outcome][encoding][own]") {
  CHECK(json_of(coordinate{"account:alice", "branch:zurich"}) ==
        R"({"entity":"account:alice","scope":"branch:zurich"})");
  CHECK(json_of(refusal()) ==
        R"({"gate":"limit","message":"over it","code":"L1","context":[{"name":"wanted","value":"50"}]})");
  CHECK(json_of(number::batch({number{5}, number::cancelled("no")})) ==
        R"({"state":"batch","value":null,"error":null,"retry":null,"pending":null,"cancelled":null,"batch":[)"
        R"({"state":"ok","value":5,"error":null,"retry":null,"pending":null,"cancelled":null,"batch":[]},)"
        R"({"state":"cancelled","value":null,"error":null,"retry":null,"pending":null,"cancelled":{"reason":"no"},)"
        R"("batch":[]}]})");
  audited all{.where = {"a", "b"}, .which = event_kind::custom(0xF, 1), .refusals = {refusal()}, .result = 3};
  all.header.id = some_id();
  CHECK_THAT(json_of(all), Catch::Contains(R"("which":61441)") && Catch::Contains(R"("flags":"none")") &&
                               Catch::Contains(R"("id":"01890a5dac96774bbcceb302099a8057")"));
}

TEST_CASE("the library's own values can be printed", "[outcome][own]") {
  CHECK(shown(coordinate{"a", "b"}) == "a@b");
  CHECK(shown(event_kind::custom(0xF, 1)) == "0xF001");
  CHECK(shown(refusal()) == "limit: over it (L1) [wanted=50]");
  CHECK(shown(quipu::dag_position{1, 2, 3, 4, 5}) == "sequence 3, lane 2, depth 1, 4 ms + 5");
  event_header header;
  header.id = some_id();
  header.kind = event_kind::custom(0xF, 1);
  header.payload_size = 8;
  CHECK(shown(header) ==
        "event 01890a5d-ac96-774b-bcce-b302099a8057, kind 0xF001, sequence 0, lane 0, depth 0, 0 ms + 0, 8 bytes");
  header.causation_id = some_id();
  CHECK_THAT(shown(header), Catch::EndsWith(", caused by 01890a5d-ac96-774b-bcce-b302099a8057"));
  CHECK(shown(number{5}) == "ok(5)");
  CHECK(shown(outcome<void>{}) == "ok");
  CHECK(shown(outcome<quipu::none>{quipu::none{}}) == "ok");
  CHECK(shown(number::error(quipu::error_kind::conflict, "too late")) == "error(conflict: too late)");
  const number unreached = from_error(quipu::error{quipu::errc::unavailable, "no server"});
  CHECK(shown(unreached) == "error(unavailable: no server)");
  CHECK(shown(number::retry(5, 1, 3, "busy")) == "retry(in 5 ms, 1 of 3: busy)");
  CHECK(shown(number::pending(wait_condition::timeout(1), 7)) == "pending(token 7)");
  CHECK(shown(number::batch({number{5}, number::cancelled("no")})) == "batch(ok(5), cancelled(no))");
  CHECK(shown(number::batch({})) == "batch()");
}
