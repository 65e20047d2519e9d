// SPDX-License-Identifier: BSL-1.0
//
// page.cpp: chooses what is drawn. The drawing itself is in src/pictures, as for `quipu report`.
#include "page.hpp"

#include "report.hpp"

#include "../../src/pictures/charts.hpp"

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <utility>
#include <vector>

namespace git_ledger {
namespace {

namespace draw = quipu::pictures;

constexpr std::int64_t second_us = 1'000'000;
constexpr std::size_t most_rows = 20;

std::string shown(std::string_view text) { return draw::escaped(printable(text)); }

draw::time_axis axis_of(hour_s first, hour_s last) {
  constexpr std::int64_t most_steps = 100;
  return {first * second_us, last * second_us, most_steps};
}

/// The first two folders of a path, which say which part of a project a file belongs to.
std::string folder_of(const std::string& path) {
  const std::size_t first = path.find('/');
  if (first == std::string::npos) return "(top)";
  const std::size_t second = path.find('/', first + 1);
  return path.substr(0, second == std::string::npos ? first : second);
}

struct folder {
  std::string path;
  std::uint64_t files{};
  std::uint64_t lines{};
};

/// Most lines first.
std::vector<folder> biggest_folders(const working_tree& tree) {
  std::map<std::string, folder> found;
  for (const auto& [path, file] : tree.files) {
    folder& at = found[folder_of(path)];
    ++at.files;
    at.lines += file.lines;
  }
  std::vector<folder> rows;
  for (auto& [path, at] : found) rows.push_back({path, at.files, at.lines});
  std::sort(rows.begin(), rows.end(), [](const folder& left, const folder& right) {
    return left.lines != right.lines ? left.lines > right.lines : left.path < right.path;
  });
  if (rows.size() > most_rows) rows.resize(most_rows);
  return rows;
}

std::uint64_t lines_of(const working_tree& tree) {
  std::uint64_t lines = 0;
  for (const auto& [path, file] : tree.files) lines += file.lines;
  return lines;
}

// ---- files and lines over time

struct growth_steps {
  draw::time_axis axis;
  std::vector<draw::chart_step> files;
  std::vector<draw::chart_step> lines;
};

/// A step without a commit has what the step before it has.
growth_steps steps_of(const growth_history& growth) {
  growth_steps steps;
  // Commits before the first one with a date have none.
  const auto begin = growth.by_hour.upper_bound(0);
  if (begin == growth.by_hour.end()) return steps;
  steps.axis = axis_of(begin->first, growth.by_hour.rbegin()->first);
  auto next = begin;
  growth_history::size now;
  for (std::size_t index = 0; index < steps.axis.size(); ++index) {
    for (; next != growth.by_hour.end() && steps.axis.index_of(next->first * second_us) == index; ++next)
      now = next->second;
    steps.files.push_back({steps.axis.label(index), {now.files}});
    steps.lines.push_back({steps.axis.label(index), {now.lines}});
  }
  return steps;
}

std::string growth_numbers(const growth_steps& steps) {
  draw::html_table rows{{"until the end of", "files", "lines"}};
  for (std::size_t index = 0; index < steps.files.size(); ++index)
    rows.row(steps.files[index].label, {grouped(steps.files[index].parts[0]), grouped(steps.lines[index].parts[0])});
  return rows.str();
}

std::string growth_section(const pictured_ledger& of) {
  const growth_steps steps = steps_of(of.growth);
  if (steps.files.empty()) return {};
  return draw::section("Files and lines over time",
                       "On the way that led to HEAD; each step is " + steps.axis.step_text() + ".") +
         "<h3>Lines</h3>" + draw::wide(draw::area_chart("lines over time", steps.lines, "line")) + "<h3>Files</h3>" +
         draw::wide(draw::area_chart("files over time", steps.files, "file", 2)) +
         draw::folded("The steps as numbers", growth_numbers(steps));
}

// ---- authors

using author_row = std::pair<std::string, author_table::author>;

/// Most commits first.
std::vector<author_row> authors_by_commits(const author_table& table) {
  std::vector<author_row> rows(table.authors.begin(), table.authors.end());
  std::sort(rows.begin(), rows.end(), [](const author_row& left, const author_row& right) {
    const std::uint64_t more = left.second.commits + left.second.merges;
    const std::uint64_t less = right.second.commits + right.second.merges;
    return more != less ? more > less : left.first < right.first;
  });
  return rows;
}

/// The commits of each step by author; those without a colour of their own are one series.
std::vector<draw::chart_step> commit_steps(const work_history& work, const std::vector<author_row>& authors) {
  std::map<std::string, std::size_t> series;
  for (std::size_t index = 0; index < authors.size(); ++index)
    series[authors[index].first] = std::min(index, draw::series_colors);
  const draw::time_axis axis = axis_of(work.commits.begin()->first, work.commits.rbegin()->first);
  std::vector<draw::chart_step> steps(axis.size());
  for (std::size_t index = 0; index < steps.size(); ++index)
    steps[index] = {axis.label(index), std::vector<std::uint64_t>(draw::series_colors + 1)};
  for (const auto& [hour, by_author] : work.commits)
    for (const auto& [email, commits] : by_author)
      steps[axis.index_of(hour * second_us)].parts[series.at(email)] += commits;
  return steps;
}

std::string author_section(const pictured_ledger& of) {
  const std::vector<author_row> authors = authors_by_commits(of.books.authors);
  if (authors.empty()) return {};
  std::vector<std::string> names;
  draw::html_table rows{{"author", "commits", "merges", "lines added", "lines removed", ""}};
  const std::uint64_t most = authors.front().second.commits + authors.front().second.merges;
  for (std::size_t index = 0; index < std::min(authors.size(), most_rows); ++index) {
    const author_table::author& who = authors[index].second;
    if (index < draw::series_colors) names.push_back(printable(who.name));
    rows.row(draw::color_key(index) + shown(who.name),
             {grouped(who.commits), grouped(who.merges), grouped(who.lines_added), grouped(who.lines_removed)},
             draw::share_bar(draw::share_of(who.commits + who.merges, most), index));
  }
  names.resize(draw::series_colors);
  names.emplace_back("others");
  std::string about = "Commits over time by author.";
  if (authors.size() > most_rows)
    about += " The table has the " + grouped(most_rows) + " of " + grouped(authors.size()) + " with the most commits.";
  std::string out = draw::section("Authors", about);
  if (of.work.commits.empty()) return out + rows.str();
  const std::vector<draw::chart_step> steps = commit_steps(of.work, authors);
  return out + draw::wide(draw::column_chart("commits over time, by author", names, steps)) + rows.str() +
         draw::folded("The columns as numbers", draw::step_numbers("commits", steps));
}

draw::week_hours hours_of(const work_history& work) {
  draw::week_hours hours{};
  for (const auto& [hour, by_author] : work.commits)
    for (const auto& [email, commits] : by_author) draw::count_hour(hours, hour * second_us, commits);
  return hours;
}

std::string week_section(const pictured_ledger& of) {
  const draw::week_hours hours = hours_of(of.work);
  return draw::section("Hours of the week", "Commits by weekday and hour, in UTC; a fuller square has more.") +
         draw::wide(draw::week_chart("commits by weekday and hour", hours, "commit")) +
         draw::folded("The squares as numbers", draw::week_numbers(hours));
}

// ---- what is there

std::string folder_section(const pictured_ledger& of) {
  const std::vector<folder> folders = biggest_folders(of.books.tree);
  if (folders.empty()) return {};
  draw::html_table rows{{"folder", "files", "lines", "share", ""}};
  const std::uint64_t all = lines_of(of.books.tree);
  for (const folder& each : folders)
    rows.row(shown(each.path), {grouped(each.files), grouped(each.lines), draw::percent(each.lines, all)},
             draw::share_bar(draw::share_of(each.lines, folders.front().lines)));
  return draw::section("Biggest folders", "Those with the most lines at HEAD, two folders deep.") + rows.str();
}

std::string busiest_section(const pictured_ledger& of) {
  const auto rows = busiest_files(of.books.tree, of.books.activity, most_rows);
  if (rows.empty()) return {};
  draw::html_table table{{"file", "changes", "lines added", "lines removed", ""}};
  for (const auto* row : rows)
    table.row(shown(row->first),
              {grouped(row->second.changes), grouped(row->second.lines_added), grouped(row->second.lines_removed)},
              draw::share_bar(draw::share_of(row->second.changes, rows.front()->second.changes)));
  return draw::section("Busiest files", "The files at HEAD that most commits changed.") + table.str();
}

std::string html_of(const pictured_ledger& of) {
  const ledger& books = of.books;
  std::string body = "<h1>" + shown(of.name) + "</h1>\n<p>at commit <code>" +
                     (books.position.tip.empty() ? "none" : shown(books.position.tip)) + "</code></p>\n";
  body += draw::figures({{grouped(books.position.commits), "commits"},
                         {grouped(books.authors.authors.size()), "authors"},
                         {grouped(books.tree.files.size()), "files"},
                         {grouped(lines_of(books.tree)), "lines"}});
  body += growth_section(of) + author_section(of);
  if (!of.work.commits.empty()) body += week_section(of);
  body += folder_section(of) + busiest_section(of);
  return draw::html_page(printable(of.name), body);
}

// ---- one picture

std::string svg_of(const pictured_ledger& of) {
  constexpr int half_width = 444;
  constexpr std::size_t folders_shown = 7;
  std::vector<draw::named_number> folders;
  for (const folder& each : biggest_folders(of.books.tree))
    if (folders.size() < folders_shown) folders.push_back({printable(each.path), each.lines});
  const growth_steps steps = steps_of(of.growth);
  return draw::picture_file(
      "lines over time, hours of the week and biggest folders of " + printable(of.name),
      {{"Lines over time", draw::area_chart("lines over time", steps.lines, "line"), true},
       {"Commits by weekday and hour (UTC)",
        draw::week_chart("commits by weekday and hour", hours_of(of.work), "commit", 16), false},
       {"Lines in the biggest folders", draw::bar_chart("lines in the biggest folders", folders, half_width), false}});
}

}  // namespace

void write_page(const std::filesystem::path& file, const pictured_ledger& of) {
  std::ofstream out{file, std::ios::binary | std::ios::trunc};
  out << (file.extension() == ".svg" ? svg_of(of) : html_of(of));
  out.close();
  if (!out) throw std::runtime_error{"cannot write " + file.string()};
}

}  // namespace git_ledger
