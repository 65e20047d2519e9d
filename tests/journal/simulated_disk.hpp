// SPDX-License-Identifier: BSL-1.0
//
// simulated_disk.hpp: an environment whose files can fail, whose process can die and whose power can be cut at any
// change. It wraps `memory`, and beside what a running program sees it keeps what stable storage is bound to have:
//   - a file's bytes as of its last sync, and every version of each 512-byte sector since: a power cut persists any of
//   them, sector by sector;
//   - its sizes since then: a power cut persists any of them;
//   - the directory's names as of its last sync, and the changes since: a power cut persists any subset of them.
// A sync that fails loses for good what a power cut then would: a later sync that succeeds doesn't bring it back, as on
// Linux.
//
// Everything is a function of the seed. One directory; making it isn't a change.
#pragma once

#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/environment/environment.hpp>
#include <quipu/environment/memory_environment.hpp>
#endif

#include "../settings_in.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace simulation {

/// What every change throws once the machine is off. Not a `quipu::error`: no product code may take it for one.
struct power_cut : std::runtime_error {
  power_cut() : std::runtime_error{"the machine is off"} {}
};

/// SplitMix64 (Steele, Lea, Flood, 2014).
class seeded {
 public:
  explicit seeded(std::uint64_t seed) noexcept : state_{seed} {}
  std::uint64_t next() noexcept {
    std::uint64_t mixed = state_ += 0x9E3779B97F4A7C15U;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31);
  }
  std::size_t below(std::size_t bound) noexcept { return static_cast<std::size_t>(next() % bound); }

 private:
  std::uint64_t state_;
};

/// The calls that change something.
enum class change : unsigned {
  create = 1,
  write = 2,
  reserve = 4,
  truncate = 8,
  sync = 16,
  rename = 32,
  remove = 64,
  directory_sync = 128
};
inline constexpr unsigned any_change = 255;

/// What is to go wrong.
struct fault {
  std::uint64_t at{UINT64_MAX};  ///< the change, counted from 0 among those of `kinds`
  unsigned kinds{any_change};    ///< of `change`
  bool dies{};                   ///< the machine ends there; otherwise the change fails with `code`
  bool persists{};               ///< and so does every later one of `kinds`
  quipu::errc code{quipu::errc::io_failed};
};

class disk {
  static constexpr std::size_t sector = 512;

  /// A file, whatever its name is.
  struct inode {
    std::unique_ptr<quipu::environment_file> current;
    std::string name;
    quipu::bytes stable{};
    std::vector<std::uint64_t> sizes{};                           // since the last sync
    std::map<std::size_t, std::vector<quipu::bytes>> versions{};  // of sectors, since the last sync
    bool locked{};
  };
  using inode_ref = std::shared_ptr<inode>;
  using name_table = std::map<std::string, inode_ref>;

  struct name_change {
    std::string from;  // empty: created
    std::string to;    // empty: removed
    inode_ref what;
  };

  struct state {
    explicit state(std::uint64_t seed) : random{seed}, inodes{world.open_directory("inodes", true)} {}
    std::mutex mutex{};
    seeded random;
    quipu::memory_environment world{};
    std::unique_ptr<quipu::environment_directory> inodes;
    name_table names{};
    name_table stable_names{};
    std::vector<name_change> name_changes{};
    std::int64_t now_us{1'700'000'000'000'000};
    fault planned{};
    std::uint64_t counted{};  // changes of the planned kinds
    std::uint64_t changes{};
    bool off{};
  };

  enum class fate { happens, fails, is_last };

  /// Under the lock, before a change.
  static fate next_fate(state& of, change what) {
    if (of.off) throw power_cut{};
    ++of.changes;
    if ((of.planned.kinds & static_cast<unsigned>(what)) == 0) return fate::happens;
    const std::uint64_t number = of.counted++;
    if (number != of.planned.at && !(of.planned.persists && number > of.planned.at)) return fate::happens;
    if (!of.planned.dies) return fate::fails;
    of.off = true;
    return fate::is_last;
  }
  [[noreturn]] static void fail(const state& of, const std::string& where) {
    throw quipu::error{of.planned.code, "simulated", {.path = where, .system_error = 5}};
  }

  static quipu::bytes read(const quipu::environment_file& from, std::uint64_t offset, std::size_t count) {
    quipu::bytes content(count);
    static_cast<void>(from.read_at(content.data(), count, offset));
    return content;
  }
  /// Notes that the bytes from `begin` to `end` are others now.
  static void touch(inode& of, std::uint64_t begin, std::uint64_t end) {
    for (std::size_t index = static_cast<std::size_t>(begin / sector); index * sector < end; ++index)
      of.versions[index].push_back(read(*of.current, index * sector, sector));
  }
  /// What a power cut makes of a file.
  static quipu::bytes persisted(const inode& of, seeded& random) {
    const std::size_t choice = random.below(of.sizes.size() + 1);
    const std::uint64_t size = choice == 0 ? of.stable.size() : of.sizes[choice - 1];
    quipu::bytes content(static_cast<std::size_t>(size));
    std::copy_n(of.stable.begin(), std::min(content.size(), of.stable.size()), content.begin());
    const std::size_t mood = random.below(4);  // all, none, or each for itself
    for (const auto& [index, versions] : of.versions) {
      const std::size_t chosen = mood == 0 ? versions.size() : mood == 1 ? 0 : random.below(versions.size() + 1);
      if (chosen == 0 || index * sector >= content.size()) continue;
      const quipu::bytes& version = versions[chosen - 1];
      std::copy_n(version.begin(), std::min(sector, content.size() - index * sector),
                  content.begin() + static_cast<std::ptrdiff_t>(index * sector));
    }
    return content;
  }
  /// What a sync that succeeds makes of a file: only what was written since the last one goes to the disk.
  static void settle(inode& of) {
    of.stable.resize(static_cast<std::size_t>(of.current->size()));
    for (const auto& [index, versions] : of.versions) {
      if (index * sector >= of.stable.size()) continue;
      const quipu::bytes& last = versions.back();
      std::copy_n(last.begin(), std::min(sector, of.stable.size() - index * sector),
                  of.stable.begin() + static_cast<std::ptrdiff_t>(index * sector));
    }
    of.sizes.clear();
    of.versions.clear();
  }
  /// The file has no name in the directory it is kept in: a test that replaces a file thousands of times would fill it.
  static inode_ref make_inode(state& of, const std::string& name) {
    const auto made = std::make_shared<inode>(inode{of.inodes->open_file("inode", quipu::open_mode::create), name});
    of.inodes->remove("inode");
    return made;
  }
  void add_settled(const std::string& name, quipu::bytes_view content) {
    const inode_ref made = make_inode(*state_, name);
    made->current->write_at(content, 0);
    made->stable = content.copy();
    state_->names[name] = state_->stable_names[name] = made;
  }

 public:
  class file;
  class directory;
  class lock;
  class world;

  explicit disk(std::uint64_t seed = 1) : state_{std::make_shared<state>(seed)} {}

  /// For `config.environment`.
  operator std::shared_ptr<quipu::environment>() const;

  [[nodiscard]] std::unique_ptr<quipu::environment_directory> open_directory(const std::filesystem::path& where,
                                                                             bool create) const;
  /// Each reading is 10 µs later.
  [[nodiscard]] std::int64_t now_us() const {
    const std::lock_guard guard{state_->mutex};
    return state_->now_us += 10;
  }
  void random(std::byte* to, std::size_t count) const {
    const std::lock_guard guard{state_->mutex};
    for (std::size_t index = 0; index < count; ++index) to[index] = static_cast<std::byte>(state_->random.next());
  }

  void plan(const fault& planned) const {
    const std::lock_guard guard{state_->mutex};
    state_->planned = planned;
    state_->counted = 0;
  }
  /// Changes so far, those that failed included.
  [[nodiscard]] std::uint64_t changes() const {
    const std::lock_guard guard{state_->mutex};
    return state_->changes;
  }
  [[nodiscard]] bool is_off() const {
    const std::lock_guard guard{state_->mutex};
    return state_->off;
  }

  /// What is found after the process died: all that was done, flushed or not.
  [[nodiscard]] disk after_death() const {
    const std::lock_guard guard{state_->mutex};
    disk found{state_->random.next()};
    found.state_->now_us = state_->now_us;
    for (const auto& [name, what] : state_->names)
      found.add_settled(name, read(*what->current, 0, static_cast<std::size_t>(what->current->size())));
    return found;
  }
  /// What is found after a power cut: any of what may be.
  [[nodiscard]] disk after_power_cut(seeded& random) const {
    const std::lock_guard guard{state_->mutex};
    disk found{random.next()};
    found.state_->now_us = state_->now_us;
    name_table names = state_->stable_names;
    const std::size_t mood = random.below(4);
    for (const name_change& each : state_->name_changes) {
      if (mood == 1 || (mood > 1 && random.below(2) == 0)) continue;
      if (!each.from.empty()) names.erase(each.from);
      if (!each.to.empty()) names[each.to] = each.what;
    }
    for (const auto& [name, what] : names) found.add_settled(name, persisted(*what, random));
    return found;
  }

  // For tests that look at files and change them.
  [[nodiscard]] std::vector<std::string> names() const {
    const std::lock_guard guard{state_->mutex};
    std::vector<std::string> all;
    for (const auto& [name, what] : state_->names) all.push_back(name);
    return all;
  }
  [[nodiscard]] quipu::bytes content(const std::string& name) const {
    const std::lock_guard guard{state_->mutex};
    const inode& what = *state_->names.at(name);
    return read(*what.current, 0, static_cast<std::size_t>(what.current->size()));
  }
  void put(const std::string& name, quipu::bytes_view content) {
    const std::lock_guard guard{state_->mutex};
    add_settled(name, content);
  }
  void erase(const std::string& name) {
    const std::lock_guard guard{state_->mutex};
    state_->names.erase(name);
    state_->stable_names.erase(name);
  }

 private:
  std::shared_ptr<state> state_;
};

class disk::file final : public quipu::environment_file {
 public:
  file(std::shared_ptr<state> of, inode_ref what, std::string path) noexcept
      : state_{std::move(of)}, inode_{std::move(what)}, path_{std::move(path)} {}

  [[nodiscard]] std::uint64_t size() const override { return inode_->current->size(); }
  [[nodiscard]] std::size_t read_at(std::byte* to, std::size_t count, std::uint64_t offset) const override {
    return inode_->current->read_at(to, count, offset);
  }

  /// When it fails or is the last, a part may be written.
  void write_at(quipu::bytes_view data, std::uint64_t offset) override {
    const std::lock_guard guard{state_->mutex};
    const fate how = next_fate(*state_, change::write);
    if (how != fate::happens && state_->random.below(2) == 0)
      data = data.subview(0, state_->random.below(data.size() + 1));
    const std::uint64_t before = inode_->current->size();
    if (!data.empty()) inode_->current->write_at(data, offset);
    if (inode_->current->size() != before) inode_->sizes.push_back(inode_->current->size());
    touch(*inode_, offset, offset + data.size());
    conclude(how);
  }
  void reserve(std::uint64_t size) override {
    const std::lock_guard guard{state_->mutex};
    const fate how = next_fate(*state_, change::reserve);
    if (how != fate::fails && size > inode_->current->size()) {
      inode_->current->reserve(size);
      inode_->sizes.push_back(size);
    }
    conclude(how);
  }
  void truncate(std::uint64_t size) override {
    const std::lock_guard guard{state_->mutex};
    const fate how = next_fate(*state_, change::truncate);
    if (how != fate::fails) {
      const std::uint64_t before = inode_->current->size();
      inode_->current->truncate(size);
      inode_->sizes.push_back(size);
      touch(*inode_, std::min(before, size), std::max(before, size));
    }
    conclude(how);
  }
  void sync() override {
    const std::lock_guard guard{state_->mutex};
    const fate how = next_fate(*state_, change::sync);
    if (how == fate::happens) settle(*inode_);
    if (how == fate::fails) {
      inode_->stable = persisted(*inode_, state_->random);
      inode_->sizes.clear();
      inode_->versions.clear();
    }
    conclude(how);
  }

  [[nodiscard]] quipu::file_mapping map(std::size_t count) const override { return inode_->current->map(count); }
  [[nodiscard]] std::string_view path() const noexcept override { return path_; }

 private:
  void conclude(fate how) const {
    if (how == fate::fails) fail(*state_, path_);
    if (how == fate::is_last) throw power_cut{};
  }

  std::shared_ptr<state> state_;
  inode_ref inode_;
  std::string path_;
};

class disk::lock final : public quipu::environment_lock {
 public:
  explicit lock(inode_ref held) noexcept : held_{std::move(held)} {}
  ~lock() override { held_->locked = false; }
  [[nodiscard]] bool held() const noexcept override { return true; }

 private:
  inode_ref held_;
};

class disk::directory final : public quipu::environment_directory {
 public:
  directory(std::shared_ptr<state> of, std::string path) noexcept : state_{std::move(of)}, path_{std::move(path)} {}

  [[nodiscard]] std::unique_ptr<quipu::environment_file> open_file(const std::string& name,
                                                                   quipu::open_mode mode) const override {
    const std::lock_guard guard{state_->mutex};
    const auto found = state_->names.find(name);
    const std::string where = path_ + "/" + name;
    if (mode == quipu::open_mode::create) {
      if (found != state_->names.end()) throw quipu::error{quipu::errc::io_failed, "exists", {.path = where}};
      const fate how = next_fate(*state_, change::create);
      if (how == fate::fails) fail(*state_, where);
      const inode_ref made = create(name);
      if (how == fate::is_last) throw power_cut{};
      return std::make_unique<file>(state_, made, where);
    }
    if (found == state_->names.end()) throw quipu::error{quipu::errc::not_found, "missing", {.path = where}};
    return std::make_unique<file>(state_, found->second, where);
  }
  [[nodiscard]] bool exists(const std::string& name) const override {
    const std::lock_guard guard{state_->mutex};
    return state_->names.contains(name);
  }
  void rename(const std::string& from, const std::string& to) override {
    const std::lock_guard guard{state_->mutex};
    const auto found = state_->names.find(from);
    if (found == state_->names.end())
      throw quipu::error{quipu::errc::io_failed, "missing", {.path = path_ + "/" + from}};
    const fate how = next_fate(*state_, change::rename);
    if (how == fate::fails) fail(*state_, path_ + "/" + from);
    const inode_ref what = found->second;
    state_->names.erase(found);
    state_->names[to] = what;
    state_->name_changes.push_back({from, to, what});
    if (how == fate::is_last) throw power_cut{};
  }
  void remove(const std::string& name) override {
    const std::lock_guard guard{state_->mutex};
    const auto found = state_->names.find(name);
    if (found == state_->names.end()) return;
    const fate how = next_fate(*state_, change::remove);
    if (how == fate::fails) fail(*state_, path_ + "/" + name);
    state_->name_changes.push_back({name, {}, found->second});
    state_->names.erase(found);
    if (how == fate::is_last) throw power_cut{};
  }
  [[nodiscard]] std::vector<std::string> list() const override {
    const std::lock_guard guard{state_->mutex};
    std::vector<std::string> all;
    for (const auto& [name, what] : state_->names) all.push_back(name);
    return all;
  }
  /// One that fails persists a part, as a power cut would, and the rest is lost for good.
  void sync() override {
    const std::lock_guard guard{state_->mutex};
    const fate how = next_fate(*state_, change::directory_sync);
    if (how == fate::is_last) throw power_cut{};
    if (how == fate::happens) {
      state_->stable_names = state_->names;
      state_->name_changes.clear();
      return;
    }
    for (const name_change& each : std::exchange(state_->name_changes, {})) {
      if (state_->random.below(2) == 0) continue;
      if (!each.from.empty()) state_->stable_names.erase(each.from);
      if (!each.to.empty()) state_->stable_names[each.to] = each.what;
    }
    fail(*state_, path_);
  }
  [[nodiscard]] std::unique_ptr<quipu::environment_lock> lock(const std::string& name) override {
    const std::lock_guard guard{state_->mutex};
    const auto found = state_->names.find(name);
    const inode_ref held = found == state_->names.end() ? create(name) : found->second;
    if (std::exchange(held->locked, true))
      throw quipu::error{quipu::errc::locked, "held", {.path = path_ + "/" + name}};
    return std::make_unique<disk::lock>(held);
  }
  [[nodiscard]] bool link_from(const quipu::environment_directory&, const std::string&) override { return false; }
  [[nodiscard]] std::string_view path() const noexcept override { return path_; }

 private:
  inode_ref create(const std::string& name) const {
    const inode_ref made = make_inode(*state_, name);
    state_->names[name] = made;
    state_->name_changes.push_back({{}, name, made});
    return made;
  }

  std::shared_ptr<state> state_;
  std::string path_;
};

/// The disk as an environment.
class disk::world final : public quipu::environment {
 public:
  explicit world(disk of) : disk_{std::move(of)} {}
  [[nodiscard]] std::unique_ptr<quipu::environment_directory> open_directory(const std::filesystem::path& where,
                                                                             bool create) override {
    return disk_.open_directory(where, create);
  }
  [[nodiscard]] std::int64_t now_us() override { return disk_.now_us(); }
  void random(std::byte* to, std::size_t count) override { disk_.random(to, count); }

 private:
  disk disk_;
};

inline disk::operator std::shared_ptr<quipu::environment>() const { return std::make_shared<world>(*this); }

inline std::unique_ptr<quipu::environment_directory> disk::open_directory(const std::filesystem::path& where,
                                                                          bool) const {
  return std::make_unique<directory>(state_, where.string());
}

using test_settings::settings_in;

}  // namespace simulation
