// SPDX-License-Identifier: BSL-1.0
//
// git_ledger: a git repository's history as events, and what they add up to. README.md, in this folder, tells the story.
#include "importer.hpp"
#include "ledger_state.hpp"
#include "options.hpp"
#include "report.hpp"
#include "verify.hpp"

#include <quipu.hpp>

#include <chrono>
#include <csignal>
#include <exception>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <unistd.h>

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

int run(const options& chosen) {
  const git_repository repository{chosen.path};
  if (!repository.shallow_boundary().empty())
    std::cerr << "note: this is a shallow clone. What came before its first commits is in the files' lines, and in nobody's name.\n";

  // In the git directory by default: there it is in nobody's way, and goes when the clone goes.
  const fs::path place = chosen.store.empty() ? fs::path{repository.git_directory()} / "quipu-ledger" : fs::path{chosen.store};
  const quipu::config config{.directory = place / "events"};
  const fs::path cache_directory = place / "cache";
  if (chosen.rebuild) {
    fs::remove_all(config.directory);
    fs::remove_all(cache_directory);
  }
  fs::create_directories(place);

  ledger books;
  double cached_ms = 0;
  {
    quipu::store store{config, quipu::file_cache{cache_directory}};
    const stopwatch import_time;
    const import_summary added = import_history(store, repository, choose_style(chosen));
    if (added.commits == 0) {
      std::cout << "nothing new to import\n";
    } else {
      const double seconds = import_time.milliseconds() / 1000;
      std::cout << "imported " << grouped(added.commits) << " commits as " << grouped(added.events) << " events in " << std::fixed
                << std::setprecision(2) << seconds << " s (" << grouped(static_cast<std::uint64_t>(static_cast<double>(added.events) / seconds))
                << " events/s)\n";
    }
    const stopwatch projection_time;
    books = read_ledger(store);
    cached_ms = projection_time.milliseconds();
    store.close();
  }

  std::cout << '\n';
  if (chosen.files) print_files(std::cout, books.tree);
  print_authors(std::cout, books.authors, chosen.authors);
  print_busiest(std::cout, books.tree, books.activity, chosen.busiest);

  std::cout << '\n' << cached_ms << " ms\n";
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
              << ".\nIt was rewritten since (a rebase, an amended commit, a reset, a forced push), or this is another repository's ledger.\n"
                 "Events are never taken back: run again with --rebuild to delete this ledger and import everything afresh.\n";
    return 3;
  } catch (const std::exception& error) {
    std::cerr << "git_ledger: " << error.what() << '\n';
    return 3;
  }
}
