// SPDX-License-Identifier: BSL-1.0
//
// log_files.ipp: see journal/segment/log_files.hpp.
#pragma once

#include "../../../environment/environment.hpp"
#include "../../../hash/blake3.hpp"
#include "../../../journal/config.hpp"
#include "../../../journal/format/compaction_manifest.hpp"
#include "../../../journal/format/layout.hpp"
#include "../../../journal/reports.hpp"
#include "../../../journal/segment/log_files.hpp"
#include "../../../journal/segment/segment.hpp"
#include "../../../journal/segment/whole_file.hpp"
#include "../../../journal/write/append_entry.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL log_files::log_files(std::shared_ptr<environment> world, const std::filesystem::path& where, bool create)
    : world_{std::move(world)}, directory_{open_directory(*world_, where, create)} {}

QUIPU_DECL std::unique_ptr<environment_directory> log_files::open_directory(environment& world,
                                                                            const std::filesystem::path& where,
                                                                            bool create) {
  try {
    auto opened = world.open_directory(where, false);
    if (!create || opened->exists(std::string{store_file_name})) return opened;
  } catch (const error& failure) {
    if (!create || failure.code() != errc::not_found) throw;
  }
  return world.open_directory(where, true);
}

QUIPU_DECL std::unique_ptr<environment_lock> log_files::lock() { return directory_->lock(std::string{lock_file_name}); }

QUIPU_DECL log_files::number_list log_files::segment_numbers() const {
  number_list numbers;
  for (const std::string& name : directory_->list())
    if (const auto number = segment_number(name)) numbers.push_back(*number);
  return numbers;
}

QUIPU_DECL log_files::placed_list log_files::segments_in_effect() const {
  const std::optional<compaction_manifest> decided = read_manifest();
  return segments_among(directory_->list(), decided);
}

QUIPU_DECL log_files::placed_list log_files::segments_among(const name_list& names,
                                                            const std::optional<compaction_manifest>& decided) const {
  placed_list all;
  for (const std::string& name : names) {
    const auto number = segment_number(name);
    if (!number) continue;
    const bool has_index = std::binary_search(names.begin(), names.end(), index_name(*number));
    if (!decided || !decided->replaces(*number))
      all.push_back({*number, name, has_index});
    else if (const std::string made = segment_name(*number, replacement_suffix); decided->makes(*number))
      all.push_back({*number, directory_->exists(made) ? made : name, has_index});
  }
  return all;
}

QUIPU_DECL segment_head log_files::read_head(const environment_file& file, std::uint64_t first_sequence,
                                             const std::string& path,
                                             std::array<std::byte, segment_head::size>& raw) const {
  const segment_head head = segment_head::decode(bytes_view{raw.data(), file.read_at(raw.data(), raw.size(), 0)}, path);
  if (!head.common.identity.is_of_same_store(identity()))
    throw_corrupt("the segment belongs to another store", path, file_head::layout::lineage.offset);
  if (head.first_sequence != first_sequence)
    throw_corrupt("the segment's name isn't the number of its first event", path,
                  segment_head::layout::first_sequence.offset);
  return head;
}

QUIPU_DECL void log_files::require_own(const placed_segment& file) const { static_cast<void>(generation_of(file)); }

QUIPU_DECL std::uint64_t log_files::generation_of(const placed_segment& file) const {
  const auto opened = directory_->open_file(file.name, open_mode::read);
  std::array<std::byte, segment_head::size> raw{};
  return read_head(*opened, file.first_sequence, std::string{opened->path()}, raw).generation;
}

QUIPU_DECL void log_files::refuse(const placed_segment& found, std::uint64_t expected) const {
  require_own(found);
  const std::string where{directory_->path()};
  if (found.first_sequence < expected)
    throw error{errc::corrupt,
                "the segment isn't a part of the log: the one before it has its events already",
                {.path = where + "/" + found.name, .expected = expected, .actual = found.first_sequence}};
  throw error{errc::corrupt,
              "a segment of the log is missing",
              {.path = where + "/" + segment_name(expected), .expected = expected, .actual = found.first_sequence}};
}

QUIPU_DECL bool log_files::has_store() const {
  return directory_->exists(std::string{store_file_name}) || !segment_numbers().empty();
}

QUIPU_DECL void log_files::require_store() const {
  if (!has_store())
    throw error{errc::not_found, "there is no store in the directory", {.path = std::string{directory_->path()}}};
}

QUIPU_DECL void log_files::require_store_or_room() const {
  if (has_store()) return;
  for (const std::string& name : directory_->list())
    if (name != lock_file_name && !is_unfinished(name) && name != "lost+found")
      throw error{errc::not_found,
                  "there is no store in the directory, and none is created among other files, such as \"" + name + "\"",
                  {.path = std::string{directory_->path()}}};
}

QUIPU_DECL void log_files::require_no_store() const {
  // A segment alone is what an interrupted creation leaves.
  if (directory_->exists(std::string{store_file_name}))
    throw error{errc::configuration,
                "config.error_if_exists: there is a store in the directory already",
                {.path = std::string{directory_->path()}}};
}

QUIPU_DECL log_files::opened_store log_files::open_or_create(bool chained, const std::optional<digest>& key,
                                                             std::int64_t now_us, const event_id& lineage) {
  const std::string store_file{store_file_name};
  std::unique_ptr<environment_lock> held;
  if (directory_->exists(store_file)) held = directory_->lock(store_file);
  name_list names = directory_->list();
  for (const std::string& name : names)
    if (is_unfinished(name)) directory_->remove(name);
  if (held) {
    read_store_file();
    unfinished_compaction_ = read_manifest();
    take_key(key, true);
    if (unfinished_compaction_) {
      apply(*unfinished_compaction_);
      names = directory_->list();
    }
    remove_replacements(names);
    return {std::move(held), segments_among(names, std::nullopt), false};
  }
  const number_list segments = segment_numbers();
  if (segments.empty()) {
    if (key && !chained)
      throw error{errc::configuration, "config.chain_key: a store without a chain has no use for a key"};
    head_.common.identity = new_identity(chained, now_us);
    if (!lineage.is_nil()) head_.common.identity.lineage = lineage;
    head_.common.identity.keyed = key.has_value();
    head_.common.created_at_us = now_us;
    prepare_segment(0, chained ? blake3_hasher{}.finish() : digest{}, now_us);
    finish_segment(0);
  } else {
    adopt(segments);
  }
  if (key && head_.common.identity.keyed) head_.key_check = head_.common.identity.use_key(*key);
  take_key(key, true);
  const auto raw = head_.encode();
  replace_file(*directory_, store_file, bytes_view{raw.data(), raw.size()});
  return {directory_->lock(store_file), segments_among(directory_->list(), std::nullopt), true};
}

QUIPU_DECL void log_files::open_existing(const std::optional<digest>& key) {
  require_store();
  try {
    read_store_file();
  } catch (const error& failure) {
    if (failure.code() != errc::not_found) throw;
    require_identity();
    read_store_file();  // a writer has created it meanwhile
  }
  take_key(key, false);
}

QUIPU_DECL std::optional<damage_report> log_files::open_salvage(const std::optional<digest>& key) {
  try {
    read_store_file();
    take_key(key, false);
    return std::nullopt;
  } catch (const error& failure) {
    if (failure.code() != errc::corrupt && failure.code() != errc::not_found &&
        failure.code() != errc::unsupported_format)
      throw;
    const number_list segments = segment_numbers();
    const bool is_missing = failure.code() == errc::not_found && !segments.empty();
    for (const std::uint64_t number : segments)
      if (learn_identity(number))
        return damage_report{std::string{directory_->path()} + "/" + std::string{store_file_name}, 0, 0, 0,
                             is_missing ? without_identity().what() : failure.what()};
    if (is_missing) throw without_identity();
    throw;
  }
}

QUIPU_DECL void log_files::prepare_segment(std::uint64_t first_sequence, const digest& head_before,
                                           std::int64_t now_us) {
  segment_head head;
  head.common = head_.common;
  head.common.created_at_us = now_us;
  head.first_sequence = first_sequence;
  head.head_before = head_before;
  const auto raw = head.encode();
  write_unfinished(*directory_, segment_name(first_sequence), bytes_view{raw.data(), raw.size()});
}

QUIPU_DECL void log_files::discard_segment(std::uint64_t first_sequence) noexcept {
  try {
    discard_unfinished(*directory_, segment_name(first_sequence));
  } catch (...) {
    return;  // out of memory: the next writer removes it
  }
}

QUIPU_DECL void log_files::remove_replacements(const name_list& names) {
  const std::string unfinished = std::string{compaction_file_name}.append(unfinished_suffix);
  for (const std::string& name : names)
    if (segment_number(name, replacement_suffix) || name == unfinished) directory_->remove(name);
}

QUIPU_DECL void log_files::decide(compaction_manifest manifest, std::int64_t now_us) {
  manifest.common = head_.common;
  manifest.common.created_at_us = now_us;
  replace_file(*directory_, std::string{compaction_file_name}, bytes_view{manifest.encode()});
}

QUIPU_DECL bool log_files::is_decided() const { return directory_->exists(std::string{compaction_file_name}); }

QUIPU_DECL void log_files::apply(const compaction_manifest& manifest) {
  for (const std::uint64_t first : manifest.replaced) directory_->remove(segment_name(first, index_suffix));
  directory_
      ->sync();  // before the segments: an index file must not be found beside a segment that it was not made from
  for (const std::uint64_t first : manifest.made)
    if (const std::string made = segment_name(first, replacement_suffix); directory_->exists(made))
      directory_->rename(made, segment_name(first));
  for (const std::uint64_t first : manifest.replaced)
    if (!manifest.makes(first)) directory_->remove(segment_name(first));
  directory_->sync();
}

QUIPU_DECL void log_files::end_compaction() {
  directory_->remove(std::string{compaction_file_name});
  directory_->sync();
  unfinished_compaction_.reset();
}

QUIPU_DECL bool log_files::mapped_segment::read(std::byte* to, std::size_t count, std::uint64_t offset) const {
  return (kept != nullptr ? *kept : *file).read_at(to, count, offset) == count;
}

QUIPU_DECL log_files::mapped_segment log_files::map_segment(std::uint64_t first_sequence, std::size_t capacity,
                                                            open_mode mode, bool keep_file) {
  return map_segment(first_sequence, segment_name(first_sequence), capacity, mode, keep_file);
}

QUIPU_DECL log_files::mapped_segment log_files::map_prepared(std::uint64_t first_sequence, std::size_t capacity) {
  return map_segment(first_sequence, unfinished_name(segment_name(first_sequence)), capacity, open_mode::write, false);
}

QUIPU_DECL log_files::mapped_segment log_files::map_segment(std::uint64_t first_sequence, const std::string& name,
                                                            std::size_t capacity, open_mode mode, bool keep_file) {
  mapped_segment mapped = open_segment(first_sequence, name, mode, keep_file);
  mapped.map(capacity);
  return mapped;
}

QUIPU_DECL log_files::mapped_segment log_files::open_segment(std::uint64_t first_sequence, const std::string& name,
                                                             open_mode mode, bool keep_file) const {
  std::unique_ptr<environment_file> file = directory_->open_file(name, mode);
  mapped_segment opened;
  opened.size = file->size();
  opened.path = std::string{directory_->path()}.append("/").append(segment_name(first_sequence));
  const segment_head head = read_head(*file, first_sequence, opened.path, opened.head);
  opened.head_before = head.head_before;
  opened.bytes.generation = head.generation;
  opened.bytes.storage = opened.stored_;
  if (keep_file) {
    opened.stored_->file = std::move(file);
    opened.kept = opened.stored_->file.get();
    opened.bytes.file_size = [](const void* of) { return static_cast<const stored_bytes*>(of)->file->size(); };
  } else {
    opened.file = std::move(file);
  }
  return opened;
}

QUIPU_DECL void log_files::mapped_segment::map(std::size_t capacity) {
  const environment_file& of = kept != nullptr ? *kept : *file;
  // A writer with larger limits may have left more than `capacity`: then the seal, or a mark, still comes behind it.
  constexpr std::size_t room_for_end = 4096;
  const auto whole = static_cast<std::size_t>(size);
  stored_->mapping = capacity == 0 ? of.map_complete(whole) : of.map(std::max(whole + room_for_end, capacity));
  bytes.base = stored_->mapping.data;
}

QUIPU_DECL std::optional<seal_content> log_files::mapped_segment::read_seal(const store_identity& identity) const {
  std::array<std::byte, frame_size(seal_content::size, 0, false)> raw{};
  if (!read_last(event_kind::system_checkpoint, raw.data(), raw.size(), identity)) return std::nullopt;
  const frame_view frame = frame_view::any(raw.data(), identity.chained);
  const auto seal = seal_content::read(frame.payload());
  return seal && seal->next_sequence == frame.sequence() ? seal : std::nullopt;
}

QUIPU_DECL bool log_files::mapped_segment::ends_with_mark(const store_identity& identity) const {
  std::array<std::byte, frame_header_size> raw{};
  return read_last(event_kind::system_shutdown, raw.data(), raw.size(), identity);
}

QUIPU_DECL bool log_files::mapped_segment::read_last(event_kind kind, std::byte* to, std::size_t count,
                                                     const store_identity& identity) const {
  if (size < segment_head::size + count || !read(to, count, size - count)) return false;
  if (!check_frame(to, count, identity.checksum_seed, identity.chained)) return false;
  const frame_view frame = frame_view::any(to, identity.chained);
  return frame.is_internal() && frame.kind() == kind && frame.size() == count;
}

QUIPU_DECL log_files::mapped_file log_files::map_index(const environment_directory& directory,
                                                       std::uint64_t first_sequence) {
  try {
    const std::unique_ptr<environment_file> file = directory.open_file(index_name(first_sequence), open_mode::read);
    const auto size = static_cast<std::size_t>(file->size());
    if (size == 0) return {};
    const auto storage = std::make_shared<file_mapping>(file->map_complete(size));
    return {{storage->data, size}, storage};
  } catch (const error&) {
    return {};  // there may be none, or a compaction may have removed it
  }
}

QUIPU_DECL void log_files::write_index(std::uint64_t first_sequence, bytes_view content) {
  const std::string name = index_name(first_sequence);
  write_unfinished(*directory_, name, content, file_flush::no);
  try {
    directory_->rename(unfinished_name(name), name);
  } catch (...) {
    discard_unfinished(*directory_, name);  // frees its space
    throw;
  }
}

QUIPU_DECL std::optional<compaction_manifest> log_files::read_manifest() const {
  const std::string name{compaction_file_name};
  if (!directory_->exists(name)) return std::nullopt;
  try {
    const std::unique_ptr<environment_file> file = directory_->open_file(name, open_mode::read);
    bytes raw(static_cast<std::size_t>(file->size()));
    raw.resize(file->read_at(raw.data(), raw.size(), 0));
    return compaction_manifest::decode(bytes_view{raw}, identity(), std::string{file->path()});
  } catch (const error& failure) {
    if (failure.code() == errc::not_found) return std::nullopt;  // the compaction has ended
    throw;
  }
}

QUIPU_DECL void log_files::take_key(const std::optional<digest>& key, bool needed) {
  store_identity& own = head_.common.identity;
  const auto refuse = [this](const char* why) {
    throw error{errc::configuration, why, {.path = std::string{directory_->path()}}};
  };
  if (!own.keyed) {
    if (key) refuse("config.chain_key: the store's chain was begun without a key");
  } else if (!key) {
    if (needed)
      refuse("config.chain_key is missing: the store's chain is made with a key, and nothing can be added without it");
  } else if (own.use_key(*key) != head_.key_check) {
    refuse("config.chain_key isn't the key that the store's chain is made with");
  }
}

QUIPU_DECL void log_files::read_store_file() {
  const std::unique_ptr<environment_file> file = directory_->open_file(std::string{store_file_name}, open_mode::read);
  std::array<std::byte, store_head::size> raw{};
  const std::size_t got = file->read_at(raw.data(), raw.size(), 0);
  head_ = store_head::decode(bytes_view{raw.data(), got}, std::string{file->path()});
}

QUIPU_DECL store_identity log_files::new_identity(bool chained, std::int64_t now_us) {
  std::array<std::byte, 12> random{};
  world_->random(random.data(), random.size());
  store_identity made;
  made.lineage = event_id::from_reading({now_us, load_little_endian<std::uint32_t>(random.data() + 5)},
                                        load_little_endian<std::uint64_t>(random.data()));
  made.checksum_seed = load_little_endian<std::uint32_t>(random.data() + 8);
  made.chained = chained;
  return made;
}

QUIPU_DECL bool log_files::learn_identity(std::uint64_t segment_first) {
  try {
    const std::unique_ptr<environment_file> file = directory_->open_file(segment_name(segment_first), open_mode::read);
    std::array<std::byte, segment_head::size> raw{};
    const std::size_t got = file->read_at(raw.data(), raw.size(), 0);
    head_.common = segment_head::decode(bytes_view{raw.data(), got}, std::string{file->path()}).common;
    head_.common.compacted = false;
    return true;
  } catch (const error& failure) {
    if (failure.code() != errc::corrupt && failure.code() != errc::unsupported_format) throw;
    return false;
  }
}

QUIPU_DECL bool log_files::is_begun(const number_list& segments) const {
  return segments.size() == 1 && segments.front() == 0 &&
         directory_->open_file(segment_name(0), open_mode::read)->size() == segment_head::size;
}

QUIPU_DECL error log_files::without_identity() const {
  return error{errc::corrupt,
               "the store has segments, but not the file that says what it is, which snapshots write last: is this an "
               "unfinished copy?",
               {.path = std::string{directory_->path()} + "/" + std::string{store_file_name}}};
}

QUIPU_DECL void log_files::require_identity() const {
  const number_list segments = segment_numbers();
  const bool is_creating = segments.empty() || is_begun(segments);
  if (directory_->exists(std::string{store_file_name})) return;
  if (!is_creating) throw without_identity();
  throw error{errc::not_found, "there is no store in the directory", {.path = std::string{directory_->path()}}};
}

QUIPU_DECL void log_files::adopt(const number_list& segments) {
  if (!is_begun(segments)) throw without_identity();
  const std::unique_ptr<environment_file> file = directory_->open_file(segment_name(0), open_mode::read);
  std::array<std::byte, segment_head::size> raw{};
  const std::size_t got = file->read_at(raw.data(), raw.size(), 0);
  head_.common = segment_head::decode(bytes_view{raw.data(), got}, std::string{file->path()}).common;
}

}  // namespace quipu::detail::inline QUIPU_MODE
