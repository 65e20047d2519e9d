# SPDX-License-Identifier: BSL-1.0
#
# blocks.py: the code and output blocks of the documents, which are cut from programs that are compiled, run and
# compared. docs.py has the marks.
import pathlib
import re
import textwrap

LICENCE = "// SPDX-License-Identifier: BSL-1.0"
MARK = re.compile(r"^(?P<indent> *)<!-- (?P<what>cut|output): (?P<rest>.*?) -->$")
FENCE = re.compile(r"^(?P<indent> *)(?P<ticks>```+|~~~+) *(?P<language>[^\s`]*).*$")
OPENING = re.compile(r"^\s*// \[(\w+)\]$")
CLOSING = re.compile(r"^\s*// \[/(\w+)\]$")
LANGUAGES = {"cut": "cpp", "output": "text"}
# Fences in these languages show C++, and are always cut.
CPP = ("cpp", "c++", "cc", "cxx", "hpp")


class Problem(Exception):
    """What is wrong with a mark, or with the program that it names."""


def regions(lines):
    """The lines of a program without its marks, and its regions as (first, last past the end) of these lines."""
    shown, found, open_regions = [], {}, []
    for number, line in enumerate(lines, 1):
        opened, closed = OPENING.match(line), CLOSING.match(line)
        if opened:
            name = opened.group(1)
            if name in found or name in [each for each, _ in open_regions]:
                raise Problem("line %d opens [%s] a second time" % (number, name))
            open_regions.append((name, len(shown)))
        elif closed:
            if not open_regions or open_regions[-1][0] != closed.group(1):
                raise Problem("line %d closes [%s], which isn't the region that was opened last"
                              % (number, closed.group(1)))
            name, first = open_regions.pop()
            found[name] = (first, len(shown))
        else:
            shown.append(line)
    if open_regions:
        raise Problem("[%s] is never closed" % open_regions[-1][0])
    return shown, found


def trimmed(lines):
    while lines and not lines[0].strip():
        lines = lines[1:]
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines


def read(root, name):
    path = root / name
    if pathlib.PurePath(name).is_absolute() or ".." in pathlib.PurePath(name).parts or not path.is_file():
        raise Problem("there is no file %s" % name)
    return path.read_text(encoding="utf-8").splitlines()


def cut(root, words):
    """The lines that `cut: FILE [REGION...]` shows: regions one after the other, or the program after its licence."""
    name, wanted = words[0], words[1:]
    try:
        lines, found = regions(read(root, name))
    except Problem as problem:
        raise Problem(str(problem) if name in str(problem) else "%s: %s" % (name, problem))
    if not wanted:
        return trimmed(lines[1:] if lines and lines[0] == LICENCE else lines)
    parts = []
    for region in wanted:
        if region not in found:
            raise Problem("%s has no region [%s]" % (name, region))
        first, last = found[region]
        part = trimmed(textwrap.dedent("\n".join(lines[first:last])).split("\n"))
        if not part:
            raise Problem("%s: region [%s] is empty" % (name, region))
        parts += [""] * bool(parts) + part
    return parts


def output(root, words):
    """The lines that `output: FILE.cpp [FIRST-LAST]` shows of FILE.output."""
    name = str(pathlib.PurePosixPath(words[0]).with_suffix(".output"))
    lines = read(root, name)
    if len(words) == 1:
        return lines
    span = re.fullmatch(r"(\d+)(?:-(\d+))?", words[1]) if len(words) == 2 else None
    first, last = (int(span.group(1)), int(span.group(2) or span.group(1))) if span else (0, 0)
    if not 1 <= first <= last <= len(lines):
        raise Problem("%s has %d lines, not those of \"%s\"" % (name, len(lines), " ".join(words[1:])))
    return lines[first - 1:last]


def closing_line(lines, index):
    """The index of the line that closes the fence which begins at index."""
    opened = FENCE.match(lines[index])
    for last in range(index + 1, len(lines)):
        text = lines[last].strip()
        if text.startswith(opened.group("ticks")) and not text.strip(opened.group("ticks")[0]):
            return last
    return None


def wanted_block(root, mark, lines, index):
    """The lines that belong into the fence below the mark, which is at index."""
    language = LANGUAGES[mark.group("what")]
    opened = FENCE.match(lines[index + 1]) if index + 1 < len(lines) else None
    if not opened or opened.group("language") != language:
        raise Problem("the mark isn't directly above a ```%s fence" % language)
    words = mark.group("rest").split()
    if not words:
        raise Problem("the mark names no file")
    block = (cut if mark.group("what") == "cut" else output)(root, words)
    return [(opened.group("indent") + line).rstrip() for line in block]


def fill(root, text):
    """The document with its blocks filled, and its problems as (line, what); a block that differs is one."""
    lines, out, problems = text.split("\n"), [], []
    index, mark = 0, None
    while index < len(lines):
        line = lines[index]
        fence = FENCE.match(line)
        out.append(line)
        if not fence:
            mark = MARK.match(line)
            if mark and not (index + 1 < len(lines) and FENCE.match(lines[index + 1])):
                problems.append((index + 1, "the mark isn't directly above a fence"))
                mark = None
            elif not mark and re.match(r"^\s*<!--\s*(cut|output)\b", line):
                problems.append((index + 1, "isn't a mark as docs.py knows it: %s" % line.strip()))
            index += 1
            continue
        last = closing_line(lines, index)
        if last is None:
            problems.append((index + 1, "the fence isn't closed"))
            out += lines[index + 1:]
            break
        body = lines[index + 1:last]
        if mark:
            try:
                block = wanted_block(root, mark, lines, index - 1)
                if block != body:
                    problems.append((index + 1, "isn't what %s gives; tools/docs.py --write fills it"
                                     % mark.group("rest")))
                body = block
            except Problem as problem:
                problems.append((index, str(problem)))
        elif fence.group("language") in CPP:
            problems.append((index + 1, "a ```%s fence without a mark; cut it from a program" % fence.group("language")))
        out += body + [lines[last]]
        index, mark = last + 1, None
    return "\n".join(out), problems


def cut_files(text):
    """The programs that a document's marks name."""
    marks = (MARK.match(line) for line in text.splitlines())
    return {mark.group("rest").split()[0] for mark in marks if mark and mark.group("rest").split()}


def program_problems(root):
    """What is wrong with the programs in docs/src, whether a page shows them or not."""
    for path in sorted((root / "docs" / "src").rglob("*.cpp")):
        name = path.relative_to(root).as_posix()
        lines = path.read_text(encoding="utf-8").splitlines()
        if not lines or lines[0] != LICENCE:
            yield "%s: its first line isn't the licence, %s" % (name, LICENCE)
        if len(path.relative_to(root / "docs" / "src").parts) != 2:
            yield "%s: isn't docs/src/SECTION/NAME.cpp, so it isn't built" % name
        if not path.with_suffix(".output").is_file():
            yield "%s: has no %s beside it" % (name, path.with_suffix(".output").name)
        try:
            regions(lines)
        except Problem as problem:
            yield "%s: %s" % (name, problem)
    for path in sorted((root / "docs" / "src").rglob("*.output")):
        if not path.with_suffix(".cpp").is_file():
            yield "%s: has no program beside it" % path.relative_to(root).as_posix()
