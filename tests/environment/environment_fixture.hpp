// SPDX-License-Identifier: BSL-1.0
//
// environment_fixture.hpp: what the tests of the environments share: a place to work in, the error an operation must
// throw, and processes to do what must not be done to the test itself.
#pragma once

#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/environment/memory_environment.hpp>
#include <quipu/environment/posix_environment.hpp>
#include <quipu/environment/simulated_environment.hpp>
#endif

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

namespace environment_tests {

namespace fs = std::filesystem;

/// A new folder under the system's temporary one; removed with all that is in it.
class scratch_folder {
 public:
  scratch_folder() {
    std::string name = (fs::temp_directory_path() / "quipu-environment-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error{"mkdtemp"};
    path_ = name;
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  ~scratch_folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  [[nodiscard]] fs::path operator/(std::string_view name) const { return path_ / name; }

 private:
  fs::path path_;
};

/// A place for one environment: `world`, and a path in it that leads to nothing yet.
template <class Environment>
struct place;

template <>
struct place<quipu::posix_environment> {
  scratch_folder folder;
  quipu::posix_environment world;
  [[nodiscard]] std::string path() const { return (folder / "root").string(); }
};

template <>
struct place<quipu::memory_environment> {
  quipu::memory_environment world;
  [[nodiscard]] std::string path() const { return "some/root"; }
};

template <>
struct place<quipu::simulated_environment> {
  quipu::simulated_environment world;
  [[nodiscard]] std::string path() const { return "some/root"; }
};

/// Runs something and returns the error it must throw; errc::closed, which no environment throws, when it doesn't.
template <class Operation>
quipu::error error_of(Operation operation) {
  try {
    operation();
  } catch (const quipu::error& thrown) {
    return thrown;
  }
  return quipu::error{quipu::errc::closed, "nothing was thrown"};
}

template <class Operation>
quipu::errc code_of(Operation operation) {
  return error_of(operation).code();
}

/// The first `count` bytes of a file as text.
inline std::string text_of(const std::unique_ptr<quipu::environment_file>& file, std::size_t count = 4096) {
  std::string text(count, '?');
  text.resize(file->read_at(reinterpret_cast<std::byte*>(text.data()), count, 0));
  return text;
}

/// Starts a child that runs `body`; its exit code is what that returns, or 99 when it throws.
template <class Body>
pid_t start_child(Body body) {
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error{"fork"};
  if (child > 0) return child;
  int code = 99;
  try {
    code = body();
  } catch (const std::exception&) {
  }
  ::_exit(code);
}

/// Waits for a child: its exit code, or minus the signal that ended it.
inline int end_of(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw std::runtime_error{"waitpid"};
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

template <class Body>
int in_child(Body body) {
  return end_of(start_child(body));
}

}  // namespace environment_tests
