# SPDX-License-Identifier: BSL-1.0
#
# reference_config.py: docs/reference/config.md against the structs of options, and docs/reference/limits.md against
# the constants; see reference.py. A row of a table begins with the option or limit in backticks; its cells are the
# option's default and range, or the limit's value and the constant that says so.
import re

CONFIG_PAGE = "docs/reference/config.md"
LIMITS_PAGE = "docs/reference/limits.md"
RANGES = "include/quipu/impl/journal/config.ipp"
# The structs of options, and where they are.
STRUCTS = {
    "config": "journal/config.hpp",
    "append_options": "journal/append_options.hpp",
    "execute_options": "store/execute_options.hpp",
    "visibility_fence_options": "store/visibility_fence.hpp",
    "subscription_options": "delivery/subscription.hpp",
    "worker_policy": "delivery/worker_policy.hpp",
    "read_model_options": "delivery/read_model.hpp",
}
FIELD = re.compile(r"^\s*([\w:<> ,()]+?(?:<[^;]*?>)?)\s+(\w+)\s*(?:\{(.*)\}|= (.*?))?;")
UNITS = {"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
UNBOUNDED = (2 ** 32 - 1, 2 ** 64 - 1)


def read(root, name):
    return (root / name).read_text(encoding="utf-8")


def evaluated(text):
    """The number that a constant's initialiser gives, or its text."""
    text = re.sub(r"//.*", "", text).strip()
    plain = re.sub(r"std::(?:u?int\d*_t|size_t)\{(\d[\d']*)\}", r"\1", text).replace("'", "")
    plain = re.sub(r"(?<=\d)[uUlL]+\b", "", plain)
    if re.fullmatch(r"[\d\sxXA-Fa-f+*()<.-]+", plain) and re.search(r"\d", plain):
        return eval(plain, {"__builtins__": {}})  # digits and operators alone
    return text


def spoken(cell):
    """A number as a page says it: `64 KiB`, 10,000, 0.75 or `1,000 ms`; other texts without their backticks."""
    text = cell.strip().replace("`", "")
    number = re.match(r"([\d,]+(?:\.\d+)?)(?: (KiB|MiB|GiB))?(?= |$)", text)
    if not number:
        return text
    value = float(number.group(1).replace(",", ""))
    value *= UNITS.get(number.group(2), 1)
    return int(value) if value == int(value) else value


def fields(text, name):
    """(path, type, default) of each field of a struct, those of structs in it with their names in front."""
    body = re.search(r"(?m)^struct %s \{\n(.*?)^\};" % name, text, re.S).group(1)
    inner = []
    for nested in re.finditer(r"(?ms)^  struct \w+ \{\n(.*?)^  \} (\w+)\{\};\n", body):
        inner += [(nested.group(2) + "." + field, kind, value) for field, kind, value in members(nested.group(1))]
    return members(re.sub(r"(?ms)^  struct \w+ \{\n.*?^  \} \w+\{\};\n", "", body)) + inner


def members(body):
    found = []
    for line in body.splitlines():
        if line.strip() == "private:":
            break
        field = FIELD.match(re.sub(r"\s*///<.*", "", line))
        if field and "(" not in re.sub(r"<.*>", "", field.group(1)) and not line.strip().startswith(("///", "friend", "using")):
            found.append((field.group(2), field.group(1), (field.group(3) or field.group(4) or "").strip()))
    return found


def ranges(root):
    rows = re.findall(r'within\("([\w.]+)", [\w.]+, (.*?), (.*?)\);', read(root, RANGES))
    return {name: (evaluated(least), evaluated(most.replace("UINT64_MAX", str(2 ** 64 - 1))
                                               .replace("UINT32_MAX", str(2 ** 32 - 1)))) for name, least, most in rows}


def enumerators(text):
    return {name: re.findall(r"\w+", re.sub(r"///<.*", "", body))
            for name, body in re.findall(r"enum class (\w+)[^{]*\{(.*?)\};", text, re.S)}


def rows(page, section):
    """The cells of each table row below the heading `## section`, by the text in backticks that it begins with."""
    part = re.search(r"(?ms)^## %s\n(.*?)(?=^## |\Z)" % re.escape(section), page)
    found = {}
    for line in part.group(1).splitlines() if part else []:
        if line.startswith("| `"):
            cells = [cell.strip() for cell in line.strip("|").split(" | ")]
            found[cells[0].strip().strip("`")] = cells
    return found


def default_problem(shown, actual):
    if actual == "":
        actual = "empty"
    actual = evaluated(actual) if isinstance(actual, str) else actual
    said = spoken(shown)
    if said != actual and not (isinstance(actual, str) and said == re.sub(r"^\w+::(?=\w+$)", "", actual)):
        return "the default is %s, and not %s" % (actual, shown)
    return None


def range_problem(shown, least, most):
    said = re.match(r"(.*?) (?:to (.*)|or more)$", shown)
    right = said and spoken(said.group(1)) == least
    right = right and (spoken(said.group(2)) == most if said.group(2) else most in UNBOUNDED)
    return None if right else "the range is %d to %d, and not %s" % (least, most, shown)


def check_options(root, problems):
    page, within = read(root, CONFIG_PAGE), ranges(root)
    for struct, header in STRUCTS.items():
        text = read(root, "include/quipu/" + header)
        shown, enums = rows(page, struct), enumerators(text)
        actual = fields(text, struct)
        for name, kind, value in actual:
            where = "%s: %s.%s" % (CONFIG_PAGE, struct, name)
            if name not in shown:
                problems.append("%s has no row" % where)
                continue
            cells = shown[name]
            found = [default_problem(cells[1], value)]
            if struct == "config" and name in within:
                found.append(range_problem(cells[2], *within[name]))
            for each in enums.get(re.sub(r".*::|std::optional<|>", "", kind), []):
                if "`%s`" % each not in " ".join(cells):
                    found.append("`%s` isn't mentioned" % each)
            problems += ["%s: %s" % (where, each) for each in found if each]
        problems += ["%s: %s.%s isn't a member" % (CONFIG_PAGE, struct, name)
                     for name in shown if name not in [field[0] for field in actual]]
    problems += ["%s: config.%s has a range, and no such member" % (RANGES, name)
                 for name in within if name not in rows(page, "config")]


def check_limits(root, problems):
    for line in read(root, LIMITS_PAGE).splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        source = re.search(r"`([\w:]+)` in `([\w/.]+)`", line)
        if not line.startswith("|") or not source or len(cells) < 3:
            continue
        constant, header = source.group(1).split("::")[-1], "include/quipu/" + source.group(2)
        text = read(root, header) if (root / header).exists() else ""
        value = re.search(r"\b%s\s*(?:= |\{)(.*?)\}?;" % constant, text, re.S)
        if not value:
            problems.append("%s: %s has no %s" % (LIMITS_PAGE, header, source.group(1)))
        elif spoken(cells[1]) != evaluated(value.group(1)):
            problems.append("%s: %s is %s, and not %s" % (LIMITS_PAGE, source.group(1), evaluated(value.group(1)), cells[1]))


def check(root, problems):
    check_options(root, problems)
    check_limits(root, problems)
