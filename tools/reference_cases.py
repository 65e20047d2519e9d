# SPDX-License-Identifier: BSL-1.0
#
# reference_cases.py: makes the pages of compile errors from tests/compile_fail; see reference.py. Each case is a
# program whose accepted twin is compiled with ACCEPT defined. A page shows the sentence that the compiler must print,
# and the difference between the two.
import difflib
import re

FOLDER = "tests/compile_fail"
PAGES = "docs/reference/compile-errors"
# The first word of a case's name, and the title of its page.
PARTS = {
    "event": "Event types and upcasts",
    "encode": "Members and encoding",
    "entity": "Entity ids",
    "projection": "Projections",
    "catalogue": "Catalogues of event types",
    "decider": "Deciders",
    "store": "Calls of a store",
    "delivery": "Workers, read models and subscriptions",
    "guard": "Gates and permits",
    "pipeline": "Pipelines and bypasses",
    "typestate": "State machines",
    "outcome": "Outcomes",
}
CONTEXT = 4
HEADERS = re.compile(r"(?s)#ifdef QUIPU_TEST_SINGLE_HEADER\n.*?#endif\n")


class Case:
    def __init__(self, path):
        text = path.read_text(encoding="utf-8")
        comment = re.match(r"(?:// ?.*\n)+", text).group()
        self.part, rest = path.stem.split("_", 1)
        self.title = rest.replace("_", " ").capitalize()
        self.anchor = rest.replace("_", "-")
        lines = [line[2:].strip() for line in comment.splitlines()]
        self.about = " ".join(line for line in lines if line and not re.match(r"SPDX-|expect:|max-errors:", line))
        self.expected = [line[len("expect:"):].strip() for line in lines if line.startswith("expect:")]
        self.sentences = [plain(each) for each in self.expected]
        code = HEADERS.sub("", text[len(comment):])
        self.rejected, self.accepted = chosen(code, accept=False), chosen(code, accept=True)

    def sentence(self):
        """The longest of the expected texts: the sentence; the others are names that must be in it."""
        return max(self.sentences, key=len)


def plain(regex):
    """What a person would search for: the regular expression's words without its signs."""
    words = re.sub(r"\((?:quipu::|const | int)\)\?| \?", "", regex)
    words = re.sub(r"\(([^()|]*)\|[^()]*\)", r"\1", words)  # the first of several
    words = re.sub(r"\b([a-z_]+)\.f\.", r"\1(f)", words).replace(".*", "…").replace(r"\d+", "…").replace("\\", "")
    sentence = re.match(r"([\w…]+_[\w…]+_[\w…]+)<(.*)$", words)
    if sentence and not re.fullmatch(r"(?:[\w:, *]|<[\w:, *]*>)*>", sentence.group(2)):
        return sentence.group(1) + "<…>"
    return words


def chosen(code, accept):
    """The lines that the preprocessor would take, with ACCEPT defined or not; no other condition is left."""
    lines, taking = [], [True]
    for line in code.splitlines():
        condition = re.match(r"#(ifdef|ifndef) ACCEPT\b", line)
        if condition:
            taking.append((condition.group(1) == "ifdef") == accept)
        elif line.startswith("#else"):
            taking[-1] = not taking[-1]
        elif line.startswith("#endif"):
            taking.pop()
        elif all(taking):
            lines.append(line)
    while lines and not lines[0].strip():
        lines.pop(0)
    return lines


def difference(case):
    """The rejected lines with a minus, the accepted with a plus, and a few lines around them."""
    shown = []
    for line in list(difflib.unified_diff(case.rejected, case.accepted, n=CONTEXT, lineterm=""))[2:]:
        if line.startswith("@@"):
            if shown:
                shown.append(" …")
            continue
        shown.append(line)
    while shown and shown[0].strip() in ("", "};"):
        shown.pop(0)
    while shown and not shown[-1].strip():
        shown.pop()
    return "\n".join(line.rstrip() for line in shown)


def cases(root):
    return [Case(path) for path in sorted((root / FOLDER).glob("*.cpp"))]


def of_part(root):
    by_part = {}
    for case in cases(root):
        if case.part not in PARTS:
            raise SystemExit("tools/reference_cases.py: PARTS has no title for %s" % case.part)
        by_part.setdefault(case.part, []).append(case)
    return {part: by_part[part] for part in PARTS if part in by_part}


def pages(root):
    """The pages by path, one for each part of the library."""
    made = {}
    for part, members in of_part(root).items():
        text = ["# Compile errors: %s" % (PARTS[part][0].lower() + PARTS[part][1:]), "",
                "Made from `%s/%s_*.cpp`. With the lines marked `-` and" % (FOLDER, part),
                "without those marked `+` the program is refused. The other way round it compiles.",
                "[All sentences](../compile-errors.md).", ""]
        for case in members:
            text += ["## " + case.title, "", *wrapped(case.about), "", "```text", case.sentence(), "```", "",
                     "```diff", difference(case), "```", ""]
        made[root / PAGES / (part + ".md")] = "\n".join(text).rstrip() + "\n"
    return made


def wrapped(text, width=100):
    line, lines = "", []
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = (line + " " + word).strip()
    return [*lines, line] if line else lines


def as_code(text):
    return "`` %s ``" % text if "`" in text else "`%s`" % text


def index(root):
    """A list for each part: the sentence, and the cases that show it."""
    text = []
    for part, members in of_part(root).items():
        text += ["### [%s](compile-errors/%s.md)" % (PARTS[part], part), ""]
        found = {}
        for case in members:
            link = "[%s](compile-errors/%s.md#%s)" % (case.title.lower(), part, case.anchor)
            # Without the types, which differ from case to case.
            found.setdefault(re.sub(r"(\w{12,})<.*", r"\1", case.sentence()), []).append(link)
        text += ["- %s: %s" % (as_code(sentence), ", ".join(found[sentence])) for sentence in sorted(found)]
        text.append("")
    return "\n".join(text)
