# SPDX-License-Identifier: BSL-1.0
#
# reference_errors.py: docs/reference/errors.md against `errc` and `kind_for`; see reference.py.
import re

PAGE = "docs/reference/errors.md"
HEADER = "include/quipu/core/error.hpp"
KINDS = "include/quipu/outcome/outcome_error.hpp"
RETRYABLE = "include/quipu/impl/outcome/outcome_error.ipp"
CLASSES = "include/quipu/outcome/error_kind.hpp"
PROGRAMS = "docs/src/errors"


def read(root, name):
    return (root / name).read_text(encoding="utf-8")


def codes(root):
    """The codes with their numbers, in order."""
    body = re.search(r"(?s)enum class errc\b.*?\{(.*?)\n\};", read(root, HEADER)).group(1)
    return {name: int(number) for name, number in re.findall(r"(?m)^\s*(\w+) = (\d+),", body)}


def kinds(root):
    """The kind of each code, as `kind_for` says."""
    body = re.search(r"(?s)kind_for\(errc code\).*?\n\}\n", read(root, KINDS)).group()
    found, waiting = {}, []
    for code, kind in re.findall(r"case errc::(\w+):|return error_kind::(\w+);", body):
        if code:
            waiting.append(code)
        else:
            found.update((each, kind) for each in waiting)
            waiting = []
    return found


def retryable(root):
    line = re.search(r"made\.retryable = (.*?);", read(root, RETRYABLE), re.S).group(1)
    return set(re.findall(r"errc::(\w+)", line))


def classes(root):
    """domain or operational, for each kind."""
    return dict(re.findall(r"static const error_kind (\w+);\s*///< (domain|operational)", read(root, CLASSES)))


def table(root):
    kind, again, belongs = kinds(root), retryable(root), classes(root)
    lines = ["| code | number | kind | for | retry |", "|---|---|---|---|---|"]
    for code, number in codes(root).items():
        of = kind.get(code, "?")
        cells = ["[%s](#%s)" % (code, code), str(number), of, belongs.get(of, "?"), "yes" if code in again else "no"]
        lines.append("| %s |" % " | ".join(cells))
    return "\n".join(lines) + "\n"


def check(root, problems):
    page = read(root, PAGE)
    sections = dict(re.findall(r"(?m)^## (\w+)\n\nNumber (\d+)\.$", page))
    for code, number in codes(root).items():
        if code not in sections:
            problems.append("%s: has no section `## %s` that begins with its number" % (PAGE, code))
        elif int(sections[code]) != number:
            problems.append("%s: the number of %s is %d" % (PAGE, code, number))
        for word in ("cut: %s/%s.cpp" % (PROGRAMS, code), "output: %s/%s.cpp" % (PROGRAMS, code)):
            if "<!-- %s" % word not in page:
                problems.append("%s: doesn't have <!-- %s -->" % (PAGE, word))
        program = root / PROGRAMS / (code + ".cpp")
        output = program.with_suffix(".output")
        if not program.exists():
            problems.append("%s/%s.cpp: is missing" % (PROGRAMS, code))
        elif not output.exists() or "quipu: %s: " % code not in output.read_text(encoding="utf-8"):
            problems.append("%s/%s.output: doesn't say `quipu: %s: `" % (PROGRAMS, code, code))
    for code in sections:
        if code not in codes(root):
            problems.append("%s: %s isn't a code of errc" % (PAGE, code))
