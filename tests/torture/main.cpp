// SPDX-License-Identifier: BSL-1.0
//
// main.cpp: runs one part: torture PART [--seconds N] [--seed S] [--states N] [--operations N] [--only CASE].
// tools/torture builds and runs it.
#include "part.hpp"

#include <cstdint>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

/// Returns false for an option that isn't known. Throws `std::invalid_argument`.
bool read_option(torture::options& to, std::string_view name, const char* value) {
  const auto number = [&] { return torture::number_of(value, name); };
  if (name == "--seconds") {
    to.seconds = number();
  } else if (name == "--seed") {
    to.seed = number();
  } else if (name == "--states") {
    to.states = number();
  } else if (name == "--operations") {
    to.operations = number();
  } else if (name == "--only") {
    to.only = value;
  } else {
    return false;
  }
  return true;
}

int run(std::string_view part, const torture::options& given) {
  for (const torture::named_part& each : torture::parts())
    if (each.name == part) return each.run(given);
  std::cerr << "torture: there is no part " << part << '\n';
  return 2;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    torture::options given;
    for (int at = 2; at < count; at += 2)
      if (at + 1 == count || !read_option(given, arguments[at], arguments[at + 1]))
        throw std::invalid_argument{std::string{"option "} + arguments[at] + " is unknown or has no value"};
    return run(count > 1 ? arguments[1] : "", given);
  } catch (const std::invalid_argument& wrong_usage) {
    std::cerr << "torture: " << wrong_usage.what() << '\n';
    return 2;
  } catch (const std::exception& failure) {
    std::cout << "torture: PROBLEM: " << failure.what() << std::endl;
    return 1;
  }
}
