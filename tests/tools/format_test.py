#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# format_test.py: tools/store_reader.py, a reader of stores that was written from docs/format.md alone. It reads the golden stores, verifies every
# checksum, number and hash, and what it finds is compared with the events that are kept beside them. And the dumps in the document must be the golden
# files' bytes.
import json
import pathlib
import re
import shutil
import struct
import sys
import tempfile
import unittest
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "v1"
sys.path.insert(0, str(ROOT / "tools"))
from index_reader import xxh64  # noqa: E402
from store_reader import Damage, Log, blake3, crc32c  # noqa: E402


class Content:
    """All that is in a store; raises the first damage."""

    def __init__(self, folder):
        log = Log(folder)
        self.chained, self.events, self.dropped, self.schemas, self.noted, self.hashes = log.chained, [], [], {}, None, b""
        for _, frame, names in log.read():
            if not frame.internal:
                erased = None
                if frame.was is not None:
                    erased = {"kind": "0x%04X" % frame.was[0], "version": frame.was[1], "size": frame.was[2], "content": frame.extensions[6][8:]}
                self.events.append({"sequence": frame.sequence, "entity": names[0].decode(), "scope": names[1].decode(), "entity_sequence": frame.entity_sequence,
                                    "version": frame.version, "kind": frame.kind, "flags": frame.flags, "id": frame.id, "hash": frame.hash,
                                    "payload": frame.payload, "extensions": frame.extensions, **({"erased": erased} if erased else {})})
                self.hashes += frame.hash
            elif names["internal"] == "hole":
                for each in names["dropped"]:
                    raw = {"hash": bytes.fromhex(each.get("hash", "")), "entity": each["entity"].decode(), "scope": each["scope"].decode()}
                    if "key" in each:
                        raw.update({"key": uuid.UUID(each["key"]).bytes, "id": uuid.UUID(each["id"]).bytes, "content": bytes.fromhex(each["content"])})
                    self.hashes += raw["hash"]
                    self.dropped.append({**each, **raw})
            elif names["internal"] == "schema":
                self.schemas[int(names["kind"], 16), names["version"]] = names["text"].decode()
            elif names["internal"] == "note":
                self.noted = names["generation"]
        if log.damage:
            raise log.damage[0]
        self.closed, self.next, self.generation, self.head = log.closed, log.next, log.generation, log.head()


def content_of(event):
    where = blake3(event["entity"].encode() + b"\0" + event["scope"].encode())[:16]
    return blake3(where + struct.pack("<HH", event["kind"], event["version"]) + event["payload"])[:16]


class ReaderFromTheDocument(unittest.TestCase):
    def test_blake3_and_crc(self):
        self.assertEqual(blake3(b"").hex(), "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262")
        numbers = bytes(index % 251 for index in range(2049))
        self.assertEqual(blake3(numbers).hex(), "5f4d72f40d7a5f82b15ca2b2e44b1de3c2ef86c426c95c1af0b6879522563030")
        self.assertEqual(crc32c(b"123456789"), 0xE3069283)
        self.assertEqual(xxh64(b""), 0xEF46DB3751D8E999)
        self.assertEqual(xxh64(b"{id:i64,who:str,lines:[{sku:str,quantity:u32}],at:?{x:f64},v:<i32,str>,c:enum:u16{red=0,green=700},a:[u8;4],m:{str=>i32}}"), 0x05B8A038638BCFC5)
        self.assertEqual(crc32c(b"456789", crc32c(b"123")), 0xE3069283)

    def test_golden_stores(self):
        for chained in (True, False):
            folder = GOLDEN / ("chained" if chained else "unchained")
            log = Content(folder)
            lines = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
            self.assertEqual(log.chained, chained)
            self.assertTrue(log.closed)
            self.assertEqual(lines.pop()["head"], log.head.hex())
            self.assertEqual(len(lines), len(log.events))
            self.assertEqual(log.schemas, {(0xF001, 1): "{cents:i64}", (0xF002, 3): "{cents:i64,memo:str,branch:?u32}"})
            self.assertEqual((log.dropped, log.generation), ([], 0))
            self.compare(lines, log.events)

    def compare(self, lines, events):
        for line, event in zip(lines, events):
            for field in ("sequence", "entity", "scope", "entity_sequence", "version"):
                self.assertEqual(line[field], event[field])
            own = uuid.UUID(bytes=event["id"])
            self.assertEqual(line["id"], str(own))
            self.assertEqual(line["timestamp_us"], (own.int >> 80) * 1000 + (own.int >> 64 & 0xFFF))
            self.assertEqual(line["kind"], f"0x{event['kind']:04X}")
            self.assertEqual(line.get("hash", ""), event["hash"].hex())
            self.assertEqual(line["correlation_id"], str(uuid.UUID(bytes=event["extensions"].get(1, event["id"]))))
            self.assertEqual("causation_id" in line, 2 in event["extensions"])
            if "erased" in event:
                self.assertEqual(line["erased"], {name: value for name, value in event["erased"].items() if name != "content"})
            elif event["version"] == 0:
                self.assertEqual(line["bytes"], event["payload"].hex())
            else:
                self.assertEqual(line["payload"]["cents"], struct.unpack_from("<q", event["payload"])[0])

    def test_compacted_stores(self):
        for chained in (True, False):
            name = "chained" if chained else "unchained"
            log = Content(GOLDEN / ("compacted-" + name))
            whole = Content(GOLDEN / name)
            lines = [json.loads(line) for line in (GOLDEN / ("compacted-" + name) / "events.jsonl").read_text().splitlines()]
            self.assertEqual(lines.pop()["head"], log.head.hex())
            self.assertEqual((log.next, log.generation >> 40, log.noted), (12, 3, log.generation))
            self.assertEqual([event["sequence"] for event in log.events], [line["sequence"] for line in lines])
            self.compare(lines, log.events)
            # What is left of an event says of it what it was.
            was = {event["sequence"]: event for event in whole.events}
            self.assertEqual([each["sequence"] for each in log.dropped], [2, 5, 6])
            for each in log.dropped:
                before = was[each["sequence"]]
                self.assertEqual((each["entity"], each["scope"], each["hash"]), (before["entity"], before["scope"], before["hash"]))
                self.assertEqual(each.get("key"), before["extensions"].get(3))
                if "key" in each:
                    self.assertEqual(each["id"], before["id"])
                    self.assertEqual(each["content"], content_of(before))
            erased = [event for event in log.events if "erased" in event]
            self.assertEqual([event["sequence"] for event in erased], [1, 8])
            for event in erased:
                before = was[event["sequence"]]
                self.assertEqual((event["hash"], event["id"], event["flags"] & 0xFF), (before["hash"], before["id"], before["flags"] & 0xFF))
                self.assertEqual(event["erased"], {"kind": f"0x{before['kind']:04X}", "version": before["version"], "size": len(before["payload"]),
                                                   "content": content_of(before) if 3 in before["extensions"] else b""})
            if chained:  # but for the last event, which came later
                self.assertEqual(blake3(log.hashes[:11 * 32]), whole.head)

    def test_damage_is_found(self):
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch) / "store"
            shutil.copytree(GOLDEN / "chained", folder)
            segment = folder / "00000000000000000008.segment"
            whole = segment.read_bytes()
            for at in range(0, len(whole) - 56, 41):  # the last frame is the mark of an orderly close
                segment.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
                with self.assertRaises(Damage, msg=f"byte {at}"):
                    Content(folder)
            segment.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
            self.assertEqual(len(Content(folder).events), 11)

    def test_a_removed_schema_is_found(self):
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch) / "store"
            shutil.copytree(GOLDEN / "chained", folder)
            segment = folder / "00000000000000000000.segment"
            whole, at = segment.read_bytes(), 128
            while struct.unpack_from("<HH", whole, at + 8) != (8, 0x300):  # a schema's definition, with more to come
                at += struct.unpack_from("<I", whole, at)[0]
            segment.write_bytes(whole[:at] + whole[at + struct.unpack_from("<I", whole, at)[0]:])
            with self.assertRaisesRegex(Damage, "schema isn't defined"):
                Content(folder)

    def test_the_documents_dumps(self):
        text = (ROOT / "docs" / "format.md").read_text()
        example = text[text.index("## An example"):]
        files = {"quipu.store": bytearray(), "00000000000000000000.segment": bytearray()}
        current = "quipu.store"
        lines = 0
        for line in example.splitlines():
            if "`00000000000000000000.segment`" in line:
                current = "00000000000000000000.segment"
            dump = re.fullmatch(r"    ([0-9a-f]{8})  ([0-9a-f ]+)", line)
            if dump:
                self.assertEqual(int(dump[1], 16), len(files[current]), line)
                files[current] += bytes.fromhex(dump[2])
                lines += 1
        self.assertEqual(lines, 4 + 8 + 17)
        for name, shown in files.items():
            self.assertEqual((GOLDEN / "chained" / name).read_bytes()[:len(shown)], bytes(shown), name)
        self.assertEqual(len(files["quipu.store"]), 64)
        self.assertEqual(len(files["00000000000000000000.segment"]), 0x180)


if __name__ == "__main__":
    unittest.main()
