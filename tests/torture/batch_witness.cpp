// SPDX-License-Identifier: BSL-1.0
//
// batch_witness.cpp: see batch_witness.hpp.
#include "batch_witness.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace torture {
namespace {

using quipu::region;

/// How many of 100,000 questions are of each kind, in the order of `question`.
constexpr std::array<std::size_t, question_names.size()> shares{35'000, 33'000, 12'000, 7'000, 8'000,
                                                                4'000,  400,    400,    190,   10};
constexpr std::size_t all_shares = 100'000;
constexpr std::size_t most_polled = 64;
constexpr std::size_t most_remembered = 64;

[[noreturn]] void refuse(const std::string& what) { throw std::runtime_error{what}; }

std::string text_of(const batch_part& of) {
  return "event " + std::to_string(of.place) + " of the " + std::to_string(of.size) + " of batch " +
         std::to_string(of.batch);
}

/// Returns what the event says. Throws if it isn't the last of its batch.
batch_part require_last_of_batch(const quipu::event_view& event, const char* where) {
  batch_part found = event.as<batch_part>();
  if (found.place + 1 != found.size) refuse(std::string{where} + " is " + text_of(found) + ": a part of a batch");
  return found;
}

/// The last event of one entity, and how many there are.
struct stream_state {
  using events = quipu::event_list<batch_part>;
  std::uint64_t count{};
  std::uint64_t batch{};
  std::uint64_t place{};
  std::uint64_t size{};
  void apply(const batch_part& event) {
    ++count;
    batch = event.batch;
    place = event.place;
    size = event.size;
  }
};

/// How many events have each place in their batch.
struct place_counts {
  using events = quipu::event_list<batch_part>;
  std::array<std::uint64_t, 32> of_place{};
  std::uint64_t count{};
  batch_part last{};
  void apply(const batch_part& event) {
    ++count;
    ++of_place.at(event.place);
    last = {event.batch, event.place, event.size, {}};
  }
};

}  // namespace

batch_witness::batch_witness(std::uint64_t plan_seed, std::uint64_t seed, place where, seen_page& seen,
                             read_counts& counts)
    : random_{seed}, where_{where}, page_{seen}, counts_{counts}, ends_{plan_seed}, polled_{plan_seed} {
  for (std::size_t group = 0; group < entities_of_group.size(); ++group)
    groups_.push_back({.ends = batch_ends{plan_seed, group},
                       .wanted = region::scope(scope_of(group)),
                       .versions = std::vector<std::uint64_t>(entities_of_group[group])});
}

void batch_witness::begin(quipu::store_reader& of, std::function<std::uint64_t()> end) {
  store_ = &of;
  end_ = std::move(end);
  cursor_.emplace(
      of.cursor_guaranteed(region::all(), quipu::cursor_position::at(polled_.current().begin + polled_place_)));
}

void batch_witness::ask() {
  std::size_t drawn = random_.below(all_shares);
  std::size_t chosen = 0;
  while (drawn >= shares[chosen]) drawn -= shares[chosen++];
  ask(static_cast<question>(chosen));
}

void batch_witness::ask_all() {
  for (std::size_t each = 0; each < question_names.size(); ++each) ask(static_cast<question>(each));
}

void batch_witness::ask(question what) {
  least_ = std::max(seen_, (where_ == place::writers_process ? page_.here : page_.elsewhere).load());
  switch (what) {
    case question::end:
      judge_end(end_(), "the number of events");
      break;
    case question::version:
      ask_version();
      break;
    case question::last:
      if (const auto last = store_->last(region::all())) {
        static_cast<void>(require_last_of_batch(*last, "the last event"));
        judge_end(last->sequence() + 1, "the last event");
      } else {
        judge_end(0, "an empty log");
      }
      break;
    case question::last_of_group:
      ask_last_of_group();
      break;
    case question::new_events:
      ask_new_events();
      break;
    case question::find:
      ask_find();
      break;
    case question::count:
      judge_end(store_->count(region::all().with_kind(batch_part::kind)), "the count of a kind");
      break;
    case question::count_of_group:
      ask_count_of_group();
      break;
    case question::tail:
      ask_tail();
      break;
    case question::replay:
      ask_replay();
      break;
  }
  ++counts_[static_cast<std::size_t>(what)];
}

void batch_witness::judge_end(std::uint64_t events, const char* where) {
  if (events < least_)
    refuse(std::string{where} + " shows " + std::to_string(events) + " events, and there were " +
           std::to_string(least_) + " before it was asked for");
  if (!ends_.has(events))
    refuse(std::string{where} + " shows " + std::to_string(events) + " events: a part of a batch");
  if (events == seen_) return;
  seen_ = events;
  // What is visible in the writer's process is in the file.
  if (where_ == place::writers_process) seen_page::raise(page_.here, events);
  seen_page::raise(page_.elsewhere, events);
}

void batch_witness::ask_version() {
  const std::size_t group = any_group();
  group_memory& known = groups_[group];
  const std::size_t member = random_.below(known.versions.size());
  const auto grown = store_->project_if_changed<stream_state>(entity_in(group, member), known.versions[member]);
  if (grown) {
    const stream_state& state = grown->state;
    if (grown->count < known.versions[member] || state.count != grown->count)
      refuse("the version of " + entity_in(group, member) + " fell, or isn't that of its state");
    if (group == 0 && state.place + 1 != state.size) refuse("the state of a stream ends within a batch");
    if (group != 0 && state.place != member) refuse("a stream has an event of another");
    known.versions[member] = grown->count;
  }
  // Each batch adds one event to each member, and each member was asked for before this one.
  if (group != 0 && known.versions[member] < *std::ranges::max_element(known.versions))
    refuse(entity_in(group, member) + " has " + std::to_string(known.versions[member]) +
           " events, and another member of its group had " + std::to_string(*std::ranges::max_element(known.versions)) +
           " before: a part of a batch");
}

void batch_witness::ask_last_of_group() {
  const std::size_t group = any_group();
  group_memory& known = groups_[group];
  const auto last = store_->last(known.wanted);
  if ((last ? last->sequence() : 0) < known.last) refuse("the last event of a group is older than before");
  if (!last) return;
  const batch_part found = require_last_of_batch(*last, "the last event of a group");
  if (last->entity() != entity_in(group, found.place)) refuse("the last event of a group has another entity");
  known.last = last->sequence();
}

void batch_witness::ask_new_events() {
  const auto events = cursor_->poll_batch(most_polled);
  for (const quipu::event_view& each : events) {
    const planned_batch& due = polled_.current();
    const batch_part found = each.as<batch_part>();
    if (each.sequence() != due.begin + polled_place_ || found.batch != due.number || found.place != polled_place_ ||
        found.size != due.size || each.entity() != entity_in(due.group, polled_place_))
      refuse("a cursor returns " + text_of(found) + " instead of event " + std::to_string(polled_place_) +
             " of batch " + std::to_string(due.number));
    if (++polled_place_ < due.size) continue;
    remember({each.id(), each.sequence()});
    polled_.advance();
    polled_place_ = 0;
  }
  if (events.size() == most_polled) return;
  if (polled_place_ != 0) refuse("a cursor ends within a batch");
  judge_end(polled_.current().begin, "a cursor");
}

void batch_witness::remember(const seen_event& event) {
  if (events_.size() < most_remembered)
    events_.push_back(event);
  else
    events_[random_.below(most_remembered)] = event;
}

void batch_witness::ask_find() {
  if (events_.empty()) return judge_end(end_(), "the number of events");
  const seen_event& known = events_[random_.below(events_.size())];
  const auto found = store_->find(known.id);
  if (!found || found->sequence() != known.sequence) refuse("an event that was seen isn't found by its id");
}

void batch_witness::ask_count_of_group() {
  group_memory& known = groups_[any_group()];
  const std::uint64_t count = store_->count(known.wanted);
  if (count < known.count) refuse("the count of a group fell");
  if (!known.ends.has(count)) refuse("the count of a group is " + std::to_string(count) + ": a part of a batch");
  known.count = count;
}

void batch_witness::ask_tail() {
  const std::size_t wanted = 1 + random_.below(100);
  std::size_t walked = 0;
  batch_part later;
  std::uint64_t due = 0;
  const auto events = store_->query(region::all()).reverse();
  for (const quipu::event_view& each : events) {
    const batch_part found = each.as<batch_part>();
    if (walked == 0) {
      static_cast<void>(require_last_of_batch(each, "the end of the log"));
      judge_end(each.sequence() + 1, "the end of the log");
    } else if (each.sequence() + 1 != due || (later.place != 0 && found.batch != later.batch) ||
               (later.place != 0 ? found.place + 1 != later.place : found.place + 1 != found.size)) {
      refuse("before " + text_of(later) + " the log has " + text_of(found));
    }
    later = found;
    due = each.sequence();
    if (++walked == wanted) return;
  }
  if (walked == 0) return judge_end(0, "the end of the log");
  if (due != 0) refuse("a walk from the end of the log ends at event " + std::to_string(due));
}

void batch_witness::ask_replay() {
  const std::size_t group = any_group();
  group_memory& known = groups_[group];
  const auto state = store_->project<place_counts>(known.wanted);
  if (state.count < known.count) refuse("a replay has fewer events than before");
  if (!known.ends.has(state.count)) refuse("a replay has a part of a batch");
  known.count = state.count;
  if (state.count != 0 && state.last.place + 1 != state.last.size) refuse("a replay ends within a batch");
  for (std::size_t member = 0; group != 0 && member < known.versions.size(); ++member)
    if (state.of_place[member] != state.of_place[0]) refuse("a replay has more events of one member than of another");
}

}  // namespace torture
