#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# format_test.py: a reader of stores, written from docs/format.md alone. It reads the golden stores, verifies every checksum, number and hash,
# and compares what it finds with the events that are kept beside them. And the dumps in the document must be the golden files' bytes.
import json
import pathlib
import re
import shutil
import struct
import tempfile
import unittest
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "v1"

# ---- BLAKE3 (the paper's section 2), slow and short

IV = (0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19)
ORDER = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
MASK = 0xFFFFFFFF
CHUNK_START, CHUNK_END, PARENT, ROOT_NODE = 1, 2, 4, 8


def compress(chain, words, counter, size, flags):
    state = list(chain) + list(IV[:4]) + [counter & MASK, counter >> 32, size, flags]

    def turn(a, b, c, d, x, y):
        for word, left, right in ((x, 16, 12), (y, 8, 7)):
            state[a] = (state[a] + state[b] + word) & MASK
            mixed = state[d] ^ state[a]
            state[d] = (mixed >> left | mixed << (32 - left)) & MASK
            state[c] = (state[c] + state[d]) & MASK
            mixed = state[b] ^ state[c]
            state[b] = (mixed >> right | mixed << (32 - right)) & MASK

    for _ in range(7):
        for column in range(4):
            turn(column, 4 + column, 8 + column, 12 + column, words[2 * column], words[2 * column + 1])
        for diagonal in range(4):
            turn(diagonal, 4 + (diagonal + 1) % 4, 8 + (diagonal + 2) % 4, 12 + (diagonal + 3) % 4, words[8 + 2 * diagonal], words[9 + 2 * diagonal])
        words = [words[index] for index in ORDER]
    return [state[index] ^ state[index + 8] for index in range(8)]


def words_of(block):
    return list(struct.unpack("<16I", block.ljust(64, b"\0")))


def node(data, counter, last_flags):
    if len(data) <= 1024:
        blocks = [data[at:at + 64] for at in range(0, len(data), 64)] or [b""]
        chain = IV
        for index, block in enumerate(blocks):
            flags = (CHUNK_START if index == 0 else 0) | (CHUNK_END | last_flags if index + 1 == len(blocks) else 0)
            chain = compress(chain, words_of(block), counter, len(block), flags)
        return chain
    left = 1024
    while 2 * left < len(data):
        left *= 2
    both = node(data[:left], counter, 0) + node(data[left:], counter + left // 1024, 0)
    return compress(IV, both, 0, 64, PARENT | last_flags)


def blake3(data):
    return struct.pack("<8I", *node(data, 0, ROOT_NODE))


# ---- CRC-32C

TABLE = []
for value in range(256):
    for _ in range(8):
        value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
    TABLE.append(value)


def crc32c(data, before=0):
    total = before ^ MASK
    for byte in data:
        total = total >> 8 ^ TABLE[(total ^ byte) & 0xFF]
    return total ^ MASK


# ---- the format

INTERNAL, MORE, FLUSHED = 0x100, 0x200, 0x400


def content_of(event):
    where = blake3(event["entity"].encode() + b"\0" + event["scope"].encode())[:16]
    return blake3(where + struct.pack("<HH", event["kind"], event["version"]) + event["payload"])[:16]


class Damage(Exception):
    pass


def require(holds, message):
    if not holds:
        raise Damage(message)


def head_of(raw, magic, size, known_flags=1):
    require(raw[:8] == magic, "magic")
    version, flags, checksum = struct.unpack_from("<HHI", raw, 8)
    require(version == 1 and flags & ~known_flags == 0, "version or flags")
    require(len(raw) >= size and struct.unpack_from("<I", raw, 36)[0] == size, "size of the head")
    require(crc32c(raw[:12] + bytes(4) + raw[16:size]) == checksum, "checksum of the head")
    return {"identity": (raw[16:32], struct.unpack_from("<I", raw, 32)[0], flags & 1), "chained": flags & 1 == 1, "compacted": flags & 2 == 2, "seed": struct.unpack_from("<I", raw, 32)[0]}


def frame_at(raw, at, head):
    if at + 56 > len(raw):
        return None
    size, checksum, kind, flags, version, extensions, payload, coordinate, sequence, entity_sequence = struct.unpack_from("<IIHHHHIIQQ", raw, at)
    start = 56 + (32 if head["chained"] and not flags & INTERNAL else 0)
    if size < 56 or size % 8 or at + size > len(raw) or size != (start + payload + extensions + 7) // 8 * 8:
        return None
    frame = raw[at:at + size]
    if crc32c(frame[8:], crc32c(frame[:4], head["seed"])) != checksum:
        return None
    found = {}
    rest = frame[start + payload:start + payload + extensions]
    while rest:
        kind_of_extension, length = struct.unpack_from("<HH", rest)
        found[kind_of_extension] = rest[4:4 + length]
        rest = rest[4 + length:]
    return {"raw": frame, "size": size, "kind": kind, "flags": flags, "version": version, "coordinate": coordinate, "sequence": sequence,
            "entity_sequence": entity_sequence, "id": frame[40:56], "hash": frame[56:start], "payload": frame[start:start + payload],
            "rest": frame[start:start + payload + extensions], "extensions": found}


class Log:
    """Everything in a store; raises Damage."""

    def __init__(self, folder):
        store = head_of((folder / "quipu.store").read_bytes(), b"QUIPUSTO", 64)
        self.chained = store["chained"]
        self.events = []
        self.schemas = {}
        self.closed = False
        self.ends = {}
        self.hashes = b""
        self.last_id = bytes(16)
        self.next = 0
        self.dropped = []
        self.generation = 0
        require(not (folder / "quipu.compaction").exists(), "a compaction that isn't over: these tests have none")
        names = sorted(path for path in folder.iterdir() if re.fullmatch(r"\d{20}\.segment", path.name))
        require(names, "no segments")
        for index, path in enumerate(names):
            raw = path.read_bytes()
            head = head_of(raw, b"QUIPUSEG", 128, 3)
            self.compacted = head["compacted"]
            generation = struct.unpack_from("<Q", raw, 56)[0]
            require((generation != 0) == self.compacted, "generation of the segment")
            self.generation = max(self.generation, generation)
            require(head["identity"] == store["identity"], "identity")
            require(struct.unpack_from("<Q", raw, 48)[0] == int(path.name[:20]) == self.next, "number of the segment")
            require(raw[64:96] == self.head(), "head before the segment")
            self.read_segment(raw, head, index + 1 == len(names))

    def head(self):
        return blake3(self.hashes) if self.chained else bytes(32)

    def read_segment(self, raw, head, is_last):
        at, end, commit, coordinates, sealed = 128, 128, [], [], False
        while not sealed:
            frame = frame_at(raw, at, head)
            if frame is None:
                break
            commit.append(frame)
            at += frame["size"]
            if frame["flags"] & MORE:
                continue
            for each in commit:
                sealed = self.take(each, coordinates) or sealed
            commit, end = [], at
        if sealed or not is_last:
            require(sealed and end == len(raw), "a segment without an end")
            return
        if any(raw[end:]):
            for behind in range((at + 8) // 8 * 8, len(raw), 8):
                frame = frame_at(raw, behind, head)
                require(frame is None or not frame["flags"] & FLUSHED, f"a bad frame at {at}")

    def take(self, frame, coordinates):
        require(frame["sequence"] == self.next, "sequence")
        payload = frame["payload"]
        self.closed = False
        if frame["flags"] & INTERNAL:
            if frame["kind"] == 0:
                require(frame["coordinate"] == len(coordinates), "number of a coordinate")
                size = struct.unpack_from("<H", payload)[0]
                coordinates.append((payload[2:2 + size], payload[2 + size:]))
            elif frame["kind"] == 8:
                self.schemas[struct.unpack_from("<HH", payload)] = payload[4:].decode()
            elif frame["kind"] == 5:
                require(payload == struct.pack("<Q", self.next) + self.head(), "seal")
                return True
            elif frame["kind"] == 2:
                self.closed = True
            elif frame["kind"] == 4:
                self.noted = struct.unpack("<Q", payload)[0]
            elif frame["kind"] == 9:
                self.take_hole(frame, coordinates)
            return False
        entity, scope = coordinates[frame["coordinate"]]
        count, previous = self.ends.get(entity, (0, bytes(32)))
        require(frame["entity_sequence"] == count, "entity sequence")
        require(frame["id"] > self.last_id, "id")
        self.last_id = frame["id"]
        self.next += 1
        if frame["kind"] == 9:
            require(self.compacted and frame["version"] == 0 and not payload and len(frame["extensions"][6]) == 24, "erased event")
            kind, version, size = struct.unpack_from("<HHI", frame["extensions"][6])
            frame["erased"] = {"kind": f"0x{kind:04X}", "version": version, "size": size, "content": frame["extensions"][6][8:]}
            self.hashes += frame["hash"]
        elif self.chained:
            raw = frame["raw"]
            covered = previous + blake3(entity + b"\0" + scope)[:16] + raw[8:11] + b"\0" + raw[12:20] + raw[24:56] + frame["rest"]
            require(blake3(covered) == frame["hash"], "hash")
            self.hashes += frame["hash"]
        self.ends[entity] = (count + 1, frame["hash"])
        self.events.append({**frame, "entity": entity.decode(), "scope": scope.decode()})
        return False

    def take_hole(self, frame, coordinates):
        require(self.compacted, "a hole in a segment that doesn't say so")
        require(frame["id"] > self.last_id, "id of a hole")
        self.last_id = frame["id"]
        payload = frame["payload"]
        count, at = struct.unpack_from("<I", payload)[0], 4
        require(count > 0, "an empty hole")
        for _ in range(count):
            coordinate, flags, entity_sequence = struct.unpack_from("<IIQ", payload, at)
            require(flags & ~1 == 0, "flags of a dropped event")
            at += 16
            digest = payload[at:at + 32] if self.chained else b""
            at += len(digest)
            known = {}
            if flags & 1:
                known = {"key": payload[at:at + 16], "id": payload[at + 16:at + 32], "content": payload[at + 32:at + 48]}
                at += 48
            entity, scope = coordinates[coordinate]
            require(entity_sequence == self.ends.get(entity, (0, b""))[0], "entity sequence of a dropped event")
            self.hashes += digest
            self.ends[entity] = (entity_sequence + 1, digest)
            self.dropped.append({"sequence": self.next, "entity": entity.decode(), "scope": scope.decode(), "hash": digest, **known})
            self.next += 1
        require(at == len(payload), "size of a hole")


class ReaderFromTheDocument(unittest.TestCase):
    def test_blake3_and_crc(self):
        self.assertEqual(blake3(b"").hex(), "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262")
        numbers = bytes(index % 251 for index in range(2049))
        self.assertEqual(blake3(numbers).hex(), "5f4d72f40d7a5f82b15ca2b2e44b1de3c2ef86c426c95c1af0b6879522563030")
        self.assertEqual(crc32c(b"123456789"), 0xE3069283)
        self.assertEqual(crc32c(b"456789", crc32c(b"123")), 0xE3069283)

    def test_golden_stores(self):
        for chained in (True, False):
            folder = GOLDEN / ("chained" if chained else "unchained")
            log = Log(folder)
            lines = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
            self.assertEqual(log.chained, chained)
            self.assertTrue(log.closed)
            self.assertEqual(lines.pop()["head"], log.head().hex())
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
            log = Log(GOLDEN / ("compacted-" + name))
            whole = Log(GOLDEN / name)
            lines = [json.loads(line) for line in (GOLDEN / ("compacted-" + name) / "events.jsonl").read_text().splitlines()]
            self.assertEqual(lines.pop()["head"], log.head().hex())
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
                                                   "content": content_of(before)})
            if chained:  # but for the last event, which came later
                self.assertEqual(blake3(log.hashes[:11 * 32]), whole.head())

    def test_damage_is_found(self):
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch) / "store"
            shutil.copytree(GOLDEN / "chained", folder)
            segment = folder / "00000000000000000008.segment"
            whole = segment.read_bytes()
            for at in range(0, len(whole) - 56, 41):  # the last frame is the mark of an orderly close
                segment.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
                with self.assertRaises(Damage, msg=f"byte {at}"):
                    Log(folder)
            segment.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
            self.assertEqual(len(Log(folder).events), 11)

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
