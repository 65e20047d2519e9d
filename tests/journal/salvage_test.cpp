// SPDX-License-Identifier: BSL-1.0
//
// salvage_test.cpp: a damaged log opened for reading what is sound. What is read is what was written, and what is left
// out is told.
#include "compaction_fixture.hpp"
#include "raw_log.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/cache/memory_cache.hpp>
#endif

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace simulation;
using quipu::errc;
using quipu::region;

namespace {

using reader = quipu::read_only_store;

quipu::config salvaging() {
  quipu::config settings = compaction_settings();
  settings.open = quipu::open_policy::salvage;
  return settings;
}

struct entries {
  using events = quipu::event_list<counted>;
  std::uint64_t count{};
  void apply(const counted&) { ++count; }
};

errc code_of(auto&& call) {
  try {
    call();
  } catch (const quipu::error& failure) {
    return failure.code();
  }
  return errc::timeout;  // which no store throws
}

std::vector<std::string> segments_of(const disk& of) {
  std::vector<std::string> all;
  for (const std::string& name : of.names())
    if (name.ends_with(".segment")) all.push_back(name);
  return all;
}

std::string bytes_of(const quipu::event_view& event) {
  return std::string(reinterpret_cast<const char*>(event.frame().data()), event.frame().size()) +
         std::string{event.entity()} + "@" + std::string{event.scope()};
}

/// A log and its events, as they must be read wherever they are.
struct sound_log {
  disk machine{};
  std::map<std::uint64_t, std::string> events{};

  explicit sound_log(bool compacted, bool chained = true) {
    make_log(machine, chained);
    if (compacted) {
      store opened{settings_in(machine, compaction_settings(4096, chained))};
      opened.compact(quipu::compaction::retain(is_kept));
      opened.close();
    }
    reader opened{settings_in(machine, compaction_settings())};
    for (const auto& each : opened.query(region::all())) events[each.sequence()] = bytes_of(each);
  }

  /// What is wrong with what was salvaged; else how many events weren't.
  [[nodiscard]] std::string problem(reader& found, std::uint64_t& missing) const {
    std::uint64_t count = 0;
    std::uint64_t last = 0;
    for (const auto& each : found.query(region::all())) {
      const auto known = events.find(each.sequence());
      if (known == events.end() || known->second != bytes_of(each))
        return "event " + std::to_string(each.sequence()) + " isn't what was written";
      if (count++ != 0 && each.sequence() <= last) return "not in order";
      last = each.sequence();
      const auto by_id = found.find(each.id());
      if (!by_id || by_id->sequence() != each.sequence())
        return "event " + std::to_string(each.sequence()) + " isn't found by its id";
      std::uint64_t in_entity = 0;
      for (const auto& again :
           found.query(region::entity(each.entity())
                           .with_entity_sequence_range(each.entity_sequence(), each.entity_sequence())))
        in_entity += again.id() == each.id();
      if (in_entity != 1) return "event " + std::to_string(each.sequence()) + " isn't found in its entity";
    }
    if (found.count(region::all()) != count) return "the count is wrong";
    missing = events.size() - count;
    return {};
  }
};

quipu::bytes joined(quipu::bytes left, quipu::bytes_view right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

/// How many events of a sound segment can be lost with some of its bytes: those whose commits have a frame there, and
/// those whose coordinates are defined there.
std::uint64_t events_of_bytes(const quipu::bytes& segment, std::size_t begin, std::size_t end) {
  const auto frames = raw_log::frames_of(segment);
  std::vector<bool> is_hit(frames.size());
  std::vector<std::uint32_t> undefined;
  const auto coordinate_of = [&](const raw_log::frame& each) {
    return raw_log::number_at(segment, raw_log::frame_layout::coordinate, each.at);
  };
  for (std::size_t first = 0; first < frames.size();) {
    std::size_t last = first;
    while (frames[last].more()) ++last;
    const bool hit = frames[first].at < end && begin < frames[last].at + frames[last].size;
    for (; first <= last; ++first) {
      is_hit[first] = hit;
      if (hit && frames[first].internal() && frames[first].kind == 0) undefined.push_back(coordinate_of(frames[first]));
    }
  }
  std::uint64_t events = 0;
  for (std::size_t each = 0; each < frames.size(); ++each)
    if (!frames[each].internal() &&
        (is_hit[each] || std::find(undefined.begin(), undefined.end(), coordinate_of(frames[each])) != undefined.end()))
      ++events;
  return events;
}

std::uint64_t told(const reader& of) {
  std::uint64_t events = 0;
  for (const auto& each : const_cast<reader&>(of).diagnostics().damage) events += each.events;
  return events;
}

}  // namespace

TEST_CASE("of a sound log everything is salvaged, and a writer doesn't", "[journal][salvage]") {
  for (const bool compacted : {false, true}) {
    const sound_log log{compacted};
    const auto names = log.machine.names();
    reader found{settings_in(log.machine, salvaging())};
    reader strict{settings_in(log.machine, compaction_settings())};
    std::uint64_t missing = 0;
    REQUIRE(log.problem(found, missing) == "");
    CHECK(missing == 0);
    CHECK(found.diagnostics().damage.empty());
    CHECK(found.head() == strict.head());
    CHECK(found.verify() == strict.verify());
    CHECK(found.stats().events == strict.stats().events);
    CHECK(log.machine.names() == names);
    CHECK(code_of([&] { store{settings_in(log.machine, salvaging())}; }) == errc::configuration);
    quipu::config nonsense = compaction_settings();
    nonsense.open = static_cast<quipu::open_policy>(7);
    CHECK(code_of([&] { reader{settings_in(log.machine, nonsense)}; }) == errc::configuration);
  }
}

TEST_CASE("one damaged frame costs that frame, and what only it defined", "[journal][salvage]") {
  for (const bool compacted : {false, true}) {
    const sound_log log{compacted};
    for (const std::string& name : segments_of(log.machine)) {
      const quipu::bytes content = log.machine.content(name);
      const bool is_last = name == segments_of(log.machine).back();
      for (const auto& frame : raw_log::frames_of(content)) {
        const disk copy = log.machine.after_death();
        disk writable = copy;
        quipu::bytes changed = content;
        changed[frame.at + frame.size / 2] ^= std::byte{0x10};
        writable.put(name, changed);
        INFO(name << ", frame of kind " << frame.kind << " at " << frame.at);
        if (!is_last)
          REQUIRE(code_of([&] { reader{settings_in(copy, compaction_settings())}.verify(); }) == errc::corrupt);
        reader found{settings_in(copy, salvaging())};
        std::uint64_t missing = 0;
        REQUIRE(log.problem(found, missing) == "");
        const auto damage = found.diagnostics().damage;
        REQUIRE_FALSE(damage.empty());
        CHECK(damage.front().path == "ledger/" + name);
        CHECK(damage.front().offset == frame.at);
        CHECK(damage.front().bytes == frame.size);
        if (!frame.internal()) {
          CHECK(missing == 1);
          CHECK(told(found) == 1);
          CHECK(damage.size() == 1);
          CHECK(code_of([&] { static_cast<void>(found.head()); }) == errc::corrupt);
          CHECK(code_of([&] { found.verify(); }) == errc::corrupt);
        } else if (frame.kind == 0x0009) {
          CHECK(missing == 0);
        } else {
          CHECK((frame.kind != 0 || compacted || missing > 0));  // whatever has a coordinate that isn't known
          CHECK(told(found) == missing);
        }
      }
    }
  }
}

TEST_CASE("what else may be damaged or gone is read over and told", "[journal][salvage]") {
  const sound_log log{false};
  const auto names = segments_of(log.machine);
  REQUIRE(names.size() > 5);
  const auto salvage = [&](auto&& change, std::uint64_t least_missing, std::uint64_t most_missing) {
    disk copy = log.machine.after_death();
    change(copy);
    reader found{settings_in(copy, salvaging())};
    std::uint64_t missing = 0;
    REQUIRE(log.problem(found, missing) == "");
    CHECK(missing >= least_missing);
    CHECK(missing <= most_missing);
    CHECK_FALSE(found.diagnostics().damage.empty());
    return told(found) == missing;
  };
  SECTION("the file that says what the store is") {
    CHECK(salvage([](disk& copy) { copy.erase("quipu.store"); }, 0, 0));
    CHECK(salvage([](disk& copy) { copy.put("quipu.store", std::string(64, 'x')); }, 0, 0));
    CHECK(salvage(
        [](disk& copy) {
          quipu::bytes content = copy.content("quipu.store");
          content[quipu::detail::file_head::layout::version.offset + 1] = std::byte{1};
          copy.put("quipu.store", content);
        },
        0, 0));
    // All of a newer format is refused, as ever.
    disk newer = log.machine.after_death();
    for (const std::string& name : newer.names()) {
      if (name == "quipu.lock") continue;
      quipu::bytes content = newer.content(name);
      raw_log::put_field(content, quipu::detail::file_head::layout::version, std::uint16_t{2});
      raw_log::seal_head(content);
      newer.put(name, content);
    }
    CHECK(code_of([&] { reader{settings_in(newer, salvaging())}; }) == errc::unsupported_format);
    disk copy = log.machine.after_death();
    for (const std::string& name : copy.names()) copy.erase(name);
    CHECK(code_of([&] { reader{settings_in(copy, salvaging())}; }) == errc::not_found);
  }
  SECTION("the head of a segment") {
    for (const std::string& name : names)
      CHECK(salvage(
          [&](disk& copy) {
            quipu::bytes content = copy.content(name);
            for (std::size_t at = 0; at < 128; ++at) content[at] = std::byte{0xEE};
            copy.put(name, content);
          },
          0, 0));
  }
  SECTION("a segment") {
    CHECK(salvage([&](disk& copy) { copy.erase(names[2]); }, 5, 40));
    CHECK(salvage([&](disk& copy) { copy.erase(names[0]); }, 5, 40));
    CHECK(salvage([&](disk& copy) { copy.put(names[2], std::string{}); }, 5, 40));
    CHECK(salvage([&](disk& copy) { copy.put(names[2], std::string(50, 'x')); }, 5, 40));
    CHECK(salvage([&](disk& copy) { copy.put(names[2], std::string(3000, 'x')); }, 5, 40));
  }
  SECTION("a segment in the place of another") {
    static_cast<void>(salvage([&](disk& copy) { copy.put(names[3], copy.content(names[1])); }, 5, 40));
  }
  SECTION("segments that have each other's names") {
    for (std::size_t left = 0; left < names.size(); ++left) {
      for (std::size_t right = 0; right < left; ++right)
        CHECK(salvage(
            [&](disk& copy) {
              copy.put(names[left], log.machine.content(names[right]));
              copy.put(names[right], log.machine.content(names[left]));
            },
            0, 0));
    }
  }
  SECTION("the heads of two segments, exchanged") {
    CHECK(salvage(
        [&](disk& copy) {
          for (const auto& [to, from] : {std::pair{names[1], names[3]}, std::pair{names[3], names[1]}}) {
            quipu::bytes content = log.machine.content(to);
            const quipu::bytes other = log.machine.content(from);
            std::copy_n(other.begin(), 128, content.begin());
            copy.put(to, content);
          }
        },
        0, 0));
  }
  SECTION("the first event of a segment") {
    disk copy = log.machine.after_death();
    quipu::bytes content = copy.content(names[2]);
    const auto frames = raw_log::frames_of(content);
    const auto first = std::find_if(frames.begin(), frames.end(), [](const auto& each) { return !each.internal(); });
    REQUIRE(first != frames.end());
    const auto begin = content.begin() + static_cast<std::ptrdiff_t>(first->at);
    content.erase(begin, begin + static_cast<std::ptrdiff_t>(first->size));
    copy.put(names[2], content);
    reader found{settings_in(copy, salvaging())};
    const auto damage = found.diagnostics().damage;
    const auto about = std::find_if(damage.begin(), damage.end(), [](const auto& each) { return each.events != 0; });
    REQUIRE(about != damage.end());
    CHECK(about->path.ends_with(names[2]));
    CHECK(about->offset == first->at);
  }
  SECTION("the end of a segment") {
    const quipu::bytes content = log.machine.content(names[2]);
    const auto frames = raw_log::frames_of(content);
    for (std::size_t cut = 128; cut < content.size(); cut += 53)
      CHECK(salvage([&](disk& copy) { copy.put(names[2], quipu::bytes_view{content}.subview(0, cut)); },
                    cut > frames.back().at ? 0 : 1, 40));
  }
  SECTION("the end of a segment, and what was in it") {
    const quipu::bytes content = log.machine.content(names[2]);
    const auto frames = raw_log::frames_of(content);
    disk copy = log.machine.after_death();
    quipu::bytes changed = content;
    const std::size_t begin = frames[frames.size() - 3].at;
    std::fill(changed.begin() + static_cast<std::ptrdiff_t>(begin), changed.end(), std::byte{0xEE});
    copy.put(names[2], changed);
    reader found{settings_in(copy, salvaging())};
    const auto damage = found.diagnostics().damage;
    REQUIRE(damage.size() == 1);
    CHECK(damage.front().path.ends_with(names[2]));
    CHECK(damage.front().offset == begin);
    CHECK(damage.front().bytes == content.size() - begin);
    CHECK(damage.front().events == 2);
  }
  SECTION("the seal of a segment, and a later segment") {
    quipu::bytes content = log.machine.content(names[1]);
    const std::size_t seal = raw_log::frames_of(content).back().at;
    content[seal + 20] ^= std::byte{1};
    disk copy = log.machine.after_death();
    copy.put(names[1], content);
    copy.erase(names[3]);
    reader found{settings_in(copy, salvaging())};
    const auto damage = found.diagnostics().damage;
    REQUIRE(damage.size() == 2);
    CHECK(damage[0].path.ends_with(names[1]));
    CHECK(damage[0].offset == seal);
    CHECK(damage[0].events == 0);
    CHECK(damage[1].path.ends_with(names[4]));
    CHECK(damage[1].events == std::stoull(names[4]) - std::stoull(names[3]));
  }
  SECTION("an event that has the number of an earlier one of its entity") {
    quipu::bytes content = log.machine.content(names[2]);
    const auto frames = raw_log::frames_of(content);
    const auto event = std::find_if(frames.begin(), frames.end(), [](const auto& each) { return !each.internal(); });
    REQUIRE(event != frames.end());
    raw_log::put_field(content, raw_log::frame_layout::entity_sequence, std::uint64_t{0}, event->at);
    raw_log::seal_frame(content, event->at);
    disk copy = log.machine.after_death();
    copy.put(names[2], content);
    reader found{settings_in(copy, salvaging())};
    std::uint64_t missing = 0;
    REQUIRE(log.problem(found, missing) == "");
    CHECK(missing == 1);
    const auto damage = found.diagnostics().damage;
    REQUIRE(damage.size() == 1);
    CHECK(damage.front().offset == event->at);
    CHECK(damage.front().bytes == event->size);
    CHECK(damage.front().events == 1);
  }
  SECTION("the file that says where the log ended") {
    disk copy = log.machine.after_death();
    copy.put("quipu.end", std::string(64, 'x'));
    reader found{settings_in(copy, salvaging())};
    const auto damage = found.diagnostics().damage;
    REQUIRE(damage.size() == 1);
    CHECK(damage.front().path == "ledger/quipu.end");
  }
  SECTION("all but the head of a segment") {
    disk copy = log.machine.after_death();
    copy.put(names.back(), quipu::bytes_view{log.machine.content(names.back())}.subview(0, 128));
    reader found{settings_in(copy, salvaging())};
    for (const auto& each : found.diagnostics().damage) CHECK(each.reason != "the segment is cut off within its head");
  }
  SECTION("all of it") {
    disk copy = log.machine.after_death();
    for (const std::string& name : names) copy.put(name, std::string(3000, 'x'));
    reader found{settings_in(copy, salvaging())};
    CHECK(found.query(region::all()).empty());
    CHECK_FALSE(found.project<entries>("entity:2"));
    CHECK(found.diagnostics().damage.size() >= names.size());
    CHECK(code_of([&] { static_cast<void>(found.head()); }) == errc::corrupt);
    CHECK(code_of([&] { found.verify(); }) == errc::corrupt);
    CHECK(code_of([&] { found.snapshot("copy"); }) == errc::corrupt);
  }
  SECTION("a compaction's manifest") {
    CHECK(salvage([&](disk& copy) { copy.put("quipu.compaction", std::string(100, 'x')); }, 0, 0));
  }
}

TEST_CASE("whatever is damaged at random, what is salvaged is what was written", "[journal][salvage]") {
  const sound_log logs[]{sound_log{false}, sound_log{true}};
  std::uint64_t lost = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    seeded random{seed};
    const sound_log& log = logs[seed % 2];
    disk copy = log.machine.after_death();
    const auto names = segments_of(copy);
    for (std::size_t blow = 0; blow <= random.below(6); ++blow) {
      const std::string& name = names[random.below(names.size())];
      quipu::bytes content = copy.content(name);
      const std::size_t at = random.below(content.size());
      const std::size_t count = random.below(2) == 0 ? 1 : random.below(700);
      for (std::size_t index = at; index < at + count && index < content.size(); ++index)
        content[index] = static_cast<std::byte>(random.next());
      if (random.below(5) == 0) content.resize(at);
      copy.put(name, content);
    }
    reader found{settings_in(copy, salvaging())};
    std::uint64_t missing = 0;
    INFO("seed " << seed);
    REQUIRE(log.problem(found, missing) == "");
    if (missing != 0) REQUIRE_FALSE(found.diagnostics().damage.empty());
    lost += missing;
  }
  CHECK(lost > 400);
}

TEST_CASE("bytes behind a seal are told by all that open or verify a store", "[journal][salvage]") {
  const sound_log log{false};
  const auto names = segments_of(log.machine);
  const quipu::bytes other = log.machine.content(names[3]);
  for (const std::string& name : {names[0], names[1], names[names.size() - 2]}) {
    const quipu::bytes content = log.machine.content(name);
    const auto check = [&](auto&& call) {
      try {
        call();
        FAIL("the bytes weren't told");
      } catch (const quipu::error& failure) {
        CHECK(failure.code() == errc::corrupt);
        CHECK(failure.path() == "ledger/" + name);
        CHECK(failure.offset() == content.size());
      }
    };
    for (const bool has_index : {true, false}) {
      INFO(name << (has_index ? "" : " without an index file"));
      disk damaged = log.machine.after_death();
      damaged.put(name, joined(content, other));
      if (!has_index)
        for (const std::string& each : damaged.names())
          if (each.ends_with(".index")) damaged.erase(each);
      check([&] { reader{settings_in(damaged, compaction_settings())}.verify(); });
      check([&] { store{settings_in(damaged, compaction_settings())}; });
    }
    disk open_disk = log.machine.after_death();
    store opened{settings_in(open_disk, compaction_settings())};
    open_disk.open_directory("ledger", false)
        ->open_file(name, quipu::open_mode::write)
        ->write_at(quipu::bytes_view{other}, content.size());
    check([&] { opened.verify(); });
    opened.snapshot("copy");
    quipu::config copied = settings_in(open_disk, compaction_settings());
    copied.directory = "copy";
    CHECK(reader{copied}.verify() == reader{settings_in(log.machine, compaction_settings())}.verify());
  }
}

TEST_CASE("another segment's frames behind a segment cost nothing", "[journal][salvage]") {
  for (const bool chained : {true, false}) {
    const sound_log log{false, chained};
    const auto names = segments_of(log.machine);
    for (const std::string& to : names) {
      for (const std::string& from : names) {
        disk copy = log.machine.after_death();
        copy.put(to, joined(log.machine.content(to), log.machine.content(from)));
        reader found{settings_in(copy, salvaging())};
        std::uint64_t missing = 0;
        INFO(from << " behind " << to);
        REQUIRE(log.problem(found, missing) == "");
        CHECK(missing == 0);
        CHECK(told(found) == 0);
        CHECK_FALSE(found.diagnostics().damage.empty());
      }
    }
  }
}

TEST_CASE("a block that was written to a wrong place costs what was there", "[journal][salvage]") {
  const sound_log logs[]{sound_log{false}, sound_log{true}, sound_log{false, false}};
  constexpr std::size_t block = 512;
  for (std::uint64_t seed = 1; seed <= 900; ++seed) {
    seeded random{seed};
    const sound_log& log = logs[seed % std::size(logs)];
    const auto names = segments_of(log.machine);
    const std::string& from = names[random.below(names.size())];
    const std::string& to = names[random.below(names.size())];
    const quipu::bytes source = log.machine.content(from);
    const quipu::bytes content = log.machine.content(to);
    const std::size_t size = block << random.below(3);
    if (source.size() < size || content.size() < size) continue;
    const std::size_t begin = random.below(source.size() / size) * size;
    const std::size_t at = random.below(content.size() / size) * size;
    quipu::bytes changed = content;
    std::copy_n(source.begin() + static_cast<std::ptrdiff_t>(begin), size,
                changed.begin() + static_cast<std::ptrdiff_t>(at));
    if (changed == content) continue;
    disk copy = log.machine.after_death();
    copy.put(to, changed);
    reader found{settings_in(copy, salvaging())};
    std::uint64_t missing = 0;
    INFO("seed " << seed << ", " << size << " bytes at " << begin << " of " << from << " over " << at << " of " << to);
    REQUIRE(log.problem(found, missing) == "");
    CHECK(missing <= events_of_bytes(content, at, at + size));
    CHECK_FALSE(found.diagnostics().damage.empty());
  }
}

TEST_CASE("an event whose hash isn't its own is left out", "[journal][salvage]") {
  const sound_log log{false};
  const std::string name = segments_of(log.machine)[2];
  const quipu::bytes content = log.machine.content(name);
  for (const auto& frame : raw_log::frames_of(content)) {
    if (frame.internal() || raw_log::number_at(content, raw_log::frame_layout::payload_size, frame.at) == 0) continue;
    quipu::bytes changed = content;
    changed[frame.at + raw_log::frame_layout::hash.end()] ^= std::byte{1};
    raw_log::seal_frame(changed, frame.at);
    disk copy = log.machine.after_death();
    copy.put(name, changed);
    reader found{settings_in(copy, salvaging())};
    std::uint64_t missing = 0;
    INFO("frame at " << frame.at);
    REQUIRE(log.problem(found, missing) == "");
    CHECK(missing == 1);
    CHECK(told(found) == 1);
  }
}

namespace {

/// One cache for several stores.
class shared_cache {
 public:
  [[nodiscard]] quipu::cache_capabilities capabilities() const { return {}; }
  [[nodiscard]] std::optional<quipu::cache_entry> get(quipu::bytes_view key) { return inner_->get(key); }
  void put(quipu::bytes_view key, quipu::bytes_view value, const quipu::cache_meta& meta) {
    inner_->put(key, value, meta);
  }
  std::uint64_t delete_prefix(quipu::bytes_view prefix) { return inner_->delete_prefix(prefix); }
  void sync() {}

 private:
  std::shared_ptr<quipu::memory_cache> inner_ = std::make_shared<quipu::memory_cache>(1 << 20);
};

}  // namespace

TEST_CASE("what was salvaged takes nothing from a cache and leaves nothing in it", "[journal][salvage]") {
  const sound_log log{false};
  shared_cache cache;
  const auto count_in = [&](const disk& on, const quipu::config& settings) {
    return quipu::read_only_store{settings_in(on, settings), cache}.project<entries>("entity:2")->count;
  };
  disk damaged = log.machine.after_death();
  damaged.erase(segments_of(damaged)[2]);
  const std::uint64_t rest = count_in(damaged, salvaging());
  const std::uint64_t whole = count_in(log.machine, compaction_settings());
  CHECK(rest < whole);
  CHECK(count_in(damaged, salvaging()) == rest);
  CHECK(count_in(log.machine, compaction_settings()) == whole);
}
