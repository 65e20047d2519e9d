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


class Damage(Exception):
    pass


def require(holds, message):
    if not holds:
        raise Damage(message)


def head_of(raw, magic, size):
    require(raw[:8] == magic, "magic")
    version, flags, checksum = struct.unpack_from("<HHI", raw, 8)
    require(version == 1 and flags & ~1 == 0, "version or flags")
    require(len(raw) >= size and struct.unpack_from("<I", raw, 36)[0] == size, "size of the head")
    require(crc32c(raw[:12] + bytes(4) + raw[16:size]) == checksum, "checksum of the head")
    return {"identity": (raw[16:32], struct.unpack_from("<I", raw, 32)[0], flags), "chained": flags & 1 == 1, "seed": struct.unpack_from("<I", raw, 32)[0]}


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
        names = sorted(path for path in folder.iterdir() if re.fullmatch(r"\d{20}\.segment", path.name))
        require(names, "no segments")
        for index, path in enumerate(names):
            raw = path.read_bytes()
            head = head_of(raw, b"QUIPUSEG", 128)
            require(head["identity"] == store["identity"], "identity")
            require(struct.unpack_from("<Q", raw, 48)[0] == int(path.name[:20]) == len(self.events), "number of the segment")
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
        require(frame["sequence"] == len(self.events), "sequence")
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
                require(payload == struct.pack("<Q", len(self.events)) + self.head(), "seal")
                return True
            elif frame["kind"] == 2:
                self.closed = True
            return False
        entity, scope = coordinates[frame["coordinate"]]
        count, previous = self.ends.get(entity, (0, bytes(32)))
        require(frame["entity_sequence"] == count, "entity sequence")
        require(frame["id"] > self.last_id, "id")
        self.last_id = frame["id"]
        if self.chained:
            raw = frame["raw"]
            covered = previous + blake3(entity + b"\0" + scope)[:16] + raw[8:11] + b"\0" + raw[12:20] + raw[24:56] + frame["rest"]
            require(blake3(covered) == frame["hash"], "hash")
            self.hashes += frame["hash"]
        self.ends[entity] = (count + 1, frame["hash"])
        self.events.append({**frame, "entity": entity.decode(), "scope": scope.decode()})
        return False


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
            for line, event in zip(lines, log.events):
                for field in ("sequence", "entity", "scope", "entity_sequence", "version"):
                    self.assertEqual(line[field], event[field])
                own = uuid.UUID(bytes=event["id"])
                self.assertEqual(line["id"], str(own))
                self.assertEqual(line["timestamp_us"], (own.int >> 80) * 1000 + (own.int >> 64 & 0xFFF))
                self.assertEqual(line["kind"], f"0x{event['kind']:04X}")
                self.assertEqual(line.get("hash", ""), event["hash"].hex())
                self.assertEqual(line["correlation_id"], str(uuid.UUID(bytes=event["extensions"].get(1, event["id"]))))
                self.assertEqual("causation_id" in line, 2 in event["extensions"])
                if event["version"] == 0:
                    self.assertEqual(line["bytes"], event["payload"].hex())
                else:
                    self.assertEqual(line["payload"]["cents"], struct.unpack_from("<q", event["payload"])[0])

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
