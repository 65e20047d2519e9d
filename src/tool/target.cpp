// SPDX-License-Identifier: BSL-1.0
//
// target.cpp: see target.hpp.
#include "target.hpp"

#include "context.hpp"
#include "text.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <random>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace quipu::tool {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t enough_bytes = 32 << 10;

/// The path without symbolic links, as far as it exists. A link to a file that does not exist is followed too.
fs::path resolved(fs::path path) {
  std::error_code problem;
  path = fs::absolute(path, problem);
  static constexpr int most_links = 40;
  for (int links = 0; links < most_links && fs::is_symlink(path, problem); ++links) {
    const fs::path led_to = fs::read_symlink(path, problem);
    path = led_to.is_absolute() ? led_to : path.parent_path() / led_to;
  }
  const fs::path found = fs::weakly_canonical(path, problem);
  // A last slash makes an empty name.
  const fs::path whole = problem ? path.lexically_normal() : found;
  return whole.has_filename() ? whole : whole.parent_path();
}

bool is_segment(const fs::path& file) { return file.extension() == ".segment" && file.stem().string().size() == 20; }

bool is_store(const fs::path& directory) {
  std::error_code problem;
  return fs::exists(directory / "quipu.store", problem);
}

bool is_file_of(const fs::path& directory, const fs::path& target) {
  std::error_code problem;
  if (!fs::is_regular_file(target, problem)) return false;
  for (fs::directory_iterator each{directory, problem}, end; !problem && each != end; each.increment(problem)) {
    std::error_code of_file;
    if (fs::equivalent(each->path(), target, of_file)) return true;
  }
  return false;
}

/// Whether there is no such directory, or nothing is in it.
bool has_room(const fs::path& directory) {
  std::error_code problem;
  if (!fs::exists(directory, problem)) return true;
  return fs::is_directory(directory, problem) && fs::is_empty(directory, problem);
}

void refuse_directory(const std::string& what, const std::string& path) {
  std::error_code problem;
  if (fs::is_directory(path, problem))
    throw command_failure{exit_code::unusable, fmt::format("{}{} is a directory, and must be a file", what, path)};
}

}  // namespace

void refuse_target_in_store(const std::string& target, const std::string& read_store) {
  const auto refuse = [&](const std::string& why) {
    throw command_failure{exit_code::unusable, fmt::format("{} {}; nothing is written there", printable(target), why)};
  };
  const fs::path place = resolved(target);
  const fs::path read = read_store.empty() ? fs::path{} : resolved(read_store);
  for (fs::path each = place; each.has_relative_path(); each = each.parent_path()) {
    if (each != read && !is_store(each)) continue;
    if (each == place) refuse("is the directory of a store");
    refuse("lies in the directory of a store");
  }
  if (!read.empty() && is_file_of(read, place)) refuse("is a file of the store " + printable(read_store));
}

output_file::output_file(output& standard, const std::string& target, const std::string& read_store)
    : standard_{standard}, name_{target}, is_standard_{target.empty() || target == "-"} {
  if (is_standard_) return;
  refuse_target_in_store(target, read_store);
  std::error_code problem;
  const fs::file_status now = fs::status(target, problem);
  // What the link of an open pipe says is no path: /dev/stdout must be opened under its own name.
  target_ = fs::exists(now) && !fs::is_regular_file(now) ? fs::path{target} : resolved(target);
  if (fs::is_directory(now)) throw command_failure{exit_code::unusable, fmt::format("cannot write {}", name_)};
  if (fs::exists(now) && !fs::is_regular_file(now))
    file_ = ::open(target_.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
  else
    open_temporary(now);
  if (file_ < 0) throw command_failure{exit_code::unusable, fmt::format("cannot write {}", name_)};
}

void output_file::open_temporary(const fs::file_status& replaced) {
  static constexpr int most_attempts = 100;
  std::random_device random;
  const mode_t mode = fs::exists(replaced) ? 0600 : 0666;
  for (int attempt = 0; attempt < most_attempts && file_ < 0; ++attempt) {
    temporary_ = target_;
    temporary_ += fmt::format(".{:08x}{:08x}.tmp", random(), random());
    file_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (file_ < 0 && errno != EEXIST) break;
  }
  if (file_ < 0)
    temporary_.clear();
  else if (fs::exists(replaced))
    static_cast<void>(::fchmod(file_, static_cast<mode_t>(replaced.permissions())));
}

output_file::~output_file() {
  close();
  if (temporary_.empty()) return;
  std::error_code ignored;
  fs::remove(temporary_, ignored);
}

void output_file::line(std::string_view text) {
  if (is_standard_) return standard_.line(text);
  pending_.append(text).push_back('\n');
  if (pending_.size() >= enough_bytes) write_pending();
}

void output_file::write_pending() {
  std::string_view rest = pending_;
  while (!rest.empty()) {
    const ssize_t written = ::write(file_, rest.data(), rest.size());
    if (written >= 0)
      rest.remove_prefix(static_cast<std::size_t>(written));
    else if (errno != EINTR)
      fail();
  }
  pending_.clear();
}

void output_file::close() noexcept {
  if (file_ >= 0) static_cast<void>(::close(std::exchange(file_, -1)));
}

void output_file::finish() {
  if (is_standard_) return;
  write_pending();
  if (::close(std::exchange(file_, -1)) != 0) fail();
  if (temporary_.empty()) return;
  std::error_code problem;
  fs::rename(temporary_, target_, problem);
  if (problem) fail();
  temporary_.clear();
}

void output_file::fail() const { throw command_failure{exit_code::unusable, fmt::format("writing {} failed", name_)}; }

new_store_directory::new_store_directory(const std::string& path) : path_{resolved(path)}, is_new_{has_room(path_)} {
  std::error_code problem;
  if (!is_new_) return;
  refuse_target_in_store(path, {});
  for (fs::path each = path_; each.has_relative_path() && !fs::exists(each, problem); each = each.parent_path())
    missing_.push_back(each);
}

void new_store_directory::remove_store() noexcept {
  if (!is_new_) return;
  std::error_code ignored;
  // The files of a store, and no others. The lock goes last: from then on another process may use the names.
  std::vector<fs::path> files;
  for (fs::directory_iterator each{path_, ignored}, end; !ignored && each != end; each.increment(ignored)) {
    const std::string name = each->path().filename().string();
    const bool is_other_file = name != "quipu.lock" && name.starts_with("quipu.");
    if (is_other_file || is_segment(each->path()) || name.find(".segment.") != std::string::npos)
      files.push_back(each->path());
  }
  for (const fs::path& each : files) fs::remove(each, ignored);
  fs::remove(path_ / "quipu.lock", ignored);
}

new_store_directory::~new_store_directory() {
  std::error_code ignored;
  for (const fs::path& each : missing_) fs::remove(each, ignored);  // fails where something is in it
}

std::string read_small_file(const std::string& what, const std::string& path, std::size_t most_bytes) {
  refuse_directory(what, path);
  // Opening a pipe doesn't wait for its writer.
  const int file = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (file < 0) throw command_failure{exit_code::unusable, fmt::format("{}cannot read {}", what, path)};
  struct stat about {};
  const bool is_file = ::fstat(file, &about) == 0 && S_ISREG(about.st_mode);
  std::string content(is_file ? most_bytes : 0, '\0');
  const ssize_t size = is_file ? ::read(file, content.data(), content.size()) : 0;
  ::close(file);
  if (!is_file) throw command_failure{exit_code::unusable, fmt::format("{}{} is not a regular file", what, path)};
  if (size < 0) throw command_failure{exit_code::unusable, fmt::format("{}cannot read {}", what, path)};
  content.resize(static_cast<std::size_t>(size));
  return content;
}

std::ifstream open_to_read(const std::string& what, const std::string& path) {
  refuse_directory(what, path);
  std::ifstream file{path, std::ios::binary};
  if (!file.is_open()) throw command_failure{exit_code::unusable, fmt::format("{}cannot read {}", what, path)};
  return file;
}

}  // namespace quipu::tool
