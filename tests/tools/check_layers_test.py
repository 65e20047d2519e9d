#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# check_layers_test.py: every fault that tools/check_layers.py is there for, planted once.
import unittest

import source_tree

CPP = source_tree.LICENCE + "//\n// A source file that was made for a test.\n"


class CheckLayers(source_tree.SourceTree):
    def refuses(self, *words):
        said = self.tool("check_layers.py", fails=True)
        for each in words:
            self.assertIn(each, said)
        self.assertEqual(len(said.strip().splitlines()), len(words) + 1, "one line for each fault, and their number:\n" + said)

    def test_right(self):
        self.assertIn("6 headers", self.tool("check_layers.py"))

    def test_a_layer_includes_a_later_one(self):
        self.replace("include/quipu/core/detail/table.hpp", "#include <unistd.h>", '#include "../../journal/index.hpp"')
        self.write_header("include/quipu/journal/index.hpp", "struct index {};\n")
        self.replace("include/quipu/quipu.hpp", '#include "store', '#include "journal/index.hpp"\n\n#include "store')
        self.refuses("core/detail/table.hpp:6: core may not include journal/index.hpp")

    def test_what_stands_above_includes_a_layer(self):
        self.replace("include/quipu/version.hpp", "#include <cstdint>", '#include <cstdint>\n#include "core/bytes.hpp"')
        self.refuses("version.hpp:7: stands above all layers")

    def test_a_part_includes_the_whole(self):
        self.write_header("include/quipu/journal/config.hpp", '#include "../quipu.hpp"\n')
        self.assertIn("store/config.hpp:6: a part includes the whole", self.tool("check_layers.py", fails=True))

    def test_an_unknown_layer_and_a_stray_header(self):
        self.write_header("include/quipu/helpers/all.hpp", "struct all {};\n")
        self.write_header("include/quipu/stray.hpp", "struct stray {};\n")
        self.refuses("helpers isn't a layer", "stray.hpp: belongs in a layer's folder")

    def test_what_a_header_must_not_do_to_a_program(self):
        name = "include/quipu/core/bytes.hpp"
        right = self.read(name)
        for fault, words in (("namespace {\nint a;\n}\n", "bytes.hpp:10: an unnamed namespace"),
                             ("  using namespace std;\n", "bytes.hpp:10: a using-directive"),
                             ("#define QUIPU_A 1\n", "bytes.hpp:10: the macro QUIPU_A outlives"),
                             ("# define f(x) x\n#undef g\n", "bytes.hpp:10: the macro f outlives")):
            self.write(name, right + fault)
            self.refuses(words)
        self.write(name, right + "#define QUIPU_A 1\n#undef QUIPU_A\nnamespace quipu {\nusing std::string;\n}\n")
        self.tool("check_layers.py")

    def test_the_umbrella_forgets_repeats_or_misplaces(self):
        umbrella = "include/quipu/quipu.hpp"
        right = self.read(umbrella)
        self.write(umbrella, right.replace('#include "core/bytes.hpp"\n', ""))
        self.refuses("quipu.hpp: forgets core/bytes.hpp")
        self.write(umbrella, right + '#include "core/detail/table.hpp"\n')
        self.refuses("quipu.hpp: includes core/detail/table.hpp, which isn't a public header")
        self.write(umbrella, right + '#include "core/bytes.hpp"\n')
        self.assertIn("includes core/bytes.hpp twice", self.tool("check_layers.py", fails=True))
        moved = right.replace('#include "store/store.hpp"\n', "").replace('#include "core/b', '#include "store/store.hpp"\n#include "core/b')
        self.write(umbrella, moved)
        self.refuses("isn't in the order of the layers")
        self.tool("check_layers.py", "--write")
        self.assertEqual(self.read(umbrella), right)

    def test_write_names_a_new_header_and_keeps_the_rest(self):
        umbrella = "include/quipu/quipu.hpp"
        self.append(umbrella, "\n// The end.\n")
        self.write_header("include/quipu/event/kind.hpp", '#include "../core/bytes.hpp"\n')
        self.refuses("quipu.hpp: forgets event/kind.hpp")
        self.tool("check_layers.py", "--write")
        self.assertIn('#include "core/a_codec.hpp"\n\n#include "event/kind.hpp"\n\n#include "store/store.hpp"\n\n// The end.\n',
                      self.read(umbrella))

    def test_a_detail_that_nothing_includes(self):
        self.write_header("include/quipu/core/detail/unused.hpp", "struct unused {};\n")
        self.refuses("core/detail/unused.hpp: nothing includes it")

    def test_what_every_source_file_has(self):
        name = "tests/core/a_test.cpp"
        for text, words in ((CPP.replace("BSL", "MIT"), "no line with the licence"),
                            ("\n" + CPP, "no line with the licence"),
                            (CPP + source_tree.LICENCE, "more than one line with the licence"),
                            (source_tree.LICENCE + "int main() {}\n", "doesn't say at the top what it is"),
                            (CPP + "\n" * 598, "601 lines"),
                            (CPP + "\tint a;\n", "tabs"),
                            (CPP + "int a;\r\n", "carriage returns"),
                            (CPP + "int a;", "doesn't end with a newline"),
                            (CPP + "// see " + "/home" + "/somebody/notes\n", "a path of one machine"),
                            (CPP + '#include "%s/a.hpp"\n' % self.root, "a path of one machine")):
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8"))
            self.refuses("tests/core/a_test.cpp")
            self.assertIn(words, self.tool("check_layers.py", fails=True))
        self.write(name, CPP + "\n" * 597)
        self.tool("check_layers.py")

    def test_a_header_without_pragma_once(self):
        self.write("tests/core/samples.hpp", CPP)
        self.refuses("tests/core/samples.hpp: no #pragma once")

    def test_a_script_without_a_suffix_counts(self):
        self.write("tools/script", "#!/bin/sh\necho\n")
        self.assertIn("tools/script: no line with the licence", self.tool("check_layers.py", fails=True))


if __name__ == "__main__":
    unittest.main()
