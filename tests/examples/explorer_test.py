#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# explorer_test.py: compiles the experiments of examples/explorer as Compiler Explorer does, and makes the change that
# each asks for. What is beside an experiment NAME.cpp says what has to come of it:
#
#   NAME.output   what it prints, exactly
#   NAME.error    regular expressions, each of which the errors match after the change: without the lines that end in
#                 `// <- delete this line`, and with those that begin with `// try:`
#
# Assembly is looked at by the functions below. No compilation may take more than the site allows.
#
#   explorer_test.py COMPILER [--flag FLAG]... NAME
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import explorer_links  # noqa: E402

FOLDER = ROOT / "examples" / "explorer"
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"]
# The site stops a compiler after 10 s. Tests run beside each other on processors that share their parts, where the same
# work takes up to twice the processor time: docs/explorer.md has the times of an idle machine.
MOST_SECONDS = 20
MOST_BYTES = 1.25 * 2**30
DELETE, TRY = "// <- delete this line", "// try: "


class Failure(Exception):
    pass


def expect(condition, what, output=""):
    if not condition:
        raise Failure("%s\n%s" % (what, output[-4000:]))


def changed(source):
    """The experiment after the change that it asks for."""
    lines = [line.replace(TRY, "") for line in source.splitlines() if not line.endswith(DELETE)]
    return "\n".join(lines) + "\n"


def functions_of(assembly):
    """The instructions of each function, by its name."""
    found, body = {}, None
    for line in assembly.splitlines():
        label = re.match(r"^([A-Za-z_].*?):(\s*#.*)?$", line)
        if label:
            body = found.setdefault(label[1], [])
        elif re.match(r"^\s+[a-z]", line) and body is not None:
            body.append(line.split("#")[0].strip())
    return found


def function_of(assembly, name):
    bodies = [body for full, body in functions_of(assembly).items() if re.match(re.escape(name) + r"(\[.*\])?\(", full)]
    expect(len(bodies) == 1 and bodies[0], "no function %s in the assembly" % name, assembly)
    return bodies[0]


def look_at_01(assembly):
    balance = function_of(assembly, "balance")
    expect(len(balance) == 2 and "$380" in balance[0] and balance[1].startswith("ret"), "a constant: %r" % balance)


def texts_in(assembly):
    """The texts of the binary: clang writes them as they are, GCC a byte a line."""
    bytes_in = "".join(chr(int(number)) if number else "\n" for number in re.findall(r"(?m)^\s+(?:\.byte\s+(\d+)$)?", assembly))
    return assembly + bytes_in


def look_at_05(assembly):
    expect("{cents:i64" in texts_in(assembly), "the schema is in the binary", assembly)


def look_at_08(assembly):
    expect("stateDiagram-v2" in texts_in(assembly), "the diagram is in the binary", assembly)


def look_at_09(assembly):
    body = function_of(assembly, "certificate")
    expect(len(body) < 10 and not any(each.startswith("call") for each in body), "no hash function: %r" % body)


def look_at_10(assembly):
    folded, by_hand = function_of(assembly, "folded"), function_of(assembly, "by_hand")
    expect(not any(each.startswith("call") for each in folded), "nothing is called: %r" % folded)
    # The compiler may order a comparison the other way round, and unroll by another number.
    longest, shortest = max(len(folded), len(by_hand)), min(len(folded), len(by_hand))
    expect(longest <= shortest + 3, "the same assembly:\n%s\n\n%s" % ("\n".join(folded), "\n".join(by_hand)))


class Compiler:
    def __init__(self, command, flags, folder, session):
        pane = session["compilers"][0] if "compilers" in session else session["executors"][0]["compiler"]
        self.command = [command, *pane["options"].split(), *WARNINGS, "-I%s" % (ROOT / "single_include"), *flags]
        self.folder = folder

    def run(self, source, *arguments):
        """The exit code and the output of the compiler, which may not take more than the site allows."""
        path = self.folder / "example.cpp"
        path.write_text(source, encoding="utf-8")
        output = self.folder / "output.txt"
        for attempt in range(3):
            with open(output, "wb") as to:
                process = subprocess.Popen([*self.command, *arguments, str(path)], stdin=subprocess.DEVNULL, stdout=to,
                                           stderr=subprocess.STDOUT, env=dict(os.environ, LC_ALL="C", CCACHE_DISABLE="1"))
                _, status, used = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
            seconds, size = used.ru_utime + used.ru_stime, used.ru_maxrss * 1024
            print("  %4.1f s  %4d MiB  %s" % (seconds, size >> 20, " ".join(arguments[:2])), flush=True)
            if seconds <= MOST_SECONDS:
                break
        text = output.read_text(encoding="utf-8", errors="replace")
        expect(seconds <= MOST_SECONDS, "%.1f s of compiling are too many" % seconds)
        expect(size <= MOST_BYTES, "%d MiB are too many" % (size >> 20))
        return process.returncode, text


def demangled(text):
    return subprocess.run(["c++filt"], input=text, stdout=subprocess.PIPE, text=True, check=True).stdout


def check(path, command, flags):
    link = explorer_links.link_of(path.read_text(encoding="utf-8"))
    source = explorer_links.source_in(link)
    session = explorer_links.session_of(source)["sessions"][0]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        compiler = Compiler(command, flags, folder, session)

        look = globals().get("look_at_" + path.stem[:2])
        wanted = path.with_suffix(".output")
        if wanted.exists() or not look:
            code, text = compiler.run(source, "-pthread", "-o", str(folder / "program"))
            expect(code == 0, "it does not compile", text)
            done = subprocess.run([str(folder / "program")], stdout=subprocess.PIPE, timeout=60, cwd=folder, text=True)
            expect(done.returncode == 0, "exit code %d" % done.returncode, done.stdout)
            expect(done.stdout == (wanted.read_text(encoding="utf-8") if wanted.exists() else ""), "it prints:", done.stdout)
        if look:
            code, text = compiler.run(source, "-S", "-o", "-")
            expect(code == 0, "it does not compile", text)
            look(demangled(text))

        error = path.with_suffix(".error")
        expect(error.exists() == (changed(source) != source), "a change that is asked for has an error, and no other has")
        if error.exists():
            code, text = compiler.run(changed(source), "-fsyntax-only")
            expect(code != 0, "it compiles after the change", changed(source))
            for each in error.read_text(encoding="utf-8").splitlines():
                expect(re.search(each, text), "the errors do not match %s" % each, text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("compiler")
    parser.add_argument("--flag", action="append", default=[])
    parser.add_argument("name", nargs="*")
    given = parser.parse_args()
    paths = [FOLDER / (name + ".cpp") for name in given.name] or explorer_links.experiments(ROOT)
    failed = False
    for path in paths:
        started = time.monotonic()
        try:
            print(path.stem, flush=True)
            check(path, given.compiler, given.flag)
            print("ok      %-26s %5.1f s" % (path.stem, time.monotonic() - started), flush=True)
        except Failure as failure:
            failed = True
            print("FAILED  %s: %s" % (path.stem, failure), flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()
