// SPDX-License-Identifier: BSL-1.0
//
// mapped_pages.cpp: see mapped_pages.hpp.
#include "mapped_pages.hpp"

#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string_view>

#include <sys/mman.h>

namespace quipu::tool {
namespace {

struct address_range {
  std::uintptr_t begin{}, end{};
};

/// The addresses at the beginning of a line of /proc/self/maps: `7f0000000000-7f0000001000 r--s ...`.
bool read_range(std::string_view line, address_range& to) {
  const char* const end = line.data() + line.size();
  const auto first = std::from_chars(line.data(), end, to.begin, 16);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '-') return false;
  const auto last = std::from_chars(first.ptr + 1, end, to.end, 16);
  return last.ec == std::errc{} && last.ptr != end && *last.ptr == ' ' && to.begin < to.end;
}

bool is_shared_reading(std::string_view line) {
  const std::size_t space = line.find(' ');
  return line.substr(space + 1, 2) == "r-" && line.substr(space + 4, 1) == "s";
}

}  // namespace

void release_mapped_pages(const std::string& directory) {
  std::error_code problem;
  const std::string folder = std::filesystem::canonical(directory, problem).string() + "/";
  if (problem) return;
  std::ifstream maps{"/proc/self/maps"};
  for (std::string line; std::getline(maps, line);) {
    const std::size_t path = line.find(folder);
    address_range found;
    if (path == std::string::npos || !is_shared_reading(line) || !read_range(line, found)) continue;
    // Only ever a cache of the file: the mapping is shared and cannot be written.
    static_cast<void>(::madvise(reinterpret_cast<void*>(found.begin), found.end - found.begin, MADV_DONTNEED));
  }
}

}  // namespace quipu::tool
