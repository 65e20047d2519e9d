#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# amalgamate.py: makes the single headers: single_include/quipu.hpp out of include/quipu/quipu.hpp, and
# single_include/quipu_model.hpp out of include/quipu/model.hpp. The results depend on include/quipu and on LICENSE
# alone: not on the time, a path or the version of Python.
#
#   amalgamate.py                    write both into single_include
#   amalgamate.py --output FOLDER    write both there instead
#   amalgamate.py --check            exit code 1, and the difference, if a committed file isn't what would be written
#
# A single header has up to four parts: the model's declarations, the engine's declarations, the model's definitions and
# the engine's definitions. Each part has a guard of its own and there is no #pragma once, so that a file can define
# QUIPU_IMPLEMENTATION after a first include or after a precompiled header, and can include both single headers. The
# parts of the model are the same text in both.
#
# A header that only definitions need is in a definitions part. Within a part, each file follows everything it includes,
# whole, under a line that names it. A part's standard and Boost includes are gathered at its beginning; an include
# under a condition stays where it is. Before all of them comes language.hpp.
import argparse
import difflib
import os
import pathlib
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import header_tree  # noqa: E402

WIDTH = 120
GUARD = "QUIPU_SINGLE_HEADER_"
# The generated files, and the umbrella that each is made from.
OUTPUTS = {"quipu.hpp": header_tree.WHOLE, "quipu_model.hpp": header_tree.MODEL}


def opening_comment(lines):
    """A file's first comment without the licence line."""
    comment = []
    for line in lines:
        if not line.startswith("//"):
            break
        if line != header_tree.LICENCE_LINE:
            comment.append(line)
    while comment and comment[0] == "//":
        comment.pop(0)
    return comment


def body(file):
    """The lines of a file without licence line, include guard and gathered includes."""
    gone = {index for index, _ in file.quoted + file.angled}
    kept, hole = [], False
    for index, line in enumerate(file.lines):
        if index in gone or line == header_tree.LICENCE_LINE or header_tree.PRAGMA_ONCE.match(line):
            hole = True
            continue
        at_start = not kept and line.strip() in ("", "//")
        beside_hole = hole and not line.strip() and kept and not kept[-1].strip()
        if at_start or beside_hole:
            continue
        hole = False
        kept.append(line)
    while kept and not kept[-1]:
        kept.pop()
    return kept


def checks(umbrella):
    """What an umbrella has beside its comment, its includes and its last block: the checks of the build mode."""
    rest = body(umbrella)[len(opening_comment(umbrella.lines)):-len(header_tree.last_block(umbrella.name))]
    text = "\n".join(rest).strip()
    return text.split("\n") + [""] if text else []


def include_group(written):
    """Boost first: its headers must not depend on what was included before. Then the system's C headers, then C++'s."""
    if written.startswith("<boost/"):
        return 0
    return 1 if written.endswith(".h>") else 2


# g++ warns of a name in here that is also the name of something global in the program. No text in here can prevent
# that.
QUIET = ["#if defined(__GNUC__) && !defined(__clang__)", "#pragma GCC diagnostic push",
         '#pragma GCC diagnostic ignored "-Wshadow"', "#endif"]
LOUD = ["#if defined(__GNUC__) && !defined(__clang__)", "#pragma GCC diagnostic pop", "#endif"]


class Part:
    """Some files of the tree, in an order in which each follows what it includes."""

    def __init__(self, tree, guard, names, after=(), definitions=False):
        self.files = [tree.files[name] for name in names]
        self.guard = GUARD + guard
        self.definitions = definitions
        earlier = {written for part in after for written in part.angled}
        self.angled = {written for file in self.files for _, written in file.angled} - earlier

    def text(self):
        if not self.files:
            return []
        if self.definitions:
            out = ["#if (defined(QUIPU_HEADER_ONLY) || defined(QUIPU_IMPLEMENTATION)) && !defined(%s)" % self.guard]
        else:
            out = ["#ifndef " + self.guard]
        out += ["#define " + self.guard, ""]
        for group in range(3):
            lines = ["#include " + written for written in sorted(self.angled) if include_group(written) == group]
            if lines:
                out += lines + [""]
        out += QUIET + [""]
        for file in self.files:
            title = "// ---- quipu/%s " % file.name
            out += [title + "-" * (WIDTH - len(title)), ""]
            out += body(file) + [""]
        return out + LOUD + ["#endif  // " + self.guard, ""]


def amalgamate(tree):
    """The generated files: a dictionary of name and text."""
    declared = tree.includes_first([header_tree.WHOLE])
    defined = tree.includes_first([header_tree.MODEL_LIST, header_tree.ENGINE_LIST])
    for name in declared:
        if tree.files[name].is_definitions():
            raise header_tree.Problem("%s is included by a header; only the umbrellas include definitions" % name)

    def chosen(names, model):
        files = [tree.files[name] for name in names]
        return [file.name for file in files if not file.is_umbrella() and not file.is_list() and file.name != header_tree.LANGUAGE
                and (file.layer() is None or file.layer() in header_tree.MODEL_LAYERS) == model]

    only_defined = [name for name in defined if name not in set(declared)]
    # A part leaves out an include that stands in a part which comes before it in every file.
    model = Part(tree, "MODEL_DECLARATIONS", chosen(declared, True))
    engine = Part(tree, "ENGINE_DECLARATIONS", chosen(declared, False), [model])
    model_code = Part(tree, "MODEL_DEFINITIONS", chosen(only_defined, True), [model], definitions=True)
    engine_code = Part(tree, "ENGINE_DEFINITIONS", chosen(only_defined, False), [model, engine, model_code],
                       definitions=True)

    texts = {}
    licence = (tree.root / "LICENSE").read_text(encoding="utf-8").rstrip().splitlines()
    for output, name in OUTPUTS.items():
        whole = name == header_tree.WHOLE
        umbrella = tree.files[name]
        out = [header_tree.LICENCE_LINE, "//"]
        out += opening_comment(umbrella.lines)
        out += ["//", "// Generated by tools/amalgamate.py from include/quipu: change it there.", "//"]
        out += [("// " + line).rstrip() for line in licence] + [""]
        out += body(tree.files[header_tree.LANGUAGE]) + [""]
        out += model.text() + (engine.text() if whole else [])
        out += checks(tree.files[header_tree.MODEL]) + (checks(umbrella) if whole else [])
        out += model_code.text() + (engine_code.text() if whole else [])
        texts[output] = "\n".join(out).rstrip() + "\n"
    return texts


def differs(committed, text):
    """Prints how a committed file differs from the text, and says whether it does."""
    present = committed.read_bytes().decode("utf-8", "replace") if committed.is_file() else ""
    if present == text:
        return False
    difference = list(difflib.unified_diff(present.splitlines(), text.splitlines(), "committed", "generated",
                                           lineterm="", n=0))
    for line in difference[:20]:
        print(line)
    print("amalgamate.py: single_include/%s isn't what the headers make now (%d lines of difference). "
          "Run tools/amalgamate.py and commit the result." % (committed.name, len(difference)))
    return True


def main():
    parser = argparse.ArgumentParser(description="Makes the single headers.")
    parser.add_argument("--root", type=pathlib.Path, default=header_tree.ROOT,
                        help="the repository (default: this one)")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--output", type=pathlib.Path, help="the folder to write into (default: single_include)")
    choice.add_argument("--check", action="store_true", help="compare with the committed files instead of writing")
    options = parser.parse_args()
    committed = options.root / "single_include"
    try:
        texts = amalgamate(header_tree.Tree(options.root))
    except header_tree.Problem as problem:
        sys.exit("amalgamate.py: %s" % problem)
    if options.check:
        different = [name for name, text in texts.items() if differs(committed / name, text)]
        sys.exit(1 if different else 0)
    folder = options.output or committed
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_bytes(text.encode("utf-8"))


if __name__ == "__main__":
    main()
