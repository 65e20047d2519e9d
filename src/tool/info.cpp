// SPDX-License-Identifier: BSL-1.0
//
// info.cpp: `quipu info`: what a store is, and how much is in it.
#include "commands.hpp"
#include "source.hpp"
#include "text.hpp"

#include <fmt/format.h>

#include <numeric>

namespace quipu::tool {
namespace {

constexpr std::size_t label_columns = 8;

struct figures {
  std::uint64_t events{}, dropped{}, erased{}, entities{}, scopes{}, kinds{}, bytes{}, segments{}, cursors{};
};

figures figures_of(context& of, source& from) {
  inspected_store& store = from.store();
  figures found;
  const store_stats stats = store.stats();
  const auto parts = store.segments();
  found.events = stats.events;
  found.segments = parts.size();
  found.entities = stats.entities;
  std::uint64_t visible = 0;
  for (const segment_info& each : parts) {
    visible += each.events;
    found.bytes += each.bytes;
  }
  // Of a damaged log it is not known what was dropped.
  found.dropped = from.is_damaged() ? 0 : found.events - visible;
  if (from.is_damaged()) found.events = visible;
  found.erased = store.count(region::all().with_kind(event_kind::tombstone));
  for (const event_kind kind : store.kinds()) found.kinds += kind != event_kind::tombstone ? 1 : 0;
  found.scopes = store.scopes().size();
  found.cursors = store.sound_cursors([&of](const error& failure) { of.diagnose(text_of(failure)); }).size();
  return found;
}

std::string chain_of(source& from) {
  if (!from.store().diagnostics().chained) return "none";
  return from.store().has_key() ? "keyed" : "unkeyed";
}

std::string head_of(source& from) {
  const std::string head = from.store().head().str();
  return head.substr(0, 16) + "…" + head.substr(head.size() - 8);
}

/// As `inspected_store::replication`; `unknown` where the mark is damaged, which is told.
std::string_view replication_of(context& of, source& from) {
  try {
    return from.store().replication();
  } catch (const error& failure) {
    of.diagnose(text_of(failure));
    return "unknown";
  }
}

std::string json_of(source& from, const figures& found, std::string_view replication) {
  inspected_store& store = from.store();
  json_object data;
  data.add("store", from.path())
      .add("lineage", store.identity().str())
      .add("format", format_version)
      .add("created_at_us", store.diagnostics().created_at_us)
      .add("closed", store.was_closed())
      .add("events", found.events)
      .add("dropped", found.dropped)
      .add("erased", found.erased)
      .add("entities", found.entities)
      .add("scopes", found.scopes)
      .add("kinds", found.kinds)
      .add("bytes", found.bytes)
      .add("segments", found.segments)
      .add("chain", chain_of(from))
      .add("cursors", found.cursors)
      .add("replication", replication);
  if (from.is_damaged() || chain_of(from) == "none")
    data.add_json("head", "null");
  else
    data.add("head", store.head().str());
  return data.str();
}

}  // namespace

exit_code info(context& of, const std::string& store) {
  source from{of, store};
  if (of.options.json) {
    const figures found = figures_of(of, from);
    const std::string data = json_of(from, found, replication_of(of, from));
    of.answer(of.code(), data);
    return of.code();
  }
  const auto label = [&of](std::string text) {
    return of.out.styled(style::faint, padded(std::move(text), label_columns));
  };
  const std::string about =
      fmt::format("lineage {}…  format {}  made {}  {}", from.store().identity().str().substr(0, 13), format_version,
                  time_text(from.store().diagnostics().created_at_us, time_form::seconds), from.store().condition());
  const std::string name = printable(from.path());
  if (columns_of(name) < label_columns) {
    of.out.line(of.out.styled(style::strong, padded(name, label_columns)) + about);
  } else {
    of.out.line(of.out.styled(style::strong, name));
    of.out.line(label("store") + about);
  }
  of.out.flush();
  const figures found = figures_of(of, from);
  of.out.line(fmt::format("{}{} ({} dropped, {} erased)   entities {}   scopes {}   kinds {}", label("events"),
                          grouped(found.events), grouped(found.dropped), grouped(found.erased), grouped(found.entities),
                          grouped(found.scopes), grouped(found.kinds)));
  const std::uint64_t kept = found.events - found.dropped;
  const std::string per_event = kept == 0 ? std::string{} : fmt::format("{} B/event  ", grouped(found.bytes / kept));
  const std::string size =
      padded(fmt::format("{}, {}", size_text(found.bytes), counted(found.segments, "segment")), 24);
  of.out.line(fmt::format("{}{}{}chain {}   cursors {}", label("log"), size + (size.ends_with(' ') ? "" : "  "),
                          per_event, chain_of(from), grouped(found.cursors)));
  if (from.is_damaged())
    of.out.line(label("head") + of.out.styled(style::bad, "unknown, because the log is damaged"));
  else if (chain_of(from) != "none")
    of.out.line(label("head") + head_of(from));
  if (const std::string_view replication = replication_of(of, from); replication == "replica")
    of.out.line(label("replica") + "yes: only a replicated_store writes to it");
  else if (replication == "left")
    of.out.line(label("replica") + "no longer: it has left replication");
  for (const damage_report& each : from.damage())
    of.out.line(label("damage") + of.out.styled(style::bad, damage_text(each)));
  return of.code();
}

}  // namespace quipu::tool
