// SPDX-License-Identifier: BSL-1.0
//
// fork_test.cpp: a child that is forked while threads of its parent hold locks. No member may wait for a lock that no
// thread of the child will ever release: each asks first whose store it is, and throws `errc::locked`.
#include "store_fixture.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/store/read_only_store.hpp>
#endif

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

using namespace store_tests;
using namespace std::chrono_literals;
using quipu::errc;
using quipu::event_view;
using quipu::region;

namespace {

struct call {
  const char* name;
  std::function<void()> make;
};

template <class Outcome>
void expect_value(const Outcome& made) {
  if (!made.is_ok()) throw quipu::error{errc::locked, "an outcome without a value"};
}

/// A store with one of each thing that a store gives out, and all their members that may take a lock.
class everything {
 public:
  explicit everything(const fs::path& directory, std::function<std::int64_t()> clock = {})
      : settings_{settings_for(directory / "data", std::move(clock))},
        store_{settings_},
        fenced_{settings_for(directory / "fenced", {})},
        first_{store_.append({"a", "s"}, deposited{1})},
        reader_{settings_},
        range_{store_.query(region::all())} {
    outbox_.stage({"b", "s"}, deposited{1});
    batch_.add({"b", "s"}, deposited{1});
    fence_.append({"b", "s"}, deposited{1});
  }

  [[nodiscard]] std::vector<call> refused() {
    std::vector<call> all = of_store();
    for (const auto more : {&everything::of_store_delivery, &everything::of_cursors, &everything::of_working_threads,
                            &everything::of_reader})
      for (call& each : (this->*more)()) all.push_back(std::move(each));
    return all;
  }
  /// These cannot do anything in the child, and return.
  [[nodiscard]] std::vector<call> harmless() {
    return {{"event_id::generate", [] { static_cast<void>(quipu::event_id::generate()); }},
            {"store.close", [this] { store_.close(); }},
            {"reader.close", [this] { reader_.close(); }},
            {"fence.cancel", [this] { fence_.cancel(); }},
            {"ticket.ready", [this] { static_cast<void>(ticket_.ready()); }},
            {"destructors", [this] {
               const auto dropped = std::move(store_);
               const auto also = std::move(reader_);
               const auto worker = std::move(worker_);
               const auto model = std::move(model_);
             }}};
  }

  quipu::store& store() noexcept { return store_; }
  auto& model() noexcept { return model_; }
  quipu::read_only_store& reader() noexcept { return reader_; }

 private:
  static quipu::config settings_for(const fs::path& directory, std::function<std::int64_t()> clock) {
    quipu::config settings{.directory = directory};
    settings.sync.mode = quipu::sync_mode::buffered;
    settings.clock = std::move(clock);
    return settings;
  }

  std::vector<call> of_store() {
    return {
        {"append",
         [this] {
           store_.append({"a", "s"}, deposited{2});
         }},
        {"append_raw",
         [this] {
           store_.append_raw({"a", "s"}, quipu::event_kind::custom(1, 1), "x");
         }},
        {"append batch", [this] { store_.append(batch_); }},
        {"append_reaction",
         [this] {
           store_.append_reaction({"a", "s"}, deposited{2}, first_);
         }},
        {"sync", [this] { store_.sync(); }},
        {"compact", [this] { store_.compact(quipu::compaction::merge()); }},
        {"submit",
         [this] {
           static_cast<void>(store_.submit({"a", "s"}, deposited{2}));
         }},
        {"submit_batch", [this] { static_cast<void>(store_.submit_batch(batch_)); }},
        {"try_submit",
         [this] {
           expect_value(store_.try_submit({"a", "s"}, deposited{2}));
         }},
        {"outbox", [this] { static_cast<void>(store_.outbox()); }},
        {"begin_visibility_fence", [this] { static_cast<void>(store_.begin_visibility_fence()); }},
        {"writer_pressure", [this] { static_cast<void>(store_.writer_pressure()); }},
        {"stats", [this] { static_cast<void>(store_.stats()); }},
        {"diagnostics", [this] { static_cast<void>(store_.diagnostics()); }},
        {"get", [this] { static_cast<void>(store_.get(first_.id)); }},
        {"find", [this] { static_cast<void>(store_.find(first_.id)); }},
        {"query", [this] { static_cast<void>(store_.query(region::all())); }},
        {"count", [this] { static_cast<void>(store_.count(region::all())); }},
        {"causes", [this] { static_cast<void>(store_.causes(first_.id)); }},
        {"effects", [this] { static_cast<void>(store_.effects(first_.id)); }},
        {"correlated", [this] { static_cast<void>(store_.correlated(first_.id)); }},
        {"ancestors", [this] { static_cast<void>(store_.ancestors(first_.id, 3)); }},
        {"project", [this] { static_cast<void>(store_.project<account>("a")); }},
        {"project a region", [this] { static_cast<void>(store_.project<account>(region::all())); }},
        {"project_all", [this] { store_.project_all<account>(region::all(), [](auto&&...) {}); }},
        {"project_if_changed", [this] { static_cast<void>(store_.project_if_changed<account>("a", 0)); }},
        {"project_with_version", [this] { static_cast<void>(store_.project_with_version<account>("a")); }},
        {"verify", [this] { store_.verify(); }},
        {"snapshot", [this] { store_.snapshot(settings_.directory / "copy"); }},
        {"identity", [this] { static_cast<void>(store_.identity()); }},
        {"head", [this] { static_cast<void>(store_.head()); }},
        {"ticket.wait", [this] { ticket_.wait(); }},
        {"ticket.wait_for", [this] { static_cast<void>(ticket_.wait_for(patience)); }},
        {"outbox.flush", [this] { outbox_.flush(); }},
        {"outbox.submit_flush", [this] { static_cast<void>(outbox_.submit_flush()); }},
        {"fence.append",
         [this] {
           fence_.append({"b", "s"}, deposited{2});
         }},
        {"fence.commit", [this] { fence_.commit(); }},
        {"a range",
         [this] {
           for (const event_view& each : range_) static_cast<void>(each.sequence());
         }},
    };
  }

  std::vector<call> of_store_delivery() {
    return {
        {"watch", [this] { static_cast<void>(store_.watch<account>("a")); }},
        {"cursor_guaranteed", [this] { static_cast<void>(store_.cursor_guaranteed(region::all())); }},
        {"named cursor_guaranteed", [this] { static_cast<void>(store_.cursor_guaranteed("new", region::all())); }},
        {"remove_cursor", [this] { store_.remove_cursor("named"); }},
        {"subscribe_lossy", [this] { static_cast<void>(store_.subscribe_lossy(region::all())); }},
        {"cursors", [this] { static_cast<void>(store_.cursors()); }},
        {"parked", [this] { static_cast<void>(store_.parked("worker")); }},
        {"wait_visible_for", [this] { static_cast<void>(store_.wait_visible_for(first_, patience)); }},
        {"cursor_worker", [this] { static_cast<void>(store_.cursor_worker("w", region::all(), [](auto&) {})); }},
        {"react", [this] { static_cast<void>(store_.react("r", region::all(), [](auto&, auto&) {})); }},
        {"read_model", [this] { static_cast<void>(store_.read_model<account>("m", region::all())); }},
    };
  }

  std::vector<call> of_cursors() {
    return {
        {"cursor.poll", [this] { static_cast<void>(cursor_.poll()); }},
        {"cursor.poll_batch", [this] { static_cast<void>(cursor_.poll_batch(3)); }},
        {"cursor.wait", [this] { static_cast<void>(cursor_.wait()); }},
        {"cursor.wait_for", [this] { static_cast<void>(cursor_.wait_for(patience)); }},
        {"cursor.wait_batch_for", [this] { static_cast<void>(cursor_.wait_batch_for(3, patience)); }},
        {"cursor.try_poll", [this] { expect_value(cursor_.try_poll()); }},
        {"cursor.position", [this] { static_cast<void>(behind_.position()); }},
        {"named_cursor.poll", [this] { static_cast<void>(named_.poll()); }},
        {"named_cursor.commit", [this] { named_.commit("state"); }},
        {"subscription.recv", [this] { static_cast<void>(subscription_.recv()); }},
        {"subscription.recv_for", [this] { static_cast<void>(subscription_.recv_for(patience)); }},
        {"subscription.try_recv", [this] { static_cast<void>(subscription_.try_recv()); }},
        {"subscription.dropped", [this] { static_cast<void>(subscription_.dropped()); }},
        {"subscription.waiting", [this] { static_cast<void>(subscription_.waiting()); }},
        {"watcher.recv", [this] { static_cast<void>(watcher_.recv()); }},
        {"watcher.recv_for", [this] { static_cast<void>(watcher_.recv_for(patience)); }},
    };
  }

  std::vector<call> of_working_threads() {
    return {
        {"worker.stop", [this] { worker_.stop(); }},
        {"worker.join", [this] { worker_.join(); }},
        {"worker.failure", [this] { static_cast<void>(worker_.failure()); }},
        {"worker.parked", [this] { static_cast<void>(worker_.parked()); }},
        {"worker.skipped", [this] { static_cast<void>(worker_.skipped()); }},
        {"worker.skipped_count", [this] { static_cast<void>(worker_.skipped_count()); }},
        {"worker.retry_parked", [this] { worker_.retry_parked(); }},
        {"model.state", [this] { static_cast<void>(model_.state()); }},
        {"model.with_state", [this] { model_.with_state([](const account&) {}); }},
        {"model.wait_visible_for", [this] { static_cast<void>(model_.wait_visible_for(first_, patience)); }},
        {"model.position", [this] { static_cast<void>(model_.position()); }},
        {"model.rebuild", [this] { model_.rebuild(); }},
        {"model.rebuilds", [this] { static_cast<void>(model_.rebuilds()); }},
        {"model.stop", [this] { model_.stop(); }},
        {"model.join", [this] { model_.join(); }},
        {"model.is_running", [this] { static_cast<void>(model_.is_running()); }},
        {"model.failure", [this] { static_cast<void>(model_.failure()); }},
        {"model.saving_failure", [this] { static_cast<void>(model_.saving_failure()); }},
        {"models.find", [this] { static_cast<void>(models_.find("a")); }},
        {"models.size", [this] { static_cast<void>(models_.size()); }},
        {"models.for_each", [this] { models_.for_each([](auto&&...) {}); }},
    };
  }

  std::vector<call> of_reader() {
    return {
        {"reader.count", [this] { static_cast<void>(reader_.count(region::all())); }},
        {"reader.project", [this] { static_cast<void>(reader_.project<account>("a")); }},
        {"reader.stats", [this] { static_cast<void>(reader_.stats()); }},
        {"reader.diagnostics", [this] { static_cast<void>(reader_.diagnostics()); }},
        {"reader.verify", [this] { reader_.verify(); }},
        {"reader's cursor.poll", [this] { static_cast<void>(readers_cursor_.poll()); }},
        {"reader's cursor.wait", [this] { static_cast<void>(readers_cursor_.wait()); }},
    };
  }

  quipu::config settings_;
  quipu::store store_;
  quipu::store fenced_;
  quipu::receipt first_;
  quipu::read_only_store reader_;
  quipu::event_range range_;
  quipu::batch batch_;
  quipu::outbox outbox_{store_.outbox()};
  quipu::visibility_fence fence_{fenced_.begin_visibility_fence()};
  quipu::ticket ticket_{store_.submit({"a", "s"}, deposited{1}, {.durability = quipu::durability::durable})};
  quipu::cursor cursor_{store_.cursor_guaranteed(region::all())};
  quipu::cursor behind_{store_.cursor_guaranteed(region::all(), {store_.identity(), 1, first_.id})};
  quipu::cursor readers_cursor_{reader_.cursor_guaranteed(region::all())};
  quipu::named_cursor named_{store_.cursor_guaranteed("named", region::all())};
  quipu::subscription subscription_{store_.subscribe_lossy(region::all())};
  quipu::watcher<account> watcher_{store_.watch<account>("a")};
  quipu::worker worker_{store_.cursor_worker("worker", region::all(), [](const event_view&) {})};
  quipu::read_model<account> model_{store_.read_model<account>("model", region::all())};
  quipu::entity_read_model<account> models_{store_.read_model_by_entity<account>("models", region::all())};
};

/// Forks, and makes each call in the child. Returns what is wrong; empty if nothing is. A signal ends a child that
/// hangs.
std::string forked(everything& with) {
  const std::vector<call> refused = with.refused();
  const std::vector<call> harmless = with.harmless();
  auto* const at = static_cast<std::atomic<const char*>*>(
      ::mmap(nullptr, sizeof(std::atomic<const char*>), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  if (at == MAP_FAILED) throw std::runtime_error{"mmap"};
  const int code = in_child([&] {
    ::alarm(20);
    for (const call& each : refused) {
      at->store(each.name);
      if (code_of(each.make) != errc::locked) return 1;
    }
    for (const call& each : harmless) {
      at->store(each.name);
      each.make();
    }
    return 0;
  });
  const char* const name = at->load();
  ::munmap(at, sizeof *at);
  if (code == 0) return {};
  return std::string{name == nullptr ? "nothing" : name} + " ends with " + std::to_string(code);
}

}  // namespace

TEST_CASE("in a child that is forked while a lock is held, each member asks first", "[store][fork]") {
  const scratch_folder folder;
  std::atomic<bool> holds{false};
  std::atomic<int> held{0};
  everything all{folder.path(), [&] {
                   if (holds) ++held;
                   while (holds) std::this_thread::sleep_for(1ms);
                   return std::int64_t{1'700'000'000'000'000};
                 }};
  holds = true;
  std::thread appending{[&] { all.store().append({"a", "s"}, deposited{3}); }};  // holds the store's lock
  std::thread reading{[&] {
    all.model().with_state([&](const account&) {  // holds the model's
      ++held;
      while (holds) std::this_thread::sleep_for(1ms);
    });
  }};
  while (held < 2) std::this_thread::sleep_for(1ms);
  const std::string wrong = forked(all);
  holds = false;
  appending.join();
  reading.join();
  CHECK(wrong == "");
}

TEST_CASE("in a child that is forked under load, no member waits for ever", "[store][fork]") {
  const scratch_folder folder;
  everything all{folder.path()};
  std::atomic<bool> over{false};
  std::vector<std::thread> load;
  const auto repeat = [&](auto work) {
    load.emplace_back([&over, work] {
      while (!over) work();
    });
  };
  repeat([&] { all.store().append({"a", "s"}, deposited{1}); });
  repeat([&] { static_cast<void>(all.store().diagnostics()); });
  repeat([cursor = std::make_shared<quipu::cursor>(all.store().cursor_guaranteed(region::all()))] {
    static_cast<void>(cursor->poll());
  });
  repeat([&] { static_cast<void>(all.model().state()); });
  repeat([&] { static_cast<void>(all.reader().count(region::all())); });
  for (int thread = 0; thread < 2; ++thread) repeat([] { static_cast<void>(quipu::event_id::generate()); });
  std::string wrong;
  for (int round = 0; round < 25 && wrong.empty(); ++round) wrong = forked(all);
  over = true;
  for (std::thread& each : load) each.join();
  CHECK(wrong == "");
}
