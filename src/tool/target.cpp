// SPDX-License-Identifier: BSL-1.0
//
// target.cpp: see target.hpp.
#include "target.hpp"

#include "context.hpp"
#include "text.hpp"

#include <fmt/format.h>

#include <system_error>

#include <unistd.h>

namespace quipu::tool {
namespace {

namespace fs = std::filesystem;

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
  target_ = resolved(target);
  std::error_code problem;
  const fs::file_status now = fs::status(target_, problem);
  if (fs::is_directory(now)) throw command_failure{exit_code::unusable, fmt::format("cannot write {}", name_)};
  if (fs::exists(now) && !fs::is_regular_file(now)) {
    file_.open(target_, std::ios::binary);
  } else {
    temporary_ = target_;
    temporary_ += fmt::format(".{}.tmp", ::getpid());
    file_.open(temporary_, std::ios::binary | std::ios::trunc);
    if (file_.is_open() && fs::exists(now)) fs::permissions(temporary_, now.permissions(), problem);
  }
  if (file_.is_open()) return;
  temporary_.clear();
  throw command_failure{exit_code::unusable, fmt::format("cannot write {}", name_)};
}

output_file::~output_file() {
  if (temporary_.empty()) return;
  file_.close();
  std::error_code ignored;
  fs::remove(temporary_, ignored);
}

void output_file::line(std::string_view text) {
  if (is_standard_) return standard_.line(text);
  file_ << text << '\n';
}

void output_file::finish() {
  if (is_standard_) return;
  file_.close();
  if (!file_) fail();
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

new_store_directory::~new_store_directory() {
  if (!is_new_) return;
  std::error_code ignored;
  // The files of a store, and no others: the directory may have been given to something else meanwhile.
  std::vector<fs::path> files;
  for (fs::directory_iterator each{path_, ignored}, end; !ignored && each != end; each.increment(ignored)) {
    const std::string name = each->path().filename().string();
    if (name.starts_with("quipu.") || is_segment(each->path()) || name.find(".segment.") != std::string::npos)
      files.push_back(each->path());
  }
  for (const fs::path& each : files) fs::remove(each, ignored);
  for (const fs::path& each : missing_) fs::remove(each, ignored);  // fails where something is in it
}

std::ifstream open_to_read(const std::string& what, const std::string& path) {
  std::error_code problem;
  if (fs::is_directory(path, problem))
    throw command_failure{exit_code::unusable,
                          fmt::format("{}{} is a directory, and must be a file", what, printable(path))};
  std::ifstream file{path, std::ios::binary};
  if (!file.is_open())
    throw command_failure{exit_code::unusable, fmt::format("{}cannot read {}", what, printable(path))};
  return file;
}

}  // namespace quipu::tool
