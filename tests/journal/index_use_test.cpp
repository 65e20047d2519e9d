// SPDX-License-Identifier: BSL-1.0
//
// index_use_test.cpp: a store that is read through its index files gives the answers that it gives without them,
// whatever happened to those files; and what they spare isn't checking: damage to an event is named when the event is
// read.
#include "../store/store_fixture.hpp"
#include "raw_log.hpp"

#include <catch2/catch.hpp>

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/journal/format/index_layout.hpp>
#include <quipu/store/read_only_store.hpp>
#endif

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace store_tests;
using quipu::errc;
using quipu::region;

namespace {

quipu::config many_segments(const std::filesystem::path& directory) {
  quipu::config settings = small_segments(directory);
  settings.segment_max_bytes = 16 << 10;
  return settings;
}

std::vector<fs::path> files_of(const fs::path& folder, const std::string& suffix) {
  std::vector<fs::path> all;
  for (const auto& each : fs::directory_iterator{folder})
    if (each.path().string().ends_with(suffix)) all.push_back(each.path());
  std::sort(all.begin(), all.end());
  return all;
}

std::string content_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}
void put_content(const fs::path& file, const std::string& content) { std::ofstream{file, std::ios::binary} << content; }

/// Some 400 events of 7 entities in 3 scopes: with causes, conversations, keys and tags.
template <class Store>
void fill(Store& store, int first, int count) {
  std::vector<quipu::receipt> given;
  for (int number = first; number < first + count; ++number) {
    const quipu::coordinate where{"account:" + std::to_string(number % 7), "branch:" + std::to_string(number % 3)};
    quipu::append_options options;
    options.durability = quipu::durability::buffered;
    if (number % 11 == 0) options.idempotency_key = quipu::event_id::from_name("key " + std::to_string(number));
    if (number % 4 == 0)
      options.tags = {"even:" + std::to_string(number % 16), "number:" + std::to_string(number / 100)};
    if (number % 5 == 1 && !given.empty()) options.causation_id = given[given.size() / 2].id;
    if (number % 3 == 0)
      given.push_back(
          store.append(where, withdrawn{number, std::string(static_cast<std::size_t>(number % 40), 'x')}, options));
    else
      given.push_back(store.append(where, deposited{number}, options));
  }
}

/// Everything that a store can be asked for, as text.
template <class Store>
std::string answers_of(Store& store) {
  std::string all;
  const auto put = [&all](const auto& range) {
    for (const quipu::event_view& each : range) all.append(each.to_json()).append("\n");
    all.append("--\n");
  };
  put(store.query(region::all()));
  for (int number = 0; number < 8; ++number) {
    const std::string entity = "account:" + std::to_string(number);
    put(store.stream(entity));
    put(store.query(region::entity(entity).with_scope("branch:1").with_entity_sequence_range(3, 30)));
    const auto state = store.template project<account>(entity);
    all.append(state ? std::to_string(state->order) : "none").append("\n");
    all.append(std::to_string(store.count(region::entity(entity)))).append("\n");
  }
  for (int number = 0; number < 4; ++number) put(store.by_scope("branch:" + std::to_string(number)));
  for (int number = 0; number < 16; ++number) {
    const region wanted = region::tag("even:" + std::to_string(number));
    put(store.query(wanted));
    put(store.query(region::any_of({wanted.with_tag("number:1"), region::entity("account:1")})).reverse());
  }
  put(store.by_kind(deposited::kind));
  put(store.by_kind(renamed::kind));
  put(store.query(region::all().with_category(0xF)));
  put(store.query(region::entity_prefix("account:3")));
  std::vector<quipu::event_id> ids;
  for (const quipu::event_view& each : store.query(region::all())) ids.push_back(each.id());
  for (std::size_t index = 0; index < ids.size(); index += 17) {
    all.append(store.get(ids[index]).to_json()).append("\n");
    put(store.causes(ids[index]));
    put(store.effects(ids[index]));
    put(store.correlated(ids[index]));
    put(store.ancestors(ids[index], 5));
  }
  all.append(store.find(quipu::event_id::from_name("absent")) ? "found" : "absent").append("\n");
  all.append(std::to_string(store.template project<account>(region::all()).order)).append("\n");
  all.append(store.head().str());
  return all;
}

std::string answers_in(const quipu::config& settings) {
  quipu::store store{settings};
  return answers_of(store);
}

/// An index file that says that it has an older version.
std::string of_version(const std::string& made, std::uint16_t version) {
  quipu::bytes file = quipu::bytes_view{made}.copy();
  raw_log::put_field(file, quipu::detail::file_head::layout::version, version);
  raw_log::seal_head(file);
  return std::string{quipu::bytes_view{file}.text()};
}

/// A closed store, and what it answered before it was closed.
struct filled_store {
  scratch_folder folder{};
  quipu::config settings = many_segments(folder / "data");
  std::string answers{};
  explicit filled_store(std::uint64_t segment_max_bytes = 16 << 10) {
    settings.segment_max_bytes = segment_max_bytes;
    quipu::store store{settings};
    fill(store, 0, 700);
    answers = answers_of(store);
    store.close();
  }
  [[nodiscard]] fs::path data() const { return folder / "data"; }
  [[nodiscard]] std::vector<fs::path> indexes() const { return files_of(data(), ".index"); }
  [[nodiscard]] std::vector<fs::path> segments() const { return files_of(data(), ".segment"); }
};

}  // namespace

TEST_CASE("a sealed segment has an index file, and a store answers through it as it did without", "[journal][index]") {
  const filled_store filled;
  REQUIRE(filled.segments().size() > 5);
  CHECK(filled.indexes().size() >= filled.segments().size() - 1);
  CHECK(answers_in(filled.settings) == filled.answers);
  quipu::read_only_store reader{filled.settings};
  CHECK(answers_of(reader) == filled.answers);
  quipu::store{filled.settings}.verify();
}

TEST_CASE("without index files all is read, and a writer makes them again", "[journal][index]") {
  const filled_store filled;
  const std::size_t sealed = filled.segments().size() - 1;
  for (const fs::path& each : filled.indexes()) fs::remove(each);
  {
    quipu::read_only_store reader{filled.settings};
    CHECK(answers_of(reader) == filled.answers);
    CHECK(filled.indexes().empty());  // a reader never writes
  }
  CHECK(answers_in(filled.settings) == filled.answers);
  CHECK(filled.indexes().size() >= sealed);
  CHECK(answers_in(filled.settings) == filled.answers);
}

TEST_CASE("an index file of an older version isn't used, and a writer makes it again", "[journal][index]") {
  const std::uint16_t version = GENERATE(std::uint16_t{1}, std::uint16_t{2});
  for (const std::uint64_t segment_max_bytes : {16U << 10, 1U << 20}) {
    const filled_store filled{segment_max_bytes};
    const std::vector<fs::path> indexes = filled.indexes();
    REQUIRE_FALSE(indexes.empty());
    std::vector<std::string> made;
    for (const fs::path& each : indexes) {
      made.push_back(content_of(each));
      put_content(each, of_version(made.back(), version));
    }
    {
      quipu::read_only_store reader{filled.settings};
      CHECK(answers_of(reader) == filled.answers);
    }
    CHECK(answers_in(filled.settings) == filled.answers);
    REQUIRE(filled.indexes() == indexes);
    const std::size_t sealed = filled.segments().size() - 1;
    for (std::size_t number = 0; number < sealed; ++number) CHECK(content_of(indexes[number]) == made[number]);
    static_cast<void>(quipu::store{filled.settings}.append({"account:1", "branch:1"}, deposited{1}));
    CHECK(content_of(filled.indexes().back())[8] == 3);
  }
}

TEST_CASE("a damaged index file makes no difference, wherever the damage is", "[journal][index]") {
  const filled_store filled;
  const std::vector<fs::path> indexes = filled.indexes();
  seeded random{7};
  for (int round = 0; round < 60; ++round) {
    const fs::path& victim = indexes[random.below(indexes.size())];
    const std::string sound = content_of(victim);
    std::string damaged = sound;
    if (round % 3 == 0)
      damaged.resize(random.below(damaged.size()));
    else
      damaged[random.below(damaged.size())] ^= static_cast<char>(1U << random.below(8));
    put_content(victim, damaged);
    INFO(victim << ", round " << round);
    quipu::read_only_store reader{filled.settings};
    CHECK(answers_of(reader) == filled.answers);
    if (round % 10 == 0) CHECK(answers_in(filled.settings) == filled.answers);
    put_content(victim, sound);
  }
}

TEST_CASE("the index file of another segment, or of another store, isn't believed", "[journal][index]") {
  const filled_store filled;
  const filled_store other;
  const std::vector<fs::path> indexes = filled.indexes();
  const std::string first = content_of(indexes[0]);
  put_content(indexes[0], content_of(indexes[1]));
  put_content(indexes[1], first);
  CHECK(answers_in(filled.settings) == filled.answers);
  put_content(filled.indexes()[2], content_of(other.indexes()[2]));
  CHECK(answers_in(filled.settings) == filled.answers);
}

TEST_CASE("damage to an event is named when the event is read, and by nobody before", "[journal][index]") {
  const filled_store filled;
  const fs::path victim = filled.segments()[1];
  const std::string sound = content_of(victim);
  const auto frames = raw_log::frames_of(quipu::bytes_view{std::string_view{sound}});
  seeded random{3};
  for (int round = 0; round < 40; ++round) {
    const auto& hit = frames[random.below(frames.size() -
                                          1)];  // the last one is the seal, which is looked at when the store is opened
    std::string damaged = sound;
    damaged[hit.at + random.below(hit.size)] ^= static_cast<char>(1U << random.below(8));
    if (hit.at + hit.size + 4096 >= sound.size()) continue;  // the bytes that bind the index
    put_content(victim, damaged);
    INFO("frame at " << hit.at);
    quipu::store store{filled.settings};
    const quipu::error thrown = error_of([&] { (void)answers_of(store); });
    CHECK(thrown.code() == errc::corrupt);
    CHECK(thrown.path() == victim.string());
    CHECK(thrown.offset() == hit.at);
    CHECK(code_of([&] { store.verify(); }) == errc::corrupt);
    CHECK(store.get(store.append({"other", "x"}, deposited{1}).id).as<deposited>().cents ==
          1);  // what has nothing to do with it goes on
    store.close();
    put_content(victim, sound);
  }
}

TEST_CASE("a store goes on behind the index that closing left", "[journal][index]") {
  const scratch_folder folder;
  quipu::config settings = small_segments(folder / "data");
  settings.segment_max_bytes = 1 << 20;
  {
    quipu::store store{settings};
    fill(store, 0, 500);
  }
  REQUIRE(files_of(folder / "data", ".index").size() == 1);
  std::string before;
  {
    quipu::store store{settings};  // clean
    fill(store, 500, 1);
    fill(store, 501, 99);
    before = answers_of(store);
    quipu::read_only_store reader{settings};
    CHECK(answers_of(reader) == before);
    store.sync();
    // As a crash would leave it: the index of the last closing, and more events.
    fs::copy(folder / "data", folder / "crashed", fs::copy_options::recursive);
  }
  quipu::config crashed = settings;
  crashed.directory = folder / "crashed";
  CHECK(answers_in(crashed) == before);
  CHECK(answers_in(settings) == before);
  quipu::store store{settings};
  store.verify();
  // Coordinates and schemas that the segment has aren't defined in it again.
  fill(store, 0, 7);
  store.close();
  const std::string content = content_of(files_of(folder / "data", ".segment").front());
  const auto definitions =
      [frames = raw_log::frames_of(quipu::bytes_view{std::string_view{content}})](quipu::event_kind of) {
        return std::count_if(frames.begin(), frames.end(),
                             [of](const auto& each) { return each.internal() && each.kind == of.raw(); });
      };
  CHECK(definitions(quipu::event_kind::data) == 21);
  CHECK(definitions(quipu::event_kind::system_schema) == 2);
}

TEST_CASE("damage to an event that an index covers is named also when its segment has grown on", "[journal][index]") {
  const filled_store filled{1 << 20};
  const std::string sound = content_of(filled.segments().front());
  const auto frames = raw_log::frames_of(quipu::bytes_view{std::string_view{sound}});
  seeded random{5};
  for (int round = 0; round < 20; ++round) {
    const auto& hit = frames[random.below(frames.size())];
    if (hit.internal() || hit.at + hit.size + 4096 >= sound.size()) continue;  // or in the bytes that bind the index
    std::string damaged = sound;
    damaged[hit.at + 40 + random.below(hit.size - 40)] ^= 1;
    quipu::config settings = filled.settings;
    settings.directory = filled.folder / ("round " + std::to_string(round));
    fs::copy(filled.data(), settings.directory, fs::copy_options::recursive);
    put_content(settings.directory / filled.segments().front().filename(), damaged);
    INFO("frame at " << hit.at);
    quipu::store store{settings};
    const quipu::receipt added = store.append({"account:1", "branch:1"}, deposited{1});
    const quipu::error thrown = error_of([&] { (void)answers_of(store); });
    CHECK(thrown.code() == errc::corrupt);
    CHECK(thrown.offset() == hit.at);
    CHECK(store.get(added.id).as<deposited>().cents == 1);
  }
}

TEST_CASE("a store that goes on behind its index answers as if it had none", "[journal][index]") {
  const filled_store filled{1 << 20};
  quipu::config without = filled.settings;
  without.directory = filled.folder / "without";
  fs::copy(filled.data(), without.directory, fs::copy_options::recursive);
  for (const fs::path& each : files_of(without.directory, ".index")) fs::remove(each);
  quipu::store left{filled.settings};
  quipu::store right{without};
  for (int round = 0; round < 3; ++round) {
    for (quipu::store* each : {&left, &right}) {
      each->append({"account:1", "branch:new"}, deposited{1}, {.tags = {"even:0", "new:1"}});
      each->append({"new:" + std::to_string(round), "branch:1"}, renamed{"x"});
      each->append({"account:6", "branch:2"}, deposited{3},
                   {.idempotency_key = quipu::event_id::from_name("round " + std::to_string(round))});
    }
    for (const region& wanted : {region::all(), region::entity("account:1"), region::scope("branch:1"),
                                 region::scope("branch:new"), region::tag("even:0"), region::tag("new:1"),
                                 region::entity("account:1").with_entity_sequence_range(95, 103)}) {
      CHECK(left.count(wanted) == right.count(wanted));
      std::vector<std::uint64_t> forwards[2];
      std::vector<std::uint64_t> backwards[2];
      for (int side = 0; side < 2; ++side) {
        quipu::store& asked = side == 0 ? left : right;
        for (const auto& each : asked.query(wanted)) forwards[side].push_back(each.sequence());
        for (const auto& each : asked.query(wanted).reverse()) backwards[side].push_back(each.sequence());
        for (const std::uint64_t number : forwards[side])
          if (number % 7 == 0 || number > 699) {
            const auto found = (*asked.query(region::all().with_sequence_range(number, number + 1)).begin()).id();
            CHECK(asked.get(found).sequence() == number);
          }
      }
      CHECK(forwards[0] == forwards[1]);
      CHECK(backwards[0] == backwards[1]);
    }
    CHECK(left.project<account>("account:1")->order == right.project<account>("account:1")->order);
    CHECK(left.stats().entities == right.stats().entities);
    CHECK(left.append({"account:6", "branch:2"}, deposited{3},
                      {.idempotency_key = quipu::event_id::from_name("round " + std::to_string(round))})
              .sequence == 702 + 3U * static_cast<unsigned>(round));
  }
  left.verify();
  left.close();
  right.close();
  quipu::store again{filled.settings};
  CHECK(again.count(region::tag("new:1")) == 3);
  CHECK(again.count(region::all()) == 709);
  again.verify();
  again.append({"new:0", "branch:1"}, renamed{"y"});
  again.close();
  fs::remove_all(without.directory);
  fs::copy(filled.data(), without.directory, fs::copy_options::recursive);
  for (const fs::path& each : files_of(without.directory, ".index")) fs::remove(each);
  CHECK(answers_in(filled.settings) == answers_in(without));
}

TEST_CASE("entities that grow on behind an index are found in every later life of the store", "[journal][index]") {
  const scratch_folder folder;
  quipu::config settings = small_segments(folder / "data");
  settings.segment_max_bytes = 128 << 10;
  const auto append = [](quipu::store& store, const char* entity, std::int64_t cents) {
    store.append({entity, "branch:0"}, deposited{cents}, {.durability = quipu::durability::buffered});
  };
  {
    quipu::store store{settings};
    for (int number = 0; number < 3; ++number) append(store, "in both segments", number);
    for (int number = 0; store.stats().segments == 1; number += 100) fill(store, number, 100);
    append(store, "once", 0);
    fill(store, 0, 500);
    REQUIRE(store.stats().segments == 2);
  }
  for (std::int64_t life = 1; life < 4; ++life) {
    REQUIRE(files_of(folder / "data", ".index").size() == 2);
    quipu::store store{settings};
    append(store, "once", life);
    append(store, "in both segments", 2 + life);
    INFO("life " << life);
    for (const auto& [entity, count] : {std::pair{"once", life + 1}, std::pair{"in both segments", life + 3}}) {
      CHECK(store.project<deposit_count>(entity)->count == static_cast<std::uint64_t>(count));
      for (std::int64_t number = 0; number < count; ++number) {
        const auto sequence = static_cast<std::uint64_t>(number);
        std::vector<std::int64_t> cents;
        for (const quipu::event_view& each :
             store.query(region::entity(entity).with_entity_sequence_range(sequence, sequence)))
          cents.push_back(each.as<deposited>().cents);
        CHECK(cents == std::vector<std::int64_t>{number});
      }
    }
  }
}

TEST_CASE("a reader that was there before sees what a writer appends behind an index", "[journal][index]") {
  const scratch_folder folder;
  quipu::config settings = many_segments(folder / "data");
  settings.segment_max_bytes = 64 << 10;
  {
    quipu::store store{settings};
    fill(store, 0, 400);
  }
  quipu::read_only_store reader{settings};
  CHECK(reader.count(region::all()) == 400);
  CHECK(reader.project<account>("account:1"));
  quipu::store store{settings};
  for (int round = 0; round < 10; ++round) {
    fill(store, 400 + round * 150, 150);
    store.sync();
    CHECK(reader.count(region::all()) == 550U + static_cast<unsigned>(round) * 150U);
    CHECK(reader.project<account>("account:1")->order == store.project<account>("account:1")->order);
  }
  CHECK(answers_of(reader) == answers_of(store));
}

TEST_CASE("what was promised of keys and expected sequences holds for entities that only an index knows",
          "[journal][index]") {
  const filled_store filled;
  quipu::store store{filled.settings};
  quipu::append_options options;
  options.idempotency_key = quipu::event_id::from_name("key 11");
  const quipu::receipt again = store.append({"account:4", "branch:2"}, deposited{11}, options);
  CHECK(again.sequence == 11);
  CHECK(code_of([&] {
          store.append({"account:4", "branch:2"}, deposited{12}, options);
        }) == errc::idempotency_mismatch);
  CHECK(code_of([&] {
          store.append({"account:1", "x"}, deposited{1}, {.expected = quipu::expected_version::no_stream()});
        }) == errc::conflict);
  const quipu::receipt next =
      store.append({"account:1", "x"}, deposited{1}, {.expected = quipu::expected_version::exactly(99)});
  CHECK(next.entity_sequence == 100);
  CHECK(store.stats().entities == 7);
  store.append({"new", "x"}, deposited{1});
  CHECK(store.stats().entities == 8);
  store.verify();
  store.close();
  CHECK(quipu::store{filled.settings}.stats().entities == 8);
}

TEST_CASE("the ends of more entities than are kept in memory are found again", "[journal][index]") {
  const scratch_folder folder;
  quipu::config settings{.directory = folder / "data"};
  settings.segment_max_bytes = 8 << 20;
  settings.sync.mode = quipu::sync_mode::buffered;
  quipu::store store{settings};
  constexpr int entities = 70'000;
  for (int round = 0; round < 3; ++round)
    for (int number = 0; number < entities; ++number)
      REQUIRE(store.append({"entity:" + std::to_string(number), "x"}, deposited{number}).entity_sequence ==
              static_cast<std::uint64_t>(round));
  CHECK(store.stats().entities == entities);
  store.verify();
  CHECK(store.project<deposit_count>("entity:69999")->count == 3);
}

TEST_CASE("a sealed segment that is cut off under a reader is an error", "[journal][index]") {
  const filled_store filled;
  quipu::read_only_store reader{filled.settings};
  const quipu::event_id first = (*reader.query(region::all()).begin()).id();
  fs::resize_file(filled.segments()[2], 4096);
  const quipu::error thrown = error_of([&] { (void)reader.project<account>(region::all()); });
  CHECK(thrown.code() == errc::corrupt);
  CHECK(thrown.path() == filled.segments()[2].string());
  CHECK(reader.get(first).sequence() == 0);  // what is sound can be read
  fs::resize_file(filled.segments()[0], 4096);
  CHECK(code_of([&] { (void)reader.get(first); }) == errc::corrupt);
}

TEST_CASE(
    "each question about a segment that was cut off under a reader is an error, also one that was answered before",
    "[journal][index]") {
  using question = std::function<void(quipu::read_only_store&)>;
  const auto read = [](const auto& events) {
    std::uint64_t size = 0;
    for (const quipu::event_view& each : events) size += each.payload().size();
    return size;
  };
  for (const bool was_there_before : {false, true}) {
    const scratch_folder folder;
    const quipu::config settings = many_segments(folder / "data");
    quipu::store writer{settings};
    const quipu::event_id first = writer.append({"account:0", "branch:0"}, deposited{0}).id;
    std::optional<quipu::read_only_store> reader;
    if (was_there_before) reader.emplace(settings);
    std::uint64_t events = 1;
    for (int number = 0; number < 400; number += 10, events += 11) {
      fill(writer, number, 10);
      writer.append({"account:1", "branch:1"}, deposited{number}, {.correlation_id = first, .causation_id = first});
      if (reader) CHECK(reader->count(region::all()) == events + 11);
    }
    if (!reader) reader.emplace(settings);
    const fs::path victim = files_of(folder / "data", ".segment").at(1);
    const std::uint64_t begin = std::stoull(victim.stem().string());
    const auto inside = *reader->query(region::all().with_sequence_range(begin, begin)).begin();
    const std::vector<question> questions{
        [&, id = inside.id()](auto& of) { static_cast<void>(of.get(id).payload()); },
        [&](auto& of) { read(of.query(region::all())); },
        [&](auto& of) { read(of.stream("account:1")); },
        [&](auto& of) { read(of.by_scope("branch:1")); },
        [&](auto& of) { read(of.by_kind(deposited::kind)); },
        [&](auto& of) { read(of.query(region::tag("even:0"))); },
        [&](auto& of) { read(of.effects(first)); },
        [&](auto& of) { read(of.correlated(first)); },
        [&](auto& of) { static_cast<void>(of.find_by_key(quipu::event_id::from_name("key 55"))->payload()); },
    };
    for (const question& each : questions) each(*reader);
    fs::resize_file(victim, 0);
    for (std::size_t number = 0; number < questions.size(); ++number) {
      INFO("question " << number << (was_there_before ? " of an early reader" : ""));
      CHECK(code_of([&] { questions[number](*reader); }) == errc::corrupt);
    }
  }
}

TEST_CASE("a reader judges what was written over the room behind a closed log", "[journal][index]") {
  const filled_store filled{1 << 20};
  const std::string sound = content_of(filled.segments().front());
  const auto frames = raw_log::frames_of(quipu::bytes_view{std::string_view{sound}});
  REQUIRE(filled.indexes().size() == 1);
  REQUIRE(raw_log::end_of_frames(frames) == sound.size());
  const std::string room(64, '\0');
  {
    put_content(filled.segments().front(), sound + room + "what no writer writes");
    quipu::read_only_store reader{filled.settings};
    CHECK(answers_of(reader) == filled.answers);
  }
  const auto flushed = std::find_if(frames.begin(), frames.end(), [](const auto& each) { return each.flushed(); });
  REQUIRE(flushed != frames.end());
  put_content(filled.segments().front(), sound + room + sound.substr(flushed->at, flushed->size));
  const quipu::error thrown = error_of([&] { quipu::read_only_store{filled.settings}; });
  CHECK(thrown.code() == errc::corrupt);
  CHECK(thrown.offset() == sound.size());
}

TEST_CASE("what a crash left behind the index of the last closing is cut back to whole commits", "[journal][index]") {
  const scratch_folder folder;
  quipu::config settings = small_segments(folder / "data");
  settings.segment_max_bytes = 1 << 20;
  {
    quipu::store store{settings};
    fill(store, 0, 500);
  }
  const fs::path segment = folder / "data/00000000000000000000.segment";
  const auto covered = static_cast<std::size_t>(fs::file_size(segment));
  REQUIRE(files_of(folder / "data", ".index").size() == 1);
  {
    quipu::store store{settings};
    fill(store, 500, 40);
    store.sync();
    fs::copy(folder / "data", folder / "crashed", fs::copy_options::recursive);
  }
  const std::string whole = content_of(folder / "crashed/00000000000000000000.segment");
  const auto frames = raw_log::frames_of(quipu::bytes_view{std::string_view{whole}});
  REQUIRE(raw_log::end_of_frames(frames) > covered);
  seeded random{11};
  for (int round = 0; round < 40; ++round) {
    const std::size_t cut = covered + random.below(raw_log::end_of_frames(frames) - covered + 1);
    fs::remove_all(folder / "cut");
    fs::copy(folder / "crashed", folder / "cut", fs::copy_options::recursive);
    fs::resize_file(folder / "cut/00000000000000000000.segment", cut);
    std::uint64_t events = 0;
    std::uint64_t waiting = 0;
    for (const auto& each : frames) {
      if (each.at + each.size > cut) break;
      waiting += !each.internal();
      if (each.more()) continue;
      events += waiting;
      waiting = 0;
    }
    quipu::config damaged = settings;
    damaged.directory = folder / "cut";
    INFO("cut at " << cut);
    {
      quipu::read_only_store reader{damaged};
      CHECK(reader.count(region::all()) == events);
    }
    quipu::store store{damaged};
    CHECK(store.count(region::all()) == events);
    CHECK(store.append({"account:1", "branch:1"}, deposited{1}).sequence == events);
    store.verify();
    store.close();
    CHECK(quipu::store{damaged}.count(region::all()) == events + 1);
  }
}
