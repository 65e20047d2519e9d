#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# memcheck_test.py: which of valgrind's lines tools/memcheck takes for a report, and how it names test cases to Catch2.
import importlib.machinery
import importlib.util
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
loader = importlib.machinery.SourceFileLoader("memcheck", str(ROOT / "tools" / "memcheck"))
memcheck = importlib.util.module_from_spec(importlib.util.spec_from_loader("memcheck", loader))
loader.exec_module(memcheck)

JUMP = """==7== Conditional jump or move depends on uninitialised value(s)
==7==    at 0x37991F: run (blake3_lanes.hpp:61)
==7== 
"""
LEAK = """==7== 32 bytes in 1 blocks are definitely lost in loss record 192 of 339
==7==    at 0x4841C5F: operator new(unsigned long)
==7== 
"""
UNKNOWN_CALL = """--7-- WARNING: unhandled amd64-linux syscall: 437
--7-- You may be able to write your own handler.
"""


def reports_in(text, with_leaks):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "store-a_test-7.txt"
        path.write_text(text)
        return memcheck.reports_in(path, with_leaks)


class Reports(unittest.TestCase):
    def test_each_paragraph_is_one(self):
        self.assertEqual(2, len(reports_in(JUMP + JUMP, True)))
        self.assertIn("blake3_lanes.hpp:61", reports_in(JUMP, True)[0])

    def test_a_leak_counts_but_in_a_forked_child(self):
        self.assertEqual(1, len(reports_in(LEAK, True)))
        self.assertEqual([], reports_in(LEAK, False))
        self.assertEqual(1, len(reports_in(LEAK + JUMP, False)))

    def test_nothing_and_an_unknown_system_call_are_none(self):
        self.assertEqual([], reports_in("", True))
        self.assertEqual([], reports_in(UNKNOWN_CALL, True))


class Names(unittest.TestCase):
    def test_what_means_something_to_catch_is_escaped(self):
        self.assertEqual('"a\\, b \\[c\\]"', memcheck.escaped("a, b [c]"))


if __name__ == "__main__":
    unittest.main()
