// SPDX-License-Identifier: BSL-1.0
//
// source.cpp: see source.hpp.
#include "source.hpp"

#include "text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <deque>
#include <limits>
#include <utility>

namespace quipu::tool {
namespace {

constexpr std::uint64_t end_of_time = std::numeric_limits<std::uint64_t>::max();

command_failure unusable(const std::string& path, const error& failure) {
  if (failure.code() == errc::not_found)
    return {exit_code::unusable, fmt::format("{}: there is no store in this directory", path)};
  return {exit_code::unusable, text_of(failure)};
}

}  // namespace

region between(const region& wanted, std::uint64_t first, std::uint64_t last) {
  return wanted.with_sequence_range(first, last);
}

std::string damage_text(const damage_report& damage) {
  // The reason may be an error's text, which names path and offset itself.
  if (damage.reason.find(damage.path) != std::string::npos) {
    const std::string_view text = damage.reason;
    return std::string{text.starts_with("quipu: ") ? text.substr(7) : text};
  }
  std::string text = fmt::format("{} at offset {}", damage.path, damage.offset);
  if (damage.bytes != 0) text += fmt::format(", {}", size_text(damage.bytes));
  if (damage.events != 0) text += fmt::format(", {} missing", counted(damage.events, "event"));
  return text + ": " + damage.reason;
}

source::source(context& of, std::string path) : context_{of}, path_{std::move(path)} {
  try {
    open(open_policy::strict);
  } catch (const error& failure) {
    if (failure.code() != errc::corrupt) throw unusable(path_, failure);
    salvage_after(failure);
  }
}

void source::open(open_policy how) {
  config settings = reading_settings(context_, path_);
  settings.open = how;
  store_ = open_to_inspect(settings);
}

void source::salvage_after(const error& failure) {
  if (failure.code() != errc::corrupt || is_damaged()) throw failure;
  try {
    open(open_policy::salvage);
  } catch (const error& worse) {
    if (text_of(failure) != text_of(worse)) context_.diagnose(text_of(failure));
    throw unusable(path_, worse);
  }
  damage_ = store_->diagnostics().damage;
  // Salvaging reads frames; damage that only shows in between them is the failure itself.
  if (damage_.empty())
    damage_.push_back({.path = failure.path(), .offset = failure.offset().value_or(0), .reason = text_of(failure)});
  for (const damage_report& each : damage_) context_.diagnose("damaged: " + damage_text(each));
}

bool source::walk(const region& wanted, const std::function<bool(const event_view&)>& take) {
  std::uint64_t next = 0;
  const std::uint64_t end = store_->end_sequence();
  while (next < end) {
    try {
      for (const segment_bounds& part : store_->bounds()) {
        if (part.next_sequence <= next || part.first_sequence >= end) continue;
        const std::uint64_t first = std::max(next, part.first_sequence);
        const std::uint64_t last = std::min(end, part.next_sequence) - 1;
        for (const event_view& event : store_->query(between(wanted, first, last))) {
          next = event.sequence() + 1;
          if (!take(event)) return false;
        }
        next = last + 1;
        store_->release_pages();
      }
      return true;
    } catch (const error& failure) {
      salvage_after(failure);
    }
  }
  return true;
}

std::vector<event_view> source::last(const region& wanted, std::size_t count) {
  return reading([&] {
    std::deque<event_view> found;
    const auto parts = store_->bounds();
    for (auto part = parts.rbegin(); part != parts.rend() && found.size() < count; ++part) {
      if (part->next_sequence == part->first_sequence) continue;
      std::deque<event_view> here;
      for (const event_view& event : store_->query(between(wanted, part->first_sequence, part->next_sequence - 1))) {
        here.push_back(event);
        if (here.size() > count - found.size()) here.pop_front();
      }
      found.insert(found.begin(), here.begin(), here.end());
      store_->release_pages();
    }
    return std::vector<event_view>(found.begin(), found.end());
  });
}

std::optional<event_view> source::first_from(std::uint64_t sequence) {
  const event_range rest = store_->query(between(region::all(), sequence, end_of_time));
  const auto first = rest.begin();
  return first == rest.end() ? std::nullopt : std::optional{*first};
}

std::optional<event_view> source::first() {
  return reading([&] { return first_from(0); });
}

std::uint64_t source::sequence_at(std::int64_t time_us) {
  return reading([&] {
    std::uint64_t low = 0;
    std::uint64_t high = store_->end_sequence();
    while (low < high) {
      const std::uint64_t middle = low + (high - low) / 2;
      const auto event = first_from(middle);
      if (event && event->timestamp_us() < time_us)
        low = event->sequence() + 1;
      else
        high = middle;
    }
    return low;
  });
}

event_view source::find(const std::string& number_or_id) {
  return reading([&]() -> event_view {
    std::optional<event_view> found;
    std::uint64_t sequence = 0;
    std::string_view digits = number_or_id;
    if (digits.starts_with('#')) digits.remove_prefix(1);
    const auto [stop, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), sequence);
    if (problem == std::errc{} && stop == digits.data() + digits.size()) {
      found = first_from(sequence);
      if (found && found->sequence() != sequence) found.reset();
    } else if (const auto id = event_id::parse(number_or_id)) {
      found = store_->find(*id);
    } else {
      throw command_failure{exit_code::unusable,
                            fmt::format("{} is neither an event's number nor its id", number_or_id)};
    }
    if (!found) throw command_failure{exit_code::unusable, fmt::format("the store has no event {}", number_or_id)};
    return *found;
  });
}

}  // namespace quipu::tool
