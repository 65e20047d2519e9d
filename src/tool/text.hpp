// SPDX-License-Identifier: BSL-1.0
//
// text.hpp: numbers, times and names as people read them. Nothing here has state.
#pragma once

#include "../pictures/markup.hpp"

#include <quipu.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quipu::tool {

/// Replaces control characters, marks that turn the direction of text, and bytes that are not UTF-8 by `\xNN`, so that
/// stored text cannot control a terminal.
[[nodiscard]] std::string printable(std::string_view text);
/// The number of a terminal's columns that printable text takes.
[[nodiscard]] std::size_t columns_of(std::string_view text);
/// At most `columns` columns of a printable text; what is cut off is replaced by `…`.
[[nodiscard]] std::string cut(std::string_view text, std::size_t columns);
/// Appends spaces up to a width.
[[nodiscard]] std::string padded(std::string text, std::size_t columns);

using pictures::grouped;
/// `1,456 B`, `2.4 MiB`.
[[nodiscard]] std::string size_text(std::uint64_t bytes);
/// `1 segment`, `2 segments`; for other plurals than with an s, name it.
[[nodiscard]] std::string counted(std::uint64_t count, std::string_view one, std::string_view many = {});
/// `+0.9 ms`.
[[nodiscard]] std::string pause_text(std::int64_t microseconds);
/// A bar of blocks, 20 columns for a share of 1.
[[nodiscard]] std::string bar(double share);

enum class time_form { time, date, date_time, seconds };
/// The number of the day in UTC, from 1970-01-01 on.
[[nodiscard]] std::int64_t day_of(std::int64_t microseconds);
/// A time in UTC: `23:44:06.224743`, `2026-11-26`, both, or both without fractions and with a `Z`.
[[nodiscard]] std::string time_text(std::int64_t microseconds, time_form form);
/// A duration before `now_us` (`90s 30m 1h 7d`, at most 99,999,999 of a unit), or a time in UTC: `2026-11-26`,
/// `2026-11-26T23:44`, `2026-11-26T23:44:06Z`, with a space in place of the T. Nothing for other texts.
[[nodiscard]] std::optional<std::int64_t> parse_time(std::string_view text, std::int64_t now_us);

/// The first digits of a hash: `037a128a…`.
[[nodiscard]] std::string short_hash(const digest& hash);

}  // namespace quipu::tool
