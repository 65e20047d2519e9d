// SPDX-License-Identifier: BSL-1.0
//
// log_files.hpp: makes and opens the files of a store, so that each appears whole or not at all: it is written under
// another name, flushed, and renamed; then the directory is flushed.
#pragma once

#include "../../environment/environment.hpp"
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
  log_files(std::shared_ptr<environment> world, const std::filesystem::path& where, bool create);

  [[nodiscard]] environment_directory& directory() noexcept { return *directory_; }
  [[nodiscard]] const std::shared_ptr<environment>& world() const noexcept { return world_; }
  [[nodiscard]] const store_identity& identity() const noexcept { return head_.common.identity; }
  [[nodiscard]] const store_head& head() const noexcept { return head_; }
  [[nodiscard]] std::int64_t created_at_us() const noexcept { return head_.common.created_at_us; }

  [[nodiscard]] std::unique_ptr<environment_lock> lock();

  [[nodiscard]] number_list segment_numbers() const;

  /// Where a segment is.
  struct placed_segment {
    std::uint64_t first_sequence{};
    std::string name{};
    friend bool operator==(const placed_segment&, const placed_segment&) = default;
  };
  using placed_list = std::vector<placed_segment>;
  /// The segments that make up the log, in its order: those by their own names, but while a compaction is decided and
  /// not over, what it made in place of what it replaces. Somebody else may be finishing it: names may be gone when
  /// they are opened.
  [[nodiscard]] placed_list segments_in_effect() const;

  /// Throws `errc::not_found` unless the directory has a store.
  void require_store() const;

  /// Finds out what the store is, and makes one where there is none. Finishes a compaction that was decided, but for
  /// `end_compaction`, and removes what is left of one that wasn't. Only for the writer, which holds the lock.
  void open_or_create(bool chained, const std::optional<digest>& key, std::int64_t now_us);

  /// Reads what the store is; `errc::not_found` where there is none, `errc::configuration` where the key isn't its.
  void open_existing(const std::optional<digest>& key);

  /// Reads what the store is, from a segment where its own file is damaged or gone, and says so then. Throws what
  /// `open_existing` does where none can tell.
  [[nodiscard]] std::optional<damage_report> open_salvage();

  /// Makes the file of a segment, with its head and nothing else, under the name that it has until `finish_segment`.
  void prepare_segment(std::uint64_t first_sequence, const digest& head_before, std::int64_t now_us);
  void finish_segment(std::uint64_t first_sequence) { finish_file(*directory_, segment_name(first_sequence)); }
  void discard_segment(std::uint64_t first_sequence) noexcept;

  /// The compaction that opening the log for writing found decided and not over.
  [[nodiscard]] const std::optional<compaction_manifest>& unfinished_compaction() const noexcept {
    return unfinished_compaction_;
  }

  /// What a compaction that isn't decided has written.
  void remove_replacements();
  /// From here on the replacements are the log. They and their names are on stable storage. When this throws,
  /// `is_decided` says which it is.
  void decide(compaction_manifest manifest, std::int64_t now_us);
  [[nodiscard]] bool is_decided() const;
  /// Gives the replacements their names. Done again, it goes on where it stopped.
  void apply(const compaction_manifest& manifest);
  void end_compaction();

  /// A segment's file, and its bytes: as many as it has, or the first `capacity` where that is more.
  struct mapped_segment {
    std::unique_ptr<environment_file> file{};  ///< where the bytes don't keep it
    environment_file* kept{};                  ///< where they do
    std::string path{};
    segment_bytes bytes{};
    std::uint64_t size{};
    digest head_before{};

    /// Reads bytes that the file has, without bringing a page of the mapping in, which takes longer.
    [[nodiscard]] bool read(std::byte* to, std::size_t count, std::uint64_t offset) const;
  };
  /// `keep_file` keeps the file open with the bytes, so that it can be asked later whether it was cut off.
  [[nodiscard]] mapped_segment map_segment(std::uint64_t first_sequence, std::size_t capacity, open_mode mode,
                                           bool keep_file);
  /// One that was prepared and isn't finished.
  [[nodiscard]] mapped_segment map_prepared(std::uint64_t first_sequence, std::size_t capacity);
  /// A segment whose file has another name for now; messages have the one that it is to get.
  [[nodiscard]] mapped_segment map_segment(std::uint64_t first_sequence, const std::string& name, std::size_t capacity,
                                           open_mode mode, bool keep_file);

  /// The index file of a segment, mapped; no bytes where there is none, or none that can be read.
  struct mapped_file {
    bytes_view content{};
    std::shared_ptr<const void> storage{};
  };
  [[nodiscard]] mapped_file map_index(std::uint64_t first_sequence);
  /// Puts an index file in its place. It isn't flushed: one that a crash left damaged is made again.
  void write_index(std::uint64_t first_sequence, bytes_view content);

  /// Reads the manifest of a compaction, if there is one. Throws `errc::corrupt`.
  [[nodiscard]] std::optional<compaction_manifest> read_manifest() const;

 private:
  /// Throws `errc::configuration` where the key isn't the store's, or is `needed` and missing.
  void take_key(const std::optional<digest>& key, bool needed);

  void read_store_file();

  [[nodiscard]] store_identity new_identity(bool chained, std::int64_t now_us);

  [[nodiscard]] bool learn_identity(std::uint64_t segment_first);

  /// A store whose making was cut short: there is a segment without events, and nothing that says what the store is.
  /// Anything else without `quipu.store` has lost it.
  void adopt(const number_list& segments);

  struct stored_bytes {
    explicit stored_bytes(file_mapping made) : mapping{std::move(made)} {}
    file_mapping mapping;
    std::unique_ptr<environment_file> file{};
  };

  std::shared_ptr<environment> world_;
  std::unique_ptr<environment_directory> directory_;
  store_head head_{};
  std::optional<compaction_manifest> unfinished_compaction_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
