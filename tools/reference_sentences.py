# SPDX-License-Identifier: BSL-1.0
#
# reference_sentences.py: the sentences of compile errors as the headers have them, and which of them no case of
# tests/compile_fail shows; see reference.py. A sentence is the text of a static_assert, or the name of a class template
# that is declared and never defined.
import re

import reference_cases

# The fewest underscores that make a name a sentence.
WORDS = 4
DECLARED = re.compile(r"\bstruct\s+(\w+);")
TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
MESSAGE = re.compile(r',\s*((?:"(?:[^"\\]|\\.)*"\s*)+)$')
COMMENT = re.compile(r"(?m)^\s*//.*$")


def arguments(text, begin):
    """What stands between the parenthesis that opens before `begin` and the one that closes it."""
    depth, at = 1, begin
    while depth:
        if text[at] == '"':
            at = TEXT.match(text, at).end()
            continue
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 1
    return text[begin:at - 1]


def of_header(text):
    text = COMMENT.sub("", text)
    for found in re.finditer(r"\bstatic_assert\(", text):
        message = MESSAGE.search(arguments(text, found.end()))
        if message:
            yield "".join(TEXT.findall(message.group(1)))
    for found in DECLARED.finditer(text):
        if found.group(1).count("_") >= WORDS:
            yield found.group(1)


def sentences(root):
    """All sentences, each with the header that has it."""
    texts = {path: path.read_text(encoding="utf-8") for path in sorted((root / "include/quipu").rglob("*.[hi]pp"))}
    defined = set(re.findall(r"\bstruct (\w+)[^;{(]*\{", "\n".join(texts.values())))
    found = {}
    for path, text in texts.items():
        for sentence in of_header(text):
            if sentence not in defined:
                found.setdefault(sentence, path.relative_to(root / "include").as_posix())
    return found


def shows(case, sentence):
    """Whether the case requires that the compiler prints this sentence."""
    expected = max(case.expected, key=len)
    if re.match(r"\w+_\w+_\w+|\w+\.\*", expected):
        return re.fullmatch(expected.split("<")[0], sentence) is not None
    return re.search(expected, sentence) is not None


def without_case(root):
    cases = reference_cases.cases(root)
    return {sentence: header for sentence, header in sentences(root).items()
            if not any(shows(case, sentence) for case in cases)}


def listing(root):
    lacking = without_case(root)
    return "".join("- %s (`%s`)\n" % (reference_cases.as_code(each), lacking[each]) for each in sorted(lacking))


def check(root, problems):
    page = (root / "docs/reference/compile-errors.md").read_text(encoding="utf-8")
    for sentence, header in without_case(root).items():
        if reference_cases.as_code(sentence) not in page:
            problems.append("docs/reference/compile-errors.md: lacks the sentence of %s: %s" % (header, sentence))
