# SPDX-License-Identifier: BSL-1.0
#
# links.py: the links inside the documents: each file that one names is there, and each heading.
import os
import re
import unicodedata
import urllib.parse

from documents import blocks

LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
DEFINITION = re.compile(r"^\s{0,3}\[[^\]]+\]:\s*(\S+)", re.MULTILINE)
HTML = re.compile(r"<(?:a|img|source|object)\b[^>]*?\b(?:href|src|srcset|data)=\"([^\"]+)\"")
HTML_ID = re.compile(r"<[a-z]+[^>]*?\b(?:id|name)=\"([^\"]+)\"")
HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")


def prose(text):
    """The lines of a document outside of fences, with their numbers; code between backticks is left out."""
    lines, index = text.split("\n"), 0
    while index < len(lines):
        if blocks.FENCE.match(lines[index]):
            index = (blocks.closing_line(lines, index) or len(lines)) + 1
            continue
        yield index + 1, lines[index]
        index += 1


def plain(heading):
    """A heading's text as a browser shows it."""
    heading = re.sub(r"!?\[((?:[^\[\]]|\[[^\]]*\])*)\]\([^)]*\)", r"\1", heading)
    heading = re.sub(r"<[^>`]+>(?![^`]*`)", "", heading) if "`" not in heading else heading
    return re.sub(r"[`*]", "", heading)


def site_anchor(heading):
    """As Python-Markdown makes it, with which the site is built."""
    text = unicodedata.normalize("NFKD", plain(heading)).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", text).strip().lower())


def web_anchor(heading):
    """As web front ends of Git make it."""
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", plain(heading).strip().lower()))


def anchors(text):
    """The anchors of a document's headings: on the site, and on web front ends of Git."""
    site, web = set(), set()
    for _, line in prose(text):
        heading = HEADING.match(line)
        if heading:
            for made, found in ((site_anchor, site), (web_anchor, web)):
                base, number = made(heading.group(2)), 0
                anchor = base
                while anchor in found:
                    number += 1
                    anchor = "%s%s%d" % (base, "_" if made is site_anchor else "-", number)
                found.add(anchor)
        for each in HTML_ID.findall(line):
            site.add(each)
            web.add(each)
    return site, web


def paragraphs(text):
    """The paragraphs outside of fences, with the number of each one's first line: a link may wrap."""
    first, lines, before = 0, [], 0
    for number, line in prose(text):
        if lines and (not line.strip() or number != before + 1):
            yield first, "\n".join(lines)
            lines = []
        if line.strip():
            first = first if lines else number
            lines.append(line)
        before = number
    if lines:
        yield first, "\n".join(lines)


def targets(text):
    """What a document's links point to, with their lines."""
    for first, paragraph in paragraphs(text):
        code = [match.span() for match in re.finditer(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", paragraph, re.DOTALL)]
        for pattern in (LINK, DEFINITION, HTML):
            for match in pattern.finditer(paragraph):
                if not any(begin <= match.start() and match.end() <= end for begin, end in code):
                    yield first + paragraph.count("\n", 0, match.start()), match.group(1)


def inner(target):
    """The path and the anchor of a link inside the repository, or None for one to somewhere else."""
    parts = urllib.parse.urlsplit(target)
    if parts.scheme or parts.netloc:
        return None
    return urllib.parse.unquote(parts.path), urllib.parse.unquote(parts.fragment)


def resolve(document, path):
    """The repository path that a link in a document (a repository path too) points to."""
    if not path:
        return document
    return os.path.normpath(os.path.join(os.path.dirname(document), path)).replace(os.sep, "/")


def problems(root, document, text, texts):
    """What is wrong with a document's links, as (line, what). `texts` are the documents by their repository paths."""
    for number, target in targets(text):
        link = inner(target)
        if link is None:
            continue
        path, anchor = link
        if path.startswith("/"):
            yield number, "links to %s; a link begins at the page's own folder" % target
            continue
        name = resolve(document, path)
        if name.startswith("../") or not (root / name).exists():
            # The site makes pictures from their sources.
            drawing = re.sub(r"\.svg$", ".dot", name)
            if name.startswith("../") or drawing == name or not (root / drawing).exists():
                yield number, "links to %s, which isn't there" % target
            continue
        if anchor and name in texts:
            site, web = anchors(texts[name])
            if anchor not in site and anchor not in web:
                yield number, "links to %s; %s has no such heading" % (target, name)
            elif anchor not in site or anchor not in web:
                yield number, "links to %s; the site and Git's web front ends call that heading differently" % target
