#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# run.py: compile errors are part of the interface, so each has a test. A case is a .cpp file in this folder that
#
# - compiles without a warning when ACCEPT is defined: its accepted twin, which differs in one thing,
# - fails to compile otherwise, and the compiler's output matches every line `// expect: REGEX` of the file's first comment,
# - gives at most 3 lines with `error:`, or as many as its line `// max-errors: N` allows.
#
# Failing isn't enough, the words count: a missing include fails as well. Compilers are run with LC_ALL=C, so quotes are '.
#
#   run.py [--compiler CXX] [--flag FLAG]... [--show] [CASE...]
#   run.py --self-test     plants each fault that this program should notice, and fails if it doesn't
#
# A case begins with the headers of quipu that it needs, between `#ifdef QUIPU_TEST_SINGLE_HEADER` and `#endif`. Cases
# with the same headers share one precompiled header, which holds these and nothing else; each case is still compiled by
# processes of its own.
import argparse
import collections
import concurrent.futures
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Winvalid-pch", "-Werror"]
EXPECT = re.compile(r"^//\s*expect:\s*(.+?)\s*$")
MAX_ERRORS = re.compile(r"^//\s*max-errors:\s*(\d+)\s*$")
HEADERS = re.compile(r"(?m)^#ifdef QUIPU_TEST_SINGLE_HEADER\n(?:#include <.*>\n)+#else\n(?:#include <.*>\n)+#endif\n")
DEFAULT_MAX_ERRORS = 3


class Case:
    def __init__(self, path):
        self.path = path
        self.expected, self.max_errors, self.headers = [], DEFAULT_MAX_ERRORS, ""
        text = path.read_text(encoding="utf-8")
        for line in text.splitlines():
            if not line.startswith("//"):
                break
            expect, most = EXPECT.match(line), MAX_ERRORS.match(line)
            if expect:
                self.expected.append(expect.group(1))
            if most:
                self.max_errors = int(most.group(1))
        # Only what the case begins with: a precompiled header can't come after anything.
        headers = HEADERS.search(text)
        if headers and "#include" not in text[: headers.start()]:
            self.headers = headers.group()


class Verdict:
    def __init__(self, case):
        self.case, self.problems, self.errors, self.lines, self.output = case, [], 0, 0, ""


def run_compiler(command):
    environment = dict(os.environ, LC_ALL="C")
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env=environment, timeout=300)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def compile_once(command, path, *extra):
    return run_compiler([*command, *extra, "-fsyntax-only", str(path)])


def judge(case, command):
    verdict = Verdict(case)
    code, output = compile_once(command, case.path, "-DACCEPT", *WARNINGS)
    if code != 0:
        verdict.problems.append("its accepted twin (-DACCEPT) doesn't compile")
        verdict.output += output
    code, output = compile_once(command, case.path)
    verdict.lines = len(output.splitlines())
    verdict.errors = len(re.findall(r"(?m)^.*\berror: ", output))
    count = len(verdict.problems)
    if code == 0:
        verdict.problems.append("compiles, and should be refused")
    elif code != 1 or "internal compiler error" in output or "Stack dump" in output:
        verdict.problems.append("the compiler broke down (exit code %d)" % code)
    if not case.expected:
        verdict.problems.append("has no line `// expect: REGEX` in its first comment")
    for expected in case.expected:
        try:
            if code != 0 and not re.search(expected, output):
                verdict.problems.append("nothing matches: " + expected)
        except re.error as failure:
            verdict.problems.append("not a regular expression: %s (%s)" % (expected, failure))
    if verdict.errors > case.max_errors:
        verdict.problems.append("%d errors, and at most %d are allowed" % (verdict.errors, case.max_errors))
    if len(verdict.problems) > count:
        verdict.output += output
    return verdict


def precompile(headers, command, folder):
    """The arguments that make a compilation begin with these headers; none where they don't compile: the cases show why."""
    header = pathlib.Path(folder) / "headers.hpp"
    header.write_text(headers, encoding="utf-8")
    # Both compilers take the file with .gch behind its name in place of the header.
    code, _ = run_compiler([*command, *WARNINGS, "-x", "c++-header", str(header), "-o", str(header) + ".gch"])
    return ["-include", str(header)] if code == 0 else []


def run(paths, command, jobs):
    """Judges cases, those that share headers together, and returns the verdicts in the order of the paths."""
    groups = collections.defaultdict(list)
    for case in map(Case, paths):
        groups[case.headers].append(case)

    def judge_group(headers):
        with tempfile.TemporaryDirectory(prefix="quipu_compile_fail.") as folder:
            begin = [*command, *(precompile(headers, command, folder) if headers else [])]
            return [judge(case, begin) for case in groups[headers]]

    verdicts = {}
    with concurrent.futures.ThreadPoolExecutor(max_workers=jobs) as pool:
        # The largest group first: it takes longest.
        for group in pool.map(judge_group, sorted(groups, key=lambda headers: -len(groups[headers]))):
            verdicts.update((verdict.case.path, verdict) for verdict in group)
    return [verdicts[path] for path in paths]


def report(verdicts, show):
    for verdict in verdicts:
        print("%-7s %-48s %2d errors, %3d lines" % ("FAILED" if verdict.problems else "ok", verdict.case.path.name, verdict.errors,
                                                    verdict.lines))
        for problem in verdict.problems:
            print("        " + problem)
        if verdict.problems or show:
            print("".join("        | %s\n" % line for line in verdict.output.splitlines()[:60]), end="")
    failed = sum(1 for verdict in verdicts if verdict.problems)
    print("%d cases, %d failed" % (len(verdicts), failed))
    return failed


BEGIN = """// expect: ours: a number
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <%s>
#endif
"""
PLANTED_HEADERS = {
    "planted_right.hpp": '#pragma once\ntemplate <class T> int number() { static_assert(sizeof(T) != 1, "ours: a number"); '
                         'return 1; }\n',
    "planted_empty.hpp": "\n",
    "planted_fails.hpp": 'static_assert(false, "ours: a number");\n',
    "planted_warns.hpp": "inline int planted(int given) { int unused; return given; }\n",
}
PLANTED = {
    # name: (text, what must be said about it; None when the case is right)
    "right": ('// expect: ours: a number\n#ifndef ACCEPT\nstatic_assert(false, "ours: a number");\n#endif\nint main() {}\n', None),
    "other_words": ('// expect: ours: a letter\n#ifndef ACCEPT\nstatic_assert(false, "ours: a number");\n#endif\nint main() {}\n',
                    "nothing matches"),
    "one_of_two_words": ('// expect: ours\n// expect: a letter\n#ifndef ACCEPT\nstatic_assert(false, "ours: a number");\n#endif\n',
                         "nothing matches: a letter"),
    "accepted": ("// expect: anything\nint main() {}\n", "should be refused"),
    "twin_fails": ('// expect: ours\nstatic_assert(false, "ours");\n', "accepted twin"),
    "twin_warns": ('// expect: ours\n#ifndef ACCEPT\nstatic_assert(false, "ours");\n#endif\nint main() { int unused; }\n', "accepted twin"),
    "no_words": ('#ifndef ACCEPT\nstatic_assert(false, "ours");\n#endif\n', "has no line"),
    "words_too_late": ('#ifndef ACCEPT\nstatic_assert(false, "ours");\n#endif\n// expect: ours\n', "has no line"),
    "cascade": ("// expect: error\n#ifndef ACCEPT\nint a = b1; int c = b2; int d = b3; int e = b4;\n#endif\n", "4 errors, and at most 3"),
    "small_cascade": ("// expect: error\n// max-errors: 1\n#ifndef ACCEPT\nint a = b1; int c = b2;\n#endif\n", "2 errors, and at most 1"),
    "right_with_headers": (BEGIN % "planted_right.hpp" + "#ifndef ACCEPT\nint a = number<char>();\n#endif\n", None),
    "wrong_headers": (BEGIN % "planted_empty.hpp" + "#ifdef ACCEPT\nint a = number<int>();\n#else\nint a = number<char>();\n#endif\n",
                      "accepted twin"),
    "headers_fail": (BEGIN % "planted_fails.hpp" + "#ifndef ACCEPT\nint a = b;\n#endif\n", "accepted twin"),
    "headers_warn": (BEGIN % "planted_warns.hpp" + "#ifndef ACCEPT\nint a = number<char>();\n#endif\n", "accepted twin"),
    "bad_regex": ("// expect: (\n#ifndef ACCEPT\nint a = b1;\n#endif\n", "not a regular expression"),
}


def self_test(command, jobs):
    with tempfile.TemporaryDirectory(prefix="quipu_compile_fail.") as folder:
        for name, text in PLANTED_HEADERS.items():
            (pathlib.Path(folder) / name).write_text(text, encoding="utf-8")
        paths = []
        for name, (text, _) in PLANTED.items():
            path = pathlib.Path(folder) / (name + ".cpp")
            path.write_text(text, encoding="utf-8")
            paths.append(path)
        unnoticed = 0
        for verdict in run(paths, [*command, "-I" + folder], jobs):
            expected = PLANTED[verdict.case.path.stem][1]
            said = "; ".join(verdict.problems)
            if (expected is None and said) or (expected is not None and expected not in said):
                unnoticed += 1
                print("%s: expected %r, got %r\n%s" % (verdict.case.path.stem, expected, said, verdict.output))
    print("%d planted cases, %d judged wrongly" % (len(PLANTED), unnoticed))
    return unnoticed


def main():
    parser = argparse.ArgumentParser(description="Checks that what should be refused is, and in our own words.")
    parser.add_argument("--compiler", default=os.environ.get("CXX", "c++"))
    parser.add_argument("--flag", action="append", default=[], help="one more for the compiler, e.g. --flag=-stdlib=libc++")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--show", action="store_true", help="print what the compiler says also where all is well")
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("cases", nargs="*", type=pathlib.Path, help="files (default: all in this folder)")
    options = parser.parse_args()
    flags = options.flag or ["-I" + str(HERE.parent.parent / "include")]
    # As in a program that compiles the engine once: what is refused is the same, and found sooner.
    command = [*shlex.split(options.compiler), "-std=c++20", "-DQUIPU_COMPILED", "-fdiagnostics-color=never",
               "-fmessage-length=0", *flags]
    if options.self_test:
        sys.exit(1 if self_test(command, options.jobs) else 0)
    paths = options.cases or sorted(HERE.glob("*.cpp"))
    if not paths:
        sys.exit("run.py: no cases in " + str(HERE))
    sys.exit(1 if report(run(paths, command, options.jobs), options.show) else 0)


if __name__ == "__main__":
    main()
