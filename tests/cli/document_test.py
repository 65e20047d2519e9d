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
import json
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
    def complete(self, *words, breaks=""):
        """What bash would offer for the last word; it takes the characters `breaks` for the ends of words."""
        script = self.run_command("completion")[1]
        line = "COMP_WORDBREAKS='%s'; COMP_LINE='%s'; COMP_POINT=${#COMP_LINE}; COMP_WORDS=(%s); COMP_CWORD=%d; " % (
            breaks, " ".join(words), " ".join("'%s'" % word for word in words), len(words) - 1)
        line += "_quipu 2>/dev/null; printf '%s\\n' \"${COMPREPLY[@]}\""
        return subprocess.run(["bash", "-c", script + "\n" + line], text=True, stdout=subprocess.PIPE,
                              cwd=self.folder).stdout.split()

    def test_it_completes_commands_and_options(self):
        self.assertEqual(self.complete("quipu", "ve"), ["verify"])
        self.assertEqual(self.complete("quipu", "verify", "shop", "--ex"), ["--expect-head"])
        self.assertEqual(self.complete("quipu", "cache", "v"), ["verify"])

    def test_it_completes_the_names_of_entities(self):
        orders = ["order:1001", "order:1002"]
        for words in (["cat", "shop", "--entity", "o"], ["ls", "shop", "order:1"], ["state", "shop", "o"], ["stats", "shop", "-e", "o"]):
            self.assertEqual(self.complete(QUIPU, *words), orders, words)
        self.assertEqual(self.complete(QUIPU, "cat", "shop", "--entity", ""),
                         ["order:1001", "shelf:candles", "order:1002", "parcel:77"])
        # Where a colon ends a word, what stands before it is on the line already.
        self.assertEqual(self.complete(QUIPU, "cat", "shop", "--entity", "order:1", breaks=":"), ["1001", "1002"])
        self.assertEqual(self.complete(QUIPU, "cat", "missing", "--entity", "o"), [])


class Examples(command.CommandTest):
    def test_each_example_runs(self):
        lines = [json.loads(line) for line in self.run_command("examples", "--json")[1].splitlines()]
        self.assertGreater(len(lines), 20)
        for each in lines:
            with self.subTest(each["wish"]):
                program, *arguments = each["command"].split()
                self.assertEqual(program, "quipu")
                # The copy is behind.
                self.assertEqual(self.run_command(*arguments)[0], 1 if arguments[0] == "diff" else 0)

    def test_a_word_chooses(self):
        self.expect("examples head", """
            the head, to be kept elsewhere      quipu head shop
            """)
        self.expect("examples nothing-like-it", "", code=2, errors="quipu: no example has the word nothing-like-it\n")


if WRITE:
    sys.argv.remove("--write")
command.main()
