#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# output_test.py: what each command prints, to the byte, 80 columns wide.
import json
import re

import command
from command import SHOP

HEAD = "d0921dcf2163f74612a796b6f8d2de1ef0da0ac37bd2d52f1b39aab1022781fc"


class Looking(command.CommandTest):
    def test_info(self):
        self.expect("info shop", """
            shop    lineage 01a21a3e-b250…  format 1  made 2026-11-26 23:44:06Z  closed
            events  5 (0 dropped, 0 erased)   entities 4   scopes 2   kinds 4
            log     1,472 B, 1 segment      294 B/event  chain unkeyed   cursors 0
            head    d0921dcf2163f746…022781fc
            """)

    def test_info_of_a_long_path_has_a_line_for_it(self):
        _, out, _ = self.run_command("info", self.folder / "shop")
        self.assertEqual(out.split("\n")[0], str(self.folder / "shop"))
        self.assertTrue(out.split("\n")[1].startswith("store   lineage 01a21a3e-b250…"), out)

    def test_head(self):
        self.expect("head shop", HEAD + "\n")

    def test_segments(self):
        self.expect("segments shop", """
            FIRST  EVENTS  DROPPED     SIZE  STATE   INDEX  FILE
                0       5        0  1,472 B  active  none   00000000000000000000.segment
            """)

    def test_kinds_without_and_with_types(self):
        self.expect("kinds shop", """
            KIND    NAME  EVENTS  VERSION  TYPE      SCHEMA
            0x5001             2        1  ordered   {what:str}
            0x5002             1        1  reserved  {pieces:u32}
            0x5003             1        1  paid      {cents:i64}
            0x5004             1        1  shipped   {parcel:str}
            """)
        self.expect("kinds shop", """
            KIND    NAME      EVENTS  VERSION  TYPE      SCHEMA
            0x5001  ordered        2        1  ordered   {what:str}
            0x5002  reserved       1        1  reserved  {pieces:u32}
            0x5003  paid           1        1  paid      {cents:i64}
            0x5004  shipped        1        1  shipped   {parcel:str}
            """, program=SHOP)

    def test_tags(self):
        self.expect("cat tagged --tag customer:ann", """
            SEQ  TIME (UTC)       ENTITY   N  KIND    PAYLOAD
              0  23:44:06.224743  order:1  0  0x5001  {"what":"ink"} [customer:ann, gift]
              1  23:44:06.224743  order:2  0  0x5001  {"what":"paper"} [customer:ann]
            """)
        out = self.run_command("cat", "tagged", "--tag", "customer:ann", "--tag", "gift", "--json")[1]
        self.assertEqual([json.loads(line)["tags"] for line in out.splitlines()], [["customer:ann", "gift"]])
        self.assertIn("\ntags          customer:ann, gift\n", self.run_command("show", "tagged", "0")[1])

    def test_cursors(self):
        self.expect("cursors worked", """
            CURSOR   NEXT  BEHIND  PARKED  COMMITTED (UTC)       REGION
            billing     1       3       0  2026-11-26 23:44:06Z  scope=web
            mail        4       0       1  2026-11-26 23:44:06Z  all
            """)

    def test_parked(self):
        code, out, _ = self.run_command("parked", "worked", "mail")
        self.assertEqual(code, 0)
        # The worker's own clock is the system's.
        self.assertEqual(re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ", "TIME", out), command.without_margin("""
            CURSOR  SEQ  STATE   TRIED  FAILED (UTC)          ERROR
            mail      1  parked      1  TIME  no address
            """))
        self.assertEqual(self.run_command("parked", "worked", "other")[0], 2)

    def test_ls(self):
        self.expect("ls shop", """
            EVENTS  ENTITY
                 2  order:1001
                 1  shelf:candles
                 1  order:1002
                 1  parcel:77
            """)
        self.expect("ls shop order --sort name", """
            EVENTS  ENTITY
                 2  order:1001
                 1  order:1002
            """)
        self.expect("ls shop --sort events --limit 1", """
            EVENTS  ENTITY
                 2  order:1001
            """)

    def test_cat(self):
        self.expect("cat shop --entity order:1001", """
            SEQ  TIME (UTC)       ENTITY      N  KIND     PAYLOAD
              0  23:44:06.224743  order:1001  0  ordered  {"what":"12 candles"}
              2  23:44:06.226203  order:1001  1  paid     {"cents":2400}
            """, program=SHOP)

    def test_cat_selects(self):
        def sequences(*options):
            code, out, errors = self.run_command("cat", "shop", "--json", *options)
            self.assertEqual((code, errors), (0, "" if out else "quipu: no event is selected\n"))
            return [json.loads(line)["sequence"] for line in out.splitlines()]
        self.assertEqual(sequences(), [0, 1, 2, 3, 4])
        self.assertEqual(sequences("--last", "2"), [3, 4])
        self.assertEqual(sequences("--prefix", "order:", "-n", "2"), [2, 3])
        self.assertEqual(sequences("--scope", "warehouse"), [1, 4])
        self.assertEqual(sequences("--kind", "0x5001", "--kind", "0x5003"), [0, 2, 3])
        self.assertEqual(sequences("--name", "0x5003=settled", "--kind", "settled"), [2])
        self.assertEqual(sequences("--kind", "paid", "--kind", "ordered"), [0, 2, 3])
        self.assertEqual(sequences("--from", "1", "--to", "2"), [1, 2])
        self.assertEqual(sequences("--since", "2026-11-26T23:44:07"), [])
        self.assertEqual(sequences("--until", "2026-11-26 23:44:07"), [0, 1, 2, 3, 4])
        self.assertEqual(sequences("--until", "2026-11-26"), [])
        self.assertEqual(sequences("--since", "2026-11-26"), [0, 1, 2, 3, 4])

    def test_show(self):
        self.expect("show shop 2", """
            event 2
            kind          paid (0x5003), version 1
            type          paid
            entity        order:1001, its event 1
            scope         web
            time          2026-11-26 23:44:06.226203 UTC
            id            01a21a3e-b252-70cb-8000-005381f41607
            key           96746a45-550a-8a02-bb5f-5f158bf6a12f
            cause         #0 order:1001 ordered {"what":"12 candles"}
            effect        #4 parcel:77 shipped {"parcel":"77"}
            conversation  01a21a3e-b250-72e7-8000-00e648cbe50e
            hash          45b13c84aca1233a4bd3015609c33bda8ccdbe8dc120f4143a48033150f65f57
            payload       8 B
            {"cents":2400}
            """, program=SHOP)
        by_id = self.run_command("show", "shop", "01a21a3e-b252-70cb-8000-005381f41607", program=SHOP)
        self.assertEqual(by_id, self.run_command("show", "shop", "#2", program=SHOP))

    def test_graph(self):
        self.expect("graph shop 4", """
            #0 ordered order:1001
            ├─ #1 reserved shelf:candles   +0.9 ms
            └─ #2 paid order:1001          +1.5 ms
               └─ #4 shipped parcel:77     +0.7 ms  ◀
            """, program=SHOP)

    def test_graph_in_other_formats(self):
        begins = {"dot": "digraph", "mermaid": "flowchart", "svg": "<svg"}
        for form, begin in begins.items():
            code, out, _ = self.run_command("graph", "shop", "4", "--format", form, program=SHOP)
            self.assertEqual(code, 0)
            self.assertTrue(out.startswith(begin), out)

    def test_stats(self):
        self.expect("stats shop", """
            KIND      EVENTS  PAYLOAD  SHARE
            ordered        2     24 B  ████████ 40%
            paid           1      8 B  ████ 20%
            reserved       1      4 B  ████ 20%
            shipped        1      6 B  ████ 20%
            """, program=SHOP)
        self.expect("stats shop --by day", """
            DAY         EVENTS  PAYLOAD  SHARE
            2026-11-26       5     42 B  ████████████████████ 100%
            """)
        self.expect("stats shop --by entity --limit 1", """
            ENTITY      EVENTS  PAYLOAD  SHARE
            order:1001       2     22 B  ████████ 40%
            3 more; --limit shows them
            """)

    def test_state_and_history(self):
        self.expect("state shop order:1001", """
            order after 2 events
            {"what":"12 candles","paid_cents":2400,"payments":[2400]}
            """, program=SHOP)
        self.expect("state shop order:1001 --at 0", """
            order after 1 event
            {"what":"12 candles","paid_cents":0,"payments":[]}
            """, program=SHOP)
        self.expect("history shop order:1001", """
            #0 order:1001 ordered {"what":"12 candles"}
               order.what: "" → "12 candles"
            #2 order:1001 paid {"cents":2400}
               order.paid_cents: 0 → 2400
               order.payments[0]: added 2400
            """, program=SHOP)

    def test_verify(self):
        self.expect("verify shop", "sound: shop: 5 events (0 dropped, 0 erased)\nhead %s\n" % HEAD)
        self.expect("verify shop --expect-head " + HEAD, "sound: shop: 5 events (0 dropped, 0 erased)\nhead %s\n" % HEAD)

    def test_diff(self):
        self.expect("diff shop backup", """
            same lineage, identical through #2 (45b13c84…)
            - #3 order:1002 ordered {"what":"a lamp"}
            - #4 parcel:77 shipped {"parcel":"77"}
            backup is a prefix of shop, 2 events behind
            """, code=1, program=SHOP)
        self.expect("diff shop shop", "same lineage\nshop and shop have the same 5 events\n")

    def test_cache(self):
        code, out, errors = self.run_command("cache", "ls", "cache")
        self.assertEqual((code, errors), (0, ""))
        # The fingerprint is the library's; its value is no matter of the command.
        self.assertEqual(re.sub(r"[0-9a-f]{16}", "FINGERPRINT.....", out), command.without_margin("""
            ENTITY      STATE             EVENTS  SIZE  CACHED (UTC)
            order:1001  FINGERPRINT.....       2  98 B  2026-11-26 23:44:06Z
            order:1002  FINGERPRINT.....       1  86 B  2026-11-26 23:44:06Z
            """))
        self.expect("cache verify cache", "2 entries sound, 0 damaged\n")
        self.expect("cache rm cache order:1001", "removed 1 entry\n")
        self.expect("cache rm cache --all", "removed 1 entry\n")
        self.assertEqual(self.run_command("cache", "rm", "cache")[0], 2)
        self.assertEqual(self.run_command("cache", "ls", "missing")[0], 2)
        self.assertFalse((self.folder / "missing").exists())


class Shape(command.CommandTest):
    def test_a_narrow_line_is_cut_and_a_pipe_is_not(self):
        _, narrow, _ = self.run_command("cat", "shop", "--last", "1", "--width", "60")
        self.assertEqual(narrow.splitlines()[1], '  4  23:44:06.226903  parcel:77  0  0x5004  {"parcel":"77"}')
        _, narrower, _ = self.run_command("cat", "shop", "--last", "1", "--width", "53")
        self.assertEqual(narrower.splitlines()[1], '  4  23:44:06.226903  parcel:77  0  0x5004  {"parcel…')
        _, free, _ = self.run_command("cat", "shop", environment={"COLUMNS": ""})
        self.assertNotIn("…", free)

    def test_colours_are_asked_for_or_need_a_terminal(self):
        self.assertNotIn("\x1b", self.run_command("cat", "shop")[1])
        self.assertIn("\x1b[1morder:1001", self.run_command("cat", "shop", "--color", "always")[1])

    def test_stored_text_cannot_control_the_terminal(self):
        code, _, errors = self.run_command("import", "-", "evil", input=self.evil_event())
        self.assertEqual((code, errors), (0, ""))
        for arguments in (["ls"], ["cat"], ["show"], ["stats", "--by", "entity"], ["graph"]):
            event = ["0"] if arguments[0] in ("show", "graph") else []
            _, out, _ = self.run_command(arguments[0], "evil", *event, *arguments[1:])
            self.assertNotIn("\x1b", out)
            self.assertIn("\\x1b[31m", out)

    def evil_event(self):
        _, line, _ = self.run_command("export", "shop", "--to", "0")
        return line.replace('"entity":"order:1001"', '"entity":"\\u001b[31mred"')


command.main()
