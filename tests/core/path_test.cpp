// SPDX-License-Identifier: BSL-1.0
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/core/path.hpp>
#endif

#include <catch2/catch.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <type_traits>

namespace {

struct options {
  quipu::path directory;
};

static_assert(std::is_convertible_v<const char*, quipu::path> && std::is_convertible_v<std::string, quipu::path>);
static_assert(std::is_convertible_v<std::string_view, quipu::path> && std::is_convertible_v<std::filesystem::path, quipu::path>);
static_assert(!std::is_convertible_v<int, quipu::path> && !std::is_convertible_v<std::nullptr_t, quipu::path>);
static_assert(std::is_nothrow_move_constructible_v<quipu::path>);

}  // namespace

TEST_CASE("a path is made from whatever names a file", "[path]") {
  using namespace std::string_view_literals;
  const std::filesystem::path directory = "some/where";
  CHECK(options{.directory = directory / "data"}.directory.str() == "some/where/data");
  CHECK(options{.directory = "bank"}.directory.str() == "bank");
  const std::string text = "text";
  CHECK(quipu::path{text}.str() == "text");
  CHECK(quipu::path{std::string{"moved"}}.str() == "moved");
  CHECK(quipu::path{"a view"sv}.str() == "a view");
  CHECK(std::string{quipu::path{"c"}.c_str()} == "c");
  quipu::path assigned;
  CHECK(assigned.empty());
  assigned = "now";
  CHECK_FALSE(assigned.empty());
  CHECK(assigned == quipu::path{"now"});
}

TEST_CASE("names are put below a path with one slash", "[path]") {
  CHECK((quipu::path{"a"} / "b" / std::string{"c"}).str() == "a/b/c");
  CHECK((quipu::path{"a/"} / "b").str() == "a/b");
  CHECK((quipu::path{"/"} / "b").str() == "/b");
  CHECK((quipu::path{} / "b").str() == "b");
}
