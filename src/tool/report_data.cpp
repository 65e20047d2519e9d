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

class collecting {
 public:
  collecting(context& of, source& from) : of_{of}, from_{from}, bounds_{from.store().bounds()} {
    end_ = from.store().end_sequence();
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
};

}  // namespace

report_data collect_report(context& of, source& from) { return collecting{of, from}.run(); }

}  // namespace quipu::tool
