// SPDX-License-Identifier: BSL-1.0
//
// event_copier.cpp: see event_copier.hpp. Memory holds the ids of all copied events.
#include "event_copier.hpp"

#include <quipu/codec/fingerprint.hpp>
#include <quipu/journal/write/append_entry.hpp>
#include <quipu/journal/write/journal.hpp>

#include <functional>
#include <limits>
#include <unordered_map>

namespace quipu::tool {
namespace {

struct id_hash {
  std::size_t operator()(const event_id& id) const noexcept {
    return static_cast<std::size_t>(quipu::detail::event_id_hash{}(id));
  }
};

}  // namespace

struct event_copier::state {
  explicit state(config target) : log{with_clock(std::move(target))}, next_sequence{log.snapshot().end_sequence} {}

  config with_clock(config target) {
    target.clock = [this] { return event_us ? *event_us : quipu::detail::system_now_us(); };
    return target;
  }
  [[nodiscard]] event_id renamed(const event_id& old) const {
    const auto found = new_ids.find(old);
    return found == new_ids.end() ? old : found->second;
  }
  [[nodiscard]] bool is_copied(const event_id& old) const { return new_ids.contains(old); }

  /// The time before which the log's clock can't go back.
  [[nodiscard]] std::int64_t last_time_us() {
    const reversed_range events{log.snapshot(), region::all()};
    const auto last = events.begin();
    return last == events.end() ? std::numeric_limits<std::int64_t>::min() : (*last).timestamp_us();
  }

  std::optional<std::int64_t> event_us{};  ///< of the event that is appended; nothing while the store is made
  quipu::detail::journal log;
  std::uint64_t next_sequence;
  std::int64_t last_us{last_time_us()};
  std::unordered_map<event_id, event_id, id_hash> new_ids{};
  std::uint64_t appended{};
  std::uint64_t repeated{};
  std::uint64_t left_out{};
};

copied_event copied_event::of(const event_view& event, std::string_view schema) {
  const event_header about = event.header();
  copied_event copied{.id = about.id, .correlation_id = about.correlation_id, .causation_id = about.causation_id};
  copied.idempotency_key = event.idempotency_key();
  copied.timestamp_us = about.timestamp_us;
  copied.given_us = about.given_us;
  copied.entity = event.entity();
  copied.scope = event.scope();
  copied.kind = about.kind;
  copied.version = about.schema_version;
  copied.schema = schema;
  copied.flags = about.flags;
  copied.depth = about.position.depth;
  copied.lane = about.position.lane;
  copied.bypass_reason = event.bypass_reason();
  copied.metadata = event.metadata().copy();
  for (const std::string_view tag : event.tags()) copied.tags.emplace_back(tag);
  copied.payload.assign(event.payload().begin(), event.payload().end());
  return copied;
}

event_copier::event_copier(config target) : state_{std::make_unique<state>(std::move(target))} {}
event_copier::~event_copier() = default;

void event_copier::append(const copied_event& event) {
  if (event.kind.is_reserved()) {
    ++state_->left_out;
    return;
  }
  const coordinate where{event.entity, event.scope};  // the journal itself takes any names
  state_->event_us = event.timestamp_us;
  quipu::detail::append_entry entry{.entity = where.entity(), .scope = where.scope(), .kind = event.kind};
  entry.payload = bytes_view{event.payload};
  if (!event.schema.empty()) {
    entry.version = event.version;
    entry.schema = event.schema;
    entry.schema_hash = fingerprint_of_text(event.schema);
  }
  append_options options;
  options.bypass_reason = event.bypass_reason;
  options.metadata = event.metadata;
  options.timestamp_us = event.given_us;
  if (!event.given_us && event.timestamp_us < state_->last_us) options.timestamp_us = event.timestamp_us;
  options.tags = event.tags;
  options.flags = event.flags;
  options.durability = durability::buffered;
  options.idempotency_key = event.idempotency_key.value_or(event.id);
  if (event.correlation_id != event.id) options.correlation_id = state_->renamed(event.correlation_id);
  // A cause that was not copied cannot be named.
  if (event.causation_id && state_->is_copied(*event.causation_id))
    options.causation_id = state_->renamed(*event.causation_id);
  if (event.depth != 0 || event.lane != 0) options.position = dag_position{event.depth, event.lane, 0, 0, 0};
  entry.options = &options;
  const receipt made = state_->log.append(entry);
  state_->new_ids.emplace(event.id, made.id);
  if (made.sequence < state_->next_sequence) {
    ++state_->repeated;
    return;
  }
  state_->next_sequence = made.sequence + 1;
  state_->last_us = made.id.reading().wall_us;
  ++state_->appended;
}

void event_copier::close() { state_->log.close(); }

std::uint64_t event_copier::appended() const noexcept { return state_->appended; }
std::uint64_t event_copier::repeated() const noexcept { return state_->repeated; }
std::uint64_t event_copier::left_out() const noexcept { return state_->left_out; }

}  // namespace quipu::tool
