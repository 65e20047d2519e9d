// SPDX-License-Identifier: BSL-1.0
//
// index_questions.hpp: asks a mapped index everything that can be asked.
#pragma once

#include "index_fixture.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace index_tests {

/// Asks everything that can be asked, of what is in the file and of what is in `like`; reads all that the answers refer
/// to.
inline std::uint64_t ask_everything(const mapped_index& index, const sample& like) {
  std::uint64_t sum = 0;
  const auto read = [&sum](place_run run) {
    for (std::size_t at = 0; at < run.size(); ++at) sum += run[at];
  };
  const auto read_text = [&sum](std::string_view text) {
    for (const char each : text) sum += static_cast<unsigned char>(each);
  };
  read(index.order());
  for (std::size_t at = 0; at < index.entity_count(); ++at) {
    read_text(index.entity(at).name);
    read(index.entity(at).events);
    if (const auto found = index.find_entity({index.entity(at).name})) read(found->events);
  }
  for (std::size_t at = 0; at < index.scope_count(); ++at) {
    read_text(index.scope(at).name);
    read(index.scope(at).events);
    if (const auto found = index.find_scope(index.scope(at).name)) read(found->events);
  }
  for (std::size_t at = 0; at < index.kind_count(); ++at) {
    read(index.kind(at).events);
    if (const auto found = index.find_kind(index.kind(at).kind)) read(*found);
  }
  for (std::uint32_t at = 0; at <= index.coordinate_count(); ++at) {
    read_text(index.names_of(at).entity);
    read_text(index.names_of(at).scope);
  }
  for (std::size_t at = 0; at < index.schema_count(); ++at) {
    read_text(index.schema(at).text);
    if (const auto found = index.find_schema(index.schema(at).kind, index.schema(at).version))
      sum += found->fingerprint;
  }
  for (const std::string& name : like.entity_names())
    if (const auto found = index.find_entity({name})) read(found->events);
  for (const std::string& name : like.scope_names())
    if (const auto found = index.find_scope(name)) read(found->events);
  for (const auto* ids : {&like.ids(), &like.keys()})
    for (const event_id& id : *ids) {
      sum += index.find_key(id).value_or(0);
      read(index.find_effects(id));
      read(index.find_conversation(id));
      const auto [first, last] = index.id_range(id);
      for (std::size_t at = first; at < last; ++at) sum += index.order()[at];
    }
  segment_index copy;
  index.copy_to(copy);
  return sum + copy.order().size();
}

}  // namespace index_tests
