# SPDX-License-Identifier: BSL-1.0
#
# header_tree.py: the layers, the files under include/quipu and what each of them includes. Used by amalgamate.py and
# check_layers.py.
#
# A header (.hpp) declares; a definitions file (impl/<path>.ipp) defines what the header <path>.hpp declares. The
# umbrellas model.hpp and quipu.hpp include all headers, and at their ends the lists impl/model.ipp and impl/engine.ipp,
# which include all definitions files.
#
# A layer beside the umbrellas is for some programs only and not part of a single header. Its headers include the library
# as <quipu.hpp>, which is the tree or the single header, and end with their own definitions, if they have any.
import os
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent

# In this order: a layer includes itself and the layers before it. The model's layers need no I/O and no threads.
MODEL_LAYERS = ("core", "hash", "coordinate", "codec", "event", "outcome", "guard", "typestate", "projection")
ENGINE_LAYERS = ("environment", "journal", "cache", "delivery", "store")
LAYERS = MODEL_LAYERS + ENGINE_LAYERS
LAYERS_BESIDE = ("replication",)

MODEL = "model.hpp"
WHOLE = "quipu.hpp"
MODEL_LIST = "impl/model.ipp"
ENGINE_LIST = "impl/engine.ipp"
# The list of definitions files that an umbrella ends with.
LISTS = {MODEL: MODEL_LIST, WHOLE: ENGINE_LIST}
# The headers beside the layers' folders. They stand before all layers.
LANGUAGE = "language.hpp"
TOP = (LANGUAGE, "macros.hpp", "fwd.hpp", "version.hpp")
# The folder of the definitions files; its folders mirror the layers.
IMPL = "impl"

NAMESPACE = re.compile(r"^namespace (quipu(?:::detail)?)(?:::inline QUIPU_MODE)? \{")
INCLUDE = re.compile(r'^\s*#\s*include\s*(?P<name>"[^"]+"|<[^>]+>)')
CONDITION_OPENS = re.compile(r"^\s*#\s*(?:if|ifdef|ifndef)\b")
CONDITION_CLOSES = re.compile(r"^\s*#\s*endif\b")
DIRECTIVE_OR_COMMENT = re.compile(r"^\s*(?:#|//|$)")
PRAGMA_ONCE = re.compile(r"^\s*#\s*pragma\s+once\b")
LICENCE_LINE = "// SPDX-License-Identifier: BSL-1.0"


class Problem(Exception):
    """An error in the tree that stops a tool from going on."""


def definitions_of(header):
    """What a header that ends with its definitions includes there: an umbrella's list, another's own file."""
    return LISTS.get(header) or "%s/%s.ipp" % (IMPL, header[:-len(".hpp")])


def last_block(header):
    """The three lines that such a header must end with."""
    condition = "#if defined(QUIPU_HEADER_ONLY) || defined(QUIPU_IMPLEMENTATION)"
    written = os.path.relpath(definitions_of(header), os.path.dirname(header) or ".")
    return [condition, '#include "%s"' % written, "#endif"]


class File:
    """One header or definitions file: its lines, and its includes outside of any condition."""

    def __init__(self, folder, name):
        self.name = name  # as seen from include/quipu, with slashes
        try:
            self.lines = (folder / name).read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError as failure:
            raise Problem("%s: not UTF-8: %s" % (name, failure))
        self.quoted = []  # (line index, the file's name as seen from include/quipu), without an umbrella's last block
        self.angled = []  # (line index, as written, with the brackets)
        self.read_includes(folder)

    def read_includes(self, folder):
        lines = self.lines
        if self.is_umbrella() or self.has_definitions_beside(folder):
            block = last_block(self.name)
            if lines[-len(block):] != block:
                raise Problem("%s: doesn't end with the block that includes %s" % (self.name, definitions_of(self.name)))
            lines = lines[:-len(block)]
            self.resolve(folder, INCLUDE.match(block[1]).group("name")[1:-1], "%s:%d" % (self.name, len(lines) + 2))
        depth = 0
        code_seen = False
        for index, line in enumerate(lines):
            if CONDITION_OPENS.match(line):
                depth += 1
            elif CONDITION_CLOSES.match(line):
                depth -= 1
            code_seen = code_seen or not DIRECTIVE_OR_COMMENT.match(line)
            include = INCLUDE.match(line)
            if not include:
                continue
            written = include.group("name")
            where = "%s:%d" % (self.name, index + 1)
            if written.startswith("<quipu") and not (written == "<quipu.hpp>" and self.is_beside()):
                raise Problem("%s: includes %s; the library includes itself by relative path, in quotes"
                              % (where, written))
            if written.startswith("<"):
                if depth == 0:
                    self.angled.append((index, written))
                continue
            if depth != 0:
                raise Problem("%s: includes %s under a condition; only <...> may depend on one" % (where, written))
            if code_seen:
                raise Problem("%s: includes %s after code; a file's includes come first" % (where, written))
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
        """The layer's folder, or None for a file that belongs to no layer."""
        folders = self.name.split("/")[:-1]
        if self.is_definitions() and folders[:1] == [IMPL]:
            folders = folders[1:]
        return folders[0] if folders else None

    def is_beside(self):
        return self.layer() in LAYERS_BESIDE

    def has_definitions_beside(self, folder):
        return self.is_beside() and not self.is_definitions() and (folder / definitions_of(self.name)).is_file()

    def is_definitions(self):
        return self.name.endswith(".ipp")

    def is_list(self):
        return self.name in LISTS.values()

    def is_umbrella(self):
        return self.name in LISTS

    def is_public(self):
        return not self.is_definitions() and "/detail/" not in self.name

    def is_interface(self):
        """Whether a program has a use for the header: not all that it declares is in quipu::detail."""
        namespaces = [found.group(1) for found in map(NAMESPACE.match, self.lines) if found]
        return self.is_public() and (not namespaces or any(name != "quipu::detail" for name in namespaces))

    def header(self):
        """The name of the header whose definitions are in this file."""
        return self.name[len(IMPL) + 1:-len(".ipp")] + ".hpp"


class Tree:
    """All headers and definitions files under include/quipu of a repository."""

    def __init__(self, root=ROOT):
        self.root = pathlib.Path(root).resolve()
        self.folder = self.root / "include" / "quipu"
        self.files = {}
        for umbrella in LISTS:
            if not (self.folder / umbrella).is_file():
                raise Problem("include/quipu/%s doesn't exist" % umbrella)
        for path in sorted([*self.folder.rglob("*.hpp"), *self.folder.rglob("*.ipp")]):
            name = path.relative_to(self.folder).as_posix()
            self.files[name] = File(self.folder, name)

    def headers(self):
        return [file for file in self.files.values() if not file.is_definitions()]

    def definitions(self):
        """The definitions files, without the lists."""
        return [file for file in self.files.values() if file.is_definitions() and not file.is_list()]

    def includes_first(self, starts):
        """The files that `starts` lead to, themselves included, each after everything that it includes."""
        order, state = [], {}

        def visit(name, path):
            if state.get(name) == "done":
                return
            if state.get(name) == "open":
                raise Problem("files include each other in a circle: " + " -> ".join(path[path.index(name):] + [name]))
            state[name] = "open"
            for _, included in self.files[name].quoted:
                visit(included, path + [name])
            state[name] = "done"
            order.append(name)

        for start in starts:
            visit(start, [])
        return order
