#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# check_layers.py: what the tree promises, checked.
#
# - A header includes only its own layer and the layers before it (header_tree.LAYERS). fwd.hpp and version.hpp stand before all.
# - quipu.hpp includes every public header once, layer by layer, each after what it includes; no header under detail/ is unused.
# - A header defines no macro that it doesn't undefine again, and has no unnamed namespace and no using-directive.
# - Every source file carries the licence line once, says what it is, has at most 600 lines, and no path of somebody's machine.
#
#   check_layers.py            exit code 1, and every problem on a line, if anything is wrong
#   check_layers.py --write    first brings the list of includes in quipu.hpp up to date
import argparse
import os
import pathlib
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import header_tree  # noqa: E402

SOURCE_FOLDERS = ("include", "tests", "tools", "examples", "benchmarks", "cmake", ".ci")
SOURCE_SUFFIXES = (".hpp", ".cpp", ".h", ".c", ".py", ".sh", ".cmake")
MOST_LINES = 600
# Which headers stand above the layers; each may be included from anywhere and includes no layer.
TOP = ("macros.hpp", "fwd.hpp", "version.hpp")
MACRO = re.compile(r"^\s*#\s*(define|undef)\s+(\w+)")
# What would be another thing in each file of a program, or would put names into it that it hasn't asked for.
UNWANTED = (("an unnamed namespace", re.compile(r"^\s*(?:inline\s+)?namespace\s*\{")),
            ("a using-directive", re.compile(r"^\s*using\s+namespace\b")))
# Folders in which people and build machines keep their clones.
MACHINE_PATH = re.compile(r"(?<![\w.~/$}])/(?:home|root|Users|work|workspace|builds)/[\w.]")


def rank(header):
    return header_tree.LAYERS.index(header.layer()) if header.layer() else -1


def expected_umbrella(tree):
    """Public headers layer by layer; in a layer by name, but each after what it includes."""
    order = [name for name in TOP if name in tree.headers]
    for layer in header_tree.LAYERS:
        public = [name for name, header in tree.headers.items() if header.layer() == layer and header.is_public()]
        order += [name for name in tree.includes_first(sorted(public)) if name in public]
    return order


def write_umbrella(tree):
    """Replaces the includes in quipu.hpp, one paragraph a layer, and leaves the rest alone."""
    path = tree.folder / header_tree.UMBRELLA
    lines = tree.headers[header_tree.UMBRELLA].lines
    includes = {index for index, _ in tree.headers[header_tree.UMBRELLA].quoted}
    first = min(includes) if includes else len(lines)
    last = max(includes) if includes else len(lines) - 1
    block, layer = [], ""
    for name in expected_umbrella(tree):
        if tree.headers[name].layer() != layer and block:
            block.append("")
        layer = tree.headers[name].layer()
        block.append('#include "%s"' % name)
    new = lines[:first] + block + lines[last + 1:]
    path.write_text("\n".join(new).rstrip() + "\n", encoding="utf-8")


def layer_problems(tree):
    for name, header in tree.headers.items():
        if name == header_tree.UMBRELLA:
            continue
        if header.layer() is None:
            if name not in TOP:
                yield "include/quipu/%s: belongs in a layer's folder; only %s stand beside quipu.hpp" % (name, " and ".join(TOP))
            for index, included in header.quoted:
                if included not in TOP:
                    yield "include/quipu/%s:%d: stands above all layers and includes %s" % (name, index + 1, included)
            continue
        if header.layer() not in header_tree.LAYERS:
            yield "include/quipu/%s: %s isn't a layer" % (name, header.layer())
            continue
        for index, included in header.quoted:
            other = tree.headers[included]
            where = "include/quipu/%s:%d" % (name, index + 1)
            if included == header_tree.UMBRELLA:
                yield "%s: a part includes the whole" % where
            elif other.layer() and other.layer() not in header_tree.LAYERS:
                continue
            elif rank(other) > rank(header):
                yield "%s: %s may not include %s, which comes after it" % (where, header.layer(), included)


def interface_problems(tree):
    for name, header in tree.headers.items():
        macros = {}
        for index, line in enumerate(header.lines):
            where = "include/quipu/%s:%d" % (name, index + 1)
            for what, pattern in UNWANTED:
                if pattern.match(line):
                    yield "%s: %s in a header" % (where, what)
            macro = MACRO.match(line)
            if macro and macro.group(1) == "define":
                macros[macro.group(2)] = where
            elif macro:
                macros.pop(macro.group(2), None)
        for macro, where in macros.items():
            yield "%s: the macro %s outlives the header" % (where, macro)


def umbrella_problems(tree):
    if header_tree.UMBRELLA not in tree.headers:
        yield "include/quipu/%s: doesn't exist" % header_tree.UMBRELLA
        return
    present = [included for _, included in tree.headers[header_tree.UMBRELLA].quoted]
    expected = expected_umbrella(tree)
    for name in expected:
        if name not in present:
            yield "include/quipu/quipu.hpp: forgets %s" % name
    for name in present:
        if name not in expected:
            yield "include/quipu/quipu.hpp: includes %s, which isn't a public header of a layer" % name
        elif present.count(name) > 1:
            yield "include/quipu/quipu.hpp: includes %s twice" % name
    if sorted(present) == sorted(expected) and present != expected:
        yield "include/quipu/quipu.hpp: isn't in the order of the layers; check_layers.py --write puts it right"
    reached = set(tree.includes_first([name for name, header in tree.headers.items() if header.is_public()]))
    for name in tree.headers:
        if name not in reached:
            yield "include/quipu/%s: nothing includes it" % name


def sources(root):
    for folder in SOURCE_FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if not path.is_file() or path.is_symlink() or "__pycache__" in path.parts:
                continue
            if path.suffix in SOURCE_SUFFIXES or path.name == "CMakeLists.txt":
                yield path
            elif not path.suffix and path.read_bytes()[:2] == b"#!":
                yield path
    yield root / "CMakeLists.txt"


def source_problems(root):
    licence = header_tree.LICENCE_LINE[len("// "):]
    for path in sources(root):
        name = path.relative_to(root).as_posix()
        try:
            text = path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as failure:
            yield "%s: can't be read as UTF-8 text: %s" % (name, failure)
            continue
        lines = text.splitlines()
        marks = [index for index, line in enumerate(lines) if line in ("// " + licence, "# " + licence)]
        first = 1 if lines and lines[0].startswith("#!") else 0
        if marks != [first]:
            yield "%s: %s line with the licence (%s) at the top" % (name, "more than one" if len(marks) > 1 else "no", licence)
        if not any(len(line.strip("/# ")) > 15 for line in lines[first + 1:first + 4] if line.startswith(("//", "#"))):
            yield "%s: doesn't say at the top what it is" % name
        if path.suffix == ".hpp" and not any(header_tree.PRAGMA_ONCE.match(line) for line in lines):
            yield "%s: no #pragma once" % name
        if len(lines) > MOST_LINES:
            yield "%s: %d lines; more than %d is two ideas" % (name, len(lines), MOST_LINES)
        if text and (not text.endswith("\n") or "\r" in text or "\t" in text):
            yield "%s: has tabs or carriage returns, or doesn't end with a newline" % name
        for index, line in enumerate(lines):
            if MACHINE_PATH.search(line) or str(root) + "/" in line:
                yield "%s:%d: a path of one machine: %s" % (name, index + 1, line.strip()[:80])


def main():
    parser = argparse.ArgumentParser(description="Checks layers, umbrella and sources.")
    parser.add_argument("--root", type=pathlib.Path, default=header_tree.ROOT, help="the repository (default: this one)")
    parser.add_argument("--write", action="store_true", help="bring the list of includes in quipu.hpp up to date first")
    options = parser.parse_args()
    try:
        tree = header_tree.Tree(options.root)
        if options.write:
            write_umbrella(tree)
            tree = header_tree.Tree(options.root)
        problems = [*layer_problems(tree), *interface_problems(tree), *umbrella_problems(tree), *source_problems(tree.root)]
    except header_tree.Problem as problem:
        problems = [str(problem)]
        tree = None
    for problem in problems:
        print(problem)
    if problems:
        sys.exit("check_layers.py: %d problem%s" % (len(problems), "s" if len(problems) > 1 else ""))
    print("check_layers.py: %d headers in %d layers are in order" % (len(tree.headers), len(header_tree.LAYERS)))


if __name__ == "__main__":
    main()
