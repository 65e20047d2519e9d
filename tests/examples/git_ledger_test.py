#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# git_ledger_test.py: runs examples/git_ledger on repositories that are as nasty as git allows, under a configuration that
# would change every answer if it were heeded. Each import has to agree with git file by file (--verify), a second one has to
# add nothing, and one after new commits only those.
#
#   git_ledger_test.py PATH_OF_GIT_LEDGER [CASE...]
import collections
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.dom.minidom
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import git_ledger_repositories as repositories  # noqa: E402
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from html_page import Page, faults_of  # noqa: E402

HOSTILE_CONFIG = """
[core]
  quotePath = true
  attributesFile = {attributes}
  bigFileThreshold = 10
  ignoreCase = true
[diff]
  renames = false
  renameLimit = 1
  external = false
  orderFile = {order}
  algorithm = patience
  ignoreSubmodules = all
  submodule = log
  relative = true
  noprefix = true
  mnemonicPrefix = true
[diff "odd"]
  textconv = false
  command = false
  binary = true
[log]
  showSignature = true
  showRoot = false
  mailmap = true
[i18n]
  logOutputEncoding = UTF-16
[color]
  ui = always
"""


class Failure(Exception):
    pass


def expect(condition, what, output=""):
    if not condition:
        raise Failure("%s\n%s" % (what, output))


class Ledger:
    """The program under test."""

    def __init__(self, program, folder):
        self.program = program
        folder = os.path.join(folder, "settings")
        os.mkdir(folder)
        for name, text in (("attributes", "* -diff\n*.bin diff\n"), ("order", "z*\n*\n")):
            with open(os.path.join(folder, name), "w") as file:
                file.write(text)
        with open(os.path.join(folder, ".gitconfig"), "w") as file:
            file.write(HOSTILE_CONFIG.format(attributes=os.path.join(folder, "attributes"), order=os.path.join(folder, "order")))
        temporary = os.path.join(folder, "temporary")  # where a program that is killed leaves what it was about
        os.mkdir(temporary)
        self.environment = dict(os.environ, HOME=folder, TMPDIR=temporary, GIT_EXTERNAL_DIFF="false", GIT_DIFF_OPTS="-u0",
                                GIT_DIR="/nonexistent", GIT_ATTR_SOURCE="HEAD", GIT_PAGER="false")
        self.environment.pop("GIT_CONFIG_GLOBAL", None)
        self.environment.pop("XDG_CONFIG_HOME", None)

    def run(self, *arguments, code=0, cwd=None, environment=None):
        if "--no-files" not in arguments and "--files" not in arguments:
            arguments += ("--files", "all")
        done = subprocess.run([self.program, *arguments], stdin=subprocess.DEVNULL, capture_output=True, cwd=cwd,
                              env=environment or self.environment, timeout=120)
        text = (done.stdout + done.stderr).decode(errors="surrogateescape")
        expect(done.returncode == code, "exit code %d instead of %d: %r" % (done.returncode, code, arguments), text)
        return text

    def imported(self, text):
        if "nothing new to import" in text:
            return 0
        match = re.search(r"^imported ([\d,]+) commits", text, re.MULTILINE)
        expect(match, "the report doesn't say what was imported", text)
        return int(match.group(1).replace(",", ""))


def authors_in(text):
    """E-mail address -> [commits, merges, added, removed], from the report."""
    table = text.split("\nAuthors (", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    rows = {}
    for row in table:
        numbers, rest = row.split(None, 4)[:4], row.split("<", 1)[1]
        rows[rest[:rest.rindex(">")]] = [int(number.replace(",", "")) for number in numbers]
    return rows


def books_in(text):
    """The report without what an import did and what the cache saved: the same commits give the same books."""
    return text.split("\nFiles\n", 1)[1].split("\nCache\n", 1)[0]


def expect_saving(text, what):
    """The report says what the cache saved."""
    match = re.search(r"^Cache\n *[\d.]+  ms to read the books with it\n *[\d.]+  ms to fold them from the log's ([\d,]+) events without it\n"
                      r" *[\d.]+  ms (saved|lost: .*)$", text, re.MULTILINE)
    expect(match, what, text)
    return int(match.group(1).replace(",", ""))


def count_commits(repository):
    head = repository.git("--no-replace-objects", "rev-parse", "--verify", "--quiet", "HEAD", check=False)
    if not head:
        return 0
    # A graft file is deprecated but heeded; the ledger reads what the commits say.
    return int(repository.git("--no-replace-objects", "rev-list", "--count", "HEAD",
                              environment={"GIT_GRAFT_FILE": os.devnull}))


def follow(ledger, builder, folder):
    """Brings a ledger up to date after every stage of a repository, and checks it each time."""
    store = os.path.join(folder, "store")
    total = 0
    for repository in builder:
        arguments = (repository.path, "--store", store, "--verify", "--authors", "1000000")
        text = ledger.run(*arguments)
        total += ledger.imported(text)
        expect(total == count_commits(repository), "%d commits imported, git has %d" % (total, count_commits(repository)), text)
        if total:
            credited = sum(row[0] + row[1] for row in authors_in(text).values())
            expect(credited == total, "authors have %d commits, not %d" % (credited, total), text)
        again = ledger.run(*arguments)
        expect(ledger.imported(again) == 0, "a second import added something", again)
        if total:
            expect_saving(again, "a second run doesn't show what the cache saved")
        fresh = ledger.run(repository.path, "--store", os.path.join(folder, "fresh"), "--verify", "--rebuild", "--authors", "1000000")
        expect(ledger.imported(fresh) == total, "a fresh import has another number of commits", fresh)
        if total:
            expect(authors_in(fresh) == authors_in(again), "authors depend on when they were imported", again + fresh)
    return repository


def case_nasty(ledger, folder):
    for builder in repositories.BUILDERS:
        place = os.path.join(folder, builder.__name__)
        try:
            follow(ledger, builder(os.path.join(place, "repository")), place)
        except Failure as failure:
            raise Failure("in %s: %s" % (builder.__name__, failure))


def case_random(ledger, folder):
    for seed in range(6):
        place = os.path.join(folder, str(seed))
        history = repositories.Random(os.path.join(place, "repository"), seed, 80)
        try:
            follow(ledger, history.stages(4), place)
        except Failure as failure:
            raise Failure("with seed %d: %s" % (seed, failure))


def case_authors_lines(ledger, folder):
    """Where every file is text, git's own sums by author are the same."""
    history = repositories.Random(os.path.join(folder, "repository"), 99, 200, text_only=True)
    repository = history.repository
    repository.git("update-ref", "refs/heads/main", history.ids[-1])
    expected = collections.defaultdict(lambda: [0, 0, 0, 0])
    for email in repository.git("log", "--no-merges", "--format=%ae").split():
        expected[email][0] += 1
    for email in repository.git("log", "--merges", "--format=%ae").split():
        expected[email][1] += 1
    for line in repository.git("log", "--no-merges", "--numstat", "-M50%", "-l1000", "--format=%ae").splitlines():
        if "\t" not in line:
            email = line or email
        else:
            added, removed, _ = line.split("\t", 2)
            expected[email][2] += int(added)
            expected[email][3] += int(removed)
    text = ledger.run(repository.path, "--authors", "100")
    expect(authors_in(text) == dict(expected), "git counts %r" % dict(expected), text)


def case_cache(ledger, folder):
    """A second run shows what the cache saved, and no cache changes the books: none, a damaged one, another ledger's."""
    repository = simple_repository(os.path.join(folder, "repository"))
    path, store = os.fsdecode(repository.path), os.path.join(folder, "store")
    first = ledger.run(path, "--store", store, "--verify")
    expect("\nCache\n" not in first, "nothing is saved where nothing was cached", first)
    books = books_in(first.split("\nverify:", 1)[0])
    events = int(re.search(r"as ([\d,]+) events", first).group(1))

    other = simple_repository(os.path.join(folder, "other"))
    other.write(b"f", repositories.lines(50))
    other.commit("d", "--amend")  # as many events, with other lines
    ledger.run(os.fsdecode(other.path), "--store", os.path.join(folder, "elsewhere"))

    cache = os.path.join(store, "cache")
    entries = [os.path.join(place, name) for place, _, names in os.walk(cache) for name in names if name.endswith(".bin")]
    expect(len(entries) >= 4, "four projections are in the cache: %r" % entries)

    def damage():
        for entry in entries:
            with open(entry, "r+b") as file:
                file.seek(-1, os.SEEK_END)
                last = file.read(1)
                file.seek(-1, os.SEEK_END)
                file.write(bytes([last[0] ^ 1]))

    def swap():
        shutil.rmtree(cache)
        shutil.copytree(os.path.join(folder, "elsewhere", "cache"), cache)

    for name, change in (("whole", lambda: None), ("deleted", lambda: shutil.rmtree(cache)), ("damaged", damage), ("another ledger's", swap)):
        change()
        text = ledger.run(path, "--store", store, "--verify")
        expect(ledger.imported(text) == 0, "nothing is imported again", text)
        expect(expect_saving(text, "a second run shows what the cache saved") == events, "all events were folded", text)
        expect(books_in(text).rstrip() == books.rstrip(), "with a cache that is %s the books are others" % name, first + text)


def case_interrupted(ledger, folder):
    """Killed in the middle, as often as it takes: what is in the ledger is whole commits, and the rest follows."""
    history = repositories.Random(os.path.join(folder, "repository"), 7, 1500)
    repository = history.repository
    repository.git("update-ref", "refs/heads/main", history.ids[-1])
    total = count_commits(repository)
    store = os.path.join(folder, "store")
    killed = 0
    for attempt in range(12):
        running = subprocess.Popen([ledger.program, repository.path, "--store", store, "--no-files"], env=ledger.environment,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            running.wait(timeout=0.01 + 0.02 * attempt)
            break
        except subprocess.TimeoutExpired:
            running.send_signal(signal.SIGKILL)
            killed += running.wait() == -signal.SIGKILL
    expect(killed > 0, "the import was never interrupted: nothing was tested")
    text = ledger.run(repository.path, "--store", store, "--verify", "--authors", "100")
    fresh = ledger.run(repository.path, "--store", os.path.join(folder, "fresh"), "--verify", "--authors", "100")
    expect(ledger.imported(fresh) == total, "a fresh import misses commits", fresh)
    expect(authors_in(text) == authors_in(fresh), "authors differ after interruptions", text + fresh)


def simple_repository(path):
    repository = repositories.Repository(path)
    for number in range(3):
        repository.write(b"f", repositories.lines(number + 1))
        repository.write(b"only %d" % number, b"x\n" * number)
        repository.commit("abc"[number])
    return repository


def case_rewritten(ledger, folder):
    repository = simple_repository(os.path.join(folder, "repository"))
    ledger.run(repository.path, "--verify")
    repository.write(b"f", repositories.lines(50))
    repository.commit("a", "--amend")
    for text in (ledger.run(repository.path, "--verify", code=3), ledger.run(repository.path, code=3)):
        expect("--rebuild" in text and "history of HEAD" in text, "the error doesn't say what to do", text)
    text = ledger.run(repository.path, "--verify", "--rebuild")
    expect(ledger.imported(text) == 3, "a rebuild imports everything", text)
    repository.git("reset", "-q", "--hard", "HEAD~1")
    ledger.run(repository.path, code=3)
    other = simple_repository(os.path.join(folder, "other"))
    other.commit("d")
    ledger.run(other.path, "--store", os.path.join(os.fsdecode(repository.path), ".git", "quipu-ledger"), code=3)


def case_rewritten_branch(ledger, folder):
    """An import that stops on a branch, whose commits are in the ledger while the merge behind them isn't yet."""
    repository = simple_repository(os.path.join(folder, "repository"))
    path = os.fsdecode(repository.path)
    repository.git("checkout", "-q", "-b", "branch")
    for number in range(6):
        repository.write(b"on branch", repositories.lines(10 + number, b"branch"))
        repository.commit("b")
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "--no-ff", "-m", "merge", "branch")
    blob = repository.git("rev-parse", "branch~2:on branch")
    loose = os.path.join(path, ".git", "objects", blob[:2], blob[2:])
    os.rename(loose, loose + ".away")
    text = ledger.run(path, code=3)
    expect("exit code" in text and "--rebuild" not in text, "git fails on the missing object", text)
    os.rename(loose + ".away", loose)
    # The branch has to be in the history as it was; another one in its place would leave its authors' lines in the ledger.
    merge = repository.git("rev-parse", "HEAD")
    repository.git("reset", "-q", "--hard", "HEAD~1")
    repository.write(b"f", b"instead\n")
    repository.commit("c")
    expect("--rebuild" in ledger.run(path, code=3), "commits of a branch that was dropped are noticed")
    repository.git("reset", "-q", "--hard", merge)
    text = ledger.run(path, "--verify", "--authors", "100")
    expect(0 < ledger.imported(text) < 7, "the import went on where it stopped", text)
    fresh = ledger.run(path, "--store", os.path.join(folder, "fresh"), "--verify", "--authors", "100")
    expect(authors_in(text) == authors_in(fresh), "authors differ after an interruption", text + fresh)


def case_places(ledger, folder):
    """Bare, shallow, linked, a subdirectory, a submodule, the default path and the default store."""
    repository = simple_repository(os.path.join(folder, "repository"))
    repository.write(b"sub/file", b"x\n")
    repository.commit()
    path = os.fsdecode(repository.path)
    text = ledger.run("--verify", cwd=os.path.join(path, "sub"))
    expect(ledger.imported(text) == 4 and "lists the same 5 paths" in text, "the default path is the repository around us", text)
    expect(os.path.isdir(os.path.join(path, ".git", "quipu-ledger")), "the default store is in the git directory")
    expect(repository.git("status", "--porcelain") == "", "the work tree stays clean")
    repository.write(b"staged", b"x")
    repository.git("add", "staged")
    text = ledger.run(path, "--verify")
    expect("1 paths added" in text, "what is staged is mentioned, and no disagreement", text)
    repository.git("reset", "-q", "--hard")

    repository.git("worktree", "add", "-q", "-b", "linked", os.path.join(folder, "linked"), "HEAD~1")
    text = ledger.run(os.path.join(folder, "linked"), "--verify")
    expect(ledger.imported(text) == 3, "a linked work tree has a HEAD and a ledger of its own", text)

    bare = os.path.join(folder, "bare.git")
    repository.git("clone", "-q", "--bare", path, bare)
    text = ledger.run(bare, "--verify")
    expect(ledger.imported(text) == 4 and "ls-files" not in text, "a bare repository", text)

    shallow = os.path.join(folder, "shallow")
    repository.git("clone", "-q", "--depth", "2", "file://" + path, shallow)
    text = ledger.run(shallow, "--verify")
    expect(ledger.imported(text) == 2 and "shallow" in text, "a shallow clone says so", text)
    expect(authors_in(text)["c@example.org"] == [1, 0, 0, 0], "the boundary's author isn't credited with what came before", text)
    repository.write(b"later", b"x\n")
    repository.commit()
    subprocess.run(["git", "-C", shallow, "pull", "-q", "--unshallow"], check=True, env=repositories.BASE_ENVIRONMENT)
    text = ledger.run(shallow, "--verify")
    expect(ledger.imported(text) == 1, "after deepening, only what is new", text)

    outer = repositories.Repository(os.path.join(folder, "outer"))
    outer.git("submodule", "--quiet", "add", path, "inner")
    outer.commit()
    text = ledger.run(os.fsdecode(outer.path), "--verify")
    expect("submodule" in text, "a submodule is shown as one", text)
    text = ledger.run(os.path.join(os.fsdecode(outer.path), "inner"), "--verify")
    expect(ledger.imported(text) == 5, "inside a submodule", text)
    expect(outer.git("status", "--porcelain") == "", "the work tree stays clean")


def case_screen(ledger, folder):
    """What is printed can't do anything to a terminal, and progress is shown as asked."""
    repository = repositories.Repository(os.path.join(folder, "repository"))
    for name in (b"\x1b[31mred", b"bell\x07", b"new\nline", b"\xc2\x9b31m", b"\xe2\x80\xaegnp.exe", b"\xff", "gr\u00fcn".encode()):
        repository.write(name, b"x\n")
    repository.commit("\x1b[1mbold")
    text = ledger.run(os.fsdecode(repository.path), "--verify", "--progress")
    expect("[##############################] 1/1 commits, 8 events" in text, "a bar that is full at the end", text)
    listed = text.split("\nFiles\n", 1)[1].split("\nBusiest", 1)[0]
    expect(all(letter == "\n" or (letter.isprintable() and letter.isascii()) or letter == "\u00fc" for letter in listed), "only what is printable", text)
    expect('"\\033[31mred"' in listed and '"new\\nline"' in listed and '"\\377"' in listed, "the rest is escaped", text)
    text = ledger.run(os.fsdecode(repository.path), "--rebuild", "--no-progress")
    expect("importing" not in text, "no progress", text)
    text = ledger.run(os.fsdecode(repository.path), "--rebuild", "--no-files")
    expect("importing repository: 1 of 1 commits" in text and "\nFiles" not in text, "lines where there is no terminal", text)


def case_files(ledger, folder):
    """Twenty files unless more are asked for, the biggest first, and how many are left out."""
    repository = repositories.Repository(os.path.join(folder, "repository"))
    for number in range(23):
        repository.write(b"f%02d" % number, repositories.lines(number))
    repository.commit()
    path = os.fsdecode(repository.path)

    def files_in(*options):
        text = ledger.run(path, "--no-progress", *options)
        return text.split("\n\nAuthors", 1)[0].split("\n\n", 1)[1].splitlines()

    rows = files_in("--files", "20")
    expect(rows[0] == "Biggest files (20 of 23)" and len(rows) == 24, "a heading, twenty rows, what is left out", rows)
    expect([row.split()[1] for row in rows[2:22]] == ["f%02d" % number for number in range(22, 2, -1)], "the biggest", rows)
    expect(rows[-2].split() == ["...", "and", "3", "more"], "how many more", rows)
    expect(rows[-1].split() == ["253", "in", "23", "text", "files", "of", "23", "files"], "all of them are counted", rows)
    # `run` gives an option unless it is asked not to.
    default = subprocess.run([ledger.program, path, "--no-progress"], env=ledger.environment, capture_output=True, text=True)
    expect("\n".join(rows) in default.stdout, "twenty by default", default.stdout)
    expect(files_in("--files", "2")[2].split() == ["22", "f22"], "another number", rows)
    expect(files_in("--files", "23")[0] == "Files", "all of them: by path", rows)
    expect("needs a number" in ledger.run(path, "--files", "many", code=2), "a number, or all")


def table_below(page, *headings):
    """The rows of the table with these headings."""
    text = "".join("<th%s>%s</th>" % (' class="n"' if number and each else "", each) for number, each in enumerate(headings))
    expect(text in page.text, "no table with the headings %r" % (headings,), page.text)
    return Page("<table>" + page.text.split(text, 1)[1].split("<tbody>", 1)[1].split("</tbody>", 1)[0] + "</table>").rows


def case_report(ledger, folder):
    """A page that needs nothing from elsewhere, with the numbers of each picture."""
    repository = repositories.Repository(os.path.join(folder, "repository"))
    day = 86_400
    repository.clock = 19_700 * day + 3600  # 2023-12-09 01:00, a Saturday
    repository.write(b"src/a/<b>&\"x", repositories.lines(10))
    repository.write(b"src/a/y", repositories.lines(5))
    repository.write(b"top", repositories.lines(1))
    repository.commit("a")
    repository.clock += 2 * day
    repository.remove(b"src/a/y")
    repository.write(b"src/b/z", repositories.lines(7, b"z"))
    repository.write(b"binary", b"\0")
    repository.commit("x&y")
    repository.git("checkout", "-q", "-b", "side")
    repository.clock += day
    repository.write(b"side/s", repositories.lines(100))
    repository.commit("a")
    repository.git("checkout", "-q", "main")
    repository.clock += day
    repository.git("merge", "-q", "--no-ff", "-m", "merge", "side", author="m")
    path, file = os.fsdecode(repository.path), os.path.join(folder, "page.html")
    text = ledger.run(path, "--report", file)
    expect("\nA page with pictures: %s\n" % file in text, "it says where the page is", text)
    with open(file, encoding="utf-8") as opened:
        page = Page(opened.read())
    expect(faults_of(page) == [], "nothing from elsewhere: %r" % faults_of(page))
    expect(page.headings == ["Files and lines over time", "Authors", "Hours of the week", "Biggest folders", "Busiest files"],
           "sections: %r" % page.headings)
    expect("<b>4</b><span>commits</span>" in page.text and "<b>118</b><span>lines</span>" in page.text, "figures", page.text)

    grown = {row[0]: row[1:] for row in table_below(page, "until the end of", "files", "lines")}
    # What is on the side arrives with the merge.
    wanted = {"2023-12-09 01:00": ["3", "16"], "2023-12-11 00:00": ["3", "16"], "2023-12-11 01:00": ["4", "18"],
              "2023-12-13 00:00": ["4", "18"], "2023-12-13 01:00": ["5", "118"]}
    expect({when: grown.get(when) for when in wanted} == wanted, "files and lines over time: %r" % grown)

    week = {row[0]: row[1:] for row in table_below(page, "UTC", *map(str, range(24)))}
    expect([day for day in week if set(week[day]) != {"0"}] == ["Mon", "Tue", "Wed", "Sat"], "days: %r" % week)
    expect(week["Sat"][1] == "1" and "Sat 1:00: 1 commit" in page.titles and "Sun 1:00: 0 commits" in page.titles, "hours: %r" % week)

    folders = table_below(page, "folder", "files", "lines", "share", "")
    expect([row[:4] for row in folders] == [["side", "1", "100", "84.7 %"], ["src/a", "1", "10", "8.5 %"], ["src/b", "1", "7", "5.9 %"], ["(top)", "2", "1", "0.8 %"]],
           "folders: %r" % folders)
    authors = table_below(page, "author", "commits", "merges", "lines added", "lines removed", "")
    expect([row[:5] for row in authors] == [["A", "2", "0", "116", "0"], ["M", "0", "1", "0", "0"], ["X&Y", "1", "0", "7", "5"]], "authors: %r" % authors)
    busiest = table_below(page, "file", "changes", "lines added", "lines removed", "")
    expect(busiest[0][:2] == ["binary", "1"] and 'src/a/<b>&\\"x' in busiest[2][0], "busiest files: %r" % busiest)

    picture = os.path.join(folder, "picture.svg")
    ledger.run(path, "--report", picture)
    with open(picture, encoding="utf-8") as opened:
        drawn = opened.read()
    xml.dom.minidom.parseString(drawn)
    expect(faults_of(Page(drawn)) == [] and "Lines over time" in drawn, "a picture by itself", drawn)
    expect("cannot write" in ledger.run(path, "--report", os.path.join(folder, "missing", "page"), code=3), "no such folder")


def case_report_of_nothing(ledger, folder):
    repository = repositories.Repository(os.path.join(folder, "repository"))
    for number in range(2):
        for name in ("page.html", "page.svg"):
            ledger.run(os.fsdecode(repository.path), "--report", os.path.join(folder, name))
            with open(os.path.join(folder, name), encoding="utf-8") as opened:
                expect(faults_of(Page(opened.read())) == [], "a page of a repository with %d commits" % number)
        repository.commit()


def case_failures(ledger, folder):
    """What goes wrong is said, with git's own words where git fails."""
    os.mkdir(os.path.join(folder, "plain"))
    ceiling = dict(ledger.environment, GIT_CEILING_DIRECTORIES=folder)
    text = ledger.run(os.path.join(folder, "plain"), code=3, environment=ceiling)
    expect("plain isn't a git repository, or a folder in one\n" in text and "fatal" not in text, "one sentence", text)
    text = ledger.run(os.path.join(folder, "missing"), code=3)
    expect("there is no folder" in text and "missing" in text and "fatal" not in text, "the path is named", text)
    broken = os.path.join(folder, "broken")
    os.mkdir(broken)
    with open(os.path.join(broken, ".git"), "w", encoding="utf-8") as file:
        file.write("no git file")
    text = ledger.run(broken, code=3)
    expect("invalid gitfile" in text and "exit code 128" in text, "git's words and exit code", text)
    repository = simple_repository(os.path.join(folder, "repository"))
    path = os.fsdecode(repository.path)
    text = ledger.run(path, code=3, environment=dict(ledger.environment, PATH=folder))
    expect("can't start git" in text, "git isn't there", text)
    for arguments in (["--nonsense"], ["--authors"], ["--authors", "x"], ["a", "b"], ["--busiest", "-1"], ["--store", ""]):
        expect("usage" in ledger.run(*arguments, code=2), "usage is shown")
    expect("--rebuild" in ledger.run("--help"), "help")

    blob = repository.git("rev-parse", "HEAD~1:f")
    loose = os.path.join(path, ".git", "objects", blob[:2], blob[2:])
    os.rename(loose, loose + ".away")
    text = ledger.run(path, code=3)
    expect("diff-tree" in text and "exit code" in text and blob in text, "the object that is missing is named", text)
    os.rename(loose + ".away", loose)
    expect(ledger.imported(ledger.run(path, "--verify")) >= 1, "and the import goes on when it is back")


def case_disagreement(ledger, folder):
    """--verify must be able to fail: git is made to hold something else than what was imported."""
    repository = simple_repository(os.path.join(folder, "repository"))
    path = os.fsdecode(repository.path)
    ledger.run(path, "--verify")
    blob = repository.git("rev-parse", "HEAD:f")
    loose = os.path.join(path, ".git", "objects", blob[:2], blob[2:])
    content = repositories.lines(4)
    os.chmod(loose, 0o644)
    with open(loose, "wb") as file:
        file.write(zlib.compress(b"blob %d\0" % len(content) + content))
    text = ledger.run(path, "--verify", code=1)
    expect("DISAGREE f: the ledger has 3 lines, git has 4 lines" in text, "the file and both counts are named", text)
    expect("1 disagreements" in text and "3 files agree" in text, "and nothing else", text)


def main():
    program = os.path.abspath(sys.argv[1])
    cases = {name[5:]: case for name, case in globals().items() if name.startswith("case_")}
    chosen = sys.argv[2:] or list(cases)
    failed = []
    for name in chosen:
        folder = tempfile.mkdtemp(prefix="git_ledger_test.")
        started = time.monotonic()
        try:
            cases[name](Ledger(program, folder), folder)
            print("ok      %-18s %5.1f s" % (name, time.monotonic() - started), flush=True)
        except Failure as failure:
            failed.append(name)
            print("FAILED  %s: %s" % (name, str(failure).encode(errors="backslashreplace").decode()), flush=True)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
