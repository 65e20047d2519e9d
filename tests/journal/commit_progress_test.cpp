// SPDX-License-Identifier: BSL-1.0
//
// commit_progress_test.cpp: what a log promises and what it has done, as numbers.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/journal/write/commit_progress.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstdint>
#include <random>

using quipu::detail::commit_progress;
using quipu::detail::placed_commit;

namespace {

placed_commit placed(commit_progress& log, std::uint64_t count, bool durable) {
  const std::uint64_t begin = log.placed();
  log.record_placed(begin + count);
  return {begin, begin + count, durable ? begin + count : 0};
}

bool is_consistent(const commit_progress& log) {
  return log.durable() <= log.visible() && log.visible() <= log.placed() && log.returned() <= log.placed();
}

}  // namespace

TEST_CASE("a log that was opened owes nothing", "[journal][progress]") {
  const commit_progress log{7};
  CHECK(log.placed() == 7);
  CHECK(log.visible() == 7);
  CHECK(log.durable() == 7);
  CHECK(log.not_durable() == 0);
  CHECK_FALSE(log.must_flush());
  CHECK_FALSE(log.must_write());
}

TEST_CASE("a buffered commit must be written before it is seen, and not flushed", "[journal][progress]") {
  commit_progress log{7};
  const placed_commit made = placed(log, 2, false);
  CHECK(log.record_promise(made));
  CHECK(log.fulfils(made));
  CHECK(log.must_write());
  CHECK_FALSE(log.must_flush());
  CHECK_FALSE(log.record_returned(made.end));  // it was already
  log.record_written(made.end, false);
  CHECK(log.visible() == 9);
  CHECK(log.durable() == 7);
  CHECK(log.not_durable() == 2);
  CHECK_FALSE(log.must_write());
}

TEST_CASE("a durable commit must be flushed, and is seen only then", "[journal][progress]") {
  commit_progress log;
  const placed_commit made = placed(log, 3, true);
  CHECK_FALSE(log.record_promise(made));
  CHECK_FALSE(log.fulfils(made));
  CHECK(log.must_flush());
  CHECK_FALSE(log.must_write());
  log.record_written(made.end, true);
  CHECK(log.fulfils(made));
  CHECK_FALSE(log.must_flush());
  CHECK(log.record_returned(made.end));
  CHECK(log.returned() == 3);
}

TEST_CASE("a buffered commit behind a durable one isn't seen before that is durable", "[journal][progress]") {
  commit_progress log;
  const placed_commit first = placed(log, 1, true);
  CHECK_FALSE(log.record_promise(first));
  const placed_commit second = placed(log, 1, false);
  CHECK_FALSE(log.record_promise(second));
  CHECK_FALSE(log.fulfils(second));
  CHECK_FALSE(log.must_write());
  CHECK(log.must_flush());
  log.record_written(second.end, true);
  CHECK(log.fulfils(first));
  CHECK(log.fulfils(second));
}

TEST_CASE("a commit that repeats an earlier durable event promises nothing new", "[journal][progress]") {
  commit_progress log;
  const placed_commit first = placed(log, 2, false);
  CHECK(log.record_promise(first));
  const placed_commit again{2, 2, 1};  // wants event 0 to be durable
  CHECK_FALSE(log.record_promise(again));
  CHECK_FALSE(log.must_flush());  // what is placed was promised to nobody as durable before visible
  CHECK_FALSE(log.fulfils(again));
  log.record_written(2, true);
  CHECK(log.fulfils(again));
  CHECK_FALSE(log.record_promise(again));
}

TEST_CASE("the numbers keep their order whatever is placed, promised and written", "[journal][progress]") {
  std::mt19937 random{4711};
  commit_progress log{3};
  for (int step = 0; step < 20'000; ++step) {
    switch (random() % 4) {
      case 0:
      case 1: {
        const bool was_seen = log.must_flush();
        const placed_commit made = placed(log, 1 + random() % 3, random() % 2 == 0);
        const bool returned = log.record_promise(made);
        CHECK(returned == (made.durable_until == 0 && !was_seen));
        if (returned) CHECK(log.returned() == made.end);
        break;
      }
      case 2:
        log.record_written(log.placed(), log.must_flush() || random() % 2 == 0);
        break;
      default:
        static_cast<void>(log.record_returned(log.visible()));
        break;
    }
    REQUIRE(is_consistent(log));
  }
}
