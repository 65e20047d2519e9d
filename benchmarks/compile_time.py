#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# compile_time.py: what quipu costs to compile, beside libraries that many programs include. Prints Markdown tables and
# writes them to results/compile_time.md, in place of those of the same compiler that are there.
#
#   compile_time.py [--compiler g++] [--rounds 3] [--base FOLDER] [--include FOLDER] [--flag FLAG]... [--no-record]
#
# Each round compiles every file once, one after the other, so that a machine that slows down slows all of them. A
# figure is the median over the rounds. Seconds are user seconds of the compiler and what it starts. The programs are in
# compile_time/ and README.md.
#
# --base     an older checkout: its README's program and the program in 4 files, header-only, are compiled in the same
#            rounds
# --include  where <quipu.hpp> is (default: include/ of this checkout)
import argparse
import os
import pathlib
import re
import resource
import shlex
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAMS = ROOT / "benchmarks" / "compile_time"
RESULTS = ROOT / "benchmarks" / "results" / "compile_time.md"
TITLE = "# What quipu costs to compile\n"

MORE = 20
FILES = ("main", "transfers", "report", "rules")
# A spdlog that is packaged with fmt beside it takes fmt's compiled half unless it is told otherwise.
SPDLOG_FLAGS = ("-DSPDLOG_HEADER_ONLY", "-DFMT_HEADER_ONLY")
PACKAGES = (  # header, Debian's name of its package
    ("nlohmann/json.hpp", "nlohmann-json3-dev"),
    ("spdlog/spdlog.h", "libspdlog-dev"),
    ("boost/hana.hpp", "libboost1.81-dev"),
)


def store_program(events, projections):
    """A file that appends so many event types, folds all in one state, and projects more states of two events each."""
    text = ["#include <quipu.hpp>", "#include <cstdint>", "#include <string>", ""]
    for number in range(events):
        text.append("struct event_%d {" % number)
        text.append("  static constexpr auto kind = quipu::event_kind::custom(0x1, %d);" % (number + 1))
        text.append("  std::int64_t cents{};\n  std::string memo{};\n  std::uint32_t branch{};\n};")
    listed = ", ".join("event_%d" % number for number in range(events))
    text.append("struct all {\n  using events = quipu::event_list<%s>;" % listed)
    text.append("  std::int64_t cents{};\n  std::uint64_t count{};")
    for number in range(events):
        text.append("  void apply(const event_%d& event) { cents += event.cents; ++count; }" % number)
    text.append("};")
    for number in range(projections):
        text.append("struct state_%d {\n  using events = quipu::event_list<event_0, event_1>;\n"
                    "  std::int64_t cents{};\n  std::string last{};\n"
                    "  void apply(const event_0& event) { cents += %d * event.cents; }\n"
                    "  void apply(const event_1& event) { last = event.memo; }\n};" % (number, number + 1))
    text.append('using store = decltype(quipu::store{quipu::config{}, quipu::file_cache{""}});')
    text.append("void append(store& to, const quipu::coordinate& where) {")
    text.extend("  to.append(where, event_%d{%d, \"memo\", 1});" % (number, number) for number in range(events))
    text.append("}\nstd::int64_t project(store& from) {\n  std::int64_t sum = from.project<all>(\"a\")->cents;")
    text.extend("  sum += from.project<state_%d>(\"a\")->cents;" % number for number in range(projections))
    text.append("  return sum;\n}\n")
    return "\n".join(text)


SLOPE_NAMES = {
    "begin": "a store, 2 event types, 1 projection",
    "events": "and %d more event types" % MORE,
    "projections": "and %d more projections" % MORE,
}
SLOPES = {"begin": store_program(2, 0), "events": store_program(2 + MORE, 0), "projections": store_program(2, MORE)}


def readme_program(checkout):
    """The first block of C++ in a README."""
    found = re.search(r"(?ms)^```cpp\n(.*?)^```", (checkout / "README.md").read_text(encoding="utf-8"))
    if not found:
        sys.exit("compile_time.py: %s has no program" % (checkout / "README.md"))
    return found.group(1)


class Measurement:
    """Commands that are run in turn, and the user seconds of each in each round."""

    def __init__(self, compiler, folder):
        self.compiler, self.folder, self.commands, self.seconds, self.lines = compiler, pathlib.Path(folder), {}, {}, {}

    def add(self, name, source, optimise, *flags):
        """`source` is a path, or the text of a program."""
        if isinstance(source, str):
            path = self.folder / ("%d.cpp" % len(self.commands))
            path.write_text(source, encoding="utf-8")
            source = path
        self.commands[name] = [*self.compiler, optimise, *flags, str(source)]

    def run(self, rounds):
        for name, command in self.commands.items():
            text = run([*command, "-E"])
            self.lines[name] = sum(1 for line in text.splitlines() if line.strip() and not line.startswith(b"#"))
            self.seconds[name] = []
        for number in range(rounds):
            progress = (number + 1, rounds, len(self.commands))
            print("compile_time.py: round %d of %d, %d files" % progress, file=sys.stderr)
            for name, command in self.commands.items():
                before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
                run([*command, "-c", "-o", str(self.folder / "object.o")])
                self.seconds[name].append(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before)

    def median(self, *names):
        """Of what these files take together in a round."""
        return statistics.median(map(sum, zip(*(self.seconds[name] for name in names))))

    def slope(self, begin, end):
        """What one of `MORE` more takes."""
        return statistics.median((last - first) / MORE for first, last in zip(self.seconds[begin], self.seconds[end]))


def run(command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode:
        sys.exit("%s\n%s" % (shlex.join(command), done.stderr.decode(errors="replace")))
    return done.stdout


def check_packages(compiler):
    run([*compiler, "-x", "c++", "-E", "-"])  # a compiler or a flag that doesn't work says so itself
    missing = []
    for header, package in PACKAGES:
        probe = subprocess.run([*compiler, "-x", "c++", "-E", "-"], input=b"#include <%s>\n" % header.encode(),
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if probe.returncode:
            missing.append("  <%s>: package %s" % (header, package))
    if missing:
        sys.exit("compile_time.py: these headers are missing, which quipu is compared with:\n" + "\n".join(missing))


def prepare(measure, include, base):
    """Adds everything that is compiled. Returns the modes the library has: header-only, and compiled once if it can."""
    ours = "-I" + str(include)
    theirs = "-I" + str(base / "include") if base else ""
    measure.add("nothing", "\n", "-O2")
    measure.add("<iostream>", "#include <iostream>\n", "-O2")
    measure.add("<boost/hana.hpp>", "#include <boost/hana.hpp>\n", "-O2")
    measure.add("<nlohmann/json.hpp>", "#include <nlohmann/json.hpp>\n", "-O2")
    measure.add("<quipu.hpp>", "#include <quipu.hpp>\n", "-O2", ours)
    if (include / "quipu" / "model.hpp").exists():
        measure.add("<quipu/model.hpp>", "#include <quipu/model.hpp>\n", "-O2", ours)
    engine = ROOT / "src" / "quipu.cpp"
    modes = {"header-only": [ours]}
    if engine.exists():
        modes["compiled once"] = [ours, "-DQUIPU_COMPILED"]
        measure.add("src/quipu.cpp -O2", engine, "-O2", *modes["compiled once"])
    for optimise in ("-O0", "-O2"):
        measure.add("json.cpp " + optimise, PROGRAMS / "json.cpp", optimise)
        measure.add("spdlog.cpp " + optimise, PROGRAMS / "spdlog.cpp", optimise, *SPDLOG_FLAGS)
        for mode, flags in modes.items():
            measure.add("README's program %s, %s" % (optimise, mode), readme_program(ROOT), optimise, *flags)
        if base:
            measure.add("README's program %s, base" % optimise, readme_program(base), optimise, theirs)
    for mode, flags in modes.items():
        for file in FILES:
            measure.add("%s.cpp -O2, %s" % (file, mode), PROGRAMS / (file + ".cpp"), "-O2", *flags)
        for name, text in SLOPES.items():
            measure.add("%s, %s" % (name, mode), text, "-O2", *flags)
    if base:
        for file in FILES:
            measure.add("%s.cpp -O2, base" % file, PROGRAMS / (file + ".cpp"), "-O2", theirs)
    return list(modes)


def figures(measure, modes, base):
    """(figure, value, target) of each row; a value is None where the library hasn't got what it is of."""
    def ratio(name, of):
        return "%.2f" % (measure.median(name) / measure.median(of)) if name in measure.seconds else None

    rows = []
    for header, target in (("<quipu/model.hpp>", "≤ 0.5"), ("<quipu.hpp>", "≤ 1.1")):
        rows.append(("`%s` over `<nlohmann/json.hpp>`" % header, ratio(header, "<nlohmann/json.hpp>"), target))
    for optimise in ("-O0", "-O2"):
        rows.append(("README's program, header-only, over header-only spdlog's line, %s" % optimise,
                     ratio("README's program %s, header-only" % optimise, "spdlog.cpp " + optimise), "≤ 1.0"))
    for optimise in ("-O0", "-O2"):
        rows.append(("README's program, compiled once, over the nlohmann/json program, %s" % optimise,
                     ratio("README's program %s, compiled once" % optimise, "json.cpp " + optimise), "≤ 0.75"))
    if base:
        for optimise in ("-O0", "-O2"):
            rows.append(("README's program, header-only, over the base's, %s" % optimise,
                         ratio("README's program %s, header-only" % optimise, "README's program %s, base" % optimise),
                         ""))
    totals = {}
    for mode in (*modes, *(["base"] if base else [])):
        names = ["%s.cpp -O2, %s" % (file, mode) for file in FILES]
        if mode == "compiled once":
            names.append("src/quipu.cpp -O2")
            mode = "compiled once, engine included"
        totals[mode] = measure.median(*names)
        rows.append(("the program in 4 files, -O2, %s" % mode, "%.1f s" % totals[mode], ""))
    compiled = totals.get("compiled once, engine included")
    if base:
        over = "%.2f" % (compiled / totals["base"]) if compiled else None
        rows.append(("the program in 4 files, -O2, compiled once with its engine, over the base's", over, "≤ 0.5"))
    rebuilt = max(measure.median("%s.cpp -O2, compiled once" % file) for file in FILES) if compiled else None
    rows.append(("rebuild of its dearest file, -O2, compiled once", "%.1f s" % rebuilt if rebuilt else None, "≤ 3 s"))
    for mode in modes:
        for name, what, target in (("events", "event type", "≤ 30 ms"), ("projections", "projection", "≤ 60 ms")):
            slope = measure.slope("begin, " + mode, "%s, %s" % (name, mode))
            rows.append(("one more %s of %d, -O2, %s" % (what, MORE, mode), "%.0f ms" % (1000 * slope), target))
    return rows


def tables(measure, rows):
    text = ["| figure | is | to reach |", "|---|---|---|"]
    text.extend("| %s | %s | %s |" % (name, value or "–", target) for name, value, target in rows)
    text += ["", "| file | user seconds | preprocessed lines |", "|---|---|---|"]
    for name in measure.seconds:
        shown = "`#include %s`" % name if name.startswith("<") else name
        program, _, mode = shown.partition(", ")
        if program in SLOPE_NAMES:
            shown = "%s -O2, %s" % (SLOPE_NAMES[program], mode)
        text.append("| %s | %.2f | %s |" % (shown, measure.median(name), format(measure.lines[name], ",")))
    return "\n".join(text) + "\n"


def record(heading, text):
    """Puts a section into the results in place of the one with the same heading, and keeps everything else."""
    before = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else TITLE
    above, *sections = re.split(r"(?m)^(?=## )", before)
    section = "## %s\n\n%s" % (heading, text)
    same = [number for number, each in enumerate(sections) if each.startswith("## %s\n" % heading)]
    sections = [each if each.endswith("\n\n") else each.rstrip("\n") + "\n\n" for each in sections]
    if same:
        sections[same[0]] = section + "\n"
    else:
        sections.append(section)
    RESULTS.write_text((above.rstrip("\n") + "\n\n" + "".join(sections)).rstrip("\n") + "\n", encoding="utf-8")


def main():
    options = argparse.ArgumentParser(description="Measures what quipu costs to compile, and records it.")
    options.add_argument("--compiler", default="g++")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--base", type=pathlib.Path, help="an older checkout to compare with")
    options.add_argument("--include", type=pathlib.Path, default=ROOT / "include")
    options.add_argument("--flag", action="append", default=[], help="one more for the compiler: --flag=-stdlib=libc++")
    options.add_argument("--no-record", action="store_true", help="print the tables and leave the results as they are")
    options = options.parse_args()
    compiler = [*shlex.split(options.compiler), "-std=c++20", *options.flag]
    check_packages(compiler)
    version = run([*shlex.split(options.compiler), "--version"]).decode(errors="replace").splitlines()[0]
    command = ["benchmarks/compile_time.py", "--compiler", options.compiler, "--rounds", str(options.rounds),
               *("--flag=" + flag for flag in options.flag), *(["--base", "FOLDER"] if options.base else [])]

    with tempfile.TemporaryDirectory(prefix="quipu_compile_time.") as folder:
        measure = Measurement(compiler, folder)
        modes = prepare(measure, options.include.resolve(), options.base.resolve() if options.base else None)
        measure.run(options.rounds)
        text = tables(measure, figures(measure, modes, options.base is not None))
    text = "    %s\n\n%s" % (" ".join(map(shlex.quote, command)), text)
    print("## %s\n\n%s" % (version, text), end="")
    if not options.no_record:
        record(" ".join([version, *options.flag]), text)


if __name__ == "__main__":
    main()
