// SPDX-License-Identifier: BSL-1.0
//
// table.cpp: see table.hpp.
#include "table.hpp"

#include "text.hpp"

#include <algorithm>
#include <utility>

namespace quipu::tool {
namespace {

constexpr std::size_t held_rows = 200;
constexpr std::chrono::milliseconds held_time{50};
constexpr std::size_t gap = 2;

}  // namespace

table::table(output& to, std::vector<column> columns, table_kind kind)
    : out_{to}, columns_{std::move(columns)}, kind_{kind} {}

void table::row(std::vector<std::string> cells) {
  if (begun_) return write(cells, false);
  held_.push_back(std::move(cells));
  if (kind_ == table_kind::streaming &&
      (held_.size() == held_rows || std::chrono::steady_clock::now() - made_ > held_time))
    begin();
}

void table::finish() {
  if (!begun_ && !held_.empty()) begin();
}

void table::begin() {
  begun_ = true;
  std::vector<std::string> headings;
  for (const column& each : columns_) {
    widths_.push_back(columns_of(each.heading));
    headings.push_back(each.heading);
  }
  for (const auto& cells : held_)
    for (std::size_t index = 0; index < cells.size(); ++index)
      widths_[index] = std::max(widths_[index], columns_of(cells[index]));
  write(headings, true);
  for (const auto& cells : std::exchange(held_, {})) write(cells, false);
}

void table::write(const std::vector<std::string>& cells, bool is_heading) {
  std::string text;
  std::size_t used = 0;
  for (std::size_t index = 0; index < cells.size(); ++index) {
    const bool is_last = index + 1 == cells.size();
    const std::size_t left = out_.width() > used ? out_.width() - used : 0;
    std::string cell = is_last ? cut(cells[index], std::max<std::size_t>(left, 8)) : cells[index];
    const std::size_t own = columns_of(cell);
    const std::size_t fill = widths_[index] > own ? widths_[index] - own : 0;
    const style look = is_heading ? style::faint : columns_[index].look;
    const bool to_right = columns_[index].side == align::right;
    if (to_right) text.append(fill, ' ');
    text += out_.styled(look, std::move(cell));
    if (!is_last) text.append((to_right ? 0 : fill) + gap, ' ');
    used += own + fill + gap;
  }
  const std::size_t end = text.find_last_not_of(' ');
  out_.line(std::string_view{text}.substr(0, end == std::string::npos ? 0 : end + 1));
}

}  // namespace quipu::tool
