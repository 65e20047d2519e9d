# SPDX-License-Identifier: BSL-1.0
#
# reference_members.py: each public member function of a store has a comment that says what it returns and which errors
# it has; see reference.py. An overload, or the `try_` twin of a function, has the comments of the others as well.
import re

CLASSES = {"store": "store/store.hpp", "store_reader": "store/store_reader.hpp",
           "read_only_store": "store/read_only_store.hpp"}
# A declaration's name: what stands before its first parenthesis.
NAME = re.compile(r"(?:^|[\s&*>])(~?\w+)\s*\($")
ERRORS = re.compile(r"\b[Tt]hrows?\b|errc::|\bnoexcept\b|[Nn]ever fails|compile error")
RETURNS = re.compile(r"\b[Rr]eturns?\b|^(?:The|A|An|One|As|Whether|How|Starts|Executes)\b|compile error")
LIKE = re.compile(r"\b[Aa]s (?:`|above|for)|\bthe same\b")


def public_part(text, name):
    """The lines of a class that anybody may use."""
    body = re.search(r"(?ms)^class %s\b[^;{]*\{\n(.*?)^\};" % name, text).group(1)
    sections = re.split(r"(?m)^ (public|protected|private):\n", body)
    return "".join(part for how, part in zip(sections[1::2], sections[2::2]) if how == "public")


def members(text, name):
    """(name, comment, declaration) of each member function, in order."""
    found, comment, declaration = [], [], ""
    for line in public_part(text, name).splitlines():
        stripped = line.strip()
        if stripped.startswith("///"):
            comment.append(stripped[3:].strip())
        elif not stripped or stripped.startswith("// "):
            comment, declaration = [], ""
        elif re.match(r"  \S", line):
            declaration = (declaration + " " + stripped).strip()
            if declaration.startswith(("using ", "}", ":")) or stripped in ("}", "};"):
                comment, declaration = [], ""
            elif not re.match(r"template <.*>$", declaration):
                named = NAME.search(re.sub(r"template <.*?> (?=\S)", "", declaration).split("(")[0] + "(")
                if named and "(" in declaration:
                    found.append((named.group(1), " ".join(comment), declaration))
                comment, declaration = [], ""
    return found


def result(declaration, name):
    """What stands before the name, without attributes."""
    return re.sub(r"template <.*?> (?=\S)|\[\[.*?\]\]|explicit|static", "", declaration).split(name + "(")[0].strip()


def problems_of(name, comments, declarations):
    said = " ".join(comments)
    if not said:
        return ["has no comment"]
    found = []
    silent = all("noexcept" in each for each in declarations)
    if not silent and not ERRORS.search(said) and not LIKE.search(said):
        found.append("its comment names no error")
    gives = any(result(each, name) not in ("", "void") for each in declarations)
    if gives and not any(RETURNS.search(each) for each in comments) and not LIKE.search(said):
        found.append("its comment doesn't say what it returns")
    return found


def check(root, problems):
    for cls, header in CLASSES.items():
        by_name = {}
        for name, comment, declaration in members((root / "include/quipu" / header).read_text(encoding="utf-8"), cls):
            entry = by_name.setdefault(re.sub(r"^try_", "", name), ([], [], name))
            entry[1].append(declaration)
            if comment:
                entry[0].append(comment)
        for name, (comments, declarations, written) in by_name.items():
            problems += ["include/quipu/%s: %s::%s: %s" % (header, cls, name, each)
                         for each in problems_of(name, comments, declarations)]
