# SPDX-License-Identifier: BSL-1.0
#
# stage.py: writes what the site is built from into a folder: the pages of docs/, pictures drawn from their Graphviz
# sources, an index of the decisions, the API reference, and a page for each file of the repository that a page links
# to, so that the site can be read without the repository and without a network.
import os
import pathlib
import re
import shutil
import subprocess

from documents import api, blocks, links

# Files that aren't pages of docs/ are below this folder of the site.
OUTSIDE = "repository"
PICTURES = (".svg", ".png", ".jpg", ".gif", ".ico")
ASSETS = (".css", ".js") + PICTURES
LANGUAGES = {".hpp": "cpp", ".cpp": "cpp", ".ipp": "cpp", ".py": "python", ".cmake": "cmake", ".sh": "sh", ".dot": "dot"}
TARGET = re.compile(r"(\[(?P<text>[\w./-]+)|)(\]\(\s*<?)([^)\s>]+)(>?(?:\s+\"[^\"]*\")?\s*\))")
CODE = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)")
# A paragraph that is nothing but a link to a Graphviz source is that picture on the site.
PICTURE = re.compile(r"^\[([^\]]+)\]\(([^)\s]+\.dot)\)$")


class Stage:
    def __init__(self, root, folder, texts):
        self.root, self.folder, self.texts = root, folder, texts
        self.written, self.queue = set(), []

    def staged(self, name):
        """Where in the stage a file or folder of the repository is."""
        path = self.root / name
        if name == "docs":
            return "index.md"
        if name == "docs/decisions":
            return "decisions/all.md"
        if name.startswith("docs/") and (name in self.texts or path.suffix in ASSETS):
            return name[len("docs/"):]
        if path.is_dir():
            return "%s/%s/index.md" % (OUTSIDE, name)
        if name in self.texts or path.suffix in PICTURES:
            return "%s/%s" % (OUTSIDE, name)
        return "%s/%s.md" % (OUTSIDE, name)

    def add(self, name):
        if name not in self.written:
            self.written.add(name)
            self.queue.append(name)

    def put(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def link(self, page, target):
        """A link of a page (a repository path), as the staged page has it; what it points to is staged too."""
        inner = links.inner(target)
        if inner is None or not inner[0]:
            return target
        name = links.resolve(page, inner[0])
        self.add(name)
        where = os.path.relpath(self.staged(name), os.path.dirname(self.staged(page)))
        return where.replace(os.sep, "/") + ("#" + inner[1] if inner[1] else "")

    def relinked(self, page, line):
        code = [match.span() for match in CODE.finditer(line)]

        def replaced(match):
            before, text, opening, target, closing = match.groups()
            if any(first < match.start(4) and match.end(4) <= last for first, last in code):
                return match.group(0)
            # A link that has a page's file name for a text has its title on the site.
            inner = links.inner(target)
            named = self.texts.get(links.resolve(page, inner[0])) if inner and inner[0] else None
            if text and named and text.endswith(".md") and inner[0].endswith(text) and named.startswith("# "):
                before = "[" + named.split("\n", 1)[0][2:].strip()
            return before + opening + self.link(page, target) + closing

        return TARGET.sub(replaced, line)

    def page(self, page):
        """A document as the site has it: links into the stage, pictures drawn, marks turned into links to programs."""
        out, program, outside, shown = [], None, dict(links.prose(self.texts[page])), set()
        lines = self.texts[page].split("\n")
        for number, line in enumerate(lines, 1):
            mark, picture = blocks.MARK.match(line), PICTURE.match(line)
            if number not in outside:
                out.append(line)
                if program and blocks.FENCE.match(line) and number + 1 in {*outside, len(lines) + 1}:
                    indent, name = program
                    out += ["", '%s[The whole program](%s){ .program }' % (indent, self.link(page, self.back(page, name)))]
                    program = None
            elif mark:
                words = mark.group("rest").split()
                part = mark.group("what") == "cut" and len(words) > 1 and words[0] not in shown
                program = (mark.group("indent"), words[0]) if part else None
                shown.add(words[0])
            elif picture:
                out.append(self.drawn(links.resolve(page, picture.group(2)), picture.group(1)))
            else:
                out.append(self.relinked(page, line))
        return "\n".join(out)

    @staticmethod
    def back(page, name):
        return os.path.relpath(name, os.path.dirname(page) or ".").replace(os.sep, "/")

    def drawn(self, name, title):
        """A picture as inline SVG, which has the colours of the page."""
        svg = subprocess.run(["dot", "-Tsvg", str(self.root / name)], check=True, stdout=subprocess.PIPE,
                             stdin=subprocess.DEVNULL, timeout=60).stdout.decode("utf-8")
        svg = re.sub(r"<!--.*?-->\s*", "", svg[svg.index("<svg"):], flags=re.DOTALL)
        # Each shape shows its title as a tip otherwise, and ids would repeat between pictures.
        svg = re.sub(r"<title>.*?</title>\s*", "", svg, flags=re.DOTALL)
        svg = re.sub(r" (id|xmlns:xlink)=\"[^\"]*\"", "", svg)
        svg = re.sub(r"(stroke|fill)=\"black\"", r'\1="currentColor"', svg)
        svg = re.sub(r"<text ((?:(?!fill=)[^>])*)>", r'<text fill="currentColor" \1>', svg)
        title = title.removeprefix("Picture: ")
        # As wide as it was drawn, and narrower where the page is; what is wide scrolls before it can't be read.
        width = float(re.search(r'width="([\d.]+)pt"', svg).group(1)) / 15
        size = "width: %.1frem; min-width: %.1frem" % (width, min(width, 24))
        svg = svg.replace("<svg ", '<svg role="img" aria-label="%s" style="%s" '
                          % (title.replace('"', "&quot;"), size), 1)
        return '<figure class="picture">%s<figcaption>%s</figcaption></figure>' % (svg.replace("\n", ""), title[:1].upper() + title[1:])

    def source(self, name):
        """A file of the repository as a page."""
        path = self.root / name
        text = path.read_text(encoding="utf-8", errors="replace").rstrip("\n")
        fence = "`" * max(3, 1 + max([len(run) for run in re.findall(r"`+", text)] or [0]))
        language = LANGUAGES.get(path.suffix, "text")
        return "# %s\n\n%s%s\n%s\n%s\n" % (name, fence, language, text, fence)

    def listing(self, name):
        """A folder of the repository as a page; documents in it are linked."""
        out = ["# %s" % name, ""]
        for path in sorted((self.root / name).iterdir()):
            each = path.relative_to(self.root).as_posix()
            if path.name.startswith(".") or path.name == "__pycache__":
                continue
            out.append("- [%s](%s)" % (path.name, self.link(name + "/index.md", path.name)) if each in self.texts
                       else "- `%s%s`" % (path.name, "/" if path.is_dir() else ""))
        return "\n".join(out) + "\n"

    def decisions(self):
        # Not index.md: the theme takes that for the page of the section that lists it.
        out = ["# Decisions", "", "What a newcomer would question, and why it is so. Half a page each.", ""]
        for name, text in self.texts.items():
            if name.startswith("docs/decisions/") and text.startswith("# "):
                out.append("- [%s](%s)" % (text.split("\n", 1)[0][2:].strip(), os.path.basename(name)))
        self.put("decisions/all.md", "\n".join(out) + "\n")

    def write(self):
        for name in self.texts:
            # The pages, and the documents at the root, which the navigation can list.
            if name.startswith("docs/") or "/" not in name:
                self.add(name)
        for path in sorted((self.root / "docs" / "site").glob("*.*")):
            self.add(path.relative_to(self.root).as_posix())
        self.decisions()
        for name, text in api.pages(self.root).items():
            self.put(name, text)
        while self.queue:
            name = self.queue.pop()
            path = self.root / name
            if name in ("docs", "docs/decisions"):
                continue
            if name in self.texts:
                self.put(self.staged(name), self.page(name))
            elif path.is_dir():
                self.put(self.staged(name), self.listing(name))
            elif path.suffix in ASSETS and self.staged(name).endswith(path.suffix):
                (self.folder / self.staged(name)).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, self.folder / self.staged(name))
            else:
                self.put(self.staged(name), self.source(name))


def write(root, folder, texts):
    folder = pathlib.Path(folder)
    if folder.exists():
        shutil.rmtree(folder)
    Stage(root, folder, texts).write()
