// SPDX-License-Identifier: BSL-1.0
//
// report_data.cpp: see report_data.hpp.
#include "report_data.hpp"

#include "event_text.hpp"
#include "text.hpp"

#include <algorithm>
#include <unordered_map>

namespace quipu::tool {
namespace {

/// Conversations are looked for among so many events at the end.
constexpr std::uint64_t last_events = 10'000;

template <class Better>
std::vector<named_tally> sorted(const std::map<std::string, event_tally, std::less<>>& found, std::size_t most,
                                Better better) {
  std::vector<named_tally> rows(found.begin(), found.end());
  const std::size_t count = std::min(most, rows.size());
  std::partial_sort(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(count), rows.end(), better);
  rows.resize(count);
  return rows;
}

bool has_more_events(const named_tally& left, const named_tally& right) {
  return left.second.events != right.second.events ? left.second.events > right.second.events
                                                   : left.first < right.first;
}
bool is_larger(const named_tally& left, const named_tally& right) {
  return left.second.payload_bytes != right.second.payload_bytes
             ? left.second.payload_bytes > right.second.payload_bytes
             : left.first < right.first;
}

/// Follows the entities of one state machine.
class following {
 public:
  explicit following(const machine_type& machine) : machine_{machine} { tally_.taken.resize(machine.moves.size()); }

  void take(const event_view& event) {
    const auto known = std::find(machine_.events.begin(), machine_.events.end(), event.kind());
    if (known == machine_.events.end()) return;
    const auto place = static_cast<std::size_t>(known - machine_.events.begin());
    std::size_t& state = states_.try_emplace(std::string{event.entity()}, machine_.initial).first->second;
    for (std::size_t index = 0; index < machine_.moves.size(); ++index) {
      const machine_type::move& move = machine_.moves[index];
      if (move.from != state || move.event != place) continue;
      ++tally_.taken[index];
      state = move.to;
      return;
    }
    ++tally_.illegal;
  }

  machine_tally finish() {
    tally_.entities.resize(machine_.states.size());
    for (const auto& [entity, state] : states_) ++tally_.entities[state];
    return std::move(tally_);
  }

 private:
  const machine_type& machine_;
  std::unordered_map<std::string, std::size_t> states_;
  machine_tally tally_;
};

class collecting {
 public:
  collecting(context& of, source& from) : of_{of}, from_{from}, bounds_{from.store().bounds()} {
    end_ = from.store().end_sequence();
    for (const machine_type& each : of.types.machines) machines_.emplace_back(each);
    const auto first = from.first();
    const auto last = from.last(region::all(), 1);
    if (!first || last.empty()) return;
    data_.first_us = first->timestamp_us();
    data_.last_us = last.front().timestamp_us();
    data_.axis = pictures::time_axis{data_.first_us, data_.last_us};
    steps_.resize(data_.axis.size());
  }

  report_data run() {
    from_.walk(region::all(), [this](const event_view& event) {
      take(event);
      return true;
    });
    of_.out.clear_progress();
    finish();
    return std::move(data_);
  }

 private:
  void take(const event_view& event) {
    const std::uint64_t size = event.payload().size();
    const auto count = [size](event_tally& tally) {
      ++tally.events;
      tally.payload_bytes += size;
    };
    const std::string kind = of_.name_of(event.kind());
    count(data_.all);
    count(kinds_[kind]);
    count(entities_[std::string{event.entity()}]);
    take_time(event, kind);
    while (segment_ + 1 < bounds_.size() && event.sequence() >= bounds_[segment_].next_sequence) ++segment_;
    if (!bounds_.empty()) data_.event_bytes[bounds_[segment_].first_sequence] += event.frame().size();
    take_conversation(event);
    for (following& each : machines_) each.take(event);
    if (data_.all.events % 65536 == 0) of_.out.show_progress("reading", event.sequence(), end_);
  }

  void take_time(const event_view& event, const std::string& kind) {
    if (steps_.empty()) return;
    ++steps_[data_.axis.index_of(event.timestamp_us())][kind];
    pictures::count_hour(data_.hours, event.timestamp_us());
  }

  void take_conversation(const event_view& event) {
    if (event.sequence() + last_events < end_) return;
    const event_header about = event.header();
    const std::uint64_t size = ++conversations_[about.correlation_id.str()];
    if (size <= largest_conversation_) return;
    largest_conversation_ = size;
    if (size > 1) data_.conversation = event;
  }

  void finish() {
    data_.kinds = sorted(kinds_, kinds_.size(), has_more_events);
    data_.entities = sorted(entities_, report_data::most_rows, has_more_events);
    data_.largest = sorted(entities_, report_data::most_rows, is_larger);
    data_.entity_count = entities_.size();
    for (following& each : machines_) data_.machines.push_back(each.finish());
    for (std::size_t index = 0; index < steps_.size(); ++index) {
      pictures::chart_step step{.label = data_.axis.label(index)};
      for (const auto& [kind, tally] : data_.kinds) step.parts.push_back(steps_[index][kind]);
      data_.steps.push_back(std::move(step));
    }
    if (data_.entities.empty()) return;
    const event_range stream = from_.store().stream(data_.entities.front().first);
    if (const auto begin = stream.begin(); begin != stream.end()) data_.busiest = *begin;
  }

  context& of_;
  source& from_;
  std::vector<segment_bounds> bounds_;
  std::uint64_t end_{};
  std::size_t segment_{};
  report_data data_;
  std::map<std::string, event_tally, std::less<>> kinds_, entities_;
  std::vector<std::map<std::string, std::uint64_t>> steps_;
  std::unordered_map<std::string, std::uint64_t> conversations_;
  std::uint64_t largest_conversation_{};
  std::vector<following> machines_;
};

}  // namespace

report_data collect_report(context& of, source& from) { return collecting{of, from}.run(); }

}  // namespace quipu::tool
