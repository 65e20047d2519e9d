// SPDX-License-Identifier: BSL-1.0
//
// run.cpp: the command from its arguments to its exit code.
#include "command_line.hpp"
#include "output.hpp"
#include "text.hpp"

#include <fmt/format.h>

#include <csignal>
#include <new>

namespace quipu::tool {
namespace {

exit_code code_of(const error& failure) {
  return failure.code() == errc::corrupt ? exit_code::found : exit_code::unusable;
}

/// Tells why a command ended: on standard error, and in the answer of a command that answers with one JSON object.
exit_code give_up(context& of, exit_code code, const std::string& why) {
  of.out.clear_progress();
  of.diagnose(why);
  if (!of.is_list) of.answer(code, "null");
  of.out.flush();
  return code;
}

exit_code run_command(context& of, const parsed_command& command) {
  try {
    of.take_names();
    const exit_code code = command.run(of);
    of.out.flush();
    return code;
  } catch (const command_failure& failure) {
    return give_up(of, failure.code(), failure.what());
  } catch (const error& failure) {
    return give_up(of, code_of(failure), text_of(failure));
  } catch (const pipe_closed&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& failure) {
    return give_up(of, exit_code::unusable, failure.what());
  }
}

exit_code run_all(context& of, int argc, const char* const* argv) {
  const parsed_command command = parse_command_line(argc, argv, of);
  if (!command.problem.empty()) {
    of.out.complain(command.problem);
    write_to_standard_error("quipu --help describes the command.\n");
    return exit_code::unusable;
  }
  of.out.configure(of.options.width, of.options.color);
  if (command.run) return run_command(of, command);
  std::string_view text = command.text;
  while (text.ends_with('\n')) text.remove_suffix(1);
  of.out.line(text);
  of.out.flush();
  return exit_code::fine;
}

}  // namespace

int run(int argc, const char* const* argv, const vocabulary& types) {
  // A closed pipe and a limit of the files' size are errors of writing, which end the command in order.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  output out;
  context of{out, types};
  try {
    return static_cast<int>(run_all(of, argc, argv));
  } catch (const pipe_closed&) {
    return static_cast<int>(exit_code::fine);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& failure) {
    // Standard output itself failed.
    write_to_standard_error(fmt::format("quipu: {}\n", printable(failure.what())));
    return static_cast<int>(exit_code::unusable);
  }
}

}  // namespace quipu::tool
