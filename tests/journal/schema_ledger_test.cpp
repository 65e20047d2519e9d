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

using quipu::detail::append_entry;
using quipu::detail::schema_slot;

namespace {

append_entry named(std::string_view name) {
  append_entry entry{};
  entry.version = 1;
  entry.type_name = name;
  entry.type_hash = quipu::detail::type_hash_of(1, name);
  return entry;
}

}  // namespace

TEST_CASE("a segment lacks a schema, or a name, until it is defined there", "[journal][schema_ledger]") {
  schema_slot slot;
  slot.add_name(named("first"));
  slot.add_name(named("second"));
  CHECK(slot.define_in(1, named("first")) == "first");
  CHECK(slot.define_in(1, named("first")) == std::nullopt);
  CHECK(slot.define_in(1, named("")) == std::nullopt);  // any definition will do for a type without a name
  CHECK(slot.define_in(1, named("second")) == "second");
  CHECK(slot.define_in(1, named("first")) == std::nullopt);
  CHECK(slot.define_in(2, named("")) == "");
  CHECK(slot.define_in(2, named("second")) == "second");
}

TEST_CASE("another type with the same schema changes nothing", "[journal][schema_ledger]") {
  quipu::detail::schema_ledger schemas;
  append_entry entry = named("first");
  entry.schema = "{cents:i64}";
  entry.schema_hash = quipu::fingerprint_of_text(entry.schema);
  static_cast<void>(schemas.require(entry).define_in(1, entry));
  const std::uint64_t changes = schemas.changes();
  CHECK(changes == 1);
  append_entry other = entry;
  other.type_name = "second";
  other.type_hash = quipu::detail::type_hash_of(entry.schema_hash, other.type_name);
  CHECK(schemas.require(other).segment == 1);
  CHECK(schemas.changes() == changes);
}

TEST_CASE("the names of a schema are limited", "[journal][schema_ledger]") {
  schema_slot slot;
  for (int number = 0; number < 40; ++number) {
    const std::string name = "type " + std::to_string(number);
    slot.add_name(named(name));
    slot.add_name(named(name));
    const auto defined = slot.define_in(1, named(name));
    CHECK(defined == (number < 16 ? std::optional<std::string_view>{name} : std::nullopt));
    CHECK(slot.define_in(1, named(name)) == std::nullopt);
  }
  CHECK(slot.names.size() == 16);
}

TEST_CASE("what can't be a name isn't added", "[journal][schema_ledger]") {
  schema_slot slot;
  CHECK_THROWS_WITH(slot.add_name(named("a\nb")),
                    Catch::Contains("invalid_argument") && Catch::Contains("name of an event type"));
  CHECK(slot.names.empty());
}
