// SPDX-License-Identifier: BSL-1.0
//
// log_files.hpp: creates and opens the files of a store. Each appears whole or not at all: it is written under another
// name, flushed, and renamed; then the directory is flushed.
#pragma once

#include "../../environment/environment.hpp"
#include "../../event/event_id.hpp"
#include "../../hash/blake3.hpp"
#include "../../macros.hpp"
#include "../config.hpp"
#include "../format/compaction_manifest.hpp"
#include "../format/layout.hpp"
#include "../reports.hpp"
#include "../write/append_entry.hpp"
#include "segment.hpp"
#include "whole_file.hpp"

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

/// The directory of a store.
class log_files {
  using number_list = std::vector<std::uint64_t>;

 public:
  /// With `create`, makes a directory that is missing, and flushes its name. So does the next writer if that one died
  /// before the flush: `quipu.store` is made after it, and where that is, the name was flushed.
  log_files(std::shared_ptr<environment> world, const std::filesystem::path& where, bool create);

  [[nodiscard]] environment_directory& directory() noexcept { return *directory_; }
  /// For those that need it longer than this.
  [[nodiscard]] std::shared_ptr<const environment_directory> shared_directory() const noexcept { return directory_; }
  [[nodiscard]] const std::shared_ptr<environment>& world() const noexcept { return world_; }
  [[nodiscard]] const store_identity& identity() const noexcept { return head_.common.identity; }
  [[nodiscard]] const store_head& head() const noexcept { return head_; }
  [[nodiscard]] std::int64_t created_at_us() const noexcept { return head_.common.created_at_us; }

  /// Locks `quipu.lock`. A writer also holds the lock that `open_or_create` returns.
  [[nodiscard]] std::unique_ptr<environment_lock> lock();

  [[nodiscard]] number_list segment_numbers() const;

  /// A segment, the name of its file, and whether there is an index file, which may not fit.
  struct placed_segment {
    std::uint64_t first_sequence{};
    std::string name{};
    bool has_index{};
    friend bool operator==(const placed_segment&, const placed_segment&) = default;
  };
  using placed_list = std::vector<placed_segment>;
  /// The segments that make up the log, in order. While a compaction is decided and not finished, its replacements
  /// stand in for what they replace. Another process may be finishing it, so names may be gone when they are opened.
  [[nodiscard]] placed_list segments_in_effect() const;

  /// Throws `errc::corrupt`, with its path, if a file that has the name of a segment isn't one of this store, or not
  /// the one that its name says. A stray file can make a sound segment look as if it were cut off, or missing.
  void require_own(const placed_segment& file) const;
  /// The generation in the head of a segment's file. Throws as `require_own`.
  [[nodiscard]] std::uint64_t generation_of(const placed_segment& file) const;
  /// For a log that goes on with `expected` where `found` is the next file: throws `errc::corrupt` with the path of
  /// what is wrong: a stray file, or the segment that is missing.
  [[noreturn]] void refuse(const placed_segment& found, std::uint64_t expected) const;

  /// Throws `errc::not_found` unless there is a store in the directory.
  void require_store() const;
  /// Throws `errc::not_found` if there is no store in the directory and files that don't belong to one.
  void require_store_or_room() const;
  /// Throws `errc::configuration` if there is a store in the directory. Only for the writer, which holds the lock.
  void require_no_store() const;

  struct opened_store {
    /// On `quipu.store`, taken before anything was changed in a store that existed. It keeps a second writer out if
    /// `quipu.lock`, which no reader misses, is removed.
    std::unique_ptr<environment_lock> lock;
    placed_list segments;
    bool is_new;
  };
  /// Reads the store's identity, or creates a store if there is none. Finishes a compaction that was decided, except
  /// for `end_compaction`, and removes the remains of one that was not. Only for the writer, which holds the lock on
  /// `quipu.lock`. A new store gets this lineage, or a random one for the nil id. Throws `errc::locked`.
  [[nodiscard]] opened_store open_or_create(bool chained, const std::optional<digest>& key, std::int64_t now_us,
                                            const event_id& lineage = event_id::nil());

  /// Reads the store's identity. Throws `errc::not_found` if there is no store, `errc::corrupt` if there are segments
  /// with events but not the file with the identity, and `errc::configuration` if the key is not the store's.
  void open_existing(const std::optional<digest>& key);

  /// Reads the store's identity; if its file is damaged or missing, from a segment, and reports that. Throws as
  /// `open_existing` if no segment has it either. A key is used only if that file is sound, which proves it.
  [[nodiscard]] std::optional<damage_report> open_salvage(const std::optional<digest>& key);

  /// Creates the file of a segment, with its head only, under the name that it has until `finish_segment`.
  void prepare_segment(std::uint64_t first_sequence, const digest& head_before, std::int64_t now_us);
  void finish_segment(std::uint64_t first_sequence) { finish_file(*directory_, segment_name(first_sequence)); }
  void discard_segment(std::uint64_t first_sequence) noexcept;

  /// The compaction that opening for writing found decided and not finished.
  [[nodiscard]] const std::optional<compaction_manifest>& unfinished_compaction() const noexcept {
    return unfinished_compaction_;
  }

  /// Removes what an undecided compaction has written.
  void remove_replacements() { remove_replacements(directory_->list()); }
  /// Decides a compaction: from here on the replacements are the log. The manifest, the replacements and their names
  /// are on stable storage. After an exception, `is_decided` tells whether it took effect.
  void decide(compaction_manifest manifest, std::int64_t now_us);
  [[nodiscard]] bool is_decided() const;
  /// Gives the replacements their final names. May be repeated after a failure.
  void apply(const compaction_manifest& manifest);
  void end_compaction();

  struct stored_bytes {
    file_mapping mapping{};
    std::unique_ptr<environment_file> file{};
  };
  /// The mapped file of a segment: all its bytes, or `capacity` bytes if that is more.
  struct mapped_segment {
    std::unique_ptr<environment_file> file{};  ///< the file, if `bytes` does not own it
    environment_file* kept{};                  ///< the file, if `bytes` owns it
    std::string path{};
    segment_bytes bytes{};
    std::uint64_t size{};
    std::array<std::byte, segment_head::size> head{};  ///< the first bytes of the file
    digest head_before{};

    /// Reads from the file. Faster than touching pages of the mapping that are not in memory.
    [[nodiscard]] bool read(std::byte* to, std::size_t count, std::uint64_t offset) const;
    /// The seal that the file ends with; nothing if it doesn't end with one.
    [[nodiscard]] std::optional<seal_content> read_seal(const store_identity& identity) const;
    /// Whether the file ends with the mark of an orderly close.
    [[nodiscard]] bool ends_with_mark(const store_identity& identity) const;
    void map(std::size_t capacity);

   private:
    /// Reads the internal frame that the file ends with; false if it doesn't end with one of this kind and size.
    [[nodiscard]] bool read_last(event_kind kind, std::byte* to, std::size_t count,
                                 const store_identity& identity) const;

    friend class log_files;
    std::shared_ptr<stored_bytes> stored_ = std::make_shared<stored_bytes>();  // the `storage` of `bytes`
  };
  /// Opens a segment that does not change any more, and keeps its file open. Does not map it.
  [[nodiscard]] mapped_segment open_segment(const placed_segment& placed) const {
    return open_segment(placed.first_sequence, placed.name, open_mode::read, true);
  }
  /// `capacity` 0: the file does not change any more. `keep_file`: `bytes` keeps the file open, so that it can be
  /// checked later whether the file was cut off.
  [[nodiscard]] mapped_segment map_segment(std::uint64_t first_sequence, std::size_t capacity, open_mode mode,
                                           bool keep_file);
  /// Maps a segment that was prepared and is not finished.
  [[nodiscard]] mapped_segment map_prepared(std::uint64_t first_sequence, std::size_t capacity);
  /// Maps a segment whose file has another name for now; messages use its final name.
  [[nodiscard]] mapped_segment map_segment(std::uint64_t first_sequence, const std::string& name, std::size_t capacity,
                                           open_mode mode, bool keep_file);

  /// The mapped index file of a segment; no bytes if it is missing or unreadable.
  struct mapped_file {
    bytes_view content{};
    std::shared_ptr<const void> storage{};
  };
  [[nodiscard]] static mapped_file map_index(const environment_directory& directory, std::uint64_t first_sequence);
  /// Writes an index file. It is not flushed: if a crash damages it, it is made again.
  void write_index(std::uint64_t first_sequence, bytes_view content);

  /// Reads the manifest of a compaction, if there is one. Throws `errc::corrupt`.
  [[nodiscard]] std::optional<compaction_manifest> read_manifest() const;

 private:
  using name_list = std::vector<std::string>;

  [[nodiscard]] static std::unique_ptr<environment_directory> open_directory(environment& world,
                                                                             const std::filesystem::path& where,
                                                                             bool create);
  [[nodiscard]] bool has_store() const;
  /// The segments among the names of a directory, which are sorted.
  [[nodiscard]] placed_list segments_among(const name_list& names,
                                           const std::optional<compaction_manifest>& decided) const;
  void remove_replacements(const name_list& names);
  [[nodiscard]] mapped_segment open_segment(std::uint64_t first_sequence, const std::string& name, open_mode mode,
                                            bool keep_file) const;
  /// Reads the head of a segment's file to `raw`, and checks it. `path` is for messages.
  [[nodiscard]] segment_head read_head(const environment_file& file, std::uint64_t first_sequence,
                                       const std::string& path, std::array<std::byte, segment_head::size>& raw) const;

  /// Throws `errc::configuration` if the key is not the store's, or is `needed` and missing.
  void take_key(const std::optional<digest>& key, bool needed);

  void read_store_file();

  [[nodiscard]] store_identity new_identity(bool chained, std::int64_t now_us);

  [[nodiscard]] bool learn_identity(std::uint64_t segment_first);

  /// Completes a store whose creation was interrupted: it has a segment without events and no `quipu.store`. In any
  /// other case a missing `quipu.store` is damage.
  void adopt(const number_list& segments);
  /// Whether the segments are those that a store has before its file with the identity is made: one without events.
  [[nodiscard]] bool is_begun(const number_list& segments) const;
  /// The error for segments without the file with the identity.
  [[nodiscard]] error without_identity() const;
  /// Returns if there is a file with the identity. Throws `errc::corrupt` if there are segments with events without it,
  /// and `errc::not_found` if there are none.
  void require_identity() const;

  std::shared_ptr<environment> world_;
  std::shared_ptr<environment_directory> directory_;
  store_head head_{};
  std::optional<compaction_manifest> unfinished_compaction_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
