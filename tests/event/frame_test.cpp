// SPDX-License-Identifier: BSL-1.0
//
// frame_test.cpp: the layout of a frame, pinned byte for byte; that damage is noticed, bit by bit; and extensions.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/event/frame.hpp>
#endif

#include <catch2/catch.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

using quipu::bytes;
using quipu::bytes_view;
using quipu::event_id;
using quipu::detail::check_frame;
using quipu::detail::extension_type;
using quipu::detail::frame_content;
using quipu::detail::frame_layout;
using quipu::detail::frame_view;
namespace frame_flags = quipu::detail::frame_flags;

namespace {

using namespace std::string_view_literals;

constexpr std::uint32_t seed = 0xDEADBEEF;
constexpr event_id id = event_id::from_reading({1'700'000'000'123'456, 0x2ABCDE}, 0x1122334455);

bytes extension(std::uint16_t type, bytes_view content) {
  bytes out;
  quipu::byte_writer writer{out};
  writer.put(type);
  writer.put(static_cast<std::uint16_t>(content.size()));
  writer.write(content);
  return out;
}
bytes joined(std::initializer_list<bytes> parts) {
  bytes out;
  for (const bytes& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}
bytes some_extensions() {
  return joined({extension(1, "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0A\x0B\x0C\x0D\x0E\x0F"sv),
                 extension(4, "\2\0\0\0\7\0\0\0"sv), extension(99, "?"), extension(5, "why!")});
}

frame_content some_content() {
  frame_content content;
  content.kind = quipu::event_kind::custom(0xF, 1);
  content.flags = frame_flags::more | 5;
  content.schema_version = 3;
  content.coordinate = 77;
  content.sequence = 0x1122334455667788;
  content.entity_sequence = 9;
  content.id = id;
  content.payload = "payload";
  return content;
}

quipu::digest some_hash() {
  std::array<std::byte, 32> raw{};
  for (std::size_t index = 0; index < 32; ++index) raw[index] = static_cast<std::byte>(100 + index);
  return quipu::digest{raw};
}

/// A buffer that was used before, so that what a frame doesn't clear shows.
bytes written(const frame_content& content, bool chained) {
  bytes frame(quipu::detail::frame_size(content.payload.size(), content.extensions.size(), chained), std::byte{0xAA});
  quipu::detail::write_frame(frame.data(), content, chained);
  return frame;
}
bytes finished(const frame_content& content, bool chained) {
  bytes frame = written(content, chained);
  if (chained)
    quipu::detail::set_frame_hash(frame.data(),
                                  frame_view{frame.data(), true}.computed_hash(
                                      some_hash(), quipu::detail::digest_of("account:alice", "branch:zurich")));
  quipu::detail::set_frame_checksum(frame.data(), seed);
  return frame;
}

bytes with_extensions(const bytes& extensions) {
  frame_content content = some_content();
  content.extensions = extensions;
  return finished(content, false);
}

}  // namespace

TEST_CASE("the bytes of a frame with a hash", "[event][frame]") {
  // Made by an independent program from the layout in frame.hpp. Every store out there reads these: never change them.
  const bytes extensions = some_extensions();
  frame_content content = some_content();
  content.extensions = extensions;
  CHECK(quipu::detail::to_hex(finished(content, true)) ==
        "900000004120aac601f0050203002d00070000004d0000008877665544332211"
        "0900000000000000018bcfe5687b71c8aabcde1122334455d0ed424fbef958b3"
        "30f8de946294bff418d4a42d7e492b1c8ab9d43d1db857807061796c6f616401"
        "001000000102030405060708090a0b0c0d0e0f04000800020000000700000063"
        "0001003f050004007768792100000000");
}

TEST_CASE("the bytes of an internal frame", "[event][frame]") {
  frame_content content;
  content.kind = quipu::event_kind::custom(1, 2);
  content.flags = frame_flags::internal;
  content.schema_version = 1;
  content.sequence = 5;
  content.id = id;
  content.payload = "12345678";
  bytes frame = written(content, false);
  quipu::detail::set_frame_checksum(frame.data(), 1);
  CHECK(quipu::detail::to_hex(frame) ==
        "40000000b64dd6e5021000010100000008000000000000000500000000000000"
        "0000000000000000018bcfe5687b71c8aabcde11223344553132333435363738");
  // In a store that keeps a chain it has no hash either.
  CHECK(check_frame(frame.data(), frame.size(), 1, true));
  CHECK(check_frame(frame.data(), frame.size(), 1, false));
  CHECK(frame_view::any(frame.data(), true).payload() == bytes_view{"12345678"});
  CHECK(frame_view::any(frame.data(), true).is_internal());
  CHECK(frame_view::any(frame.data(), true).hash().is_zero());
}

TEST_CASE("a frame reads back what it was written with", "[event][frame]") {
  const bytes extensions = some_extensions();
  for (const bool chained : {false, true}) {
    frame_content content = some_content();
    content.extensions = extensions;
    const bytes raw = finished(content, chained);
    const frame_view frame{raw.data(), chained};
    CHECK(frame.size() == raw.size());
    CHECK(frame.kind() == content.kind);
    CHECK(frame.flags() == content.flags);
    CHECK(frame.has_more());
    CHECK_FALSE(frame.is_internal());
    CHECK(frame.schema_version() == 3);
    CHECK(frame.coordinate() == 77);
    CHECK(frame.sequence() == 0x1122334455667788);
    CHECK(frame.entity_sequence() == 9);
    CHECK(frame.id() == id);
    CHECK(frame.payload() == bytes_view{"payload"});
    CHECK(frame.extensions() == bytes_view{extensions});
    CHECK(frame.hash().is_zero() != chained);
    CHECK(frame.checksum() == frame.computed_checksum(seed));
    CHECK(frame_view::any(raw.data(), chained).hash() == frame.hash());
    const quipu::event_header header = frame.header();
    CHECK(header.id == id);
    CHECK(header.correlation_id.str() == "00010203-0405-0607-0809-0a0b0c0d0e0f");
    CHECK_FALSE(header.causation_id);
    CHECK(header.timestamp_us == 1'700'000'000'123'456);
    CHECK(header.position == quipu::dag_position{2, 7, 9, 1'700'000'000'123, 456U << 22 | 0x2ABCDE});
    CHECK(header.kind == content.kind);
    CHECK((header.requires_ack() && header.replay() && !header.transactional()));
    CHECK(static_cast<int>(header.flags) == 5);  // the frame's own bits aren't the event's
    CHECK(header.payload_size == 7);
    CHECK(header.content_hash == frame.hash());
    CHECK(header.schema_version == 3);
  }
}

TEST_CASE("a frame without extensions is its own correlation, at the root", "[event][frame]") {
  const bytes raw = finished(some_content(), false);
  const quipu::event_header header = frame_view{raw.data(), false}.header();
  CHECK(header.correlation_id == id);
  CHECK_FALSE(header.causation_id);
  CHECK(header.position.depth == 0);
  CHECK(header.position.lane == 0);
}

TEST_CASE("a frame's size is a multiple of 8, filled with zeros", "[event][frame]") {
  const std::string payload(64, 'x');
  for (std::size_t size = 0; size <= 64; ++size) {
    frame_content content = some_content();
    content.payload = std::string_view{payload}.substr(0, size);
    for (const bool chained : {false, true}) {
      const bytes frame = finished(content, chained);
      const std::size_t head = chained ? frame_layout::hash.end() : frame_layout::id.end();
      const std::size_t used = head + size;
      REQUIRE(frame.size() % 8 == 0);
      REQUIRE(frame.size() - used < 8);
      for (std::size_t index = used; index < frame.size(); ++index) REQUIRE(frame[index] == std::byte{0});
      REQUIRE(check_frame(frame.data(), frame.size(), seed, chained));
    }
  }
}

TEST_CASE("every flipped bit of a frame is noticed", "[event][frame]") {
  const bytes extensions = some_extensions();
  for (const bool chained : {false, true}) {
    frame_content content = some_content();
    content.extensions = extensions;
    bytes frame = finished(content, chained);
    const std::size_t size = frame.size();
    frame.resize(size + 4096, std::byte{0});  // so that a larger size is within what can be read
    REQUIRE(check_frame(frame.data(), frame.size(), seed, chained));
    for (std::size_t bit = 0; bit < size * 8; ++bit) {
      const auto mask = static_cast<std::byte>(1U << bit % 8);
      frame[bit / 8] ^= mask;
      CAPTURE(bit);
      REQUIRE_FALSE(check_frame(frame.data(), frame.size(), seed, chained));
      frame[bit / 8] ^= mask;
    }
  }
}

TEST_CASE("a frame that is cut short, or of another store, is noticed", "[event][frame]") {
  const bytes frame = finished(some_content(), true);
  for (std::size_t available = 0; available < frame.size(); ++available)
    REQUIRE_FALSE(check_frame(frame.data(), available, seed, true));
  CHECK(check_frame(frame.data(), frame.size(), seed, true));
  CHECK_FALSE(check_frame(frame.data(), frame.size(), seed + 1, true));
  CHECK_FALSE(check_frame(frame.data(), frame.size(), seed, false));
  const bytes zeros(4096, std::byte{0});
  CHECK_FALSE(check_frame(zeros.data(), zeros.size(), 0, true));
  const bytes ones(4096, std::byte{0xFF});
  CHECK_FALSE(check_frame(ones.data(), ones.size(), 0, true));
}

TEST_CASE("a size that isn't the sum of a frame's parts is refused, also where the checksum is right",
          "[event][frame]") {
  bytes frame = finished(some_content(), false);
  const auto refused = [&](quipu::detail::field<std::uint32_t> field, std::uint32_t value) {
    bytes damaged = frame;
    damaged.resize(frame.size() + 64, std::byte{0});
    field.store(damaged.data(), value);
    if (frame_view{damaged.data(), false}.size() <= damaged.size() && frame_view{damaged.data(), false}.size() >= 8)
      quipu::detail::set_frame_checksum(damaged.data(), seed);
    return !check_frame(damaged.data(), damaged.size(), seed, false);
  };
  CHECK_FALSE(refused(frame_layout::size, 64));  // as it is
  for (const std::uint32_t size : {0U, 8U, 48U, 56U, 60U, 63U, 65U, 72U, 128U, 0xFFFFFFF8U}) {
    CAPTURE(size);
    CHECK(refused(frame_layout::size, size));
  }
  CHECK(refused(frame_layout::payload_size, 9));  // a payload larger than the frame
  CHECK(refused(frame_layout::payload_size, 0xFFFFFFFF));
  CHECK_FALSE(refused(frame_layout::payload_size, 8));  // still in this frame's last eight bytes
}

TEST_CASE("an event's hash covers what the event is, and where it stands", "[event][frame]") {
  const auto where = quipu::detail::digest_of("account:alice", "branch:zurich");
  CHECK(where != quipu::detail::digest_of("account:alic", "ebranch:zurich"));
  CHECK(quipu::detail::to_hex(bytes_view{where}) ==
        quipu::blake3("account:alice\0branch:zurich"sv).str().substr(0, 32));
  const bytes raw = finished(some_content(), true);
  const quipu::digest hash = frame_view{raw.data(), true}.computed_hash(some_hash(), where);
  CHECK(hash == frame_view{raw.data(), true}.hash());
  CHECK(hash != frame_view{raw.data(), true}.computed_hash({}, where));
  CHECK(hash != frame_view{raw.data(), true}.computed_hash(some_hash(),
                                                           quipu::detail::digest_of("account:bob", "branch:zurich")));
  // Size, checksum, coordinate number, the frame's own flags, the hash itself and the filling may differ between two
  // stores.
  const auto is_in = [](std::size_t at, auto field) { return at >= field.offset && at < field.end(); };
  const auto covered = [&is_in](std::size_t at) {
    return at != frame_layout::flags.end() - 1 && !is_in(at, frame_layout::coordinate) &&
           !is_in(at, frame_layout::hash) && at < frame_layout::hash.end() + std::string_view{"payload"}.size();
  };
  for (std::size_t at = frame_layout::kind.offset; at < raw.size(); ++at) {
    if (is_in(at, frame_layout::extension_size) || is_in(at, frame_layout::payload_size)) continue;  // move the payload
    bytes changed = raw;
    changed[at] ^= std::byte{1};
    CAPTURE(at);
    CHECK((frame_view{changed.data(), true}.computed_hash(some_hash(), where) != hash) == covered(at));
  }
}

TEST_CASE("an extension is found behind others, known or not", "[event][frame]") {
  const bytes raw = with_extensions(some_extensions());
  const frame_view frame{raw.data(), false};
  CHECK(frame.extension(extension_type::bypass_reason) == bytes_view{"why!"});
  CHECK(frame.extension(extension_type::lane)->size() == 8);
  CHECK(frame.id_extension(extension_type::correlation_id)->raw()[15] == 15);
  CHECK_FALSE(frame.extension(extension_type::causation_id));
  CHECK_FALSE(frame.id_extension(extension_type::idempotency_key));
}

TEST_CASE("of two extensions of a type the first counts, and an empty one is one", "[event][frame]") {
  const bytes raw = with_extensions(joined({extension(5, ""), extension(5, "late")}));
  const auto found = frame_view{raw.data(), false}.extension(extension_type::bypass_reason);
  REQUIRE(found);
  CHECK(found->empty());
}

TEST_CASE("an extension of the wrong size is no id and no lane", "[event][frame]") {
  const bytes raw = with_extensions(
      joined({extension(1, "fifteen bytes!!"), extension(2, "seventeen bytes!!"), extension(4, "seven!!")}));
  const quipu::event_header header = frame_view{raw.data(), false}.header();
  CHECK(header.correlation_id == header.id);
  CHECK_FALSE(header.causation_id);
  CHECK(header.position.lane == 0);
}

TEST_CASE("extensions that run over their end are never read", "[event][frame]") {
  const bytes whole = joined({extension(99, "ab"), extension(5, "why!")});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const bytes raw = with_extensions(bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    CAPTURE(size);
    CHECK_FALSE(frame_view{raw.data(), false}.extension(extension_type::bypass_reason));
  }
  const bytes claims_65535{std::byte{99}, std::byte{0}, std::byte{0xFF}, std::byte{0xFF}};
  const bytes too_long = with_extensions(joined({claims_65535, extension(5, "why!")}));
  CHECK_FALSE(frame_view{too_long.data(), false}.extension(extension_type::bypass_reason));
}
