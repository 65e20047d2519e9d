// SPDX-License-Identifier: BSL-1.0
//
// command_line.cpp: see command_line.hpp. The only file that knows CLI11.
#include "command_line.hpp"

#include "examples.hpp"
#include "text.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <memory>
#include <sstream>

namespace quipu::tool {
namespace {

/// The options of all commands; of each command line one is used.
struct all_options {
  std::string store;
  std::string cursor;
  std::string event;
  std::string word;
  ls_options ls;
  cat_options cat;
  graph_options graph;
  stats_options stats;
  state_options state;
  verify_options verify;
  diff_options diff;
  copy_options copy;
  export_options exported;
  compact_options compact;
  cache_options cache;
  report_options report;
};

/// The commands whose JSON is a line for each item.
constexpr std::string_view lists[] = {"ls",    "cat",     "segments", "kinds",    "cursors", "parked",
                                      "stats", "history", "export",   "cache ls", "examples"};

constexpr const char* store_help = "The store's directory";

struct number_range {
  std::uint64_t least{}, most{};
};
constexpr number_range sequences{0, std::numeric_limits<std::uint64_t>::max()};
constexpr number_range counts{0, 4'294'967'295};
constexpr number_range widths{1, 65'535};

/// An option that takes a whole number of a range; other texts are wrong usage. CLI11's own conversion takes `-1` and
/// numbers that are too large for others.
template <class Number>
CLI::Option* add_number(CLI::App* to, const std::string& name, Number& number, const number_range& range,
                        const std::string& help) {
  const std::string own = name.substr(name.find("--"));
  const auto take = [&number, range, own](const std::string& text) {
    std::uint64_t given = 0;
    const auto [stop, problem] = std::from_chars(text.data(), text.data() + text.size(), given);
    const bool is_number = problem == std::errc{} && stop == text.data() + text.size();
    if (!is_number || given < range.least || given > range.most)
      throw CLI::ValidationError{fmt::format("{} {}", own, printable(text)),
                                 fmt::format("must be a whole number from {} to {}", range.least, range.most)};
    number = given;
  };
  return to->add_option_function<std::string>(name, take, help)->type_name("N");
}

/// Refuses options whose value is an empty text, as a script has it where a variable is not set: such a value would
/// select nothing less than everything. An argument may be empty.
void refuse_empty_values(CLI::App& of) {
  const auto problem_of = [](const std::string& text) { return std::string{text.empty() ? "must not be empty" : ""}; };
  for (CLI::Option* each : of.get_options())
    if (!each->get_positional() && each->get_expected_max() > 0) each->check(problem_of);
  for (CLI::App* each : of.get_subcommands({})) refuse_empty_values(*each);
}

/// Builds the grammar. What a command does is put into `run` when it is read.
class grammar {
 public:
  using action = std::function<exit_code(context&)>;

  explicit grammar(context& to) : to_{to}, common_{to.options} {
    app.fallthrough();
    app.require_subcommand(0, 1);
    app.set_version_flag("--version", fmt::format("quipu {}.{}.{}, file format {}", version.major, version.minor,
                                                  version.patch, format_version));
    app.footer(
        "quipu COMMAND --help describes a command. Only snapshot, export, salvage, report, import, compact and cache "
        "rm\n"
        "write, and only import and compact into a store; the others take no lock and may run while it is in use.\n\n"
        "  quipu info shop                          what is in it\n"
        "  quipu cat shop --entity order:1001       the events of an entity\n"
        "  quipu cat shop --last 10 -f              the latest events, and those that come\n"
        "  quipu graph shop 4                       what caused event 4, and what it caused\n"
        "  quipu verify shop --expect-head HEX      whether it is what it was");
    add_common();
    add_looking();
    add_listing();
    add_states();
    add_checking();
    add_copying();
    add_cache();
    CLI::App* const sheet =
        add(app, "examples", "Prints what to do for what", [this](context& of) { return examples(of, given_.word); });
    sheet->add_option("WORD", given_.word, "Only lines that contain it")->type_name("");
    refuse_empty_values(app);
  }

  CLI::App app{"Looks into quipu event stores.", "quipu"};
  action run;

 private:
  void add_common() {
    app.add_flag("--json", common_.json, "JSON: lists as one object a line, other answers as one object");
    add_number(&app, "--width", common_.width, widths, "Columns of a line (default: the terminal's)");
    const auto take_color = [this](const std::string& text) {
      common_.color = text == "auto"     ? color_choice::automatic
                      : text == "always" ? color_choice::always
                                         : color_choice::never;
    };
    app.add_option_function<std::string>("--color", take_color, "Colours (default: auto)")
        ->type_name("WHEN")
        ->check(CLI::IsMember({"auto", "always", "never"}));
    app.add_option("--key-file", common_.key_file, "The secret of a chain with a key: 32 bytes, or 64 hex digits")
        ->type_name("FILE");
    app.add_option("--name", common_.names, "A name for a kind, as 0xF001=paid; may be repeated")
        ->type_name("KIND=NAME")
        ->allow_extra_args(false);
  }

  CLI::App* add(CLI::App& to, const char* name, const char* help, action what) {
    CLI::App* const made = to.add_subcommand(name, help);
    const std::string whole = &to == &app ? name : to.get_name() + " " + name;
    made->fallthrough();
    made->callback([this, whole, what = std::move(what)] {
      to_.command = whole;
      to_.is_list = std::find(std::begin(lists), std::end(lists), whole) != std::end(lists);
      run = what;
    });
    return made;
  }
  static void needs_store(CLI::App* to, std::string& store) {
    to->add_option("STORE", store, store_help)->required()->type_name("");
  }

  static void add_selection(CLI::App* to, selection_options& options) {
    CLI::Option* const entity = to->add_option("-e,--entity", options.entity, "Only of this entity");
    entity->type_name("NAME");
    to->add_option("--prefix", options.prefix, "Only of entities whose name begins so")
        ->type_name("TEXT")
        ->excludes(entity);
    to->add_option("--scope", options.scope, "Only in this scope")->type_name("NAME");
    to->add_option("--tag", options.tags, "Only with this tag; may be repeated, for events that have all of them")
        ->type_name("TEXT")
        ->allow_extra_args(false);
    to->add_option("-k,--kind", options.kinds, "Only of this kind; may be repeated")
        ->type_name("KIND")
        ->allow_extra_args(false);
    add_number(to, "--from", options.from, sequences, "Only from this sequence on");
    add_number(to, "--to", options.to, sequences, "Only up to this sequence, included");
    to->parse_complete_callback([&options] {
      if (options.from && options.to && *options.from > *options.to)
        throw CLI::ValidationError{fmt::format("--from {} --to {}", *options.from, *options.to),
                                   "the first sequence is behind the last"};
    });
    to->add_option("--since", options.since, "Only younger ones: 90s 30m 1h 7d, or a time in UTC")->type_name("WHEN");
    to->add_option("--until", options.until, "Only older ones")->type_name("WHEN");
  }

  /// A command that takes a store and nothing else.
  void add_simple(const char* name, const char* help, exit_code (*command)(context&, const std::string&)) {
    needs_store(add(app, name, help, [this, command](context& of) { return command(of, given_.store); }), given_.store);
  }

  void add_looking() {
    add_simple("info", "What a store is, and how much is in it", &info);
    add_simple("head", "The hash over all events; kept elsewhere, it shows later whether the log was altered", &head);
    add_simple("segments", "The files of the log", &segments);
    add_simple("kinds", "The kinds of events, and their shapes", &kinds);
    add_simple("cursors", "Named cursors, and how far they are behind", &cursors);
    CLI::App* const made = add(app, "parked", "Events that workers could not handle",
                               [this](context& of) { return parked(of, given_.store, given_.cursor); });
    needs_store(made, given_.store);
    made->add_option("CURSOR", given_.cursor, "Only of this cursor")->type_name("");
  }

  void add_listing() {
    CLI::App* made = add(app, "ls", "The entities", [this](context& of) { return ls(of, given_.ls); });
    needs_store(made, given_.ls.store);
    made->add_option("PREFIX", given_.ls.prefix, "Only those whose name begins so")->type_name("");
    made->add_option("--sort", given_.ls.sort, "events (most first) or name; default: as they appear in the log")
        ->type_name("BY")
        ->check(CLI::IsMember({"events", "name"}));
    add_number(made, "--limit", given_.ls.limit, counts, "At most so many");

    made = add(app, "cat", "Events, one a line", [this](context& of) { return cat(of, given_.cat); });
    needs_store(made, given_.cat.store);
    add_selection(made, given_.cat.selected);
    add_number(made, "-n,--last", given_.cat.last, counts, "Only the last N of them");
    made->add_flag("-f,--follow", given_.cat.follow, "Goes on with events that are appended");

    made =
        add(app, "show", "All about one event", [this](context& of) { return show(of, given_.store, given_.event); });
    needs_store(made, given_.store);
    made->add_option("EVENT", given_.event, "Its sequence, or its id")->required()->type_name("");

    made = add(app, "graph", "The conversation of an event, as causes and effects",
               [this](context& of) { return graph(of, given_.graph); });
    needs_store(made, given_.graph.store);
    made->add_option("EVENT", given_.graph.event, "A sequence or an id")->required()->type_name("");
    made->add_option("--format", given_.graph.format, "tree, dot, mermaid or svg (default: tree)")
        ->type_name("FORMAT")
        ->check(CLI::IsMember({"tree", "dot", "mermaid", "svg"}));

    made = add(app, "stats", "How many events there are, and the size of their payloads",
               [this](context& of) { return stats(of, given_.stats); });
    needs_store(made, given_.stats.store);
    made->add_option("--by", given_.stats.by, "kind, entity, scope or day (default: kind)")
        ->type_name("WHAT")
        ->check(CLI::IsMember({"kind", "entity", "scope", "day"}));
    add_number(made, "--limit", given_.stats.limit, counts, "At most so many rows (default: 20)");
    add_selection(made, given_.stats.selected);
  }

  void add_state_command(const char* name, const char* help, exit_code (*command)(context&, const state_options&)) {
    CLI::App* const made = add(app, name, help, [this, command](context& of) { return command(of, given_.state); });
    needs_store(made, given_.state.store);
    made->add_option("ENTITY", given_.state.entity, "The entity")->required()->type_name("");
    made->add_option("--type", given_.state.type, "Only states of this type")->type_name("TYPE");
    add_number(made, "--at", given_.state.at, sequences, "As it was after the event with this sequence");
  }
  void add_states() {
    add_state_command("state", "The state of an entity (in a program that gave its types)", &state);
    add_state_command("history", "An entity's events, and what each changed (likewise)", &history);
  }

  void add_checking() {
    CLI::App* made = add(app, "verify", "Checks every checksum and every hash",
                         [this](context& of) { return verify(of, given_.verify); });
    needs_store(made, given_.verify.store);
    made->add_option("--expect-head", given_.verify.expected_head, "Exit code 4 if the log's head is another")
        ->type_name("HEX");

    made = add(app, "diff", "What one of two stores has and the other has not",
               [this](context& of) { return diff(of, given_.diff); });
    made->add_option("A", given_.diff.left, store_help)->required()->type_name("");
    made->add_option("B", given_.diff.right, "Another one, such as its copy")->required()->type_name("");
    add_number(made, "--limit", given_.diff.limit, counts, "Shows at most so many differences (default: 20)");
  }

  CLI::App* add_copy(const char* name, const char* help, const char* from, const char* from_help, const char* to,
                     const char* to_help, exit_code (*command)(context&, const copy_options&)) {
    CLI::App* const made = add(app, name, help, [this, command](context& of) { return command(of, given_.copy); });
    made->add_option(from, given_.copy.from, from_help)->required()->type_name("");
    made->add_option(to, given_.copy.to, to_help)->required()->type_name("");
    return made;
  }

  void add_copying() {
    add_copy("snapshot", "Copies a store, also while it is in use", "STORE", store_help, "TO",
             "A directory that is empty or does not exist", &snapshot);
    CLI::App* made = add(app, "export", "Writes events as JSON lines, which import reads",
                         [this](context& of) { return export_events(of, given_.exported); });
    needs_store(made, given_.exported.store);
    made->add_option("-o,--output", given_.exported.file, "The file; - for standard output, which is the default")
        ->type_name("FILE");
    add_selection(made, given_.exported.selected);
    add_copy("import", "Appends exported events to a store; those that are there already, once", "FILE",
             "What export wrote; - for standard input", "STORE", "The store; created if it does not exist",
             &import_events);
    add_copy("salvage", "Copies what is sound of a damaged store into a new one", "STORE", store_help, "TO",
             "A directory that is empty or does not exist", &salvage);

    made = add(app, "compact", "Merges segments; drops or erases the selected events",
               [this](context& of) { return compact(of, given_.compact); });
    needs_store(made, given_.compact.store);
    made->add_flag("--drop", given_.compact.drop, "Drops the selected events: no reader sees them");
    made->add_flag("--erase", given_.compact.erase, "Erases them: they lose their payload and stay in the stream");
    made->add_flag("--dry-run", given_.compact.dry_run, "Says what would be done, and does nothing");
    add_selection(made, given_.compact.selected);

    made = add(app, "report", "Writes an HTML page about a store",
               [this](context& of) { return report(of, given_.report); });
    needs_store(made, given_.report.store);
    made->add_option("-o,--output", given_.report.file, "The file; - for standard output")
        ->required()
        ->type_name("FILE");
  }

  void add_cache() {
    CLI::App* const cache = app.add_subcommand("cache", "The entries of a file cache");
    cache->require_subcommand(1);
    const auto add_command = [&](const char* name, const char* help,
                                 exit_code (*command)(context&, const cache_options&)) {
      CLI::App* const made =
          add(*cache, name, help, [this, command](context& of) { return command(of, given_.cache); });
      made->add_option("DIR", given_.cache.directory, "The cache's directory")->required()->type_name("");
      return made;
    };
    add_command("ls", "Lists the cached states", &cache_ls);
    CLI::App* const removing = add_command("rm", "Removes the cached states of an entity", &cache_rm);
    removing->add_option("ENTITY", given_.cache.key, "The entity")->type_name("");
    removing->add_flag("--all", given_.cache.all, "Removes all");
    add_command("verify", "Checks every entry", &cache_verify);
  }

  context& to_;
  common_options& common_;
  all_options given_;
};

std::string names_of(const CLI::App& of) {
  std::string names;
  for (const CLI::App* each : of.get_subcommands({})) names += each->get_name() + " ";
  return names;
}

std::string options_of(const CLI::App& of) {
  std::string names;
  for (const CLI::Option* each : of.get_options())
    for (const std::string& name : each->get_lnames()) names += "--" + name + " ";
  return names;
}

}  // namespace

std::string completion_script(const std::string& program) {
  vocabulary none;
  output unused;
  context nothing{unused, none};
  grammar all{nothing};
  std::string cases;
  for (const CLI::App* each : all.app.get_subcommands({}))
    cases += fmt::format("    {}) words=\"{}{}\" ;;\n", each->get_name(), names_of(*each), options_of(*each));
  return fmt::format(
      "# SPDX-License-Identifier: BSL-1.0\n"
      "# Completion of `{0}` for bash, as `{0} completion` prints it.\n"
      "# The word that is being typed: colons are a part of it, though bash may take them for its end.\n"
      "# The names of entities are asked of the store, for a second at most. A name that bash would not take as it is\n"
      "# is not offered: what is inserted is not quoted.\n"
      "_quipu_entities() {{\n"
      "  local line=${{COMP_LINE:0:COMP_POINT}} typed names name quoted kept\n"
      "  read -ra typed <<< \"$line\"\n"
      "  local word=${{line##*[[:space:]]}} count=${{#typed[@]}}\n"
      "  [ -n \"$word\" ] || count=$((count + 1))\n"
      "  [ \"$count\" -gt 3 ] || return 1\n"
      "  case ${{typed[1]}}:$count:${{typed[count - 2]}} in\n"
      "    *:--entity | *:--prefix | *:-e | ls:4:* | state:4:* | history:4:*) ;;\n"
      "    *) return 1 ;;\n"
      "  esac\n"
      "  [ -d \"${{typed[2]}}\" ] && [[ $word != -* ]] || return 1\n"
      "  mapfile -t names < <(timeout 1 env -u COLUMNS \"${{typed[0]}}\" ls \"${{typed[2]}}\" \"$word\" --limit 100 "
      "2>/dev/null |\n"
      "    sed -En '1d; s/^ *[^ ]+  ([^ ]+)$/\\1/p')\n"
      "  [[ $COMP_WORDBREAKS != *:* ]] || kept=${{word%\"${{word##*:}}\"}}\n"
      "  COMPREPLY=()\n"
      "  for name in \"${{names[@]}}\"; do\n"
      "    printf -v quoted %q \"$name\"\n"
      "    [[ $quoted != \"$name\" || $name == -* ]] || COMPREPLY+=(\"${{name#\"$kept\"}}\")\n"
      "  done\n"
      "}}\n"
      "_quipu() {{\n"
      "  _quipu_entities && return\n"
      "  local word=${{COMP_WORDS[COMP_CWORD]}} words=\"{1}completion {2}\"\n"
      "  case ${{COMP_WORDS[1]}} in\n{3}  esac\n"
      "  [ \"$COMP_CWORD\" -gt 1 ] || words=\"{1}completion {2}\"\n"
      "  [[ $word == -* ]] || [ \"$COMP_CWORD\" -eq 1 ] || compopt -o default\n"
      "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
      "}}\n"
      "complete -F _quipu {0}",
      program, names_of(all.app), options_of(all.app), cases);
}

parsed_command parse_command_line(int argc, const char* const* argv, context& to) {
  auto all = std::make_shared<grammar>(to);
  all->app.add_subcommand("completion", "Prints completion for bash")->callback([all = all.get(), &to] {
    to.command = "completion";
    all->run = [](context& of) {
      of.out.line(completion_script("quipu"));
      return exit_code::fine;
    };
  });
  try {
    all->app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    // Help or version: CLI11 prints them.
    std::ostringstream text;
    static_cast<void>(all->app.exit(asked, text, text));
    return {.text = text.str()};
  } catch (const CLI::ParseError& wrong) {
    return {.problem = wrong.what()};
  }
  if (!all->run) return {.text = all->app.help()};
  return {.run = [all](context& of) { return all->run(of); }};
}

}  // namespace quipu::tool
