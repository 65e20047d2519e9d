// SPDX-License-Identifier: BSL-1.0
//
// messages_test.cpp: what messages must say, so that a reader of a log file knows what happened, where, and what to do.
#include "../delivery/worker_fixture.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/store/read_only_store.hpp>
#endif

#include <catch2/catch.hpp>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>

#include <sys/resource.h>

using namespace worker_tests;
using Catch::Matchers::Contains;
using quipu::expected_version;

namespace {

struct fragile {
  using events = quipu::event_list<deposited>;
  std::int64_t cents{};
  void apply(const deposited& event) {
    if (event.cents == 13) throw quipu::error{errc::invalid_argument, "thirteen"};
    cents += event.cents;
  }
};

struct planned {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 9);
  std::string name{};
  std::chrono::sys_seconds begin{};
  std::chrono::duration<std::uint64_t> length{};
};

struct timed {  // of a fixed size, and not packed
  static constexpr auto kind = quipu::event_kind::custom(0xF, 10);
  std::uint32_t number{};
  std::chrono::sys_seconds begin{};
  std::chrono::sys_seconds end{};
};

template <class Operation>
std::string message_of(Operation operation) {
  return error_of(operation).what();
}

}  // namespace

TEST_CASE("a conflict names what was expected", "[store][messages]") {
  auto store = quipu::in_memory_store();
  const auto append = [&](const char* entity, expected_version expected) {
    const auto refused = store.try_append({entity, "s"}, deposited{1}, {.expected = expected});
    REQUIRE(refused.is_error());
    const std::string message{std::string_view{refused.error().message}};
    CHECK_THAT(message_of([&] {
                 store.append({entity, "s"}, deposited{1}, {.expected = expected});
               }),
               Contains(message));
    return message;
  };
  store.append({"known", "s"}, deposited{1});
  CHECK(append("known", expected_version::no_stream()) ==
        "the stream of \"known\" ends with event 0; expected was that it has none");
  CHECK(append("known", expected_version::exactly(4)) ==
        "the stream of \"known\" ends with event 0; expected was that it ends with event 4");
  CHECK(append("new", expected_version::stream_exists()) ==
        "the stream of \"new\" has no event; expected was that it has one");
}

TEST_CASE("a name with a line break stays within its message's line", "[store][messages]") {
  auto store = quipu::in_memory_store();
  const std::string entity = "a\nERROR forged \x1b[31m\x7f";
  CHECK(message_of([&] {
          store.append({entity, "s"}, deposited{1}, {.expected = expected_version::stream_exists()});
        }) ==
        "quipu: conflict: the stream of \"a\\x0aERROR forged \\x1b[31m\\x7f\" has no event; expected was that it has "
        "one");
  store.append({entity, "s"}, deposited{1});
  const quipu::region known = quipu::region::entity(entity);
  CHECK_THAT(message_of([&] {
               store.append({"b", "s"}, deposited{1}, {.condition = quipu::none_ever(known)});
             }),
             Contains("of \"a\\x0aERROR forged"));
}

TEST_CASE("a directory that can't be used says why", "[store][messages]") {
  const scratch_folder folder;
  fs::create_directory(folder / "empty");
  fs::create_directory_symlink(folder / "empty", folder / "link");
  CHECK_THAT(message_of([&] { quipu::store{quipu::config{.directory = folder / "link"}}; }),
             Contains("the directory is a symbolic link"));
  const auto read_empty = error_of([&] { quipu::read_only_store{quipu::config{.directory = folder / "empty"}}; });
  CHECK(read_empty.code() == errc::not_found);
  CHECK_THAT(read_empty.what(), Contains("there is no store in the directory") && Contains("/empty]"));
  quipu::store store{quipu::config{.directory = folder / "data"}};
  CHECK_THAT(message_of([&] { quipu::store{quipu::config{.directory = folder / "data"}}; }),
             Contains("another store writes to the directory"));
}

TEST_CASE("an unfinished copy is called one", "[store][messages]") {
  const scratch_folder folder;
  {
    quipu::store store{quipu::config{.directory = folder / "data"}};
    store.append({"a", "s"}, deposited{1});
    store.snapshot(folder / "copy");
  }
  fs::remove(folder / "copy" / "quipu.store");  // snapshots write it last
  const quipu::config settings{.directory = folder / "copy"};
  for (const quipu::error& refused :
       {error_of([&] { quipu::store{settings}; }), error_of([&] { quipu::read_only_store{settings}; })}) {
    CHECK(refused.code() == errc::corrupt);
    CHECK_THAT(refused.what(), Contains("is this an unfinished copy?") && Contains("/copy/quipu.store]"));
  }
}

TEST_CASE("a failed write names the file as it is called now", "[store][messages]") {
  const scratch_folder folder;
  const int result = in_child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    quipu::config settings{.directory = folder / "data"};
    quipu::store store{settings};
    constexpr ::rlimit limit{64 << 10, 64 << 10};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
    const std::string large(100 << 10, 'x');
    const std::string message = message_of([&] {
      store.append_raw({"a", "s"}, quipu::event_kind::custom(1, 1), large);
    });
    if (message.find("quipu: storage_full: could not ") != 0) return 2;
    return message.find(".segment]") != std::string::npos ? 0 : 3;
  });
  CHECK(result == 0);
}

TEST_CASE("a worker, a model and a watcher that fail name the event", "[store][messages]") {
  auto store = quipu::in_memory_store();
  auto watcher = store.watch<fragile>("a");
  store.append({"a", "s"}, deposited{1});
  store.append({"a", "s"}, deposited{13});
  const std::string named = "event 1, 0xF001 of \"a\": ";
  CHECK_THAT(message_of([&] { static_cast<void>(watcher.recv()); }), Contains(named + "thirteen"));

  auto worker = store.cursor_worker("w", region::all(),
                                    [](const event_view& event) {
                                      if (event.as<deposited>().cents == 13) throw std::runtime_error{"thirteen"};
                                    },
                                    {.restart = restart_policy::never()});
  worker.join();
  CHECK(worker.failure() == named + "thirteen");

  auto model = store.read_model<fragile>("m", region::all());
  REQUIRE(comes_true([&] { return !model.is_running(); }));
  CHECK_THAT(model.failure(), Contains(named) && Contains("thirteen"));
}

TEST_CASE("whatever a handler throws leaves a text", "[store][messages]") {
  auto store = quipu::in_memory_store();
  for (int number = 0; number < 3; ++number) store.append({"a", "s"}, deposited{number});
  auto worker = store.cursor_worker("w", region::all(),
                                    [](const event_view& event) {
                                      if (event.sequence() == 0) throw 7;
                                      if (event.sequence() == 1) throw "a literal";
                                      throw std::string{"a string"};
                                    },
                                    {.poison = poison_policy::park()});
  REQUIRE(comes_true([&] { return worker.parked().size() == 3; }));
  const auto parked = worker.parked();
  CHECK(parked[0].error == "something that is no std::exception was thrown, of type int");
  CHECK(parked[1].error == "a literal");
  CHECK(parked[2].error == "a string");
}

TEST_CASE("a value without an encoding is named with its event, its member and the range", "[store][messages]") {
  auto store = quipu::in_memory_store();
  quipu::batch events;
  planned event{"far", std::chrono::sys_seconds{std::chrono::seconds{1'000'000'000'000}}, {}};
  const std::string begin = "quipu: encode_failed: the event planned, member ";
  CHECK_THAT(message_of([&] {
               store.append({"a", "s"}, event);
             }),
             Contains(begin + "\"begin\": a time point outside of"));
  CHECK_THAT(message_of([&] {
               events.add({"a", "s"}, event);
             }),
             Contains(begin + "\"begin\": a time point outside of"));
  event = {"long", {}, std::chrono::duration<std::uint64_t>{UINT64_MAX}};
  CHECK_THAT(message_of([&] {
               store.append({"a", "s"}, event);
             }),
             Contains(begin + "\"length\": a duration whose count"));
  const timed never_ends{1, {}, std::chrono::sys_seconds{std::chrono::seconds{1'000'000'000'000}}};
  CHECK_THAT(message_of([&] {
               store.append({"a", "s"}, never_ends);
             }),
             Contains("the event timed, member \"end\": a time point outside of"));
  CHECK(store.stats().events == 0);
}
