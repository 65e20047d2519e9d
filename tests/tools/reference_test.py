#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# reference_test.py: the reference pages fit the sources, and tools/reference.py notices each fault that it is there for.
import pathlib
import shutil
import sys
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(REPOSITORY / "tools"))
import reference  # noqa: E402

COPIED = ("docs", "include", "tests/compile_fail")


class Reference(unittest.TestCase):
    """Each test plants one fault in a copy of what the pages are about."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="quipu_reference.")
        cls.root = pathlib.Path(cls.folder.name)
        for name in COPIED:
            shutil.copytree(REPOSITORY / name, cls.root / name)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def notices(self, path, old, new, *words):
        """Replaces text of a file, checks that each of the words is reported, and puts the file back."""
        file = self.root / path
        right = file.read_text(encoding="utf-8")
        self.assertIn(old, right, path)
        file.write_text(right.replace(old, new, 1), encoding="utf-8")
        try:
            said = "\n".join(reference.check(self.root))
        finally:
            file.write_text(right, encoding="utf-8")
        for each in words:
            self.assertIn(each, said)

    def test_the_repository_is_right(self):
        self.assertEqual(reference.check(REPOSITORY), [])

    def test_a_code_without_a_section(self):
        self.notices("include/quipu/core/error.hpp", "  busy = 23, ", "  busy = 23,  ///< x\n  tired = 24, ",
                     "has no section `## tired`", "docs/src/errors/tired.cpp: is missing")

    def test_a_section_without_a_code(self):
        self.notices("docs/reference/errors.md", "## closed\n\nNumber 19.", "## shut\n\nNumber 19.",
                     "has no section `## closed`", "shut isn't a code of errc")

    def test_a_wrong_number(self):
        self.notices("docs/reference/errors.md", "Number 19.", "Number 18.", "the number of closed is 19")

    def test_a_code_without_its_program(self):
        self.notices("docs/reference/errors.md", "cut: docs/src/errors/closed.cpp", "cut: docs/src/errors/busy.cpp",
                     "doesn't have <!-- cut: docs/src/errors/closed.cpp -->")
        self.notices("docs/src/errors/closed.output", "quipu: closed: ", "quipu: busy: ", "doesn't say `quipu: closed: `")

    def test_a_kind_that_changed(self):
        self.notices("include/quipu/outcome/outcome_error.hpp", "case errc::not_found:\n      return error_kind::not_found",
                     "case errc::not_found:\n      return error_kind::storage", "docs/reference/errors.md: isn't what")

    def test_a_retry_that_changed(self):
        self.notices("include/quipu/impl/outcome/outcome_error.ipp", " || code == errc::locked", "",
                     "docs/reference/errors.md: isn't what")

    def test_a_case_that_changed(self):
        self.notices("tests/compile_fail/projection_missing_handler.cpp", "e) { cents -= e.cents; }",
                     "e) { cents = -e.cents; }", "docs/reference/compile-errors/projection.md: isn't what")
        self.notices("tests/compile_fail/projection_missing_handler.cpp", "// expect: a_projection_needs",
                     "// expect: any_projection_needs", "docs/reference/compile-errors.md: isn't what")

    def test_a_sentence_that_is_not_listed(self):
        self.notices("include/quipu/codec/detail/refusals.hpp", "namespace quipu {\n",
                     "namespace quipu {\ntemplate <class T>\nstruct a_thing_of_this_weight_has_no_encoding;\n",
                     "lacks the sentence of quipu/codec/detail/refusals.hpp: a_thing_of_this_weight_has_no_encoding")
        self.notices("include/quipu/outcome/outcome.hpp", '"outcome<const T>: ', '"outcome<volatile T>: ',
                     "lacks the sentence of quipu/outcome/outcome.hpp: outcome<volatile T>")
        self.notices("docs/reference/compile-errors.md", "- `quipu needs a ", "- `quipu wants a ",
                     "lacks the sentence of quipu/core/byte_io.hpp: quipu needs a ")

    def test_a_page_without_cases(self):
        page = self.root / "docs/reference/compile-errors/weather.md"
        page.write_text("# Weather\n", encoding="utf-8")
        said = reference.check(self.root)
        page.unlink()
        self.assertEqual(said, ["docs/reference/compile-errors/weather.md: has no case in tests/compile_fail"])

    def test_a_generated_part_of_another_name(self):
        self.notices("docs/reference/errors.md", "<!-- made: error_table -->", "<!-- made: error_tables -->",
                     "nothing is called error_tables")

    def test_an_option_without_a_row(self):
        self.notices("include/quipu/journal/config.hpp", "  bool chain{true};", "  bool chain{true};\n  int weather{3};",
                     "config.weather has no row")
        self.notices("include/quipu/journal/config.hpp", "    double retry_above", "    int sun{3};\n    double retry_above",
                     "config.writer.sun has no row")

    def test_a_row_without_an_option(self):
        self.notices("docs/reference/config.md", "| `chain` |", "| `rope` |", "config.rope isn't a member",
                     "config.chain has no row")

    def test_a_default_that_changed(self):
        self.notices("include/quipu/journal/config.hpp", "payload_max_bytes{std::uint64_t{16} << 20}",
                     "payload_max_bytes{std::uint64_t{8} << 20}", "config.payload_max_bytes: the default is 8388608")
        self.notices("include/quipu/journal/config.hpp", "mode{sync_mode::durable}", "mode{sync_mode::buffered}",
                     "config.sync.mode: the default is sync_mode::buffered")
        self.notices("include/quipu/delivery/worker_policy.hpp", "parked_limit = 1024", "parked_limit = 2048",
                     "worker_policy.parked_limit: the default is 2048")

    def test_a_range_that_changed(self):
        self.notices("include/quipu/impl/journal/config.ipp", "batch.max_size, 1, 1'000'000", "batch.max_size, 1, 2'000'000",
                     "config.batch.max_size: the range is 1 to 2000000")

    def test_an_enumerator_that_is_not_mentioned(self):
        self.notices("include/quipu/journal/config.hpp", "sync_mode : std::uint8_t { durable, buffered }",
                     "sync_mode : std::uint8_t { durable, buffered, hasty }", "config.sync.mode: `hasty` isn't mentioned")

    def test_a_limit_that_changed(self):
        self.notices("include/quipu/coordinate/coordinate.hpp", "max_part_bytes = 1024", "max_part_bytes = 512",
                     "coordinate::max_part_bytes is 512")
        self.notices("docs/reference/limits.md", "`coordinate::max_part_bytes` in", "`coordinate::part_max` in",
                     "has no coordinate::part_max")

    def test_a_member_without_a_comment(self):
        self.notices("include/quipu/store/store.hpp", "  void sync();", "\n  void flow();\n  void sync();",
                     "store::flow: has no comment")

    def test_a_comment_without_errors_or_a_result(self):
        self.notices("include/quipu/store/store.hpp", "  void sync();",
                     "\n  /// Flows like water.\n  int flow();\n  void sync();", "store::flow: its comment names no error",
                     "store::flow: its comment doesn't say what it returns")


if __name__ == "__main__":
    unittest.main()
