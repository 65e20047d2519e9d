// SPDX-License-Identifier: BSL-1.0
//
// kinds.cpp: `quipu kinds`: the kinds of events in the log, and their shapes.
#include "commands.hpp"
#include "source.hpp"
#include "table.hpp"
#include "text.hpp"

#include <fmt/format.h>

namespace quipu::tool {
namespace {

std::string json_texts(const std::vector<std::string>& texts) {
  json_array all;
  for (const std::string& each : texts) all.add_text(each);
  return all.str();
}

std::string json_of(context& of, event_kind kind, std::uint64_t events, const std::vector<schema_info>& schemas) {
  json_array versions;
  for (const schema_info& each : schemas)
    versions.add(json_object{}
                     .add("version", each.version)
                     .add("schema", each.text)
                     .add_json("types", json_texts(each.type_names))
                     .str());
  return json_object{}
      .add("kind", kind.str())
      .add("name", of.name_of(kind))
      .add("events", events)
      .add_json("versions", versions.str())
      .str();
}

std::string listed(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& each : texts) all.append(all.empty() ? "" : ", ").append(printable(each));
  return all;
}

}  // namespace

exit_code kinds(context& of, const std::string& store) {
  source from{of, store};
  table rows{of.out,
             {{"KIND"},
              {"NAME", align::left, style::accent},
              {"EVENTS", align::right},
              {"VERSION", align::right},
              {"TYPE"},
              {"SCHEMA"}}};
  for (const event_kind kind : from.store().kinds()) {
    const std::uint64_t events = from.store().count(region::all().with_kind(kind));
    const auto schemas = from.store().schemas_of(kind);
    if (of.options.json) {
      of.out.line(json_of(of, kind, events, schemas));
      continue;
    }
    const std::string name = of.name_of(kind) == kind.str() ? "" : of.name_of(kind);
    if (schemas.empty())
      rows.row({kind.str(), name, grouped(events), "", "", kind == event_kind::tombstone ? "" : "raw bytes"});
    bool is_first = true;
    for (const schema_info& each : schemas) {
      rows.row({is_first ? kind.str() : "", is_first ? name : "", is_first ? grouped(events) : "",
                std::to_string(each.version), listed(each.type_names), printable(each.text)});
      is_first = false;
    }
  }
  rows.finish();
  return of.code();
}

}  // namespace quipu::tool
