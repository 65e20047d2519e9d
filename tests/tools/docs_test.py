#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# docs_test.py: every fault that tools/docs.py is there for, planted once.
import shutil
import sys
import unittest

import source_tree

sys.path.insert(0, str(source_tree.REPOSITORY / "tools"))
from documents import hooks  # noqa: E402

PROGRAM = """// SPDX-License-Identifier: BSL-1.0
#include <iostream>

// [all]
// [type]
struct point {
  int x;
};
// [/type]
int main() {
  // [print]
  std::cout << "one\\n"
            << "two\\n";
  // [/print]
}
// [/all]
"""
PAGE = """# First page

See [the second](sub/second.md#a-heading), [this](#first-page) and [code](../docs/src/a/print.cpp);
`[not a link](gone.md)` isn't one, and a [link may
wrap](sub/second.md).

<!-- cut: docs/src/a/print.cpp type print -->
```cpp
struct point {
  int x;
};

std::cout << "one\\n"
          << "two\\n";
```

- In a list:

  <!-- output: docs/src/a/print.cpp 2 -->
  ```text
  two
  ```

```sh
c++ print.cpp  # [not](a-link.md)
```
"""


class Tree(source_tree.SourceTree):
    """A repository with a program, two pages and a README, in which everything is right."""

    def setUp(self):
        super().setUp()
        self.write("docs/src/a/print.cpp", PROGRAM)
        self.write("docs/src/a/print.output", "one\ntwo\n")
        self.write("docs/index.md", PAGE)
        self.write("docs/sub/second.md", "# Second\n\n[Back](../index.md)\n\n## A `heading`!\n\nText.\n")
        self.write("README.md", "# Read me\n\n[docs](docs), [docs](docs/index.md)\n")
        self.write("mkdocs.yml", "nav:\n  - One: index.md\n  - Two: sub/second.md\n")


class Documents(Tree):
    def refuses(self, *words):
        said = self.tool("docs.py", "--check", fails=True)
        for each in words:
            self.assertIn(each, said)
        self.assertEqual(len(said.strip().splitlines()), len(words) + 1, "one line for each fault:\n" + said)

    def test_right(self):
        self.assertIn("3 documents are in order", self.tool("docs.py", "--check"))

    def test_blocks_are_filled(self):
        self.replace("docs/index.md", '```cpp\nstruct point {\n  int x;\n};\n', "```cpp\nold\n")
        self.replace("docs/index.md", "  two\n  ```", "  ```")
        self.refuses("docs/index.md:8: isn't what docs/src/a/print.cpp type print gives",
                     "docs/index.md:18: isn't what docs/src/a/print.cpp 2 gives")
        self.tool("docs.py", "--write")
        self.assertEqual(self.read("docs/index.md"), PAGE)

    def test_a_whole_program_is_shown_without_its_marks(self):
        self.write("docs/sub/second.md", "## A `heading`!\n\n<!-- cut: docs/src/a/print.cpp -->\n```cpp\n```\n")
        self.tool("docs.py", "--write")
        shown = self.read("docs/sub/second.md")
        self.assertNotIn("// [", shown)
        self.assertIn("```cpp\n#include <iostream>\n\nstruct point {", shown)

    def test_code_that_is_not_cut(self):
        for language in ("cpp", "c++", "cpp title=x"):
            self.write("README.md", "```%s\nint a;\n```\n" % language)
            self.refuses("README.md:1: a ```%s fence without a mark" % language.split()[0])

    def test_a_mark_away_from_its_fence(self):
        self.replace("docs/index.md", " print -->\n", " print -->\n\n")
        self.refuses("docs/index.md:7: the mark isn't directly above a fence",
                     "docs/index.md:9: a ```cpp fence without a mark")

    def test_a_mark_above_another_language(self):
        self.replace("docs/index.md", "```text", "```sh")
        self.refuses("docs/index.md:19: the mark isn't directly above a ```text fence")

    def test_a_misspelt_mark(self):
        self.replace("docs/index.md", "<!-- output:", "<!-- output ")
        self.refuses("docs/index.md:19: isn't a mark as docs.py knows it")

    def test_marks_that_name_what_is_not_there(self):
        for old, new, words in ((" type print", " type pint", "docs/src/a/print.cpp has no region [pint]"),
                                ("cut: docs/src/a/print.cpp", "cut: docs/src/b.cpp", "there is no file docs/src/b.cpp"),
                                ("cut: docs/", "cut: /docs/", "there is no file /docs/src/a/print.cpp"),
                                ("print.cpp 2", "print.cpp 2-3", "has 2 lines, not those of \"2-3\""),
                                ("print.cpp 2", "print.cpp two", "not those of \"two\"")):
            self.write("docs/index.md", PAGE.replace(old, new))
            self.refuses(words)

    def test_regions_that_do_not_match(self):
        for old, new, words in (("// [/type]\n", "", "closes [all], which isn't the region that was opened last"),
                                ("// [/all]\n", "", "[all] is never closed"),
                                ("// [print]", "// [type]", "opens [type] a second time")):
            self.write("docs/src/a/print.cpp", PROGRAM.replace(old, new))
            said = self.tool("docs.py", "--check", fails=True)
            self.assertIn(words, said)

    def test_an_empty_region(self):
        self.replace("docs/src/a/print.cpp", "// [/type]", "// [/type]\n// [void]\n// [/void]")
        self.replace("docs/index.md", " type print", " void")
        self.refuses("docs/src/a/print.cpp: region [void] is empty")

    def test_a_fence_that_is_not_closed(self):
        self.write("README.md", "```sh\nls\n")
        self.refuses("README.md:1: the fence isn't closed")

    def test_figures(self):
        self.write("results.md", "| what | quipu | beside |\n|---|---|---|\n| append | 2 M/s | LMDB, 10 a time 3; LMDB 1 M/s; A, covering 7 |\n"
                                 "| twice | 1 | |\n| twice | 2 | |\n")
        table = ("<!-- figures: results.md -->\n| what | us | LMDB | SQLite | A |\n|---|---|---|---|---|\n"
                 "| Writing <!-- append --> | %s |\n")
        self.write("README.md", table % "old | |")
        self.refuses("README.md:4: isn't what results.md says")
        self.tool("docs.py", "--write")
        self.assertEqual(self.read("README.md"), table % "2 M/s | 1 M/s | \u2013 | 7 (covering)")
        for old, new, words in (("<!-- append -->", "", "\"Writing\" doesn't say which row of results.md it is"),
                                ("<!-- append -->", "<!-- gone -->", "results.md has no row \"gone\""),
                                ("<!-- append -->", "<!-- twice -->", "results.md has more than one row \"twice\""),
                                ("results.md -->", "gone.md -->", "there is no file gone.md"),
                                ("results.md -->\n", "results.md -->\n\n", "isn't directly above a table"),
                                ("figures:", "figures", "isn't a mark as docs.py knows it")):
            self.write("README.md", (table % "2 M/s | 1 M/s | \u2013 | 7 (covering)").replace(old, new))
            self.refuses(words)

    def test_counts(self):
        for number in range(5):
            self.write("tests/a/%d_test.cpp" % number, "TEST_CASE(1)\n  TEST_CASE(no)\nTEST_CASE(2)\n")
        text = "More than %d <!-- files tests/*/*_test.cpp --> files with more than %d <!-- tests/*/*_test.cpp: TEST_CASE -->\n"
        self.write("README.md", text % (4, 9))
        self.tool("docs.py", "--check")
        self.write("README.md", text % (5, 5))
        self.refuses("README.md:1: says more than 5 of \"files tests/*/*_test.cpp\"; there are 5",
                     "README.md:1: says more than 5 of \"tests/*/*_test.cpp: TEST_CASE\"; there are 10")

    def test_programs(self):
        self.write("docs/src/a/lost.cpp", "int main() {}\n")
        self.write("docs/src/deep/er/b.cpp", source_tree.LICENCE)
        self.write("docs/src/deep/er/b.output", "")
        self.write("docs/src/a/alone.output", "")
        self.refuses("docs/src/a/lost.cpp: its first line isn't the licence", "docs/src/a/lost.cpp: has no lost.output",
                     "docs/src/deep/er/b.cpp: isn't docs/src/SECTION/NAME.cpp",
                     "docs/src/a/alone.output: has no program beside it")

    def test_links(self):
        self.append("docs/index.md", "\n[a](gone.md) [b](sub/second.md#gone) [c](#gone) [d](/index.md)\n[e\nf](../../x.md)\n"
                                     "\n<img src=\"gone.svg\">\n\n[g]: gone.txt\n\n[h](https://example.org/gone)\n")
        self.refuses("docs/index.md:28: links to gone.md, which isn't there", "sub/second.md has no such heading",
                     "links to #gone; docs/index.md has no such heading", "links to /index.md",
                     "docs/index.md:29: links to ../../x.md, which isn't there", "links to gone.svg", "links to gone.txt")

    def test_headings_that_have_two_anchors(self):
        self.append("docs/sub/second.md", "\n## One - two\n")
        for anchor in ("one-two", "one---two"):
            self.write("README.md", "[a](docs/sub/second.md#%s)\n" % anchor)
            self.refuses("README.md:1: links to docs/sub/second.md#%s; the site and Git's" % anchor)

    def test_a_page_that_the_site_leaves_out(self):
        self.write("docs/howto/third.md", "# Third\n")
        self.write("docs/decisions/0001-a.md", "# 1. A decision\n")
        self.refuses("docs/howto/third.md: mkdocs.yml doesn't list it")


class Site(source_tree.SourceTree):
    def setUp(self):
        super().setUp()
        self.write("site/index.html", '<a href="a/b.html#place">b</a> <a href="https://example.org">out</a>'
                                      '<link rel="stylesheet" href="s.css"><link rel="canonical" href="https://a.org">')
        self.write("site/a/b.html", '<p id="place"></p><a href="../index.html">up</a><a href="#">top</a>'
                                    '<img src="data:image/svg+xml,x">')
        self.write("site/s.css", "a { background: url(data:image/x) }")

    def check(self, fails):
        return self.tool("docs.py", "--site", str(self.root / "site"), fails=fails)

    def test_right(self):
        self.assertIn("2 pages load nothing from elsewhere", self.check(False))

    def test_no_pages(self):
        shutil.rmtree(self.root / "site")
        (self.root / "site").mkdir()
        self.assertIn("there are no pages", self.check(True))

    def test_assets_from_elsewhere(self):
        for element in ('<script src="https://e.org/x.js"></script>', '<link rel="stylesheet" href="//e.org/x.css">',
                        '<link rel="preconnect" href="https://e.org">', '<img src="http://e.org/x.png">',
                        '<style>@import "https://e.org/x.css";</style>', '<p style="background: url(https://e.org/x)">',
                        '<iframe src="https://e.org"></iframe>', '<pre class="mermaid">'):
            self.write("site/c.html", element)
            self.assertIn("from elsewhere", self.check(True), element)
        self.write("site/c.html", "")
        self.append("site/s.css", "@font-face { src: url('https://e.org/f.woff2') }")
        self.assertIn("s.css: loads https://e.org/f.woff2 from elsewhere", self.check(True))

    def test_dead_links(self):
        self.write("site/c.html", '<a href="gone.html">a</a><a href="a/b.html#gone">b</a><img src="gone.png">')
        said = self.check(True)
        for words in ("c.html: links to gone.html, which isn't there", "c.html: links to a/b.html#gone; there is no such",
                      "c.html: <img> loads gone.png, which isn't there"):
            self.assertIn(words, said)


class Stage(Tree):
    """What the site is built from; that it builds is tried by tools/run docs."""

    def setUp(self):
        super().setUp()
        self.write("docs/decisions/0001-a.md", "# 1. A decision\n\n[First](../index.md)\n")
        self.append("docs/index.md", "\n[why](decisions) [it](decisions/0001-a.md) [readme](../README.md)\n"
                    "[second.md](sub/second.md) `[second.md](sub/second.md)`\n")

    def test_right(self):
        self.tool("docs.py", "--stage", str(self.root / "out"))
        page = self.read("out/index.md")
        self.assertNotIn("<!--", page)
        self.assertIn("[why](decisions/all.md) [it](decisions/0001-a.md) [readme](repository/README.md)", page)
        self.assertIn("[Second](sub/second.md) `[second.md](sub/second.md)`", page)
        self.assertIn("(repository/docs/src/a/print.cpp.md)", page)
        self.assertIn("[The whole program](", page)
        self.assertIn("# [not](a-link.md)", page)
        self.assertIn("struct point {", self.read("out/repository/docs/src/a/print.cpp.md"))
        self.assertIn("[1. A decision](0001-a.md)", self.read("out/decisions/all.md"))
        self.assertIn("[docs](../index.md)", self.read("out/repository/README.md"))

    @unittest.skipUnless(shutil.which("dot"), "Graphviz isn't here")
    def test_pictures_are_drawn_in_the_colours_of_the_page(self):
        self.write("docs/pictures/p.dot", "digraph { a -> b }\n")
        self.append("docs/index.md", "\n[Two \"boxes\"](pictures/p.dot)\n\nand [its source](pictures/p.dot).\n")
        self.tool("docs.py", "--stage", str(self.root / "out"))
        page = self.read("out/index.md")
        self.assertIn('<figure class="picture"><svg role="img" aria-label="Two &quot;boxes&quot;" style="width: ', page)
        self.assertIn('stroke="currentColor"', page)
        self.assertNotIn("black", page)
        self.assertIn("and [its source](repository/docs/pictures/p.dot.md).", page)

    def test_search_has_its_index_as_a_script(self):
        self.write("site/search/search_index.json", '{"docs": []}')
        hooks.on_post_build({"site_dir": str(self.root / "site")})
        self.assertEqual(self.read("site/search/search_index.js"), 'window.search_index = {"docs": []};\n')


if __name__ == "__main__":
    unittest.main()
