// SPDX-License-Identifier: BSL-1.0
//
// log_files.hpp: makes and opens the files of a store, so that each appears whole or not at all: it is written under another
// name, flushed, and renamed; then the directory is flushed.
#pragma once

#include "../../core/blake3.hpp"
#include "../../core/detail/ordering.hpp"
#include "../../core/detail/owner.hpp"
#include "../../environment/environment.hpp"
#include "../journal_options.hpp"
#include "layout.hpp"
#include "segment.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail {

/// The directory of a store.
template <environment Environment>
class log_files {
  using when = deferred<Environment, when_used>;
  using segment_head = basic_segment_head<when>;
  using store_head = basic_store_head<when>;
  using number_list = std::vector<deferred<Environment, std::uint64_t>>;

 public:
  using directory_type = decltype(std::declval<Environment&>().open_directory(std::declval<const path&>(), true));
  using file_type = decltype(std::declval<const directory_type&>().open_file(std::declval<const std::string&>(), open_mode::read));
  using lock_type = decltype(std::declval<directory_type&>().lock(std::declval<const std::string&>()));

  log_files(Environment world, const path& where, bool create) : world_{std::move(world)}, directory_{world_.open_directory(where, create)} {}

  [[nodiscard]] directory_type& directory() noexcept { return directory_; }
  [[nodiscard]] Environment& world() noexcept { return world_; }
  [[nodiscard]] const store_identity& identity() const noexcept { return head_.common.identity; }
  [[nodiscard]] const store_head& head() const noexcept { return head_; }
  [[nodiscard]] std::int64_t created_at_us() const noexcept { return head_.common.created_at_us; }

  [[nodiscard]] lock_type lock() { return directory_.lock(std::string{lock_file_name}); }

  [[nodiscard]] number_list segment_numbers() const {
    number_list numbers;
    for (const std::string& name : directory_.list())
      if (const auto number = segment_number(name)) numbers.push_back(*number);
    return numbers;
  }

  /// Finds out what the store is, and makes one where there is none. Only for the writer, which holds the lock.
  void open_or_create(bool chained, std::int64_t now_us) {
    for (const std::string& name : directory_.list())
      if (is_unfinished(name)) directory_.remove(name);
    if (directory_.exists(std::string{store_file_name})) return read_store_file();
    const number_list segments = segment_numbers();
    if (segments.empty()) {
      head_.common.identity = new_identity(chained, now_us);
      head_.common.created_at_us = now_us;
      prepare_segment(0, chained ? deferred<Environment, blake3_hasher>{}.finish() : digest{}, now_us);
      finish_segment(0);
    } else {
      adopt(segments);
    }
    write_unfinished(std::string{store_file_name}, head_.encode());
    finish(std::string{store_file_name});
  }

  /// Reads what the store is; `errc::not_found` where there is none.
  void open_existing() { read_store_file(); }

  /// Makes the file of a segment, with its head and nothing else, under the name that it has until `finish_segment`.
  void prepare_segment(std::uint64_t first_sequence, const digest& head_before, std::int64_t now_us) {
    segment_head head;
    head.common = head_.common;
    head.common.created_at_us = now_us;
    head.first_sequence = first_sequence;
    head.head_before = head_before;
    write_unfinished(segment_name<when>(first_sequence), head.encode());
  }
  void finish_segment(std::uint64_t first_sequence) { finish(segment_name<when>(first_sequence)); }
  void discard_segment(std::uint64_t first_sequence) noexcept {
    try {
      directory_.remove(unfinished_name(segment_name<when>(first_sequence)));
    } catch (...) {
      return;  // the next writer removes it
    }
  }

  /// A segment's file, and its bytes: as many as it has, or the first `capacity` where that is more.
  struct mapped_segment {
    std::optional<file_type> file{};  ///< where the bytes don't keep it
    file_type* kept{};                ///< where they do
    std::string path{};
    segment_bytes bytes{};
    std::uint64_t size{};
    digest head_before{};

    /// Reads bytes that the file has, without bringing a page of the mapping in, which takes longer.
    [[nodiscard]] bool read(std::byte* to, std::size_t count, std::uint64_t offset) const {
      return (kept != nullptr ? *kept : *file).read_at(to, count, offset) == count;
    }
  };
  /// `keep_file` keeps the file open with the bytes, so that it can be asked later whether it was cut off. `is_unfinished`: it was prepared, and has its
  /// other name still.
  [[nodiscard]] mapped_segment map_segment(std::uint64_t first_sequence, std::size_t capacity, open_mode mode, bool keep_file, bool is_unfinished = false) {
    const std::string name = segment_name<when>(first_sequence);
    file_type file = directory_.open_file(is_unfinished ? unfinished_name(name) : name, mode);
    mapped_segment mapped;
    mapped.size = file.size();
    mapped.path = std::string{directory_.path()}.append("/").append(name);
    auto storage = make_shared_owner<stored_bytes>(file.map(larger<std::size_t>(mapped.size, capacity)));
    mapped.bytes.base = storage->mapping.data();
    std::array<std::byte, segment_head::size> raw{};
    const segment_head head = segment_head::decode(bytes_view{raw.data(), file.read_at(raw.data(), raw.size(), 0)}, mapped.path);
    if (head.common.identity.lineage != identity().lineage || head.common.identity.checksum_seed != identity().checksum_seed ||
        head.common.identity.chained != identity().chained)
      throw_corrupt("the segment belongs to another store", mapped.path, 16);
    if (head.first_sequence != first_sequence) throw_corrupt("the segment's name isn't the number of its first event", mapped.path, 48);
    mapped.head_before = head.head_before;
    if (keep_file) {
      mapped.kept = &storage->file.emplace(std::move(file));
      mapped.bytes.file_size = [](const void* of) { return static_cast<const stored_bytes*>(of)->file->size(); };
    } else {
      mapped.file.emplace(std::move(file));
    }
    mapped.bytes.storage = std::move(storage);
    return mapped;
  }

  /// The index file of a segment, mapped; no bytes where there is none.
  struct mapped_file {
    bytes_view content{};
    shared_owner<const void> storage{};
  };
  [[nodiscard]] mapped_file map_index(std::uint64_t first_sequence) {
    const std::string name = index_name<when>(first_sequence);
    if (!directory_.exists(name)) return {};
    const file_type file = directory_.open_file(name, open_mode::read);
    const auto size = static_cast<std::size_t>(file.size());
    if (size == 0) return {};
    auto storage = make_shared_owner<stored_bytes>(file.map(size));
    const bytes_view content{storage->mapping.data(), size};
    return {content, std::move(storage)};
  }
  /// Puts an index file in its place. It isn't flushed: one that a crash left damaged is made again.
  void write_index(std::uint64_t first_sequence, bytes_view content) {
    const std::string name = index_name<when>(first_sequence);
    const std::string unfinished = unfinished_name(name);
    directory_.remove(unfinished);
    directory_.open_file(unfinished, open_mode::create).write_at(content, 0);
    directory_.rename(unfinished, name);
  }

 private:
  [[nodiscard]] static std::string unfinished_name(const std::string& name) { return std::string{name}.append(unfinished_suffix); }

  template <std::size_t size>
  void write_unfinished(const std::string& name, const std::array<std::byte, size>& content) {
    const std::string unfinished = unfinished_name(name);
    directory_.remove(unfinished);
    file_type file = directory_.open_file(unfinished, open_mode::create);
    file.write_at(bytes_view{content.data(), content.size()}, 0);
    file.sync();
  }
  void finish(const std::string& name) {
    directory_.rename(unfinished_name(name), name);
    directory_.sync();
  }

  void read_store_file() {
    const file_type file = directory_.open_file(std::string{store_file_name}, open_mode::read);
    std::array<std::byte, store_head::size> raw{};
    const std::size_t got = file.read_at(raw.data(), raw.size(), 0);
    head_ = store_head::decode(bytes_view{raw.data(), got}, std::string{file.path()});
  }

  [[nodiscard]] store_identity new_identity(bool chained, std::int64_t now_us) {
    std::array<std::byte, 12> random{};
    world_.random(random.data(), random.size());
    store_identity made;
    made.lineage = event_id::from_reading({now_us, load_little_endian<std::uint32_t>(random.data() + 5)}, load_little_endian<std::uint64_t>(random.data()));
    made.checksum_seed = load_little_endian<std::uint32_t>(random.data() + 8);
    made.chained = chained;
    return made;
  }

  /// A store whose making was cut short: there is a segment without events, and nothing that says what the store is. Anything else
  /// without `quipu.store` has lost it.
  void adopt(const number_list& segments) {
    const file_type file = directory_.open_file(segment_name<when>(segments.front()), open_mode::read);
    if (segments.size() != 1 || segments.front() != 0 || file.size() != segment_head::size)
      throw error{errc::corrupt, "the store has segments, but not the file that says what it is",
                  {.path = std::string{directory_.path()} + "/" + std::string{store_file_name}}};
    std::array<std::byte, segment_head::size> raw{};
    const std::size_t got = file.read_at(raw.data(), raw.size(), 0);
    head_.common = segment_head::decode(bytes_view{raw.data(), got}, std::string{file.path()}).common;
  }

  struct stored_bytes {
    decltype(std::declval<const file_type&>().map(std::size_t{})) mapping;
    std::optional<file_type> file{};
    explicit stored_bytes(decltype(std::declval<const file_type&>().map(std::size_t{})) made) : mapping{std::move(made)} {}
  };

  Environment world_;
  directory_type directory_;
  store_head head_{};
};

}  // namespace quipu::detail
