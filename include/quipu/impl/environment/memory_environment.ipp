// SPDX-License-Identifier: BSL-1.0
//
// memory_environment.ipp: see environment/memory_environment.hpp.
#pragma once

#include "../../core/detail/process_mutex.hpp"
#include "../../core/detail/steady_time.hpp"
#include "../../core/error.hpp"
#include "../../environment/detail/file_name.hpp"
#include "../../environment/detail/memory_tree.hpp"
#include "../../environment/detail/posix_file.hpp"
#include "../../environment/detail/system_random.hpp"
#include "../../environment/memory_environment.hpp"
#include "../../event/event_id.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// The root of the tree, and the mutex that guards names, bytes and locks.
struct memory_world {
  process_mutex mutex;
  std::shared_ptr<memory_directory> root = std::make_shared<memory_directory>();
};

class memory_open_file final : public environment_file {
 public:
  memory_open_file(std::shared_ptr<memory_world> in, std::shared_ptr<memory_file> opened, bool writable,
                   std::string path) noexcept
      : world_{std::move(in)}, file_{std::move(opened)}, writable_{writable}, path_{std::move(path)} {}

  [[nodiscard]] std::uint64_t size() const override {
    const std::lock_guard guard{world_->mutex};
    return file_->storage.size();
  }

  [[nodiscard]] std::size_t read_at(std::byte* to, std::size_t count, std::uint64_t offset) const override {
    const std::lock_guard guard{world_->mutex};
    return file_->storage.read(to, count, offset);
  }

  /// Writes all or, on failure, nothing.
  void write_at(bytes_view data, std::uint64_t offset) override {
    check_writable("write", EBADF);
    const std::lock_guard guard{world_->mutex};
    if (!file_->storage.write(data, offset)) fail("write the file", ENOSPC);
  }

  /// Reserves address space; memory is allocated by writing.
  void reserve(std::uint64_t size) override {
    check_writable("reserve room for", EBADF);
    const std::lock_guard guard{world_->mutex};
    if (size > file_->storage.size() && !file_->storage.resize(size)) fail("reserve room in the file", ENOSPC);
  }

  void truncate(std::uint64_t size) override {
    check_writable("truncate", EINVAL);
    const std::lock_guard guard{world_->mutex};
    if (!file_->storage.resize(size)) fail("truncate the file", ENOSPC);
  }

  /// Does nothing: the files do not outlive the process.
  void sync() override {}

  [[nodiscard]] file_mapping map(std::size_t count) const override {
    if (count == 0) return {};
    const std::lock_guard guard{world_->mutex};
    auto pages = file_->storage.window(count);
    if (!pages) fail("map the file", ENOSPC);
    const std::byte* const data = pages->data();
    return {data, count, std::move(pages)};
  }
  [[nodiscard]] std::string_view path() const noexcept override { return path_; }

 private:
  void check_writable(std::string_view operation, int number) const {
    if (!writable_) fail(operation, number);
  }
  [[noreturn]] void fail(std::string_view operation, int number) const { throw_system_error(operation, path_, number); }

  std::shared_ptr<memory_world> world_;
  std::shared_ptr<memory_file> file_;
  bool writable_;
  std::string path_;
};

class memory_lock final : public environment_lock {
 public:
  memory_lock(std::shared_ptr<memory_world> in, std::shared_ptr<memory_file> locked) noexcept
      : world_{std::move(in)}, file_{std::move(locked)} {}
  ~memory_lock() override {
    if (!world_->mutex.is_usable()) return;  // the parent's lock remains the parent's
    const std::lock_guard guard{world_->mutex};
    file_->locked = false;
  }
  /// Returns false in a forked child: it has a copy of the file system that it cannot use.
  [[nodiscard]] bool held() const noexcept override { return world_->mutex.is_usable(); }

 private:
  std::shared_ptr<memory_world> world_;
  std::shared_ptr<memory_file> file_;
};

class memory_open_directory final : public environment_directory {
 public:
  memory_open_directory(std::shared_ptr<memory_world> in, std::shared_ptr<memory_directory> opened,
                        std::string path) noexcept
      : world_{std::move(in)}, directory_{std::move(opened)}, path_{std::move(path)} {}

  [[nodiscard]] std::unique_ptr<environment_file> open_file(const std::string& name, open_mode mode) const override {
    std::string whole = path_of(name);
    const std::lock_guard guard{world_->mutex};
    auto [found, problem] = find_memory_file(*directory_, name);
    if (mode == open_mode::create) {
      if (problem != ENOENT) fail("create the file", std::move(whole), problem == ENAMETOOLONG ? problem : EEXIST);
      found = create_memory_file(*directory_, name);
    } else if (!found) {
      throw_unopened("open the file", std::move(whole), problem, true);
    }
    return std::make_unique<memory_open_file>(world_, std::move(found), mode != open_mode::read, std::move(whole));
  }

  /// Returns true if the name exists, as a file or a directory.
  [[nodiscard]] bool exists(const std::string& name) const override {
    std::string whole = path_of(name);
    const std::lock_guard guard{world_->mutex};
    const int problem = find_memory_file(*directory_, name).second;
    if (problem == ENAMETOOLONG) fail("look up the file", std::move(whole), problem);
    return problem != ENOENT;
  }

  /// Throws `errc::io_failed` if `from` is missing or only one of the two is a directory.
  void rename(const std::string& from, const std::string& to) override {
    std::string whole = path_of(from);
    check_file_name(to, path_);
    const std::lock_guard guard{world_->mutex};
    if (const int problem = rename_in_memory(*directory_, from, to)) fail("rename the file", std::move(whole), problem);
  }

  /// Removes files only; a directory is `errc::io_failed`.
  void remove(const std::string& name) override {
    std::string whole = path_of(name);
    const std::lock_guard guard{world_->mutex};
    const int problem = find_memory_file(*directory_, name).second;
    if (problem != 0 && problem != ENOENT) fail("remove the file", std::move(whole), problem);
    directory_->erase(name);
  }

  /// Sorted bytewise.
  [[nodiscard]] std::vector<std::string> list() const override {
    const std::lock_guard guard{world_->mutex};
    std::vector<std::string> names;
    names.reserve(directory_->entries.size());
    for (const memory_entry& entry : directory_->entries) names.push_back(entry.name);
    return names;
  }

  /// Does nothing: the files do not outlive the process.
  void sync() override {}

  [[nodiscard]] std::unique_ptr<environment_lock> lock(const std::string& name) override {
    std::string whole = path_of(name);
    const std::lock_guard guard{world_->mutex};
    auto [found, problem] = find_memory_file(*directory_, name);
    if (problem == ENOENT) {
      found = create_memory_file(*directory_, name);
    } else if (!found) {
      throw_unopened("open the lock", std::move(whole), problem);
    }
    if (found->locked) {
      throw_held(std::move(whole));
    }
    found->locked = true;
    return std::make_unique<memory_lock>(world_, std::move(found));
  }

  [[nodiscard]] std::string_view path() const noexcept override { return path_; }

  [[nodiscard]] bool link_from(const environment_directory&, const std::string&) override { return false; }

  [[noreturn]] static void fail(std::string_view operation, std::string path, int number, bool missing = false) {
    throw_system_error(operation, std::move(path), number, missing ? errc::not_found : errc_of_system_error(number));
  }

 private:
  [[nodiscard]] std::string path_of(std::string_view name) const {
    check_file_name(name, path_);
    return joined_path(path_, name);
  }

  std::shared_ptr<memory_world> world_;
  std::shared_ptr<memory_directory> directory_;
  std::string path_;
};

}  // namespace quipu::detail::inline QUIPU_MODE

namespace quipu::inline QUIPU_MODE {

struct memory_environment::world : detail::memory_world {};

QUIPU_DECL memory_environment::memory_environment() : world_{std::make_shared<world>()} {}
QUIPU_DECL memory_environment::~memory_environment() = default;

QUIPU_DECL std::unique_ptr<environment_directory> memory_environment::open_directory(const std::filesystem::path& where,
                                                                                     bool create) {
  detail::check_directory_path(where);
  std::string whole = detail::without_trailing_slashes(where.string());
  const std::lock_guard guard{world_->mutex};
  auto [found, problem] = detail::walk_memory(world_->root, whole, create);
  if (!found)
    detail::memory_open_directory::fail(create ? "create or open the directory" : "open the directory",
                                        std::move(whole), problem, problem == ENOENT);
  return std::make_unique<detail::memory_open_directory>(world_, std::move(found), std::move(whole));
}

QUIPU_DECL std::int64_t memory_environment::now_us() { return detail::system_now_us(); }
QUIPU_DECL std::int64_t memory_environment::steady_us() { return detail::steady_now_us(); }

QUIPU_DECL void memory_environment::random(std::byte* to, std::size_t count) { detail::fill_random(to, count); }

QUIPU_DECL std::shared_ptr<memory_environment> memory_environment::copy() const {
  auto other = std::make_shared<memory_environment>();
  const std::lock_guard guard{world_->mutex};
  if (!detail::copy_memory(*world_->root, *other->world_->root))
    detail::throw_system_error("copy the files in memory", "/", ENOSPC);
  return other;
}

}  // namespace quipu::inline QUIPU_MODE
