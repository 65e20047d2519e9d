#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# run_test.py: what tools/run says before it does anything, and what tools/setup says when it installs. Nothing is
# installed or built: tools/run is given a compiler that doesn't exist, tools/setup an apt-get that only talks.
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

RUN = pathlib.Path(__file__).resolve().parents[2] / "tools" / "run"
# What tools/setup calls, but for what it looks for.
TOOLS = ("bash", "env", "dirname", "grep", "sed", "sort", "head", "cat", "awk", "mkdir", "true")
APT_GET = """#!/usr/bin/env bash
case "$*" in
  *"-s install"*) exit 0 ;;
  *--print-uris*) printf "'http://a/a.deb' a.deb 8500001 x\\n'http://a/b.deb' b.deb 2000000 x\\n"; exit 0 ;;
esac
echo "chatter: $*"
exit "${APT_GET_RESULT}"
"""


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

    def test_arguments_are_refused_where_there_are_none(self):
        for command in ("docs", "replicated"):
            code, said = self.run_tool(command, "--help")
            self.assertEqual(code, 2)
            self.assertEqual(said, f"run: {command} takes no arguments: --help\n")

    def test_tests_say_first_what_they_do_and_how_long_it_takes(self):
        code, said = self.run_tool("tests", "-R", "codec")
        self.assertEqual(code, 1)
        first, refusal = said.split("setup:", 1)
        self.assertIn("no-such-compiler", refusal)
        for words in ("build/dev", "minutes", "two cores", "tools/run tests -R codec", "ctest -R codec"):
            self.assertIn(words, first)


class Setup(unittest.TestCase):
    """tools/setup on a machine that has a compiler and none of the other packages, as root."""

    def install(self, result):
        with tempfile.TemporaryDirectory(prefix="quipu_setup.") as name:
            folder = pathlib.Path(name)
            (folder / "tools").mkdir()
            (folder / "bin").mkdir()
            shutil.copy(RUN.parent / "setup", folder / "tools")
            for tool in TOOLS:
                (folder / "bin" / tool).symlink_to(shutil.which(tool))
            for stand_in, text in {"apt-get": APT_GET, "id": "#!/usr/bin/env bash\necho 0\n",
                                   "c++": "#!/usr/bin/env bash\nexit 0\n"}.items():
                (folder / "bin" / stand_in).write_text(text, encoding="utf-8")
                (folder / "bin" / stand_in).chmod(0o755)
            environment = {"PATH": str(folder / "bin"), "APT_GET_RESULT": str(result)}
            done = subprocess.run([str(folder / "tools" / "setup"), "ledger"], stdin=subprocess.DEVNULL, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, timeout=60)
            return done.returncode, done.stdout, (folder / "build" / "setup.log").read_text(encoding="utf-8")

    def test_the_size_is_said_and_the_rest_goes_to_a_file(self):
        code, said, log = self.install(0)
        self.assertEqual(code, 1, said)  # for nothing was installed
        self.assertIn("downloads about 11 MB", said)
        self.assertIn("still missing", said)
        self.assertIn("git: the example", said)  # a clone may have been made elsewhere
        self.assertNotIn("chatter", said)
        self.assertIn("chatter: -y", log)

    def test_a_failure_is_shown(self):
        code, said, _ = self.install(100)
        self.assertEqual(code, 1, said)
        self.assertIn("chatter", said)
        self.assertIn("setup: apt-get failed", said)


if __name__ == "__main__":
    unittest.main()
