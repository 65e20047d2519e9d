// SPDX-License-Identifier: BSL-1.0
//
// failure_text_test.cpp: what is said of something that a program threw, whatever that was.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/core/detail/failure_text.hpp>
#endif

#include <catch2/catch.hpp>

#include <exception>
#include <stdexcept>
#include <string>

using quipu::detail::text_of;

namespace failure_tests {

struct own_failure {};
struct without_text : std::exception {
  const char* what() const noexcept override { return nullptr; }
};

}  // namespace failure_tests

TEST_CASE("the text of a failure is its own, or the name of its type", "[core][failure_text]") {
  CHECK(text_of(std::make_exception_ptr(std::runtime_error{"no paper"})) == "no paper");
  CHECK(text_of(std::make_exception_ptr(std::string{"no ink"})) == "no ink");
  CHECK(text_of(std::make_exception_ptr(static_cast<const char*>("no toner"))) == "no toner");
  CHECK(text_of(std::make_exception_ptr(7)) == "something that is no std::exception was thrown, of type int");
  CHECK(text_of(std::make_exception_ptr(failure_tests::own_failure{})) ==
        "something that is no std::exception was thrown, of type failure_tests::own_failure");
}

TEST_CASE("a failure whose text is a null pointer does no harm", "[core][failure_text]") {
  CHECK(text_of(std::make_exception_ptr(static_cast<const char*>(nullptr))) ==
        "something that is no std::exception was thrown, of type char const*");
  CHECK(text_of(std::make_exception_ptr(failure_tests::without_text{})).empty());
}
