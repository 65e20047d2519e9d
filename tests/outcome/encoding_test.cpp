// SPDX-License-Identifier: BSL-1.0
//
// encoding_test.cpp: what work waits for and how it is undone can be part of events and states: encodings as they must
// stay, and back.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#include <quipu/codec/schema_json.hpp>
#include <quipu/outcome/compensation_action.hpp>
#include <quipu/outcome/wait_condition.hpp>
#endif

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

using quipu::compensation_action;
using quipu::event_id;
using quipu::wait_condition;

static_assert(quipu::encodable<wait_condition> && quipu::encodable<compensation_action>);

namespace {

/// As another's part.
struct parked {
  wait_condition until{};
  std::vector<compensation_action> otherwise{};
};
static_assert(quipu::encodable<parked>);

event_id some_id() { return *event_id::parse("01890a5d-ac96-774b-bcce-b302099a8057"); }

template <class Type>
std::string hex_of(const Type& value) {
  return quipu::detail::to_hex(quipu::encode(value));
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

}  // namespace

TEST_CASE("wait conditions are encoded and read back, at any depth", "[outcome][encoding]") {
  for (const auto& condition :
       {wait_condition::timeout(250), wait_condition::event(some_id()), wait_condition::custom("approved", "by two"),
        wait_condition::all({}),
        wait_condition::any({wait_condition::all({wait_condition::timeout(1), wait_condition::event(some_id())}),
                             wait_condition::custom("name")})})
    check_round_trip(condition);
}

TEST_CASE("compensations are encoded and read back", "[outcome][encoding]") {
  for (const auto& action :
       {compensation_action::rollback({some_id(), some_id()}), compensation_action::notify("ops", "stuck"),
        compensation_action::release({"a", "bc"}), compensation_action::custom("refund", "12.50")})
    check_round_trip(action);
}

TEST_CASE("the encodings of conditions and compensations stay as they are", "[outcome][encoding]") {
  CHECK(
      quipu::schema_text<wait_condition>() ==
      R"("quipu.wait_condition@1"{type:enum:u8{timeout=0,event=1,all=2,any=3,custom=4},timeout_ms:u64,awaited:[u8;16],name:str,detail:str,conditions:["quipu.wait_condition@1"]})");
  CHECK(quipu::schema_text<compensation_action>() ==
        "{type:enum:u8{rollback=0,notify=1,release=2,custom=3},events:[[u8;16]],resources:[str],name:str,detail:str}");
  CHECK(hex_of(wait_condition::timeout(250)) ==
        "00fa0000000000000000000000000000000000000000000000000000000000000000000000");
  CHECK(hex_of(wait_condition::any({wait_condition::event(some_id()), wait_condition::custom("n", "d")})) ==
        "030000000000000000000000000000000000000000000000000000000000000000020000000100000000000000000189"
        "0a5dac96774bbcceb302099a805700000000000000000000000004000000000000000000000000000000000000000000"
        "000000010000006e010000006400000000");
  CHECK(hex_of(compensation_action::rollback({some_id()})) ==
        "000100000001890a5dac96774bbcceb302099a8057000000000000000000000000");
  CHECK(hex_of(compensation_action::release({"a", "bc"})) ==
        "02000000000200000001000000610200000062630000000000000000");
}

TEST_CASE("a condition and compensations as parts of another type is read back", "[outcome][encoding]") {
  const parked whole{wait_condition::all({wait_condition::timeout(5)}), {compensation_action::notify("ops", "stuck")}};
  const auto read = quipu::decode<parked>(quipu::encode(whole));
  CHECK(read.until == whole.until);
  CHECK(read.otherwise == whole.otherwise);
}
