// SPDX-License-Identifier: BSL-1.0
//
// git_ledger: a git repository's history as events, and what they add up to. README.md, in this folder, tells the
// story.
#include "importer.hpp"
#include "ledger_state.hpp"
#include "options.hpp"
#include "page.hpp"
#include "report.hpp"
#include "verify.hpp"

#include <quipu.hpp>

#include <unistd.h>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <stdexcept>
#include <string>

namespace {

using namespace git_ledger;
namespace fs = std::filesystem;

class stopwatch {
 public:
  [[nodiscard]] double milliseconds() const {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_{std::chrono::steady_clock::now()};
};

progress::style choose_style(const options& chosen) {
  if (chosen.no_progress) return progress::style::none;
  return chosen.force_progress || ::isatty(STDERR_FILENO) == 1 ? progress::style::bar : progress::style::lines;
}

void print_import(const import_summary& added, double seconds) {
  if (added.commits == 0) {
    std::cout << "nothing new to import\n";
    return;
  }
  const double rate = static_cast<double>(added.events) / std::max(seconds, 1e-9);
  std::cout << "imported " << grouped(added.commits) << " commits as " << grouped(added.events) << " events in "
            << std::fixed << std::setprecision(2) << seconds << " s (" << grouped(static_cast<std::uint64_t>(rate))
            << " events/s)\n";
}

/// What the cache saved: the same books from the same log, by a store that has no cache. Throws if they aren't the
/// same.
void compare_with_log(const quipu::config& config, const ledger& cached, double cached_ms) {
  quipu::store store{config};
  const stopwatch fold_time;
  const ledger folded = read_ledger(store);
  const double folded_ms = fold_time.milliseconds();
  const std::uint64_t events = store.stats().events;
  store.close();
  if (folded != cached) throw std::logic_error{"the cache and the log don't have the same books"};

  std::cout << std::fixed << std::setprecision(2) << "\nCache\n"
            << std::setw(12) << cached_ms << "  ms to read the books with it\n"
            << std::setw(12) << folded_ms << "  ms to fold them from the log's " << grouped(events)
            << " events without it\n"
            << std::setw(12) << std::abs(folded_ms - cached_ms)
            << (folded_ms >= cached_ms ? "  ms saved\n"
                                       : "  ms lost: so short a log is folded sooner than a cache is read\n");
}

/// The pictures need more than the books: how they grew. That is folded from the whole log, each time.
void draw_page(const fs::path& file, quipu::store& store, const std::string& name, const ledger& books) {
  const auto everything = quipu::region::all();
  write_page(file, {name, books, store.project<growth_history>(everything), store.project<work_history>(everything)});
}

int run(const options& chosen) {
  const git_repository repository{chosen.path};
  if (!repository.shallow_boundary().empty())
    std::cerr << "note: this is a shallow clone. What came before its first commits is in the files' lines, and in "
                 "nobody's name.\n";

  // In the git directory by default: there it is in nobody's way, and goes when the clone goes.
  const fs::path place =
      chosen.store.empty() ? fs::path{repository.git_directory()} / "quipu-ledger" : fs::path{chosen.store};
  const fs::path events_directory = place / "events";
  const fs::path cache_directory = place / "cache";
  const quipu::config config{.directory = events_directory};
  if (chosen.rebuild) {
    fs::remove_all(events_directory);
    fs::remove_all(cache_directory);
  }
  fs::create_directories(place);

  ledger books;
  double books_ms = 0;
  bool first_import = false;
  {
    quipu::store store{config, quipu::file_cache{cache_directory}};
    first_import = store.stats().events == 0;
    const stopwatch import_time;
    const import_summary added = import_history(store, repository, choose_style(chosen));
    print_import(added, import_time.milliseconds() / 1000);
    const stopwatch books_time;
    books = read_ledger(store);
    books_ms = books_time.milliseconds();
    if (!chosen.report.empty()) draw_page(chosen.report, store, repository.name(), books);
    store.close();
  }

  std::cout << '\n';
  if (chosen.files != 0) print_files(std::cout, books.tree, chosen.files);
  print_authors(std::cout, books.authors, chosen.authors);
  print_busiest(std::cout, books.tree, books.activity, chosen.busiest);

  // At first there was nothing in the cache, and this run has put it there: the next one has something to tell.
  if (!first_import) compare_with_log(config, books, books_ms);
  if (!chosen.report.empty()) std::cout << "\nA page with pictures: " << fs::absolute(chosen.report).string() << '\n';
  if (chosen.verify) std::cout << '\n';
  return !chosen.verify || verify(std::cout, books, repository) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a child that ends early is then a failed write, which is reported
  try {
    const options chosen = parse_options(argc, argv);
    if (chosen.help) {
      std::cout << usage;
      return 0;
    }
    return run(chosen);
  } catch (const usage_error& error) {
    std::cerr << "git_ledger: " << error.what() << "\n\n" << usage;
    return 2;
  } catch (const history_rewritten& error) {
    std::cerr << "git_ledger: " << error.what()
              << ".\nIt was rewritten since (a rebase, an amended commit, a reset, a forced push), or this is another "
                 "repository's ledger.\n"
                 "Events are never taken back: run again with --rebuild to delete this ledger and import everything "
                 "afresh.\n";
    return 3;
  } catch (const std::exception& error) {
    std::cerr << "git_ledger: " << error.what() << '\n';
    return 3;
  }
}
