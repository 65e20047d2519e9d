#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# packaging_test.py: the recipes of packages fit the library: its version, its options, what it installs; and the page
# about packages shows what is tested.
import ast
import json
import pathlib
import re
import subprocess
import tarfile
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PACKAGING = ROOT / "packaging"


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def version():
    return ".".join(re.findall(r"#define QUIPU_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", read("include/quipu/version.hpp")))


class Packaging(unittest.TestCase):
    def test_each_names_this_version(self):
        self.assertEqual(json.loads(read("packaging/vcpkg/ports/quipu/vcpkg.json"))["version-semver"], version())
        self.assertTrue(read("packaging/debian/changelog").startswith("quipu (%s-" % version()))
        self.assertIn("## %s" % version(), read("CHANGELOG.md"))
        self.assertIn("GIT_TAG v%s" % version(), read("docs/reference/packages.md"))

    def test_options_that_are_set_exist(self):
        known = set(re.findall(r"option\((QUIPU_\w+)", read("CMakeLists.txt") + read("cmake/tool.cmake")))
        logs = re.findall(r"(?m)^quipu_add_shared_log\((\w+) ", read("cmake/shared_logs.cmake"))
        known |= {"QUIPU_BUILD_" + name.upper() for name in logs}
        for name in ("vcpkg/ports/quipu/portfile.cmake", "debian/rules"):
            named = set(re.findall(r"QUIPU_(?:BUILD_\w+|INSTALL|SINGLE\w+)", read("packaging/" + name)))
            self.assertEqual(named - known, set(), name)
            self.assertNotEqual(named, set(), name)

    def test_conan_recipes_are_python(self):
        for path in PACKAGING.glob("conan/**/conanfile.py"):
            ast.parse(path.read_text(encoding="utf-8"))

    def test_vcpkg_functions_have_stand_ins(self):
        called = set(re.findall(r"(?m)^ *(vcpkg_\w+)\(", read("packaging/vcpkg/ports/quipu/portfile.cmake")))
        defined = set(re.findall(r"function\((vcpkg_\w+)\)", read("tests/package/recipes/vcpkg.cmake")))
        self.assertEqual(called, defined)

    def test_the_page_shows_what_is_tested(self):
        test = read("tests/package/fetch_content/CMakeLists.txt")
        paste = re.search(r"(?s)# \[paste\]\n(.*?)# \[/paste\]", test).group(1)
        self.assertIn("```cmake\n" + paste.replace("consumer", "program") + "```", read("docs/reference/packages.md"))

    def test_debian_packages_hold_what_is_installed(self):
        installed = read("packaging/debian/libquipu-dev.install") + read("packaging/debian/quipu-tools.install")
        for folder in ("usr/include", "cmake", "pkgconfig", "usr/bin/quipu", "man1", "bash-completion"):
            self.assertIn(folder, installed)
        names = re.findall(r"(?m)^Package: (.*)$", read("packaging/debian/control"))
        self.assertEqual(names, ["libquipu-dev", "quipu-tools"])

    def test_a_release_has_its_files_and_the_same_bytes_again(self):
        if not (ROOT / ".git").exists():
            self.skipTest("not a repository")
        with tempfile.TemporaryDirectory(prefix="quipu_release.") as folder:
            sums = []
            for name in ("first", "second"):
                where = pathlib.Path(folder) / name
                subprocess.run([str(ROOT / "tools/release"), str(where)], check=True, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, timeout=60)
                sums.append((where / "SHA256SUMS").read_text(encoding="utf-8"))
            self.assertEqual(sums[0], sums[1])
            subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], check=True, cwd=where, timeout=60)
            with tarfile.open(where / ("quipu-%s.tar.gz" % version())) as archive:
                names = archive.getnames()
            for name in ("CMakeLists.txt", "LICENSE", "include/quipu/quipu.hpp", "single_include/quipu.hpp"):
                self.assertIn("quipu-%s/%s" % (version(), name), names)
            (where / "stray").write_text("", encoding="utf-8")
            again = subprocess.run([str(ROOT / "tools/release"), str(where)], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=60)
            self.assertNotEqual(again.returncode, 0)


if __name__ == "__main__":
    unittest.main()
