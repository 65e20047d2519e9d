// SPDX-License-Identifier: BSL-1.0
//
// report.cpp: three tables.
#include "report.hpp"

#include <algorithm>
#include <iomanip>
#include <ostream>
#include <vector>

namespace git_ledger {
namespace {

/// The length of the printable UTF-8 sequence of two to four bytes at `at`; 0 where there is none.
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t index) {
    return index < text.size() ? static_cast<unsigned char>(text[index]) : 0U;
  };
  const unsigned lead = byte(at);
  const std::size_t length = lead >= 0xC2 && lead <= 0xDF   ? 2
                             : lead >= 0xE0 && lead <= 0xEF ? 3
                             : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                            : 0;
  for (std::size_t index = 1; index < length; ++index) {
    if ((byte(at + index) & 0xC0U) != 0x80U) return 0;
  }
  const unsigned second = byte(at + 1);
  const bool refused =
      (lead == 0xC2 && second < 0xA0) ||                                                 // control characters
      (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90) ||              // longer than needed
      (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F) ||              // not characters
      (lead == 0xE2 && second == 0x80 && byte(at + 2) >= 0xA8 && byte(at + 2) <= 0xAE);  // line breaks, direction
  return refused ? 0 : length;
}

/// The first `limit` of `rows` by `before`; the others are dropped.
template <class Row, class Before>
void keep_first(std::vector<Row>& rows, std::size_t limit, Before before) {
  const std::size_t kept = std::min(limit, rows.size());
  std::partial_sort(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(kept), rows.end(), before);
  rows.resize(kept);
}

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  bool quoted = !text.empty() && (text.front() == ' ' || text.back() == ' ');
  for (std::size_t at = 0; at < text.size();) {
    const char letter = text[at];
    if (const std::size_t length = utf8_length(text, at); length > 0) {
      shown.append(text.substr(at, length));
      at += length;
      continue;
    }
    ++at;
    if (letter >= ' ' && letter <= '~' && letter != '"' && letter != '\\') {
      shown.push_back(letter);
      continue;
    }
    quoted = true;
    shown.push_back('\\');
    if (letter == '"' || letter == '\\') {
      shown.push_back(letter);
    } else if (letter == '\n' || letter == '\t') {
      shown.push_back(letter == '\n' ? 'n' : 't');
    } else {
      const auto value = static_cast<unsigned char>(letter);
      for (const int shift : {6, 3, 0}) shown.push_back(static_cast<char>('0' + ((value >> shift) & 7)));
    }
  }
  return quoted ? '"' + shown + '"' : shown;
}

void print_files(std::ostream& out, const working_tree& tree, std::size_t limit) {
  std::vector<decltype(tree.files)::const_pointer> rows;
  std::uint64_t lines = 0;
  std::uint64_t text_files = 0;
  for (const auto& row : tree.files) {
    rows.push_back(&row);
    lines += row.second.lines;
    text_files += row.second.now == content::text;
  }
  const std::size_t total = rows.size();
  if (limit < total)
    keep_first(rows, limit, [](const auto* left, const auto* right) {
      return left->second.lines != right->second.lines ? left->second.lines > right->second.lines
                                                       : left->first < right->first;
    });
  out << (limit < total ? "Biggest files (" + grouped(rows.size()) + " of " + grouped(total) + ")\n" : "Files\n")
      << std::setw(12) << "lines"
      << "  path\n";
  for (const auto* row : rows) {
    const working_tree::file& file = row->second;
    const std::string shown = file.now == content::text     ? grouped(file.lines)
                              : file.now == content::binary ? "binary"
                                                            : "submodule";
    out << std::setw(12) << shown << "  " << printable(row->first) << '\n';
  }
  if (rows.size() < total)
    out << std::setw(12) << "..."
        << "  and " << grouped(total - rows.size()) << " more\n";
  out << std::setw(12) << grouped(lines) << "  in " << grouped(text_files) << " text files of " << grouped(total)
      << " files\n";
}

void print_authors(std::ostream& out, const author_table& table, std::size_t limit) {
  std::vector<decltype(table.authors)::const_pointer> rows;
  for (const auto& row : table.authors) rows.push_back(&row);
  const std::size_t total = rows.size();
  keep_first(rows, limit, [](const auto* left, const auto* right) {
    const std::uint64_t more = left->second.commits + left->second.merges;
    const std::uint64_t less = right->second.commits + right->second.merges;
    return more != less ? more > less : left->first < right->first;
  });
  out << "\nAuthors (" << rows.size() << " of " << grouped(total) << ")\n"
      << std::setw(12) << "commits" << std::setw(12) << "merges" << std::setw(14) << "lines added" << std::setw(16)
      << "lines removed"
      << "  author\n";
  for (const auto* row : rows) {
    const author_table::author& who = row->second;
    out << std::setw(12) << grouped(who.commits) << std::setw(12) << grouped(who.merges) << std::setw(14)
        << grouped(who.lines_added) << std::setw(16) << grouped(who.lines_removed) << "  " << printable(who.name)
        << " <" << printable(row->first) << ">\n";
  }
}

std::vector<decltype(file_activity::paths)::const_pointer> busiest_files(const working_tree& tree,
                                                                         const file_activity& activity,
                                                                         std::size_t limit) {
  std::vector<decltype(activity.paths)::const_pointer> rows;
  for (const auto& row : activity.paths) {
    if (tree.files.contains(row.first)) rows.push_back(&row);
  }
  keep_first(rows, limit, [](const auto* left, const auto* right) {
    return left->second.changes != right->second.changes ? left->second.changes > right->second.changes
                                                         : left->first < right->first;
  });
  return rows;
}

void print_busiest(std::ostream& out, const working_tree& tree, const file_activity& activity, std::size_t limit) {
  const auto rows = busiest_files(tree, activity, limit);
  out << "\nBusiest files (" << rows.size() << " of " << grouped(tree.files.size()) << ")\n"
      << std::setw(12) << "changes" << std::setw(14) << "lines added" << std::setw(16) << "lines removed"
      << "  path\n";
  for (const auto* row : rows) {
    const file_activity::activity& done = row->second;
    out << std::setw(12) << grouped(done.changes) << std::setw(14) << grouped(done.lines_added) << std::setw(16)
        << grouped(done.lines_removed) << "  " << printable(row->first) << '\n';
  }
}

}  // namespace git_ledger
