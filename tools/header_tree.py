# SPDX-License-Identifier: BSL-1.0
#
# header_tree.py: what amalgamate.py and check_layers.py both know about the headers: the layers, where the files are, and
# what each of them includes.
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent

# In this order: a layer includes itself and the layers before it.
LAYERS = ("core", "hash", "coordinate", "codec", "event", "outcome", "guard", "typestate", "projection", "environment", "journal",
          "cache", "delivery", "store")

UMBRELLA = "quipu.hpp"
LIGHT = "model.hpp"
# Which headers stand beside the layers' folders.
TOP = ("macros.hpp", "fwd.hpp", "version.hpp")
# Definitions of what the headers declare, in folders that mirror the layers'.
IMPL = "impl"

INCLUDE = re.compile(r'^\s*#\s*include\s*(?P<name>"[^"]+"|<[^>]+>)')
CONDITION_OPENS = re.compile(r"^\s*#\s*(?:if|ifdef|ifndef)\b")
CONDITION_CLOSES = re.compile(r"^\s*#\s*endif\b")
DIRECTIVE_OR_COMMENT = re.compile(r"^\s*(?:#|//|$)")
PRAGMA_ONCE = re.compile(r"^\s*#\s*pragma\s+once\b")
LICENCE_LINE = "// SPDX-License-Identifier: BSL-1.0"


class Problem(Exception):
    """Something about the headers that a person has to put right."""


class Header:
    """One header: its lines, and its includes outside of any condition."""

    def __init__(self, folder, name):
        self.name = name  # as seen from include/quipu, with slashes
        try:
            self.lines = (folder / name).read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError as failure:
            raise Problem("%s: not UTF-8: %s" % (name, failure))
        self.quoted = []  # (line index, the header's name as seen from include/quipu)
        self.angled = []  # (line index, as written, with the brackets)
        depth = 0
        code_seen = False
        for index, line in enumerate(self.lines):
            if CONDITION_OPENS.match(line):
                depth += 1
            elif CONDITION_CLOSES.match(line):
                depth -= 1
            code_seen = code_seen or not DIRECTIVE_OR_COMMENT.match(line)
            include = INCLUDE.match(line)
            if not include:
                continue
            written = include.group("name")
            where = "%s:%d" % (name, index + 1)
            if written.startswith("<quipu"):
                raise Problem("%s: includes %s; the library includes itself by relative path, in quotes" % (where, written))
            if written.startswith("<"):
                if depth == 0:
                    self.angled.append((index, written))
                continue
            if depth != 0:
                raise Problem("%s: includes %s under a condition; only <...> may depend on one" % (where, written))
            if code_seen:
                raise Problem("%s: includes %s after code; a header's includes come first" % (where, written))
            self.quoted.append((index, self.resolve(folder, written[1:-1], where)))

    def resolve(self, folder, path, where):
        target = (folder / self.name).parent.joinpath(path).resolve()
        if not target.is_file():
            raise Problem('%s: includes "%s", which doesn\'t exist' % (where, path))
        try:
            return target.relative_to(folder).as_posix()
        except ValueError:
            raise Problem('%s: includes "%s", which is outside include/quipu' % (where, path))

    def layer(self):
        """The folder, or None for the headers that stand above all layers."""
        return self.name.split("/")[0] if "/" in self.name else None

    def is_public(self):
        return "/detail/" not in self.name


class Tree:
    """All headers under include/quipu of a repository."""

    def __init__(self, root=ROOT):
        self.root = pathlib.Path(root).resolve()
        self.folder = self.root / "include" / "quipu"
        self.headers = {}
        for path in sorted(self.folder.rglob("*.hpp")):
            name = path.relative_to(self.folder).as_posix()
            self.headers[name] = Header(self.folder, name)

    def includes_first(self, starts):
        """The headers that `starts` lead to, themselves included, each after everything that it includes."""
        order, state = [], {}

        def visit(name, path):
            if state.get(name) == "done":
                return
            if state.get(name) == "open":
                raise Problem("headers include each other in a circle: " + " -> ".join(path[path.index(name):] + [name]))
            state[name] = "open"
            for _, included in self.headers[name].quoted:
                visit(included, path + [name])
            state[name] = "done"
            order.append(name)

        for start in starts:
            visit(start, [])
        return order
