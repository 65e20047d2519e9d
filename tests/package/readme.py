#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# readme.py: what README.md shows first has to be true: its program, built by the command it gives for a header that
# is dropped in, prints what it says, in two runs in one folder. tools/docs.py checks its links and its blocks.
#
#   readme.py README COMPILER [FLAG...]
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile


def one(pattern, text, what):
    found = re.search(pattern, text, re.MULTILINE | re.DOTALL)
    if not found:
        sys.exit("README.md has no " + what)
    return found.group(1)


def main():
    readme, compiler, flags = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
    text = readme.read_text(encoding="utf-8")
    root = readme.resolve().parent
    program = one(r"^```cpp\n(.*?)^```$", text, "program")
    command = shlex.split(one(r"^    (g\+\+ -std=c\+\+20 [^\n]*program\.cpp[^\n]*)$", text, "command that builds a program"))
    expected = re.findall(r"`([^`]+)`", one(r"\n(It prints .*?, and when it is run again[ \n]`[^`]+`)", text,
                                            "sentence on what the program prints"))
    command = [compiler, *flags, "-Wall", "-Wextra", "-Wpedantic", "-Werror", *command[1:]]
    command = ["-I%s" % (root / word[2:]) if word.startswith("-I") and not os.path.isabs(word[2:]) else word for word in command]
    with tempfile.TemporaryDirectory(prefix="quipu_readme.") as folder:
        (pathlib.Path(folder) / "program.cpp").write_text(program, encoding="utf-8")
        subprocess.run(command, cwd=folder, check=True)
        for wanted in expected:
            printed = subprocess.run(["./program"], cwd=folder, check=True, stdout=subprocess.PIPE, timeout=60).stdout.decode()
            if printed != wanted + "\n":
                sys.exit("README.md says that its program prints %s; it prints %r" % (wanted, printed))


if __name__ == "__main__":
    main()
