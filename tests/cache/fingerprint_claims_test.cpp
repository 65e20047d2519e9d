// SPDX-License-Identifier: BSL-1.0
//
// fingerprint_claims_test.cpp: one type has a fingerprint, for each log.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/cache/detail/fingerprint_claims.hpp>
#include <quipu/core/error.hpp>
#endif

#include <catch2/catch.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <typeinfo>
#include <vector>

using quipu::event_id;
using quipu::detail::fingerprint_claims;
using quipu::detail::projection_identity;

namespace {

struct first_type {};
struct second_type {};
template <int number>
struct numbered {};

/// A type as another library has it: the same name at another address.
struct named_type final : std::type_info {
  explicit named_type(const char* mangled_name) : std::type_info{mangled_name} {}
};

bool is_refused(fingerprint_claims& claims, const event_id& log, const projection_identity& by) {
  try {
    claims.claim(log, by);
  } catch (const quipu::error& refused) {
    return refused.code() == quipu::errc::invalid_argument;
  }
  return false;
}

}  // namespace

TEST_CASE("the second type of a fingerprint is refused, in the same log", "[cache][fingerprint_claims]") {
  fingerprint_claims claims;
  const event_id log = event_id::generate();
  const event_id other_log = event_id::generate();
  const projection_identity first{7, &typeid(first_type)};
  const projection_identity second{7, &typeid(second_type)};
  for (int again = 0; again < 2; ++again) {
    CHECK_FALSE(is_refused(claims, log, first));
    CHECK(is_refused(claims, log, second));
    CHECK_FALSE(is_refused(claims, log, {8, &typeid(second_type)}));
    CHECK_FALSE(is_refused(claims, other_log, second));
    CHECK(is_refused(claims, other_log, first));
  }
}

TEST_CASE("of very many logs, the last are taken for one", "[cache][fingerprint_claims]") {
  fingerprint_claims claims;
  const event_id early = event_id::generate();
  claims.claim(early, {7, &typeid(first_type)});
  for (std::size_t number = 1; number < fingerprint_claims::logs_max; ++number)
    claims.claim(event_id::generate(), {7, &typeid(first_type)});
  claims.claim(event_id::generate(), {7, &typeid(first_type)});
  CHECK(is_refused(claims, event_id::generate(), {7, &typeid(second_type)}));
  CHECK(is_refused(claims, early, {7, &typeid(second_type)}));
  CHECK_FALSE(is_refused(claims, early, {9, &typeid(first_type)}));
  CHECK(is_refused(claims, event_id::generate(), {9, &typeid(second_type)}));
  CHECK_FALSE(is_refused(claims, event_id::generate(), {7, &typeid(first_type)}));
  CHECK_FALSE(is_refused(claims, event_id::generate(), {8, &typeid(second_type)}));
  CHECK(is_refused(claims, event_id::generate(), {8, &typeid(first_type)}));
}

TEST_CASE("of several threads' types one gets the fingerprint", "[cache][fingerprint_claims]") {
  for (int round = 0; round < 50; ++round) {
    fingerprint_claims claims;
    const event_id log = event_id::generate();
    const std::vector<const std::type_info*> types{&typeid(numbered<0>), &typeid(numbered<1>), &typeid(numbered<2>),
                                                   &typeid(numbered<3>)};
    std::atomic<int> refused{0};
    std::vector<std::thread> threads;
    for (const auto* type : types)
      threads.emplace_back([&, type] {
        for (std::uint64_t fingerprint = 1; fingerprint <= 20; ++fingerprint)
          if (is_refused(claims, log, {fingerprint, type})) ++refused;
      });
    for (auto& each : threads) each.join();
    CHECK(refused == 20 * 3);
  }
}

TEST_CASE("a type that several libraries have is one, unless only one file sees its name",
          "[cache][fingerprint_claims]") {
  const auto are_one = [](const char* mangled_name) {
    fingerprint_claims claims;
    const event_id log = event_id::generate();
    const named_type here{mangled_name};
    const named_type there{mangled_name};
    claims.claim(log, {7, &here});
    return !is_refused(claims, log, {7, &there});
  };
  CHECK(are_one("N4bank7accountE"));
  CHECK(are_one("N4bank6LedgerE"));
  CHECK(are_one("5ALL_L"));
  CHECK_FALSE(are_one("N12_GLOBAL__N_17accountE"));
  CHECK_FALSE(are_one("ZL4mainvE7account"));
  CHECK_FALSE(are_one("ZN4bankL10ledger_maxEvE7account"));
  CHECK_FALSE(are_one("ZN6LedgerL9ledger_noEvE7account"));
}
