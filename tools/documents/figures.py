# SPDX-License-Identifier: BSL-1.0
#
# figures.py: the figures in the documents' tables, which are taken from benchmarks/results, so that they can't differ
# from what was measured. A mark stands directly above a table; each row ends its first cell with the name of a row of
# the results, in a comment:
#
#   <!-- figures: benchmarks/results/journal.md -->
#   | what | quipu | LMDB |
#   |---|---|---|
#   | Append, not waiting for the disk <!-- append, buffered, chain on, 1 thread --> | 2.4 M/s | 1.3 M/s |
#
# The second cell is the result's second cell. Each cell after it is what the result's third cell says of the column's
# name, "LMDB 1.3 M/s; SQLite 205 k/s". Where it has a store only in the arrangement that it calls covering, the cell
# says so; where it doesn't have the store, the cell is a dash.
#
# A count of files, or of lines in them, has a comment behind it, and is checked to be true and not too modest:
#
#   more than 850 <!-- tests/*/*_test.cpp: TEST_CASE --> test cases in more than 140 <!-- files tests/*/*_test.cpp -->
import re

from documents import blocks

MARK = re.compile(r"^<!-- figures: (\S+) -->$")
COUNT = re.compile(r"[Mm]ore than ([\d,]+) <!-- ((?:files )?[\w*/.]+(?:: .*?)?) -->")
ROW = re.compile(r"^(.*?)\s*<!-- (.*?) -->\s*$")


def counted(root, pattern):
    """What a count's comment names: files of a pattern, or the lines in them that begin with an expression."""
    files, _, expression = pattern.removeprefix("files ").partition(": ")
    paths = [path for path in root.glob(files) if path.is_file()]
    if not expression:
        return len(paths)
    begins = re.compile(expression)
    return sum(1 for path in paths for line in path.read_text(encoding="utf-8").splitlines() if begins.match(line))


def count_problems(root, text):
    """Counts that aren't so, as (line, what): "more than 850 <!-- tests/*/*_test.cpp: TEST_CASE -->"."""
    for number, line in enumerate(text.split("\n"), 1):
        for least, pattern in COUNT.findall(line):
            least, count = int(least.replace(",", "")), counted(root, pattern)
            if not least < count <= least * 1.25:
                yield number, "says more than %d of \"%s\"; there are %d" % (least, pattern, count)


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def results(root, name):
    """The rows of all tables of a document, by their first cell; None for a cell that begins two rows."""
    rows = {}
    for line in blocks.read(root, name):
        if line.startswith("|"):
            row = cells(line)
            rows[row[0]] = None if row[0] in rows and rows[row[0]] != row else row
    return rows


def beside(row, name):
    for called, note in ((name, ""), (name + ", covering", " (covering)")):
        for each in (row[2] if len(row) > 2 else "").split("; "):
            if each.startswith(called + " ") and each[len(called) + 1:len(called) + 2].isdigit():
                return each[len(called) + 1:] + note
    return "–"


def filled_row(line, names, rows, where):
    row = cells(line)
    named = ROW.match(row[0])
    if not named:
        raise blocks.Problem("the row \"%s\" doesn't say which row of %s it is" % (row[0], where))
    wanted = rows.get(named.group(2), ())
    if not wanted:
        raise blocks.Problem("%s has %s row \"%s\"" % (where, "no" if wanted == () else "more than one",
                                                       named.group(2)))
    values = [wanted[1]] + [beside(wanted, name) for name in names[2:]]
    return "| %s | %s |" % (row[0], " | ".join(values))


def fill(root, text):
    """The document with its figures filled, and its problems as (line, what); a row that differs is one."""
    lines, problems, index = text.split("\n"), list(count_problems(root, text)), 0
    while index < len(lines):
        mark = MARK.match(lines[index])
        index += 1
        if not mark:
            if lines[index - 1].startswith("<!-- figures"):
                problems.append((index, "isn't a mark as docs.py knows it: %s" % lines[index - 1]))
            continue
        try:
            rows = results(root, mark.group(1))
            if not (index + 1 < len(lines) and lines[index].startswith("|")):
                raise blocks.Problem("the mark isn't directly above a table")
            names, index = cells(lines[index]), index + 2
            while index < len(lines) and lines[index].startswith("|"):
                row = filled_row(lines[index], names, rows, mark.group(1))
                if row != lines[index]:
                    problems.append((index + 1, "isn't what %s says; tools/docs.py --write fills it" % mark.group(1)))
                    lines[index] = row
                index += 1
        except blocks.Problem as problem:
            problems.append((index + 1, str(problem)))
    return "\n".join(lines), problems
