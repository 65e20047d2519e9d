// SPDX-License-Identifier: BSL-1.0
//
// table.hpp: rows under a line of headings, in columns as wide as their cells.
#pragma once

#include "output.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace quipu::tool {

enum class align { left, right };

struct column {
  std::string heading;
  align side = align::left;
  style look = style::plain;
};

/// How long a table waits for rows before it decides on the widths of its columns.
enum class table_kind {
  whole,     ///< until the end
  streaming  ///< for the first 200 rows, or 50 milliseconds; wider cells move what is right of them
};

/// The last column is cut at the right margin. Rows are lines of an `output`, which throws.
class table {
 public:
  table(output& to, std::vector<column> columns, table_kind kind = table_kind::whole);

  void row(std::vector<std::string> cells);
  /// Writes what was held back. Without rows, writes nothing.
  void finish();

 private:
  void begin();
  void write(const std::vector<std::string>& cells, bool is_heading);

  output& out_;
  std::vector<column> columns_;
  table_kind kind_;
  std::vector<std::vector<std::string>> held_;
  std::vector<std::size_t> widths_;
  bool begun_{};
  std::chrono::steady_clock::time_point made_ = std::chrono::steady_clock::now();
};

}  // namespace quipu::tool
