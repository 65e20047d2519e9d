// SPDX-License-Identifier: BSL-1.0
//
// The file cache on disk: where entries are, what their bytes mean, and that damage is a miss and never a wrong value.
#include "cache_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace cache_tests;

namespace {

void little_endian(std::string& to, std::uint64_t value, int size) {
  for (int index = 0; index < size; ++index) to += static_cast<char>(value >> (8 * index) & 0xFF);
}

/// The documented layout, written here anew; the number of the writing and the checksum are taken from `like`.
std::string documented_entry(const std::string& key, const std::string& value, std::uint64_t watermark,
                             std::int64_t cached_at_us, const std::string& like) {
  std::string file = "QPUCACHE";
  little_endian(file, 1, 4);
  file += like.substr(12, 12);
  little_endian(file, watermark, 8);
  little_endian(file, static_cast<std::uint64_t>(cached_at_us), 8);
  little_endian(file, key.size(), 8);
  little_endian(file, value.size(), 8);
  return file + key + value;
}

/// CRC-32C by its definition.
std::uint32_t checksum_of(const std::string& file) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (std::size_t index = 0; index < file.size(); ++index) {
    if (index >= 12 && index < 16) continue;
    crc ^= static_cast<unsigned char>(file[index]);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ 0x82F63B78U : crc >> 1;
  }
  return ~crc;
}

/// Writes `content` where an entry belongs: it must be read as a miss, and its file be gone.
void is_healed(quipu::file_cache& cache, const fs::path& file, const std::string& key, const std::string& content) {
  write_file(file, content);
  const auto healed = cache.stats().healed;
  REQUIRE_FALSE(cache.get(key));
  REQUIRE_FALSE(fs::exists(file));
  REQUIRE(cache.stats().healed == healed + 1);
}

/// Makes `renameat2` fail with a number for the rest of this thread's life. False if the system doesn't allow that.
bool refuse_exchanges(int number) {
  sock_filter steps[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_renameat2, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(number)),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter{static_cast<unsigned short>(std::size(steps)), steps};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

}  // namespace

TEST_CASE("entries are where the documentation says, and their bytes are what it says", "[cache]") {
  using namespace std::string_literals;
  const scratch_folder folder;
  quipu::file_cache cache{folder / "deep" / "er" / ""};
  const fs::path root = folder / "deep/er";
  for (const std::string& key :
       {""s, "a"s, "\0\xFF"s, std::string(125, 'k'), std::string(126, 'k'), std::string(1900, 'k')}) {
    cache.put(key, "value", {0x0102030405060708, -2});
    const fs::path file = entry_path(root, key);
    INFO(file);
    REQUIRE(fs::is_regular_file(file));
    const std::string content = read_file(file);
    CHECK(content == documented_entry(key, "value", 0x0102030405060708, -2, content));
    std::uint32_t stored = 0;
    for (std::size_t index = 4; index-- > 0;) stored = stored << 8 | static_cast<unsigned char>(content[12 + index]);
    CHECK(stored == checksum_of(content));
  }
  CHECK(fs::exists(root / "61" / "61.bin"));
  CHECK(fs::exists(root / "00" / "00ff.bin"));
  CHECK(cache.delete_prefix("") == 6);
  CHECK(entry_files(root) == 0);
  CHECK(std::distance(fs::directory_iterator{root}, {}) == 1);  // the spare; empty folders don't stay behind
}

TEST_CASE("every flipped bit and every truncation of an entry is a miss, and the file goes", "[cache]") {
  const scratch_folder folder;
  quipu::file_cache cache{folder.path()};
  const std::string key = "account:alice";
  const fs::path file = entry_path(folder.path(), key);
  cache.put(key, "a value of some bytes", {1, 2});
  const std::string sound = read_file(file);
  for (std::size_t position = 0; position < sound.size(); ++position) {
    for (int bit = 0; bit < 8; ++bit) {
      INFO("byte " << position << " bit " << bit);
      std::string damaged = sound;
      damaged[position] = static_cast<char>(damaged[position] ^ (1 << bit));
      is_healed(cache, file, key, damaged);
    }
  }
  for (std::size_t size = 0; size < sound.size(); ++size) is_healed(cache, file, key, sound.substr(0, size));
  is_healed(cache, file, key, sound + '\0');
  is_healed(cache, file, key, sound + sound);
  write_file(file, sound);
  CHECK(text_of(cache, key) == "a value of some bytes");
}

TEST_CASE("large entries, which take more than one read, are checked as well", "[cache]") {
  const scratch_folder folder;
  quipu::file_cache cache{folder.path()};
  constexpr std::size_t head = quipu::detail::entry_layout::header_size + 1;  // and the key
  for (const std::size_t size : {8191 - head, 8192 - head, 8193 - head, std::size_t{200'000}}) {
    INFO(size);
    const std::string value(size, 'v');
    const fs::path file = entry_path(folder.path(), "k");
    cache.put("k", value, {});
    REQUIRE(text_of(cache, "k") == value);
    const std::string sound = read_file(file);
    REQUIRE(sound.size() == size + head);
    for (std::size_t position = 0; position < sound.size(); position += position < 60 ? 1 : sound.size() / 40) {
      std::string damaged = sound;
      damaged[position] = static_cast<char>(damaged[position] ^ 0x40);
      is_healed(cache, file, "k", damaged);
    }
    for (const std::size_t cut : {std::size_t{0}, head - 1, head, std::size_t{4096}, size, size + head - 1})
      is_healed(cache, file, "k", sound.substr(0, cut));
    is_healed(cache, file, "k", sound + "x");
  }
}

TEST_CASE("a file that claims a size it hasn't the bytes for costs no memory", "[cache]") {
  const scratch_folder folder;
  quipu::file_cache cache{folder.path()};
  cache.put("k", "v", {});
  const fs::path file = entry_path(folder.path(), "k");
  fs::resize_file(file, std::uintmax_t{1} << 40);
  CHECK_FALSE(cache.get("k"));
  CHECK_FALSE(fs::exists(file));
  cache.put("k", "v", {});
  fs::resize_file(file, std::uintmax_t{1} << 29);
  CHECK_FALSE(cache.get("k"));
  CHECK_FALSE(fs::exists(file));
  // A header that makes the same claim doesn't make it true either.
  cache.put("k", "", {});
  std::string claiming = read_file(file);
  claiming[quipu::detail::entry_layout::value_size.offset + 5] = 1;  // 2^40
  write_file(file, claiming);
  fs::resize_file(file, (std::uintmax_t{1} << 40) + quipu::detail::entry_layout::header_size + 1);
  CHECK_FALSE(cache.get("k"));
  CHECK_FALSE(fs::exists(file));
}

TEST_CASE("an entry of another key, or under another name, is no entry of this one", "[cache]") {
  const scratch_folder folder;
  quipu::file_cache cache{folder.path()};
  cache.put("alice", "hers", {});
  cache.put("alicf", "his", {});
  fs::rename(entry_path(folder.path(), "alice"), entry_path(folder.path(), "alicf"));
  CHECK(text_of(cache, "alicf") == "(none)");
  CHECK_FALSE(fs::exists(entry_path(folder.path(), "alicf")));
  CHECK(cache.stats().healed == 1);
}

TEST_CASE("deleting by prefix leaves alone what isn't an entry", "[cache]") {
  const scratch_folder folder;
  quipu::file_cache cache{folder.path()};
  cache.put("a", "1", {});
  for (const char* name : {"61/notes.txt", "61/zz.bin", "61/6.bin", "61/62.bin", "61/6A.bin", "notes.bin"})
    write_file(folder / name, "mine");
  CHECK(cache.delete_prefix("") == 1);
  CHECK(entry_files(folder.path()) == 5);
  CHECK(read_file(folder / "61/notes.txt") == "mine");
}

TEST_CASE("the cache may be deleted while it is used, in part or as a whole", "[cache]") {
  const scratch_folder folder;
  const fs::path root = folder / "cache";
  quipu::file_cache cache{root};
  const std::string deep(1000, 'd');
  for (const fs::path& removed :
       {root, root / "64", root / ".spare", entry_path(root, deep), root / ".spare" / "0.lock"}) {
    INFO(removed);
    cache.put(deep, "before", {});
    cache.put(deep, "then", {});
    fs::remove_all(removed);
    if (entry_files(folder.path()) == 0) CHECK(text_of(cache, deep) == "(none)");
    cache.put(deep, "after", {});
    CHECK(text_of(cache, deep) == "after");
    CHECK(text_of(cache, "other") == "(none)");
    quipu::file_cache second{root};
    CHECK(text_of(second, deep) == "after");
  }
}

TEST_CASE("real errors are cache_failed, with the path and the system's number", "[cache]") {
  const scratch_folder folder;
  write_file(folder / "file", "not a folder");

  const quipu::error root_is_file = error_of([&] { quipu::file_cache{folder / "file"}; });
  CHECK(root_is_file.code() == quipu::errc::cache_failed);
  CHECK(root_is_file.path() == (folder / "file").string());
  CHECK(root_is_file.system_error() == ENOTDIR);
  CHECK(error_of([&] { quipu::file_cache{folder / "file" / "below"}; }).system_error() == ENOTDIR);
  CHECK(error_of([&] { quipu::file_cache{folder / std::string(300, 'n')}; }).system_error() == ENAMETOOLONG);
  CHECK(error_of([&] { quipu::file_cache{""}; }).code() == quipu::errc::invalid_argument);

  quipu::file_cache cache{folder / "cache"};
  write_file(folder / "cache" / "61", "not a folder");
  for (const quipu::error& thrown :
       {error_of([&] { cache.put("a", "1", {}); }), error_of([&] { static_cast<void>(cache.get("a")); }),
        error_of([&] { cache.delete_prefix("a"); })}) {
    CHECK(thrown.code() == quipu::errc::cache_failed);
    CHECK(thrown.system_error() == ENOTDIR);
    CHECK(thrown.path().find((folder / "cache" / "61").string()) == 0);
  }
  CHECK(read_file(folder / "cache" / "61") == "not a folder");

  const std::string long_key(quipu::file_cache::max_key_bytes + 1, 'k');
  CHECK(error_of([&] { cache.put(long_key, "1", {}); }).code() == quipu::errc::invalid_argument);
  CHECK(error_of([&] { static_cast<void>(cache.get(long_key)); }).code() == quipu::errc::invalid_argument);
  const std::byte nothing{};
  const quipu::bytes_view too_much{&nothing, static_cast<std::size_t>(quipu::file_cache::max_value_bytes) + 1};
  CHECK(error_of([&] { cache.put("b", too_much, {}); }).code() == quipu::errc::invalid_argument);
}

TEST_CASE("a put that fails half-way leaves the old entry, and the next one succeeds", "[cache]") {
  // A limit on file sizes makes the system write a part and then refuse, for root as well.
  const scratch_folder folder;
  quipu::file_cache cache{folder.path()};
  cache.put("k", "old", {});
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 4096;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const quipu::error first = error_of([&] { cache.put("k", std::string(10'000, 'n'), {}); });
  const quipu::error second = error_of([&] { cache.put("k", std::string(100'000, 'n'), {}); });
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, ignored);
  for (const quipu::error& thrown : {first, second}) {
    CHECK(thrown.code() == quipu::errc::cache_failed);
    CHECK(thrown.system_error() == EFBIG);
    CHECK(thrown.path() == entry_path(folder.path(), "k").string());
  }
  CHECK(text_of(cache, "k") == "old");
  CHECK(entry_files(folder.path()) == 1);
  cache.put("k", "new", {});
  CHECK(text_of(cache, "k") == "new");
}

TEST_CASE("running out of descriptors is an error, not a miss", "[cache]") {
  const scratch_folder folder;
  quipu::file_cache cache{folder.path()};
  cache.put("k", "v", {});
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit none = before;
  none.rlim_cur = 0;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  const quipu::error from_get = error_of([&] { static_cast<void>(cache.get("k")); });
  const quipu::error from_put = error_of([&] { cache.put("k", "w", {}); });
  ::setrlimit(RLIMIT_NOFILE, &before);
  CHECK(from_get.code() == quipu::errc::cache_failed);
  CHECK(from_get.system_error() == EMFILE);
  CHECK(from_put.system_error() == EMFILE);
  CHECK(text_of(cache, "k") == "v");
}

TEST_CASE("get_into reuses the caller's buffer", "[cache]") {
  const scratch_folder folder;
  quipu::file_cache cache{folder.path()};
  cache.put("long", std::string(3000, 'l'), {1, 1});
  cache.put("short", "s", {2, 2});
  quipu::bytes value;
  quipu::cache_meta meta;
  REQUIRE(cache.get_into("long", value, meta));
  const std::byte* const kept = value.data();
  REQUIRE(cache.get_into("short", value, meta));
  CHECK(value.data() == kept);
  CHECK(quipu::bytes_view{value} == quipu::bytes_view{"s"});
  CHECK(meta == quipu::cache_meta{2, 2});
  CHECK_FALSE(cache.get_into("none", value, meta));
  CHECK(cache.stats() == quipu::cache_stats{.hits = 2, .misses = 1, .puts = 2});
  cache.sync();
}

TEST_CASE("an announced entry is in memory when it is read", "[cache]") {
  const scratch_folder folder;
  quipu::file_cache cache{folder.path()};
  REQUIRE(cache.capabilities().supports_prefetch);
  const std::string value(4 * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)), 'v');
  cache.put("k", value, {});
  cache.sync();
  const quipu::detail::unique_fd file{::open(entry_path(folder.path(), "k").c_str(), O_RDONLY | O_CLOEXEC)};
  const std::size_t length = value.size();
  void* const mapped = ::mmap(nullptr, length, PROT_READ, MAP_SHARED, file.get(), 0);
  REQUIRE(mapped != MAP_FAILED);
  const auto pages_in_memory = [&] {
    std::vector<unsigned char> pages(4);
    REQUIRE(::mincore(mapped, length, pages.data()) == 0);
    return std::count_if(pages.begin(), pages.end(), [](unsigned char page) { return (page & 1) != 0; });
  };
  REQUIRE(::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED) == 0);
  // A file system in memory has nowhere to drop the pages to, and nothing to show here.
  if (pages_in_memory() == 0) {
    cache.prefetch("k", {});
    for (int wait = 0; wait < 2000 && pages_in_memory() != 4; ++wait) ::usleep(1000);
    CHECK(pages_in_memory() == 4);
  }
  ::munmap(mapped, length);
  CHECK(text_of(cache, "k") == value);
  cache.prefetch("none", {});
  cache.prefetch(std::string(5000, 'k'), {});
  CHECK(cache.stats().misses == 0);
}

TEST_CASE("an entry is replaced also where names can't be exchanged, and another failure is one", "[cache][file]") {
  for (const int number : {EINVAL, ENOSYS, EIO}) {
    const scratch_folder folder;
    quipu::file_cache cache{folder / "c"};
    cache.put("key", "first", {1, 1});
    bool is_refused = false;
    bool has_failed = false;
    std::thread{[&] {
      is_refused = refuse_exchanges(number);
      try {
        cache.put("key", "second", {2, 2});
      } catch (const quipu::error&) {
        has_failed = true;
      }
    }}.join();
    if (!is_refused) {
      WARN("this system lets no thread filter its system calls");
      return;
    }
    CHECK(has_failed == (number == EIO));
    CHECK(cache.get("key")->value == quipu::bytes_view{number == EIO ? "first" : "second"});
  }
}
