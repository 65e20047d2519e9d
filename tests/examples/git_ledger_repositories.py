# SPDX-License-Identifier: BSL-1.0
#
# git_ledger_repositories.py: builds the nasty repositories that git_ledger_test.py imports. Each builder is a generator: it
# yields the repository whenever the ledger should be brought up to date, so that every step is an import after new commits.
import os
import random
import subprocess

BASE_ENVIRONMENT = {
    "PATH": os.environ["PATH"], "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_COMMITTER_NAME": "C", "GIT_COMMITTER_EMAIL": "c@example.org",
}


class Repository:
    """A repository under construction. Paths are bytes, relative to the work tree."""

    def __init__(self, path, *init_options):
        self.path = os.fsencode(path)
        self.clock = 1_700_000_000
        os.makedirs(self.path, exist_ok=True)
        self.git("init", "-q", "-b", "main", *init_options)

    def git(self, *arguments, stdin=b"", author="a", check=True, environment=None):
        self.clock += 1
        variables = dict(BASE_ENVIRONMENT, GIT_AUTHOR_NAME=author.upper(), GIT_AUTHOR_EMAIL=author + "@example.org",
                         GIT_AUTHOR_DATE="%d +0000" % self.clock, GIT_COMMITTER_DATE="%d +0000" % self.clock)
        variables.update(environment or {})
        command = ["git", "-c", "protocol.file.allow=always", "-C", self.path, *arguments]
        done = subprocess.run(command, input=stdin, capture_output=True, env=variables)
        if check and done.returncode != 0:
            raise RuntimeError("%r: %s" % (arguments, done.stderr.decode(errors="replace")))
        return done.stdout.decode(errors="surrogateescape").strip()

    def write(self, path, content):
        full = os.path.join(self.path, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        if os.path.lexists(full):
            os.unlink(full)
        with open(full, "wb") as file:
            file.write(content)

    def link(self, path, target):
        full = os.path.join(self.path, path)
        if os.path.lexists(full):
            os.unlink(full)
        os.symlink(target, full)

    def remove(self, path):
        os.unlink(os.path.join(self.path, path))

    def rename(self, old, new):
        full = os.path.join(self.path, new)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        os.rename(os.path.join(self.path, old), full)

    def commit(self, author="a", *options):
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "step", *options, author=author)
        return self.git("rev-parse", "HEAD")

    def gitlink(self, path, commit_id):
        """A submodule without its repository, as a clone without --recurse-submodules has it."""
        self.git("update-index", "--add", "--cacheinfo", b"160000," + commit_id.encode() + b"," + path)

    def commit_index(self, author="a"):
        self.git("commit", "-q", "--allow-empty", "-m", "index", author=author)


def lines(count, tag=b"line"):
    return b"".join(b"%s %d\n" % (tag, number) for number in range(count))


def names(root):
    repository = Repository(root)
    odd = [b" leading", b"trailing ", b"new\nline", b"tab\there", b'quo"te', b"back\\slash", b"-dash", b"--", b"*?[x]", b":(top)x",
           b"\x01soh", b"\x1b[31mred", b"latin\xe9", b"\xff\xfe", "ünï→\u202e".encode(), b"1\t2\tnumstat", b":100644 raw", b"~", b"a=>b", b"{a => b}"]
    for number, name in enumerate(odd):
        repository.write(name, lines(number + 1, name[:1]))
    repository.write(b"/".join([b"d" * 250] * 5), lines(3))
    repository.commit()
    yield repository
    for name in odd:
        repository.rename(name, b"dir " + name[:1].hex().encode() + b"/" + name)
    repository.rename(b"/".join([b"d" * 250] * 5), b"/".join([b"e" * 250] * 5))
    repository.commit("b")
    yield repository
    for name in odd[::2]:
        repository.remove(b"dir " + name[:1].hex().encode() + b"/" + name)
    repository.commit("c")
    yield repository


def contents(root):
    repository = Repository(root)
    cases = {b"empty": b"", b"newline": b"\n", b"no-newline": b"x", b"two": b"x\ny", b"crlf": b"a\r\nb\r\n", b"cr": b"a\rb\r",
             b"nul-first": b"\0", b"nul-7999": b"a\n" * 3999 + b"b\0" + b"\nz" * 9, b"nul-8000": b"a\n" * 4000 + b"\0" + b"\nz" * 9,
             b"nul-9000": b"a\n" * 4500 + b"\0\n" * 9, b"utf16": "a\nb\n".encode("utf-16"), b"bom": b"\xef\xbb\xbfa\n",
             b"latin1": b"\xe9\n\xe8", b"long-line": b"x" * 300_000, b"many": lines(50_000), b"becomes": lines(20)}
    for name, content in cases.items():
        repository.write(name, content)
    repository.commit()
    yield repository
    for name, content in cases.items():
        repository.write(name, content + b"end")
    repository.write(b"becomes", b"\0" + lines(20))
    repository.commit("b")
    yield repository
    repository.write(b"becomes", b"\0" + lines(21))
    repository.write(b"nul-first", lines(7))
    repository.write(b"two", b"x\ny\n")
    repository.commit("c")
    repository.write(b"becomes", lines(30))
    repository.rename(b"nul-7999", b"nul-moved")
    repository.write(b"empty", b"")
    repository.commit("c")
    yield repository
    for name in cases:
        if os.path.lexists(os.path.join(repository.path, name)):
            repository.remove(name)
    repository.commit()
    yield repository


def renames(root):
    repository = Repository(root)
    for number in range(8):
        repository.write(b"src/f%d" % number, lines(20 + number, b"f%d" % number))
    repository.write(b"void", b"")
    repository.write(b"blob", b"\0" * 500 + lines(40))
    repository.link(b"link", "src/f0")
    repository.commit()
    yield repository
    repository.git("mv", "src", "lib")
    repository.git("mv", "void", "vacuum")
    repository.git("mv", "blob", "blub")
    repository.git("mv", "link", "lynk")
    repository.commit("b")
    repository.write(b"lib/f0", lines(20, b"f0") + b"edited\n")
    repository.rename(b"lib/f0", b"lib/g0")
    repository.write(b"lib/f0", lines(3, b"new"))
    repository.rename(b"lib/f1", b"swap")
    repository.rename(b"lib/f2", b"lib/f1")
    repository.rename(b"swap", b"lib/f2")
    repository.write(b"blub", b"\0" * 501 + lines(40))
    repository.rename(b"blub", b"blab")
    repository.commit("c")
    yield repository
    repository.rename(b"lib/f3", b"lib/F3")
    repository.remove(b"lib/f4")
    repository.write(b"lib/f4/inside", lines(24, b"f4"))
    repository.commit("c")
    yield repository
    repository.remove(b"lib/f4/inside")
    os.rmdir(os.path.join(repository.path, b"lib/f4"))
    repository.write(b"lib/f4", lines(24, b"f4"))
    for copy in (b"x1", b"x2", b"x3"):
        repository.write(copy, lines(25, b"f5"))
    repository.remove(b"lib/f5")
    repository.commit()
    yield repository


def types(root):
    repository = Repository(root)
    repository.write(b"target", b"target")
    repository.write(b"a", b"target")
    repository.write(b"b", lines(9))
    repository.write(b"c", lines(5))
    repository.write(b"d", b"\0binary")
    repository.commit()
    commit_id = repository.git("rev-parse", "HEAD")
    yield repository
    os.chmod(os.path.join(repository.path, b"b"), 0o755)
    repository.link(b"a", "target")
    repository.link(b"c", "nowhere\nat all")
    repository.commit("b")
    yield repository
    repository.write(b"a", lines(4))
    repository.write(b"c", lines(5) + b"more")
    repository.commit("c")
    for name in (b"b", b"d"):
        repository.git("rm", "-q", "--cached", name)
        repository.gitlink(name, commit_id)
    repository.gitlink(b"sub module", commit_id)
    repository.commit_index()
    yield repository
    repository.gitlink(b"sub module", repository.git("rev-parse", "HEAD"))
    repository.git("rm", "-q", "--cached", "b")
    repository.git("add", "b")
    repository.commit_index("b")
    repository.git("rm", "-q", "--cached", "sub module", "d")
    repository.gitlink(b"moved/module", commit_id)
    repository.git("add", "d")
    repository.commit_index("c")
    yield repository
    repository.git("rm", "-q", "--cached", "moved/module")
    repository.commit_index()
    yield repository


def merges(root):
    repository = Repository(root)
    repository.write(b"f", lines(30))
    repository.write(b"g", lines(10))
    base = repository.commit()
    yield repository
    for name in "bcde":
        repository.git("checkout", "-q", "-b", name, base)
        repository.write(b"f", lines(int("bcde".index(name)) * 5) + b"changed by " + name.encode() + b"\n" + lines(30))
        repository.write(b"own-" + name.encode(), lines(6, name.encode()))
        repository.commit(name)
        repository.git("mv", "own-" + name, "mine-" + name)
        repository.write(b"second", name.encode())
        repository.commit(name)
    repository.git("checkout", "-q", "main")
    repository.write(b"g", lines(11))
    repository.commit()
    # A conflict, resolved by hand, with a file that neither side has: an evil merge.
    repository.git("merge", "-q", "--no-commit", "b", check=False)
    repository.git("merge", "-q", "--no-commit", "c", check=False)
    repository.write(b"f", lines(3, b"resolved"))
    repository.write(b"evil", lines(13, b"evil"))
    repository.git("rm", "-q", "--cached", "g")
    repository.remove(b"g")
    repository.commit("m")
    yield repository
    repository.git("merge", "-q", "--no-ff", "-s", "ours", "-m", "ours", "d", author="m")
    yield repository
    # An octopus of branches that don't touch the same files.
    for name in ("o1", "o2", "o3"):
        repository.git("checkout", "-q", "-b", name, "main")
        repository.write(name.encode(), lines(5, name.encode()))
        repository.commit(name)
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "-m", "octopus", "o1", "o2", "o3", author="m")
    yield repository
    # Another root, and a branch with merges of its own.
    repository.git("checkout", "-q", "--orphan", "island")
    repository.git("rm", "-q", "-r", "-f", ".")
    repository.write(b"island", lines(8))
    repository.commit("i")
    repository.git("merge", "-q", "--allow-unrelated-histories", "-X", "ours", "-m", "inner", "e", author="i")
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "--allow-unrelated-histories", "-X", "theirs", "-m", "outer", "island", author="m")
    yield repository
    # Criss-cross.
    repository.git("checkout", "-q", "-b", "x", "main")
    repository.write(b"x", lines(2))
    x_tip = repository.commit("x")
    repository.git("checkout", "-q", "main")
    repository.write(b"y", lines(3))
    y_tip = repository.commit("y")
    repository.git("merge", "-q", "-m", "cross", x_tip, author="m")
    repository.git("checkout", "-q", "x")
    repository.git("merge", "-q", "-m", "criss", y_tip, author="m")
    repository.write(b"x", lines(20))
    repository.commit("x")
    repository.git("checkout", "-q", "main")
    yield repository
    repository.git("merge", "-q", "-m", "both", "x", author="m")
    yield repository
    # HEAD moves on through a second parent: somebody else merged this branch, and it is fast-forwarded to that merge.
    repository.git("checkout", "-q", "-b", "upstream", "main~2")
    repository.write(b"upstream", lines(17))
    repository.commit("u")
    repository.git("merge", "-q", "-m", "foxtrot", "main", author="u")
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "--ff-only", "upstream")
    yield repository


def attributes(root):
    repository = Repository(root)
    repository.write(b".gitattributes", b"*.svg -diff\n*.dat binary\n*.odd diff=odd\n*.crlf text eol=crlf\n*.u16 working-tree-encoding=UTF-16\n")
    repository.write(b".mailmap", b"Someone <someone@example.org> <a@example.org>\n")
    for name in (b"a.svg", b"a.dat", b"a.odd", b"a.crlf", b"plain"):
        repository.write(name, lines(12))
    repository.write(b"nul.bin", b"\0" + lines(12))
    os.makedirs(os.path.join(repository.path, b".git/info"), exist_ok=True)
    repository.write(b".git/info/attributes", b"*.bin diff\nplain binary\n")
    first = repository.commit()
    yield repository
    for name in (b"a.svg", b"a.dat", b"a.odd", b"a.crlf", b"plain"):
        repository.write(name, lines(13, b"other"))
    repository.write(b"nul.bin", b"\0" + lines(14))
    repository.write(b".gitattributes", b"* binary\n")
    second = repository.commit("b")
    yield repository
    # A replacement and a graft, which would both show another history.
    repository.git("replace", second, first, check=False)
    repository.write(b".git/info/grafts", second.encode() + b"\n")
    repository.write(b"plain", lines(2))
    repository.git("add", "-A", environment={"GIT_NO_REPLACE_OBJECTS": "1"})
    repository.git("commit", "-q", "-m", "third", environment={"GIT_NO_REPLACE_OBJECTS": "1"})
    yield repository


def authors(root):
    """Commits as other tools write them: no name, no address, another encoding, a date before 1970, no newline at the end."""
    repository = Repository(root)
    repository.write(b"f", lines(3))
    parent = repository.commit()
    yield repository
    tree = repository.git("rev-parse", "HEAD^{tree}")
    for author, extra in ((b" <> 1700000000 +0000", b""), (b"\xc9mile <e@x> 1700000000 +0100", b"encoding ISO-8859-1\n"),
                          (b"\xff\xfe <\xff@x> 1700000000 +0000", b""), (b"A <a@x> 0 +0000", b""), (b"No date <a@x> once upon a time", b""), (b"nobody at all", b""),
                          (b"Late <a@x> 99999999999999999999 +0000", b""),
                          (b"Long <" + b"x" * 3000 + b"> 1700000000 +0000", b"")):
        body = b"tree %s\nparent %s\nauthor %s\ncommitter C <c@x> 1700000000 +0000\n%s\nmessage" % (
            tree.encode(), parent.encode(), author, extra)
        parent = repository.git("hash-object", "-w", "-t", "commit", "--literally", "--stdin", stdin=body)
        repository.git("update-ref", "refs/heads/main", parent)
        yield repository


def nothing(root):
    repository = Repository(root)
    yield repository
    repository.commit()
    yield repository
    repository.commit("b")
    repository.write(b"f", lines(1))
    repository.commit()
    yield repository


def sha256(root):
    repository = Repository(root, "--object-format=sha256")
    repository.write(b"f", lines(3))
    repository.write(b"bin", b"\0")
    repository.commit()
    yield repository
    repository.write(b"bin", lines(2))
    repository.commit()
    yield repository


class Random:
    """A random history, written with git fast-import: any parents, and a tree that owes them as much as chance will have it."""

    MODES = ("100644", "100644", "100644", "100755", "120000", "160000")

    def __init__(self, root, seed, count, text_only=False):
        self.dice = random.Random(seed)
        self.repository = Repository(root)
        self.text_only = text_only
        self.parents = []
        trees = []
        stream = []
        for number in range(count):
            self.parents.append(self.choose_parents(number))
            tree = self.change(self.mix([trees[parent] for parent in self.parents[-1]]))
            trees.append(tree)
            stream.append(self.describe(number, tree))
        marks = os.path.join(self.repository.path, b".git", b"marks")
        self.repository.git("fast-import", "--quiet", b"--export-marks=" + marks, stdin=b"".join(stream))
        with open(marks) as file:
            known = dict(line.split() for line in file)
        self.ids = [known[":%d" % (number + 1)] for number in range(count)]

    def choose_parents(self, number):
        if number == 0 or (self.dice.random() < 0.02):
            return []
        count = self.dice.choices((1, 2, 3), (70, 25, 5))[0]
        recent = range(max(0, number - 8), number)
        return self.dice.sample(recent, min(count, len(recent)))

    def mix(self, trees):
        mixed = {}
        for tree in trees:
            for path, file in tree.items():
                if path not in mixed or self.dice.random() < 0.3:
                    mixed[path] = file
        return mixed

    def content(self):
        kind = self.dice.random()
        text = b"".join(b"%d\n" % self.dice.randrange(30) for _ in range(self.dice.randrange(40)))
        if kind < 0.15 and not self.text_only:
            return text + b"\0" + text
        return text[:-1] if kind < 0.4 else text

    def change(self, tree):
        tree = dict(tree)
        for _ in range(self.dice.randrange(5)):
            path = "%s%d" % (self.dice.choice(("", "d/", "d/e/", "ü ")), self.dice.randrange(12))
            deed = self.dice.random()
            if deed < 0.2 and tree:
                tree.pop(self.dice.choice(sorted(tree)))
            elif deed < 0.45 and tree:
                old = self.dice.choice(sorted(tree))
                tree.setdefault(path, tree.pop(old))
            elif deed < 0.7 and tree:
                old = self.dice.choice(sorted(tree))
                mode, text = tree[old]
                tree[old] = (mode, text + b"more\n" if mode != "160000" else text)
            else:
                mode = "100644" if self.text_only else self.dice.choice(self.MODES)
                tree[path] = (mode, self.content() if mode != "160000" else b"%040x" % self.dice.randrange(1, 99))
        return tree

    def describe(self, number, tree):
        out = [b"commit refs/heads/all-%d\nmark :%d\nauthor N <n%d@x> %d +0000\ncommitter C <c@x> %d +0000\ndata 0\n" % (
            number, number + 1, number % 5, 1_600_000_000 + number, 1_600_000_000 + number)]
        for place, parent in enumerate(self.parents[number]):
            out.append(b"%s :%d\n" % (b"merge" if place else b"from", parent + 1))
        out.append(b"deleteall\n")
        for path, (mode, text) in tree.items():
            if mode == "160000":
                out.append(b"M 160000 %s \"%s\"\n" % (text, path.encode()))
            else:
                out.append(b"M %s inline \"%s\"\ndata %d\n%s\n" % (mode.encode(), path.encode(), len(text), text))
        return b"".join(out)

    def descendants(self, number):
        reached = {number}
        for child in range(number + 1, len(self.parents)):
            if reached.intersection(self.parents[child]):
                reached.add(child)
        return sorted(reached - {number})

    def stages(self, count):
        """Moves HEAD along a random chain of descendants, through whichever parents."""
        number = self.dice.randrange(len(self.parents) // 3)
        for _ in range(count):
            self.repository.git("update-ref", "refs/heads/main", self.ids[number])
            yield self.repository
            later = self.descendants(number)
            if not later:
                return
            number = self.dice.choice(later)


BUILDERS = (names, contents, renames, types, merges, attributes, authors, nothing, sha256)
