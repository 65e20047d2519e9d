#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# explorer_links.py: makes the links of docs/explorer.md, which open the experiments of examples/explorer in Compiler
# Explorer. A link holds all of the session: the source, the compilers and their options, as JSON in base64. So it needs
# no network to be made, and nobody has to keep it.
#
#   explorer_links.py --write    writes the list of experiments and their links into the page
#   explorer_links.py --check    prints every difference between the page, its links and the files; exit code 1
#   explorer_links.py NAME       prints the link of an experiment
#
# An experiment includes <quipu.hpp> or <quipu_model.hpp>. Compiler Explorer fetches the header from the address below:
# that line is what a link's source and the file differ in.
import base64
import json
import pathlib
import re
import sys
import urllib.parse

# The folder of the single headers, as Compiler Explorer fetches them. This is the only place that has it.
HEADERS = "https://raw.example.org/quipu/main/single_include"

ROOT = pathlib.Path(__file__).resolve().parent.parent
SITE = "https://godbolt.org/clientstate/"
LIBRARIES = [{"id": "boost", "version": "181"}]
GCC, CLANG = "g122", "clang1600"
OPTIONS = "-std=c++20 -O2"
# What runs is compiled without optimisation: the site stops a compiler after about 10 seconds.
RUN_OPTIONS = "-std=c++20 -O0"
INCLUDE = re.compile(r"(?m)^#include <(quipu\w*\.hpp)>$")
URL_INCLUDE = re.compile(r"(?m)^#include <%s/(quipu\w*\.hpp)>$" % re.escape(HEADERS))
BEGIN, END = "<!-- experiments: tools/explorer_links.py --write -->\n", "<!-- end of experiments -->\n"


def experiments(root):
    return sorted((root / "examples" / "explorer").glob("*.cpp"))


def uses_store(source):
    return "#include <quipu.hpp>" in source


def session_of(source):
    """What Compiler Explorer opens: the source beside the assembly of two compilers, or beside what it prints."""
    opened = {"id": 1, "language": "c++", "source": INCLUDE.sub(lambda found: "#include <%s/%s>" % (HEADERS, found[1]), source)}
    if uses_store(source):
        opened["executors"] = [{"compiler": {"id": CLANG, "libs": LIBRARIES, "options": RUN_OPTIONS}}]
    else:
        opened["compilers"] = [{"id": each, "libs": LIBRARIES, "options": OPTIONS} for each in (GCC, CLANG)]
    return {"sessions": [opened]}


def link_of(source):
    state = json.dumps(session_of(source), separators=(",", ":"), sort_keys=True)
    return SITE + urllib.parse.quote(base64.b64encode(state.encode()).decode(), safe="")


def source_in(link):
    """The file that a link opens; nothing if it opens none."""
    try:
        state = json.loads(base64.b64decode(urllib.parse.unquote(link[len(SITE):]), validate=True))
    except ValueError:
        return None
    return URL_INCLUDE.sub(lambda found: "#include <%s>" % found[1], state["sessions"][0]["source"])


def name_of(path):
    """01_fold_is_a_constant.cpp: `Fold is a constant`."""
    return path.stem.split("_", 1)[1].replace("_", " ").capitalize()


def about(source):
    """The comment that an experiment begins with, without its licence line."""
    lines = []
    for line in source.splitlines()[2:]:
        if not line.startswith("//"):
            break
        lines.append(line[2:].strip())
    return " ".join(lines)


def wrapped(text, indent, width=100):
    lines, line = [], ""
    for word in text.split():
        if line and len(indent) + len(line) + 1 + len(word) > width:
            lines.append(indent + line)
            line = ""
        line += (" " if line else "") + word
    return "\n".join(lines + [indent + line]).lstrip()


def listing(root):
    """The list of experiments, and below it the links: they are long, and stand where they disturb no reader."""
    items, links = [], []
    for number, path in enumerate(experiments(root), 1):
        source = path.read_text(encoding="utf-8")
        text = "[**%s**][play-%d] ([file](../examples/explorer/%s)). %s" % (name_of(path), number, path.name, about(source))
        items.append("%d. %s\n" % (number, wrapped(text, "   ")))
        links.append("[play-%d]: %s\n" % (number, link_of(source)))
    return BEGIN + "\n" + "".join(items) + "\n" + "".join(links) + "\n" + END


def page_with(page, text):
    begin, end = page.find(BEGIN), page.find(END)
    if begin < 0 or end < begin:
        raise SystemExit("docs/explorer.md lacks the marks of the list of experiments")
    return page[:begin] + text + page[end + len(END):]


def problems(root):
    page = (root / "docs" / "explorer.md").read_text(encoding="utf-8")
    if page != page_with(page, listing(root)):
        yield "docs/explorer.md is not what tools/explorer_links.py --write makes it"
    links = re.findall(r"(?m)^\[play-(\d+)\]: (\S+)$", page)
    files = experiments(root)
    if [int(number) for number, _ in links] != list(range(1, len(files) + 1)):
        yield "docs/explorer.md has not one link for each experiment"
    for (_, link), path in zip(links, files):
        source = path.read_text(encoding="utf-8")
        if len(INCLUDE.findall(source)) != 1:
            yield "%s: an experiment includes one of quipu's headers" % path.name
        if not link.startswith(SITE) or source_in(link) != source:
            yield "%s: its link opens another program" % path.name


def main():
    if sys.argv[1:] == ["--write"]:
        page = ROOT / "docs" / "explorer.md"
        page.write_text(page_with(page.read_text(encoding="utf-8"), listing(ROOT)), encoding="utf-8")
    elif sys.argv[1:] == ["--check"]:
        found = list(problems(ROOT))
        print("\n".join(found) or "explorer_links.py: %d links open their files" % len(experiments(ROOT)))
        return bool(found)
    elif len(sys.argv) == 2 and not sys.argv[1].startswith("-"):
        wanted = [path for path in experiments(ROOT) if path.stem == sys.argv[1]]
        if not wanted:
            raise SystemExit("no experiment %s" % sys.argv[1])
        print(link_of(wanted[0].read_text(encoding="utf-8")))
    else:
        raise SystemExit("usage: explorer_links.py --write | --check | NAME")
    return 0


if __name__ == "__main__":
    sys.exit(main())
