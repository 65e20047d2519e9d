// SPDX-License-Identifier: BSL-1.0
//
// qualified_name_test.cpp: names of types in one spelling, whichever compiler printed them.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/core/detail/qualified_name.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

using quipu::detail::qualified_name;

namespace names_tests {

struct plain {};
enum class colour : std::uint8_t { red };
template <class...>
struct of {
  struct inner {};
};
template <auto... values>
struct with {};
namespace intl {
struct interior {};
struct __reserved {};
}  // namespace intl

}  // namespace names_tests

struct at_the_top {};

namespace {

struct hidden {};
template <class>
struct hidden_of {};

/// As a compiler might print it.
std::string spelled(std::string_view printed) {
  std::string to(quipu::detail::name_speller::most_bytes(printed), '\0');
  to.resize(quipu::detail::name_speller{printed, to.data()}.spell());
  return to;
}

}  // namespace

using namespace names_tests;
static_assert(qualified_name<at_the_top>() == "at_the_top");
static_assert(qualified_name<plain>() == "names_tests::plain");
static_assert(qualified_name<intl::interior>() == "names_tests::intl::interior");
static_assert(qualified_name<intl::__reserved>() == "names_tests::intl::__reserved");
static_assert(qualified_name<hidden>() == "{anonymous}::hidden");
static_assert(qualified_name<hidden_of<of<hidden>>>() ==
              "{anonymous}::hidden_of<names_tests::of<{anonymous}::hidden>>");
static_assert(qualified_name<of<plain, at_the_top>::inner>() ==
              "names_tests::of<names_tests::plain,at_the_top>::inner");
static_assert(qualified_name<of<>>() == "names_tests::of<>");
static_assert(qualified_name<of<bool, char, signed char, unsigned char, short, unsigned short>>() ==
              "names_tests::of<bool,char,signed char,unsigned char,short,unsigned short>");
static_assert(qualified_name<of<int, unsigned, long, unsigned long, long long, unsigned long long>>() ==
              "names_tests::of<int,unsigned int,long,unsigned long,long long,unsigned long long>");
static_assert(qualified_name<of<float, double, long double, const long*, int[3], void(unsigned, short&)>>() ==
              "names_tests::of<float,double,long double,const long*,int[3],void(unsigned int,short&)>");
static_assert(qualified_name<of<std::vector<std::map<std::string, unsigned long>>>>() ==
              "names_tests::of<std::vector<std::map<std::basic_string<char>,unsigned long>>>");
static_assert(qualified_name<with<1, -2L, 3U, true, 'x', colour::red>>() ==
              "names_tests::with<1,-2,3,true,'x',names_tests::colour::red>");

TEST_CASE("what compilers print of one type is spelled alike", "[core][qualified_name]") {
  CHECK(spelled("a<long unsigned int, short int>") == "a<unsigned long,short>");
  CHECK(spelled("a<unsigned long, short>") == "a<unsigned long,short>");
  CHECK(spelled("long long unsigned int") == spelled("unsigned long long"));
  CHECK(spelled("short unsigned int") == spelled("unsigned short"));
  CHECK(spelled("a<const long int>") == spelled("a<const long>"));
  CHECK(spelled("a<long double>") == "a<long double>");
  CHECK(spelled("a<b<int> >") == "a<b<int>>");
  CHECK(spelled("(anonymous namespace)::a<(anonymous namespace)::b>") == "{anonymous}::a<{anonymous}::b>");
  CHECK(spelled("std::__cxx11::basic_string<char>") == "std::basic_string<char>");
  CHECK(spelled("std::__1::basic_string<char>") == "std::basic_string<char>");
  CHECK(spelled("std::map<std::string, std::u16string_view>") ==
        "std::map<std::basic_string<char>,std::basic_string_view<char16_t>>");
  CHECK(spelled("std::__1::string") == "std::basic_string<char>");
  CHECK(spelled("mystd::string") == "mystd::string");
  CHECK(spelled("mine::string") == "mine::string");
  CHECK(spelled("mine::std::string") == "mine::std::string");
  CHECK(spelled("std::string_like") == "std::string_like");
  CHECK(spelled("a<std::vector<b<int, c>, std::allocator<b<int, c> > >, d>") == "a<std::vector<b<int,c>>,d>");
  CHECK(spelled("std::map<int, long int, std::less<int>, std::allocator<std::pair<const int, long int> > >") ==
        "std::map<int,long>");
  CHECK(spelled("integer<longish, unsigned_long, shorty>") == "integer<longish,unsigned_long,shorty>");
  CHECK(spelled("a<8UL, 8ul, 8, -1L>") == "a<8,8,8,-1>");
  CHECK(spelled("") == "");
}
