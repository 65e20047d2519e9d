// SPDX-License-Identifier: BSL-1.0
//
// cache_bench.cpp: what the caches cost beside the bare system calls that do the least such work, measured in the same
// run.
//
//   cache_bench [directory on the file system to measure, default .] [rounds, default 9]
//
// Prints a Markdown table; each figure is the median over the rounds of the mean of one round, in microseconds.
#include <quipu/cache/detail/entry_name.hpp>
#include <quipu/cache/file_cache.hpp>
#include <quipu/cache/memory_cache.hpp>
#include <quipu/cache/tiered_cache.hpp>
#include <quipu/environment/detail/posix_file.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace {

constexpr int entries = 256;
constexpr int reads = 4000;

std::string key_of(const char* group, int number) {
  char text[64];
  std::snprintf(text, sizeof text, "account:%s%06d", group, number);
  std::string key{text};
  key.push_back('\0');
  key += "01234567";  // where a fingerprint goes
  return key;
}

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::exit(1);
}

void must(bool done, const char* what) {
  if (!done) give_up(what);
}

template <class Operation>
double microseconds(int count, Operation operation) {
  const auto start = std::chrono::steady_clock::now();
  for (int index = 0; index < count; ++index) operation(index);
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
  return took.count() / count;
}

struct figures {
  std::map<std::string, std::vector<double>> rounds;
  void add(const std::string& name, double value) { rounds[name].push_back(value); }
  double median(const std::string& name) {
    auto& all = rounds.at(name);
    std::sort(all.begin(), all.end());
    return all[all.size() / 2];
  }
};

void one_round(const std::filesystem::path& where, std::size_t value_size, figures& out) {
  std::filesystem::create_directories(where / "probe" / "61");
  const std::string value(value_size, 'v');
  std::vector<char> buffer(value_size + 128);
  const int root = ::open((where / "probe").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const int shard = ::openat(root, "61", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  must(root >= 0 && shard >= 0, "open");

  std::vector<std::string> there;
  std::vector<std::string> missing;
  std::vector<std::string> names;
  std::vector<std::string> missing_names;
  for (int index = 0; index < entries; ++index) {
    there.push_back(key_of("", index));
    missing.push_back(key_of("none", index));
    names.push_back(quipu::detail::entry_name{there.back()}.path());
    missing_names.push_back(quipu::detail::entry_name{missing.back()}.path());
  }

  // The probes: as much as is needed for one entry of that size, and nothing else.
  out.add("probe put new", microseconds(entries, [&](int index) {
            const int file = ::openat(shard, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0644);
            must(file >= 0 && ::pwrite(file, value.data(), value.size(), 0) == static_cast<ssize_t>(value.size()),
                 "O_TMPFILE");
            const std::string self = "/proc/self/fd/" + std::to_string(file);
            must(::linkat(AT_FDCWD, self.c_str(), root, names[static_cast<std::size_t>(index)].c_str(),
                          AT_SYMLINK_FOLLOW) == 0,
                 "linkat");
            ::close(file);
          }));
  must(::close(::openat(root, "spare", O_WRONLY | O_CREAT | O_CLOEXEC, 0644)) == 0, "spare");
  const auto overwrite_by_exchange = [&](int index) {
    const int file = ::openat(root, "spare", O_WRONLY | O_CLOEXEC);
    must(file >= 0 && ::pwrite(file, value.data(), value.size(), 0) == static_cast<ssize_t>(value.size()), "spare");
    must(quipu::detail::exchange_at(root, "spare", root, names[static_cast<std::size_t>(index)].c_str()), "exchange");
    ::close(file);
  };
  for (int index = 0; index < entries; ++index) overwrite_by_exchange(index);
  out.add("probe overwrite", microseconds(entries, overwrite_by_exchange));
  out.add("probe rename over", microseconds(entries, [&](int index) {
            const int file = ::openat(root, "next", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
            must(file >= 0 && ::pwrite(file, value.data(), value.size(), 0) == static_cast<ssize_t>(value.size()),
                 "next");
            ::close(file);
            must(::renameat(root, "next", root, names[static_cast<std::size_t>(index)].c_str()) == 0, "rename");
          }));
  out.add("probe hit", microseconds(reads, [&](int index) {
            const int file =
                ::openat(root, names[static_cast<std::size_t>(index) % entries].c_str(), O_RDONLY | O_CLOEXEC);
            must(file >= 0 && ::read(file, buffer.data(), buffer.size()) == static_cast<ssize_t>(value.size()), "read");
            ::close(file);
          }));
  out.add(
      "probe miss", microseconds(reads, [&](int index) {
        must(::openat(root, missing_names[static_cast<std::size_t>(index) % entries].c_str(), O_RDONLY | O_CLOEXEC) < 0,
             "missing");
      }));
  ::close(shard);
  ::close(root);

  // Entries that the system has to fetch from the disk: read one by one, and announced together beforehand.
  const auto cold = [&](auto& cache, const std::string& name, figures& to) {
    if (name != "file") return;
    cache.sync();
    const auto drop = [&] {
      for (const std::string& entry : names) {
        const int file = ::open((where / name / entry).c_str(), O_RDONLY | O_CLOEXEC);
        must(file >= 0 && ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) == 0, "drop");
        ::close(file);
      }
    };
    const auto get = [&](int index) { must(cache.get(there[static_cast<std::size_t>(index)]).has_value(), "get"); };
    drop();
    to.add("cold get", microseconds(entries, get));
    drop();
    to.add("announce",
           microseconds(entries, [&](int index) { cache.prefetch(there[static_cast<std::size_t>(index)], {}); }));
    to.add("announced get", microseconds(entries, get));
    to.add("announce in memory",
           microseconds(entries, [&](int index) { cache.prefetch(there[static_cast<std::size_t>(index)], {}); }));
  };

  const auto measure = [&](const std::string& name, auto&& cache) {
    quipu::bytes found;
    quipu::cache_meta meta;
    cache.put("another", value, {});  // the folders and the spare are there, as in any cache but a new one
    out.add(name + " put new", microseconds(entries, [&](int index) {
              cache.put(there[static_cast<std::size_t>(index)], value, {1, 2});
            }));
    for (int index = 0; index < entries; ++index) cache.put(there[static_cast<std::size_t>(index)], value, {1, 2});
    out.add(name + " overwrite", microseconds(entries, [&](int index) {
              cache.put(there[static_cast<std::size_t>(index)], value, {3, 4});
            }));
    out.add(name + " hit", microseconds(reads, [&](int index) {
              must(cache.get_into(there[static_cast<std::size_t>(index) % entries], found, meta), "hit");
            }));
    out.add(name + " hit, get", microseconds(reads, [&](int index) {
              must(cache.get(there[static_cast<std::size_t>(index) % entries])->value.size() == value_size, "get");
            }));
    if constexpr (requires { cache.prefetch(there[0], quipu::cache_meta{}); }) {
      cold(cache, name, out);
    }
    out.add(name + " miss", microseconds(reads, [&](int index) {
              must(!cache.get_into(missing[static_cast<std::size_t>(index) % entries], found, meta), "miss");
            }));
  };
  measure("file", quipu::file_cache{where / "file"});
  measure("memory", quipu::memory_cache{64U << 20});
  measure("tiered", quipu::tiered_cache{quipu::memory_cache{64U << 20}, quipu::file_cache{where / "tiered"}});
}

}  // namespace

int main(int count, char** arguments) {
  const std::filesystem::path where =
      std::filesystem::path{count > 1 ? arguments[1] : "."} / ("cache_bench." + std::to_string(::getpid()));
  const int rounds = count > 2 ? std::atoi(arguments[2]) : 9;
  must(rounds > 0, "rounds");
  for (const std::size_t value_size : {std::size_t{64}, std::size_t{4096}}) {
    // Each round has folders of its own, and all are deleted at the end: ext4 looks through recently deleted inodes
    // before it makes a new one, which would be measured instead.
    figures all;
    const auto folder_of = [&](int round) {
      return where / (std::to_string(value_size) + "-" + std::to_string(round));
    };
    one_round(folder_of(0), value_size, all);  // to warm up
    all.rounds.clear();
    for (int round = 1; round <= rounds; ++round) one_round(folder_of(round), value_size, all);
    std::printf("\n### %zu-byte values\n\n", value_size);
    std::printf("| operation | file_cache | bare system calls | ratio | memory_cache | tiered_cache |\n");
    std::printf("|---|---|---|---|---|---|\n");
    for (const char* operation : {"hit", "miss", "put new", "overwrite"}) {
      const std::string name{operation};
      const double ours = all.median("file " + name);
      const double bare = all.median("probe " + name);
      std::printf("| %s | %.2f | %.2f | %.2f | %.3f | %.3f |\n", operation, ours, bare, ours / bare,
                  all.median("memory " + name), all.median("tiered " + name));
    }
    std::printf("| hit, `get` (a new buffer each time) | %.2f | | | %.3f | %.3f |\n", all.median("file hit, get"),
                all.median("memory hit, get"), all.median("tiered hit, get"));
    std::printf("| get, not in memory | %.2f | | | | |\n", all.median("cold get"));
    std::printf("| get, not in memory, %d announced together: announcing + reading | %.2f + %.2f | | | | |\n", entries,
                all.median("announce"), all.median("announced get"));
    std::printf("| announcing what is in memory | %.2f | | | | |\n", all.median("announce in memory"));
    std::printf("| rename over an existing name | | %.2f | | | |\n", all.median("probe rename over"));
  }
  std::filesystem::remove_all(where);
  return 0;
}
