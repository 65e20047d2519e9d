// SPDX-License-Identifier: BSL-1.0
//
// context.hpp: what all commands have in common: the output, the options that each command takes, the names of the
// program's types, and the problems that were found on the way.
#pragma once

#include "json.hpp"
#include "output.hpp"

#include <quipu/tool.hpp>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace quipu::tool {

/// The exit codes of the command.
enum class exit_code : int {
  fine = 0,          ///< also when the reader of standard output has closed it
  found = 1,         ///< damage or a difference was found
  unusable = 2,      ///< wrong usage, or there is no store that can be read
  key_missing = 3,   ///< the chain has a key, and none was given
  another_head = 4,  ///< the log's head is not the expected one
};

/// Ends a command with an exit code and a sentence.
class command_failure : public std::runtime_error {
 public:
  command_failure(exit_code code, const std::string& why) : std::runtime_error{why}, code_{code} {}
  [[nodiscard]] exit_code code() const noexcept { return code_; }

 private:
  exit_code code_;
};

struct common_options {
  bool json{};
  std::optional<std::size_t> width{};
  color_choice color{color_choice::automatic};
  std::string key_file{};
  std::vector<std::string> names{};  ///< `0xF001=paid`
};

class context {
 public:
  context(output& to, const vocabulary& known) : out{to}, types{known} {}

  /// Damage that was found and read over. It is told on standard error, is among the diagnostics of `answer`, and makes
  /// the exit code 1.
  void diagnose(const std::string& problem);
  [[nodiscard]] const std::vector<std::string>& diagnostics() const noexcept { return diagnostics_; }
  [[nodiscard]] exit_code code() const noexcept { return diagnostics_.empty() ? exit_code::fine : exit_code::found; }

  /// Writes the answer of a command that has one JSON object, where --json was given. `data` is JSON.
  void answer(exit_code code, std::string_view data);

  /// The name of a kind: of the program's type, or as --name says, or its number.
  [[nodiscard]] std::string name_of(event_kind kind) const;
  /// The kind with a number, or with a name of the program's types or of --name.
  [[nodiscard]] std::optional<event_kind> find_kind(const std::string& text) const;
  /// Takes the names of --name. Throws `command_failure`.
  void take_names();
  /// The secret in --key-file. Throws `command_failure`.
  [[nodiscard]] std::optional<digest> chain_key() const;

  output& out;
  const vocabulary& types;
  common_options options{};
  std::string command{};
  bool is_list{};  ///< whether the command's JSON is a line for each item, and not one object

 private:
  std::vector<event_name> names_;
  std::vector<std::string> diagnostics_;
};

/// What an error says, without the name `quipu`, which the command puts before its messages.
[[nodiscard]] std::string text_of(const error& failure);

/// The configuration to read a store with.
[[nodiscard]] config reading_settings(const context& of, const std::string& directory);

}  // namespace quipu::tool
