// SPDX-License-Identifier: BSL-1.0
//
// resources.cpp: see resources.hpp.
#include "resources.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace torture {
namespace {

/// A number of /proc/self/status; 0 if it isn't there.
std::uint64_t status_number(std::string_view name) {
  std::ifstream status{"/proc/self/status"};
  for (std::string word; status >> word;) {
    std::uint64_t number = 0;
    if (word == name && status >> number) return number;
  }
  return 0;
}

std::uint64_t heap_kib() {
#if defined(__GLIBC__)
  const auto heap = ::mallinfo2();
  return (heap.uordblks + heap.hblkhd) / 1024;
#else
  return 0;
#endif
}

std::uint64_t entries_of(const char* folder) {
  const std::filesystem::directory_iterator entries{folder};
  return static_cast<std::uint64_t>(std::distance(begin(entries), end(entries)));
}

std::uint64_t lines_of(const char* file) {
  std::ifstream lines{file};
  return static_cast<std::uint64_t>(std::count(std::istreambuf_iterator<char>{lines}, {}, '\n'));
}

}  // namespace

resources current_resources() {
  return {status_number("VmRSS:"),     status_number("RssAnon:"),   heap_kib(),
          entries_of("/proc/self/fd"), lines_of("/proc/self/maps"), status_number("Threads:")};
}

folder_size size_of_folder(const std::filesystem::path& folder) {
  folder_size size;
  std::error_code gone;
  for (std::filesystem::recursive_directory_iterator at{folder, gone};
       at != std::filesystem::recursive_directory_iterator{}; at.increment(gone)) {
    const std::uint64_t bytes = at->is_regular_file(gone) ? at->file_size(gone) : 0;
    if (gone) continue;
    size.files += at->is_regular_file(gone) ? 1 : 0;
    size.bytes += bytes;
  }
  return size;
}

}  // namespace torture
