// SPDX-License-Identifier: BSL-1.0
//
// command_line.hpp: the commands, their options and their help.
#pragma once

#include "commands.hpp"

#include <functional>

namespace quipu::tool {

/// A command that was read from a command line, ready to run; or what to do instead.
struct parsed_command {
  std::function<exit_code(context&)> run{};  ///< empty if there is nothing to run
  std::string text{};                        ///< help or version, for standard output
  std::string problem{};                     ///< wrong usage, for standard error
};

/// Reads the command line into `to.options` and `to.command`.
[[nodiscard]] parsed_command parse_command_line(int argc, const char* const* argv, context& to);

/// The names of all commands, with a space before inner ones; for completion.
[[nodiscard]] std::string completion_script(const std::string& program);

}  // namespace quipu::tool
