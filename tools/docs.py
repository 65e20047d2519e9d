#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# docs.py: keeps what the documents show true. C++ is never written into a document: it's cut from a program of
# docs/src, examples or tests that is compiled, run, and whose output is compared. In a program, `// [name]` and
# `// [/name]` enclose a region; in a document, a mark stands directly above the fence that it fills:
#
#   <!-- cut: docs/src/howto/retry.cpp append -->     above ```cpp: this region, or several one after the other
#   <!-- cut: docs/src/howto/retry.cpp -->            above ```cpp: the program after its licence line
#   <!-- output: docs/src/howto/retry.cpp 2-4 -->     above ```text: what it prints, or these lines of it
#   <!-- figures: benchmarks/results/journal.md -->   above a table: figures of these results (documents/figures.py)
#
#   docs.py --check          prints every problem on a line; exit code 1 if there is one. Besides blocks: links and
#                            headings that aren't there, programs without output, pages that mkdocs.yml leaves out
#   docs.py --write          fills the blocks first
#   docs.py --stage FOLDER   writes what the site is built from: the pages, the pictures, and the files they link to
#   docs.py --site FOLDER    checks the built site: no assets from elsewhere, no dead links
import argparse
import os
import pathlib
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from documents import blocks, figures, html, links, stage  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENTS = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "docs/**/*.md", "examples/**/*.md",
             "benchmarks/results/*.md")
# The index of decisions is made by --stage, from their titles.
NOT_IN_NAV = ("docs/decisions/",)


def documents(root):
    """The documents by their paths in the repository."""
    paths = sorted({path for pattern in DOCUMENTS for path in root.glob(pattern) if path.is_file()})
    return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def nav_problems(root, texts):
    """Pages that the site's navigation leaves out."""
    site = root / "mkdocs.yml"
    if not site.is_file():
        return
    nav = site.read_text(encoding="utf-8")
    for name in texts:
        if name.startswith("docs/") and not name.startswith(NOT_IN_NAV) and ": %s\n" % name[len("docs/"):] not in nav:
            yield "%s: mkdocs.yml doesn't list it" % name


def fill(root, text):
    """The document with its blocks and figures filled, and what is wrong with them."""
    text, found = blocks.fill(root, text)
    text, more = figures.fill(root, text)
    return text, sorted(found + more)


def check(root, write):
    texts, problems = documents(root), []
    for name, text in texts.items():
        filled, found = fill(root, text)
        if write and filled != text:
            (root / name).write_text(filled, encoding="utf-8")
            texts[name] = filled
            found = fill(root, filled)[1]
        problems += ["%s:%d: %s" % (name, line, what) for line, what in found]
    for name, text in texts.items():
        problems += ["%s:%d: %s" % (name, line, what) for line, what in links.problems(root, name, text, texts)]
    problems += [*blocks.program_problems(root), *nav_problems(root, texts)]
    cut = sum(len(blocks.cut_files(text)) for text in texts.values())
    return problems, "%d documents are in order, with programs cut into them %d times" % (len(texts), cut)


def main():
    parser = argparse.ArgumentParser(description="Fills and checks the documents' blocks and links, and stages the site.")
    parser.add_argument("--root", type=pathlib.Path, default=ROOT, help="the repository (default: this one)")
    parser.add_argument("--check", action="store_true", help="check the documents (the default)")
    parser.add_argument("--write", action="store_true", help="fill the blocks, then check")
    parser.add_argument("--stage", type=pathlib.Path, metavar="FOLDER", help="write what the site is built from")
    parser.add_argument("--site", type=pathlib.Path, metavar="FOLDER", help="check a built site")
    options = parser.parse_args()
    root = options.root.resolve()
    if options.stage:
        stage.write(root, options.stage, documents(root))
        return
    if options.site:
        problems, well = html.check(options.site)
    else:
        problems, well = check(root, options.write)
    for problem in problems:
        print(problem)
    if problems:
        sys.exit("docs.py: %d problem%s" % (len(problems), "s" if len(problems) > 1 else ""))
    print("docs.py: " + well)


if __name__ == "__main__":
    main()
