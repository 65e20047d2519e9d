// SPDX-License-Identifier: BSL-1.0
//
// schema_test.cpp: the hook for types that bring their own codec: preferred over plain reflection, framed where their
// shape isn't known, and never asked for types that don't use it.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#include <quipu/codec/schema_json.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace {

// An aggregate that could be reflected: the hook comes first.
struct opaque {
  std::string text;
  std::unique_ptr<opaque> next{};
};
struct shaped {
  std::uint32_t number;
};
struct shaped_empty {};
struct unnamed {
  int number;
};
struct plain {
  std::uint32_t number;
};

}  // namespace

template <>
inline constexpr quipu::named_schema quipu::schema_of<opaque>{"test.opaque", 2};

namespace quipu::detail {

template <>
struct external_codec<opaque> {
  static constexpr bool provided = true;
  static void encode(byte_writer& writer, const opaque& value, unsigned depth) {
    if (depth >= depth_limit) throw_encode_failed("nested too deep");
    encode_value(writer, value.text, depth + 1);
    writer.put(static_cast<std::uint8_t>(value.next != nullptr));
    if (value.next) encode_value(writer, *value.next, depth + 1);
  }
  static bool decode(byte_reader& reader, opaque& value, unsigned depth) {
    std::uint8_t more = 0;
    if (depth >= depth_limit || !decode_value(reader, value.text, depth + 1) || !reader.get(more) || more > 1)
      return false;
    value.next.reset();
    if (more == 0) return true;
    value.next = std::make_unique<opaque>();
    return decode_value(reader, *value.next, depth + 1);
  }
};

template <>
struct external_codec<shaped> {
  static constexpr bool provided = true;
  static constexpr std::string_view schema = "{twice:u32}";
  [[maybe_unused]] static constexpr std::size_t min_size = 4;
  static void encode(byte_writer& writer, const shaped& value, unsigned) { writer.put(value.number * 2); }
  static bool decode(byte_reader& reader, shaped& value, unsigned) {
    std::uint32_t stored = 0;
    if (!reader.get(stored) || stored % 2 != 0) return false;
    value.number = stored / 2;
    return true;
  }
};

template <>
struct external_codec<shaped_empty> {
  static constexpr bool provided = true;
  static constexpr std::string_view schema = "{}";
  static constexpr std::size_t min_size = 0;
  static void encode(byte_writer&, const shaped_empty&, unsigned) {}
  static bool decode(byte_reader&, shaped_empty&, unsigned) { return true; }
};

template <>
struct external_codec<unnamed> {
  static constexpr bool provided = true;
  static void encode(byte_writer&, const unnamed&, unsigned) {}
  static bool decode(byte_reader&, unnamed&, unsigned) { return true; }
};

}  // namespace quipu::detail

static_assert(quipu::detail::shape_of<opaque> == quipu::detail::shape::external);
static_assert(quipu::detail::shape_of<plain> == quipu::detail::shape::aggregate);
static_assert(!quipu::encodable<unnamed>);

TEST_CASE("a type with its own codec and no shape is framed and named", "[schema]") {
  CHECK(quipu::schema_text<std::vector<opaque>>() == R"(["test.opaque@2"])");
  opaque value{"a", std::make_unique<opaque>(opaque{"b"})};
  const quipu::bytes data = quipu::encode(value);
  CHECK(quipu::detail::to_hex(data) ==
        "10000000"
        "0100000061"
        "01"
        "06000000"
        "0100000062"
        "00");
  const auto back = quipu::decode<opaque>(data);
  REQUIRE(back.next);
  CHECK(back.next->text == "b");
  CHECK(quipu::schema_to_json(quipu::schema_text<opaque>(), data) ==
        R"({"opaque":"test.opaque@2","bytes":"01000000610106000000010000006200"})");
}

TEST_CASE("what a codec of its own leaves over, or takes too much of, is refused", "[schema]") {
  const quipu::bytes data = quipu::encode(opaque{"a"});
  opaque value;
  for (std::size_t index = 0; index < data.size(); ++index) {
    for (const unsigned change : {1U, 2U, 128U}) {
      quipu::bytes damaged = data;
      damaged[index] ^= static_cast<std::byte>(change);
      if (quipu::detail::decode_into(damaged, value)) CHECK(quipu::encode(value) == damaged);
    }
    CHECK_FALSE(quipu::detail::decode_into(quipu::bytes_view{data}.subview(0, index), value));
  }
  quipu::bytes longer = data;
  longer.push_back(std::byte{0});
  CHECK_FALSE(quipu::detail::decode_into(longer, value));
  longer[0] = std::byte{7};  // The frame now has a byte that the type doesn't take.
  CHECK_FALSE(quipu::detail::decode_into(longer, value));
}

TEST_CASE("a codec of its own may nest no deeper than the others", "[schema]") {
  const auto nest = [](int levels) {
    opaque root{"leaf"};
    for (int level = 1; level < levels; ++level) {
      auto inner = std::make_unique<opaque>(std::move(root));
      root = opaque{"x", std::move(inner)};
    }
    return root;
  };
  CHECK_NOTHROW(quipu::decode<opaque>(quipu::encode(nest(64))));
  CHECK_THROWS_AS(quipu::encode(nest(65)), quipu::error);
}

TEST_CASE("a type with its own codec and a shape is written bare", "[schema]") {
  CHECK(quipu::schema_text<std::map<int, shaped>>() == "{i32=>{twice:u32}}");
  CHECK(quipu::detail::to_hex(quipu::encode(shaped{3})) == "06000000");
  CHECK(quipu::decode<shaped>(quipu::encode(shaped{3})).number == 3);
  CHECK_THROWS_AS(quipu::decode<shaped>(std::string_view{"\x03\0\0\0", 4}), quipu::error);
  CHECK(quipu::schema_to_json(quipu::schema_text<shaped>(), quipu::encode(shaped{3})) == R"({"twice":6})");
  // Elements that may take nothing are backed by a pad byte, here too.
  CHECK(quipu::detail::to_hex(quipu::encode(std::vector<shaped_empty>(2))) ==
        "02000000"
        "0000");
  CHECK(quipu::decode<std::vector<shaped_empty>>(quipu::encode(std::vector<shaped_empty>(2))).size() == 2);
}
