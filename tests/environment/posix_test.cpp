// SPDX-License-Identifier: BSL-1.0
//
// posix_test.cpp: what only real files have: links, permissions, limits, other processes, and system calls that fail.
#include "environment_fixture.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/environment/detail/posix_open.hpp>
#endif

#include <catch2/catch.hpp>

#include <array>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <grp.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__linux__)
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

using namespace environment_tests;
using quipu::errc;
using quipu::open_mode;
using quipu::posix_environment;

namespace {

bool is_open(int descriptor) { return ::fcntl(descriptor, F_GETFD) >= 0; }

/// The number that the next descriptor gets: the same before and after, if nothing was leaked.
int next_descriptor() {
  const int number = ::dup(STDOUT_FILENO);
  ::close(number);
  return number;
}

bool is_locked(const std::string& path, const std::string& name = "lock") {
  try {
    (void)posix_environment{}.open_directory(path, false)->lock(name);
    return false;
  } catch (const quipu::error& refused) {
    if (refused.code() != errc::locked) throw;
    return true;
  }
}

/// Two ends between processes; `wait` returns when something was sent, or when all that could send are gone.
struct channel {
  std::array<int, 2> ends{};
  channel() {
    if (::pipe(ends.data()) != 0) throw std::runtime_error{"pipe"};
  }
  channel(const channel&) = delete;
  channel& operator=(const channel&) = delete;
  ~channel() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  void send(int value = 1) const {
    if (::write(ends[1], &value, sizeof value) != sizeof value) std::abort();
  }
  [[nodiscard]] int wait() const {
    int value = 0;
    return ::read(ends[0], &value, sizeof value) == sizeof value ? value : 0;
  }
};

/// Becomes somebody without rights, if this is somebody with all of them.
void drop_privileges() {
  if (::geteuid() != 0) return;
  if (::setgroups(0, nullptr) != 0 || ::setgid(65534) != 0 || ::setuid(65534) != 0) throw std::runtime_error{"setuid"};
}

#if defined(__linux__)
/// From now on, one system call fails with this number, in this process.
void deny(long system_call, int number) {
  std::array<sock_filter, 4> program{
      sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),  // the call's number
      sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(system_call), 0, 1),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(number)),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) {
    throw std::runtime_error{"prctl"};
  }
}
#endif

}  // namespace

TEST_CASE("posix refuses links, pipes and whatever isn't a directory or a regular file, and leaks nothing",
          "[environment]") {
  const scratch_folder here;
  posix_environment world;
  fs::create_directories(here / "real");
  fs::create_directory_symlink("real", here / "link");
  fs::create_directory_symlink("nowhere", here / "dangling");
  std::ofstream{here / "file"} << "text";
  fs::create_symlink("../file", here / "real/link");
  fs::create_symlink("../nowhere", here / "real/dangling");
  REQUIRE(::mkfifo((here / "real/pipe").c_str(), 0666) == 0);
  fs::create_directory(here / "real/folder");
  const int before = next_descriptor();

  for (const std::string bad : {"file", "link", "link/", "link/.", "dangling", "file/below"}) {
    for (const bool create : {false, true}) {
      INFO(bad << (create ? " created" : ""));
      const auto refused = error_of([&] { (void)world.open_directory(here / bad, create); });
      CHECK(refused.code() == errc::io_failed);
      CHECK(refused.system_error() != 0);
      CHECK(refused.path().starts_with((here / "").string()));
    }
  }
  CHECK(code_of([&] { (void)world.open_directory(here / "none/deeper", false); }) == errc::not_found);
  CHECK_FALSE(fs::exists(here / "nowhere"));
  CHECK_NOTHROW(world.open_directory(here / "link/folder", false));  // the way there may have links

  auto directory = world.open_directory(here / "real", false);
  for (const std::string bad : {"link", "dangling", "pipe", "folder"}) {
    INFO(bad);
    CHECK(directory->exists(bad));
    for (const open_mode mode : {open_mode::read, open_mode::write}) {
      CHECK(code_of([&] { (void)directory->open_file(bad, mode); }) == errc::corrupt);
    }
    CHECK(code_of([&] { (void)directory->open_file(bad, open_mode::create); }) == errc::io_failed);
    CHECK(code_of([&] { (void)directory->lock(bad); }) == errc::corrupt);
  }
  CHECK_FALSE(fs::exists(here / "nowhere"));
  CHECK(code_of([&] { (void)directory->open_file("none", open_mode::read); }) == errc::not_found);
  {
    const auto held = directory->lock("lock");
    CHECK(code_of([&] { (void)directory->lock("lock"); }) == errc::locked);
  }
  directory->remove("link");  // the link, not what it leads to
  CHECK(fs::exists(here / "file"));
  CHECK(next_descriptor() == before + 1);  // `directory`
}

TEST_CASE("posix stays in the directory that it opened", "[environment]") {
  const scratch_folder here;
  auto directory = posix_environment{}.open_directory(here / "store", true);
  fs::rename(here / "store", here / "moved");
  fs::create_directory(here / "store");
  directory->open_file("file", open_mode::create)->write_at("text", 0);
  CHECK(fs::exists(here / "moved/file"));
  CHECK(fs::is_empty(here / "store"));
  directory->rename("file", "renamed");
  CHECK(fs::exists(here / "moved/renamed"));
}

TEST_CASE("posix makes files for their owner to write, and closes them when a program is executed", "[environment]") {
  const scratch_folder here;
  const mode_t old = ::umask(0);
  auto directory = posix_environment{}.open_directory(here / "store", true);
  const int first = next_descriptor();
  const auto file = directory->open_file("file", open_mode::create);
  const auto lock = directory->lock("lock");
  ::umask(old);
  CHECK((fs::status(here / "store/file").permissions() & fs::perms::all) == fs::perms(0644));
  CHECK((fs::status(here / "store/lock").permissions() & fs::perms::all) == fs::perms(0644));
  for (int number = first - 1; number < first + 2; ++number) CHECK((::fcntl(number, F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("posix takes no descriptor that belongs to a standard stream", "[environment]") {
  const scratch_folder here;
  CHECK(in_child([&] {
          for (int number = 0; number < 3; ++number) ::close(number);
          auto directory = posix_environment{}.open_directory(here / "store", true);
          const auto file = directory->open_file("file", open_mode::create);
          const auto lock = directory->lock("lock");
          return is_open(0) || is_open(1) || is_open(2) || !is_locked((here / "store").string()) ? 1 : 0;
        }) == 0);
}

TEST_CASE("posix reports what permissions forbid", "[environment]") {
  const scratch_folder here;
  fs::permissions(here / "", fs::perms(0755));
  fs::create_directories(here / "sealed");
  std::ofstream{here / "sealed/file"} << "text";
  fs::permissions(here / "sealed/file", fs::perms(0444));
  fs::permissions(here / "sealed", fs::perms(0555));
  CHECK(in_child([&] {
          fs::current_path(here / "");  // the temporary folder may be in one that nobody else may pass
          drop_privileges();
          auto directory = posix_environment{}.open_directory("sealed", true);
          const auto denied = [](auto operation) {
            const auto refused = error_of(operation);
            return refused.code() == errc::io_failed && refused.system_error() == EACCES;
          };
          if (text_of(directory->open_file("file", open_mode::read)) != "text") return 1;
          if (!denied([&] { (void)directory->open_file("file", open_mode::write); })) return 2;
          if (!denied([&] { (void)directory->open_file("new", open_mode::create); })) return 3;
          if (!denied([&] { (void)directory->lock("lock"); })) return 4;
          if (!denied([&] { directory->remove("file"); })) return 5;
          if (!denied([&] { directory->rename("file", "new"); })) return 6;
          if (!denied([&] { (void)posix_environment{}.open_directory("sealed/new", true); })) return 7;
          return directory->list().size() == 1 ? 0 : 8;
        }) == 0);

  // A parent that may be passed but not read: what is there already is opened; what would be new can't be made to last.
  fs::create_directories(here / "closed/store");
  fs::permissions(here / "closed/store", fs::perms(0777));
  fs::permissions(here / "closed", fs::perms(0733));
  CHECK(in_child([&] {
          fs::current_path(here / "");
          drop_privileges();
          (void)posix_environment{}.open_directory("closed/store", true)->open_file("file", open_mode::create);
          return code_of([&] { (void)posix_environment{}.open_directory("closed/new", true); }) == errc::io_failed ? 0
                                                                                                                   : 1;
        }) == 0);
  fs::permissions(here / "sealed", fs::perms(0755));
  fs::permissions(here / "closed", fs::perms(0755));
}

TEST_CASE("posix reports a size limit as no room, and what was written before it stays", "[environment]") {
  const scratch_folder here;
  auto directory = posix_environment{}.open_directory(here / "store", true);
  const int code = in_child([&] {
    constexpr rlim_t limit = 100'000;
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit both{limit, limit};
    if (::setrlimit(RLIMIT_FSIZE, &both) != 0) return 1;
    auto file = directory->open_file("file", open_mode::create);
    file->write_at(std::string(90'000, 'a'), 0);
    const auto full = [&](auto operation) {
      const auto refused = error_of(operation);
      return refused.code() == errc::storage_full && refused.system_error() == EFBIG && refused.path() == file->path();
    };
    if (!full([&] { file->write_at(std::string(20'000, 'b'), 90'000); })) return 2;
    if (!full([&] { file->reserve(limit + 1); })) return 3;
    if (!full([&] { file->truncate(limit + 1); })) return 4;
    file->truncate(90'000);
    file->reserve(limit);
    return file->size() == limit ? 0 : 5;
  });
  CHECK(code == 0);
  CHECK(text_of(directory->open_file("file", open_mode::read), 90'010) ==
        std::string(90'000, 'a') + std::string(10, '\0'));
}

TEST_CASE("directories are made from the top down, and each name is flushed before the next is made", "[environment]") {
  const scratch_folder here;
  using calls = std::vector<std::pair<std::string, bool>>;
  calls seen;
  const std::string top = (here / "").string();
  std::string wanted;
  int flushes_left = 100;
  auto flush = [&](const std::string& parent, bool created) {
    seen.emplace_back(parent, created);
    return --flushes_left >= 0;
  };
  const auto make = [&](const std::string& below) {
    seen.clear();
    return quipu::detail::create_directories_in_order(top + below, flush);
  };
  const std::string root = top.substr(0, top.size() - 1);
  fs::create_directory(here / "a");
  CHECK(make("a/b//c/d"));
  CHECK(seen == calls{{root, false}, {top + "a", true}, {top + "a/b", true}, {top + "a/b//c", true}});
  CHECK(make("a/b//c/d"));  // its name may not have been flushed
  CHECK(seen == calls{{top + "a/b//c", false}});

  flushes_left = 2;
  CHECK_FALSE(make("x/y/z"));
  CHECK(seen.size() == 3);  // the name of `top`, x, and y, whose flush fails
  CHECK(fs::exists(here / "x/y"));
  CHECK_FALSE(fs::exists(here / "x/y/z"));
  CHECK(quipu::detail::parent_directory("name") == ".");
  CHECK(quipu::detail::parent_directory("/name") == "/");
  CHECK(quipu::detail::parent_directory("a//name") == "a");
}

#if defined(__linux__)
TEST_CASE("posix reports flushes that fail, also of the directories that it makes", "[environment]") {
  const scratch_folder here;
  fs::create_directory(here / "there");
  CHECK(in_child([&] {
          auto directory = posix_environment{}.open_directory(here / "there", false);
          auto file = directory->open_file("file", open_mode::create);
          const auto fails = [](auto operation) {
            const auto refused = error_of(operation);
            return refused.code() == errc::io_failed && refused.system_error() == EIO;
          };
          file->sync();
          deny(SYS_fsync, EIO);
          file->sync();  // fdatasync: no need to flush what isn't needed to read the file
          if (!fails([&] { directory->sync(); })) return 1;
          if (!fails([&] { (void)posix_environment{}.open_directory(here / "new", true); })) return 2;
          if (!fails([&] { (void)posix_environment{}.open_directory(here / "there", true); })) return 3;
          (void)posix_environment{}.open_directory(here / "there", false);
          deny(SYS_fdatasync, EIO);
          if (!fails([&] { file->sync(); })) return 4;
          deny(SYS_getrandom, EIO);
          std::byte to[16];
          return fails([&] { posix_environment{}.random(to, sizeof to); }) ? 0 : 5;
        }) == 0);
}

TEST_CASE("posix grows a file where room can't be set aside, and says so where there is none", "[environment]") {
  const scratch_folder here;
  auto directory = posix_environment{}.open_directory(here / "store", true);
  {
    auto file = directory->open_file("reserved", open_mode::create);
    file->truncate(500'000);
    file->reserve(1'000'000);
    struct stat about;
    REQUIRE(::stat((here / "store/reserved").c_str(), &about) == 0);
    CHECK(about.st_blocks * 512 >= 1'000'000);  // the hole is filled too
  }
  for (const int number : {EOPNOTSUPP, ENOSYS, EINVAL}) {
    CHECK(in_child([&] {
            auto file = directory->open_file("grown " + std::to_string(number), open_mode::create);
            file->write_at("text", 0);
            deny(SYS_fallocate, number);
            file->reserve(10'000);
            if (file->size() != 10'000 || text_of(file, 4) != "text") return 1;
            file->reserve(10);
            return file->size() == 10'000 ? 0 : 2;
          }) == 0);
  }
  for (const auto& refusal : {std::pair{ENOSPC, errc::storage_full}, std::pair{EIO, errc::io_failed}}) {
    CHECK(in_child([&] {
            auto file = directory->open_file("refused " + std::to_string(refusal.first), open_mode::create);
            deny(SYS_fallocate, refusal.first);
            return code_of([&] { file->reserve(10'000); }) == refusal.second && file->size() == 0 ? 0 : 1;
          }) == 0);
  }
}

TEST_CASE("posix locks survive a child that was made behind the C library's back", "[environment]") {
  const scratch_folder here;
  auto directory = posix_environment{}.open_directory(here / "store", true);
  std::optional lock{directory->lock("lock")};
  const long child = ::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
  if (child == 0) {
    lock.reset();
    ::_exit(0);
  }
  REQUIRE(child > 0);
  REQUIRE(end_of(static_cast<pid_t>(child)) == 0);
  CHECK(is_locked((here / "store").string()));
  // And one that lives on has no part of it when the owner lets go.
  const channel go;
  const long idle = ::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
  if (idle == 0) ::_exit(go.wait());
  REQUIRE(idle > 0);
  lock.reset();
  CHECK_FALSE(is_locked((here / "store").string()));
  go.send(7);
  CHECK(end_of(static_cast<pid_t>(idle)) == 7);
}
#endif

TEST_CASE("posix locks hold against other processes and end with their owner's", "[environment]") {
  const scratch_folder here;
  const std::string path = (here / "store").string();
  auto directory = posix_environment{}.open_directory(path, true);
  const channel ready;
  const channel go;
  const pid_t owner = start_child([&] {
    const auto lock = directory->lock("lock");
    ready.send();
    return go.wait();
  });
  REQUIRE(ready.wait() == 1);
  CHECK(is_locked(path));
  go.send(5);
  CHECK(end_of(owner) == 5);
  CHECK_FALSE(is_locked(path));

  std::optional lock{directory->lock("lock")};
  CHECK(in_child([&] { return is_locked(path) ? 0 : 1; }) == 0);
  lock.reset();
  CHECK(in_child([&] { return is_locked(path) ? 1 : 0; }) == 0);
}

TEST_CASE("posix locks are freed by kill -9 of the owner, though its child lives on", "[environment]") {
  const scratch_folder here;
  const std::string path = (here / "store").string();
  auto directory = posix_environment{}.open_directory(path, true);
  const channel ready;
  const channel go;
  const channel answer;
  const pid_t owner = start_child([&] {
    const auto lock = directory->lock("lock");
    start_child([&] {
      ready.send();
      answer.send(go.wait());
      return 0;
    });
    return ::pause();
  });
  REQUIRE(ready.wait() == 1);
  CHECK(is_locked(path));
  REQUIRE(::kill(owner, SIGKILL) == 0);
  REQUIRE(end_of(owner) == -SIGKILL);
  CHECK_FALSE(is_locked(path));
  go.send(7);
  CHECK(answer.wait() == 7);  // it was there all the time
}

TEST_CASE("posix locks aren't a forked child's: it neither has them nor undoes them", "[environment]") {
  const scratch_folder here;
  const std::string path = (here / "store").string();
  auto directory = posix_environment{}.open_directory(path, true);
  std::optional lock{directory->lock("lock")};
  std::optional second{directory->lock("second")};
  CHECK(in_child([&] {
          if (!is_locked(path) || !is_locked(path, "second")) return 1;
          const auto own = directory->lock("own");
          lock.reset();  // copies, of something that isn't the child's; nor may they undo what is
          second.reset();
          if (!is_locked(path, "own")) return 2;
          return is_locked(path) && is_locked(path, "second") ? 0 : 3;
        }) == 0);
  CHECK(is_locked(path));
  CHECK(is_locked(path, "second"));
  CHECK_FALSE(is_locked(path, "own"));
  // A child that lives on has no part of it when the owner lets go.
  const channel go;
  const pid_t child = start_child([&] { return go.wait(); });
  lock.reset();
  CHECK_FALSE(is_locked(path));
  go.send(3);
  CHECK(end_of(child) == 3);
}

TEST_CASE("posix locks aren't undone by who reads and closes the file", "[environment]") {
  const scratch_folder here;
  const std::string path = (here / "store").string();
  auto directory = posix_environment{}.open_directory(path, true);
  const auto lock = directory->lock("lock");
  fs::copy(path, here / "copy", fs::copy_options::recursive);
  CHECK(in_child([&] { return is_locked(path) ? 0 : 1; }) == 0);
  CHECK_FALSE(is_locked((here / "copy").string()));
}
