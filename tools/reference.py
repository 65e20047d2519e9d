#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# reference.py: keeps the pages of docs/reference in step with the headers and with tests/compile_fail.
#
#   reference.py --check   reports what differs, and fails if anything does
#   reference.py --write   makes the generated parts anew
#
# A generated part of a page stands between `<!-- made: NAME -->` and `<!-- /made -->`. What is written by hand is
# compared with the headers: each code of `errc` has a section and a program, each option of `config` a row with its
# default and range, each limit the value of the constant that it names, and each public member of a store a comment
# that says what it returns and throws. Each sentence of a compile error that the headers have is on the page.
import argparse
import pathlib
import re
import sys

import reference_cases
import reference_config
import reference_errors
import reference_members
import reference_sentences

ROOT = pathlib.Path(__file__).resolve().parent.parent
MADE = re.compile(r"(?s)(<!-- made: (\w+) -->\n).*?(<!-- /made -->)")


def fill(text, parts, page, problems):
    """The page with its generated parts made anew."""
    def replaced(found):
        if found.group(2) not in parts:
            problems.append("%s: nothing is called %s" % (page, found.group(2)))
            return found.group()
        return found.group(1) + parts[found.group(2)] + found.group(3)
    return MADE.sub(replaced, text)


def generated(root, problems):
    """Returns all pages that have generated parts, by path, as they should be."""
    parts = {"error_table": reference_errors.table(root), "compile_error_index": reference_cases.index(root),
             "compile_errors_without_case": reference_sentences.listing(root)}
    pages = {}
    for path in sorted((root / "docs").glob("*.md")) + sorted((root / "docs/reference").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        if MADE.search(text):
            pages[path] = fill(text, parts, path.relative_to(root), problems)
    pages.update(reference_cases.pages(root))
    return pages


def check_pages(root, problems):
    pages = generated(root, problems)
    for path, text in pages.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            problems.append("%s: isn't what tools/reference.py --write makes" % path.relative_to(root))
    folder = root / "docs/reference/compile-errors"
    for path in sorted(folder.glob("*.md")):
        if path not in pages:
            problems.append("%s: has no case in tests/compile_fail" % path.relative_to(root))


def check(root):
    problems = []
    check_pages(root, problems)
    reference_errors.check(root, problems)
    reference_config.check(root, problems)
    reference_members.check(root, problems)
    reference_sentences.check(root, problems)
    return problems


def write(root):
    problems = []
    for path, text in generated(root, problems).items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print("wrote %s" % path.relative_to(root))
    return problems


def main():
    parser = argparse.ArgumentParser(description="Keeps docs/reference in step with the sources.")
    how = parser.add_mutually_exclusive_group(required=True)
    how.add_argument("--check", action="store_true")
    how.add_argument("--write", action="store_true")
    parser.add_argument("--root", type=pathlib.Path, default=ROOT, help="another repository, for tests")
    options = parser.parse_args()
    problems = write(options.root) if options.write else check(options.root)
    for problem in problems:
        print(problem)
    print("reference: %d problems" % len(problems))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
