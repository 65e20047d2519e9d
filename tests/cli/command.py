# SPDX-License-Identifier: BSL-1.0
#
# command.py: what the tests of the command share. A test is run with the paths of the programs quipu and cli_shop.
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

QUIPU, SHOP = (os.path.abspath(path) for path in sys.argv[1:3])


class CommandTest(unittest.TestCase):
    """Runs the command in a folder of its own, 80 columns wide, on the stores that cli_shop makes."""

    maxDiff = None

    def setUp(self):
        self.make_stores()

    def make_stores(self):
        """Makes the stores in a new folder, from here on the command's."""
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        subprocess.run([SHOP, "make", self.folder], check=True)

    def start(self, *arguments, program=QUIPU, **options):
        environment = {**os.environ, "COLUMNS": "80", **options.pop("environment", {})}
        return subprocess.Popen([program, *map(str, arguments)], cwd=self.folder, env=environment, text=True,
                                stdout=options.pop("stdout", subprocess.PIPE), stderr=subprocess.PIPE, **options)

    def run_command(self, *arguments, **options):
        """The exit code, standard output and standard error."""
        text = options.pop("input", None)
        process = self.start(*arguments, stdin=subprocess.PIPE if text is not None else None, **options)
        out, errors = process.communicate(text, timeout=120)
        return process.returncode, out, errors

    def expect(self, arguments, wanted, code=0, program=QUIPU, errors=""):
        """Runs the command and compares all that it writes with a text, whose margin and first line end are left out."""
        found = self.run_command(*arguments.split(), program=program)
        self.assertEqual((code, without_margin(wanted), without_margin(errors)), found)


def without_margin(text):
    lines = text.lstrip("\n").rstrip(" ").split("\n")
    margin = len(lines[0]) - len(lines[0].lstrip(" "))
    return "\n".join(line[margin:] for line in lines)


def main():
    del sys.argv[1:3]
    unittest.main()
