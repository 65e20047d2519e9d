# SPDX-License-Identifier: BSL-1.0
#
# definitions.py: finds the declarations at namespace scope of a C++ source text, and those among them that must begin
# with QUIPU_DECL and don't. Used by check_layers.py on impl/*.ipp.
#
# A definition without QUIPU_DECL is defined twice in a header-only program of two files; one that says `inline` by
# itself is missing from a program that compiles the engine once. Both show only when such a program is linked.
#
# This is a scanner, not a parser: it follows comments, literals, directives, parentheses and braces, and looks at how
# each declaration begins.
import re

# Order matters: whichever begins first in the text wins, and of those that begin together the first in this list.
_HIDDEN = re.compile(r"""
    //[^\n]* | /\*.*?\*/                                         # comments
  | ^[ \t]*\#(?:\\\n|[^\n])*                                     # directives, with their continuation lines
  | \b(?:u8|[uUL])?R"(?P<end>[^()\\\s]{0,16})\(.*?\)(?P=end)"    # raw strings
  | "(?:\\.|[^"\\\n])*"                                          # strings
  | (?<!\w)(?:u8|[uUL])?'(?:\\.|[^'\\\n])+'                      # characters, but not the separator in 1'000
""", re.DOTALL | re.MULTILINE | re.VERBOSE)

_NAMESPACE = re.compile(r"(?:inline\s+)?namespace\b[^=]*$|extern\s*\"\s*\"$")
_ATTRIBUTE = re.compile(r"(?:\[\[.*?\]\]|__attribute__\s*\(\(.*?\)\)+|alignas\s*\([^()]*\))\s*", re.DOTALL)
_PREFIX = re.compile(r"(?:%s|template\s*<\s*>\s*)*" % _ATTRIBUTE.pattern, re.DOTALL)
# These define nothing, or something that every file of a program may define.
_EXEMPT = re.compile(r"(?:QUIPU_DECL|template|using|typedef|concept|static_assert|namespace|constexpr|consteval"
                     r"|extern\s+template)\b|inline\s+(?:constexpr|consteval)\b|$")
# These too, unless they are functions: `struct stat status(int file) {`.
_EXEMPT_UNLESS_FUNCTION = re.compile(r"(?:class|struct|union|enum|inline)\b")
# What may follow the closing brace of an initialiser within a declaration: `a_{1}, b_{2} {`, `= {};`, `catch (...) {`.
_GOES_ON = re.compile(r"\s*(?:[;,{(.<>)=!&|^+\-*/%?]|catch\b)")


class Unbalanced(Exception):
    """Braces don't pair. Holds the number of the line."""


def hide(text):
    """The text with comments, literals and directives replaced by spaces. Strings keep their quotes; no line moves."""

    def blank(match):
        found = match.group(0)
        spaces = re.sub(r"[^\n]", " ", found)
        return '"' + spaces[1:-1] + '"' if found.startswith('"') else spaces

    return _HIDDEN.sub(blank, text)


def _line(text, position):
    return text.count("\n", 0, position) + 1


def _closing_brace(text, opening):
    depth = 0
    for match in re.compile(r"[{}]").finditer(text, opening):
        depth += 1 if match.group(0) == "{" else -1
        if depth == 0:
            return match.start()
    raise Unbalanced(_line(text, opening))


def at_namespace_scope(text):
    """Pairs (line number, beginning) for each declaration: what comes before its first brace or its semicolon."""
    text = hide(text)
    namespaces, parentheses, position, start, brace = [], 0, 0, 0, None

    def declaration():
        beginning = text[start:position if brace is None else brace]
        skipped = len(beginning) - len(beginning.lstrip())
        return _line(text, start + skipped), beginning.strip()

    while position < len(text):
        character = text[position]
        if character in "([":
            parentheses += 1
        elif character in ")]":
            parentheses -= 1
        elif character == "}":
            if not namespaces:
                raise Unbalanced(_line(text, position))
            namespaces.pop()
            start = position + 1
        elif character == ";" and parentheses == 0:
            yield declaration()
            start, brace = position + 1, None
        elif character == "{":
            if brace is None and parentheses == 0 and _NAMESPACE.match(text[start:position].strip()):
                namespaces.append(position)
                start = position + 1
            else:
                if brace is None and parentheses == 0:
                    brace = position
                position = _closing_brace(text, position)
                if parentheses == 0 and not _GOES_ON.match(text, position + 1):
                    yield declaration()
                    start, brace = position + 1, None
        position += 1
    if namespaces or text[start:].strip():
        raise Unbalanced(_line(text, namespaces[-1] if namespaces else len(text.rstrip())))


def _is_function(beginning):
    """Whether there is a parameter list before the initialiser or the body."""
    previous, plain = None, _ATTRIBUTE.sub("", beginning)
    while previous != plain:
        previous, plain = plain, re.sub(r"<[^<>]*>", "", plain)
    return "operator" in plain or "(" in plain.split("=")[0]


def without_decl(text):
    """Pairs (line number, beginning) for each declaration at namespace scope that lacks the QUIPU_DECL it must have."""
    for line, beginning in at_namespace_scope(text):
        rest = beginning[_PREFIX.match(beginning).end():]
        exempt = _EXEMPT.match(rest) or (_EXEMPT_UNLESS_FUNCTION.match(rest) and not _is_function(rest))
        if not exempt:
            yield line, beginning
