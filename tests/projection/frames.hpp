// SPDX-License-Identifier: BSL-1.0
//
// frames.hpp: logs made by hand, frame by frame, for what folds frames without a journal.
#pragma once

#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/event/event_view.hpp>
#endif

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace frames {

/// Knows no schemas; a view only has to keep it alive.
class no_origin final : public quipu::detail::event_origin {
 public:
  quipu::detail::event_names names_of(std::uint32_t) const override { return {"account:alice", "branch:zurich"}; }
  std::string schema_text(quipu::event_kind, std::uint16_t) const override { return {}; }
  std::uint64_t schema_fingerprint(quipu::event_kind, std::uint16_t) const override { return 0; }
  std::vector<std::string> type_names(quipu::event_kind, std::uint16_t) const override { return {}; }
};

/// Frames in a row, numbered as a store of one entity would.
class log {
 public:
  explicit log(bool is_chained = true) : chained{is_chained} {}

  /// Adds an event as its own version writes it.
  template <class Event>
  log& add(const Event& value) {
    return add_raw(quipu::kind_of<Event>, quipu::schema_version_of<Event>(), quipu::encode(value));
  }
  log& add_raw(quipu::event_kind kind, std::uint16_t version, quipu::bytes_view payload, std::uint16_t flags = 0,
               quipu::bytes_view extensions = {}) {
    quipu::detail::frame_content content;
    content.kind = kind;
    content.flags = flags;
    content.schema_version = version;
    content.sequence = 1000 + next;
    content.entity_sequence = next;
    content.id = quipu::event_id::from_reading({1'700'000'000'000'000 + static_cast<std::int64_t>(next), 0}, next);
    content.payload = payload;
    content.extensions = extensions;
    const bool internal = (flags & quipu::detail::frame_flags::internal) != 0;
    if (!internal) ++next;
    const bool with_hash = chained && !internal;
    const std::size_t at = data.size();
    data.resize(at + quipu::detail::frame_size(payload.size(), extensions.size(), with_hash));
    quipu::detail::write_frame(data.data() + at, content, with_hash);
    quipu::detail::set_frame_checksum(data.data() + at, 0);
    return *this;
  }

  const std::byte* first() const { return data.data(); }
  const std::byte* last() const { return data.data() + data.size(); }
  quipu::event_view view_of(quipu::detail::frame_view frame) const { return {frame, origin}; }
  quipu::event_view first_view() const { return view_of({first(), chained}); }

  bool chained;
  std::uint64_t next{};
  quipu::bytes data{};
  std::shared_ptr<const no_origin> origin{std::make_shared<const no_origin>()};
};

}  // namespace frames
