#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# refusal_test.py: what the command refuses before it does anything: numbers that are none, targets in the store that is
# read, input that is unusable. And what it says where there is nothing to show.
import json
import os
import pathlib
import shutil
import subprocess
import time

import command
from command import SHOP

SEGMENT = "00000000000000000000.segment"
SELECTING = [["cat", "shop"], ["stats", "shop"], ["export", "shop"], ["compact", "shop", "--drop"],
             ["compact", "shop", "--erase"]]
SEQUENCES = [[*command, option] for command in SELECTING for option in ("--from", "--to")] + [
    ["state", "shop", "order:1001", "--at"], ["history", "shop", "order:1001", "--at"]]
COUNTS = [["ls", "shop", "--limit"], ["cat", "shop", "--last"], ["cat", "shop", "-n"], ["stats", "shop", "--limit"],
          ["diff", "shop", "backup", "--limit"]]


class Refusal(command.CommandTest):
    def files(self, where="."):
        """The content of each file, by its path."""
        root = self.folder / where
        return {str(path.relative_to(self.folder)): path.read_bytes() if path.is_file() else None
                for path in root.rglob("*")}

    def refused(self, *arguments, **options):
        """Runs a command that must end with the code 2 and one message; returns the message."""
        code, out, errors = self.run_command(*arguments, program=SHOP, **options)
        self.assertEqual((code, out), (2, ""), (arguments, errors))
        self.assertTrue(errors.startswith("quipu: "), errors)
        return errors


class Numbers(Refusal):
    def test_a_number_out_of_its_range_is_wrong_usage(self):
        before = self.files()
        ranges = [(each, "0 to 18446744073709551615") for each in SEQUENCES]
        ranges += [(each, "0 to 4294967295") for each in COUNTS]
        ranges += [(["ls", "shop", "--width"], "1 to 65535")]
        for arguments, accepted in ranges:
            for text in ("-1", "-3", "99999999999999999999", "18446744073709551616", "1x", "1.5", "0x10", "+1"):
                with self.subTest(arguments + [text]):
                    option = "--last" if arguments[-1] == "-n" else arguments[-1]
                    self.assertIn("%s %s: must be a whole number from %s\n" % (option, text, accepted),
                                  self.refused(*arguments, text))
        self.assertIn("--width 0: must be", self.refused("ls", "shop", "--width", "0"))
        self.assertIn("--limit 4294967296: must be", self.refused("ls", "shop", "--limit", "4294967296"))
        self.assertEqual(self.files(), before)

    def test_the_ends_of_a_range_are_accepted(self):
        most = str(2**64 - 1)
        everything = self.run_command("cat", "shop")
        self.assertEqual(self.run_command("cat", "shop", "--from", "0", "--to", most), everything)
        self.assertEqual(self.run_command("cat", "shop", "--last", str(2**32 - 1)), everything)
        self.assertEqual(self.run_command("stats", "shop", "--by", "day", "--limit", str(2**32 - 1)),
                         self.run_command("stats", "shop", "--by", "day"))
        self.assertEqual(self.run_command("state", "shop", "order:1001", "--at", most, program=SHOP),
                         self.run_command("state", "shop", "order:1001", program=SHOP))
        self.assertEqual(self.run_command("cat", "shop", "--from", "2", "--to", "2", "--json")[1].count("\n"), 1)

    def test_an_empty_value_is_no_value(self):
        before = self.files()
        texts = [[*command, option] for command in SELECTING
                 for option in ("--entity", "--prefix", "--scope", "--tag", "--kind", "--since", "--until")]
        texts += [["verify", "shop", "--expect-head"], ["info", "shop", "--key-file"], ["export", "shop", "-o"],
                  ["info", "shop", "--name"]]
        for arguments in texts + SEQUENCES + COUNTS:
            with self.subTest(arguments):
                self.assertIn("must not be empty", self.refused(*arguments, ""))
        self.assertIn("excludes", self.refused("cat", "shop", "--entity", "order:1001", "--prefix", "shelf"))
        self.assertIn("pink not in {auto,always,never}", self.refused("info", "shop", "--color", "pink"))
        # A beginning that everything has is one.
        self.assertEqual(self.run_command("ls", "shop", ""), self.run_command("ls", "shop"))
        self.assertEqual(self.files(), before)

    def test_a_range_that_ends_before_it_begins(self):
        before = self.files()
        for arguments in SELECTING:
            with self.subTest(arguments):
                self.assertIn("--from 3 --to 2: the first sequence is behind the last",
                              self.refused(*arguments, "--to", "2", "--from", "3"))
                self.assertIn("--since 1h --until 2h: the first time is behind the last",
                              self.refused(*arguments, "--since", "1h", "--until", "2h"))
        self.assertEqual(self.files(), before)

    def test_an_age_that_is_none(self):
        for text in ("-1h", "999999999d", "99999999999999999999s", "1y"):
            for option in ("--since", "--until"):
                with self.subTest(text):
                    self.assertIn("%s %s: must be an age" % (option, text), self.refused("cat", "shop", option, text))
        self.assertEqual(self.run_command("cat", "shop", "--since", "99999999d"), self.run_command("cat", "shop"))

    def test_an_event_that_is_none(self):
        for text in ("99999999999999999999", "1x"):
            for name in ("show", "graph"):
                self.refused(name, "shop", text)


class Targets(Refusal):
    """What is written must not lie in a store."""

    def setUp(self):
        super().setUp()
        (self.folder / "link").symlink_to(self.folder / "shop")
        (self.folder / "file").symlink_to(self.folder / "shop" / SEGMENT)
        (self.folder / "dangling").symlink_to(self.folder / "shop" / "page")
        os.link(self.folder / "shop" / SEGMENT, self.folder / "hard")

    def refuse_into(self, *arguments):
        before = self.files()
        self.assertIn("nothing is written there\n", self.refused(*arguments))
        self.assertEqual(self.files(), before)

    def test_files(self):
        targets = ["shop/" + SEGMENT, "shop/quipu.store", "shop/new", "./shop/../shop/new", "link/new", "link/quipu.store",
                   "file", "dangling", "hard", self.folder / "shop" / "new", "backup/" + SEGMENT, "backup/new"]
        for arguments in (["export", "shop"], ["report", "shop"]):
            for target in targets:
                with self.subTest(arguments + [target]):
                    self.refuse_into(*arguments, "-o", target)

    def test_directories(self):
        for name in ("snapshot", "salvage"):
            for target in ("shop/sub", "shop/deep/sub", "link/sub", "shop/../shop/sub", "backup/sub"):
                with self.subTest([name, target]):
                    self.refuse_into(name, "shop", target)
        self.refuse_into("snapshot", "shop", "shop")
        self.assertEqual(self.run_command("export", "shop", "-o", "events")[0], 0)
        self.refuse_into("import", "events", "shop/sub")

    def test_a_target_that_only_begins_like_the_store_is_fine(self):
        self.assertEqual(self.run_command("export", "shop", "-o", "shop.events")[0], 0)
        self.assertEqual(self.run_command("snapshot", "shop", "shop copy")[0], 0)

    def test_a_file_is_replaced_as_a_whole(self):
        target = self.folder / "events"
        target.write_text("precious")
        target.chmod(0o640)
        (self.folder / "name").symlink_to("events")
        names = sorted(self.files())
        self.assertEqual(self.refused("export", "shop", "-o", "name", "--kind", "nope")[:6], "quipu:")
        self.assertEqual((target.read_text(), sorted(self.files())), ("precious", names))
        self.assertEqual(self.run_command("export", "shop", "-o", "name")[0], 0)
        self.assertEqual(sorted(self.files()), names)
        self.assertTrue((self.folder / "name").is_symlink())
        self.assertEqual(target.read_text(), self.run_command("export", "shop")[1])
        self.assertEqual(target.stat().st_mode & 0o777, 0o640)

    def test_a_device_is_written_and_not_replaced(self):
        self.expect("export shop -o /dev/null", "wrote 5 events to /dev/null\n")
        self.assertTrue(pathlib.Path("/dev/null").is_char_device())

    def test_the_name_of_an_open_pipe_is_written(self):
        events = self.run_command("export", "shop")[1]
        self.assertEqual(self.run_command("export", "shop", "-o", "/dev/stdout"),
                         (0, events + "wrote 5 events to /dev/stdout\n", ""))

    def test_a_directory_is_no_file(self):
        for target in (".", "cache"):
            self.assertEqual(self.refused("export", "shop", "-o", target), "quipu: cannot write %s\n" % target)

    def test_a_dash_is_standard_output(self):
        everything = self.run_command("export", "shop")
        self.assertEqual(self.run_command("export", "shop", "-o", "-"), everything)
        self.assertEqual(self.run_command("export", "shop", "-o", "-", "--json"), everything)
        for more in ([], ["--json"]):
            code, page, errors = self.run_command("report", "shop", "-o", "-", *more)
            self.assertEqual((code, errors), (0, ""))
            self.assertEqual(self.run_command("report", "shop", "-o", "page")[0], 0)
            self.assertEqual(page, (self.folder / "page").read_text())
        self.assertFalse((self.folder / "-").exists())


class NoIdentity(Refusal):
    """A store without quipu.store, and with segments, is damaged."""

    def setUp(self):
        super().setUp()
        (self.folder / "shop" / "quipu.store").unlink()

    def test_it_is_told_and_the_rest_is_shown(self):
        for name in ("info", "verify", "cat", "ls", "head"):
            with self.subTest(name):
                code, out, errors = self.run_command(name, "shop")
                self.assertEqual(code, 1)
                self.assertIn("the store has segments, but not the file that says what it is", errors)
                self.assertIn("corrupt", errors)
                self.assertNotIn("there is no store", errors)
        self.assertEqual(self.run_command("cat", "shop")[1], self.run_command("cat", "backup")[1] + "".join(
            self.run_command("cat", "shop")[1].splitlines(True)[4:]))
        self.assertEqual(self.run_command("verify", "shop")[1], "damaged: shop: 5 events can still be read\n")

    def test_it_is_salvaged(self):
        code, out, _ = self.run_command("salvage", "shop", "rest")
        self.assertEqual((code, out), (1, "copied 5 sound events to rest, with new numbers, ids and hashes\n"))
        self.assertEqual(self.run_command("verify", "rest")[0], 0)

    def test_without_a_sound_segment_too(self):
        (self.folder / "shop" / SEGMENT).write_bytes(b"x" * 4096)
        code, _, errors = self.run_command("cat", "shop")
        self.assertIn("the store has segments, but not the file that says what it is", errors)
        self.assertNotIn("there is no store", errors)
        self.assertEqual(code, 2)

    def test_nothing_is_written_into_it(self):
        self.assertIn("lies in the directory of a store", self.refused_with_damage("export", "shop", "-o", "shop/new"))
        self.assertIn("lies in the directory of a store", self.refused_with_damage("salvage", "shop", "shop/sub"))

    def refused_with_damage(self, *arguments):
        code, out, errors = self.run_command(*arguments)
        self.assertEqual((code, out), (2, ""))
        return errors


class Import(Refusal):
    def test_a_failed_import_leaves_no_new_store(self):
        _, line, _ = self.run_command("export", "shop", "--to", "0")
        unusable = ['{"sequence":0}\n', "nonsense\n", line.replace('"raw":"0a', '"raw":"0'),
                    line.replace('"entity":"order:1001"', '"entity":""')]
        (self.folder / "there").mkdir()
        for text in unusable:
            for target in ("new", "deep/new", "there"):
                with self.subTest((text, target)):
                    self.refused("import", "-", target, input=text)
                    self.assertFalse((self.folder / "new").exists())
                    self.assertFalse((self.folder / "deep").exists())
                    self.assertEqual(list((self.folder / "there").iterdir()), [])

    def test_what_was_there_is_left(self):
        (self.folder / "other").mkdir()
        (self.folder / "other" / "notes.txt").write_text("mine")
        before = self.files()
        del before["shop/quipu.lock"]
        for target in ("shop", "other"):
            self.refused("import", "-", target, input="nonsense\n")
        after = self.files()
        del after["shop/quipu.lock"]
        after.pop("other/quipu.lock", None)
        # The writer notes that it was there; the events are the same.
        self.assertEqual({name for name in before}, {name for name in after})
        self.assertEqual(self.run_command("verify", "shop")[0], 0)
        self.assertEqual(after["other/notes.txt"], b"mine")

    def test_what_was_imported_is_left(self):
        _, line, _ = self.run_command("export", "shop", "--to", "0")
        self.refused("import", "-", "new", input=line + "nonsense\n")
        self.assertEqual(self.run_command("cat", "new", "--json")[1].count("\n"), 1)

    def test_a_line_that_was_cut_off_is_refused_wherever_it_was_cut(self):
        _, text, _ = self.run_command("export", "shop")
        lines = text.splitlines(True)
        last = len("".join(lines[:-1]))
        for at in range(last + 1, len(text) - 1):
            message = self.refused("import", "-", "new", input=text[:at])
            self.assertIn("line %d: " % len(lines), message)
            self.assertEqual(self.run_command("cat", "new", "--json")[1].count("\n"), len(lines) - 1)
            shutil.rmtree(self.folder / "new")
        # Again and as a whole.
        self.refused("import", "-", "new", input=text[:-20])
        self.assertEqual(self.run_command("import", "-", "new", input=text)[0], 0)
        self.assertEqual(self.run_command("cat", "new"), self.run_command("cat", "shop"))

    def test_a_line_that_is_no_json(self):
        _, line, _ = self.run_command("export", "shop", "--to", "0")
        for wrong in ('{"id" "x"}', '{"id"}', "{:", '{"id":"x"', line.replace(":", " ", 1), line.replace(",", ";", 1),
                      line.replace('"raw":"', '"raw":"0a"'), "[]", "{}", "{", '"', "0"):
            with self.subTest(wrong):
                self.assertIn("line 1: ", self.refused("import", "-", "new", input=wrong + "\n"))

    def test_a_payload_that_is_not_of_its_schema_is_refused(self):
        _, text, _ = self.run_command("export", "shop")
        lines = text.splitlines(True)
        raw = json.loads(lines[1])["raw"]
        for wrong in ("", raw[:-2], raw + "00", "ff" * 16):
            with self.subTest(wrong):
                changed = lines[1].replace('"raw":"%s"' % raw, '"raw":"%s"' % wrong)
                self.assertNotEqual(changed, lines[1])
                message = self.refused("import", "-", "new", input="".join([lines[0], changed, *lines[2:]]))
                self.assertIn("line 2: decode_failed: a payload that doesn't match its schema: ", message)
                self.assertEqual(self.run_command("cat", "new"), self.run_command("cat", "shop", "--to", "0"))
                shutil.rmtree(self.folder / "new")
                self.refused("import", "-", "new", input=changed)
                self.assertFalse((self.folder / "new").exists())

    def test_a_schema_that_is_none_is_refused(self):
        _, line, _ = self.run_command("export", "shop", "--to", "0")
        schema = json.loads(line)["schema"]
        for wrong in ("nonsense", schema + "}", schema[:-1], "{:", "{a:i99}"):
            with self.subTest(wrong):
                changed = line.replace('"schema":"%s"' % schema, '"schema":"%s"' % wrong)
                self.assertNotEqual(changed, line)
                message = self.refused("import", "-", "new", input=changed)
                self.assertIn("line 1: decode_failed: a schema text that can't be read: ", message)
                self.assertFalse((self.folder / "new").exists())

    def test_a_payload_without_a_schema_is_bytes(self):
        _, line, _ = self.run_command("export", "shop", "--to", "0")
        event = json.loads(line)
        del event["schema"]
        event["raw"] = "ff00ff"
        self.assertEqual(self.run_command("import", "-", "new", input=json.dumps(event, separators=(",", ":")) + "\n"),
                         (0, "appended 1 event to new; 0 were there already\n", ""))
        self.assertIn('"bytes":"ff00ff"', self.run_command("cat", "new", "--json")[1])

    def test_a_directory_is_no_file_of_events(self):
        self.assertEqual(self.refused("import", "backup", "new"), "quipu: backup is a directory, and must be a file\n")
        self.assertFalse((self.folder / "new").exists())


class Replica(Refusal):
    """A log that all machines share decides what a replica holds; the command must not."""

    def setUp(self):
        super().setUp()
        self.assertEqual(self.run_command("replica", self.folder, program=SHOP)[0], 0)

    def test_nothing_writes_into_it(self):
        self.assertEqual(self.run_command("export", "shop", "-o", "events")[0], 0)
        before = self.files("replica")
        del before["replica/quipu.lock"]
        for arguments in (["compact", "replica"], ["compact", "replica", "--drop", "--entity", "order:1"],
                          ["compact", "replica", "--dry-run"], ["import", "events", "replica"]):
            with self.subTest(arguments):
                message = self.refused(*arguments)
                self.assertIn("replica", message)
                self.assertIn("leave_replication", message)
                after = self.files("replica")
                del after["replica/quipu.lock"]
                self.assertEqual(after, before)

    def test_it_is_read_like_every_other(self):
        for arguments in (["cat", "replica"], ["verify", "replica"], ["snapshot", "replica", "copy"]):
            with self.subTest(arguments):
                self.assertEqual(self.run_command(*arguments)[0], 0)
        self.assertIn("leave_replication", self.refused("compact", "copy"))

    def test_info_says_that_it_is_one(self):
        self.assertIn("replica yes: only a replicated_store writes to it\n", self.run_command("info", "replica")[1])
        for store, wanted in (("replica", "replica"), ("shop", "none")):
            found = json.loads(self.run_command("info", store, "--json")[1])
            self.assertEqual(found["data"]["replication"], wanted)
        self.assertNotIn("replica", self.run_command("info", "shop")[1])

    def test_a_damaged_mark_is_damage(self):
        mark = self.folder / "replica" / "quipu.replica"
        raw = bytearray(mark.read_bytes())
        raw[50] ^= 1
        mark.write_bytes(raw)
        code, out, errors = self.run_command("verify", "replica")
        self.assertEqual((code, out), (1, "damaged: replica: 1 event can still be read\n"))
        self.assertIn("quipu.replica", errors)


class StandardError(Refusal):
    """Where standard error takes nothing, the exit code still tells."""

    def test_it_is_closed_or_full(self):
        for to in ("2>&-", "2>/dev/full"):
            for arguments, code in (("info nosuch", 2), ("nonsense", 2), ("cat shop --entity nope", 0)):
                with self.subTest((arguments, to)):
                    done = subprocess.run(["sh", "-c", '"$0" %s %s' % (arguments, to), command.QUIPU], cwd=self.folder,
                                          timeout=60)
                    self.assertEqual(done.returncode, code)

    def test_both_are_full(self):
        done = subprocess.run(["sh", "-c", '"$0" cat shop >/dev/full 2>/dev/full', command.QUIPU], cwd=self.folder)
        self.assertEqual(done.returncode, 2)


class Keys(Refusal):
    def test_a_key_file_that_is_none(self):
        (self.folder / "short").write_text("12")
        self.assertEqual(self.refused("verify", "keyed", "--key-file", "backup"),
                         "quipu: --key-file: backup is a directory, and must be a file\n")
        self.assertEqual(self.refused("verify", "keyed", "--key-file", "missing"),
                         "quipu: --key-file: cannot read missing\n")
        self.assertEqual(self.refused("verify", "keyed", "--key-file", "short"),
                         "quipu: --key-file short: a key is 32 bytes, or 64 hexadecimal digits\n")


class Nothing(Refusal):
    """Where there is nothing to show, the command says so."""

    def test_an_empty_store(self):
        (self.folder / "none").write_text("")
        self.assertEqual(self.run_command("import", "none", "empty")[0], 0)
        code, out, _ = self.run_command("info", "empty")
        self.assertEqual(code, 0)
        self.assertRegex(out, r"made %s-\d\d-\d\d .*Z  empty\n" % time.gmtime().tm_year)
        self.assertNotIn("00000000-0000", out)
        made = json.loads(self.run_command("info", "empty", "--json")[1])["data"]["created_at_us"]
        self.assertLess(abs(made / 1e6 - time.time()), 600)
        self.assertEqual(self.run_command("report", "empty", "-o", "page")[0], 0)
        self.assertIn("Z, empty</p>", (self.folder / "page").read_text())
        self.assertEqual(self.run_command("cat", "empty"),
                         (0, "", "quipu: no event is selected: the store is empty\n"))

    def test_an_imported_store_was_made_now(self):
        self.assertEqual(self.run_command("export", "shop", "-o", "events")[0], 0)
        for arguments in (["import", "events", "copy"], ["salvage", "shop", "rest"]):
            self.assertEqual(self.run_command(*arguments)[0], 0)
            made = json.loads(self.run_command("info", arguments[2], "--json")[1])["data"]["created_at_us"]
            self.assertLess(abs(made / 1e6 - time.time()), 600)
            self.assertEqual(self.run_command("cat", arguments[2]), self.run_command("cat", "shop"))

    def test_nothing_is_selected(self):
        none = "quipu: no event is selected%s\n"
        for name in ("cat", "stats", "export"):
            for more in ([], ["--json"]):
                with self.subTest([name, *more]):
                    self.assertEqual(self.run_command(name, "shop", "--entity", "nope", *more),
                                     (0, "", none % ": there is no entity nope"))
                    self.assertEqual(self.run_command(name, "shop", "--entity", "order:1001", "--kind", "0x5004", *more),
                                     (0, "", none % ""))
                    self.assertEqual(self.run_command(name, "shop", "--from", "5", *more), (0, "", none % ""))
        self.assertEqual(self.run_command("export", "shop", "--from", "5", "-o", "events"),
                         (0, "wrote 0 events to events\n", none % ""))

    def test_no_entity(self):
        self.assertEqual(self.run_command("ls", "shop", "nope"),
                         (0, "", "quipu: no entity has a name that begins with nope\n"))
        self.assertEqual(self.run_command("ls", "shop", "--limit", "0"), (0, "", ""))
        (self.folder / "none").write_text("")
        self.assertEqual(self.run_command("import", "none", "empty")[0], 0)
        self.assertEqual(self.run_command("ls", "empty"), (0, "", "quipu: the store has no entities\n"))

    def test_no_cache(self):
        (self.folder / "empty").mkdir()
        before = self.files()
        for place in ("shop", "empty", "missing", "."):
            for command_of in (["ls"], ["verify"], ["rm", "--all"]):
                with self.subTest([place, *command_of]):
                    self.assertEqual(self.refused("cache", command_of[0], place, *command_of[1:]).splitlines()[0],
                                     "quipu: %s: there is no cache in this directory" % place)
        self.assertEqual(self.files(), before)
        # One whose entries were all removed is a cache.
        self.assertEqual(self.run_command("cache", "rm", "cache", "--all")[0], 0)
        self.assertEqual(self.run_command("cache", "ls", "cache")[0], 0)


command.main()
