// SPDX-License-Identifier: BSL-1.0
//
// keyed_hash_test.cpp: hashes for tables spread names that were chosen to collide, and are the same for one process.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/core/detail/flat_map.hpp>
#endif

#include <catch2/catch.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using quipu::detail::number_hash;
using quipu::detail::text_hash;

namespace {

constexpr std::size_t names_count = 4096;

/// Multiplies and folds, as simple hashes of words do.
std::uint64_t folded_product(std::uint64_t value) {
  value *= 0x9E3779B97F4A7C15U;
  return value ^ value >> 32;
}

std::string name_of(const std::vector<std::uint64_t>& words) {
  std::string name(8 * words.size(), '\0');
  std::memcpy(name.data(), words.data(), name.size());
  return name;
}

/// How many slots of a table with 64 times as many slots as names are hit.
std::size_t slots_hit(const std::vector<std::string>& names) {
  std::set<std::uint64_t> hit;
  for (const std::string& each : names) hit.insert(text_hash{}(each) % (64 * names_count));
  return hit.size();
}

/// Makes `getrandom` fail for the rest of the process and in the program that it executes. False if the system doesn't
/// allow that.
bool refuse_random_bytes() {
  sock_filter steps[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getrandom, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter{static_cast<unsigned short>(std::size(steps)), steps};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

}  // namespace

TEST_CASE("names chosen against a hash without a secret are spread", "[core][hash]") {
  std::vector<std::string> names;
  for (std::uint64_t number = 1; number <= names_count; ++number)
    names.push_back(name_of({number, 0x1234'5678'1234'5678U ^ folded_product(16 ^ number)}));
  CHECK(slots_hit(names) > names_count * 9 / 10);
}

TEST_CASE("names whose differences cancel in a weak hash, whatever its seed, are spread", "[core][hash]") {
  // The highest bit passes a multiplication unchanged, and a later word can take it back.
  constexpr std::uint64_t top = std::uint64_t{1} << 63;
  std::vector<std::string> names;
  for (std::uint64_t choice = 0; choice < names_count; ++choice) {
    std::vector<std::uint64_t> words;
    for (unsigned bit = 0; bit < 12; ++bit) {
      const bool flipped = (choice >> bit & 1) != 0;
      words.push_back(0x6161'6161'6161'6161U ^ (flipped ? top : 0));
      words.push_back(0x6262'6262'6262'6262U ^ (flipped ? top | top >> 32 : 0));
    }
    names.push_back(name_of(words));
  }
  CHECK(slots_hit(names) > names_count * 9 / 10);
}

TEST_CASE("each byte of a text counts, and its size", "[core][hash]") {
  std::set<std::uint64_t> seen;
  std::size_t texts = 0;
  for (std::size_t size = 0; size <= 40; ++size) {
    std::string text(size, '\0');
    seen.insert(text_hash{}(text));
    ++texts;
    for (char& letter : text) {
      letter = '\1';
      seen.insert(text_hash{}(text));
      letter = '\0';
      ++texts;
    }
  }
  CHECK(seen.size() == texts);
}

TEST_CASE("the secret stays the same in a process and in its forked children", "[core][hash]") {
  const std::uint64_t here = number_hash{}(7);
  CHECK(here == number_hash{}(7));
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) ::_exit(number_hash{}(7) == here ? 0 : 1);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

TEST_CASE("another process has another secret, also where the system has no random bytes", "[core][hash]") {
  const bool has_random_bytes = GENERATE(true, false);
  constexpr int not_filtered = 2;
  bool is_possible = true;
  const auto drawn_by_a_new_program = [&] {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      ::dup2(ends[1], 1);
      if (!has_random_bytes && !refuse_random_bytes()) ::_exit(not_filtered);
      ::execl("/proc/self/exe", "test", "[.secret]", static_cast<char*>(nullptr));
      ::_exit(1);
    }
    ::close(ends[1]);
    std::string text;
    char buffer[256];
    for (ssize_t count = 0; (count = ::read(ends[0], buffer, sizeof buffer)) > 0;)
      text.append(buffer, static_cast<std::size_t>(count));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    is_possible = !WIFEXITED(status) || WEXITSTATUS(status) != not_filtered;
    const std::size_t begin = text.find("hash=");
    return begin == std::string::npos ? std::string{} : text.substr(begin, text.find('\n', begin) - begin);
  };
  const std::string first = drawn_by_a_new_program();
  if (!is_possible) {
    WARN("this system lets no process filter its system calls");
    return;
  }
  CHECK_FALSE(first.empty());
  CHECK(first != drawn_by_a_new_program());
}

TEST_CASE("prints a hash for the test above", "[.secret]") { WARN("hash=" + std::to_string(number_hash{}(7))); }
