#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# mutation_switch_test.py: how code is written with its mutants. Finding them needs libclang, and is not tested here.
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import mutation_switch

CODE = """\
#pragma once

int sign(int a) {
  if (a < 0 &&
      a != -5) {
    a = 1;
  }
  return a;
}
"""


def mutant(number, part, operator, changed):
    start = CODE.index(part)
    return mutation_switch.Mutant("sign.ipp", start, start + len(part), CODE[:start].count("\n") + 1, operator, changed,
                                  part, number)


CONDITION = "a < 0 &&\n      a != -5"
MUTANTS = [
    mutant(1, CONDITION, "LCR", mutation_switch.flat("(a < 0) ||  // either\n (a != -5)")),
    mutant(2, "a < 0", "ROR", "(a) <= (0)"),
    mutant(3, "a < 0", "ROR", "false"),
    mutant(4, "a = 1", "SDL", ""),
]
PROGRAM = """
#include <cstdio>
#include "sign.ipp"
int main() { std::printf("%d %d %d", sign(-2), sign(0), sign(-5)); }
"""


class Written(unittest.TestCase):
    def test_lines_keep_their_numbers(self):
        written = mutation_switch.written(CODE, MUTANTS)
        self.assertEqual(written.count("\n"), CODE.count("\n"))
        self.assertIn("return a;", written.split("\n")[7])
        self.assertEqual(mutation_switch.written(CODE, []).replace("#include <quipu/mutants.hpp>", ""), CODE)

    def test_each_mutant_is_on_alone_and_is_marked(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "quipu").mkdir()
            (folder / "quipu" / "mutants.hpp").write_text(mutation_switch.switch_header(len(MUTANTS)))
            (folder / "sign.ipp").write_text(mutation_switch.written(CODE, MUTANTS))
            (folder / "main.cpp").write_text(PROGRAM)
            subprocess.run(["c++", "-std=c++20", f"-I{folder}", folder / "main.cpp", "-o", folder / "main"], check=True)
            marks = folder / "marks"

            def run(**settings):
                marks.write_bytes(bytes(len(MUTANTS) + 1))
                return subprocess.run([folder / "main"], env=settings, capture_output=True, text=True).stdout

            self.assertEqual(run(), "1 0 -5")
            self.assertEqual(run(QUIPU_MUTANT="1"), "1 1 1")
            self.assertEqual(run(QUIPU_MUTANT="2"), "1 1 -5")
            self.assertEqual(run(QUIPU_MUTANT="3"), "-2 0 -5")
            self.assertEqual(run(QUIPU_MUTANT="4"), "-2 0 -5")
            self.assertEqual(run(QUIPU_MUTANTS_REACHED=str(marks)), "1 0 -5")
            self.assertEqual(marks.read_bytes(), bytes([0, 1, 1, 1, 1]))


class Text(unittest.TestCase):
    def test_a_mutant_says_what_it_changes(self):
        self.assertEqual(MUTANTS[1].text(), "a < 0  ->  (a) <= (0)")
        self.assertEqual(MUTANTS[3].text(), "a = 1  removed")

    def test_names_differ(self):
        self.assertEqual(len({each.name() for each in MUTANTS}), len(MUTANTS))


if __name__ == "__main__":
    unittest.main()
