// SPDX-License-Identifier: BSL-1.0
//
// crash_fixture.hpp: work for a store on a simulated disk, a memory of what the store promised, and the check that what
// is found afterwards keeps the promises:
//   - every acknowledged durable event is there, with the numbers, id, coordinate, kind and bytes that it had, and all
//   before it;
//   - a commit is there as a whole or not at all, and commits are there in their order, without a gap;
//   - nothing is there that nobody appended; what was refused isn't; of what failed midway, at most the first commit
//   is;
//   - numbers are dense in the store and in each entity, and the hash chain is right, recomputed from the bytes.
#pragma once

#include "simulated_machine.hpp"

#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/store/store.hpp>
#endif

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace simulation {

using store = quipu::store;

struct noted {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::uint64_t number{};
  std::string text{};
};
struct counted {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 2);
  std::uint32_t number{};
};

inline quipu::config small_store() {
  quipu::config settings{.directory = "ledger"};
  settings.segment_max_bytes = 4096;
  settings.payload_max_bytes = 2048;
  settings.batch.max_size = 8;
  settings.batch.max_bytes = 4096;
  settings.writer.buffer_bytes = 4096;
  settings.writer.preallocate_bytes = 1024;
  settings.sync.interval_ms = 0;
  return settings;
}

/// An event as it must be found.
struct known_event {
  std::string entity{};
  std::string scope{};
  quipu::event_kind kind{};
  quipu::bytes payload{};
  std::optional<quipu::receipt> given{};
  std::vector<std::string> tags{};  ///< ascending
  quipu::metadata_map metadata{};
  std::optional<std::int64_t> given_us{};
};

struct known_commit {
  std::vector<known_event> events{};
  bool durable{};  ///< the receipt said so
};

/// What was promised. `acknowledged` in order; `doubtful` is the one commit that failed midway: it may be there or not.
struct promises {
  std::vector<known_commit> acknowledged{};
  std::optional<known_commit> doubtful{};
  std::size_t durable_commits{};  ///< so many of the acknowledged ones must be there

  void all_durable() { durable_commits = acknowledged.size(); }

  /// After an opening that succeeded: what it found is durable, and what it didn't find is gone for good.
  void settle(std::uint64_t found_events) {
    if (doubtful) acknowledged.push_back(*std::exchange(doubtful, std::nullopt));
    std::size_t found = 0;
    for (std::uint64_t events = 0; found < acknowledged.size() && events < found_events; ++found)
      events += acknowledged[found].events.size();
    acknowledged.resize(std::max(found, durable_commits));
    all_durable();
  }
};

/// Empty, or what is wrong with what a store, or one that is only read, shows.
template <class Store>
std::string broken_promise(Store& found, const promises& given) {
  std::vector<const known_commit*> commits;
  for (const known_commit& each : given.acknowledged) commits.push_back(&each);
  if (given.doubtful) commits.push_back(&*given.doubtful);

  std::uint64_t sequence = 0;
  std::size_t commit = 0;
  std::size_t within = 0;
  std::map<std::string, std::uint64_t, std::less<>> entity_counts;
  std::map<std::string, std::uint64_t, std::less<>> tag_counts;
  std::map<std::string, quipu::digest, std::less<>> chain_ends;
  const bool chained = found.diagnostics().chained;
  for (const quipu::event_view& each : found.query(quipu::region::all())) {
    const std::string where = "event " + std::to_string(sequence) + ": ";
    if (commit == commits.size()) return where + "nobody appended it";
    const known_event& expected = commits[commit]->events[within];
    if (each.sequence() != sequence) return where + "its number is " + std::to_string(each.sequence());
    if (each.entity() != expected.entity || each.scope() != expected.scope) return where + "another coordinate";
    if (each.kind() != expected.kind || !(each.payload() == quipu::bytes_view{expected.payload}))
      return where + "another kind or other bytes";
    const auto own = each.tags();
    if (!std::equal(own.begin(), own.end(), expected.tags.begin(), expected.tags.end())) return where + "other tags";
    for (const std::string& tag : expected.tags) ++tag_counts[tag];
    if (each.metadata().copy() != expected.metadata || each.header().given_us != expected.given_us)
      return where + "other metadata, or another given time";
    const std::string name{each.entity()};
    if (each.entity_sequence() != entity_counts[name]++) return where + "the entity has a gap";
    if (expected.given && (each.id() != expected.given->id || expected.given->sequence != sequence))
      return where + "not what its receipt says";
    if (expected.given && !expected.given->hash.is_zero() && expected.given->hash != each.hash())
      return where + "not the hash of its receipt";
    if (chained) {
      const quipu::digest hash =
          each.frame().computed_hash(chain_ends[name], quipu::detail::digest_of(each.entity(), each.scope()));
      if (hash != each.hash()) return where + "the chain is broken";
      chain_ends[name] = hash;
    }
    const auto by_id = found.find(each.id());
    if (!by_id || by_id->sequence() != sequence) return where + "not found by its id";
    ++sequence;
    if (++within == commits[commit]->events.size()) {
      within = 0;
      ++commit;
    }
  }
  if (within != 0) return "a part of commit " + std::to_string(commit);
  if (commit < given.durable_commits) return "commit " + std::to_string(commit) + " was durable and isn't there";
  if (found.stats().events != sequence) return "the count of events is wrong";
  for (const auto& [entity, count] : entity_counts)
    if (found.count(quipu::region::entity(entity)) != count) return "the count of " + entity + " is wrong";
  for (const auto& [tag, count] : tag_counts)
    if (found.count(quipu::region::tag(tag)) != count) return "the count of " + tag + " is wrong";
  return {};
}

/// Everything that a store shows, to compare two of them.
inline std::string shown(store& of) {
  std::string all;
  for (const quipu::event_view& each : of.query(quipu::region::all())) all += each.to_json() + "\n";
  return all;
}

/// What a writer does to its promises.
enum class promise_step : unsigned char { opened, begun, acknowledged, refused, flushed };

/// Drives a store and keeps its promises.
class writer {
 public:
  using opener = std::function<std::unique_ptr<store>(const quipu::config&)>;
  /// Hears of each step when it is taken; `opened` with the number of events, `begun`, `acknowledged` and `refused`
  /// with the commit.
  using listener = std::function<void(promise_step, std::uint64_t events, const known_commit&)>;
  explicit writer(
      std::shared_ptr<quipu::environment> on, quipu::config settings = small_store(),
      opener opens = [](const quipu::config& all) { return std::make_unique<store>(all); })
      : on_{std::move(on)}, settings_{std::move(settings)}, opens_{std::move(opens)} {}

  promises given{};
  std::uint64_t next_number{};  // makes events differ
  listener tells = [](promise_step, std::uint64_t, const known_commit&) {};

  void open() {
    open_.reset();
    open_ = opens_(settings_in(on_, settings_));
    given.settle(open_->stats().events);
    tells(promise_step::opened, open_->stats().events, {});
  }
  void close() {
    open_->close();
    set_all_durable();
    open_.reset();
  }
  void sync() {
    open_->sync();
    set_all_durable();
  }
  /// Lets go without closing in order. (The destructor tries to; the machine may be off.)
  void drop() { open_.reset(); }

  [[nodiscard]] store& events() { return *open_; }
  [[nodiscard]] bool is_open() const noexcept { return open_ != nullptr; }

  void append(const std::string& entity, std::size_t text_size, quipu::durability how) {
    known_commit made;
    const noted event{next_number, std::string(text_size, static_cast<char>('a' + next_number % 26))};
    std::vector<std::string> tags;
    if (next_number % 2 == 0) tags = {"even", "one of " + std::to_string(next_number % 3)};
    ++next_number;
    made.events.push_back({entity, "books", noted::kind, quipu::encode(event), {}, tags});
    attempt(std::move(made), [&](known_commit& commit) {
      commit.events[0].given = open_->append({entity, "books"}, event, {.durability = how, .tags = tags});
    });
  }
  /// The first event has the metadata and, if there is some, a given time; the others copy the metadata.
  void append_batch(std::size_t count, quipu::durability how, const quipu::metadata_map& metadata = {}) {
    known_commit made;
    quipu::batch events;
    for (std::size_t index = 0; index < count; ++index) {
      const std::string entity = "batch:" + std::to_string(index % 3);
      const counted event{static_cast<std::uint32_t>(next_number++)};
      made.events.push_back({entity, "batches", counted::kind, quipu::encode(event), {}, {}, metadata});
      if (index == 0) {
        if (!metadata.empty()) made.events[0].given_us = -1;
        static_cast<void>(
            events.add({entity, "batches"}, event,
                       {.durability = how, .metadata = metadata, .timestamp_us = made.events[0].given_us}));
      } else {
        static_cast<void>(events.add_reaction({entity, "batches"}, event, quipu::batch_item{index - 1},
                                              {.durability = how, .copy_metadata = !metadata.empty()}));
      }
    }
    attempt(std::move(made), [&](known_commit& commit) {
      const std::vector<quipu::receipt> receipts = open_->append(events);
      for (std::size_t index = 0; index < count; ++index) commit.events[index].given = receipts[index];
    });
  }

 private:
  template <class Append>
  void attempt(known_commit made, Append&& append) {
    tells(promise_step::begun, 0, made);
    try {
      append(made);
    } catch (const quipu::error& failure) {
      // What was refused before it had a place can't be there; what failed on its way may be.
      if (failure.code() != quipu::errc::io_failed)
        tells(promise_step::refused, 0, made);
      else if (!given.doubtful)
        given.doubtful = std::move(made);
      throw;
    } catch (const power_cut&) {
      if (!given.doubtful) given.doubtful = std::move(made);
      throw;
    }
    made.durable = made.events.back().given->durable;
    const bool durable = made.durable;
    tells(promise_step::acknowledged, 0, made);
    given.acknowledged.push_back(std::move(made));
    if (durable) given.all_durable();
  }
  void set_all_durable() {
    given.all_durable();
    tells(promise_step::flushed, 0, {});
  }

  std::shared_ptr<quipu::environment> on_;
  quipu::config settings_;
  opener opens_;
  std::unique_ptr<store> open_;
};

/// What is wrong with what a crash left, which isn't changed: a copy is opened.
inline std::string state_problem(const disk& found, const promises& given, const quipu::config& settings) {
  try {
    store opened{settings_in(found.after_death(), settings)};
    return broken_promise(opened, given);
  } catch (const std::exception& failure) {
    return std::string{"recovery failed: "} + failure.what();
  }
}

/// Opens what a crash left, checks it, goes on with it, and opens it again: empty, or what is wrong.
inline std::string recovery_problem(const disk& found, const promises& given, quipu::config settings = small_store()) {
  try {
    std::string first;
    {
      store opened{settings_in(found, settings)};
      if (std::string problem = broken_promise(opened, given); !problem.empty()) return "after recovery: " + problem;
      first = shown(opened);
      if (!opened.diagnostics().failure.empty()) return "recovery left the writer failed";
    }
    {
      store again{settings_in(found, settings)};
      if (again.diagnostics().recovered)
        return "recovering again cut something again: " + again.diagnostics().recovered->reason;
      if (shown(again) != first) return "recovering again gave something else";
      const std::uint64_t end = again.stats().events;
      const quipu::receipt more = again.append({"after", "recovery"}, noted{1, "more"});
      if (more.sequence != end || !more.durable) return "an append after recovery has the wrong number";
      again.close();
    }
    store last{settings_in(found, settings)};
    const std::string whole = shown(last);
    if (last.diagnostics().recovered || !whole.starts_with(first) || last.stream("after").empty())
      return "what was appended after recovery is gone";
    return {};
  } catch (const std::exception& failure) {
    return std::string{"recovery failed: "} + failure.what();
  }
}

}  // namespace simulation
