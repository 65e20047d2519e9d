// SPDX-License-Identifier: BSL-1.0
//
// damage.cpp: a bit of a file of a small store is flipped, or the file is cut, and the store is judged: it should show
// what was written, or report an error. The bits and lengths are drawn by seed; given the time, all of them come.
#include "../scratch_folder.hpp"
#include "tests.hpp"

#include <unistd.h>

#include <array>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <utility>

namespace torture {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t records_of_a_store = 200;

/// Files that are made anew when a store is opened, or that only people read.
bool holds_no_data(const std::string& name) {
  return name.ends_with("-shm") || name.ends_with("lock.mdb") || name.ends_with("LOG") || name.ends_with("LOG.old");
}

/// A store's files in memory.
class kept_store {
 public:
  kept_store(const peer& of, ending_of_writer how, damage what, fs::path folder)
      : folder_{std::move(folder)}, bits_of_a_case_{what == damage::flipped_bit ? 8U : 1U} {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    write_records(of, how);
    for (const fs::directory_entry& each : fs::recursive_directory_iterator{folder_}) {
      if (!each.is_regular_file()) continue;
      std::ifstream content{each.path(), std::ios::binary};
      files_[fs::relative(each.path(), folder_).string()] = {std::istreambuf_iterator<char>{content}, {}};
    }
  }

  [[nodiscard]] const fs::path& folder() const { return folder_; }
  [[nodiscard]] written records() const { return {records_, records_}; }
  /// The number of bits, or of lengths.
  [[nodiscard]] std::uint64_t cases() const {
    std::uint64_t all = 0;
    for (const auto& [name, content] : files_) all += cases_of(name, content);
    return all;
  }
  /// Puts the files back, one of them damaged. Returns its name.
  std::string put_damaged(std::uint64_t number) const {
    fs::remove_all(folder_);
    std::string hit;
    for (const auto& [name, content] : files_) {
      const std::uint64_t cases = cases_of(name, content);
      const bool is_hit = hit.empty() && number < cases;
      if (is_hit) hit = name;
      if (!is_hit && hit.empty()) number -= cases;
      put(name, is_hit ? damaged(content, number) : content);
    }
    return hit;
  }
  void put_sound() const {
    fs::remove_all(folder_);
    for (const auto& [name, content] : files_) put(name, content);
  }

 private:
  /// Half of the records are settled before the others come.
  void write_records(const peer& of, ending_of_writer how) {
    while (records_ < records_of_a_store) records_ += commit_size(records_);
    child_process child{[&] {
      const auto opened = of.open(folder_, purpose::write);
      for (std::uint64_t at = 0, settled = 0; at < records_; at += commit_size(at)) {
        if (settled == 0 && at > records_ / 2) {
          opened->settle();
          settled = at;
        }
        opened->append(at, commit_size(at));
      }
      if (how == ending_of_writer::killed) ::_exit(0);
    }};
    if (child.wait() != 0) throw std::runtime_error{of.name + " can't be filled"};
  }
  [[nodiscard]] std::uint64_t cases_of(const std::string& name, const std::string& content) const {
    return holds_no_data(name) ? 0 : content.size() * bits_of_a_case_;
  }
  [[nodiscard]] std::string damaged(std::string content, std::uint64_t number) const {
    if (bits_of_a_case_ == 1) return content.substr(0, number);
    content[number / 8] = static_cast<char>(content[number / 8] ^ (1 << (number % 8)));
    return content;
  }
  void put(const std::string& name, const std::string& content) const {
    const fs::path path = folder_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary} << content;
  }

  fs::path folder_;
  std::uint64_t bits_of_a_case_;
  std::uint64_t records_{};
  std::map<std::string, std::string> files_{};
};

/// A peer's store, and what is still to be done to it.
struct damaged_peer {
  const peer* of;
  kept_store store;
  std::vector<std::uint64_t> numbers;
};

/// Opening flushes much, and here the disk doesn't matter.
fs::path quick_folder() {
  const fs::path memory = "/dev/shm";
  return fs::is_directory(memory) ? memory : fs::temp_directory_path();
}

}  // namespace

std::vector<tally> damage_files(const std::vector<peer>& of, damage how, ending_of_writer before, const options& given,
                                report& to) {
  const scratch_folder scratch{"peers", quick_folder()};
  std::vector<damaged_peer> peers;
  std::vector<tally> tallies;
  for (const peer& each : of) {
    kept_store store{each, before, how, scratch.path() / std::to_string(peers.size())};
    store.put_sound();
    if (const verdict sound = judge(each, store.folder(), store.records()); sound.how != outcome::unharmed)
      throw std::runtime_error{each.name + ", undamaged: " + sound.reason};
    const std::uint64_t cases = store.cases();
    peers.push_back({&each, std::move(store), sampled_numbers(cases, {.seed = given.seed})});
    tallies.push_back({each.name, " of " + std::to_string(cases)});
  }
  bool is_done = false;
  for (std::size_t turn = 0; !is_done && !to.is_over("turn " + std::to_string(turn)); ++turn) {
    is_done = true;
    for (std::size_t which = 0; which < peers.size(); ++which) {
      const damaged_peer& each = peers[which];
      if (turn >= each.numbers.size()) continue;
      is_done = false;
      const std::string file = each.store.put_damaged(each.numbers[turn]);
      verdict found = judge(*each.of, each.store.folder(), each.store.records());
      found.reason += " (" + file + ", case " + std::to_string(each.numbers[turn]) + ")";
      count(tallies[which], found, true, given, to);
    }
  }
  return tallies;
}

}  // namespace torture
