// SPDX-License-Identifier: BSL-1.0
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/environment/detail/posix_file.hpp>
#endif

#include <catch2/catch.hpp>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fs = std::filesystem;
using namespace quipu::detail;

namespace {

struct scratch {
  fs::path path;
  unique_fd folder;
  scratch() {
    std::string name = (fs::temp_directory_path() / "quipu-posix-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    path = name;
    folder = open_directory(name);
  }
  ~scratch() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
};

bool is_open(int descriptor) { return ::fcntl(descriptor, F_GETFD) >= 0; }

using opener = unique_fd (*)(int, const char*, int, mode_t);

}  // namespace

TEST_CASE("unique_fd closes once, and keeps errno", "[posix]") {
  int number = -1;
  {
    unique_fd first{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
    number = first.get();
    unique_fd second{std::move(first)};
    CHECK_FALSE(first);
    CHECK(second.get() == number);
    unique_fd& same = second;
    second = std::move(same);
    CHECK(is_open(number));
    unique_fd third;
    third = std::move(second);
    CHECK(third.get() == number);
    errno = EXDEV;
  }
  CHECK(errno == EXDEV);
  CHECK_FALSE(is_open(number));
  unique_fd released{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
  number = released.release();
  released.reset();
  CHECK(is_open(number));
  ::close(number);
}

TEST_CASE("system errors become quipu errors", "[posix]") {
  const auto code_of = [](int number) {
    try {
      throw_system_error("write", "/some/file", number);
    } catch (const quipu::error& thrown) {
      CHECK(thrown.path() == "/some/file");
      CHECK(thrown.system_error() == number);
      CHECK(std::string{thrown.what()}.find("write: ") != std::string::npos);
      return thrown.code();
    }
    return quipu::errc::closed;
  };
  CHECK(code_of(ENOSPC) == quipu::errc::storage_full);
  CHECK(code_of(EDQUOT) == quipu::errc::storage_full);
  CHECK(code_of(EFBIG) == quipu::errc::storage_full);
  CHECK(code_of(EIO) == quipu::errc::io_failed);
  CHECK(code_of(EACCES) == quipu::errc::io_failed);
  try {
    throw_system_error("read", "/some/file", ENOENT, quipu::errc::not_found);
  } catch (const quipu::error& thrown) {
    CHECK(thrown.code() == quipu::errc::not_found);
    CHECK(std::string{thrown.what()}.find("No such file or directory") != std::string::npos);
  }
}

TEST_CASE("opening below a directory follows no link and leads nowhere else, by the kernel and by component",
          "[posix]") {
  const scratch here;
  fs::create_directories(here.path / "in/deeper");
  fs::create_directories(here.path / "out");
  fs::create_directory_symlink("deeper", here.path / "in/link");
  fs::create_directory_symlink(here.path / "out", here.path / "in/away");
  const unique_fd in = open_directory((here.path / "in").string());
  const int root = in.get();
  REQUIRE(in);
  for (const opener open : {opener{open_beneath}, opener{open_beneath_by_component}}) {
    INFO("by component: " << (open == opener{open_beneath_by_component}));
    const auto fails_with = [&](const char* name, int flags) {
      errno = 0;
      return open(root, name, flags, 0644) ? 0 : errno;
    };
    {
      const unique_fd made = open(root, "deeper/file", O_RDWR | O_CREAT | O_EXCL, 0600);
      REQUIRE(made);
      CHECK((::fcntl(made.get(), F_GETFD) & FD_CLOEXEC) != 0);
      CHECK(write_all_at(made.get(), "text", 0));
    }
    CHECK((fs::status(here.path / "in/deeper/file").permissions() & fs::perms::all) == fs::perms(0600));
    CHECK(open(root, "deeper//file", O_RDONLY, 0));
    CHECK(open(root, "./deeper/./file", O_RDONLY, 0));
    CHECK(open(root, "deeper/", O_RDONLY | O_DIRECTORY, 0));
    CHECK(open(root, "deeper", directory_handle_flags, 0));
    CHECK(fails_with("deeper/file", O_RDWR | O_CREAT | O_EXCL) == EEXIST);
    CHECK(fails_with("deeper/none", O_RDONLY) == ENOENT);
    CHECK(fails_with("none/file", O_RDONLY) == ENOENT);
    CHECK(fails_with("deeper/file/", O_RDONLY) == ENOTDIR);
    CHECK(fails_with("deeper/file/below", O_RDONLY) == ENOTDIR);
    CHECK(fails_with("", O_RDONLY) == ENOENT);
    CHECK(fails_with("../out", O_RDONLY) == EXDEV);
    CHECK(fails_with("deeper/../../out", O_RDONLY) == EXDEV);
    CHECK(fails_with((here.path / "out").c_str(), O_RDONLY) == EXDEV);
    for (const char* link : {"link", "away", "link/file", "away/file", "link/", "away/."}) {
      INFO(link);
      const int why = fails_with(link, O_RDONLY);
      const int creating = fails_with(link, O_WRONLY | O_CREAT);
      CHECK((why == ELOOP || why == ENOTDIR));
      CHECK((creating == ELOOP || creating == ENOTDIR || creating == EISDIR));
    }
    CHECK(fs::is_empty(here.path / "out"));
    REQUIRE(unlink_at(open(root, "deeper", directory_handle_flags, 0).get(), "file"));
  }
}

TEST_CASE("a directory is opened only if it is one, and no link by any spelling", "[posix]") {
  const scratch here;
  fs::create_directory(here.path / "real");
  fs::create_directory_symlink(here.path / "real", here.path / "link");
  const std::string real = (here.path / "real").string();
  const std::string link = (here.path / "link").string();
  for (const char* tail : {"", "/", "//", "/.", "/./", "/.//./"}) {
    CHECK(open_directory(real + tail));
    CHECK_FALSE(open_directory(link + tail));
  }
  CHECK(without_trailing_slashes("/") == "/");
  CHECK(without_trailing_slashes("//") == "/");
  CHECK(without_trailing_slashes("/.") == "/");
  CHECK(without_trailing_slashes(".") == ".");
  CHECK(without_trailing_slashes("") == ".");
  CHECK(without_trailing_slashes("a/..") == "a/..");
  CHECK(without_trailing_slashes("a./") == "a.");
  REQUIRE(create_directories(real + "/a//b/c/"));
  CHECK(open_directory(real + "/a/b/c"));
  CHECK(create_directories(real + "/a/b/c"));
  REQUIRE(create_exclusive(here.folder.get(), "file"));
  CHECK_FALSE(create_directories((here.path / "file/below").string()));
  CHECK(errno == ENOTDIR);
}

TEST_CASE("reading and writing are complete, or say that they aren't", "[posix]") {
  const scratch here;
  const unique_fd file = create_exclusive(here.folder.get(), "file");
  REQUIRE(file);
  CHECK_FALSE(create_exclusive(here.folder.get(), "file"));
  REQUIRE(write_all_at(file.get(), "hello", 3));
  CHECK(file_size(file.get()) == 8);
  std::byte buffer[16]{};
  CHECK(read_exact_at(file.get(), buffer, 5, 3));
  CHECK(quipu::bytes_view{buffer, 5} == quipu::bytes_view{"hello"});
  CHECK(read_at(file.get(), buffer, 16, 3) == 5);
  CHECK(read_at(file.get(), buffer, 16, 100) == 0);
  CHECK_FALSE(read_exact_at(file.get(), buffer, 6, 3));
  CHECK(errno == 0);
  CHECK_FALSE(read_exact_at(-1, buffer, 1, 0));
  CHECK(errno == EBADF);
  CHECK(write_all_at(file.get(), "", 0));
  REQUIRE(truncate_file(file.get(), 4));
  CHECK(file_size(file.get()) == 4);
  CHECK(file_size(-1) == -1);
  CHECK(sync_data(file.get()));
  CHECK(sync_all(file.get()));
  CHECK(sync_directory(here.folder.get()));
  CHECK_FALSE(sync_data(-1));

  // The system takes a part and then refuses: seen as a failure, with what it wrote left in place.
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 1000;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const bool written = write_all_at(file.get(), std::string(2000, 'x'), 0);
  const int why = errno;
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  CHECK_FALSE(written);
  CHECK(why == EFBIG);
  CHECK(file_size(file.get()) == 1000);
}

TEST_CASE("interrupted calls are repeated, others not", "[posix]") {
  int calls = 0;
  CHECK(retry_interrupted([&] {
          errno = EINTR;
          return ++calls < 4 ? -1 : 7;
        }) == 7);
  CHECK(calls == 4);
  calls = 0;
  CHECK(retry_interrupted([&] {
          errno = EIO;
          ++calls;
          return -1;
        }) == -1);
  CHECK(calls == 1);
}

TEST_CASE("names are renamed, exchanged, removed and listed", "[posix]") {
  const scratch here;
  const int folder = here.folder.get();
  const auto text_in = [&](const char* name) {
    const unique_fd file = open_beneath(folder, name, O_RDONLY);
    std::byte buffer[16];
    const ssize_t got = file ? read_at(file.get(), buffer, sizeof buffer, 0) : -1;
    return got < 0 ? std::string{"(none)"}
                   : std::string{quipu::bytes_view{buffer, static_cast<std::size_t>(got)}.text()};
  };
  for (const char* name : {"one", "two"}) REQUIRE(write_all_at(create_exclusive(folder, name).get(), name, 0));
  REQUIRE(make_directory_at(folder, "sub"));
  CHECK_FALSE(make_directory_at(folder, "sub"));
  REQUIRE(exchange_at(folder, "one", folder, "two"));
  CHECK(text_in("one") == "two");
  CHECK(text_in("two") == "one");
  CHECK_FALSE(exchange_at(folder, "one", folder, "none"));
  CHECK(errno == ENOENT);
  REQUIRE(rename_at(folder, "one", folder, "two"));
  CHECK(text_in("one") == "(none)");
  CHECK(text_in("two") == "two");

  std::set<std::string> names;
  const auto remember = [&](std::string_view name, unsigned char) { return names.emplace(name).second; };
  REQUIRE(list_directory(folder, remember));
  CHECK(names == std::set<std::string>{"two", "sub"});
  names.clear();
  REQUIRE(list_directory(folder, remember));  // from the start again
  CHECK(names.size() == 2);
  int seen = 0;
  REQUIRE(list_directory(folder, [&](std::string_view, unsigned char) { return ++seen < 1; }));
  CHECK(seen == 1);
  CHECK_FALSE(list_directory(-1, remember));

  const unique_fd sub = open_beneath(folder, "sub", directory_handle_flags);
  REQUIRE(create_exclusive(sub.get(), "inner"));
  CHECK_FALSE(remove_directory_at(folder, "sub"));
  CHECK_FALSE(unlink_at(folder, "sub"));
  CHECK(unlink_at(sub.get(), "inner"));
  CHECK(remove_directory_at(folder, "sub"));
  CHECK(unlink_at(folder, "two"));
  CHECK_FALSE(unlink_at(folder, "two"));
}

TEST_CASE("a descriptor's number can be given to another file", "[posix]") {
  const scratch here;
  const unique_fd first = create_exclusive(here.folder.get(), "first");
  const unique_fd second = create_exclusive(here.folder.get(), "second");
  REQUIRE(write_all_at(second.get(), "2", 0));
  REQUIRE(replace_descriptor(second.get(), first.get()));
  CHECK(file_size(first.get()) == 1);
  CHECK((::fcntl(first.get(), F_GETFD) & FD_CLOEXEC) != 0);
}
