#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# run_example.py: runs an example in an empty folder and compares what it prints with the file beside its source. Twice, because a
# program that leaves something behind must still print the same.
#
#   run_example.py PROGRAM OUTPUT
import difflib
import os
import pathlib
import subprocess
import sys
import tempfile


def main():
    program, expected = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).read_text(encoding="utf-8")
    for attempt in ("first", "second"):
        with tempfile.TemporaryDirectory(prefix="quipu_example.") as folder:
            environment = dict(os.environ)
            if attempt == "first":
                environment["TMPDIR"] = folder
            done = subprocess.run([program], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  cwd=folder, env=environment, timeout=50)
        printed = done.stdout.decode("utf-8", "backslashreplace")
        if done.returncode:
            print(printed)
            sys.exit("%s: exit code %d" % (program, done.returncode))
        difference = list(difflib.unified_diff(expected.splitlines(True), printed.splitlines(True), "expected", "printed"))
        if difference:
            print("".join(difference))
            sys.exit("%s: prints something else in its %s run" % (program, attempt))


if __name__ == "__main__":
    main()
