#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# quipu_dump_test.py: what tools/quipu_dump.py prints of the golden stores is what the library prints (which golden_test.cpp pins); what it says of
# stores that are damaged, in use, half compacted or none; its options. Stores of every shape of payload are in tests/store/dump_test.cpp.
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "v1"
TOOL = ROOT / "tools" / "quipu_dump.py"
sys.path.insert(0, str(ROOT / "tools"))
import payload_json  # noqa: E402
from store_reader import crc32c  # noqa: E402

FIRST, SECOND = "00000000000000000000.segment", "00000000000000000008.segment"


def dump(*arguments):
    done = subprocess.run([sys.executable, str(TOOL), *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Dump(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.store = pathlib.Path(self.scratch.name) / "store"
        shutil.copytree(GOLDEN / "chained", self.store)

    def seal_head(self, raw, size):
        raw[12:16] = bytes(4)
        raw[12:16] = struct.pack("<I", crc32c(raw[:size]))

    def test_golden_stores(self):
        stores = [path.parent for path in sorted(GOLDEN.glob("*/events.jsonl"))]
        self.assertGreaterEqual(len(stores), 4)
        for kept in stores:
            lines = (kept / "events.jsonl").read_text()
            store = pathlib.Path(self.scratch.name) / kept.name
            shutil.copytree(kept, store, dirs_exist_ok=True)
            index = store / "00000000000000000000.index"
            self.assertIn("isn't used: is of an older version", dump(store, "--verify")[2])
            today = GOLDEN.parent / "index3" / (kept.name + ".index")
            if today.exists():
                shutil.copy(today, index)
            else:
                index.unlink()
            code, events, said = dump(store)
            self.assertEqual((code, said), (0, ""))
            self.assertEqual(events + dump(store, "--head")[1], lines, store.name)
            code, summary, said = dump(store, "--verify")
            self.assertEqual((code, said), (0, ""))
            self.assertEqual(json.loads(summary)["head"], json.loads(lines.splitlines()[-1])["head"])
            self.assertEqual(json.loads(summary)["events"], len(lines.splitlines()) - 1)

    def test_filters(self):
        events = [json.loads(line) for line in dump(self.store)[1].splitlines()]

        def numbers(*options):
            code, lines, _ = dump(self.store, *options)
            self.assertEqual(code, 0)
            return [json.loads(line)["sequence"] for line in lines.splitlines()]

        bob = [each["sequence"] for each in events if each["entity"] == "account:bob"]
        self.assertTrue(0 < len(bob) < len(events))
        self.assertEqual(numbers("--entity", "account:bob"), bob)
        self.assertEqual(numbers("--entity", "account"), [])
        self.assertEqual(numbers("--kind", "0xF002"), [each["sequence"] for each in events if each["kind"] == "0xF002"])
        self.assertEqual(numbers("--from", "3", "--to", "5"), [3, 4, 5])
        self.assertEqual(numbers("--from", "9"), [9, 10])
        self.assertEqual(numbers("--to", "1", "--entity", "account:bob"), [each for each in bob if each <= 1])

    def test_text(self):
        code, lines, _ = dump(self.store, "--format", "text", "--to", "0")
        self.assertEqual((code, lines), (0, '0 2023-11-14T22:13:20.000020Z account:alice@branch:zurich #0 0xF001 v1 {"cents":500}\n'))

    def test_internal_frames(self):
        lines = [json.loads(line) for line in dump(self.store, "--internal")[1].splitlines()]
        kinds = [line["internal"] for line in lines if "internal" in line]
        self.assertEqual(kinds[:2], ["coordinate", "schema"])
        self.assertIn("seal", kinds)
        self.assertEqual(kinds[-1], "closed")
        self.assertEqual(len(lines) - len(kinds), 11)
        lines = [json.loads(line) for line in dump(GOLDEN / "compacted-chained", "--internal")[1].splitlines()]
        dropped = [each["sequence"] for line in lines if line.get("internal") == "hole" for each in line["dropped"]]
        self.assertEqual(dropped, [2, 5, 6])

    def test_damage_is_named_and_the_rest_is_printed(self):
        path = self.store / FIRST
        raw = bytearray(path.read_bytes())
        raw[0x120 + 90] ^= 1  # in the payload of the first event
        path.write_bytes(raw)
        code, lines, said = dump(self.store)
        self.assertEqual(code, 1)
        self.assertIn("%s: offset %d: a frame is damaged" % (path, 0x120), said)
        self.assertEqual([json.loads(line)["sequence"] for line in lines.splitlines()], [8, 9, 10])  # of the next segment
        code, lines, _ = dump(self.store, "--verify")
        self.assertEqual((code, json.loads(lines)["head"], json.loads(lines)["damaged"]), (1, None, 1))

    def test_a_missing_segment_is_named(self):
        (self.store / FIRST).unlink()
        code, lines, said = dump(self.store)
        self.assertEqual((code, len(lines.splitlines())), (1, 3))
        self.assertIn("begins with event 8, and 0 should come next", said)

    def record_end(self, count, head):
        raw = bytearray((self.store / "quipu.store").read_bytes().ljust(96, b"\0"))
        raw[:8], raw[36:40], raw[48:56], raw[64:96] = b"QUIPUEND", struct.pack("<I", 96), struct.pack("<Q", count), head
        self.seal_head(raw, 96)
        (self.store / "quipu.end").write_bytes(raw)

    def test_a_log_that_ends_before_its_recorded_end_is_damaged(self):
        head = bytes.fromhex(json.loads(dump(self.store, "--head")[1])["head"])
        self.record_end(11, head)
        self.assertEqual(dump(self.store, "--verify")[0], 0)
        (self.store / SECOND).unlink()
        for option in ("--verify", "--head"):
            code, _, said = dump(self.store, option)
            self.assertEqual(code, 1)
            self.assertIn("the log ends with event 8, and had 11 when it was closed", said)

    def test_another_head_than_the_recorded_one_is_damage(self):
        for count in (11, 5):
            self.record_end(count, bytes(32))
            code, _, said = dump(self.store, "--verify")
            self.assertEqual(code, 1)
            self.assertIn("recorded when the log was closed", said)
        (self.store / "quipu.end").write_bytes(bytes(96))
        self.assertIn("quipu.end: offset 0", dump(self.store)[2])

    def test_a_stray_file_is_named_and_not_the_segment_before_it(self):
        stray = self.store / "00000000000000000999.segment"
        stray.write_bytes(b"notes")
        code, lines, said = dump(self.store)
        self.assertEqual((code, len(lines.splitlines())), (1, 11))
        self.assertIn("%s: offset 0" % stray, said)
        self.assertNotIn(SECOND, said)

    def test_an_altered_event_with_a_right_checksum_is_found_by_its_hash(self):
        path = self.store / FIRST
        raw = bytearray(path.read_bytes())
        raw[0x120 + 88] ^= 1
        seed = struct.unpack_from("<I", raw, 32)[0]
        raw[0x124:0x128] = struct.pack("<I", crc32c(raw[0x128:0x180], crc32c(raw[0x120:0x124], seed)))
        path.write_bytes(raw)
        self.assertEqual(dump(self.store)[0], 0)
        code, _, said = dump(self.store, "--verify")
        self.assertEqual(code, 1)
        self.assertIn("%s: offset %d: the event's hash is wrong" % (path, 0x120), said)

    def test_an_unfinished_end_is_left_out(self):
        path = self.store / SECOND
        whole = path.read_bytes()
        for end in (whole + bytes(4096), whole + b"\x58\0\0\0\x01\x02\x03\x04" + bytes(2000)):
            path.write_bytes(end)
            code, lines, said = dump(self.store)
            self.assertEqual((code, len(lines.splitlines())), (0, 11))
            self.assertEqual(said != "", len(end.rstrip(b"\0")) > len(whole.rstrip(b"\0")))
        path.write_bytes(whole[:-8] + bytes(8192))  # the mark of closing isn't whole
        self.assertEqual(dump(self.store)[0], 0)
        # A whole frame that says that all before it was flushed, behind one that is bad: damage.
        mark = len(whole) - 56
        path.write_bytes(whole[:mark] + b"\x01" + whole[mark + 1:] + whole[mark:])
        code, _, said = dump(self.store)
        self.assertEqual(code, 1)
        self.assertIn("offset %d: a frame is damaged, and later ones are whole" % mark, said)

    def test_what_is_no_store_is_refused(self):
        for folder in (pathlib.Path(self.scratch.name), self.store / "nowhere", self.store / FIRST):
            code, lines, said = dump(folder)
            self.assertEqual((code, lines), (2, ""))
            self.assertIn("isn't a store", said)
        self.assertEqual(dump(self.store, "--kind", "deposited")[0], 2)

    def test_what_is_no_file_is_refused_and_not_waited_for(self):
        for name in (SECOND, "quipu.store", "quipu.compaction"):
            path = self.store / name
            for make in (os.mkfifo, os.mkdir, lambda at: os.symlink("nowhere", at)):
                kept = path.read_bytes() if path.exists() else None
                path.unlink(missing_ok=True)
                make(path)
                code, _, said = dump(self.store, "--verify")
                self.assertEqual(code, 2)
                self.assertIn(name, said)
                path.rmdir() if path.is_dir() else path.unlink()
                if kept is not None:
                    path.write_bytes(kept)

    def test_a_newer_version_is_refused(self):
        path = self.store / "quipu.store"
        raw = bytearray(path.read_bytes())
        raw[8] = 2
        self.seal_head(raw, 64)
        path.write_bytes(raw)
        code, lines, said = dump(self.store)
        self.assertEqual((code, lines), (2, ""))
        self.assertIn("format version 2", said)

    def test_damage_to_the_stores_own_file(self):
        path = self.store / "quipu.store"
        raw = path.read_bytes()
        path.write_bytes(raw[:20] + bytes([raw[20] ^ 1]) + raw[21:])
        code, lines, said = dump(self.store)
        self.assertEqual((code, lines), (1, ""))
        self.assertIn("%s: offset 12: the head's checksum is wrong" % path, said)

    def test_every_changed_byte_is_damage_or_is_cut_off(self):
        whole = (self.store / FIRST).read_bytes()
        for at in range(0, len(whole), 191):
            (self.store / FIRST).write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1:])
            code, _, said = dump(self.store)
            self.assertIn(code, (1, 2), at)
            self.assertNotIn("Traceback", said)

    def test_a_compaction_that_is_decided_and_not_over(self):
        """The first segment is replaced: its new one is there under the other name, or has its own already."""
        compacted = GOLDEN / "compacted-chained"
        store = pathlib.Path(self.scratch.name) / "half"
        shutil.copytree(compacted, store)
        expected = dump(compacted)[1]
        numbers = struct.pack("<2Q", 0, 0)
        raw = bytearray((store / FIRST).read_bytes()[:48]) + struct.pack("<QQQII", 1, 1, 0, crc32c(numbers), 0) + numbers
        raw[0:8], raw[10:12], raw[36:40] = b"QUIPUCMP", b"\x01\0", struct.pack("<I", 80)
        self.seal_head(raw, 80)
        (store / "quipu.compaction").write_bytes(raw)
        self.assertEqual(dump(store)[:2], (0, expected))
        (store / FIRST).rename(store / (FIRST + ".new"))
        self.assertEqual(dump(store)[:2], (0, expected))
        shutil.copy(GOLDEN / "chained" / FIRST, store / FIRST)  # the old one, which means nothing now
        self.assertEqual(dump(store)[:2], (0, expected))
        (store / "quipu.compaction").unlink()  # it wasn't decided: the old one holds
        self.assertEqual(json.loads(dump(store)[1].splitlines()[1])["kind"], "0xF002")

    def test_payloads(self):
        def printed(text, payload):
            return payload_json.payload_to_json(text.encode(), bytes(payload))

        self.assertEqual(printed("f32", struct.pack("<f", 0.1)), "0.1")
        self.assertEqual(printed("f32", struct.pack("<I", 1)), "1e-45")
        self.assertEqual(printed("f32", struct.pack("<f", 4194303.75)), "4194303.8")  # as near as 4194303.7
        self.assertEqual(printed("f32", struct.pack("<f", 2.0 ** 87)), "1.5474251e+26")
        for value, text in ((0.1, "0.1"), (-0.0, "-0"), (1.0, "1"), (1e300, "1e+300"), (100000.0, "1e+05"), (12345.5, "12345.5"), (0.001, "0.001"),
                            (0.0001, "1e-04"), (2.0 ** 60, "1152921504606846976"), (float("inf"), '"Infinity"'), (float("nan"), '"NaN"'), (5e-324, "5e-324")):
            self.assertEqual(printed("f64", struct.pack("<d", value)), text)
        self.assertEqual(printed('"node@1"{kids:["node@1"]}', b"\1\0\0\0\0\0\0\0"), '{"kids":[{"kids":[]}]}')
        self.assertEqual(printed('{a:"x@1",b:u8}', b"\2\0\0\0\xab\xcd\5"), '{"a":{"opaque":"x@1","bytes":"abcd"},"b":5}')
        state = "enum:i16{lost=-1,open=0,größe=700}"
        for value, text in ((-1, '"lost"'), (0, '"open"'), (700, '"größe"'), (1, "1"), (-2, "-2")):
            self.assertEqual(printed("{to:%s}" % state, struct.pack("<h", value)), '{"to":%s}' % text)
        self.assertEqual(printed("{enum:bool{no=0,yes=1}=>[enum:u8{low=0,high=255}]}", b"\1\0\0\0\1\2\0\0\0\xff\1"), '[["yes",["high",1]]]')
        self.assertEqual(printed("enum:u64{all=18446744073709551615}", b"\xff" * 8), '"all"')
        self.assertEqual(printed("enum:char{a=97}", b"ab"[:1]), '"a"')
        self.assertEqual(printed("str", b"\4\0\0\0\xff\"\n\x7f"), '"\\udcff\\"\\u000a\\u007f"')
        for text, payload in (("i63", b""), ("", b""), ("[i64", b"\0" * 8), ("bool", b"\2"), ("u8", b""), ("u8", b"\0\0"), ("str", b"\2\0\0\0a"), ("?u8", b"\2"),
                              ("<u8>", b"\1"), ("[{}]", b"\1\0\0\0\1"), ("[u32]", b"\2\0\0\0\0\0\0\0"), ("[{};4000000000]", b""), ("[" * 100000, b""),
                              ("enum:u8{", b"\0"), ("enum:u8{}", b"\0"), ("enum:u8{a}", b"\0"), ("enum:u8{a=1,}", b"\0"), ("enum:u8{a=256}", b"\0"),
                              ("enum:f32{a=1}", b"\0" * 4), ("u8{a=1}", b"\0"), ("enum:bool{yes=1}", b"\2"), ("enum:i16{a=0}", b"\0"),
                              ("[[[[{};65535];65535];65535];65535]", b""), ('"a@1"{x:?"a@1"}', b"\1" * 100000), ("dur<1>", b"\0" * 8), ('"@', b"")):
            with self.assertRaises(payload_json.Mismatch, msg=text[:40]):
                printed(text, payload)

    def test_a_payload_that_is_not_of_its_schema_is_damage(self):
        path = self.store / FIRST
        raw = bytearray(path.read_bytes())
        at = 0xd8  # the schema's frame: {cents:i64} becomes {cents:u16}, which leaves bytes over
        raw[at + 60:at + 71] = b"{cents:u16}"
        seed = struct.unpack_from("<I", raw, 32)[0]
        raw[at + 4:at + 8] = struct.pack("<I", crc32c(raw[at + 8:at + 72], crc32c(raw[at:at + 4], seed)))
        path.write_bytes(raw)
        code, lines, said = dump(self.store, "--to", "0")
        self.assertEqual(code, 1)
        self.assertIn("event 0 isn't of its schema: bytes are left over", said)
        self.assertTrue(lines.endswith(',"bytes":"f401000000000000"}\n'), lines)


if __name__ == "__main__":
    sys.setrecursionlimit(20000)
    unittest.main()
