# SPDX-License-Identifier: BSL-1.0
#
# mutation_switch.py: writes code with all its mutants in it, each behind a switch at run time. Used by tools/mutants.
#
#   a < b        (quipu_mutants::is_on(1) ? (a) <= (b) : quipu_mutants::is_on(2) ? false : a < b)
#   save(a);     { if (!quipu_mutants::is_on(3)) save(a); }
import re
from dataclasses import dataclass

OPERATORS = {
    "ROR": "a relational operator replaced, or the comparison by a constant",
    "LCR": "a logical connector replaced, or one of its sides left out",
    "AOR": "an arithmetic or bitwise operator replaced, also in assignments",
    "UOI": "a condition negated, ++ and -- exchanged",
    "CRP": "a literal one greater or smaller, true and false exchanged",
    "SDL": "a statement removed",
}


@dataclass
class Mutant:
    path: str  # below include/
    start: int  # in bytes, of what is replaced
    end: int
    line: int
    operator: str
    changed: str  # the mutated expression; of a statement that is removed, nothing
    original: str = ""
    number: int = 0

    def name(self):
        """Tells it from all others of its tree, also in a later run."""
        return f"{self.path}:{self.start}:{self.end}:{self.operator}:{self.changed}"

    def text(self):
        old = shortened(self.original)
        return f"{old}  removed" if self.operator == "SDL" else f"{old}  ->  {shortened(self.changed)}"


def shortened(code):
    code = flat(code)
    return code if len(code) <= 100 else code[:97] + "..."


def flat(code):
    """On one line, so that lines keep their numbers."""
    return re.sub(r"\s+", " ", re.sub(r"//[^\n]*", " ", code)).strip()


def written(code, mutants):
    """The code with these mutants of it. Lines keep their numbers."""
    places = {}
    for each in mutants:
        places.setdefault((each.start, -each.end, each.operator != "SDL"), []).append(each)
    out, _ = rewrite(code, sorted(places.items()), 0, 0, len(code))
    return out.replace("#pragma once\n\n", "#pragma once\n#include <quipu/mutants.hpp>\n", 1)


def rewrite(code, places, index, start, end):
    """What lies between start and end, with places[index:] as far as they lie there; and the index of the next."""
    out = []
    while index < len(places) and -places[index][0][1] <= end:
        (first, negative_last, _), alternatives = places[index]
        last = -negative_last
        inner, index = rewrite(code, places, index + 1, first, last)
        out.append(code[start:first])
        if alternatives[0].operator == "SDL":
            semicolon = code.index(";", last)
            out.append("{ if (!%s) %s; }" % (switch(alternatives[0]), inner))
            start = semicolon + 1
        else:
            choices = "".join(f"{switch(each)} ? {each.changed} : " for each in alternatives)
            out.append(f"({choices}{inner})")
            start = last
    return "".join(out) + code[start:end], index


def switch(mutant):
    return f"quipu_mutants::is_on({mutant.number})"


SWITCH = """\
// The switch of the mutants: QUIPU_MUTANT is the number of the one that is on. Those that are asked for are marked in
// the file QUIPU_MUTANTS_REACHED, if that is given.
#pragma once
#include <cstdlib>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
namespace quipu_mutants {
struct state { int number; volatile unsigned char* reached; };
inline state read() {
  state made{0, nullptr};
  if (const char* text = std::getenv("QUIPU_MUTANT")) made.number = std::atoi(text);
  if (const char* path = std::getenv("QUIPU_MUTANTS_REACHED")) {
    const int file = ::open(path, O_RDWR | O_CLOEXEC);
    void* mapped = file < 0 ? MAP_FAILED : ::mmap(nullptr, COUNT, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (mapped == MAP_FAILED) std::abort();
    ::close(file);
    made.reached = static_cast<volatile unsigned char*>(mapped);
  }
  return made;
}
inline const state now = read();
inline bool is_on(int number) noexcept {
  if (now.reached != nullptr) now.reached[number] = 1;
  return now.number == number;
}
}  // namespace quipu_mutants
"""


def switch_header(count):
    return SWITCH.replace("COUNT", str(count + 1))
