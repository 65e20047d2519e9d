// SPDX-License-Identifier: BSL-1.0
//
// compaction_fixture.hpp: a log in small segments with all that a compaction has to keep: batches, causes, idempotency
// keys, several scopes and schemas, raw events, entities that end early. And everything that a store shows, as text, to
// compare before and after.
#pragma once

#include "crash_fixture.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/store/read_only_store.hpp>
#endif

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace simulation {

inline constexpr std::uint64_t compaction_events = 120;

inline quipu::config compaction_settings(std::uint64_t segment_max_bytes = 16'384, bool chained = true) {
  quipu::config settings = small_store();
  settings.segment_max_bytes = segment_max_bytes;
  settings.chain = chained;
  return settings;
}

inline quipu::event_id key_of(std::uint64_t number) {
  return quipu::event_id::from_name("key " + std::to_string(number));
}

/// Appends event `number`, or again: then it must be known.
inline quipu::receipt append_numbered(store& to, std::uint64_t number,
                                      quipu::durability how = quipu::durability::buffered) {
  const std::string entity =
      "entity:" + std::to_string(number < 20 ? 9 : number % 4);  // the ninth has only the first 20
  const std::string scope = number % 7 == 0 ? "seventh" : "others";
  quipu::append_options options{.durability = how};
  if (number % 3 == 0) options.idempotency_key = key_of(number);
  if (number % 10 == 9) options.bypass_reason = "because of number " + std::to_string(number);
  if (number % 4 == 1) options.metadata = {{"source", "row " + std::to_string(number)}, {"user", "u"}};
  for (const std::uint64_t divisor : {2U, 5U, 11U})
    if (number % divisor == 0) options.tags.push_back("every:" + std::to_string(divisor));
  if (number % 6 == 1) options.timestamp_us = -static_cast<std::int64_t>(number);
  if (number % 5 == 0)
    return to.append_raw({entity, scope}, quipu::event_kind::custom(0x3, 7), std::string(number % 90, 'r'), options);
  if (number % 2 == 0) return to.append({entity, scope}, counted{static_cast<std::uint32_t>(number)}, options);
  return to.append({entity, scope}, noted{number, std::string(30 + number * 7 % 200, 'n')}, options);
}

/// Makes the log, in segments of 4 KiB, and closes it.
inline void make_log(const disk& on, bool chained = true) {
  store made{settings_in(on, compaction_settings(4096, chained))};
  std::vector<quipu::receipt> given;
  for (std::uint64_t number = 0; number < compaction_events; ++number) {
    if (number % 25 == 24) {
      quipu::batch together;
      const auto first = together.add({"batch", "others"}, counted{static_cast<std::uint32_t>(number)},
                                      {.causation_id = given.back().id});
      static_cast<void>(
          together.add_reaction({"entity:1", "others"}, counted{static_cast<std::uint32_t>(number + 1)}, first));
      for (const quipu::receipt& each : made.append(together)) given.push_back(each);
      ++number;
    } else {
      given.push_back(append_numbered(made, number));
    }
  }
  made.close();
}

/// What the tests drop or erase: runs of several events, single ones, the whole of an entity, and a whole segment's
/// worth.
inline bool is_kept(const quipu::event_view& event) {
  if (event.entity() == "entity:9") return false;
  if (event.sequence() >= 50 && event.sequence() < 75) return false;
  return event.sequence() % 6 != 3;
}

/// Everything that a store shows of the events before `end`, its answers to all kinds of questions included.
inline std::string everything(store& of, std::uint64_t end = compaction_events) {
  std::string all;
  for (const char* const tag : {"every:2", "every:5", "every:11"})
    for (const quipu::event_view& each : of.query(quipu::region::tag(tag).with_sequence_range(0, end - 1)))
      all += tag + (" " + std::to_string(each.sequence())) + (each.has_tag(tag) ? "\n" : " without its tag\n");
  for (const quipu::event_view& each : of.query(quipu::region::all())) {
    if (each.sequence() >= end) break;
    all += each.to_json() + (each.idempotency_key() ? each.idempotency_key()->str() : "") + "\n";
    const auto by_id = of.find(each.id());
    if (!by_id || by_id->sequence() != each.sequence()) all += "not found by its id\n";
    for (const auto& effect : of.effects(each.id())) all += "caused " + std::to_string(effect.sequence()) + "\n";
    for (const auto& before : of.ancestors(each.id(), 3)) all += "after " + std::to_string(before.sequence()) + "\n";
  }
  const auto sequences = [&](const quipu::region& wanted) {
    std::string text;
    std::uint64_t count = 0;
    for (const quipu::event_view& each : of.query(wanted)) {
      ++count;
      if (each.sequence() < end) text += " " + std::to_string(each.sequence());
    }
    if (count != of.count(wanted)) text += " (count is wrong)";
    return text + "\n";
  };
  for (int entity = 0; entity < 10; ++entity)
    all += sequences(quipu::region::entity("entity:" + std::to_string(entity)));
  for (std::uint64_t from = 0; from < 30; from += 4)
    all += sequences(quipu::region::entity("entity:2").with_entity_sequence_range(from, from + 5));
  all += sequences(quipu::region::scope("seventh")) + sequences(quipu::region::all().with_kind(noted::kind)) +
         sequences(quipu::region::entity_prefix("entity:"));
  all += sequences(quipu::region::all().with_kind(quipu::event_kind::tombstone));
  return all;
}

inline quipu::compaction policy_of(quipu::compaction::how which) {
  using how = quipu::compaction::how;
  if (which == how::retain) return quipu::compaction::retain(is_kept);
  return which == how::tombstone ? quipu::compaction::tombstone(is_kept) : quipu::compaction::merge();
}
inline constexpr quipu::compaction::how all_policies[]{quipu::compaction::how::merge, quipu::compaction::how::retain,
                                                       quipu::compaction::how::tombstone};

/// The names that a compaction leaves in no directory.
inline bool has_leftovers(const disk& of) {
  const auto names = of.names();
  return std::any_of(names.begin(), names.end(), [](const std::string& name) {
    return name == "quipu.compaction" || name.ends_with(".new") || name.ends_with(".tmp");
  });
}

}  // namespace simulation
