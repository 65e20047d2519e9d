// SPDX-License-Identifier: BSL-1.0
//
// simulated_disk.hpp: what a `simulated_environment` knows of its disk: the bytes, sizes and names that a power cut may
// leave, the planned fault, and the choice between the states that are possible.
//
// Not thread-safe: `simulated_disk::mutex` guards all of it.
#pragma once

#include "../../core/bytes.hpp"
#include "../../core/detail/process_mutex.hpp"
#include "../../macros.hpp"
#include "../memory_environment.hpp"
#include "../simulated_environment.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// SplitMix64 (Steele, Lea, Flood, 2014).
class simulated_random {
 public:
  explicit simulated_random(std::uint64_t seed) noexcept : state_{seed} {}
  std::uint64_t next() noexcept {
    std::uint64_t mixed = state_ += 0x9E3779B97F4A7C15U;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31);
  }
  /// Precondition: `bound` is not 0.
  std::size_t below(std::size_t bound) noexcept { return static_cast<std::size_t>(next() % bound); }

 private:
  std::uint64_t state_;
};

/// Chooses one of the states that a power cut may leave. A state is a sequence of choices; in each of them 0 is the
/// state at the last flush, and the highest is the newest.
class simulated_choice {
 public:
  virtual ~simulated_choice() = default;
  /// Called before the choices that belong together: those of the names, those of one file.
  virtual void begin_group() {}
  /// Returns a number below `bound`, which is not 0.
  virtual std::size_t below(std::size_t bound) = 0;
};

/// A file, whatever its names are.
class simulated_inode {
 public:
  static constexpr std::size_t sector = 512;

  explicit simulated_inode(std::unique_ptr<environment_file> current) noexcept : current_{std::move(current)} {}

  [[nodiscard]] std::uint64_t size() const { return current_->size(); }
  /// Returns all bytes as the program sees them.
  [[nodiscard]] bytes content() const;
  [[nodiscard]] bytes& stable() noexcept { return stable_; }

  /// Records that the program sees another size now.
  void record_size() { sizes_.push_back(size()); }
  /// Records that the program sees other bytes from `begin` to `end` now.
  void record_bytes(std::uint64_t begin, std::uint64_t end);
  /// Records `data` at another place than it was written to.
  void record_misplaced(bytes_view data, simulated_random& random);

  /// A flush: what was recorded since the last one is stable.
  void settle();
  /// A flush that fails: one of the states that are possible is stable, and the rest is lost.
  void settle_as(simulated_choice& choice);
  /// Returns the bytes after a power cut.
  [[nodiscard]] bytes persisted(simulated_choice& choice) const;
  /// Returns the same file for another program, which sees `same`, an empty file that gets the bytes. What was not
  /// flushed is not flushed there.
  [[nodiscard]] std::shared_ptr<simulated_inode> continued_in(std::unique_ptr<environment_file> same) const;

 private:
  [[nodiscard]] bytes newest_sector(std::size_t index) const;
  void record_sector(std::size_t index, bytes version);

  std::unique_ptr<environment_file> current_;
  bytes stable_{};                                        // at the last flush
  std::vector<std::uint64_t> sizes_{};                    // since then
  std::map<std::size_t, std::vector<bytes>> versions_{};  // of sectors, since then
};

/// What becomes of a change.
enum class simulated_fate : unsigned char { happens, fails, stops, lies, misdirects };

/// The files of a `simulated_environment`. Paths are normal: relative to the root, without dots.
class simulated_disk {
 public:
  using inode_ref = std::shared_ptr<simulated_inode>;

  explicit simulated_disk(std::uint64_t seed) : random{seed}, seed_{seed} {}

  process_mutex mutex{};
  simulated_random random;
  memory_environment memory{};  // what the program sees
  std::int64_t now_us{1'700'000'000'000'000};
  std::string history{};

  void plan(simulated_fault fault);
  [[nodiscard]] std::uint64_t changes() const noexcept { return changes_; }
  [[nodiscard]] bool is_stopped() const noexcept { return stopped_; }
  /// Returns `history` up to now.
  [[nodiscard]] std::string whole_history() const;

  /// Counts a change. Throws `simulated_stop` if the program has stopped.
  [[nodiscard]] simulated_fate next_fate(simulated_change what);
  /// Throws after a change that failed or was the last.
  void conclude(simulated_fate fate, std::string_view path) const;

  void record_directory(const std::string& path) { directories_.insert(path); }
  /// Records a file that the program has created.
  [[nodiscard]] inode_ref record_created(const std::string& path, std::unique_ptr<environment_file> file);
  void record_renamed(const std::string& from, const std::string& to);
  void record_removed(const std::string& path);
  [[nodiscard]] const inode_ref& inode(const std::string& path) const { return names_.at(path); }
  [[nodiscard]] const std::map<std::string, inode_ref>& names() const noexcept { return names_; }
  /// A flush of the names in a directory, and one that fails.
  void settle_names(const std::string& directory);
  void settle_names_as(const std::string& directory, simulated_choice& choice);

  void put_stable(const std::string& path, bytes content);
  void erase_stable(const std::string& path);

  /// Returns the disk that the next start finds; `event` is for its history.
  [[nodiscard]] std::shared_ptr<simulated_disk> after_kill() const;
  [[nodiscard]] std::shared_ptr<simulated_disk> after_power_cut(simulated_choice& choice, std::uint64_t number,
                                                                std::string_view event) const;
  /// Makes all the choices of a power cut, and nothing of them.
  void choose(simulated_choice& choice) const;

 private:
  struct name_change {
    std::string from;  // empty: created
    std::string to;    // empty: removed
    inode_ref what;
  };

  [[nodiscard]] std::vector<inode_ref> reachable() const;
  /// Creates a file in `memory`, with its directory; replaces an old one.
  [[nodiscard]] std::unique_ptr<environment_file> make_file(const std::string& path);
  [[nodiscard]] std::shared_ptr<simulated_disk> next_disk(std::uint64_t number, std::string_view event) const;
  [[nodiscard]] static bool is_in(const name_change& change, std::string_view directory);
  static void apply(const name_change& change, std::map<std::string, inode_ref>& names);

  std::uint64_t seed_;
  std::set<std::string> directories_{};
  std::map<std::string, inode_ref> names_{};
  std::map<std::string, inode_ref> stable_names_{};
  std::vector<name_change> name_changes_{};
  simulated_fault planned_{};
  std::uint64_t counted_{};  // changes of the planned kinds
  std::uint64_t changes_{};
  std::uint64_t changes_in_history_{};
  bool stopped_{};
};

/// Draws each choice. All or nothing of a group is drawn as often as something in between.
class seeded_choice final : public simulated_choice {
 public:
  explicit seeded_choice(simulated_random& random) noexcept : random_{random} {}
  void begin_group() override { mood_ = random_.below(4); }
  std::size_t below(std::size_t bound) override {
    return mood_ == 0 ? bound - 1 : mood_ == 1 ? 0 : random_.below(bound);
  }

 private:
  simulated_random& random_;
  std::size_t mood_{};
};

/// The digits of a number, with the bounds as bases.
class numbered_choice final : public simulated_choice {
 public:
  explicit numbered_choice(std::uint64_t number) noexcept : rest_{number} {}
  std::size_t below(std::size_t bound) override {
    const auto digit = static_cast<std::size_t>(rest_ % bound);
    rest_ /= bound;
    return digit;
  }

 private:
  std::uint64_t rest_;
};

/// Counts how many numbers there are.
class counting_choice final : public simulated_choice {
 public:
  std::size_t below(std::size_t bound) override {
    count_ = count_ > UINT64_MAX / bound ? UINT64_MAX : count_ * bound;
    return 0;
  }
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

 private:
  std::uint64_t count_{1};
};

}  // namespace quipu::detail::inline QUIPU_MODE
