#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# check_layers.py: checks the rules that the source tree follows and that no compiler knows.
#
# - A file of a layer includes only its own layer and the layers before it (header_tree.LAYERS). A file of a layer
#   beside these (header_tree.LAYERS_BESIDE) includes only its own layer and <quipu.hpp>, and the definitions of such a
#   layer are compiled once by one file of src.
# - model.hpp and quipu.hpp include every header once that declares something outside of quipu::detail, and
#   impl/model.ipp and impl/engine.ipp every definitions file, layer by layer. Only these lists include definitions
#   files. Every other header is included by something.
# - A definitions file belongs to a header, and each of its functions begins with QUIPU_DECL; so do the declarations of
#   those that override.
# - A file leaves no macro defined (except QUIPU_... in macros.hpp and version.hpp), and has no unnamed namespace and no
#   using-directive.
# - A public header includes no header of the operating system.
# - A source file has the licence line, says what it is, has at most 600 lines, and contains no path of one machine.
# - Lines are at most 120 columns long in code and 100 in documents (COLUMNS).
#
#   check_layers.py            prints every problem on a line; exit code 1 if there is one
#   check_layers.py --write    first brings the four lists of includes up to date
import argparse
import os
import pathlib
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import definitions  # noqa: E402
import header_tree  # noqa: E402

SOURCE_FOLDERS = ("include", "src", "tests", "tools", "examples", "benchmarks", "cmake", "docs/src", ".ci")
SOURCE_SUFFIXES = (".hpp", ".ipp", ".cpp", ".h", ".c", ".py", ".sh", ".cmake")
MOST_LINES = 600
# The most columns of a line in a folder's source files, or in documents. A folder with False still has longer lines and
# is not checked.
COLUMNS = {
    "include": (120, True),
    "src": (120, True),
    "tests": (120, False),
    "tools": (120, False),
    "examples": (120, True),
    "benchmarks": (120, False),
    "docs": (100, True),
    "README.md": (100, True),
}
# Documents that were written with longer lines.
WITH_LONGER_LINES = ("docs/decisions/", "docs/reference/compile-errors.md")
# An umbrella can be included again after QUIPU_IMPLEMENTATION was defined, and then includes the definitions.
WITHOUT_PRAGMA_ONCE = ("include/quipu.hpp", *("include/quipu/" + name for name in header_tree.LISTS))
WITH_MACROS = ("macros.hpp", "version.hpp")
MACRO = re.compile(r"^\s*#\s*(define|undef)\s+(\w+)")
# An unnamed namespace is another thing in each file of a program; a using-directive changes what the program's names
# mean.
UNWANTED = (("an unnamed namespace", re.compile(r"^\s*(?:inline\s+)?namespace\s*(?:\{|$)")),
            ("a using-directive", re.compile(r"^\s*using\s+namespace\b")))
SYSTEM_HEADER = re.compile(r"<(?:(?:sys|linux|asm|net|netinet|arpa)/.*"
                           r"|(?:unistd|fcntl|pthread|dirent|poll|sched|signal)\.h)>$")
# Public headers that include headers of the operating system, and why.
SYSTEM_HEADER_EXEMPT = {
    "event/event_id.hpp": "getpid and getentropy in inline functions",
    "journal/segment/index_files.hpp": "getrlimit in an inline function",
}
# Folders in which people and build machines keep their clones.
MACHINE_PATH = re.compile(r"(?<![\w.~/$}])/(?:home|root|Users|work|workspace|builds)/[\w.]")


def place(name, index=None):
    return "include/quipu/%s" % name if index is None else "include/quipu/%s:%d" % (name, index + 1)


def rank(file):
    return header_tree.LAYERS.index(file.layer()) if file.layer() else -1


def expected_lists(tree):
    """The names that each umbrella and each list includes, in order.

    Headers come layer by layer, in a layer by name but each after what it includes. Definitions files come by name.
    """
    def public(layers):
        order = []
        for layer in layers:
            names = sorted(file.name for file in tree.headers() if file.layer() == layer and file.is_interface())
            order += [name for name in tree.includes_first(names) if name in names]
        return order

    def defined(layers):
        return [file.name for layer in layers for file in tree.definitions() if file.layer() == layer]

    top = [name for name in header_tree.TOP if name in tree.files]
    return {header_tree.MODEL: top + public(header_tree.MODEL_LAYERS),
            header_tree.WHOLE: [header_tree.MODEL] + public(header_tree.ENGINE_LAYERS),
            header_tree.MODEL_LIST: defined(header_tree.MODEL_LAYERS),
            header_tree.ENGINE_LIST: defined(header_tree.ENGINE_LAYERS)}


def drop_missing(root):
    """Removes the includes of files that don't exist any more from the four lists, so that the tree can be read."""
    folder = root / "include" / "quipu"
    for name in (*header_tree.LISTS, *header_tree.LISTS.values()):
        path = folder / name
        if not path.is_file():
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        block = [line for line in lines[-3:] if name in header_tree.LISTS]

        def is_missing(line):
            include = header_tree.INCLUDE.match(line)
            written = include.group("name") if include else ""
            return written.startswith('"') and line not in block and not (path.parent / written[1:-1]).is_file()

        kept = [line for line in lines if not is_missing(line)]
        if kept != lines:
            path.write_text("\n".join(kept) + "\n", encoding="utf-8")


def write_list(tree, name, includes):
    """Replaces a file's includes, a paragraph for each layer, and leaves the rest as it is."""
    lines = tree.files[name].lines
    present = [index for index, _ in tree.files[name].quoted]
    if present:
        before, after = lines[:present[0]], lines[present[-1] + 1:]
    else:
        before, after = "\n".join(lines).rstrip().split("\n") + [""], []
    block, layer = [], None
    for included in includes:
        if block and tree.files[included].layer() != layer:
            block.append("")
        layer = tree.files[included].layer()
        block.append('#include "%s"' % os.path.relpath(included, os.path.dirname(name) or "."))
    (tree.folder / name).write_text("\n".join(before + block + after).rstrip() + "\n", encoding="utf-8")


def layer_problems(tree):
    lists = (*header_tree.LISTS, *header_tree.LISTS.values())
    for name, file in tree.files.items():
        if name in lists:
            continue
        if file.layer() is None:
            if name not in header_tree.TOP:
                yield "%s: belongs in a layer's folder" % place(name)
            for index, included in file.quoted:
                if included not in header_tree.TOP:
                    yield "%s: stands before all layers and includes %s" % (place(name, index), included)
            continue
        if file.is_definitions() and not name.startswith(header_tree.IMPL + "/"):
            yield "%s: belongs in %s/" % (place(name), header_tree.IMPL)
            continue
        if file.is_beside():
            yield from beside_problems(tree, file)
            continue
        if file.layer() not in header_tree.LAYERS:
            yield "%s: %s isn't a layer" % (place(name), file.layer())
            continue
        for index, included in file.quoted:
            other = tree.files[included]
            where = place(name, index)
            if other.is_umbrella():
                yield "%s: a part includes the whole" % where
            elif other.is_definitions():
                yield "%s: includes the definitions %s; only the lists in %s/ do" % (where, included, header_tree.IMPL)
            elif other.layer() and other.layer() not in header_tree.LAYERS:
                continue
            elif rank(other) > rank(file):
                yield "%s: %s may not include %s, which comes after it" % (where, file.layer(), included)


def beside_problems(tree, file):
    for index, included in file.quoted:
        if tree.files[included].layer() != file.layer():
            yield "%s: %s may include <quipu.hpp> and its own layer, not %s" % (place(file.name, index), file.layer(),
                                                                                included)
    if file.is_definitions():
        wanted = "#include <quipu/%s>" % file.name
        compiled = [path.name for path in sorted((tree.root / "src").glob("*.cpp"))
                    if wanted in path.read_text(encoding="utf-8").splitlines()]
        if len(compiled) != 1:
            yield "%s: one file of src must have %s, these do: %s" % (place(file.name), wanted,
                                                                      ", ".join(compiled) or "none")


def definitions_problems(tree):
    for file in tree.definitions():
        name = file.name
        if not name.startswith(header_tree.IMPL + "/"):
            continue
        if file.header() not in tree.files:
            yield "%s: has no header %s" % (place(name), file.header())
        elif file.header() not in [included for _, included in file.quoted]:
            yield "%s: doesn't include its header %s" % (place(name), file.header())
        try:
            for line, beginning in definitions.without_decl("\n".join(file.lines) + "\n"):
                where, shown = place(name, line - 1), " ".join(beginning.split())[:80]
                yield "%s: doesn't begin with QUIPU_DECL: %s" % (where, shown)
        except definitions.Unbalanced as failure:
            yield "%s: a brace without its other half, or an unfinished declaration" % place(name, failure.args[0] - 1)
    for file in tree.headers():
        if file.name == "macros.hpp":
            continue
        hidden = definitions.hide("\n".join(file.lines))
        for found in re.finditer(r"\bQUIPU_DECL\b[^;{]*", hidden):
            if not re.search(r"\boverride\b", found.group()):
                where = place(file.name, hidden.count("\n", 0, found.start()))
                yield ("%s: QUIPU_DECL in a header; it belongs to definitions in %s/, and to declarations of functions"
                       " that override" % (where, header_tree.IMPL))
        for found in re.finditer(r"[^;{}]*\boverride\s*;", hidden):
            if not re.search(r"\bQUIPU_DECL\b", found.group()):
                where = place(file.name, hidden.count("\n", 0, found.end()))
                yield "%s: a function that overrides is declared with QUIPU_DECL; see macros.hpp" % where


def interface_problems(tree):
    for name, file in tree.files.items():
        macros = {}
        for index, line in enumerate(file.lines):
            for what, pattern in UNWANTED:
                if pattern.match(line):
                    yield "%s: %s in a header" % (place(name, index), what)
            macro = MACRO.match(line)
            if macro and macro.group(1) == "define":
                macros[macro.group(2)] = index
            elif macro:
                macros.pop(macro.group(2), None)
        for macro, index in macros.items():
            if name not in WITH_MACROS or not macro.startswith("QUIPU_"):
                yield "%s: the macro %s outlives the header" % (place(name, index), macro)


def system_header_problems(tree):
    for file in tree.headers():
        found = False
        for index, line in enumerate(file.lines):
            include = header_tree.INCLUDE.match(line)
            if not include or not SYSTEM_HEADER.match(include.group("name")):
                continue
            found = True
            if file.is_public() and file.name not in SYSTEM_HEADER_EXEMPT:
                where, written = place(file.name, index), include.group("name")
                yield "%s: a public header includes %s of the operating system" % (where, written)
        if not found and file.name in SYSTEM_HEADER_EXEMPT:
            yield "%s: needs no exemption any more; remove it from SYSTEM_HEADER_EXEMPT" % place(file.name)


def list_problems(tree):
    for name, expected in expected_lists(tree).items():
        present = [included for _, included in tree.files[name].quoted]
        kind = "a definitions file" if name in header_tree.LISTS.values() else "a public header"
        for included in expected:
            if included not in present:
                yield "%s: forgets %s" % (place(name), included)
        for included in sorted(set(present)):
            if included not in expected:
                yield "%s: includes %s, which isn't %s of its layers" % (place(name), included, kind)
            elif present.count(included) > 1:
                yield "%s: includes %s twice" % (place(name), included)
        if sorted(present) == sorted(expected) and present != expected:
            yield "%s: isn't in order; check_layers.py --write puts it right" % place(name)
    starts = [file.name for file in tree.files.values() if file.is_public() or file.is_definitions()]
    reached = set(tree.includes_first(starts))
    for name in tree.files:
        if name not in reached:
            yield "%s: nothing includes it" % place(name)


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


def pragma_problem(path, name, lines):
    present = any(header_tree.PRAGMA_ONCE.match(line) for line in lines)
    if name in WITHOUT_PRAGMA_ONCE and present:
        return "%s: #pragma once keeps QUIPU_IMPLEMENTATION from working after a first include" % name
    if path.suffix in (".hpp", ".ipp") and name not in WITHOUT_PRAGMA_ONCE and not present:
        return "%s: no #pragma once" % name
    return None


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
            count = "more than one" if len(marks) > 1 else "no"
            yield "%s: %s line with the licence (%s) at the top" % (name, count, licence)
        if not any(len(line.strip("/# ")) > 15 for line in lines[first + 1:first + 4] if line.startswith(("//", "#"))):
            yield "%s: doesn't say at the top what it is" % name
        pragma = pragma_problem(path, name, lines)
        if pragma:
            yield pragma
        if len(lines) > MOST_LINES:
            yield "%s: %d lines; more than %d is two ideas" % (name, len(lines), MOST_LINES)
        if text and (not text.endswith("\n") or "\r" in text or "\t" in text):
            yield "%s: has tabs or carriage returns, or doesn't end with a newline" % name
        for index, line in enumerate(lines):
            if MACHINE_PATH.search(line) or str(root) + "/" in line:
                yield "%s:%d: a path of one machine: %s" % (name, index + 1, line.strip()[:80])


def prose(lines):
    """The lines of a document that can be wrapped, with their indexes; what links point to is left out."""
    fence = None
    for index, line in enumerate(lines):
        mark = re.match(r"\s*(```+|~~~+)", line)
        if mark and (fence is None or mark.group(1).startswith(fence)):
            fence = mark.group(1) if fence is None else None
            continue
        code = fence is not None or re.match(r" {4,}(?![-*+] |\d+\. )", line)
        if code or re.match(r"\s*\||\s*\[[^\]]+\]:", line):
            continue
        yield index, re.sub(r"https?://\S+", "", re.sub(r"\]\([^()]*\)", "]", line))


def column_problems(root, columns):
    held = {folder: most for folder, (most, checked) in columns.items() if checked}
    for path in sources(root):
        name = path.relative_to(root).as_posix()
        most = held.get(name.split("/")[0])
        if most is None or not path.is_file():
            continue
        for index, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines()):
            if len(line) > most:
                yield "%s:%d: %d columns; a line has at most %d" % (name, index + 1, len(line), most)
    for path in [*sorted((root / "docs").rglob("*.md")), root / "README.md"]:
        name = path.relative_to(root).as_posix()
        if name.startswith(WITH_LONGER_LINES):
            continue
        most = held.get(name.split("/")[0])
        if most is None or not path.is_file():
            continue
        for index, line in prose(path.read_text(encoding="utf-8", errors="replace").splitlines()):
            if len(line) > most:
                yield "%s:%d: %d columns; a line has at most %d" % (name, index + 1, len(line), most)


def main():
    parser = argparse.ArgumentParser(description="Checks layers, lists of includes, definitions and sources.")
    parser.add_argument("--root", type=pathlib.Path, default=header_tree.ROOT,
                        help="the repository (default: this one)")
    parser.add_argument("--write", action="store_true", help="bring the four lists of includes up to date first")
    parser.add_argument("--all-columns", action="store_true", help="check the columns of every folder in COLUMNS")
    options = parser.parse_args()
    columns = {folder: (most, checked or options.all_columns) for folder, (most, checked) in COLUMNS.items()}
    try:
        if options.write:
            drop_missing(options.root)
        tree = header_tree.Tree(options.root)
        if options.write:
            for name, includes in expected_lists(tree).items():
                write_list(tree, name, includes)
            tree = header_tree.Tree(options.root)
        problems = [*layer_problems(tree), *definitions_problems(tree), *interface_problems(tree),
                    *system_header_problems(tree), *list_problems(tree), *source_problems(tree.root),
                    *column_problems(tree.root, columns)]
    except header_tree.Problem as problem:
        problems = [str(problem)]
        tree = None
    for problem in problems:
        print(problem)
    if problems:
        sys.exit("check_layers.py: %d problem%s" % (len(problems), "s" if len(problems) > 1 else ""))
    print("check_layers.py: %d headers and %d definitions files in %d layers are in order"
          % (len(tree.headers()), len(tree.definitions()), len(header_tree.LAYERS)))


if __name__ == "__main__":
    main()
