#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# compile_time.py: what the single header costs a program that includes it, beside two libraries that many programs include; and what one
# more event type and one more projection cost. Prints a Markdown table.
#
#   compile_time.py [--compiler g++] [--rounds 5] [--include FOLDER] [--flag FLAG]...
#
# Each round compiles every program once, one after the other, so that a machine that slows down slows all of them. Seconds are of
# processor time of the compiler and what it starts; the median over the rounds. Lines are those that the preprocessor leaves over, without
# blank ones and its own.
import argparse
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

MORE = 20

INCLUDES = (
    ("nothing", ""),
    ("<quipu.hpp>", "#include <quipu.hpp>\n"),
    ("<nlohmann/json.hpp>", "#include <nlohmann/json.hpp>\n"),
    ("<boost/hana.hpp>", "#include <boost/hana.hpp>\n"),
    ("<iostream>", "#include <iostream>\n"),
)


def program(events, projections):
    """A program with so many event types, all of which it appends and one state folds, and so many states of two events each."""
    text = ["#include <quipu.hpp>", "#include <cstdint>", "#include <string>", ""]
    for number in range(events):
        text.append("struct event_%d { static constexpr auto kind = quipu::event_kind::custom(0x1, %d); std::int64_t cents{}; "
                    "std::string memo{}; std::uint32_t branch{}; };" % (number, number + 1))
    text.append("struct all {\n  using events = quipu::event_list<%s>;\n  std::int64_t cents{};\n  std::uint64_t count{};"
                % ", ".join("event_%d" % number for number in range(events)))
    for number in range(events):
        text.append("  void apply(const event_%d& event) { cents += event.cents; ++count; }" % number)
    text.append("};")
    for number in range(projections):
        text.append("struct state_%d {\n  using events = quipu::event_list<event_0, event_1>;\n  std::int64_t cents{};\n  std::string last{};\n"
                    "  void apply(const event_0& event) { cents += %d * event.cents; }\n"
                    "  void apply(const event_1& event) { last = event.memo; }\n};" % (number, number + 1))
    text.append("using store = quipu::store<quipu::file_cache>;")
    text.append("void append(store& to, const quipu::coordinate& where) {")
    text.extend("  to.append(where, event_%d{%d, \"memo\", 1});" % (number, number) for number in range(events))
    text.append("}\nstd::int64_t project(store& from) {\n  std::int64_t sum = from.project<all>(\"a\")->cents;")
    text.extend("  sum += from.project<state_%d>(\"a\")->cents;" % number for number in range(projections))
    text.append("  return sum;\n}\n")
    return "\n".join(text)


PROGRAMS = (
    ("a program with a store, 2 event types, 1 projection", program(2, 0)),
    ("and %d more event types" % MORE, program(2 + MORE, 0)),
    ("and %d more projections" % MORE, program(2, MORE)),
)


def compile_once(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        sys.exit("%s\n%s" % (" ".join(command), done.stdout.decode(errors="replace")))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def count_lines(command):
    text = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    return sum(1 for line in text.splitlines() if line.strip() and not line.startswith(b"#"))


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    options = argparse.ArgumentParser()
    options.add_argument("--compiler", default="g++")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--include", default=str(root / "single_include"))
    options.add_argument("--flag", action="append", default=[])
    options = options.parse_args()
    base = [options.compiler, "-std=c++20", "-O2", "-I" + options.include, *options.flag]

    with tempfile.TemporaryDirectory(prefix="quipu_compile_time.") as folder:
        names, lines, seconds = [], {}, {}
        for number, (name, text) in enumerate(INCLUDES + PROGRAMS):
            source = os.path.join(folder, "%d.cpp" % number)
            pathlib.Path(source).write_text(text or "\n", encoding="utf-8")
            lines[name] = count_lines([*base, "-E", source])
            seconds[name] = []
            names.append((name, [*base, "-c", source, "-o", source + ".o"]))
        for _ in range(options.rounds):
            for name, command in names:
                seconds[name].append(compile_once(command))

    print("| `%s -O2 -c` | seconds | preprocessed lines |\n|---|---|---|" % options.compiler)
    for name, _ in names:
        shown = "`#include %s`" % name if name.startswith("<") else name
        print("| %s | %.2f | %s |" % (shown, statistics.median(seconds[name]), format(lines[name], ",")))
    mean = {name: statistics.mean(taken) for name, taken in seconds.items()}
    begin, events, projections = (mean[name] for name, _ in PROGRAMS)
    print("| one more event type, of the %d | %.3f | |" % (MORE, (events - begin) / MORE))
    print("| one more projection, of the %d | %.3f | |" % (MORE, (projections - begin) / MORE))


if __name__ == "__main__":
    main()
