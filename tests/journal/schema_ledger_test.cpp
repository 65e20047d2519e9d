// SPDX-License-Identifier: BSL-1.0
//
// schema_ledger_test.cpp: which definitions of a schema and of a type's name a segment still lacks.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/journal/write/schema_ledger.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

using quipu::detail::hash_of_name;
using quipu::detail::schema_slot;

TEST_CASE("a segment lacks a schema, or a name, until it is defined there", "[journal][schema_ledger]") {
  schema_slot slot;
  slot.add_name("first", hash_of_name("first"));
  slot.add_name("second", hash_of_name("second"));
  CHECK(slot.define_in(1, hash_of_name("first")) == "first");
  CHECK(slot.define_in(1, hash_of_name("first")) == std::nullopt);
  CHECK(slot.define_in(1, 0) == std::nullopt);  // any definition will do for a type without a name
  CHECK(slot.define_in(1, hash_of_name("second")) == "second");
  CHECK(slot.define_in(1, hash_of_name("first")) == std::nullopt);
  CHECK(slot.define_in(2, 0) == "");
  CHECK(slot.define_in(2, hash_of_name("second")) == "second");
}

TEST_CASE("the names of a schema are limited", "[journal][schema_ledger]") {
  schema_slot slot;
  for (int number = 0; number < 40; ++number) {
    const std::string name = "type " + std::to_string(number);
    const std::uint64_t hash = hash_of_name(name);
    slot.add_name(name, hash);
    slot.add_name(name, hash);
    const auto defined = slot.define_in(1, hash);
    CHECK(defined == (number < 16 ? std::optional<std::string_view>{name} : std::nullopt));
    CHECK(slot.define_in(1, hash) == std::nullopt);
  }
  CHECK(slot.names.size() == 16);
}

TEST_CASE("what can't be a name isn't added", "[journal][schema_ledger]") {
  schema_slot slot;
  CHECK_THROWS_WITH(slot.add_name("a\nb", 7),
                    Catch::Contains("invalid_argument") && Catch::Contains("name of an event type"));
  CHECK(slot.names.empty());
}
