// SPDX-License-Identifier: BSL-1.0
//
// options.hpp: the command line.
#pragma once

#include <charconv>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>

namespace git_ledger {

inline constexpr std::string_view usage =
    "usage: git_ledger [PATH] [options]\n"
    "\n"
    "Imports the history of the git repository at PATH (default: the one you are in) into an event store,\n"
    "and prints what adds up: the files at HEAD with their lines, the authors, the busiest files.\n"
    "Run again, it imports only what is new.\n"
    "\n"
    "  --store DIR     where the events and the cache are (default: quipu-ledger in the git directory)\n"
    "  --report FILE   write a page with pictures, one HTML file; FILE.svg: the main ones as one picture\n"
    "  --verify        compare with git, file by file; exit code 1 where they disagree\n"
    "  --files N|all   how many of the biggest files to print (default 20); all: every file, by path\n"
    "  --authors N     how many authors to print (default 20)\n"
    "  --busiest N     how many of the busiest files to print (default 20)\n"
    "  --no-files      don't print files at all\n"
    "  --progress      draw the progress bar even if standard error isn't a terminal\n"
    "  --no-progress   no progress at all\n"
    "  --rebuild       delete the ledger in the store's directory and import everything again,\n"
    "                  which is what it takes after the history of HEAD was rewritten\n"
    "  --help          this text\n"
    "\n"
    "exit code: 0 done, 1 --verify disagrees, 2 a wrong command line, 3 git or the store failed\n";

class usage_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct options {
  std::string path{"."};
  std::string store;  ///< empty: in the git directory
  bool verify{};
  std::string report;  ///< empty: none
  bool rebuild{};
  bool help{};
  bool force_progress{};
  bool no_progress{};
  std::size_t files{20};
  std::size_t authors{20};
  std::size_t busiest{20};
};

/// Throws `usage_error`.
[[nodiscard]] inline options parse_options(int argc, char** argv) {
  options chosen;
  bool have_path = false;
  for (int index = 1; index < argc; ++index) {
    const std::string_view word{argv[index]};
    const auto value = [&]() -> std::string_view {
      if (++index == argc) throw usage_error{std::string{word} + " needs a value"};
      return argv[index];
    };
    const auto number_in = [&](std::string_view text) {
      std::size_t parsed = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parsed);
      if (error != std::errc{} || end != text.data() + text.size())
        throw usage_error{std::string{word} + " needs a number, not '" + std::string{text} + "'"};
      return parsed;
    };
    const auto number = [&] { return number_in(value()); };
    if (word == "--store") {
      chosen.store = value();
      if (chosen.store.empty()) throw usage_error{"--store needs a directory"};
    } else if (word == "--verify") {
      chosen.verify = true;
    } else if (word == "--authors") {
      chosen.authors = number();
    } else if (word == "--busiest") {
      chosen.busiest = number();
    } else if (word == "--no-files") {
      chosen.files = 0;
    } else if (word == "--files") {
      const std::string_view text = value();
      chosen.files = text == "all" ? std::numeric_limits<std::size_t>::max() : number_in(text);
    } else if (word == "--report") {
      chosen.report = value();
      if (chosen.report.empty()) throw usage_error{"--report needs a file"};
    } else if (word == "--progress") {
      chosen.force_progress = true;
    } else if (word == "--no-progress") {
      chosen.no_progress = true;
    } else if (word == "--rebuild") {
      chosen.rebuild = true;
    } else if (word == "--help" || word == "-h") {
      chosen.help = true;
    } else if (word.starts_with("-") && word != "-") {
      throw usage_error{"unknown option " + std::string{word}};
    } else if (have_path) {
      throw usage_error{"one path, not two: '" + chosen.path + "' and '" + std::string{word} + "'"};
    } else {
      chosen.path = word;
      have_path = true;
    }
  }
  return chosen;
}

}  // namespace git_ledger
