// SPDX-License-Identifier: BSL-1.0
//
// aggregate_test.cpp: which aggregates can be reflected, and why the others can't. Nothing may be left out without a
// word, so every refusal stands beside what differs from it in one thing.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <catch2/catch.hpp>

#include <any>
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

using quipu::detail::aggregate_fault;
using quipu::detail::fault_of;
using quipu::detail::member_count;

namespace {

inline std::string text;
inline int number;

// Types of members that empty braces don't initialise, each for another reason.
struct money {
  explicit money(std::int64_t amount) : cents{amount} {}
  std::int64_t cents;
};
struct fragile {
  explicit fragile() = default;
};
struct no_default {
  no_default() = delete;
  no_default(int) {}
};
struct private_default {
  explicit private_default(int) {}

 private:
  private_default() = default;
};
struct pinned {
  explicit pinned(int) {}
  pinned(const pinned&) = delete;
};
struct from_anything {
  template <class Source>
  from_anything(const Source&) {}
};
struct from_anything_explicitly {
  template <class Source>
  explicit from_anything_explicitly(Source&&) {}
  from_anything_explicitly(const from_anything_explicitly&) = default;
};

// Types of members that empty braces initialise, and that accept other values as well.
struct label {
  label() = default;
  template <class Source>
  label(const Source& from) : text(sizeof from, 'x') {}
  std::string text{};
};
struct forwarding {
  forwarding() = default;
  template <class Source>
  forwarding(Source&&) {}
};

template <class Member>
struct first {
  Member member = Member{0};
  int count{};
  std::string note{};
};
template <class Member>
struct second {
  int count{};
  Member member = Member{0};
};
template <class Member>
struct third {
  std::string note{};
  int count{};
  Member member = Member{0};
  int last{};
};
struct first_fragile {
  fragile mark{};
  int count{};
};
struct second_fragile {
  int count{};
  fragile mark{};
};
struct array_of_money {
  int count{};
  money amounts[2] = {money{1}, money{2}};
};
struct first_array_of_money {
  money amounts[2] = {money{1}, money{2}};
  int count{};
};
struct tuple_of_money {
  int count{};
  std::tuple<money> amount{money{1}};
};
struct variant_of_money {
  int count{};
  std::variant<money> amount{money{1}};
};
struct money_after_any {
  std::any first;
  money amount = money{1};
};
struct money_after_array {
  int numbers[3];
  money amount = money{1};
};
struct optional_money {
  int count{};
  std::optional<money> amount;
};

template <class Member, int size = 2>
struct first_array {
  Member members[size];
  int count;
};
struct words_of_the_language {
  const char* words[3] = {"a", "b", "c"};
  int matrix[2][3]{};
};

template <class Base>
struct derived : Base {
  int count{};
};
template <class Base>
struct derived_without_members : Base {};
template <class Member>
struct holds {
  Member member{};
  int count{};
};
struct no_members {};
struct immovable {
  immovable() = default;
  immovable(const immovable&) = delete;
  int inside{};
};

struct bit_fields {
  unsigned low : 3;
  unsigned high : 5;
};
struct late_bit_field {
  std::string note;
  bool flag : 1;
};
struct whole_bit_field {
  int count;
  int whole : 32;
};
struct unnamed_bit_field {
  int first;
  int : 0;
  int second;
};
struct only_unnamed_bits {
  int : 8;
};

struct const_reference {
  const std::string& to = text;
};
struct late_const_reference {
  int count{};
  const int& to = number;
};
struct reference {
  int count{};
  std::string& to = text;
};
struct rvalue_reference {
  int count{};
  std::string&& to = std::move(text);
};
struct array_reference {
  int count{};
  const int (&to)[2];
};
struct function_reference {
  int count{};
  void (&call)();
};

struct [[gnu::packed]] packed {
  unsigned char letter{};
  unsigned number{};
};
struct [[gnu::packed]] packed_bytes {
  unsigned char letter{};
  unsigned char other{};
};
#pragma pack(push, 2)
struct packed_by_two {
  std::uint16_t first{};
  std::uint32_t second{};
};
#pragma pack(pop)

union either {
  int a;
  float b;
};
struct two_numbers {
  int x, y;
};
struct anonymous_union {
  int count{};
  union {
    int a;
    float b;
  };
};
struct first_anonymous_union {
  union {
    two_numbers a;
    float b;
  };
  int count{};
};
struct union_of_unions {
  int count{};
  union {
    either a;
    double b;
  };
};
struct nested_union {
  struct inner {
    union {
      int a;
      float b;
    };
  } inside;
  int count;
};
struct named_union {
  int count;
  either value;
};
struct unnamed_struct {
  int count;
  struct {
    int x, y;
  } place;
};

struct tuple_like {
  int x{};
  int y{};
  template <std::size_t index>
  int get() const {
    return x;
  }
};
struct empty_in_the_way {
  [[no_unique_address]] no_members nothing;
  int count;
};

/// The parameters are those of a `serialize` for Boost.
struct for_cereal {
  std::int32_t count{};
  template <class Archive>
  void serialize(Archive& archive, std::uint32_t) {
    archive(count);
  }
};
struct for_cereal_from_outside {
  for_cereal inside;
  std::string note;
};
template <class Archive>
[[maybe_unused]] void serialize(Archive& archive, for_cereal_from_outside& object, std::uint32_t) {
  archive(object.inside, object.note);
}

template <class Type>
constexpr bool is_refused(aggregate_fault fault) {
  return fault_of<Type> == fault && !quipu::encodable<Type>;
}
template <class... Types>
constexpr bool are_refused(aggregate_fault fault) {
  return (is_refused<Types>(fault) && ...);
}
template <class Type>
constexpr bool is_reflected(std::size_t count) {
  return fault_of<Type> == aggregate_fault::none && member_count<Type> == count;
}

}  // namespace

template <>
struct std::tuple_size<tuple_like> : std::integral_constant<std::size_t, 1> {};
template <>
struct std::tuple_element<0, tuple_like> {
  using type = int;
};

TEST_CASE("a member that empty braces don't initialise is refused wherever it stands", "[reflect]") {
  constexpr auto fault = aggregate_fault::uncounted_member;
  STATIC_REQUIRE(are_refused<first<money>, second<money>, third<money>>(fault));
  STATIC_REQUIRE(are_refused<first<no_default>, second<no_default>, third<no_default>>(fault));
  STATIC_REQUIRE(are_refused<first<private_default>, second<private_default>, third<private_default>>(fault));
  STATIC_REQUIRE(are_refused<first<pinned>, second<pinned>, third<pinned>>(fault));
  STATIC_REQUIRE(are_refused<first<from_anything>, second<from_anything>, third<from_anything>>(fault));
  STATIC_REQUIRE(are_refused<first<from_anything_explicitly>, second<from_anything_explicitly>>(fault));
  STATIC_REQUIRE(is_refused<third<from_anything_explicitly>>(fault));
  STATIC_REQUIRE(are_refused<first<const money>, second<const money>>(fault));
  STATIC_REQUIRE(are_refused<first_fragile, second_fragile>(fault));
  STATIC_REQUIRE(are_refused<array_of_money, first_array_of_money>(fault));
  STATIC_REQUIRE(are_refused<tuple_of_money, variant_of_money>(fault));
  STATIC_REQUIRE(are_refused<money_after_any, money_after_array>(fault));
  STATIC_REQUIRE(is_reflected<optional_money>(2));
  STATIC_REQUIRE(is_reflected<first<int>>(3));
}

TEST_CASE("members that accept anything are counted", "[reflect]") {
  STATIC_REQUIRE(is_reflected<holds<label>>(2));
  STATIC_REQUIRE(is_reflected<holds<forwarding>>(2));
  STATIC_REQUIRE(is_reflected<holds<std::any>>(2));
  STATIC_REQUIRE(is_reflected<holds<std::function<void()>>>(2));
  STATIC_REQUIRE(is_reflected<holds<std::optional<int>>>(2));
  STATIC_REQUIRE(is_reflected<holds<std::variant<int, std::string>>>(2));
  STATIC_REQUIRE(is_reflected<holds<std::tuple<int, std::string>>>(2));
  STATIC_REQUIRE(is_reflected<holds<std::unique_ptr<int>>>(2));
  STATIC_REQUIRE(is_reflected<holds<std::mutex>>(2));
  STATIC_REQUIRE(is_reflected<holds<no_members>>(2));
  STATIC_REQUIRE(is_reflected<holds<immovable>>(2));
  STATIC_REQUIRE(is_reflected<holds<holds<label>>>(2));
  STATIC_REQUIRE(is_reflected<no_members>(0));
  STATIC_REQUIRE(is_reflected<empty_in_the_way>(2));
}

TEST_CASE("an array is one member", "[reflect]") {
  STATIC_REQUIRE(is_reflected<first_array<int>>(2));
  STATIC_REQUIRE(is_reflected<first_array<int, 1>>(2));
  STATIC_REQUIRE(is_reflected<first_array<int, 100>>(2));
  STATIC_REQUIRE(is_reflected<first_array<no_members>>(2));
  STATIC_REQUIRE(is_reflected<first_array<std::string>>(2));
  STATIC_REQUIRE(is_reflected<first_array<label>>(2));
  STATIC_REQUIRE(is_reflected<first_array<first_array<std::any>>>(2));
  STATIC_REQUIRE(is_reflected<words_of_the_language>(2));
}

TEST_CASE("a base class is told from a first member of its type", "[reflect]") {
  constexpr auto fault = aggregate_fault::base_class;
  STATIC_REQUIRE(are_refused<derived<no_members>, derived<two_numbers>, derived<std::string>>(fault));
  STATIC_REQUIRE(are_refused<derived<label>, derived<forwarding>, derived<std::any>, derived<immovable>>(fault));
  STATIC_REQUIRE(are_refused<derived_without_members<no_members>, derived_without_members<two_numbers>>(fault));
  STATIC_REQUIRE(are_refused<derived_without_members<label>, derived_without_members<forwarding>>(fault));
  STATIC_REQUIRE(is_reflected<holds<two_numbers>>(2));
  STATIC_REQUIRE(is_reflected<holds<std::string>>(2));
}

TEST_CASE("a member that no reference binds to is refused", "[reflect]") {
  constexpr auto fault = aggregate_fault::unbindable_member;
  STATIC_REQUIRE(are_refused<bit_fields, late_bit_field, whole_bit_field>(fault));
  STATIC_REQUIRE(is_reflected<unnamed_bit_field>(2));
  STATIC_REQUIRE(is_refused<only_unnamed_bits>(aggregate_fault::uncounted_member));
  STATIC_REQUIRE(are_refused<const_reference, late_const_reference, rvalue_reference>(fault));
  STATIC_REQUIRE(is_refused<reference>(aggregate_fault::uncounted_member));
  STATIC_REQUIRE(are_refused<array_reference, function_reference>(aggregate_fault::no_default));
}

TEST_CASE("a packed member is refused where its type wants another alignment", "[reflect]") {
  // GCC binds no reference to most of them, Clang binds one to each.
  STATIC_REQUIRE_FALSE(quipu::encodable<packed>);
  STATIC_REQUIRE_FALSE(quipu::encodable<packed_by_two>);
  STATIC_REQUIRE(is_reflected<packed_bytes>(2));
}

TEST_CASE("an anonymous union is refused, a named one by itself", "[reflect]") {
  constexpr auto fault = aggregate_fault::unnamed_union;
  STATIC_REQUIRE(are_refused<anonymous_union, first_anonymous_union, union_of_unions>(fault));
  STATIC_REQUIRE(is_reflected<nested_union>(2));
  STATIC_REQUIRE_FALSE(quipu::encodable<nested_union>);
  STATIC_REQUIRE(is_reflected<named_union>(2));
  STATIC_REQUIRE_FALSE(quipu::encodable<named_union>);
  STATIC_REQUIRE(is_reflected<unnamed_struct>(2));
  STATIC_REQUIRE(quipu::encodable<unnamed_struct>);
}

TEST_CASE("a struct that says it is a tuple is refused", "[reflect]") {
  STATIC_REQUIRE(is_refused<tuple_like>(aggregate_fault::tuple_like));
}

TEST_CASE("an aggregate without a schema name is encoded by its members, whoever its serialize is for", "[reflect]") {
  STATIC_REQUIRE(quipu::schema_text<for_cereal>() == "{count:i32}");
  STATIC_REQUIRE(quipu::schema_text<for_cereal_from_outside>() == "{inside:{count:i32},note:str}");
  const for_cereal_from_outside back =
      quipu::decode<for_cereal_from_outside>(quipu::encode(for_cereal_from_outside{{7}, "kept"}));
  CHECK(back.inside.count == 7);
  CHECK(back.note == "kept");
}
