// SPDX-License-Identifier: BSL-1.0
//
// inspected_store.cpp: see inspected_store.hpp.
#include "inspected_store.hpp"

#include "mapped_pages.hpp"

#include <quipu/delivery/detail/checkpoint_files.hpp>
#include <quipu/delivery/detail/worker_record.hpp>
#include <quipu/event/frame.hpp>
#include <quipu/journal/format/layout.hpp>
#include <quipu/journal/segment/replica_file.hpp>
#include <quipu/journal/segment/segment.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <unordered_set>

namespace quipu::tool {
namespace inside = quipu::detail;

namespace {

/// Versions of schemas are looked for up to this one, and wherever an event names a higher one.
constexpr unsigned versions_tried = 255;
constexpr std::uint64_t least_segment_bytes = std::uint64_t{32} << 20;  // what a writer has by default

std::uint64_t file_size_of(environment_directory& directory, const std::string& name) {
  return directory.open_file(name, open_mode::read)->size();
}

/// The size of the largest segment; 0 where there is none.
std::uint64_t largest_segment(const std::filesystem::path& directory) {
  std::uint64_t largest = 0;
  std::error_code problem;
  for (std::filesystem::directory_iterator each{directory, problem}, end; !problem && each != end;
       each.increment(problem))
    if (std::error_code of_file; each->path().extension() == ".segment" && each->is_regular_file(of_file))
      if (const auto size = each->file_size(of_file); !of_file) largest = std::max<std::uint64_t>(largest, size);
  return largest;
}

std::string name_of_file(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string index_name_of(const std::string& segment) { return segment.substr(0, 20) + ".index"; }

/// Whether events may have been dropped. Does not read the segments.
bool was_compacted(const inside::log_snapshot& seen) {
  for (std::size_t position = 0; position < seen.segment_count(); ++position)
    if (seen.at(position)->generation() != 0) return true;
  return false;
}

void add_version_of(std::set<std::uint16_t>& versions, const inside::segment& of, const inside::event_run& run,
                    std::size_t position) {
  if (const auto place = of.place_at(run, position)) versions.insert(of.frame_at(*place).schema_version());
}

std::vector<std::string> type_names_of(const inside::log_snapshot& seen, event_kind kind, std::uint16_t version) {
  std::vector<std::string> found;
  for (std::size_t position = 0; position < seen.segment_count(); ++position)
    for (std::string& name : seen.at(position)->type_names(kind, version))
      if (std::find(found.begin(), found.end(), name) == found.end()) found.push_back(std::move(name));
  return found;
}

}  // namespace

std::uint64_t inspected_store::end_sequence() { return log().snapshot().end_sequence; }

bool inspected_store::has_key() { return log().identity().keyed; }

std::string_view inspected_store::replication() {
  const auto found = inside::read_replica_file(log().directory(), log().identity());
  if (!found) return "none";
  return *found == inside::replica_state::replica ? "replica" : "left";
}

void inspected_store::require_no_replica() { inside::require_no_replica(log().directory(), log().identity()); }

bool inspected_store::was_closed() {
  const inside::log_snapshot seen = log().snapshot();
  if (seen.segment_count() == 0) return false;
  // The mark is an internal frame without a payload, the last one of the file.
  constexpr std::size_t mark_bytes = inside::frame_size(0, 0, false);
  std::array<std::byte, mark_bytes> raw{};
  const auto& last = *seen.at(seen.segment_count() - 1);
  const auto file = log().directory().open_file(name_of_file(last.path()), open_mode::read);
  const std::uint64_t size = file->size();
  if (size < inside::segment_head::size + mark_bytes || size % inside::frame_alignment != 0) return false;
  if (file->read_at(raw.data(), raw.size(), size - mark_bytes) != raw.size()) return false;
  const auto seed = log().identity().checksum_seed;
  if (!inside::check_frame(raw.data(), raw.size(), seed, log().identity().chained)) return false;
  const auto mark = inside::frame_view::any(raw.data(), log().identity().chained);
  return mark.is_internal() && mark.kind() == event_kind::system_shutdown && mark.sequence() == seen.end_sequence;
}

std::string_view inspected_store::condition() {
  if (was_closed()) return "closed";
  return end_sequence() == 0 ? "empty" : "not closed";
}

std::vector<segment_bounds> inspected_store::bounds() {
  const inside::log_snapshot seen = log().snapshot();
  std::vector<segment_bounds> found;
  for (std::size_t position = 0; position < seen.segment_count(); ++position) {
    const bool is_last = position + 1 == seen.segment_count();
    found.push_back(
        {seen.at(position)->first_sequence(), is_last ? seen.end_sequence : seen.at(position + 1)->first_sequence()});
  }
  return found;
}

std::vector<segment_info> inspected_store::segments() {
  std::vector<segment_info> found;
  visit_segments([&found](const segment_info& each) { found.push_back(each); });
  return found;
}

void inspected_store::visit_segments(const std::function<void(const segment_info&)>& take) {
  const inside::log_snapshot seen = log().snapshot();
  for (std::size_t position = 0; position < seen.segment_count(); ++position) {
    const inside::segment& each = *seen.at(position);
    const bool is_last = position + 1 == seen.segment_count();
    const std::uint64_t next = is_last ? seen.end_sequence : seen.at(position + 1)->first_sequence();
    segment_info about{.name = name_of_file(each.path()), .bounds = {each.first_sequence(), next}};
    about.is_last = is_last;
    about.generation = each.generation();
    about.bytes = std::uint64_t{seen.end_place} * inside::frame_alignment;
    try {
      if (!is_last) about.bytes = file_size_of(log().directory(), about.name);
      about.has_index_file = log().directory().exists(index_name_of(about.name));
    } catch (const error& failure) {
      // A compaction has replaced the file meanwhile.
      if (failure.code() != errc::not_found) throw;
    }
    about.events = each.size_of(each.all());
    release_pages();
    take(about);
  }
}

void inspected_store::visit_entities(const std::function<bool(const entity_info&)>& take) {
  const inside::log_snapshot seen = log().snapshot();
  const bool is_salvaged = settings().open == open_policy::salvage;
  const bool lacks_events = is_salvaged || was_compacted(seen);
  std::unordered_set<std::string> known;  // of a damaged log, whose entities may lack their first events
  for (std::size_t position = 0; position < seen.segment_count(); ++position) {
    const inside::segment& each = *seen.at(position);
    std::unordered_set<std::string_view> here;  // an entity in two scopes has two coordinates
    const std::size_t coordinates = each.coordinate_count();
    for (std::size_t number = 0; number < coordinates; ++number) {
      const std::string_view name = each.names_of(static_cast<std::uint32_t>(number)).entity;
      const inside::entity_run run = each.entity(name);
      if (!run || !here.insert(name).second) continue;
      if (is_salvaged ? !known.emplace(name).second : run.first_sequence != 0) continue;
      const std::uint64_t events = lacks_events ? count(region::entity(name)) : seen.entity_end(name);
      if (!take({std::string{name}, events})) return;
    }
    release_pages();
  }
}

std::set<std::string, std::less<>> inspected_store::scopes() {
  const inside::log_snapshot seen = log().snapshot();
  std::set<std::string, std::less<>> found;
  for (std::size_t position = 0; position < seen.segment_count(); ++position) {
    const inside::segment& each = *seen.at(position);
    const std::size_t coordinates = each.coordinate_count();
    for (std::size_t number = 0; number < coordinates; ++number) {
      const std::string_view name = each.names_of(static_cast<std::uint32_t>(number)).scope;
      if (!found.contains(name)) found.emplace(name);
    }
    release_pages();
  }
  return found;
}

std::vector<event_kind> inspected_store::kinds() {
  const inside::log_snapshot seen = log().snapshot();
  std::set<event_kind> found;
  for (std::size_t position = 0; position < seen.segment_count(); ++position) {
    for (const event_kind kind : seen.at(position)->kinds()) found.insert(kind);
    release_pages();
  }
  return {found.begin(), found.end()};
}

std::vector<schema_info> inspected_store::schemas_of(event_kind kind) {
  const inside::log_snapshot seen = log().snapshot();
  std::set<std::uint16_t> versions;
  for (unsigned version = 1; version <= versions_tried; ++version)
    if (seen.find_schema(kind, static_cast<std::uint16_t>(version)) != nullptr)
      versions.insert(static_cast<std::uint16_t>(version));
  for (std::size_t position = 0; position < seen.segment_count(); ++position) {
    const inside::segment& each = *seen.at(position);
    const inside::event_run run = each.kind(kind);
    const std::size_t events = each.size_of(run);
    if (events == 0) continue;
    add_version_of(versions, each, run, 0);
    add_version_of(versions, each, run, events - 1);
  }
  std::vector<schema_info> found;
  for (const std::uint16_t version : versions)
    if (const inside::segment* owner = seen.find_schema(kind, version))
      found.push_back({version, owner->schema_text(kind, version), type_names_of(seen, kind, version)});
  return found;
}

std::vector<event_kind> inspected_store::kinds_of_type(std::string_view name) {
  std::vector<event_kind> found = kinds();
  std::erase_if(found, [&](event_kind kind) {
    const auto schemas = schemas_of(kind);
    return std::none_of(schemas.begin(), schemas.end(), [&](const schema_info& each) {
      return std::find(each.type_names.begin(), each.type_names.end(), name) != each.type_names.end();
    });
  });
  return found;
}

std::vector<cursor_info> inspected_store::sound_cursors(const complaint& complain) {
  std::vector<cursor_info> found;
  for (const std::string& file : log().directory().list()) {
    const auto name = inside::cursor_name_of(file);
    if (!name) continue;
    try {
      auto read = inside::load_checkpoint(log().directory(), *name);
      if (read)
        found.push_back({*name,
                         {read->identity.lineage, read->next_sequence, read->last},
                         std::move(read->region),
                         read->committed_at_us,
                         read->state.size()});
    } catch (const error& failure) {
      complain(failure);
    }
  }
  return found;
}

std::optional<worker_info> inspected_store::worker_of(std::string_view cursor) {
  const auto read = inside::load_checkpoint(log().directory(), cursor);
  if (!read) throw error{errc::not_found, "there is no cursor of this name"};
  auto record = inside::worker_record::decode(bytes_view{read->state});
  if (!record) return std::nullopt;
  return worker_info{std::move(record->parked), std::move(record->skipped), record->skipped_count};
}

void inspected_store::wait_for(std::uint64_t sequence) {
  static constexpr std::int64_t second_us = 1'000'000;
  const std::atomic<bool> never{false};
  log().wait_for_event(sequence, second_us, never);
}

void inspected_store::release_pages() { release_mapped_pages(settings().directory.string()); }

std::unique_ptr<inspected_store> open_to_inspect(config settings) {
  try {
    return std::make_unique<inspected_store>(settings);
  } catch (const error& failure) {
    if (failure.system_error() != ENOMEM) throw;
  }
  settings.segment_max_bytes = std::max(least_segment_bytes, largest_segment(settings.directory));
  return std::make_unique<inspected_store>(settings);
}

}  // namespace quipu::tool
