#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# run.py: builds the module unit src/quipu.cppm and a program that imports it, and runs that. It takes the newest Clang
# from 16 on that is here; without one it says so, and exits with 77, which ctest counts as skipped.
#
#   run.py LIBRARY [FLAG...]     LIBRARY is the compiled engine; the flags are those that it was compiled with
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent.parent
LEAST = 16
PRINTED = "300\n80\n1 380 1\n"


def run(command, folder):
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=250)
    text = done.stdout.decode("utf-8", "replace")
    if done.returncode:
        sys.exit("%s\n%s" % (" ".join(command), text))
    return text


def newest_clang():
    """The newest Clang that has a standard library to include, or None."""
    found = {}
    for name in ["clang++", *("clang++-%d" % number for number in range(LEAST, 40))]:
        if not shutil.which(name):
            continue
        said = subprocess.run([name, "--version"], stdout=subprocess.PIPE, timeout=60).stdout.decode("utf-8", "replace")
        version = re.search(r"version (\d+)", said)
        if version and int(version.group(1)) >= LEAST:
            found[int(version.group(1))] = name
    return found[max(found)] if found else None


def main():
    library, flags = sys.argv[1], [*sys.argv[2:], "-std=c++20", "-DQUIPU_COMPILED", "-pthread", "-Wall", "-Wextra", "-Werror"]
    compiler = newest_clang()
    if compiler is None:
        print("skipped: there is no Clang from %d on here, and a module needs one" % LEAST)
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="quipu_module.") as folder:
        unit, consumer = str(ROOT / "src/quipu.cppm"), str(ROOT / "tests/package/module/consumer.cpp")
        run([compiler, *flags, "-I" + str(ROOT / "include"), "--precompile", unit, "-o", "quipu.pcm"], folder)
        run([compiler, *sys.argv[2:], "-c", "quipu.pcm", "-o", "module.o"], folder)
        run([compiler, *flags, "-fmodule-file=quipu=quipu.pcm", consumer, "module.o", library, "-o", "consumer"],
            folder)
        printed = run([str(pathlib.Path(folder) / "consumer")], folder)
    if printed != PRINTED:
        sys.exit("the program printed\n" + printed)
    print("imported with " + compiler)


if __name__ == "__main__":
    main()
