#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# symbols.py: a file that uses a store in compiled mode must contain nothing of the engine.
#
#   symbols.py NM LIBRARY COMPILED_OBJECT... -- HEADER_ONLY_OBJECT...
#
# LIBRARY is the compiled engine. What it defines, an object in compiled mode may use but not define; of the class
# journal such an object defines nothing at all. An object in header-only mode shows that the check finds what it seeks.
import subprocess
import sys

ENGINE = "quipu::detail::%s::journal::"


def symbols(nm, files):
    """The names that these files define, with their nm letters, and those that they use."""
    defined, used = {}, set()
    listing = subprocess.run([nm, "--demangle", *files], check=True, stdout=subprocess.PIPE).stdout.decode()
    for line in listing.splitlines():
        fields = line[17:].split(" ", 1) if len(line) > 18 and line[16] == " " else []
        if len(fields) != 2 or len(fields[0]) != 1:
            continue
        letter, name = fields
        if letter in "Uwv" and not line[:16].strip():
            used.add(name)
        else:
            defined[name] = letter
    return defined, used


def main():
    nm, library, *objects = sys.argv[1:]
    compiled, header_only = objects[: objects.index("--")], objects[objects.index("--") + 1 :]
    in_library = {name for name, letter in symbols(nm, [library])[0].items() if letter == "T"}
    defined, used = symbols(nm, compiled)
    problems = []
    for name in sorted(name for name in defined if name in in_library or ENGINE % "compiled" in name):
        problems.append("defined in a file that should only use it: " + name)
    if not any(name in in_library and "quipu::compiled::" in name for name in used):
        problems.append("the file in compiled mode uses nothing of the library")
    if not any(name.startswith(ENGINE % "compiled") for name in in_library):
        problems.append("the library doesn't define the engine")
    if not any(name.startswith(ENGINE % "header_only") for name in symbols(nm, header_only)[0]):
        problems.append("the file in header-only mode doesn't define the engine: this check would find nothing")
    sys.exit("\n".join(problems) or None)


if __name__ == "__main__":
    main()
