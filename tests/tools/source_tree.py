# SPDX-License-Identifier: BSL-1.0
#
# source_tree.py: a small repository in a temporary folder, for the tests of tools/ to plant faults in.
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent
LICENCE = "// SPDX-License-Identifier: BSL-1.0\n"

FILES = {
    "include/quipu/version.hpp": '#include <cstdint>\n\nconstexpr std::uint16_t format_version = 1;\n',
    "include/quipu/core/bytes.hpp": '#include <string>\n#include <cstdint>\n\nstruct bytes {};\n',
    "include/quipu/core/a_codec.hpp": '#include "bytes.hpp"\n#include "detail/table.hpp"\n\n#include <boost/hana/core.hpp>\n\n'
                                      '#if defined(__linux__)\n#include <linux/openat2.h>\n#endif\n\nstruct codec { bytes b; };\n',
    "include/quipu/core/detail/table.hpp": '#include <unistd.h>\n\nstruct table {};\n',
    "include/quipu/store/store.hpp": '#include "../core/a_codec.hpp"\n#include "../version.hpp"\n#include <string>\n\n'
                                     '/// Text before\n\n\n/// and after two empty lines.\nstruct store { codec c; };\n',
    "include/quipu/quipu.hpp": '#include "version.hpp"\n\n#include "core/bytes.hpp"\n#include "core/a_codec.hpp"\n\n'
                               '#include "store/store.hpp"\n',
}


class SourceTree(unittest.TestCase):
    """Each test has a tree in which everything is right, made from FILES."""

    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="quipu_tools_test.")).resolve()
        self.addCleanup(shutil.rmtree, self.root)
        shutil.copy(REPOSITORY / "LICENSE", self.root)
        self.write("CMakeLists.txt", "# SPDX-License-Identifier: BSL-1.0\n#\n# A build of nothing, made for a test.\n")
        for name, text in FILES.items():
            self.write_header(name, text)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def write_header(self, name, text):
        title = "//\n// %s: a header of a tree that was made for a test.\n#pragma once\n\n" % pathlib.PurePath(name).name
        self.write(name, LICENCE + title + text)

    def read(self, name):
        return (self.root / name).read_text(encoding="utf-8")

    def append(self, name, text):
        self.write(name, self.read(name) + text)

    def replace(self, name, old, new):
        text = self.read(name)
        self.assertIn(old, text)
        self.write(name, text.replace(old, new))

    def tool(self, name, *arguments, fails=False):
        """Runs a tool on the tree, and gives what it said."""
        done = subprocess.run([sys.executable, "-B", str(REPOSITORY / "tools" / name), "--root", str(self.root), *arguments],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        said = done.stdout.decode("utf-8")
        self.assertEqual(done.returncode, 1 if fails else 0, said)
        self.assertNotIn("Traceback", said)
        return said
