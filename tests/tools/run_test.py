#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# run_test.py: what tools/run says before it does anything. Nothing is installed or built: it is given a compiler that
# doesn't exist.
import os
import pathlib
import subprocess
import unittest

RUN = pathlib.Path(__file__).resolve().parents[2] / "tools" / "run"


class Run(unittest.TestCase):
    def run_tool(self, *arguments):
        environment = dict(os.environ, CXX="no-such-compiler")
        done = subprocess.run([str(RUN), *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, env=environment, timeout=60, text=True)
        return done.returncode, done.stdout

    def test_an_unknown_command_prints_usage(self):
        for arguments in ([], ["test"], ["--help"]):
            code, said = self.run_tool(*arguments)
            self.assertEqual(code, 2)
            self.assertIn("tools/run ledger", said)
            self.assertIn("tools/run tests", said)
            self.assertIn("tools/run docs", said)

    def test_tests_say_first_what_they_do_and_how_long_it_takes(self):
        code, said = self.run_tool("tests", "-R", "codec")
        self.assertEqual(code, 1)
        first, refusal = said.split("setup:", 1)
        self.assertIn("no-such-compiler", refusal)
        for words in ("build/dev", "minutes", "two cores", "tools/run tests -R codec", "ctest -R codec"):
            self.assertIn(words, first)


if __name__ == "__main__":
    unittest.main()
