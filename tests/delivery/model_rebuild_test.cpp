// SPDX-License-Identifier: BSL-1.0
//
// model_rebuild_test.cpp: a read model gets events while it is rebuilt, between the last look of the rebuilding and the
// moment that the new state takes the old one's place.
#include "real_log.hpp"
#include "worker_fixture.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <thread>
#include <utility>

using namespace worker_tests;
using namespace delivery_tests;

namespace {

using body = quipu::detail::model_body;

/// A log that calls a function after each snapshot that a thread takes, before it is looked at.
class slow_source final : public forwarding_log {
 public:
  using forwarding_log::forwarding_log;
  std::atomic<std::thread::id> whom{};
  std::function<void()> after_snapshot{};

  [[nodiscard]] quipu::detail::log_snapshot snapshot() override {
    auto seen = log().snapshot();
    if (std::this_thread::get_id() == whom.load()) after_snapshot();
    return seen;
  }
};

}  // namespace

TEST_CASE("a rebuilt state has what came while it was made, before it is shown", "[delivery][read_model]") {
  auto real = make_core();
  for (std::int64_t number = 0; number < 10; ++number) append_to(real->log, number);
  const auto source = std::make_shared<slow_source>(real);
  const auto model =
      std::make_shared<body>(quipu::detail::model_type<quipu::detail::whole_model<deposit_count>>,
                             quipu::detail::model_parts{{real->workers, "model:m"},
                                                        source,
                                                        std::make_unique<quipu::detail::core_checkpoints>(real),
                                                        region::all(),
                                                        1000});
  const quipu::detail::owned_thread<body> thread{model};
  const auto shown = [&] { return quipu::detail::model_reading{*model}.state<deposit_count>().count; };
  REQUIRE(comes_true([&] { return shown() == 10; }));

  // A rebuilding that nobody disturbs takes four snapshots: for its cursor, for the events, and two that tell that
  // there are no more. Behind each of them comes an event.
  const int disturbed = GENERATE(1, 2, 3, 4);
  int snapshots = 0;
  bool folded = true;
  std::uint64_t least = 0;
  source->after_snapshot = [&] {
    // The model folds it, and readers see it, before the rebuilding goes on. (Behind the fourth, that looks again under
    // the model's lock.)
    if (++snapshots != disturbed) return;
    append_to(real->log, 99);
    folded = comes_true([&] { return shown() == 11; });
    least = shown();
  };
  source->whom = std::this_thread::get_id();
  model->rebuild();
  source->whom = std::thread::id{};
  CHECK(snapshots >= 4);
  CHECK(model->position().next_sequence == 11);
  CHECK(folded);
  CHECK(least == 11);
  CHECK(shown() == 11);  // not 10, and not 12
  append_to(real->log, 100);
  REQUIRE(comes_true([&] { return shown() == 12; }));
  CHECK(model->rebuilds() == 1);
  real->close();
}

namespace {

/// A log that one thread can't read now and then.
class failing_source final : public forwarding_log {
 public:
  using forwarding_log::forwarding_log;
  std::atomic<bool> fails{false};
  std::atomic<int> failures{0};

  [[nodiscard]] quipu::detail::log_snapshot snapshot() override {
    if (fails.load() && ++failures % 2 == 0) throw std::bad_alloc{};
    if (fails.load()) throw quipu::error{errc::io_failed, "simulated"};
    return log().snapshot();
  }
};

}  // namespace

TEST_CASE("a model that can't read its log for a while goes on afterwards", "[delivery][read_model]") {
  auto real = make_core();
  for (std::int64_t number = 0; number < 10; ++number) append_to(real->log, number);
  const auto source = std::make_shared<failing_source>(real);
  const auto model =
      std::make_shared<body>(quipu::detail::model_type<quipu::detail::whole_model<deposit_count>>,
                             quipu::detail::model_parts{{real->workers, "model:m"},
                                                        source,
                                                        std::make_unique<quipu::detail::core_checkpoints>(real),
                                                        region::all(),
                                                        1000});
  const quipu::detail::owned_thread<body> thread{model};
  const auto shown = [&] { return quipu::detail::model_reading{*model}.state<deposit_count>().count; };
  REQUIRE(comes_true([&] { return shown() == 10; }));
  source->fails = true;
  append_to(real->log, 10);
  REQUIRE(comes_true([&] { return source->failures.load() >= 2; }));
  CHECK(shown() == 10);
  CHECK(model->is_running());
  source->fails = false;
  CHECK(comes_true([&] { return shown() == 11; }));
  CHECK(model->failure().empty());
  real->close();
}
