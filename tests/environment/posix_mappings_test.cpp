// SPDX-License-Identifier: BSL-1.0
//
// posix_mappings_test.cpp: a process maps only so many files. Beyond three quarters of these, what doesn't change any
// more is copied, so that something is left for the rest of the program; and a store of more segments still opens.
#include "../store/store_fixture.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/environment/detail/posix_mappings.hpp>
#include <quipu/environment/posix_environment.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace store_tests;
using quipu::detail::posix_mappings;

namespace {

/// More would take long.
bool is_limit_usual() { return posix_mappings::system_limit() <= 200'000; }

/// Uses up what the system allows, but for `left`. Neighbouring pages have different protections, so each is a mapping.
void use_up_mappings(int left) {
  std::vector<void*> last;
  for (int number = 0;; ++number) {
    void* const page =
        ::mmap(nullptr, 4096, number % 2 == 0 ? PROT_READ : PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) break;
    last.push_back(page);
  }
  for (int number = 0; number < left && !last.empty(); ++number, last.pop_back()) ::munmap(last.back(), 4096);
}

/// Runs `work` in a child process; returns whether it returned true there.
template <class Work>
bool true_in_child(Work work) {
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      ::_exit(work() ? 0 : 1);
    } catch (const std::exception& failure) {
      const std::string text = std::string{failure.what()} + "\n";
      static_cast<void>(::write(STDERR_FILENO, text.data(), text.size()));
      ::_exit(2);
    }
  }
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

std::string_view text_of(const quipu::file_mapping& mapping) {
  return {reinterpret_cast<const char*>(mapping.data), mapping.size};
}

}  // namespace

TEST_CASE("a complete file is mapped while there are few mappings, and copied when there are many", "[environment]") {
  if (!is_limit_usual()) return;
  const scratch_folder folder;
  const auto directory = quipu::posix_environment::shared()->open_directory(folder.path(), false);
  const auto file = directory->open_file("file", quipu::open_mode::create);
  file->write_at(std::string_view{"before"}, 0);
  const quipu::file_mapping mapped = file->map_complete(6);
  CHECK(text_of(mapped) == "before");
  CHECK(true_in_child([&] {
    std::vector<quipu::file_mapping> others;
    while (!posix_mappings::are_many()) others.push_back(file->map(6));
    const bool is_early = others.size() < posix_mappings::system_limit() * 3 / 4 + 1;
    const quipu::file_mapping copied = file->map_complete(6);
    const quipu::file_mapping grows = file->map(6);  // what grows is mapped still
    file->write_at(std::string_view{"later!"}, 0);
    const bool is_copy = text_of(copied) == "before" && text_of(grows) == "later!" && text_of(mapped) == "later!";
    others.clear();
    return is_early && is_copy && !posix_mappings::are_many() && text_of(file->map_complete(6)) == "later!";
  }));
  CHECK(file->map_complete(0).data == nullptr);
}

TEST_CASE("a store of more segments than can be mapped opens, is read, and is compacted", "[environment][store]") {
  if (!is_limit_usual()) return;
  const scratch_folder folder;
  constexpr std::uint64_t events = 300;
  const std::string payload(1000, 'x');
  {
    quipu::store made{small_segments(folder / "data")};
    for (std::uint64_t number = 0; number < events; ++number)
      made.append_raw({"a", "b"}, quipu::event_kind::custom(1, 1), payload,
                      {.durability = quipu::durability::buffered});
    REQUIRE(made.stats().segments > 60);
  }
  CHECK(true_in_child([&] {
    const auto directory = quipu::posix_environment::shared()->open_directory(folder / "data", false);
    const auto file = directory->open_file("quipu.store", quipu::open_mode::read);
    std::vector<quipu::file_mapping> others;
    while (!posix_mappings::are_many()) others.push_back(file->map(6));
    use_up_mappings(50);  // fewer than there are segments, each with an index file
    quipu::config settings = small_segments(folder / "data");
    {
      quipu::store opened{settings};
      if (opened.count(quipu::region::all()) != events || opened.verify().events != events) return false;
      opened.close();
    }
    settings.segment_max_bytes = std::uint64_t{1} << 20;
    quipu::store again{settings};
    const auto report = again.compact(quipu::compaction::merge());
    again.append_raw({"a", "b"}, quipu::event_kind::custom(1, 1), payload);
    return report.segments_before > 60 && report.segments_after == 1 && again.count(quipu::region::all()) == events + 1;
  }));
  CHECK(quipu::store{small_segments(folder / "data")}.verify().events == events + 1);
}
