// SPDX-License-Identifier: BSL-1.0
//
// reader_failure_test.cpp: a read-only store that meets a failure while it reads: at each call of its environment, and
// at each allocation. The failure is thrown as it is, and leaves no trace: afterwards the reader answers as a new one
// does, and consumers miss nothing and get nothing twice.
#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/environment/forwarding.hpp>
#include <quipu/store/read_only_store.hpp>
#endif

#include "../store/store_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

/// The failure that is planned for this thread: of an allocation, or of a call of a `failing_world`.
struct planned_failure {
  enum class at { nowhere, call, allocation };
  at where{at::nowhere};
  std::uint64_t left{};  // calls or allocations that still succeed
  bool has_happened{};

  [[nodiscard]] bool happens(at here) noexcept {
    if (here != where) return false;
    if (left-- != 0) return false;
    where = at::nowhere;
    has_happened = true;
    return true;
  }
};
thread_local planned_failure failure;

}  // namespace

// Not inlined: GCC would warn that memory of `operator new` goes to `free`. All forms: a sanitizer has its own
// otherwise.
[[gnu::noinline]] void* operator new(std::size_t size) {
  if (failure.happens(planned_failure::at::allocation)) throw std::bad_alloc{};
  if (void* const made = std::malloc(size == 0 ? 1 : size)) return made;
  throw std::bad_alloc{};
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  if (failure.happens(planned_failure::at::allocation)) return nullptr;
  return std::malloc(size == 0 ? 1 : size);
}
[[gnu::noinline]] void operator delete(void* released) noexcept { std::free(released); }
void operator delete(void* released, std::size_t) noexcept { operator delete(released); }
void operator delete(void* released, const std::nothrow_t&) noexcept { operator delete(released); }
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new[](std::size_t size, const std::nothrow_t& no) noexcept { return operator new(size, no); }
void operator delete[](void* released) noexcept { operator delete(released); }
void operator delete[](void* released, std::size_t) noexcept { operator delete(released); }
void operator delete[](void* released, const std::nothrow_t&) noexcept { operator delete(released); }

namespace {

using namespace store_tests;
using quipu::compaction;
using quipu::durability;
using quipu::event_view;
using quipu::region;

constexpr const char* simulated = "simulated";

void may_fail() {
  if (failure.happens(planned_failure::at::call)) throw quipu::error{quipu::errc::io_failed, simulated};
}

class failing_file final : public quipu::forwarding_file {
 public:
  using forwarding_file::forwarding_file;
  [[nodiscard]] std::uint64_t size() const override {
    may_fail();
    return target().size();
  }
  [[nodiscard]] std::size_t read_at(std::byte* to, std::size_t count, std::uint64_t offset) const override {
    may_fail();
    return target().read_at(to, count, offset);
  }
  [[nodiscard]] quipu::file_mapping map(std::size_t count) const override {
    may_fail();
    return target().map(count);
  }
};

class failing_directory final : public quipu::forwarding_directory {
 public:
  using forwarding_directory::forwarding_directory;
  [[nodiscard]] std::unique_ptr<quipu::environment_file> open_file(const std::string& name,
                                                                   quipu::open_mode mode) const override {
    may_fail();
    return std::make_unique<failing_file>(target().open_file(name, mode));
  }
  [[nodiscard]] bool exists(const std::string& name) const override {
    may_fail();
    return target().exists(name);
  }
  [[nodiscard]] std::vector<std::string> list() const override {
    may_fail();
    return target().list();
  }
};

class failing_world final : public quipu::forwarding_environment {
 public:
  using forwarding_environment::forwarding_environment;
  [[nodiscard]] std::unique_ptr<quipu::environment_directory> open_directory(const fs::path& where,
                                                                             bool create) override {
    return std::make_unique<failing_directory>(target().open_directory(where, create));
  }
};

struct counted_events {
  using events = quipu::event_list<deposited, withdrawn, renamed>;
  std::int64_t count{};
  void apply(const deposited&) { ++count; }
  void apply(const withdrawn&) { ++count; }
  void apply(const renamed&) { ++count; }
};

const quipu::append_options buffered{.durability = durability::buffered};

void append_some(quipu::store& to, std::int64_t count, std::size_t memo_size = 400) {
  std::vector<quipu::receipt> given;
  for (std::int64_t number = 0; number < count; ++number) {
    const quipu::coordinate where{"account:" + std::to_string(number % 4), number % 3 == 0 ? "third" : "others"};
    if (number % 5 == 4) {
      quipu::batch together;
      const auto cause = together.add(where, deposited{number}, buffered);
      static_cast<void>(together.add_reaction({"account:9", "others"}, withdrawn{number, "m"}, cause, buffered));
      for (const auto& each : to.append(together)) given.push_back(each);
    } else {
      quipu::append_options options = buffered;
      options.idempotency_key = quipu::event_id::generate();
      given.push_back(to.append(where, withdrawn{number, std::string(memo_size, 'm')}, options));
    }
  }
  to.sync();
}

bool is_kept(const event_view& event) { return event.sequence() % 3 != 1 && event.entity() != "account:2"; }

/// The files of a log.
using stored_log = std::map<std::string, quipu::bytes>;

stored_log stored_in(quipu::environment& world) {
  const auto directory = world.open_directory("memory", false);
  stored_log files;
  for (const std::string& name : directory->list()) {
    const auto file = directory->open_file(name, quipu::open_mode::read);
    quipu::bytes content(static_cast<std::size_t>(file->size()));
    static_cast<void>(file->read_at(content.data(), content.size(), 0));
    files[name] = std::move(content);
  }
  return files;
}

void put_file(quipu::environment_directory& to, const std::string& name, const quipu::bytes& content) {
  to.open_file("made", quipu::open_mode::create)->write_at(quipu::bytes_view{content}, 0);
  to.rename("made", name);
}

/// Whether a file became another by writing on, into the room that is reserved. What a compaction makes is another
/// file.
bool has_grown(const quipu::bytes& from, const quipu::bytes& to) {
  std::size_t used = from.size();
  while (used != 0 && from[used - 1] == std::byte{0}) --used;
  return to.size() >= used && std::equal(from.data(), from.data() + used, to.data());
}

/// Makes the files those of a later moment, as the writer does it: written on, or replaced.
void move_on(quipu::environment& world, const stored_log& from, const stored_log& to) {
  const auto directory = world.open_directory("memory", true);
  for (const auto& [name, content] : to) {
    const auto before = from.find(name);
    if (before == from.end() || !has_grown(before->second, content)) {
      put_file(*directory, name, content);
    } else if (before->second != content) {
      const auto file = directory->open_file(name, quipu::open_mode::write);
      file->truncate(content.size());  // before a seal is written, reserved room is given back
      file->write_at(quipu::bytes_view{content}, 0);
    }
  }
  for (const auto& [name, content] : from)
    if (!to.contains(name)) directory->remove(name);
}

/// A log that a scenario changes, and its files at each moment that a reader could see.
struct changing_log {
  quipu::config settings = small_segments();
  std::optional<quipu::store> store{};
  std::vector<stored_log> moments{};

  changing_log() {
    settings.environment = std::make_shared<quipu::memory_environment>();
    open();
  }
  void open() { store.emplace(settings); }
  void record() { moments.push_back(stored_in(*settings.environment)); }
  void append(std::int64_t count, std::size_t memo_size = 400) { append_some(*store, count, memo_size); }
  /// The files are recorded when the last segment is sealed and not yet replaced.
  void compact(const compaction& policy) {
    bool is_recorded = false;
    store->compact(policy, [&](const quipu::progress&) {
      if (!std::exchange(is_recorded, true)) record();
      return true;
    });
    record();
  }
};

/// What is in the log before the reader is opened, and what happens to it afterwards.
struct scenario {
  const char* name;
  void (*before)(changing_log&);
  void (*then)(changing_log&);
};

const scenario scenarios[] = {
    {"events are appended", [](changing_log& log) { log.append(6); },
     [](changing_log& log) {
       log.append(6);
       log.store->append({"new", "names"}, renamed{"a schema that the log lacks"});
     }},
    {"events are appended to entities that only earlier segments know",
     [](changing_log& log) {
       log.append(16);
       log.store->compact(compaction::merge());  // seals
     },
     [](changing_log& log) { log.append(6); }},
    {"segments begin", [](changing_log& log) { log.append(6); }, [](changing_log& log) { log.append(20); }},
    {"a segment that was read through its index file grows",
     [](changing_log& log) {
       log.append(7, 5000);
       log.store->close();
     },
     [](changing_log& log) {
       log.open();
       log.append(6);
     }},
    {"segments are merged and new ones begin", [](changing_log& log) { log.append(20); },
     [](changing_log& log) {
       log.compact(compaction::merge());
       log.append(16);
     }},
    {"events are erased, and whole segments follow", [](changing_log& log) { log.append(16); },
     [](changing_log& log) {
       log.compact(compaction::tombstone(is_kept));
       log.append(16);
     }},
    {"events are dropped", [](changing_log& log) { log.append(16); },
     [](changing_log& log) {
       log.compact(compaction::retain(is_kept));
       log.append(3);
     }},
};

std::string text_of(const event_view& event) {
  std::string text = std::to_string(event.sequence()) + " " + event.kind().str() + " ";
  return text.append(event.entity()).append(event.scope()).append(event.payload().text());
}

/// The questions that a reader answers, each with its answer as text.
using question = std::function<std::string(quipu::read_only_store&)>;

std::vector<question> questions() {
  std::vector<question> all;
  all.push_back([](auto& of) { return std::to_string(of.count(region::all())); });
  all.push_back([](auto& of) { return std::to_string(of.stats().events) + " " + std::to_string(of.stats().entities); });
  all.push_back([](auto& of) {
    std::string text;
    for (const event_view& each : of.query(region::all())) text += text_of(each);
    return text;
  });
  all.push_back([](auto& of) {
    std::string text;
    for (const event_view& each : of.query(region::scope("third").with_events<withdrawn>())) text += text_of(each);
    return text;
  });
  all.push_back([](auto& of) {
    std::string text;
    for (const event_view& each : of.query(region::entity("account:9"))) {
      text += of.find(each.id()) ? "found " : "lost ";
      for (const auto& cause : of.causes(each.id()))
        text += std::to_string(cause.sequence()) + " with " + std::to_string(of.effects(cause.id()).size());
      text += " after " + std::to_string(of.ancestors(each.id(), 100).size());
    }
    return text;
  });
  all.push_back([](auto& of) {
    std::string text;
    for (int number = 0; number < 10; ++number)
      if (const auto state = of.template project<counted_events>("account:" + std::to_string(number)))
        text += std::to_string(state->count) + " ";
    return text + std::to_string(of.template project<counted_events>(region::all()).count);
  });
  all.push_back([](auto& of) { return of.head().str(); });
  all.push_back([](auto& of) { return std::to_string(of.verify().events); });
  all.push_back([](auto& of) {
    std::string text;
    auto cursor = of.cursor_guaranteed(region::entity_prefix("account:"));
    while (const auto event = cursor.poll()) text += text_of(*event);
    return text;
  });
  return all;
}

/// Asks, and says what is wrong: an answer must be `right`, and only the planned failure may be thrown.
std::string answer_problem(quipu::read_only_store& of, const question& asked, const std::string& right) {
  try {
    return asked(of) == right ? "" : "a wrong answer";
  } catch (const std::bad_alloc&) {
    return failure.has_happened ? "" : "out of memory";
  } catch (const quipu::error& thrown) {
    return failure.has_happened && std::string{thrown.what()}.find(simulated) != std::string::npos ? "" : thrown.what();
  }
}

/// Consumers that were made before, and go on through the failure.
struct consumers {
  quipu::cursor cursor;
  quipu::subscription events;
  quipu::watcher<counted_events> states;
  std::string from_cursor{};
  std::uint64_t received{};
  std::optional<std::int64_t> last_count{};

  explicit consumers(quipu::read_only_store& of)
      : cursor{of.cursor_guaranteed(region::all())},
        events{of.subscribe_lossy(region::all(), {.capacity = 10'000})},
        states{of.watch<counted_events>("account:1")} {
    from_cursor.reserve(10'000);  // so that taking an event doesn't allocate
    for (int count = 0; count < 4; ++count) take(cursor.poll());
  }

  void take(const std::optional<event_view>& event) {
    if (event) from_cursor += std::to_string(event->sequence()) + (event->erased() ? "e " : " ");
  }
  /// Each of them in turn, until it has nothing more, or throws: then `failure` decides.
  void go_on() {
    attempt([this] {
      for (auto many = cursor.poll_batch(3); !many.empty(); many = cursor.poll_batch(3))
        for (const auto& each : many) take(each);
    });
    attempt([this] {
      while (events.try_recv()) ++received;
    });
    attempt([this] {
      if (const auto state = states.try_recv()) last_count = state->count;
    });
  }
  template <class Step>
  static void attempt(Step step) {
    try {
      step();
    } catch (const std::exception&) {
      if (!failure.has_happened) throw;
    }
  }
};

/// A scenario as it goes well: the files before and at each later moment, and the answers of a new reader.
struct example {
  std::vector<stored_log> moments{};
  std::vector<std::string> right{};
};

example example_of(const scenario& played) {
  changing_log log;
  played.before(log);
  log.record();
  played.then(log);
  log.record();
  quipu::read_only_store fresh{log.settings};
  example made{.moments = std::move(log.moments)};
  for (const question& each : questions()) made.right.push_back(each(fresh));
  return made;
}

struct finding {
  bool was_reached{};
  std::string problem{};
};

/// Plays a scenario with a failure at the `number`-th place.
finding play(const example& known, planned_failure::at where, std::uint64_t number) {
  const auto world = std::make_shared<quipu::memory_environment>();
  move_on(*world, {}, known.moments.front());
  quipu::config settings = small_segments();
  settings.environment = std::make_shared<failing_world>(world);
  quipu::read_only_store reader{settings};
  const auto asked = questions();
  consumers going{reader};
  consumers undisturbed{reader};
  for (std::size_t index = 1; index < known.moments.size(); ++index)
    move_on(*world, known.moments[index - 1], known.moments[index]);

  finding found;
  const auto add = [&found](const std::string& problem) {
    if (!problem.empty()) found.problem += problem + "; ";
  };
  const auto ask = [&](std::size_t index) { add(answer_problem(reader, asked[index], known.right[index])); };
  failure = {where, number, false};
  for (std::size_t index = 0; index < asked.size(); ++index)
    ask((index + number) % asked.size());  // each is the first sometimes, and then takes what is new
  going.go_on();
  found.was_reached = failure.has_happened;
  failure = {};
  if (!found.problem.empty()) return found;
  for (std::size_t index = 0; index < asked.size(); ++index) ask(index);
  if (!found.problem.empty()) found.problem += "afterwards";
  try {
    going.go_on();
    undisturbed.go_on();
    if (going.from_cursor != undisturbed.from_cursor) add("the cursor gave " + going.from_cursor);
    if (going.received != undisturbed.received) add("the subscription missed events");
    if (going.last_count != undisturbed.last_count) add("the watcher has another state");
  } catch (const std::exception& thrown) {
    add(thrown.what());
  }
  return found;
}

/// Plays a scenario with a failure at each place.
void play_all(const scenario& played, planned_failure::at where) {
  const example known = example_of(played);
  std::uint64_t number = 0;
  for (bool is_over = false; !is_over; ++number) {
    const finding found = play(known, where, number);
    INFO(played.name << ", " << (where == planned_failure::at::call ? "call " : "allocation ") << number);
    REQUIRE(found.problem == "");
    is_over = !found.was_reached;
  }
  CHECK(number > 20);
}

/// Whether a consumer that outlives a reader is given the log as it was before or as it is now, where the reader met a
/// failure at the `number`-th place and was closed then. `is_over` is set when that place wasn't reached.
bool is_whole_after_closing(const example& known, planned_failure::at where, std::uint64_t number, bool& is_over) {
  const auto world = std::make_shared<quipu::memory_environment>();
  move_on(*world, {}, known.moments.front());
  quipu::config settings = small_segments();
  settings.environment = std::make_shared<failing_world>(world);
  std::optional<quipu::read_only_store> reader{std::in_place, settings};
  quipu::cursor cursor = reader->cursor_guaranteed(region::all());
  quipu::watcher<counted_events> states = reader->watch<counted_events>("account:1");
  const std::uint64_t before = reader->stats().events;
  for (std::size_t index = 1; index < known.moments.size(); ++index)
    move_on(*world, known.moments[index - 1], known.moments[index]);
  const question how_many = questions().front();
  failure = {where, number, false};
  static_cast<void>(answer_problem(*reader, how_many, known.right.front()));
  is_over = !failure.has_happened;
  failure = {};
  reader.reset();
  std::uint64_t given = 0;
  while (const auto event = cursor.poll()) given = event->sequence() + 1;
  static_cast<void>(states.try_recv());
  const std::uint64_t after = std::stoull(known.right.front());
  return cursor.ended() && states.ended() && (given == after || (given == before && !is_over));
}

}  // namespace

TEST_CASE("a range whose iterator threw goes on with the same event", "[journal][read_only]") {
  const auto forwards = [](quipu::event_range events) { return events; };
  const auto backwards = [](const quipu::event_range& events) { return events.reverse(); };
  const auto with_failures = [](const auto& range_of, planned_failure::at where, const region& wanted) {
    const example known = example_of(scenarios[4]);
    std::uint64_t reached = 0;
    for (std::uint64_t number = 0;; ++number) {
      const auto world = std::make_shared<quipu::memory_environment>();
      move_on(*world, {}, known.moments.back());
      quipu::config settings = small_segments();
      settings.environment = std::make_shared<failing_world>(world);
      quipu::read_only_store reader{settings};
      const auto range = range_of(reader.query(wanted));
      std::vector<std::uint64_t> seen;
      seen.reserve(1000);
      auto at = range.begin();
      failure = {where, number, false};
      while (at != range.end()) {
        seen.push_back(at->sequence());
        try {
          ++at;
        } catch (const std::exception&) {
          REQUIRE(failure.has_happened);
          REQUIRE(at->sequence() == seen.back());
          ++at;
        }
      }
      const bool has_happened = failure.has_happened;
      failure = {};
      std::vector<std::uint64_t> right;
      for (const event_view& each : range_of(reader.query(wanted))) right.push_back(each.sequence());
      INFO(number);
      REQUIRE(seen == right);
      if (!has_happened) break;
      ++reached;
    }
    CHECK(reached > 3);
  };
  for (const auto where : {planned_failure::at::call, planned_failure::at::allocation})
    for (const region& wanted : {region::all(), region::entity_prefix("account:").with_events<withdrawn>()}) {
      with_failures(forwards, where, wanted);
      with_failures(backwards, where, wanted);
    }
}

TEST_CASE("a reader that is closed after a failure has shown whole commits", "[journal][read_only]") {
  for (const auto where : {planned_failure::at::call, planned_failure::at::allocation}) {
    for (const scenario& each : {scenarios[0], scenarios[1], scenarios[2], scenarios[3]}) {
      const example known = example_of(each);
      bool is_over = false;
      for (std::uint64_t number = 0; !is_over; ++number) {
        INFO(each.name << ", " << number);
        REQUIRE(is_whole_after_closing(known, where, number, is_over));
      }
    }
  }
}

TEST_CASE("a failing call of the environment leaves no trace in a reader", "[journal][read_only]") {
  for (const scenario& each : scenarios) play_all(each, planned_failure::at::call);
}

TEST_CASE("a failing allocation leaves no trace in a reader", "[journal][read_only]") {
  for (const scenario& each : scenarios) play_all(each, planned_failure::at::allocation);
}
