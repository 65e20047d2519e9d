#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# amalgamate_test.py: what tools/amalgamate.py keeps, gathers and refuses.
import os
import re
import unittest

import source_tree


class Amalgamate(source_tree.SourceTree):
    def single(self):
        self.tool("amalgamate.py")
        return self.read("single_include/quipu.hpp")

    def test_each_header_once_and_after_what_it_includes(self):
        single = self.single()
        titles = re.findall(r"(?m)^// ---- quipu/(\S+) -+$", single)
        self.assertEqual(titles, ["version.hpp", "core/bytes.hpp", "core/detail/table.hpp", "core/a_codec.hpp", "store/store.hpp"])
        for once in ("struct bytes {};", "struct table {};", "struct codec ", "struct store ", "#pragma once", "SPDX-License-Identifier"):
            self.assertEqual(single.count(once), 1, once)
        self.assertNotIn('#include "', single)

    def test_includes_are_gathered_but_for_conditional_ones(self):
        single = self.single()
        top = single[:single.index("// ---- ")]
        gathered = re.findall(r"(?m)^#include (\S+)$", top)
        self.assertEqual(gathered, ["<boost/hana/core.hpp>", "<unistd.h>", "<cstdint>", "<string>"])
        self.assertIn("#if defined(__linux__)\n#include <linux/openat2.h>\n#endif\n", single[len(top):])
        self.assertEqual(single.count("#include"), len(gathered) + 1)

    def test_nothing_a_reader_needs_is_lost(self):
        single = self.single()
        self.assertIn("/// Text before\n\n\n/// and after two empty lines.\nstruct store { codec c; };\n", single)
        self.assertIn("// a_codec.hpp: a header of a tree that was made for a test.\n", single)
        self.assertIn("// Boost Software License - Version 1.0", single)
        self.assertIn("THE SOFTWARE IS PROVIDED", single)

    def test_depends_on_the_headers_alone(self):
        first = self.single()
        for path in self.root.rglob("*"):
            os.utime(path, (1, 1))
        self.tool("amalgamate.py", "--output", str(self.root / "elsewhere.hpp"))
        self.assertEqual(self.read("elsewhere.hpp"), first)
        self.assertNotIn(str(self.root), first)

    def test_check_notices_every_difference(self):
        self.assertIn("isn't what the headers make now", self.tool("amalgamate.py", "--check", fails=True))
        single = self.single()
        self.tool("amalgamate.py", "--check")
        self.assertEqual(self.read("single_include/quipu.hpp"), single, "--check writes nothing")
        self.append("include/quipu/core/bytes.hpp", "// more\n")
        self.assertIn("+// more", self.tool("amalgamate.py", "--check", fails=True))
        self.tool("amalgamate.py")
        self.tool("amalgamate.py", "--check")
        self.append("single_include/quipu.hpp", "// by hand\n")
        self.assertIn("-// by hand", self.tool("amalgamate.py", "--check", fails=True))
        self.write("single_include/quipu.hpp", single.replace("\n", "\r\n"))
        self.tool("amalgamate.py", "--check", fails=True)

    def test_refuses_what_it_would_get_wrong(self):
        codec = "include/quipu/core/a_codec.hpp"
        right = self.read(codec)
        for fault, words in (('#if 1\n#include "other.hpp"\n#endif\n', "under a condition"),
                             ('#include "missing.hpp"\n', "doesn't exist"),
                             ('#include "../../../CMakeLists.txt"\n', "outside include/quipu"),
                             ("#include <quipu/core/bytes.hpp>\n", "by relative path")):
            self.write(codec, right.replace("\n#include <boost", "\n" + fault + "#include <boost"))
            self.assertIn(words, self.tool("amalgamate.py", fails=True))
        self.write(codec, right + '#include "bytes.hpp"\n')
        self.assertIn("after code", self.tool("amalgamate.py", fails=True))
        self.write(codec, right)
        self.replace("include/quipu/core/bytes.hpp", "#include <string>", '#include "a_codec.hpp"\n#include <string>')
        self.assertIn("in a circle", self.tool("amalgamate.py", fails=True))


if __name__ == "__main__":
    unittest.main()
