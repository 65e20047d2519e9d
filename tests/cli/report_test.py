#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# report_test.py: the page that `quipu report` writes: it is well-formed, needs nothing from elsewhere, and has the
# numbers of each picture in a table.
import json
import pathlib
import sys

import command
from command import SHOP

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from html_page import Page, faults_of  # noqa: E402


class Report(command.CommandTest):
    def page_of(self, store, program=SHOP, code=0):
        found = self.run_command("report", store, "-o", "page.html", program=program)
        self.assertEqual(found[0], code, found)
        self.text = (self.folder / "page.html").read_text(encoding="utf-8")
        return Page(self.text)

    def test_it_has_pictures_and_their_numbers(self):
        page = self.page_of("shop")
        self.assertEqual(page.headings, ["Events over time", "Hours of the week", "Busiest entities", "Largest entities",
                                         "State machine lifecycle", "A conversation", "order, step by step", "The bytes of the log"])
        for cell in ("ordered", "40.0 %", "order:1001", "22 B", "24 B", "00000000000000000000.segment", "1,472 B"):
            self.assertIn(cell, page.cells)
        self.assertIn('.paid_cents: 0 → 2400.payments[0]: added 2400the state after it'
                      '{"what":"12 candles","paid_cents":2400,"payments":[2400]}\n', page.cells)
        self.assertGreaterEqual(self.text.count("<svg"), 10)

    def test_it_needs_nothing_from_elsewhere_and_has_its_colours(self):
        self.assertEqual(faults_of(self.page_of("shop")), [])

    def test_a_state_machine_has_how_often_each_transition_was_taken(self):
        page = self.page_of("shop")
        for row in (["is_new → is_ordered by ordered", "2", "66.7 %"], ["is_ordered → is_paid by paid", "1", "33.3 %"],
                    ["is_paid → is_shipped by shipped", "0", "0.0 %"], ["is_paid → is_paid by paid", "0", "0.0 %"]):
            self.assertIn(row + [""], page.rows)
        for row in (["is_new", "1"], ["is_ordered", "1"], ["is_paid", "1"], ["is_shipped", "0"]):
            self.assertIn(row, page.rows)
        # The parcel was shipped, and was no order.
        self.assertIn("1 event was illegal in the state of its entity.", self.text)
        self.assertIn("ordered: 2 times", page.titles)

    def test_without_types_there_is_no_state_machine(self):
        self.assertNotIn("State machine", "".join(self.page_of("shop", program=command.QUIPU).headings))

    def test_consumers(self):
        page = self.page_of("worked")
        self.assertIn("Consumers", page.headings)
        self.assertIn("billing", page.cells)

    def test_stored_text_is_text(self):
        _, line, _ = self.run_command("export", "shop", "--to", "0")
        line = line.replace('"entity":"order:1001"', '"entity":"<script>alert(1)</script>\\u001b"')
        self.assertEqual(self.run_command("import", "-", "evil", input=line)[0], 0)
        page = self.page_of("evil")
        self.assertNotIn("<script", self.text)
        self.assertNotIn("\x1b", self.text)
        self.assertIn("<script>alert(1)</script>\\x1b", page.cells)

    def test_a_damaged_store_is_reported_as_far_as_it_is_sound(self):
        path = self.folder / "shop" / "00000000000000000000.segment"
        path.write_bytes(path.read_bytes().replace(b"12 candles", b"13 candles"))
        self.page_of("shop", code=1)
        self.assertIn("the frames are damaged", self.text)
        self.assertIn("<b>4</b><span>events</span>", self.text)

    def test_what_it_says(self):
        self.expect("report shop -o page.html", "wrote a report of 5 events to page.html\n")
        told = json.loads(self.run_command("report", "shop", "-o", "page.html", "--json")[1])
        self.assertEqual(told["data"], {"file": "page.html", "events": 5})
        code, _, errors = self.run_command("report", "shop", "-o", "missing/page.html")
        self.assertEqual((code, errors), (2, "quipu: cannot write missing/page.html\n"))


command.main()
