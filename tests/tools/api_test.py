#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# api_test.py: the pages of the API reference have the public names, their comments, and nothing else.
import pathlib
import re
import shutil
import sys
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(REPOSITORY / "tools"))
from documents import api  # noqa: E402

# What users write, by page.
NAMES = {
    "store": "store store_reader store_consumers read_only_store in_memory_store batch ticket outbox visibility_fence "
             "causal_graph",
    "journal": "config append_options receipt expected_version durability conflict_error compaction recovery_report "
               "damage_report",
    "delivery": "cursor named_cursor subscription worker worker_policy read_model watcher parked_event",
    "cache": "projection_cache file_cache memory_cache tiered_cache no_cache",
    "projection": "projection cacheable fold freshness as_of given catalogue cache_key",
    "event": "event_view event_header event_id entity_id event_list any_event",
    "codec": "encode decode schema_of schema_text fingerprint",
    "coordinate": "coordinate region dag_position hybrid_clock",
    "outcome": "outcome outcome_error error_kind zip join_all join_any wait_condition compensation_action",
    "guard": "gate gate_set permit pipeline bypass denial proposal",
    "typestate": "transition state_machine typestate mermaid",
    "hash": "blake3 blake3_keyed digest",
    "core": "errc error event_kind bytes bytes_view",
    "environment": "environment posix_environment memory_environment forwarding_file",
}


class Api(unittest.TestCase):
    def test_each_public_name_has_a_section(self):
        pages = api.pages(REPOSITORY)
        for folder, names in NAMES.items():
            sections = re.findall(r"(?m)^## `(.*)`$", pages["reference/api/%s.md" % folder])
            self.assertEqual([name for name in names.split() if name not in sections], [], folder)

    def test_each_header_that_comes_first_exists(self):
        for folder, _, first in api.PAGES:
            for name in first:
                self.assertTrue((REPOSITORY / "include/quipu" / folder / (name + ".hpp")).exists(), name)

    def test_the_site_lists_each_page(self):
        nav = (REPOSITORY / "mkdocs.yml").read_text(encoding="utf-8")
        for page in api.pages(REPOSITORY):
            self.assertIn(": %s\n" % page, nav)

    def test_nothing_of_the_insides_is_shown(self):
        for page, text in api.pages(REPOSITORY).items():
            for word in ("For the store", "private:", "= delete", "\nfriend ", "\n  friend "):
                self.assertNotIn(word, text, page)
            self.assertEqual(text.count("```") % 2, 0, page)

    def test_a_member_with_its_comment_and_without_its_body(self):
        with tempfile.TemporaryDirectory(prefix="quipu_api.") as folder:
            root = pathlib.Path(folder)
            shutil.copytree(REPOSITORY / "include", root / "include")
            header = root / "include/quipu/coordinate/region.hpp"
            text = header.read_text(encoding="utf-8")
            member = ("\n public:\n  /// Returns the weather. Throws `errc::busy`.\n"
                      "  [[nodiscard]] int weather(int day = {}) const { return day + secret; }\n\n private:\n  int storm() {}\n")
            text = re.sub(r"(?m)^class region \{\n", lambda found: found.group() + member + "\n public:\n", text, count=1)
            header.write_text(text, encoding="utf-8")
            page = api.pages(root)["reference/api/coordinate.md"]
        self.assertIn("### `weather`\n\n```cpp\nint weather(int day = {}) const;\n```\n\nReturns the weather. Throws `errc::busy`.",
                      page)
        self.assertNotIn("storm", page)
        self.assertNotIn("secret", page)

    def test_the_module_exports_each_public_class_and_function(self):
        unit = (REPOSITORY / "src/quipu.cppm").read_text(encoding="utf-8")
        exported = set(re.findall(r"using quipu::(\w+);", unit))
        for text in api.pages(REPOSITORY).values():
            for name in re.findall(r"(?m)^## `(\w+)`$", text):
                self.assertIn(name, exported)


if __name__ == "__main__":
    unittest.main()
