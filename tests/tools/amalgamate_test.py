#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# amalgamate_test.py: what tools/amalgamate.py keeps, gathers and refuses, and which ways to include its results work.
import os
import re
import shutil
import subprocess
import unittest

import source_tree

MODEL_PART = ["macros.hpp", "version.hpp", "core/bytes.hpp", "core/detail/table.hpp", "core/a_codec.hpp"]
MODEL_CODE = ["core/detail/rotate.hpp", "impl/core/bytes.ipp"]
COMPILERS = (os.environ.get("CXX", "").split() or [None])[0], "g++", "c++", "clang++", "clang++-14"


def titles(text):
    return re.findall(r"(?m)^// ---- quipu/(\S+) -+$", text)


def part(text, guard):
    """What stands between the lines of a guard."""
    begin = re.search(r"(?m)^#(?:ifndef |if .*!defined\()QUIPU_SINGLE_HEADER_%s\)?$" % guard, text).start()
    return text[begin:text.index("#endif  // QUIPU_SINGLE_HEADER_%s\n" % guard)]


def gathered(text):
    return re.findall(r"(?m)^#include (\S+)$", text[:text.index("// ---- ")])


class Amalgamate(source_tree.SourceTree):
    def single(self, name="quipu.hpp"):
        self.tool("amalgamate.py")
        return self.read("single_include/" + name)

    def test_each_file_once_and_after_what_it_includes(self):
        single = self.single()
        self.assertEqual(titles(single), MODEL_PART + ["store/store.hpp"] + MODEL_CODE + ["impl/store/store.ipp"])
        self.assertEqual(titles(self.read("single_include/quipu_model.hpp")), MODEL_PART + MODEL_CODE)
        for once in ("struct bytes {};", "struct table {};", "struct codec ", "struct store ",
                     "SPDX-License-Identifier",
                     "#define QUIPU_HEADER_ONLY", "QUIPU_DECL int checksum", "QUIPU_DECL int store::size",
                     "int rotate"):
            self.assertEqual(single.count(once), 1, once)
        self.assertNotIn('#include "', single)
        self.assertNotIn("#pragma once", single)

    def test_the_language_is_checked_before_anything_is_included(self):
        for name in "quipu.hpp", "quipu_model.hpp":
            single = self.single(name)
            self.assertEqual(single.count('#error "needs C++20"'), 1, name)
            self.assertLess(single.index('#error "needs C++20"'), single.index("#include"), name)

    def test_each_part_has_a_guard_and_definitions_a_condition(self):
        single = self.single()
        for guard, expected in (("MODEL_DECLARATIONS", MODEL_PART), ("ENGINE_DECLARATIONS", ["store/store.hpp"]),
                                ("MODEL_DEFINITIONS", MODEL_CODE), ("ENGINE_DEFINITIONS", ["impl/store/store.ipp"])):
            text = part(single, guard)
            self.assertEqual(titles(text), expected, guard)
            self.assertEqual(text.split("\n")[1], "#define QUIPU_SINGLE_HEADER_" + guard)
            condition = "#if (defined(QUIPU_HEADER_ONLY) || defined(QUIPU_IMPLEMENTATION)) && !defined("
            self.assertEqual(text.startswith(condition), guard.endswith("DEFINITIONS"), guard)
            self.assertEqual(text.count("#pragma GCC diagnostic push"), 1, guard)
            self.assertEqual(text.count("#pragma GCC diagnostic pop"), 1, guard)
            if guard.startswith("MODEL"):
                self.assertEqual(part(self.read("single_include/quipu_model.hpp"), guard), text, guard)
        check = single.index('#error "define QUIPU_COMPILED first"')
        self.assertLess(single.index("#endif  // QUIPU_SINGLE_HEADER_ENGINE_DECLARATIONS"), check)
        self.assertLess(check, single.index("&& !defined(QUIPU_SINGLE_HEADER_MODEL_DEFINITIONS)"))

    def test_includes_are_gathered_in_each_part_but_for_conditional_ones(self):
        single = self.single()
        expected = {"MODEL_DECLARATIONS": ["<boost/version.hpp>", "<time.h>", "<cstdint>", "<string>"],
                    "ENGINE_DECLARATIONS": ["<vector>"],
                    "MODEL_DEFINITIONS": ["<algorithm>", "<bit>"],
                    "ENGINE_DEFINITIONS": ["<unistd.h>"]}
        for guard, includes in expected.items():
            self.assertEqual(gathered(part(single, guard)), includes, guard)
        self.assertIn("#if defined(__linux__)\n#include <malloc.h>\n#endif\n", part(single, "MODEL_DECLARATIONS"))
        self.assertEqual(single.count("#include"), sum(map(len, expected.values())) + 1)

    def test_a_header_that_the_engine_alone_declares_with_is_still_the_models(self):
        self.replace("include/quipu/store/store.hpp", '#include "../version',
                     '#include "../core/detail/rotate.hpp"\n#include "../version')
        single = self.single()
        self.assertEqual(titles(part(single, "MODEL_DECLARATIONS")), MODEL_PART + ["core/detail/rotate.hpp"])
        self.assertEqual(titles(part(single, "MODEL_DEFINITIONS")), ["impl/core/bytes.ipp"])

    def test_no_part_for_nothing(self):
        self.write_header("include/quipu/impl/model.ipp", "")
        self.assertNotIn("MODEL_DEFINITIONS", self.single())

    def test_nothing_a_reader_needs_is_lost(self):
        single = self.single()
        self.assertIn("/// Text before\n\n\n/// and after two empty lines.\nstruct store { codec c;", single)
        self.assertIn("// a_codec.hpp: a header of a tree that was made for a test.\n", single)
        self.assertIn("// Boost Software License - Version 1.0", single)
        self.assertIn("THE SOFTWARE IS PROVIDED", single)

    def test_depends_on_the_headers_alone(self):
        first = self.single()
        model = self.read("single_include/quipu_model.hpp")
        for path in self.root.rglob("*"):
            os.utime(path, (1, 1))
        self.tool("amalgamate.py", "--output", str(self.root / "elsewhere"))
        self.assertEqual(self.read("elsewhere/quipu.hpp"), first)
        self.assertEqual(self.read("elsewhere/quipu_model.hpp"), model)
        self.assertNotIn(str(self.root), first)

    def test_check_notices_every_difference(self):
        said = self.tool("amalgamate.py", "--check", fails=True)
        self.assertIn("single_include/quipu.hpp isn't what the headers make now", said)
        self.assertIn("single_include/quipu_model.hpp isn't what the headers make now", said)
        single = self.single()
        self.tool("amalgamate.py", "--check")
        self.assertEqual(self.read("single_include/quipu.hpp"), single, "--check writes nothing")
        self.append("include/quipu/core/bytes.hpp", "// more\n")
        self.assertIn("+// more", self.tool("amalgamate.py", "--check", fails=True))
        self.tool("amalgamate.py")
        self.append("include/quipu/impl/store/store.ipp", "// more of the engine\n")
        self.assertIn("+// more of the engine", self.tool("amalgamate.py", "--check", fails=True))
        self.tool("amalgamate.py")
        self.tool("amalgamate.py", "--check")
        for name in ("quipu.hpp", "quipu_model.hpp"):
            right = self.read("single_include/" + name)
            self.append("single_include/" + name, "// by hand\n")
            self.assertIn("-// by hand", self.tool("amalgamate.py", "--check", fails=True))
            self.write("single_include/" + name, right.replace("\n", "\r\n"))
            self.tool("amalgamate.py", "--check", fails=True)
            self.write("single_include/" + name, right)
        self.tool("amalgamate.py", "--check")

    def test_refuses_what_it_would_get_wrong(self):
        codec = "include/quipu/core/a_codec.hpp"
        right = self.read(codec)
        for fault, words in (('#if 1\n#include "other.hpp"\n#endif\n', "under a condition"),
                             ('#include "missing.hpp"\n', "doesn't exist"),
                             ('#include "../../../CMakeLists.txt"\n', "outside include/quipu"),
                             ('#include "../impl/core/bytes.ipp"\n', "is included by a header"),
                             ("#include <quipu/core/bytes.hpp>\n", "by relative path")):
            self.write(codec, right.replace("\n#include <boost", "\n" + fault + "#include <boost"))
            self.assertIn(words, self.tool("amalgamate.py", fails=True))
        self.write(codec, right + '#include "bytes.hpp"\n')
        self.assertIn("after code", self.tool("amalgamate.py", fails=True))
        self.write(codec, right)
        self.replace("include/quipu/core/bytes.hpp", "#include <string>", '#include "a_codec.hpp"\n#include <string>')
        self.assertIn("in a circle", self.tool("amalgamate.py", fails=True))

    def test_the_block_at_an_umbrellas_end_is_the_only_condition(self):
        for name in ("model.hpp", "quipu.hpp"):
            umbrella = "include/quipu/" + name
            right = self.read(umbrella)
            for fault in (right + "// more\n", right.replace("HEADER_ONLY) ||", "HEADER) ||"),
                          right[:right.rindex("#if")]):
                self.write(umbrella, fault)
                self.assertIn(name + ": doesn't end with the block", self.tool("amalgamate.py", fails=True))
            block = right[right.rindex("#if"):]
            self.write(umbrella, right + block)
            self.assertIn("under a condition", self.tool("amalgamate.py", fails=True))
            self.write(umbrella, right)
        (self.root / "include/quipu/model.hpp").unlink()
        self.assertIn("model.hpp doesn't exist", self.tool("amalgamate.py", fails=True))


class Included(source_tree.SourceTree):
    """Programs that include the results, compiled and linked."""

    @classmethod
    def setUpClass(cls):
        cls.compiler = next(found for found in map(shutil.which, filter(None, COMPILERS)) if found)

    def setUp(self):
        super().setUp()
        self.tool("amalgamate.py")

    def program(self, *files, fails=None):
        """Builds a program of these texts, and runs it; or expects the compiler or linker to say `fails`."""
        names = []
        for index, text in enumerate(files):
            names.append("program/%d.cpp" % index)
            self.write(names[-1], text)
        done = subprocess.run([self.compiler, "-std=c++20", "-Wall", "-Wextra", "-Werror", "-I", "single_include",
                               *names, "-o", "a.out"],
                              cwd=self.root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=120)
        said = done.stdout.decode("utf-8", "replace")
        if fails:
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(fails, said)
            return
        self.assertEqual(done.returncode, 0, said)
        self.assertEqual(subprocess.run(["./a.out"], cwd=self.root, timeout=10).returncode, 0)

    def test_header_only(self):
        use = '#include <quipu.hpp>\n#include <quipu.hpp>\nint use() { return store{}.size(); }\n'
        self.program(use, "#include <quipu.hpp>\nint use();\nint main() { return store{}.size() == use() ? 0 : 1; }\n")

    def test_both_single_headers_in_either_order(self):
        use = "#include <quipu_model.hpp>\n#include <quipu.hpp>\nint use() { return store{}.size() + checksum(1); }\n"
        main = ("#include <quipu.hpp>\n#include <quipu_model.hpp>\n"
                "int use();\nint main() { return use() == 5 ? 0 : 1; }\n")
        self.program(use, main)

    def test_the_model_alone(self):
        self.program("#include <quipu_model.hpp>\nint main() { return checksum(1) - 2; }\n")
        self.program("#include <quipu_model.hpp>\nint main() { return store{}.size(); }\n", fails="store")

    def test_compiled_once(self):
        mode = "#define QUIPU_COMPILED\n"
        use = mode + '#include <quipu.hpp>\nint use() { return store{}.size(); }\n'
        main = "#include <quipu.hpp>\nint use();\nint main() { return store{}.size() == use() ? 0 : 1; }\n"
        implementation = "#define QUIPU_IMPLEMENTATION\n#include <quipu.hpp>\n"
        self.program(use, mode + main, mode + implementation)
        self.program(use, mode + main + implementation + implementation)
        self.program(use, mode + "#include <quipu_model.hpp>\n" + implementation + main)
        self.program(use, mode + main, fails="undefined reference")
        self.program(use, mode + implementation, mode + implementation + main, fails="multiple definition")

    def test_the_mode_may_not_change_within_a_file(self):
        self.program("#include <quipu.hpp>\n#define QUIPU_COMPILED\n#include <quipu.hpp>\nint main() {}\n",
                     fails="define QUIPU_COMPILED first")
        self.program("#include <quipu.hpp>\n#define QUIPU_COMPILED\n#include <quipu_model.hpp>\nint main() {}\n",
                     fails="define QUIPU_COMPILED first")


if __name__ == "__main__":
    unittest.main()
