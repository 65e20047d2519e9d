#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# explorer_links_test.py: the links of docs/explorer.md open the files of examples/explorer, and the check of that
# notices each way in which they may not.
import base64
import json
import pathlib
import shutil
import sys
import tempfile
import unittest
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import explorer_links as links  # noqa: E402


class Links(unittest.TestCase):
    def test_the_page_is_in_sync(self):
        self.assertEqual(list(links.problems(ROOT)), [])

    def test_there_are_ten_experiments_and_a_store(self):
        sources = [path.read_text(encoding="utf-8") for path in links.experiments(ROOT)]
        self.assertEqual([links.uses_store(source) for source in sources], 10 * [False] + [True])

    def test_a_link_is_what_the_site_takes(self):
        source = "// SPDX\n//\n// About.\n#include <quipu_model.hpp>\nint main() { return 1 / 2 > 3 + 4; } // ÿ\n"
        link = links.link_of(source)
        self.assertRegex(link, r"^https://godbolt\.org/clientstate/[A-Za-z0-9%]+$")
        state = json.loads(base64.b64decode(urllib.parse.unquote(link[len(links.SITE):])))
        opened = state["sessions"][0]
        self.assertEqual(opened["source"], source.replace("<quipu_model.hpp>", "<%s/quipu_model.hpp>" % links.HEADERS))
        self.assertEqual([each["id"] for each in opened["compilers"]], ["g122", "clang1600"])
        self.assertEqual(opened["compilers"][0]["options"], "-std=c++20 -O2")
        self.assertEqual(opened["compilers"][0]["libs"], [{"id": "boost", "version": "181"}])
        self.assertEqual(links.source_in(link), source)

    def test_a_program_with_a_store_is_run(self):
        opened = links.session_of("#include <quipu.hpp>\nint main() {}\n")["sessions"][0]
        self.assertNotIn("compilers", opened)
        self.assertEqual(opened["executors"][0]["compiler"]["options"], "-std=c++20 -O0")

    def problems_after(self, change):
        with tempfile.TemporaryDirectory() as name:
            root = pathlib.Path(name)
            shutil.copytree(ROOT / "examples" / "explorer", root / "examples" / "explorer")
            (root / "docs").mkdir()
            shutil.copy(ROOT / "docs" / "explorer.md", root / "docs")
            change(root)
            return list(links.problems(root))

    def edit(self, path, old, new):
        text = path.read_text(encoding="utf-8")
        self.assertIn(old, text)
        path.write_text(text.replace(old, new), encoding="utf-8")

    def test_a_file_that_changed_is_noticed(self):
        found = self.problems_after(lambda root: self.edit(links.experiments(root)[0], "500", "501"))
        self.assertIn("01_fold_is_a_constant.cpp: its link opens another program", found)

    def test_a_file_without_a_link_is_noticed(self):
        def add(root):
            shutil.copy(links.experiments(root)[0], root / "examples" / "explorer" / "12_new.cpp")
        self.assertIn("docs/explorer.md has not one link for each experiment", self.problems_after(add))

    def test_a_link_that_was_changed_is_noticed(self):
        found = self.problems_after(lambda root: self.edit(root / "docs" / "explorer.md", links.SITE + "ey", links.SITE + "fy"))
        self.assertTrue(found)

    def test_a_text_that_was_changed_is_noticed(self):
        found = self.problems_after(lambda root: self.edit(root / "docs" / "explorer.md", "[**Missing apply**]", "[**Apply**]"))
        self.assertEqual(found, ["docs/explorer.md is not what tools/explorer_links.py --write makes it"])


if __name__ == "__main__":
    unittest.main()
