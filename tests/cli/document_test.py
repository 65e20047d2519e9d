#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# document_test.py: the examples of docs/command-line.md and of the how-tos print what they say. Each line that begins
# with `$` in a block of the language `console` is run, in the document's order, and the lines behind it are its output
# and its errors. Each document begins with new stores.
#
#   document_test.py QUIPU SHOP            compares
#   document_test.py QUIPU SHOP --write    writes what was printed into the documents
#
# It also compares the commands and options of the manual page with those that the command has.
import os
import pathlib
import re
import subprocess
import sys

import command
from command import QUIPU, SHOP

WRITE = "--write" in sys.argv
ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "command-line.md"
HOWTOS = sorted((ROOT / "docs" / "howto").glob("*.md"))
MANUAL = ROOT / "docs" / "quipu.1"


class Document(command.CommandTest):
    def test_the_examples_print_what_it_says(self):
        self.assertGreater(self.run_examples(DOCUMENT), 20)

    def test_the_examples_of_the_how_tos_print_what_they_say(self):
        examples = 0
        for document in HOWTOS:
            with self.subTest(document.name):
                self.make_stores()
                examples += self.run_examples(document)
        self.assertGreater(examples, 10)

    def run_examples(self, document):
        """Runs the document's examples; returns their number."""
        programs = self.folder / "bin"
        programs.mkdir()
        (programs / "quipu").symlink_to(QUIPU)
        (programs / "shop").symlink_to(SHOP)
        written = document.read_text(encoding="utf-8")
        run = re.sub(r"```console\n(.*?)```", lambda block: "```console\n%s```" % self.run_block(block[1]), written,
                     flags=re.DOTALL)
        if WRITE:
            document.write_text(run, encoding="utf-8")
        else:
            self.assertEqual(written, run)
        return written.count("\n$ ")

    def run_block(self, block):
        out = []
        for line in block.splitlines():
            if line.startswith("$ "):
                out += [line, *self.run_line(line[2:])]
        return "\n".join(out) + "\n"

    def run_line(self, line):
        environment = {**os.environ, "COLUMNS": "80", "PATH": "%s:%s" % (self.folder / "bin", os.environ["PATH"])}
        done = subprocess.run(["bash", "-c", line], cwd=self.folder, env=environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.stdout.splitlines()

    def test_the_commands_of_the_document_are_those_there_are(self):
        written = DOCUMENT.read_text(encoding="utf-8")
        for name in self.commands():
            self.assertRegex(written, r"`(quipu )?%s|\$ (quipu|shop) %s" % (name, name))

    def test_the_manual_page_has_every_command_and_option(self):
        manual = MANUAL.read_text(encoding="utf-8").replace("\\-", "-")
        for name in self.commands():
            self.assertRegex(manual, r"(?m)^\.B.* ?%s" % name)
        helps = [self.run_command("--help")[1]] + [self.run_command(name, "--help")[1] for name in self.commands()]
        for option in {option for text in helps for option in re.findall(r"--[a-z-]+", text)}:
            self.assertIn(option, manual)

    def commands(self):
        listed = self.run_command("--help")[1].split("Subcommands:\n")[1].split("\n\n")[0]
        return re.findall(r"(?m)^  ([a-z]+)", listed)


class Completion(command.CommandTest):
    def test_it_completes_commands_and_options(self):
        script = self.run_command("completion")[1]

        def complete(*words):
            line = "COMP_WORDS=(%s); COMP_CWORD=%d; _quipu 2>/dev/null; echo ${COMPREPLY[@]}" % (
                " ".join("'%s'" % word for word in words), len(words) - 1)
            return subprocess.run(["bash", "-c", script + "\n" + line], text=True, stdout=subprocess.PIPE).stdout.split()

        self.assertEqual(complete("quipu", "ve"), ["verify"])
        self.assertEqual(complete("quipu", "verify", "shop", "--ex"), ["--expect-head"])
        self.assertEqual(complete("quipu", "cache", "v"), ["verify"])


if WRITE:
    sys.argv.remove("--write")
command.main()
