# SPDX-License-Identifier: BSL-1.0
#
# mutation_sites.py: finds the mutants of the engine's code, with libclang. Used by tools/mutants.
#
# The operators are those of Offutt, Lee, Rothermel, Untch and Zapf, "An Experimental Determination of Sufficient
# Mutant Operators" (1996), without ABS, which has no meaning for unsigned numbers; deletion of statements as in Deng,
# Offutt and Li, "Empirical Evaluation of the Statement Deletion Mutation Operator" (2013); and of the relational
# operators' mutants only the three that imply the others, by Kaminski, Ammann and Offutt, "Improving Logic-Based
# Testing" (2013).
#
# Mutated is what lies in impl/: it is compiled once for all programs. Templates, and what must be a constant, are not.
import bisect
import os
import re
import sys

from mutation_switch import Mutant, flat

try:
    from clang import cindex
except ImportError:  # Debian's package is for Debian's own Python
    sys.path.append("/usr/lib/python3/dist-packages")
    try:
        from clang import cindex
    except ImportError:
        sys.exit("mutants: needs libclang's Python package: apt-get install python3-clang-14")

RELATIONAL = {"<": ("<=", "!=", "false"), "<=": ("<", "==", "true"), ">": (">=", "!=", "false"),
              ">=": (">", "==", "true"), "==": ("<=", ">=", "false"), "!=": ("<", ">", "true")}
SAME_BESIDE_ZERO = (("!=", ">"), (">", "!="), ("==", "<="), ("<=", "=="))  # of unsigned numbers
NEGATED = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
ARITHMETIC = {"+": "-", "-": "+", "*": "/", "/": "*", "%": "*", "<<": ">>", ">>": "<<", "&": "|", "|": "&", "^": "&"}
ASSIGNING = {f"{old}=": f"{new}=" for old, new in ARITHMETIC.items()}

Kind = cindex.CursorKind
FUNCTIONS = (Kind.FUNCTION_DECL, Kind.CXX_METHOD, Kind.CONSTRUCTOR, Kind.DESTRUCTOR, Kind.CONVERSION_FUNCTION,
             Kind.FUNCTION_TEMPLATE)
STATEMENTS = (Kind.CALL_EXPR, Kind.BINARY_OPERATOR, Kind.COMPOUND_ASSIGNMENT_OPERATOR, Kind.UNARY_OPERATOR,
              Kind.UNEXPOSED_EXPR, Kind.CXX_THROW_EXPR, Kind.CXX_DELETE_EXPR, Kind.BREAK_STMT, Kind.CONTINUE_STMT)
BRANCHING = (Kind.IF_STMT, Kind.WHILE_STMT, Kind.FOR_STMT, Kind.CXX_FOR_RANGE_STMT, Kind.DO_STMT)
DECLARATIONS = (Kind.VAR_DECL, Kind.FIELD_DECL, Kind.PARM_DECL)
NEVER = (Kind.STATIC_ASSERT, Kind.ENUM_DECL, Kind.TYPE_ALIAS_DECL, Kind.TYPE_ALIAS_TEMPLATE_DECL,
         Kind.TEMPLATE_TYPE_PARAMETER, Kind.TEMPLATE_NON_TYPE_PARAMETER, Kind.CXX_BASE_SPECIFIER)
CONSTANT = re.compile(r"\b(?:constexpr|constinit)\b")


class Finder:
    """Collects the mutants of one file."""

    def __init__(self, path, code):
        self.path = path
        self.code = code
        self.found = []
        self.lines = [at.start() for at in re.finditer("\n", code)]

    def add(self, cursor, operator, changed):
        start, end = span(cursor)
        self.found.append(Mutant(self.path, start, end, bisect.bisect_left(self.lines, start) + 1, operator,
                                 flat(changed), self.code[start:end]))

    def text(self, cursor):
        return self.code[slice(*span(cursor))]

    def following(self, end):
        return self.code[end:end + 200].lstrip()

    def operator_between(self, left, right):
        return self.code[span(left)[1]:span(right)[0]].strip()

    def visit(self, cursor, parents=()):
        kind = cursor.kind
        if kind in NEVER:
            return
        if kind == Kind.VAR_DECL and CONSTANT.search(self.code[span(cursor)[0]:cursor.location.offset]):
            return
        if any(parent.kind in FUNCTIONS for parent in parents):
            self.mutate(cursor, parents)
        for child in self.run_time_children(cursor):
            self.visit(child, (*parents, cursor))

    def run_time_children(self, cursor):
        """Without those that must be constants."""
        children = list(cursor.get_children())
        if cursor.kind == Kind.CASE_STMT:
            return children[1:]
        if cursor.kind == Kind.IF_STMT and re.match(r"if\s+constexpr\b", self.text(cursor)):
            return [child for child in children if child.kind.is_statement()]
        if cursor.kind in DECLARATIONS:  # a type has constants too
            return [child for child in children if span(child)[0] > cursor.location.offset]
        return children

    def mutate(self, cursor, parents):
        start, end = span(cursor)
        file = cursor.extent.start.file
        is_written_here = file is not None and os.path.basename(file.name) == os.path.basename(self.path)
        if start >= end or not is_written_here:  # as in a macro
            return
        kind = cursor.kind
        if kind in (Kind.BINARY_OPERATOR, Kind.COMPOUND_ASSIGNMENT_OPERATOR):
            self.mutate_binary(cursor)
        elif kind == Kind.CALL_EXPR and cursor.spelling[8:] in NEGATED:
            self.mutate_call_of_comparison(cursor)
        elif kind == Kind.UNARY_OPERATOR:
            self.mutate_unary(cursor)
        elif kind == Kind.INTEGER_LITERAL:
            self.mutate_number(cursor)
        elif kind == Kind.CXX_BOOL_LITERAL_EXPR and self.text(cursor) in ("true", "false"):
            self.add(cursor, "CRP", "false" if self.text(cursor) == "true" else "true")
        if self.is_plain_condition(cursor, parents[-1]):
            self.add(cursor, "UOI", f"!({self.text(cursor)})")
        if kind in STATEMENTS and self.is_statement(cursor, parents):
            self.add(cursor, "SDL", "")

    def mutate_binary(self, cursor):
        left, right = cursor.get_children()
        old = self.operator_between(left, right)
        sides = self.text(left), self.text(right)
        if old in RELATIONAL:
            if all(is_number(each) for each in (left, right)):
                for new in RELATIONAL[old]:
                    if (old, new) in SAME_BESIDE_ZERO and is_unsigned(left) and sides[1] == "0":
                        continue
                    self.add(cursor, "ROR", new if new.isalpha() else "(%s) %s (%s)" % (sides[0], new, sides[1]))
            else:
                self.add(cursor, "ROR", "!(%s)" % self.text(cursor))
        elif old in ("&&", "||"):
            self.add(cursor, "LCR", "(%s) %s (%s)" % (sides[0], "||" if old == "&&" else "&&", sides[1]))
            for side in sides:
                self.add(cursor, "LCR", f"static_cast<bool>({side})")
        elif old in ARITHMETIC and is_number(left) and is_number(right):
            self.add(cursor, "AOR", "(%s) %s (%s)" % (sides[0], ARITHMETIC[old], sides[1]))
        elif old in ASSIGNING and is_number(left):
            self.add(cursor, "AOR", "%s %s (%s)" % (sides[0], ASSIGNING[old], sides[1]))

    def mutate_call_of_comparison(self, cursor):
        sides = list(cursor.get_children())
        if len(sides) == 3 and self.operator_between(sides[0], sides[2]) in NEGATED:
            self.add(cursor, "ROR", "!(%s)" % self.text(cursor))

    def mutate_unary(self, cursor):
        text = self.text(cursor)
        operand = next(cursor.get_children())
        if text.startswith("!"):
            self.add(cursor, "UOI", f"static_cast<bool>({self.text(operand)})")
        elif text[:2] in ("++", "--"):
            self.add(cursor, "UOI", ("--" if text[:2] == "++" else "++") + text[2:])
        elif text[-2:] in ("++", "--"):
            self.add(cursor, "UOI", text[:-2] + ("--" if text[-2:] == "++" else "++"))

    def mutate_number(self, cursor):
        start, end = span(cursor)
        if self.code[start - 1] == "<" or self.code[end:end + 1] == ">":  # an argument of a template
            return
        parts = re.fullmatch(r"(0x[0-9a-f']+|[0-9][0-9']*)([ul]*)", self.text(cursor), re.IGNORECASE)
        if not parts:
            return
        digits = parts[1].replace("'", "")
        value = int(digits, 0 if digits[1:2] in ("x", "X") else 8 if digits[0] == "0" else 10)
        for changed in (value + 1, value - 1):
            if changed >= 0:
                self.add(cursor, "CRP", (f"{changed:#x}" if re.match("0.", digits) else f"{changed}") + parts[2])

    def is_plain_condition(self, cursor, parent):
        """Is it all of the condition of a branch, and not made of operators that have mutants of their own?"""
        if parent.kind not in (*BRANCHING, Kind.CONDITIONAL_OPERATOR) or not cursor.kind.is_expression():
            return False
        if cursor.kind in (Kind.BINARY_OPERATOR, Kind.UNARY_OPERATOR, Kind.CXX_BOOL_LITERAL_EXPR):
            return False
        if cursor.kind == Kind.CALL_EXPR and cursor.spelling[8:] in NEGATED:
            return False
        following = self.following(span(cursor)[1])[:1]
        if parent.kind == Kind.CONDITIONAL_OPERATOR:
            return following == "?"
        return following == ")" and parent.kind in (Kind.IF_STMT, Kind.WHILE_STMT, Kind.DO_STMT)

    def is_statement(self, cursor, parents):
        start, end = span(cursor)
        if self.following(end)[:1] != ";":
            return False
        before = self.code[max(0, start - 200):start].rstrip()
        if parents[-1].kind in BRANCHING:
            return before[-1] == ")" or before.endswith("else") or before.endswith("do")
        if parents[-1].kind != Kind.COMPOUND_STMT:
            return False
        # Without a throw at its end, a function that returns a value would end without one: anything may happen.
        is_last = self.following(end).lstrip("; \n")[:1] == "}" and parents[-2].kind in (*FUNCTIONS, Kind.LAMBDA_EXPR)
        return not (self.text(cursor).startswith("throw") and is_last)


def span(cursor):
    return cursor.extent.start.offset, cursor.extent.end.offset


def is_number(cursor):
    kind = cursor.type.get_canonical().kind
    return cindex.TypeKind.BOOL.value < kind.value <= cindex.TypeKind.LONGDOUBLE.value


def is_unsigned(cursor):
    kind = cursor.type.get_canonical().kind
    return cindex.TypeKind.CHAR_U.value <= kind.value <= cindex.TypeKind.UINT128.value


def find(root, layers):
    """All mutants of the layers' definitions, ordered by place. `root` has include/ and src/."""
    unit = cindex.Index.create().parse(str(root / "src" / "quipu.cpp"),
                                       args=["-std=c++20", "-DQUIPU_COMPILED", f"-I{root}/include"])
    problems = [each for each in unit.diagnostics if each.severity >= cindex.Diagnostic.Error]
    if problems:
        sys.exit(f"mutants: libclang can't read the engine: {problems[0]}")
    include = f"{root}/include/"
    chosen = re.compile(r"quipu/impl/(?:%s)/.*[.]ipp" % "|".join(layers))
    finders = {}
    for cursor in unit.cursor.get_children():
        path = os.path.normpath(cursor.location.file.name) if cursor.location.file else ""
        path = path.removeprefix(include)
        if not chosen.fullmatch(path):
            continue
        if path not in finders:
            finders[path] = Finder(path, (root / "include" / path).read_bytes().decode("latin-1"))
        finders[path].visit(cursor)
    mutants = {each.name(): each for path in sorted(finders) for each in finders[path].found}
    return sorted(mutants.values(), key=lambda each: (each.path, each.start, -each.end, each.operator, each.changed))
