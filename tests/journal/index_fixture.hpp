// SPDX-License-Identifier: BSL-1.0
//
// index_fixture.hpp: segments with random events, whose index is made in memory from their frames, and from that an
// index file.
#pragma once

#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/event/event_tags.hpp>
#include <quipu/journal/segment/index_file.hpp>
#include <quipu/journal/segment/mapped_index.hpp>
#endif

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace index_tests {

using quipu::bytes;
using quipu::bytes_view;
using quipu::event_id;
using quipu::event_kind;
using quipu::detail::index_cover;
using quipu::detail::mapped_index;
using quipu::detail::place_run;
using quipu::detail::segment_index;

inline std::vector<std::uint32_t> list_of(place_run run) {
  std::vector<std::uint32_t> all;
  for (std::size_t at = 0; at < run.size(); ++at) all.push_back(run[at]);
  return all;
}

struct shape {
  unsigned seed{1};
  std::size_t events{100};
  std::size_t entities{7};
  std::size_t scopes{3};
  std::size_t kinds{3};
  bool links{true};
  bool dropped{false};  ///< entity sequences have gaps, and numbers are used that no event has
  bool chained{true};
};

/// A segment as its frames lie in the file, what an index must know of it, and the index.
class sample {
 public:
  explicit sample(const shape& of) : shape_{of}, random_{of.seed}, log_(quipu::detail::segment_head::size) {
    identity_.lineage = new_id();
    identity_.checksum_seed = static_cast<std::uint32_t>(random_());
    identity_.chained = of.chained;
    cover_.first_sequence = random_() % 1'000'000;
    cover_.next_sequence = cover_.first_sequence;
    for (std::size_t number = 0; number < of.events; ++number) append();
    cover_.log_bytes = log_.size();
    cover_.tail_checksum = static_cast<std::uint32_t>(random_());
    cover_.sealed = random_() % 2 == 0;
    cover_.entities_of_log = random_();
    cover_.last_id_of_log = last_id_.is_nil() ? new_id() : last_id_;
    for (std::byte& each : head_bytes_) each = static_cast<std::byte>(random_());
    if (of.chained) {
      cover_.head = quipu::digest{head_bytes_};
      cover_.head_state.assign(static_cast<std::size_t>(17 + random_() % 1500), std::byte{0x5A});
    }
  }

  [[nodiscard]] const segment_index& index() const { return index_; }
  [[nodiscard]] const index_cover& cover() const { return cover_; }
  /// Whether an index says of the segment what it was told.
  template <class Mapped>
  [[nodiscard]] bool is_covered_by(const Mapped& mapped) const {
    quipu::detail::index_cover read = mapped.cover();
    read.head_state = mapped.head_state().copy();  // has a section of its own, which is read when it is needed
    return read == cover_;
  }
  [[nodiscard]] const quipu::detail::store_identity& identity() const { return identity_; }
  [[nodiscard]] std::uint64_t first() const { return cover_.first_sequence; }
  [[nodiscard]] event_id id_at(std::uint32_t place) const {
    return quipu::detail::frame_view{log_.data() + std::size_t{place} * 8, shape_.chained}.id();
  }
  /// An index of the events [first, last) alone, which continues an index of those before them, if there is one.
  [[nodiscard]] segment_index index_of(std::size_t first, std::size_t last, const mapped_index* before) const {
    segment_index made;
    if (before != nullptr) made.continue_from(*before);
    for (std::size_t number = first; number < last; ++number) {
      const std::uint32_t place = index_.order()[number];
      const quipu::detail::frame_view frame{log_.data() + std::size_t{place} * 8, shape_.chained};
      while (made.coordinate_count() <= frame.coordinate()) {
        const auto names = index_.names(static_cast<std::uint32_t>(made.coordinate_count()));
        if (!made.define(static_cast<std::uint32_t>(made.coordinate_count()), names.entity->name, names.scope->name))
          std::abort();
      }
      made.add(frame, place);
    }
    return made;
  }
  [[nodiscard]] const std::vector<event_id>& ids() const {
    return ids_;
  }  // of events, and of keys and conversations that nobody has
  [[nodiscard]] const std::vector<event_id>& keys() const { return keys_; }
  [[nodiscard]] const std::vector<std::string>& entity_names() const { return entity_names_; }
  [[nodiscard]] const std::vector<std::string>& scope_names() const { return scope_names_; }

  [[nodiscard]] bytes encode() const { return encode(index_); }
  [[nodiscard]] bytes encode(const segment_index& from) const {
    return quipu::detail::encode_index(from, cover_, identity_, 1'700'000'000'000'000,
                                       [this](std::uint32_t place) { return id_at(place); });
  }

 private:
  std::uint64_t next_random() { return static_cast<std::uint64_t>(random_()); }

  /// Later than all before, mostly by little: several share their first eight bytes.
  event_id new_id() {
    if (next_random() % 3 == 0) wall_us_ += 1 + static_cast<std::int64_t>(next_random() % 5000);
    return event_id::from_reading({wall_us_, ++counter_}, next_random());
  }

  std::uint32_t coordinate_of(std::size_t entity, std::size_t scope) {
    const auto found = coordinates_.find({entity, scope});
    if (found != coordinates_.end()) return found->second;
    const auto number = static_cast<std::uint32_t>(coordinates_.size());
    coordinates_.emplace(std::pair{entity, scope}, number);
    const std::string entity_name = "entity:" + std::to_string(entity * 7919);
    const std::string scope_name = scope % 2 == 0 ? "scope-" + std::to_string(scope) : entity_name;
    if (!index_.define(number, entity_name, scope_name)) std::abort();
    entity_names_.push_back(entity_name);
    scope_names_.push_back(scope_name);
    return number;
  }

  static void put_extension(bytes& to, quipu::detail::extension_type type, const event_id& id) {
    quipu::byte_writer writer{to};
    writer.put(static_cast<std::uint16_t>(type));
    writer.put(std::uint16_t{16});
    writer.write(id.raw().data(), 16);
  }

  void put_tags(bytes& to) {
    std::vector<std::string> tags;
    for (std::size_t count = next_random() % 4; count != 0; --count)
      tags.push_back("tag:" + std::to_string(next_random() % 9));
    if (tags.empty()) return;
    const bytes content = quipu::detail::encode_tags(tags);
    quipu::byte_writer writer{to};
    writer.put(static_cast<std::uint16_t>(quipu::detail::extension_type::tags));
    writer.put(static_cast<std::uint16_t>(content.size()));
    writer.write(bytes_view{content});
  }

  void append() {
    const std::size_t entity =
        next_random() % 5 == 0 ? next_random() % shape_.entities : next_random() % (1 + shape_.entities / 3);
    const std::uint32_t coordinate = coordinate_of(entity, next_random() % shape_.scopes);
    const event_kind kind = event_kind::custom(0xF, static_cast<unsigned>(1 + next_random() % shape_.kinds * 37));
    const auto version = static_cast<std::uint16_t>(next_random() % 3);
    if (version != 0 && index_.find_schema(kind, version) == nullptr) {
      const std::string text = "{v" + std::to_string(version) + ":i" + kind.str() + "}";
      index_.define_schema({kind, version, text});
      for (std::uint64_t names = next_random() % 3; names-- != 0;)
        index_.define_schema({kind, version, text, "type " + std::to_string(next_random() % 5)});
    }
    if (shape_.dropped && next_random() % 3 == 0) {
      cover_.next_sequence += 1 + next_random() % 4;
      entity_sequences_[entity] += 1 + next_random() % 4;
    }
    bytes extensions;
    if (shape_.links) {
      if (next_random() % 2 == 0)
        put_extension(extensions, quipu::detail::extension_type::idempotency_key,
                      keys_.emplace_back(event_id::from_name(std::to_string(next_random()))));
      if (!ids_.empty() && next_random() % 2 == 0)
        put_extension(extensions, quipu::detail::extension_type::causation_id, ids_[next_random() % ids_.size()]);
      if (!ids_.empty() && next_random() % 2 == 0)
        put_extension(extensions, quipu::detail::extension_type::correlation_id, ids_[next_random() % ids_.size()]);
      put_tags(extensions);
    }
    const bytes payload(next_random() % 40);
    quipu::detail::frame_content content;
    content.kind = kind;
    content.schema_version = version;
    content.coordinate = coordinate;
    content.sequence = cover_.next_sequence++;
    content.entity_sequence = entity_sequences_[entity]++;
    content.id = last_id_ = new_id();
    content.payload = payload;
    content.extensions = extensions;
    ids_.push_back(content.id);
    const std::size_t at = log_.size();
    log_.resize(at + quipu::detail::frame_size(payload.size(), extensions.size(), shape_.chained));
    quipu::detail::write_frame(log_.data() + at, content, shape_.chained);
    index_.add({log_.data() + at, shape_.chained}, static_cast<std::uint32_t>(at / 8));
    if (cover_.first_id.is_nil()) cover_.first_id = content.id;
    cover_.last_id = content.id;
  }

  shape shape_;
  std::mt19937_64 random_;
  bytes log_;
  segment_index index_;
  index_cover cover_;
  quipu::detail::store_identity identity_;
  std::int64_t wall_us_{1'700'000'000'000'000};
  std::uint32_t counter_{};
  event_id last_id_{};
  std::vector<event_id> ids_;
  std::vector<event_id> keys_;
  std::vector<std::string> entity_names_;
  std::vector<std::string> scope_names_;
  std::map<std::pair<std::size_t, std::size_t>, std::uint32_t> coordinates_;
  std::map<std::size_t, std::uint64_t> entity_sequences_;
  std::array<std::byte, 32> head_bytes_{};
};

/// What is in memory and what the file says, compared in every way to ask. Says what differs first; nothing where they
/// agree.
inline std::string difference(const segment_index& expected, const mapped_index& found) {
  if (list_of(found.order()) != expected.order()) return "order";
  if (found.entity_count() != expected.entities().size()) return "number of entities";
  for (std::size_t at = 0; at < found.entity_count(); ++at) {
    const auto& known = expected.entities()[at];
    const auto numbered = found.entity(at);
    const auto named = found.find_entity({known.name});
    if (!named || named->name != known.name || numbered.name != known.name) return "entity " + known.name;
    for (const auto& each : {numbered, *named})
      if (list_of(each.events) != known.events || each.first_sequence != known.first_sequence ||
          each.next_sequence != known.next_sequence)
        return "events of " + known.name;
  }
  if (found.scope_count() != expected.scopes().size()) return "number of scopes";
  for (std::size_t at = 0; at < found.scope_count(); ++at) {
    const auto& known = expected.scopes()[at];
    const auto named = found.find_scope(known.name);
    if (!named || named->name != known.name || found.scope(at).name != known.name) return "scope " + known.name;
    if (list_of(named->events) != known.events || list_of(found.scope(at).events) != known.events)
      return "events in " + known.name;
  }
  if (found.tag_count() != expected.tags().all().size()) return "number of tags";
  for (std::size_t at = 0; at < found.tag_count(); ++at) {
    const auto& known = expected.tags().all()[at];
    if (found.tag(at).name != known.name) return "tag " + known.name;
    if (list_of(found.find_tag(known.name)) != known.events || list_of(found.tag(at).events) != known.events)
      return "events with " + known.name;
  }
  if (found.kind_count() != expected.kinds().size()) return "number of kinds";
  for (std::size_t at = 0; at < found.kind_count(); ++at) {
    const auto each = found.kind(at);
    const auto* known = expected.find_kind(each.kind);
    const auto asked = found.find_kind(each.kind);
    if (known == nullptr || !asked || list_of(each.events) != *known || list_of(*asked) != *known)
      return "kind " + each.kind.str();
  }
  if (found.coordinate_count() != expected.coordinate_count()) return "number of coordinates";
  for (std::uint32_t at = 0; at < found.coordinate_count(); ++at)
    if (found.names_of(at).entity != expected.names(at).entity->name ||
        found.names_of(at).scope != expected.names(at).scope->name)
      return "coordinate";
  if (found.schema_count() != expected.schemas().size()) return "number of schemas";
  for (std::size_t at = 0; at < found.schema_count(); ++at) {
    const auto each = found.schema(at);
    const auto* known = expected.find_schema(each.kind, each.version);
    const auto asked = found.find_schema(each.kind, each.version);
    if (known == nullptr || !asked || asked->text != known->text || asked->fingerprint != known->fingerprint ||
        each.text != known->text)
      return "schema";
    const auto names = found.type_names(each.kind, each.version);
    if (std::vector<std::string>{names.begin(), names.end()} != known->names) return "names of types";
  }
  for (const auto& each : expected.keys())
    if (found.find_key(each.key) != std::optional{each.value}) return "key";
  for (const auto& each : expected.effects())
    if (list_of(found.find_effects(each.key)) != each.value->events) return "effects";
  for (const auto& each : expected.conversations())
    if (list_of(found.find_conversation(each.key)) != each.value->events) return "conversation";
  return {};
}

}  // namespace index_tests
