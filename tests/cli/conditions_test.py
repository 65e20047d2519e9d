#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# conditions_test.py: the command on stores that are in use, damaged, large, keyed or missing; its exit codes; and what it
# leaves alone.
import json
import os
import pathlib
import re
import subprocess
import time

import command
from command import SHOP

SEGMENT = "00000000000000000000.segment"
READING = [["info", "shop"], ["head", "shop"], ["segments", "shop"], ["kinds", "shop"], ["cursors", "shop"],
           ["parked", "shop"], ["ls", "shop"], ["cat", "shop"], ["show", "shop", "1"], ["graph", "shop", "1"],
           ["stats", "shop"], ["verify", "shop"], ["diff", "shop", "backup"], ["export", "shop"],
           ["compact", "shop", "--dry-run"], ["state", "shop", "order:1001"], ["history", "shop", "order:1001"]]


class Damage(command.CommandTest):
    """The first event's payload is altered."""

    DAMAGE = "damaged: shop/%s at offset 288, 104 B, 1 event missing: the frames are damaged" % SEGMENT

    def setUp(self):
        super().setUp()
        self.segment = self.folder / "shop" / SEGMENT
        content = self.segment.read_bytes()
        self.segment.write_bytes(content.replace(b"12 candles", b"13 candles"))

    def test_each_command_says_what_is_wrong_and_shows_the_rest(self):
        for arguments in READING:
            with self.subTest(arguments):
                code, out, errors = self.run_command(*arguments, program=SHOP)
                self.assertEqual(code, 1)
                self.assertIn("quipu: " + self.DAMAGE, errors)
                if arguments[0] not in ("cursors", "parked", "compact"):
                    self.assertNotEqual(out, "")

    def test_cat_shows_the_sound_events(self):
        self.expect("cat shop", """
            SEQ  TIME (UTC)       ENTITY         N  KIND      PAYLOAD
              1  23:44:06.225643  shelf:candles  0  reserved  {"pieces":12}
              2  23:44:06.226203  order:1001     1  paid      {"cents":2400}
              3  23:44:06.226500  order:1002     0  ordered   {"what":"a lamp"}
              4  23:44:06.226903  parcel:77      0  shipped   {"parcel":"77"}
            """, code=1, program=SHOP, errors="quipu: %s\n" % self.DAMAGE)

    def test_info_and_verify_tell_it_as_their_answer(self):
        self.assertIn("head    unknown, because the log is damaged\ndamage  shop/", self.run_command("info", "shop")[1])
        self.assertEqual(self.run_command("verify", "shop")[1], "damaged: shop: 4 events can still be read\n")
        told = json.loads(self.run_command("verify", "shop", "--json")[1])
        self.assertEqual(told, {"version": 1, "command": "verify", "status": "fail", "diagnostics": [self.DAMAGE],
                                "data": {"sound": False, "readable_events": 4, "head": None}})

    def test_nothing_is_changed_or_copied(self):
        before = self.segment.read_bytes()
        for arguments in (["snapshot", "shop", "copy"], ["compact", "shop"]):
            self.assertEqual(self.run_command(*arguments)[0], 1)
        self.assertFalse((self.folder / "copy").exists())
        self.assertEqual(self.segment.read_bytes(), before)

    def test_salvage_copies_what_is_sound(self):
        code, out, _ = self.run_command("salvage", "shop", "rest")
        self.assertEqual((code, out), (1, "copied 4 sound events to rest, with new numbers, ids and hashes\n"))
        self.expect("cat rest", """
            SEQ  TIME (UTC)       ENTITY         N  KIND      PAYLOAD
              0  23:44:06.225643  shelf:candles  0  reserved  {"pieces":12}
              1  23:44:06.226203  order:1001     0  paid      {"cents":2400}
              2  23:44:06.226500  order:1002     0  ordered   {"what":"a lamp"}
              3  23:44:06.226903  parcel:77      0  shipped   {"parcel":"77"}
            """, program=SHOP)
        self.assertEqual(self.run_command("graph", "rest", "3")[1].count("─ #3"), 1)  # its cause is found again
        self.assertEqual(self.run_command("salvage", "shop", "rest")[0], 2)

    def test_damage_that_shows_only_when_it_is_read(self):
        # With index files the log opens; the damage is found in the middle of a listing.
        subprocess.run([SHOP, "many", self.folder, "400000"], check=True)
        segments = sorted((self.folder / "many").glob("*.segment"))
        self.assertGreater(len(segments), 1)
        with open(segments[0], "r+b") as file:
            file.seek(1 << 20)
            file.write(b"damage!!")
        code, out, errors = self.run_command("cat", "many", "--json")
        self.assertEqual(code, 1)
        sequences = [json.loads(line)["sequence"] for line in out.splitlines()]
        self.assertEqual(sequences, sorted(set(sequences)))
        self.assertEqual((sequences[0], sequences[-1]), (0, 399999))
        self.assertIn(len(sequences), (399998, 399999))
        self.assertIn("damaged: many/%s at offset " % segments[0].name, errors)
        code, out, errors = self.run_command("verify", "many")
        self.assertEqual(code, 1)

    def test_a_damaged_cursor_is_told_and_the_others_are_listed(self):
        path = self.folder / "worked" / "billing.cursor"
        path.write_bytes(path.read_bytes()[:-1])
        code, out, errors = self.run_command("cursors", "worked")
        self.assertEqual(code, 1)
        self.assertIn("mail", out)
        self.assertNotIn("billing", out)
        self.assertIn("worked/billing.cursor", errors)

    def test_a_damaged_cache_entry_is_told(self):
        entry = sorted((self.folder / "cache").rglob("*.bin"))[0]
        entry.write_bytes(entry.read_bytes()[:-1] + b"x")
        code, out, errors = self.run_command("cache", "verify", "cache")
        self.assertEqual((code, out), (1, "1 entry sound, 1 damaged\n"))
        self.assertIn(entry.name, errors)
        self.assertEqual(len(self.run_command("cache", "ls", "cache")[1].splitlines()), 2)

    def test_a_payload_that_is_not_of_its_schema(self):
        subprocess.run([SHOP, "odd", self.folder], check=True)
        code, out, errors = self.run_command("cat", "odd")
        self.assertEqual(code, 1)
        self.assertIn("0xff000000", out)
        self.assertIn("event 0 is not of its schema", errors)
        # It can be salvaged, and not be imported.
        self.assertEqual(self.run_command("salvage", "odd", "rest")[0], 0)
        self.assertIn("0xff000000", self.run_command("cat", "rest")[1])
        _, line, _ = self.run_command("export", "odd")
        code, _, errors = self.run_command("import", "-", "new", input=line)
        self.assertEqual(code, 2)
        self.assertIn("line 1: decode_failed: a payload that doesn't match its schema", errors)


class Live(command.CommandTest):
    def test_a_store_that_is_written_meanwhile(self):
        writer = subprocess.Popen([SHOP, "live", self.folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(writer.wait)
        self.addCleanup(writer.stdout.close)
        self.addCleanup(writer.stdin.close)

        def append(text):
            writer.stdin.write(text + "\n")
            writer.stdin.flush()
            self.assertEqual(writer.stdout.readline(), text + "\n")

        append("1")
        self.assertIn("not closed", self.run_command("info", "live")[1])
        self.assertEqual(self.run_command("verify", "live")[0], 0)
        follower = self.start("cat", "live", "-f", "--json")
        self.addCleanup(follower.stderr.close)
        self.addCleanup(follower.stdout.close)
        self.assertEqual(json.loads(follower.stdout.readline())["entity"], "order:1")
        append("2")
        self.assertEqual(json.loads(follower.stdout.readline())["entity"], "order:2")
        follower.terminate()
        follower.wait(10)
        append("3")
        self.assertEqual(len(self.run_command("cat", "live", "--json")[1].splitlines()), 3)
        # What writes needs the lock.
        code, _, errors = self.run_command("compact", "live")
        self.assertEqual(code, 2)
        self.assertIn("locked", errors)


class Large(command.CommandTest):
    """Fewer events than the promise is about, so that the test is short; the limits are those of the promise."""

    EVENTS = 1_000_000

    def test_the_first_line_comes_at_once_and_memory_stays_flat(self):
        subprocess.run([SHOP, "many", self.folder, str(self.EVENTS)], check=True)
        for arguments in (["info", "many"], ["segments", "many"], ["ls", "many"], ["cat", "many"], ["cat", "many", "--json"]):
            with self.subTest(arguments):
                seconds = min(self.first_line_after(arguments) for _ in range(3))
                self.assertLess(seconds, 0.1)
        for arguments in (["ls", "many"], ["cat", "many"], ["verify", "many"], ["stats", "many"]):
            with self.subTest(arguments):
                self.assertLess(self.peak_of(arguments), 96 << 10)

    def first_line_after(self, arguments):
        begun = time.monotonic()
        process = self.start(*arguments)
        process.stdout.readline()
        seconds = time.monotonic() - begun
        process.stdout.close()
        process.stderr.close()
        process.wait()
        return seconds

    def peak_of(self, arguments):
        """The most memory that the process had, in KiB, as the system tells it while it runs."""
        process = self.start(*arguments, stdout=subprocess.DEVNULL)
        process.stderr.close()
        peak = 0
        while process.poll() is None:
            status = pathlib.Path("/proc/%d/status" % process.pid).read_text()
            found = re.search(r"VmHWM:\s+(\d+)", status)
            peak = max(peak, int(found[1]) if found else 0)
            time.sleep(0.01)
        self.assertEqual(process.returncode, 0)
        return peak


class ExitCodes(command.CommandTest):
    def test_wrong_usage(self):
        for arguments in ([], ["nope"], ["cat"], ["cat", "shop", "--by"], ["graph", "shop", "4", "--format", "png"]):
            code = self.run_command(*arguments)[0]
            self.assertEqual(code, 2 if arguments else 0, arguments)
        for arguments in (["show", "shop", "9"], ["show", "shop", "x"], ["cat", "shop", "--kind", "unpaid"],
                          ["cat", "shop", "--since", "soon"], ["state", "shop", "order:1001"], ["compact", "shop", "--drop"],
                          ["compact", "shop", "--entity", "order:1001"], ["verify", "shop", "--expect-head", "12"],
                          ["cat", "shop", "--name", "paid"]):
            code, out, errors = self.run_command(*arguments)
            self.assertEqual((code, out), (2, ""), arguments)
            self.assertTrue(errors.startswith("quipu: ") and errors.count("\n") == 1, errors)

    def test_no_store(self):
        (self.folder / "empty").mkdir()
        for place in ("missing", "empty"):
            self.assertEqual(self.run_command("info", place),
                             (2, "", "quipu: %s: there is no store in this directory\n" % place))
            self.assertEqual(self.run_command("compact", place)[0], 2)
        self.assertFalse((self.folder / "missing").exists())
        self.assertEqual(list((self.folder / "empty").iterdir()), [])

    def test_a_chain_with_a_key(self):
        (self.folder / "key").write_text("5f" * 32)
        self.expect("verify keyed", "", code=3, errors="quipu: the store's chain has a key; give it with --key-file\n")
        self.assertEqual(self.run_command("compact", "keyed")[0], 3)
        self.assertEqual(self.run_command("verify", "keyed", "--key-file", "key")[0], 2)
        self.assertEqual(self.run_command("verify", "keyed", "--key-file", "missing")[0], 2)
        self.assertIn("chain keyed", self.run_command("info", "keyed")[1])
        key = subprocess.run([SHOP, "key", self.folder], check=True, capture_output=True).stdout
        for form in (key, bytes.fromhex(key.decode())):
            (self.folder / "key").write_bytes(form)
            self.assertEqual(self.run_command("verify", "keyed", "--key-file", "key")[0], 0)

    def test_another_head(self):
        code, out, _ = self.run_command("verify", "shop", "--expect-head", "0" * 64)
        self.assertEqual(code, 4)
        self.assertIn("not the expected head", out)
        told = json.loads(self.run_command("verify", "shop", "--expect-head", "0" * 64, "--json")[1])
        self.assertEqual((told["status"], told["data"]["is_expected_head"]), ("fail", False))

    def test_a_closed_pipe_is_no_failure(self):
        subprocess.run([SHOP, "many", self.folder, "20000"], check=True)
        process = self.start("cat", "many")
        process.stdout.readline()
        process.stdout.close()
        self.assertEqual((process.wait(30), process.stderr.read()), (0, ""))
        process.stderr.close()


class LeftAlone(command.CommandTest):
    def test_looking_takes_no_lock_and_writes_nothing(self):
        before = self.files()
        for arguments in READING:
            self.run_command(*arguments, program=SHOP)
        self.assertEqual(self.files(), before)

    def test_looking_works_where_nothing_can_be_written(self):
        os.chmod(self.folder / "shop", 0o500)
        self.addCleanup(os.chmod, self.folder / "shop", 0o700)
        for arguments in READING:
            self.assertIn(self.run_command(*arguments, program=SHOP)[0], (0, 1), arguments)

    def files(self):
        found = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in self.folder.rglob("*") if path.is_file()}
        return found


class Copying(command.CommandTest):
    def test_snapshot(self):
        self.expect("snapshot shop copy", "copied 5 events to copy\n")
        self.expect("diff shop copy", "same lineage\nshop and copy have the same 5 events\n")
        self.assertEqual(self.run_command("snapshot", "shop", "copy")[0], 2)

    def test_export_and_import(self):
        self.expect("export shop -o events", "wrote 5 events to events\n")
        self.expect("import events copy", "appended 5 events to copy; 0 were there already\n")
        self.expect("import events copy", "appended 0 events to copy; 5 were there already\n")
        for what in (["cat"], ["kinds"], ["ls"]):
            self.assertEqual(self.run_command(what[0], "shop"), self.run_command(what[0], "copy"))
        self.assertEqual(self.run_command("graph", "shop", "4"), self.run_command("graph", "copy", "4"))
        code, _, errors = self.run_command("import", "-", "other", input='{"sequence":0}\n')
        self.assertEqual(code, 2)
        self.assertIn("line 1: no usable", errors)

    def test_names_of_types_are_copied(self):
        lines = self.run_command("export", "shop")[1]
        self.assertEqual(lines.count('"type":"ordered"'), 2)
        self.assertEqual(self.run_command("import", "-", "copy", input=lines)[0], 0)
        self.expect("salvage shop saved", "copied 5 sound events to saved, with new numbers, ids and hashes\n")
        for copy in ("copy", "saved"):
            self.assertEqual(self.run_command("kinds", "shop", "--json"), self.run_command("kinds", copy, "--json"))
        code, _, errors = self.run_command("import", "-", "odd", input=lines.replace('"type":"ordered"', '"type":"a\\nb"'))
        self.assertEqual(code, 2)
        self.assertIn("line 1: no usable type", errors)

    def test_tags_are_copied(self):
        self.expect("export tagged -o events", "wrote 3 events to events\n")
        self.expect("import events copy", "appended 3 events to copy; 0 were there already\n")
        self.expect("salvage tagged saved", "copied 3 sound events to saved, with new numbers, ids and hashes\n")
        for copy in ("copy", "saved"):
            self.assertEqual(self.run_command("cat", "tagged"), self.run_command("cat", copy))

    def test_compact_by_tag(self):
        self.expect("compact tagged --dry-run --drop --tag customer:ann", "would take 2 events with payloads of 16 B\n")
        code, out, _ = self.run_command("compact", "tagged", "--erase", "--tag", "gift")
        self.assertEqual((code, out.splitlines()[0]), (0, "dropped 0, erased 1"))
        self.assertNotIn("gift", self.run_command("cat", "tagged", "--json")[1])
        self.assertEqual(self.run_command("cat", "tagged", "--tag", "gift")[1], "")

    def test_compact(self):
        self.expect("compact shop --dry-run --drop --entity order:1002", "would take 1 event with payloads of 10 B\n")
        code, out, _ = self.run_command("compact", "shop", "--drop", "--entity", "order:1002")
        self.assertEqual((code, out.splitlines()[0]), (0, "dropped 1, erased 0"))
        code, out, _ = self.run_command("compact", "shop", "--erase", "--kind", "0x5003")
        self.assertEqual((code, out.splitlines()[0]), (0, "dropped 0, erased 1"))
        self.assertIn("5 (1 dropped, 1 erased)   entities 4", self.run_command("info", "shop")[1])
        self.assertIn("(erased)  erased: was 0x5003 v1, 8 B", self.run_command("cat", "shop")[1])
        code, out, _ = self.run_command("diff", "backup", "shop")
        self.assertEqual(code, 1)
        self.assertIn("~ #2 order:1001 0x5003: erased in shop", out)
        self.assertIn("verify", json.loads(self.run_command("verify", "shop", "--json")[1])["command"])


class Schema(command.CommandTest):
    """The members of the JSON that each command writes are pinned: programs read them."""

    LINES = {
        ("ls", "shop"): "entity events",
        ("segments", "shop"): "bytes dropped events file first_sequence index_file next_sequence state",
        ("kinds", "shop"): "events kind name versions",
        ("cursors", "worked"): "behind committed_at_us cursor next_sequence parked region state_bytes",
        ("parked", "worked"): "attempts cursor error failed_at_us id sequence state",
        ("stats", "shop"): "events kind payload_bytes",
        ("history", "shop", "order:1001"): "changed sequence state type",
        ("cache", "ls", "cache"): "cached_at_us entity file fingerprint value_bytes watermark",
        ("cat", "shop", "-n", "1"):
            "causation_id correlation_id entity entity_sequence hash id kind payload scope sequence timestamp_us type "
            "version",
    }
    OBJECTS = {
        ("info", "shop"): "bytes chain closed created_at_us cursors dropped entities erased events format head kinds "
                          "lineage replication scopes segments store",
        ("head", "shop"): "events head",
        ("show", "shop", "1"): "causes conversation effects event flags name payload_bytes",
        ("graph", "shop", "4"): "edges events",
        ("state", "shop", "order:1001"): "entity states",
        ("verify", "shop"): "dropped erased events head sound",
        ("diff", "shop", "backup"): "differences erased_left erased_right first_difference identical only_left "
                                    "only_right same_lineage",
        ("snapshot", "shop", "copy"): "events to",
        ("export", "shop", "-o", "events"): "events file",
        ("import", "events", "other"): "events left_out repeated to",
        ("salvage", "shop", "rest"): "events left_out refused to",
        ("compact", "shop", "--dry-run"): "dry_run payload_bytes segments selected",
        ("compact", "shop"): "bytes_after bytes_before dropped dry_run erased segments_after segments_before",
        ("cache", "verify", "cache"): "damaged sound",
        ("cache", "rm", "cache", "--all"): "removed",
    }

    def test_lists_are_json_lines(self):
        for arguments, members in self.LINES.items():
            out = self.run_command(*arguments, "--json", program=SHOP)[1]
            self.assertGreater(len(out), 0, arguments)
            for line in out.splitlines():
                self.assertEqual(" ".join(sorted(json.loads(line))), members, arguments)

    def test_other_answers_are_one_object(self):
        for arguments, members in self.OBJECTS.items():
            code, out, _ = self.run_command(*arguments, "--json", program=SHOP)
            told = json.loads(out)
            self.assertEqual(sorted(told), ["command", "data", "diagnostics", "status", "version"], arguments)
            self.assertEqual((told["version"], told["diagnostics"]), (1, []), arguments)
            self.assertEqual(told["status"], "fail" if code else "ok", arguments)
            self.assertEqual(" ".join(sorted(told["data"])), members, arguments)

    def test_a_failure_is_an_object_too(self):
        told = json.loads(self.run_command("info", "missing", "--json")[1])
        self.assertEqual(told, {"version": 1, "command": "info", "status": "error", "data": None,
                                "diagnostics": ["missing: there is no store in this directory"]})
        self.assertEqual(self.run_command("cat", "missing", "--json")[1], "")


command.main()
