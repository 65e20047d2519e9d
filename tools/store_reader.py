# SPDX-License-Identifier: BSL-1.0
#
# store_reader.py: reads a store without the library, written from docs/format.md alone: files, frames, commits, numbers, checksums, hashes, and
# what a compaction leaves. Nothing is written and no lock is taken, so the store may be in use. tools/quipu_dump.py prints what it finds.
import os
import pathlib
import re
import stat
import struct
import uuid

# ---- BLAKE3 (O'Connor, Aumasson, Neves, Wilcox-O'Hearn: "BLAKE3", section 2), slow and short

IV = (0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19)
ORDER = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
MASK = 0xFFFFFFFF
CHUNK_START, CHUNK_END, PARENT, ROOT = 1, 2, 4, 8
MIXES = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15), (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))


def compress(chain, words, counter, size, flags):
    state = list(chain) + list(IV[:4]) + [counter & MASK, counter >> 32, size, flags]
    for _ in range(7):
        for index, (a, b, c, d) in enumerate(MIXES):
            for word, left, right in ((words[2 * index], 16, 12), (words[2 * index + 1], 8, 7)):
                state[a] = (state[a] + state[b] + word) & MASK
                mixed = state[d] ^ state[a]
                state[d] = (mixed >> left | mixed << (32 - left)) & MASK
                state[c] = (state[c] + state[d]) & MASK
                mixed = state[b] ^ state[c]
                state[b] = (mixed >> right | mixed << (32 - right)) & MASK
        words = [words[index] for index in ORDER]
    return [state[index] ^ state[index + 8] for index in range(8)]


def compress_chunk(data, counter, last_flags):
    chain = IV
    blocks = [data[at:at + 64] for at in range(0, len(data), 64)] or [b""]
    for index, block in enumerate(blocks):
        flags = (CHUNK_START if index == 0 else 0) | (CHUNK_END | last_flags if index + 1 == len(blocks) else 0)
        chain = compress(chain, struct.unpack("<16I", block.ljust(64, b"\0")), counter, len(block), flags)
    return chain


class Hasher:
    """BLAKE3 of what is added so far, whenever it is asked for."""

    def __init__(self):
        self.rest = b""
        self.chunks = 0
        self.subtrees = []  # of full chunks: one for each bit of their number that is 1, the largest first

    def add(self, data):
        self.rest += data
        while len(self.rest) > 1024:
            node = compress_chunk(self.rest[:1024], self.chunks, 0)
            self.rest = self.rest[1024:]
            self.chunks += 1
            full = self.chunks
            while full % 2 == 0:
                node = compress(IV, self.subtrees.pop() + node, 0, 64, PARENT)
                full //= 2
            self.subtrees.append(node)

    def digest(self):
        node = compress_chunk(self.rest, self.chunks, 0 if self.subtrees else ROOT)
        for depth, left in enumerate(reversed(self.subtrees), 1):
            node = compress(IV, left + node, 0, 64, PARENT | (ROOT if depth == len(self.subtrees) else 0))
        return struct.pack("<8I", *node)


def blake3(data):
    hasher = Hasher()
    hasher.add(data)
    return hasher.digest()


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


# ---- docs/format.md

INTERNAL, MORE, FLUSHED = 0x100, 0x200, 0x400
CHAINED, COMPACTED, KEYED = 1, 2, 4


class Damage(Exception):
    def __init__(self, message, path, offset):
        super().__init__("%s: offset %d: %s" % (path, offset, message))


class Refused(Exception):
    """It can't be read at all, by this program or at this time."""


def open_file(path):
    """Opens a file to read it. Anything else with its name is refused: opening a pipe would wait for a writer."""
    if not stat.S_ISREG(os.lstat(path).st_mode):
        raise Refused("%s: something that is no file has the name of a file of the store" % path)
    return open(path, "rb")


def content_of(path):
    with open_file(path) as file:
        return file.read()


def head_of(raw, magic, size, known_flags, path, known_version=1):
    if raw[:8] != magic:
        raise Damage("the first bytes aren't " + magic.decode(), path, 0)
    if len(raw) < 48:
        raise Damage("the head is cut off", path, len(raw))
    version, flags, checksum = struct.unpack_from("<HHI", raw, 8)
    if version > known_version:
        raise Refused("%s: was written in format version %d, and this program knows version %d" % (path, version, known_version))
    if version == 0:
        raise Damage("the format version is 0", path, 8)
    if len(raw) < size or struct.unpack_from("<I", raw, 36)[0] != size:
        raise Damage("the head is cut off or has another size", path, 36)
    if crc32c(raw[:12] + bytes(4) + raw[16:size]) != checksum:
        raise Damage("the head's checksum is wrong", path, 12)
    if flags & ~(known_flags | KEYED):
        raise Refused("%s: needs something that this program doesn't know (flags 0x%X)" % (path, flags))
    return {"lineage": raw[16:32], "seed": struct.unpack_from("<I", raw, 32)[0], "chained": bool(flags & CHAINED), "compacted": bool(flags & COMPACTED),
            "keyed": bool(flags & KEYED)}


class Frame:
    def __init__(self, raw, at, start, fields):
        (self.size, _, self.kind, self.flags, self.version, extensions, payload, self.coordinate, self.sequence, self.entity_sequence) = fields
        self.at = at
        self.raw = raw[at:at + self.size]
        self.internal = bool(self.flags & INTERNAL)
        self.id = self.raw[40:56]
        self.hash = self.raw[56:start]
        self.payload = self.raw[start:start + payload]
        self.rest = self.raw[start:start + payload + extensions]
        self.extensions = {}
        left = self.rest[payload:]
        while len(left) >= 4 and len(left) >= 4 + struct.unpack_from("<H", left, 2)[0]:
            kind, length = struct.unpack_from("<HH", left)
            self.extensions.setdefault(kind, left[4:4 + length])
            left = left[4 + length:]

    def type_name(self):
        """The name of a type in the definition of a schema, or nothing."""
        name = self.extensions.get(11, b"")
        try:
            return name if len(name) <= 255 and not any(letter < " " or letter == "\x7f" for letter in name.decode()) else b""
        except UnicodeDecodeError:
            return b""

    def tags(self):
        """The event's tags, ascending."""
        found, left = [], self.extensions.get(9, b"")
        while left and left[0] and len(left) > left[0]:
            found.append(left[1:1 + left[0]])
            left = left[1 + left[0]:]
        return found


def frame_at(raw, at, head):
    """The whole frame at an offset, or None."""
    if at + 56 > len(raw):
        return None
    fields = struct.unpack_from("<IIHHHHIIQQ", raw, at)
    size, checksum, flags, extensions, payload = fields[0], fields[1], fields[3], fields[5], fields[6]
    start = 56 + (32 if head["chained"] and not flags & INTERNAL else 0)
    if size < 56 or size % 8 or at + size > len(raw) or size != (start + payload + extensions + 7) // 8 * 8:
        return None
    if crc32c(raw[at + 8:at + size], crc32c(raw[at:at + 4], head["seed"])) != checksum:
        return None
    return Frame(raw, at, start, fields)


def is_flushed_behind(raw, at, head):
    """Whether a whole frame behind a bad one says that all before it was on stable storage."""
    for behind in range((at + 8) // 8 * 8, len(raw) - 55, 8):
        if raw[behind + 11] & FLUSHED >> 8 and raw[behind:behind + 4] != bytes(4):
            frame = frame_at(raw, behind, head)
            if frame is not None and frame.flags & FLUSHED:
                return True
    return False


def begins_as_segment(file):
    """Whether a file is more than one that has the name of a segment."""
    magic = file.read(8)
    file.seek(0)
    return magic == b"QUIPUSEG"


class Log:
    """A store, read from its first frame to its last. `damage` and `notes` are what was found on the way."""

    def __init__(self, folder, verify=True, hashes=True):
        """`verify`: computes every hash again. `hashes`: `head()` will be asked for. Both take time."""
        self.folder = pathlib.Path(folder)
        self.verify = verify
        self.damage, self.notes = [], []
        self.next = self.events = self.dropped = self.erased = self.generation = 0
        self.segments = self.indexes = 0
        self.schemas = {}         # the segment's
        self.names = {}           # the segment's: the first name of a type for each schema
        self.ends = {}            # entity -> (next entity sequence, hash of the last event)
        self.last_id = bytes(16)
        self.hasher = Hasher() if hashes else None
        self.closed = False
        self.recorded = None      # how many events the log had when it was closed last, and its head then
        self.lost = False         # something before this was damaged: numbers and hashes from before it are missing
        store = self.folder / "quipu.store"
        try:
            self.identity = head_of(content_of(store), b"QUIPUSTO", 64, CHAINED, store)
        except (FileNotFoundError, NotADirectoryError):
            raise Refused("%s: isn't a store: there is no quipu.store in it" % self.folder) from None
        self.chained = self.identity["chained"]
        if self.identity["keyed"] and self.verify:
            self.notes.append("%s: the hashes are made with a key, so they aren't checked; checksums, numbers and the head are" % self.folder)

    def add_hash(self, digest):
        if self.hasher is not None:
            self.hasher.add(digest)

    def head(self):
        """After all events so far; zeros where frames carry no hash, and None where damage hides some of them."""
        if not self.chained:
            return bytes(32)
        return None if self.lost else self.hasher.digest()

    # ---- files

    def compaction(self):
        """The content of a compaction that is decided and not over, and which segments it replaced and made."""
        path = self.folder / "quipu.compaction"
        try:
            raw = content_of(path)
        except FileNotFoundError:
            return b"", set(), set()
        if head_of(raw, b"QUIPUCMP", 80, CHAINED, path)["lineage"] != self.identity["lineage"]:
            raise Damage("belongs to another store", path, 16)
        replaced, made, _, checksum = struct.unpack_from("<QQQI", raw, 48)
        if len(raw) != 80 + 8 * (replaced + made) or crc32c(raw[80:]) != checksum:
            raise Damage("the list of segments is damaged", path, 80)
        numbers = struct.unpack_from("<%dQ" % (replaced + made), raw, 80)
        return raw, set(numbers[:replaced]), set(numbers[replaced:])

    def recorded_end(self):
        """The number of events that the log had when it was closed last, and its head then; None where that isn't known."""
        path = self.folder / "quipu.end"
        try:
            raw = content_of(path)
        except FileNotFoundError:
            return None
        if head_of(raw, b"QUIPUEND", 96, CHAINED, path)["lineage"] != self.identity["lineage"]:
            raise Damage("belongs to another store", path, 16)
        return struct.unpack_from("<Q", raw, 48)[0], raw[64:96]

    def compare_end(self, path, at):
        if self.verify and self.chained and self.recorded and self.recorded[0] == self.next and self.head() not in (None, self.recorded[1]):
            raise Damage("the log's head here isn't the one that was recorded when the log was closed", path, at)

    def list_files(self):
        manifest, replaced, made = self.compaction()
        names = {path.name for path in self.folder.iterdir()}
        numbers = {int(name[:20]) for name in names if re.fullmatch(r"[0-9]{20}\.segment", name)} - replaced
        paths = {number: self.folder / ("%020d.segment" % number) for number in numbers}
        for number in made:
            new = "%020d.segment.new" % number
            paths[number] = self.folder / (new if new in names else new[:-4])
        return manifest, [paths[number] for number in sorted(paths)]

    def open_files(self):
        """All segments at one time: a compaction may be changing names."""
        for _ in range(100):
            listed = self.list_files()
            files = []
            try:
                for path in listed[1]:
                    files.append((path, open_file(path)))
                if self.list_files() == listed and all(os.path.samestat(path.stat(), os.fstat(file.fileno())) for path, file in files):
                    return files
            except FileNotFoundError:
                pass
            for _, file in files:
                file.close()
        raise Refused("%s: segments come and go faster than they can be opened" % self.folder)

    # ---- records

    def read(self):
        """Yields (path, frame, names): names are (entity, scope) of an event, and a dictionary for an internal frame."""
        try:
            self.recorded = self.recorded_end()  # before the segments: the log may be growing
        except Damage as found:
            self.damage.append(found)
        files = self.open_files()
        if not files:
            self.damage.append(Damage("there are no segments", self.folder, 0))
        last = max((index for index, (_, file) in enumerate(files) if begins_as_segment(file)), default=0)
        for index, (path, file) in enumerate(files):
            self.segments += 1
            try:
                with file:
                    yield from self.read_segment(path, file, index >= last)
            except Damage as found:
                self.damage.append(found)
                self.lost = True
                self.ends = {}
        if self.recorded and self.recorded[0] > self.next:
            self.damage.append(Damage("the log ends with event %d, and had %d when it was closed" % (self.next, self.recorded[0]), files[-1][0], 0))

    def read_segment(self, path, file, is_last):
        raw = file.read()
        head = head_of(raw, b"QUIPUSEG", 128, CHAINED | COMPACTED, path)
        number, generation = struct.unpack_from("<QQ", raw, 48)
        if any(head[each] != self.identity[each] for each in ("lineage", "seed", "chained")):
            raise Damage("belongs to another store", path, 16)
        if "%020d" % number != path.name[:20]:
            raise Damage("the head has another number than the name", path, 48)
        if number != self.next:
            if not self.lost or number < self.next:
                self.damage.append(Damage("begins with event %d, and %d should come next" % (number, self.next), path, 48))
                self.lost = True
                self.ends = {}
            self.next = number
        if (generation != 0) != head["compacted"]:
            raise Damage("generation and flags disagree", path, 56)
        if self.verify and not self.lost and raw[64:96] != self.head():
            raise Damage("the log's head before this segment is another one", path, 64)
        self.generation = max(self.generation, generation)
        self.schemas, self.names, coordinates = {}, {}, []
        at, end, commit, sealed = 128, 128, [], False
        while not sealed:
            frame = frame_at(raw, at, head)
            if frame is None:
                if is_last:
                    file.seek(0)
                    again = file.read()
                    if again[end:] != raw[end:]:  # the store is in use: what was half written may be whole now
                        raw, at, commit = again, end, []
                        continue
                break
            commit.append(frame)
            at += frame.size
            if frame.flags & MORE:
                continue
            for each in commit:
                each.compacted = head["compacted"]
                names = self.take_internal(path, each, coordinates) if each.internal else self.take(path, each, coordinates)
                sealed = sealed or each.internal and each.kind == 5
                yield path, each, names
            commit, end = [], at
        if sealed:
            if end != len(raw):
                raise Damage("there are bytes behind the end of a sealed segment", path, end)
        elif not is_last:
            raise Damage("the segment is cut off" if at >= len(raw) else "a frame is damaged", path, at)
        elif any(raw[end:]):
            if is_flushed_behind(raw, at, head):
                raise Damage("a frame is damaged, and later ones are whole", path, at)
            self.notes.append("%s: offset %d: an unfinished commit is left out" % (path, end))

    def known_end(self, entity):
        """What the entity's next event must have as its number, and the hash before it; None where that was lost."""
        return self.ends.get(entity, (None, None) if self.lost else (0, bytes(32)))

    def take(self, path, frame, coordinates):
        self.closed = False
        if frame.sequence != self.next:
            raise Damage("the event has number %d instead of %d" % (frame.sequence, self.next), path, frame.at)
        if frame.coordinate >= len(coordinates):
            raise Damage("the event's coordinate isn't defined", path, frame.at)
        if frame.version and (frame.kind, frame.version) not in self.schemas:
            raise Damage("the event's schema isn't defined", path, frame.at)
        entity, scope = coordinates[frame.coordinate]
        count, previous = self.known_end(entity)
        if count not in (None, frame.entity_sequence):
            raise Damage("the event has entity sequence %d instead of %d" % (frame.entity_sequence, count), path, frame.at)
        if frame.id <= self.last_id:
            raise Damage("the event's id isn't greater than the one before", path, frame.at)
        frame.was = None
        if frame.kind == 9 and frame.compacted and not frame.payload and len(frame.extensions.get(6, b"")) in (8, 24):
            frame.was = struct.unpack_from("<HHI", frame.extensions[6])
            self.erased += 1
        elif self.verify and self.chained and not self.identity["keyed"] and previous is not None:  # a key isn't known here
            raw = frame.raw
            covered = previous + blake3(entity + b"\0" + scope)[:16] + raw[8:11] + b"\0" + raw[12:20] + raw[24:56] + frame.rest
            if blake3(covered) != frame.hash:
                raise Damage("the event's hash is wrong: it, or the entity's event before it, isn't what was appended", path, frame.at)
        self.add_hash(frame.hash)
        self.last_id = frame.id
        self.ends[entity] = (frame.entity_sequence + 1, frame.hash)
        self.next += 1
        self.events += 1
        self.compare_end(path, frame.at)
        return entity, scope

    def take_internal(self, path, frame, coordinates):
        """What an internal frame says; for those that this program doesn't know, their kind."""
        payload = frame.payload
        if frame.sequence != self.next:
            raise Damage("the frame has number %d instead of %d" % (frame.sequence, self.next), path, frame.at)
        self.closed = frame.kind == 2
        try:
            if frame.kind == 0:
                size = struct.unpack_from("<H", payload)[0]
                if frame.coordinate != len(coordinates) or size == 0 or 2 + size >= len(payload):
                    raise Damage("the definition of a coordinate is out of place", path, frame.at)
                coordinates.append((payload[2:2 + size], payload[2 + size:]))
                return {"internal": "coordinate", "number": frame.coordinate, "entity": coordinates[-1][0], "scope": coordinates[-1][1]}
            if frame.kind == 8:
                kind, version = struct.unpack_from("<HH", payload)
                self.schemas[kind, version] = payload[4:]
                told = {"internal": "schema", "kind": "0x%04X" % kind, "version": version, "text": payload[4:]}
                if frame.type_name():
                    told["type"] = frame.type_name()
                    self.names.setdefault((kind, version), frame.type_name())
                return told
            if frame.kind == 5:
                if len(payload) != 40 or struct.unpack_from("<Q", payload)[0] != self.next:
                    raise Damage("the seal names another event", path, frame.at)
                if self.verify and not self.lost and payload[8:] != self.head():
                    raise Damage("the seal has another head than the events", path, frame.at)
                return {"internal": "seal", "next": self.next, "head": payload[8:].hex()}
            if frame.kind == 2:
                return {"internal": "closed"}
            if frame.kind == 4:
                return {"internal": "note", "generation": struct.unpack("<Q", payload)[0]}
            if frame.kind == 9:
                return {"internal": "hole", "dropped": self.take_hole(path, frame, coordinates)}
        except struct.error:
            raise Damage("the frame's payload is too short", path, frame.at) from None
        return {"internal": "0x%04X" % frame.kind}

    def take_hole(self, path, frame, coordinates):
        count, at = struct.unpack_from("<I", frame.payload)[0], 4
        if not frame.compacted or count == 0 or frame.id <= self.last_id:
            raise Damage("a hole that can't be", path, frame.at)
        dropped = []
        for _ in range(count):
            coordinate, flags, entity_sequence = struct.unpack_from("<IIQ", frame.payload, at)
            at += 16
            if coordinate >= len(coordinates) or flags & ~1:
                raise Damage("a dropped event that can't be", path, frame.at)
            entity, scope = coordinates[coordinate]
            digest = frame.payload[at:at + 32] if self.chained else b""
            at += len(digest)
            each = {"sequence": self.next, "entity": entity, "scope": scope, "entity_sequence": entity_sequence}
            if self.chained:
                each["hash"] = digest.hex()
            if flags & 1:
                key, own, content = frame.payload[at:at + 16], frame.payload[at + 16:at + 32], frame.payload[at + 32:at + 48]
                at += 48
                if at > len(frame.payload):
                    raise Damage("the frame's payload is too short", path, frame.at)
                each.update({"key": str(uuid.UUID(bytes=key)), "id": str(uuid.UUID(bytes=own)), "content": content.hex()})
            if self.known_end(entity)[0] not in (None, entity_sequence):
                raise Damage("a dropped event has entity sequence %d instead of %d" % (entity_sequence, self.known_end(entity)[0]), path, frame.at)
            self.add_hash(digest)
            self.ends[entity] = (entity_sequence + 1, digest)
            self.next += 1
            self.dropped += 1
            self.compare_end(path, frame.at)
            dropped.append(each)
        if at != len(frame.payload):
            raise Damage("a hole of another size", path, frame.at)
        self.last_id = frame.id
        return dropped
