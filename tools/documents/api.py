# SPDX-License-Identifier: BSL-1.0
#
# api.py: the pages of the API reference, made from the headers when the site is staged. The headers are laid out by
# clang-format, so indentation tells what belongs to what: a declaration of namespace quipu begins in column 0, a member
# in column 2. What is in `detail`, or says that it is for the library's own layers, is left out.
import re

# The folders of include/quipu, with the titles of their pages; of each folder the headers that come first.
PAGES = (
    ("store", "Store", ("store", "store_reader", "store_consumers", "read_only_store", "in_memory_store",
                        "receipts", "batch", "ticket")),
    ("journal", "Options and reports", ("config", "append_options", "conflict_error", "maintain/compaction", "reports",
                                        "read/event_range")),
    ("delivery", "Cursors, workers, read models", ("cursor", "named_cursor", "cursor_position", "subscription", "worker")),
    ("cache", "Caches", ("projection_cache", "file_cache", "memory_cache", "tiered_cache", "no_cache")),
    ("projection", "Projections", ("projection", "fold", "freshness", "as_of", "decider", "given")),
    ("event", "Events", ("event_view", "event_header", "event_id", "entity_id", "event_list", "upcast")),
    ("codec", "Encoding and schemas", ("codec", "schema")),
    ("coordinate", "Coordinates and regions", ("coordinate", "region", "dag_position")),
    ("outcome", "Outcomes", ("outcome", "outcome_error", "error_kind", "combine")),
    ("guard", "Gates, permits, pipelines", ("gate", "gate_set", "permit", "pipeline", "bypass", "denial")),
    ("typestate", "State machines", ("state_machine", "typestate")),
    ("hash", "Hashes", ("blake3", "digest")),
    ("core", "Errors, kinds, bytes", ("error", "event_kind", "bytes")),
    ("environment", "Environment", ("environment", "posix_environment", "memory_environment", "simulated_environment",
                                    "forwarding")),
)
NOT_FOR_USERS = re.compile(r"For the (?:store|library|journal|cursor|worker|engine|log|delivery|table|cache)\b|"
                           r"A compile error:|The names? of (?:these|this) types?")
SENTENCE = 5  # names with so many underscores are compile errors


def header_comment(text):
    """The comment at the top of a header as Markdown, without the licence and the header's name."""
    out = []
    for line in text.splitlines()[2:]:
        if not line.startswith("//"):
            break
        out.append(line[3:] if line.startswith("// ") else "")
    if out:
        out[0] = re.sub(r"^[\w.]+\.hpp: (?:START HERE\. )?", "", out[0])
        out[0] = out[0][:1].upper() + out[0][1:]
    return fenced(out)


def fenced(lines):
    """Prose whose indented lines are code."""
    out, code = [], False
    for line in lines:
        indented = line.startswith("  ") and not re.match(r"\s*[-*] ", line)
        if indented != code and (indented or line.strip()):
            if indented:
                out += ["", "```cpp"]
            else:
                while out and not out[-1].strip():
                    out.pop()
                out += ["```", ""]
            code = indented
        out.append(line[2:] if indented else line.replace("<", "&lt;") if "`" not in line else line)
    return "\n".join(out + (["```"] if code else [])).strip()


def declarations(lines, indent):
    """Groups of (comment, [declaration as lines]) at one indentation; a blank line or a comment ends a group."""
    groups, comment, current, begin = [], [], [], " " * indent
    index, fresh = 0, True
    while index < len(lines):
        line = lines[index]
        index += 1
        text = line.strip()
        if not text or text.startswith(("#", "//")) or not line.startswith(begin) or line[indent:indent + 1] in ("}", " "):
            if text.startswith("///"):
                comment = comment + [text[4:]] if not fresh or comment else [text[4:]]
                fresh = False
                current = []
            else:
                comment, fresh, current = [], True, []
            continue
        taken = [line]
        # A declaration goes on while nothing at its own indentation ends it.
        while index < len(lines) and not ends(taken, begin):
            taken.append(lines[index])
            index += 1
        if current and current[1]:
            current[1].append(taken)
        else:
            current = (comment, [taken])
            groups.append(current)
        comment, fresh = [], True
    return groups


def ends(taken, begin):
    last, text = taken[-1], "\n".join(taken)
    if re.fullmatch(r"\s*template <.*>", last) or text.count("(") != text.count(")"):
        return False
    if last.startswith(begin + "}"):
        return True
    if text.count("{") == text.count("}"):
        return last.rstrip().endswith((";", "}"))
    return False


def named(taken):
    """(what it is, its name) of a declaration."""
    text = re.sub(r"\s+", " ", " ".join(taken)).strip()
    text = re.sub(r"^template <(?:[^<>]|<(?:[^<>]|<[^<>]*>)*>)*> ?(?:requires ?(?:\([^()]*(?:\([^()]*\))*[^()]*\)|[\w:<>, ]+?(?= (?:class|struct|inline|constexpr|\[\[)))\s*)?", "", text)
    for kind in ("enum class", "class", "struct", "concept", "using"):
        found = re.match(r"%s (?:\[\[\w+\]\] )?(\w+)" % kind, text)
        if found:
            return kind, found.group(1)
    text = re.sub(r"<[^;{]*?\(\)>", "", text)  # std::function<result()>
    found = re.match(r"[^(={]*?(~?\b\w+|operator\S+)\s*(?:\(|=|\{|;)", text)
    return ("function" if re.match(r"[^={]*\(", text) else "value"), (found.group(1) if found else "")


def signature(taken):
    """A declaration without its body and attributes."""
    text = "\n".join(taken)
    out, depth, index, closed = "", 0, 0, False
    while index < len(text):
        letter = text[index]
        depth += {"(": 1, ")": -1}.get(letter, 0)
        closed = closed or (letter == ")" and depth == 0)
        if depth == 0 and closed and (letter == "{" or (letter == ":" and ":" not in (text[index - 1], text[index + 1:index + 2]))):
            break
        out += letter
        index += 1
    out = re.sub(r"\[\[(?:nodiscard|gnu::\w+)[^\]]*\]\] ?|\bQUIPU_DECL ", "", out).rstrip().rstrip(";")
    return re.sub(r" = (?:0|default)$", "", out) + ";"


def dedented(lines):
    least = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[least:] for line in lines)


def public_lines(taken):
    """The lines of a class's body that anybody may use."""
    body = taken[next(i for i, line in enumerate(taken) if line.rstrip().endswith("{")) + 1:-1]
    head = " ".join(taken[:taken.index(body[0])] if body else taken)
    shown, out = not re.search(r"\bclass \w", re.sub(r"<[^<>]*>", "", head)), []
    for line in body:
        label = re.match(r" (public|protected|private):", line)
        if label:
            shown = label.group(1) == "public"
        elif shown:
            out.append(line)
    return out


def is_plain(taken):
    """Whether a struct has only data, so that its source says all."""
    return not any(re.match(r"  (?!friend|///|//).*\w\(.*\).*[{;]$", line) and "std::function" not in line for line in taken[1:-1])


def prose(comment):
    return fenced([line.rstrip() for line in comment]) + "\n" if comment else ""


def shown_members(taken):
    out = []
    for comment, group in declarations(public_lines(taken), 2):
        if NOT_FOR_USERS.search(" ".join(comment)):
            continue
        kept = [each for each in group if named(each)[0] in ("function", "value")
                and not re.search(r"(?m)^\s*(friend|static_assert|using)\b|= (delete|default);|names_an?_\w+ Given", "\n".join(each))
                and not named(each)[1].startswith("~")]
        if kept:
            code = "\n".join(dedented(signature(each).split("\n")) if named(each)[0] == "function" else dedented(each)
                             for each in kept)
            out.append("### `%s`\n\n```cpp\n%s\n```\n\n%s" % (named(kept[0])[1], code, prose(comment)))
    return "\n".join(out)


def outer(text):
    """The lines of namespace quipu alone, those of `detail` and of other namespaces left out."""
    out, inside = [], []
    for line in text.splitlines():
        opened = re.match(r"(?:inline )?namespace ([\w:]+)?(?:::inline QUIPU_MODE)? ?\{", line)
        if opened:
            inside.append(opened.group(1) or "unnamed")
        elif line.startswith("}  // namespace"):
            if inside:
                inside.pop()
        elif inside and inside[-1].rstrip(":") in ("quipu", "quipu::inline"):
            out.append(line)
        else:
            out.append("")
    return out


def source(kind, taken):
    """What says all about a function, a value or a plain struct."""
    if kind == "function":
        return dedented(signature(taken).split("\n"))
    text = re.sub(r"(?m)^  friend [^;{]*(?:;|\{[^}]*\})\n", "", "\n".join(taken))
    return re.sub(r"\n+(?=\};$)", "\n", dedented(text.split("\n")))


def header(root, path):
    """The part of a page that a header makes; empty if it declares nothing for users."""
    text = path.read_text(encoding="utf-8")
    parts = []
    for comment, group in declarations(outer(text), 0):
        for taken in group:
            kind, name = named(taken)
            if not name or name.count("_") >= SENTENCE or NOT_FOR_USERS.search(" ".join(comment)) or "<" in name:
                continue
            if name in ("static_assert", "requires") or (name == "append_options" and path.parent.name != "journal") or re.search(r"\w::%s\b" % re.escape(name), " ".join(taken).split("(")[0]):
                continue  # a check, or the definition of a member
            if re.search(r"^(?:template|extern|friend|static_assert)\b[^{]*;$", "\n".join(taken)) and kind in ("class", "struct"):
                continue
            if kind in ("class", "struct") and re.search(r"\b%s\s*;$" % name, taken[-1]):
                continue  # declared here, defined elsewhere
            section = "## `%s`\n\n%s\n" % (name, prose(comment))
            if kind == "class" or (kind == "struct" and not is_plain(taken)):
                first = dedented(taken[:next(i for i, line in enumerate(taken) if line.rstrip().endswith("{")) + 1])
                section += "```cpp\n%s\n```\n\n%s" % (first[:-1].rstrip() + ";", shown_members(taken))
            else:
                section += "```cpp\n%s\n```\n" % source(kind, taken)
            parts.append(section)
    if not parts:
        return ""
    name = path.relative_to(root / "include").as_posix()
    return "\n".join(["`#include <%s>`\n" % name, header_comment(text) + "\n", *parts])


def pages(root):
    """The pages of the API reference by their paths below the site's folder of pages."""
    made, links = {}, []
    for folder, title, first in PAGES:
        named_first = [root / "include/quipu" / folder / (name + ".hpp") for name in first]
        others = sorted((root / "include/quipu" / folder).glob("*.hpp"))
        paths = [path for path in named_first if path.exists()] + [path for path in others if path not in named_first]
        body = [text for text in (header(root, path) for path in paths) if text]
        made["reference/api/%s.md" % folder] = "# %s\n\n%s\n" % (title, "\n\n---\n\n".join(body))
        names = dict.fromkeys(re.findall(r"(?m)^## `(.*)`$", made["reference/api/%s.md" % folder]))
        links.append("- [%s](%s.md): %s" % (title, folder, ", ".join("`%s`" % name for name in names)))
    made["reference/api/index.md"] = ("# API\n\nMade from the comments of the headers. `#include <quipu.hpp>` includes all of "
                                      "them; everything is in namespace `quipu`.\n\n" + "\n".join(links) + "\n")
    return made
