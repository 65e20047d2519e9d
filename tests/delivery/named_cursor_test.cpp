// SPDX-License-Identifier: BSL-1.0
//
// named_cursor_test.cpp: a named cursor goes on where it was committed, and a checkpoint that isn't this log's is
// refused, whatever was done to it.
#include "../hooked_environment.hpp"
#include "../store/store_fixture.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/store/read_only_store.hpp>
#endif

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace store_tests;
using quipu::cursor_position;
using quipu::durability;
using quipu::errc;
using quipu::region;

namespace {

std::string content_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}
void write(const fs::path& file, const std::string& content) {
  std::ofstream{file, std::ios::binary | std::ios::trunc} << content;
}

quipu::store open(const fs::path& directory) { return quipu::store{quipu::config{.directory = directory}}; }

template <class Store>
void append_numbers(Store& store, std::int64_t first, std::int64_t last) {
  for (std::int64_t number = first; number <= last; ++number)
    store.append({"a", "s"}, deposited{number}, {.durability = durability::buffered});
}

}  // namespace

TEST_CASE("a named cursor goes on where it was committed, in another life of the store too", "[delivery][named]") {
  const scratch_folder folder;
  {
    auto store = open(folder / "d");
    append_numbers(store, 0, 9);
    auto cursor = store.cursor_guaranteed("billing", region::all());
    CHECK(cursor.name() == "billing");
    CHECK_FALSE(cursor.is_committed());
    CHECK(cursor.poll_batch(4).size() == 4);
    cursor.commit();
    CHECK(cursor.is_committed());
    CHECK(cursor.poll_batch(3).size() == 3);  // not committed: given again
    CHECK(store.cursor_guaranteed("billing", region::all()).next_sequence() == 4);
    CHECK(store.cursor_guaranteed("other", region::all()).next_sequence() == 0);
    CHECK(store.cursor_guaranteed("other", region::all(), cursor_position::end()).next_sequence() == 10);
  }
  CHECK(fs::exists(folder / "d/billing.cursor"));
  CHECK_FALSE(fs::exists(folder / "d/billing.cursor.tmp"));
  auto store = open(folder / "d");
  auto cursor = store.cursor_guaranteed("billing", region::all(), cursor_position::end());  // the checkpoint counts
  const std::string committed = content_of(folder / "d/billing.cursor");
  cursor.commit();  // nothing new: nothing is written
  CHECK(content_of(folder / "d/billing.cursor") == committed);
  CHECK(cursor.poll()->sequence() == 4);
}

TEST_CASE("a commit makes durable what it says was consumed", "[delivery][named]") {
  const memory_world world;
  quipu::store store{settings_in(world, small_segments())};
  auto cursor = store.cursor_guaranteed("c", region::all());
  append_numbers(store, 0, 4);
  CHECK(cursor.poll_batch(10).size() == 5);
  const auto before = store.stats().flushes;
  cursor.commit();
  CHECK(store.stats().flushes == before + 1);
  cursor.commit();  // nothing new: nothing is written
  append_numbers(store, 5, 9);
  CHECK(cursor.poll_batch(2).size() == 2);
  store.sync();
  append_numbers(store, 10, 12);
  const auto synced = store.stats().flushes;
  cursor.commit();  // what it covers is on stable storage already, and what isn't needn't be
  CHECK(store.stats().flushes == synced);
}

TEST_CASE("a state is kept with the position, in one file", "[delivery][named]") {
  const scratch_folder folder;
  {
    auto store = open(folder / "d");
    append_numbers(store, 1, 3);
    auto cursor = store.cursor_guaranteed("sum", region::all());
    CHECK(cursor.state().empty());
    std::string sum;
    while (const auto event = cursor.poll()) sum += std::to_string(event->as<deposited>().cents);
    cursor.commit(sum);
    CHECK(cursor.state() == "123");
    cursor.commit("456");  // the same position, another state
  }
  auto store = open(folder / "d");
  CHECK(store.cursor_guaranteed("sum", region::all()).state() == "456");
  CHECK(store.cursor_guaranteed("sum", region::all()).next_sequence() == 3);
  CHECK(store.cursors().at(0).state_bytes == 3);
}

TEST_CASE("a state that is too large isn't committed, and a checkpoint larger than that is damaged",
          "[delivery][named]") {
  const scratch_folder folder;
  auto store = open(folder / "d");
  append_numbers(store, 1, 2);
  auto cursor = store.cursor_guaranteed("c", region::all());
  static_cast<void>(cursor.poll());
  cursor.commit("state");
  static_cast<void>(cursor.poll());
  constexpr std::size_t most = std::size_t{256} << 20;
  const std::byte begin{};  // of a state that is refused before it is read
  const quipu::error refused = error_of([&] { cursor.commit(quipu::bytes_view{&begin, most + 1}); });
  CHECK(refused.code() == errc::payload_too_large);
  CHECK(refused.expected() == most);
  CHECK(refused.actual() == most + 1);
  CHECK(cursor.state() == "state");
  CHECK(store.cursor_guaranteed("c", region::all()).next_sequence() == 1);
  fs::resize_file(folder / "d" / "c.cursor", most + (2U << 20));
  CHECK(code_of([&] { static_cast<void>(store.cursor_guaranteed("c", region::all())); }) == errc::corrupt);
}

TEST_CASE("a cursor that another instance of its name overtook can't commit", "[delivery][named]") {
  auto store = quipu::in_memory_store();
  append_numbers(store, 0, 9);
  auto first = store.cursor_guaranteed("c", region::all());
  auto second = store.cursor_guaranteed("c", region::all());
  CHECK(first.poll_batch(5).size() == 5);
  CHECK(second.poll_batch(2).size() == 2);
  second.commit();
  CHECK(code_of([&] { first.commit(); }) == errc::conflict);
  CHECK(first.try_commit().error().kind == quipu::error_kind::conflict);
  CHECK(second.poll_batch(2).size() == 2);
  CHECK_NOTHROW(second.commit());
  CHECK(store.cursor_guaranteed("c", region::all()).next_sequence() == 4);
  // A removed cursor, and a new one of its name.
  CHECK(store.remove_cursor("c"));
  CHECK_FALSE(store.remove_cursor("c"));
  CHECK(second.poll());
  CHECK(code_of([&] { second.commit(); }) == errc::conflict);
  auto third = store.cursor_guaranteed("c", region::all());
  CHECK(third.poll()->sequence() == 0);
  third.commit();
  CHECK(code_of([&] { second.commit(); }) == errc::conflict);
}

TEST_CASE("a cursor's name may be anything, and is one file", "[delivery][named]") {
  const scratch_folder folder;
  auto store = open(folder / "d");
  append_numbers(store, 0, 3);
  const std::vector<std::string> names{
      "../up", "A", "Billing/1", "a", "a.cursor", std::string{"nul\0x", 5}, "quipu.store", std::string(80, '\xFF')};
  for (const std::string& each : names) {
    auto cursor = store.cursor_guaranteed(each, region::all());
    CHECK(cursor.poll());
    cursor.commit();
  }
  const auto known = store.cursors();
  REQUIRE(known.size() == names.size());
  for (std::size_t index = 0; index < names.size(); ++index) {
    CHECK(known[index].name == names[index]);
    CHECK(known[index].position.next_sequence == 1);
    CHECK(known[index].position.store == store.identity());
    CHECK(known[index].region == "all");
    CHECK(known[index].committed_at_us > 0);
  }
  for (const auto& entry : fs::directory_iterator{folder / "d"}) CHECK(entry.is_regular_file());
  CHECK_FALSE(fs::exists(folder / "up.cursor"));
  CHECK(code_of([&] { static_cast<void>(store.cursor_guaranteed("", region::all())); }) == errc::invalid_argument);
  CHECK(code_of([&] { static_cast<void>(store.cursor_guaranteed(std::string(81, 'x'), region::all())); }) ==
        errc::invalid_argument);
  // A reader of the store sees them as well.
  quipu::read_only_store reader{quipu::config{.directory = folder / "d"}};
  CHECK(reader.cursors().size() == names.size());
  for (const std::string& each : names) CHECK(store.remove_cursor(each));
  CHECK(reader.cursors().empty());
}

TEST_CASE("another region under a cursor's name is refused, and the message has both", "[delivery][named]") {
  auto store = quipu::in_memory_store();
  append_numbers(store, 0, 3);
  const region made_with =
      region::entity("a b").with_scope("s").with_events<deposited, withdrawn>().with_entity_sequence_range(1, 9);
  auto cursor = store.cursor_guaranteed("c", made_with);
  cursor.commit();
  CHECK_NOTHROW(store.cursor_guaranteed(
      "c", region::entity("a b").with_events<withdrawn, deposited>().with_entity_sequence_range(1, 9).with_scope("s")));
  for (const region& other :
       {region::all(), region::entity("a"), region::entity_prefix("a b"), made_with.with_scope("t"),
        made_with.with_events<deposited>(), made_with.with_entity_sequence_range(2, 9), made_with.with_category(0xF)}) {
    const quipu::error refused = error_of([&] { static_cast<void>(store.cursor_guaranteed("c", other)); });
    CHECK(refused.code() == errc::invalid_argument);
    CHECK(std::string{refused.what()}.find("entity=a%20b scope=s kinds=0xF001,0xF002 sequence=1..9") !=
          std::string::npos);
  }
  CHECK(store.try_cursor_guaranteed("c", region::all()).error().message.view().find("[all]") != std::string::npos);
}

TEST_CASE("every damage to a checkpoint is named, and never a start from the beginning", "[delivery][named][damage]") {
  const scratch_folder folder;
  const fs::path file = folder / "d/c.cursor";
  auto store = open(folder / "d");
  append_numbers(store, 0, 9);
  {
    auto cursor = store.cursor_guaranteed("c", region::entity("a"));
    CHECK(cursor.poll_batch(5).size() == 5);
    cursor.commit("state");
  }
  const std::string whole = content_of(file);
  REQUIRE(whole.size() == 96 + 1 + 8 + 5);
  const auto open_it = [&] { static_cast<void>(store.cursor_guaranteed("c", region::entity("a"))); };
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
      write(file, damaged);
      const quipu::error found = error_of(open_it);
      INFO("byte " << at << ", bit " << bit);
      REQUIRE((found.code() == errc::corrupt || (found.code() == errc::unsupported_format && at >= 8 && at < 10)));
      REQUIRE(found.path() == file.string());
    }
  }
  for (std::size_t size = 0; size < whole.size(); ++size) {
    write(file, whole.substr(0, size));
    REQUIRE(code_of(open_it) == errc::corrupt);
  }
  write(file, whole + "x");
  CHECK(code_of(open_it) == errc::corrupt);
  write(file, whole);
  CHECK_NOTHROW(open_it());
  fs::rename(file, folder / "d/other.cursor");
  CHECK(code_of([&] { static_cast<void>(store.cursor_guaranteed("other", region::entity("a"))); }) == errc::corrupt);
  CHECK(code_of([&] { static_cast<void>(store.cursors()); }) == errc::corrupt);
  CHECK(store.remove_cursor("other"));
}

TEST_CASE("a checkpoint of another store, ahead of the log, or of another history of it is refused",
          "[delivery][named][damage]") {
  const scratch_folder folder;
  {
    auto one = open(folder / "one");
    append_numbers(one, 0, 4);
    one.snapshot(folder / "earlier");
    append_numbers(one, 5, 9);
    auto cursor = one.cursor_guaranteed("c", region::all());
    CHECK(cursor.poll_batch(8).size() == 8);
    cursor.commit();
    auto two = open(folder / "two");
    append_numbers(two, 0, 9);
  }
  CHECK_FALSE(fs::exists(folder / "earlier/c.cursor"));  // a snapshot is of the log
  const auto open_in = [&](const char* name) {
    fs::copy_file(folder / "one/c.cursor", folder / name / "c.cursor", fs::copy_options::overwrite_existing);
    auto store = open(folder / name);
    return error_of([&] { static_cast<void>(store.cursor_guaranteed("c", region::all())); });
  };
  const quipu::error of_other = open_in("two");
  CHECK(of_other.code() == errc::corrupt);
  CHECK(std::string{of_other.what()}.find("of another store") != std::string::npos);
  const quipu::error ahead = open_in("earlier");
  CHECK(ahead.code() == errc::corrupt);
  CHECK(ahead.path() == (folder / "earlier/c.cursor").string());
  CHECK(ahead.expected() == 8);
  CHECK(ahead.actual() == 5);
  {
    auto store = open(folder / "earlier");
    append_numbers(store, 100, 104);
  }
  const quipu::error otherwise = open_in("earlier");
  CHECK(otherwise.code() == errc::corrupt);
  CHECK(std::string{otherwise.what()}.find("went on in another way") != std::string::npos);
}

TEST_CASE("after closing nothing is committed, and the directory isn't touched", "[delivery][named]") {
  const scratch_folder folder;
  std::optional<quipu::named_cursor> kept;
  {
    auto store = open(folder / "d");
    append_numbers(store, 0, 3);
    kept.emplace(store.cursor_guaranteed("c", region::all()));
    CHECK(kept->poll());
    kept->commit();
    CHECK(in_child([&] {
            if (code_of([&] { static_cast<void>(kept->poll()); }) != errc::locked) return 1;
            if (code_of([&] { kept->commit(); }) != errc::locked) return 2;
            return code_of([&] { store.remove_cursor("c"); }) == errc::locked ? 0 : 3;
          }) == 0);
  }
  const std::string before = content_of(folder / "d/c.cursor");
  CHECK(kept->poll_batch(10).size() == 3);
  CHECK(kept->ended());
  CHECK(code_of([&] { kept->commit(); }) == errc::closed);
  CHECK(content_of(folder / "d/c.cursor") == before);
}

TEST_CASE("closing waits for a commit that is being written", "[delivery][named_cursor]") {
  using test_settings::disk_step;
  const auto hook = std::make_shared<test_settings::disk_hook::element_type>();
  quipu::config settings = small_segments();
  settings.environment = std::make_shared<test_settings::hooked_environment>(hook);
  quipu::store store{settings};
  append_numbers(store, 0, 4);
  auto cursor = store.cursor_guaranteed("c", region::all());
  CHECK(cursor.poll_batch(10).size() == 5);
  store.sync();
  std::atomic<bool> is_written{false};
  std::atomic<bool> is_released{false};
  std::atomic<bool> was_released_before{false};
  std::thread closing;
  *hook = [&](disk_step step, std::string_view) {
    if (step == disk_step::unlock) is_released = true;
    if (step != disk_step::rename || is_written.exchange(true)) return;
    // The checkpoint has its content, and not its name. The directory must not be given back now.
    closing = std::thread{[&] { store.close(); }};
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds{100};
    while (!is_released && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    was_released_before = is_released.load();
  };
  cursor.commit();
  REQUIRE(closing.joinable());
  closing.join();
  CHECK_FALSE(was_released_before);
  CHECK(is_released);
  *hook = {};
  quipu::store reopened{settings};
  CHECK(reopened.cursors().at(0).position.next_sequence == 5);
}
