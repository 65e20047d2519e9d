#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# tutorial_test.py: the last part of the tutorial shows what the command prints about the store that the part's program
# leaves. Times, ids and hashes differ in each run: their digits are not compared.
#
#   tutorial_test.py QUIPU PROGRAM            compares
#   tutorial_test.py QUIPU PROGRAM --write    writes what was printed into the document
import os
import pathlib
import re
import subprocess
import sys
import tempfile

QUIPU, PROGRAM = (os.path.abspath(path) for path in sys.argv[1:3])
DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs" / "tutorial" / "5-operate.md"
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
VARIES = re.compile(r"\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d(\.\d{6})?|[0-9a-f]{64}|[0-9a-f]{8}-[0-9a-f]{4}…|[0-9a-f]{16}…[0-9a-f]{8}")


def without_digits(text):
    """The text with a # for each digit of what varies."""
    return VARIES.sub(lambda found: re.sub(r"[0-9a-f]", "#", found[0]), text)


def run_block(block, folder):
    environment = {**os.environ, "COLUMNS": "80", "PATH": "%s:%s" % (folder / "bin", os.environ["PATH"])}
    out = []
    for line in block.splitlines():
        if line.startswith("$ "):
            done = subprocess.run(["bash", "-c", line[2:]], cwd=folder, env=environment, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            out += [line, *done.stdout.splitlines()]
    return "\n".join(out) + "\n"


def main():
    written = DOCUMENT.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "bin").mkdir()
        (folder / "bin" / "quipu").symlink_to(QUIPU)
        subprocess.run([PROGRAM], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        run = BLOCK.sub(lambda block: "```console\n%s```" % run_block(block[1], folder), written)
    if "--write" in sys.argv:
        DOCUMENT.write_text(run, encoding="utf-8")
        return
    if not BLOCK.search(written):
        sys.exit("%s has no block of the language console" % DOCUMENT)
    for shown, printed in zip(without_digits(written).splitlines(), without_digits(run).splitlines()):
        if shown != printed:
            sys.exit("%s shows\n  %s\nand the command printed\n  %s" % (DOCUMENT, shown, printed))
    if len(written.splitlines()) != len(run.splitlines()):
        sys.exit("%s: the command printed more or fewer lines" % DOCUMENT)


main()
