// SPDX-License-Identifier: BSL-1.0
//
// commands.hpp: the commands and their options. Each returns its exit code, writes to the context's output, and throws
// `command_failure` or `quipu::error`. Each is defined in the file of its name.
#pragma once

#include "context.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace quipu::tool {

/// Which events a command is about.
struct selection_options {
  std::string entity{};
  std::string prefix{};
  std::string scope{};
  std::vector<std::string> tags{};   ///< all of them
  std::vector<std::string> kinds{};  ///< names or numbers
  std::optional<std::uint64_t> from{};
  std::optional<std::uint64_t> to{};  ///< included
  std::string since{};
  std::string until{};
};

// ---- looking

exit_code info(context& of, const std::string& store);
exit_code head(context& of, const std::string& store);
exit_code segments(context& of, const std::string& store);
exit_code kinds(context& of, const std::string& store);
exit_code cursors(context& of, const std::string& store);
exit_code parked(context& of, const std::string& store, const std::string& cursor);

struct ls_options {
  std::string store{};
  std::string prefix{};
  std::string sort{};  ///< empty: as they appear in the log; or events, name
  std::optional<std::size_t> limit{};
};
exit_code ls(context& of, const ls_options& options);

struct cat_options {
  std::string store{};
  selection_options selected{};
  std::optional<std::size_t> last{};
  bool follow{};
};
exit_code cat(context& of, const cat_options& options);

exit_code show(context& of, const std::string& store, const std::string& event);

struct graph_options {
  std::string store{};
  std::string event{};
  std::string format{"tree"};
};
exit_code graph(context& of, const graph_options& options);

struct stats_options {
  std::string store{};
  std::string by{"kind"};
  selection_options selected{};
  std::size_t limit{20};
};
exit_code stats(context& of, const stats_options& options);

struct state_options {
  std::string store{};
  std::string entity{};
  std::string type{};
  std::optional<std::uint64_t> at{};  ///< a sequence: the state after this event
};
exit_code state(context& of, const state_options& options);
exit_code history(context& of, const state_options& options);

// ---- checking

struct verify_options {
  std::string store{};
  std::string expected_head{};
};
exit_code verify(context& of, const verify_options& options);

struct diff_options {
  std::string left{};
  std::string right{};
  std::size_t limit{20};
};
exit_code diff(context& of, const diff_options& options);

// ---- copying and changing

struct copy_options {
  std::string from{};
  std::string to{};
};
exit_code snapshot(context& of, const copy_options& options);
exit_code salvage(context& of, const copy_options& options);

struct export_options {
  std::string store{};
  std::string file{};  ///< empty: standard output
  selection_options selected{};
};
exit_code export_events(context& of, const export_options& options);
/// `from` is a file of exported events, or `-`.
exit_code import_events(context& of, const copy_options& options);

struct compact_options {
  std::string store{};
  bool drop{};
  bool erase{};
  bool dry_run{};
  selection_options selected{};
};
exit_code compact(context& of, const compact_options& options);

struct cache_options {
  std::string directory{};
  std::string key{};
  bool all{};
};
exit_code cache_ls(context& of, const cache_options& options);
exit_code cache_rm(context& of, const cache_options& options);
exit_code cache_verify(context& of, const cache_options& options);

struct report_options {
  std::string store{};
  std::string file{};
};
exit_code report(context& of, const report_options& options);

}  // namespace quipu::tool
