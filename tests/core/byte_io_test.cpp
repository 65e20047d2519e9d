// SPDX-License-Identifier: BSL-1.0
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/core/byte_io.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>

using quipu::byte_reader;
using quipu::byte_writer;
using quipu::bytes;
using quipu::bytes_view;
using quipu::detail::to_hex;

namespace {

enum class small : std::uint16_t { value = 0x1234 };

template <class Number>
bool survives(Number value) {
  bytes buffer;
  byte_writer writer{buffer};
  writer.put(value);
  Number found{};
  byte_reader reader{buffer};
  return buffer.size() == sizeof(Number) && reader.get(found) && found == value && reader.at_end();
}

template <class Number>
concept has_bits = quipu::detail::scalar_bits<Number>;
static_assert(has_bits<int> && has_bits<double> && has_bits<small> && has_bits<char>);
static_assert(!has_bits<bool> && !has_bits<int*> && !has_bits<bytes>, "not every byte is a bool");

}  // namespace

TEST_CASE("a writer extends its buffer behind what it has", "[core][byte_io]") {
  bytes buffer{std::byte{1}};
  byte_writer writer{buffer};
  std::memcpy(writer.extend(2), "ab", 2);
  CHECK(to_hex(buffer) == "016162");
  static_cast<void>(writer.extend(0));
  CHECK(buffer.size() == 3);
}

TEST_CASE("numbers are written low byte first", "[core][byte_io]") {
  bytes buffer;
  byte_writer writer{buffer};
  writer.put(std::uint8_t{0x01});
  writer.put(std::uint16_t{0x0203});
  writer.put(std::uint32_t{0x04050607});
  writer.put(std::uint64_t{0x08090A0B0C0D0E0F});
  writer.put(std::int16_t{-2});
  writer.put(1.0);
  writer.put(small::value);
  CHECK(to_hex(buffer) ==
        "01"
        "0302"
        "07060504"
        "0f0e0d0c0b0a0908"
        "feff"
        "000000000000f03f"
        "3412");
  CHECK(writer.size() == buffer.size());
}

TEST_CASE("numbers are read as they were written", "[core][byte_io]") {
  CHECK(survives(std::numeric_limits<std::int64_t>::min()));
  CHECK(survives(std::numeric_limits<std::uint64_t>::max()));
  CHECK(survives(std::int8_t{-1}));
  CHECK(survives(-0.5F));
  CHECK(survives(std::numeric_limits<double>::denorm_min()));
  CHECK(survives(small::value));
}

TEST_CASE("a writer appends to what is there", "[core][byte_io]") {
  bytes buffer{std::byte{9}};
  byte_writer writer{buffer};
  CHECK(writer.size() == 1);
  writer.write(bytes_view{"ab"});
  writer.write(nullptr, 0);
  writer.write(bytes_view{});
  CHECK(to_hex(buffer) == "096162");
  CHECK(&writer.buffer() == &buffer);
}

TEST_CASE("a reader never reads past the end, and a failed read moves nothing", "[core][byte_io]") {
  byte_reader reader{"abcde"};
  std::uint32_t number = 0;
  CHECK(reader.get(number));
  CHECK(number == 0x64636261);
  CHECK(reader.position() == 4);
  CHECK(reader.remaining() == 1);
  CHECK_FALSE(reader.at_end());
  std::uint16_t two = 77;
  char copied[2] = {'x', 'y'};
  bytes_view taken{"z"};
  CHECK_FALSE(reader.get(two));
  CHECK_FALSE(reader.read(copied, 2));
  CHECK_FALSE(reader.take(taken, 2));
  CHECK_FALSE(reader.take(taken, static_cast<std::size_t>(-1)));
  CHECK(two == 77);
  CHECK(copied[0] == 'x');
  CHECK(taken == bytes_view{"z"});
  CHECK(reader.position() == 4);
  CHECK(reader.read(copied, 1));
  CHECK(copied[0] == 'e');
  CHECK(reader.at_end());
  CHECK(reader.read(nullptr, 0));
  CHECK(reader.take(taken, 0));
  CHECK(taken.empty());
  std::uint8_t one = 0;
  CHECK_FALSE(reader.get(one));
}

TEST_CASE("what is taken lies where it was", "[core][byte_io]") {
  const std::string_view text = "abc";
  byte_reader reader{text};
  bytes_view taken;
  REQUIRE(reader.take(taken, 3));
  CHECK(taken.data() == reinterpret_cast<const std::byte*>(text.data()));
}

TEST_CASE("a reader of nothing is at its end", "[core][byte_io]") {
  byte_reader reader{bytes_view{}};
  CHECK(reader.at_end());
  std::uint8_t one = 0;
  CHECK_FALSE(reader.get(one));
}
