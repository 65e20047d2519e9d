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

# A library that compiles: `store` uses `codec` of core, and `checksum`, which is defined in impl/core/bytes.ipp.
FILES = {
    "include/quipu/language.hpp": """
#if __cplusplus < 202002L
#error "needs C++20"
#endif
""",
    "include/quipu/macros.hpp": """
#include "language.hpp"

#if defined(QUIPU_COMPILED)
#define QUIPU_DECL
#else
#define QUIPU_HEADER_ONLY
#define QUIPU_DECL inline
#endif
""",
    "include/quipu/version.hpp": """
#include <cstdint>

constexpr std::uint16_t format_version = 1;
""",
    "include/quipu/core/bytes.hpp": """
#include <string>
#include <cstdint>

struct bytes {};
int checksum(int a);
""",
    "include/quipu/core/a_codec.hpp": """
#include "bytes.hpp"
#include "detail/table.hpp"

#include <boost/version.hpp>

#if defined(__linux__)
#include <malloc.h>
#endif

struct codec { bytes b; };
""",
    "include/quipu/core/detail/table.hpp": """
#include <time.h>

struct table {};
""",
    "include/quipu/core/detail/rotate.hpp": """
#include <bit>
#include <cstdint>

inline int rotate(int a) { return a + 1; }
""",
    "include/quipu/store/store.hpp": """
#include "../core/a_codec.hpp"
#include "../version.hpp"

#include <string>
#include <vector>

/// Text before


/// and after two empty lines.
struct store { codec c; std::vector<int> v; int size(); store(); };
""",
    "include/quipu/impl/core/bytes.ipp": """
#include "../../core/bytes.hpp"
#include "../../core/detail/rotate.hpp"
#include "../../macros.hpp"

#include <algorithm>

QUIPU_DECL int checksum(int a) { return std::max(rotate(a), 1); }
""",
    "include/quipu/impl/store/store.ipp": """
#include "../../macros.hpp"
#include "../../store/store.hpp"

#include <algorithm>
#include <unistd.h>

QUIPU_DECL store::store() : v{1, 2} {}

QUIPU_DECL int store::size() { return std::min(checksum(2), int(::getpid())); }
""",
    "include/quipu/impl/model.ipp": """
#include "core/bytes.ipp"
""",
    "include/quipu/impl/engine.ipp": """
#include "store/store.ipp"
""",
    "include/quipu/model.hpp": """
#include "language.hpp"
#include "macros.hpp"
#include "version.hpp"

#include "core/bytes.hpp"
#include "core/a_codec.hpp"

#if defined(QUIPU_HEADER_ONLY) && defined(QUIPU_COMPILED)
#error "define QUIPU_COMPILED first"
#endif
#if defined(QUIPU_HEADER_ONLY) || defined(QUIPU_IMPLEMENTATION)
#include "impl/model.ipp"
#endif
""",
    "include/quipu/quipu.hpp": """
#include "model.hpp"

#include "store/store.hpp"

#if defined(QUIPU_HEADER_ONLY) || defined(QUIPU_IMPLEMENTATION)
#include "impl/engine.ipp"
#endif
""",
}
WITHOUT_PRAGMA_ONCE = ("include/quipu/model.hpp", "include/quipu/quipu.hpp")


class SourceTree(unittest.TestCase):
    """Each test has a tree in which everything is right, made from FILES."""

    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="quipu_tools_test.")).resolve()
        self.addCleanup(shutil.rmtree, self.root)
        shutil.copy(REPOSITORY / "LICENSE", self.root)
        self.write("CMakeLists.txt", "# SPDX-License-Identifier: BSL-1.0\n#\n# A build of nothing, made for a test.\n")
        for name, text in FILES.items():
            self.write_header(name, text.lstrip("\n"))

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def write_header(self, name, text):
        """The text begins at line 6, after licence line, title and #pragma once; in an umbrella at line 4."""
        title = "//\n// %s: a header of a tree that was made for a test.\n" % pathlib.PurePath(name).name
        self.write(name, LICENCE + title + ("" if name in WITHOUT_PRAGMA_ONCE else "#pragma once\n\n") + text)

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
        done = subprocess.run([sys.executable, "-B", str(REPOSITORY / "tools" / name), "--root", str(self.root),
                               *arguments],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        said = done.stdout.decode("utf-8")
        self.assertEqual(done.returncode, 1 if fails else 0, said)
        self.assertNotIn("Traceback", said)
        return said
