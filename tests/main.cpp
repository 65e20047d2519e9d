// SPDX-License-Identifier: BSL-1.0
//
// main.cpp: the main function of all tests, compiled once because it is by far the slowest part of Catch2.
// A run that finds no test, or a test that checks nothing, fails: by default Catch2 would let both pass.
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>

int main(int count, char* arguments[]) {
  Catch::Session session;
  session.configData().warnings =
      static_cast<Catch::WarnAbout::What>(Catch::WarnAbout::NoTests | Catch::WarnAbout::NoAssertions);
  return session.run(count, arguments);
}
