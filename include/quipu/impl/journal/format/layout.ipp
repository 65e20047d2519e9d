// SPDX-License-Identifier: BSL-1.0
//
// layout.ipp: see journal/format/layout.hpp.
#pragma once

#include "../../../core/byte_io.hpp"
#include "../../../core/detail/field.hpp"
#include "../../../core/error.hpp"
#include "../../../core/event_kind.hpp"
#include "../../../event/event_id.hpp"
#include "../../../event/event_name.hpp"
#include "../../../event/frame.hpp"
#include "../../../hash/blake3.hpp"
#include "../../../hash/crc32c.hpp"
#include "../../../hash/digest.hpp"
#include "../../../journal/format/layout.hpp"
#include "../../../version.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL std::string segment_name(std::uint64_t first_sequence, std::string_view suffix) {
  std::string digits = std::to_string(first_sequence);
  return std::string(20 - digits.size(), '0').append(digits).append(suffix);
}

QUIPU_DECL std::string index_name(std::uint64_t first_sequence) { return segment_name(first_sequence, index_suffix); }

QUIPU_DECL std::optional<std::uint64_t> segment_number(std::string_view name, std::string_view suffix) noexcept {
  if (name.size() != 20 + suffix.size() || !name.ends_with(suffix)) return std::nullopt;
  std::uint64_t number = 0;
  for (const char digit : name.substr(0, 20)) {
    if (digit < '0' || digit > '9' || number > UINT64_MAX / 10) return std::nullopt;
    const auto value = static_cast<std::uint64_t>(digit - '0');
    if (number * 10 > UINT64_MAX - value) return std::nullopt;
    number = number * 10 + value;
  }
  return number;
}

QUIPU_DECL bool is_unfinished(std::string_view name) noexcept {
  if (!name.ends_with(unfinished_suffix)) return false;
  name.remove_suffix(unfinished_suffix.size());
  return name == store_file_name || name == compaction_file_name || name == end_file_name ||
         name == replica_file_name || segment_number(name).has_value() ||
         segment_number(name, index_suffix).has_value();
}

QUIPU_DECL std::array<std::byte, 16> store_identity::use_key(const digest& secret) {
  bytes about;
  byte_writer writer{about};
  writer.write(bytes_view{std::string_view{"quipu event chain"}});
  writer.write(lineage.raw().data(), 16);
  const digest own = blake3_keyed(secret, about);
  key = {blake3_key_words(own.bytes()), blake3_flag::keyed};
  content_key = blake3_keyed(own, std::string_view{"quipu content digest"});
  key_known = true;
  const digest proof = blake3_keyed(own, std::string_view{"quipu key check"});
  std::array<std::byte, 16> check;
  std::memcpy(check.data(), proof.bytes().data(), check.size());
  return check;
}

QUIPU_DECL void throw_corrupt(const std::string& message, std::string file, std::uint64_t offset) {
  throw error{errc::corrupt, message, {.path = std::move(file), .offset = offset}};
}

QUIPU_DECL void file_head::put(std::byte* to, std::string_view magic, std::uint32_t size,
                               std::uint16_t version) const noexcept {
  std::memset(to, 0, size);
  std::memcpy(to + layout::magic.offset, magic.data(), layout::magic.size());
  layout::version.store(to, version);
  layout::flags.store(to, static_cast<std::uint16_t>((identity.chained ? layout_flag_chained : 0) |
                                                     (compacted ? layout_flag_compacted : 0) |
                                                     (identity.keyed ? layout_flag_keyed : 0)));
  layout::lineage.store(to, identity.lineage);
  layout::checksum_seed.store(to, identity.checksum_seed);
  layout::head_size.store(to, size);
  layout::created_at_us.store(to, created_at_us);
}

QUIPU_DECL void file_head::seal(std::byte* head, std::size_t size) noexcept {
  layout::checksum.store(head, 0);
  layout::checksum.store(head, crc32c(bytes_view{head, size}));
}

QUIPU_DECL bool file_head::is_whole(bytes_view raw, std::size_t size) noexcept {
  if (raw.size() < size) return false;
  std::array<std::byte, 256> copy{};
  std::memcpy(copy.data(), raw.data(), size);
  seal(copy.data(), size);
  return layout::checksum.load(copy.data()) == layout::checksum.load(raw.data());
}

QUIPU_DECL void file_head::take(bytes_view raw, std::string_view magic, std::size_t size, const std::string& file,
                                std::uint16_t known_flags, std::uint16_t known_version) {
  const std::byte* const from = raw.data();
  if (raw.size() < common_size || std::memcmp(from + layout::magic.offset, magic.data(), layout::magic.size()) != 0)
    throw_corrupt("this isn't what its name says: the first bytes aren't " + std::string{magic}, file,
                  layout::magic.offset);
  const std::uint16_t version = layout::version.load(from);
  if (version > known_version)
    throw error{errc::unsupported_format,
                "the file was written in a newer format than this program knows",
                {.path = file, .expected = known_version, .actual = version}};
  if (version == 0) throw_corrupt("the format version is 0", file, layout::version.offset);
  if (raw.size() < size || layout::head_size.load(from) != size)
    throw_corrupt("the head is cut off or has another size", file, layout::head_size.offset);
  if (!is_whole(raw, size)) throw_corrupt("the head's checksum is wrong", file, layout::checksum.offset);
  const std::uint16_t flags = layout::flags.load(from);
  if ((flags & ~known_flags) != 0)
    throw error{errc::unsupported_format,
                "the file needs something that this program doesn't know (flags)",
                {.path = file, .expected = known_flags, .actual = flags}};
  identity.chained = (flags & layout_flag_chained) != 0;
  identity.keyed = (flags & layout_flag_keyed) != 0;
  compacted = (flags & layout_flag_compacted) != 0;
  identity.lineage = layout::lineage.load(from);
  identity.checksum_seed = layout::checksum_seed.load(from);
  created_at_us = layout::created_at_us.load(from);
}

QUIPU_DECL std::array<std::byte, store_head::size> store_head::encode() const noexcept {
  std::array<std::byte, size> raw{};
  common.put(raw.data(), magic, size);
  layout::key_check.store(raw.data(), key_check);
  file_head::seal(raw.data(), size);
  return raw;
}

QUIPU_DECL store_head store_head::decode(bytes_view raw, const std::string& file) {
  store_head head;
  head.common.take(raw, magic, size, file);
  head.key_check = layout::key_check.load(raw.data());
  return head;
}

QUIPU_DECL std::array<std::byte, segment_head::size> segment_head::encode() const noexcept {
  std::array<std::byte, size> raw{};
  common.put(raw.data(), magic, size);
  layout::first_sequence.store(raw.data(), first_sequence);
  layout::generation.store(raw.data(), generation);
  layout::head_before.store(raw.data(), head_before);
  file_head::seal(raw.data(), size);
  return raw;
}

QUIPU_DECL segment_head segment_head::decode(bytes_view raw, const std::string& file) {
  segment_head head;
  head.common.take(raw, magic, size, file, layout_flag_chained | layout_flag_compacted | layout_flag_keyed);
  head.first_sequence = layout::first_sequence.load(raw.data());
  head.generation = layout::generation.load(raw.data());
  head.head_before = layout::head_before.load(raw.data());
  return head;
}

QUIPU_DECL std::optional<schema_definition> schema_definition::read(const frame_view& frame) noexcept {
  const bytes_view payload = frame.payload();
  if (payload.size() < layout::head_size) return std::nullopt;
  const auto name = frame.extension(extension_type::type_name);
  return schema_definition{event_kind::from_raw(layout::kind.load(payload.data())),
                           layout::version.load(payload.data()), payload.subview(layout::head_size).text(),
                           name && is_event_name(name->text()) ? name->text() : std::string_view{}};
}

QUIPU_DECL std::size_t schema_definition::put(bytes& to) const {
  byte_writer writer{to};
  writer.put(kind.raw());
  writer.put(version);
  writer.write(bytes_view{text});
  if (type_name.empty()) return 0;
  writer.put(static_cast<std::uint16_t>(extension_type::type_name));
  writer.put(static_cast<std::uint16_t>(type_name.size()));
  writer.write(bytes_view{type_name});
  return extension_layout::head_size + type_name.size();
}

QUIPU_DECL std::optional<coordinate_definition> coordinate_definition::read(bytes_view payload) noexcept {
  byte_reader reader{payload};
  std::uint16_t size{};
  bytes_view entity;
  bytes_view scope;
  if (!reader.get(size) || !reader.take(entity, size) || !reader.take(scope, reader.remaining())) return std::nullopt;
  if (entity.empty() || scope.empty()) return std::nullopt;
  return coordinate_definition{entity.text(), scope.text()};
}

QUIPU_DECL void coordinate_definition::put(bytes& to) const {
  byte_writer writer{to};
  writer.put(static_cast<std::uint16_t>(entity.size()));
  writer.write(bytes_view{entity});
  writer.write(bytes_view{scope});
}

QUIPU_DECL void compaction_note::write(std::byte* to, std::uint64_t next_sequence) const noexcept {
  std::byte payload[size];
  layout::generation.store(payload, generation);
  write_frame(to,
              {.kind = event_kind::system_config_change,
               .flags = frame_flags::internal,
               .sequence = next_sequence,
               .payload = {payload, size}},
              false);
}

QUIPU_DECL std::optional<compaction_note> compaction_note::read(bytes_view payload) noexcept {
  if (payload.size() != size) return std::nullopt;
  return compaction_note{layout::generation.load(payload.data())};
}

QUIPU_DECL bytes seal_content::encode() const {
  bytes raw(size);
  layout::next_sequence.store(raw.data(), next_sequence);
  layout::head.store(raw.data(), head);
  return raw;
}

QUIPU_DECL std::optional<seal_content> seal_content::read(bytes_view payload) noexcept {
  if (payload.size() != size) return std::nullopt;
  return seal_content{layout::next_sequence.load(payload.data()), layout::head.load(payload.data())};
}

}  // namespace quipu::detail::inline QUIPU_MODE
