# SPDX-License-Identifier: BSL-1.0
#
# index_reader.py: checks an index file against the frames of its segment, written from docs/format.md alone. A store is what its frames say, so an index
# that doesn't fit is no damage: the library makes it again.
import struct

from store_reader import CHAINED, Damage, Refused, content_of, crc32c, head_of

SIZES = (0, 1, 32, 16, 12, 8, 24, 20, 24, 24, 1, 8, 4, 4, 4, 4, 4, 1, 8, 16, 4, 12)
VERSION = 3
BLOCK = 4096
LISTS, ENTITIES, SCOPES, KINDS, COORDINATES, SCHEMAS, KEYS, EFFECTS, CONVERSATIONS, TEXTS, IDS = range(1, 12)
HOLES, TAGS, TYPE_NAMES = 18, 19, 21
SLOTS = {ENTITIES: 12, SCOPES: 13, KEYS: 14, EFFECTS: 15, CONVERSATIONS: 16, TAGS: 20}


# XXH64 (Yann Collet), seed 0: the fingerprint of a schema's text.
PRIMES = (0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5)
WORD = (1 << 64) - 1


def xxh64(data):
    def rotated(value, by):
        value &= WORD
        return (value << by | value >> (64 - by)) & WORD

    def mixed(lane, word):
        return rotated(lane + word * PRIMES[1], 31) * PRIMES[0] & WORD

    lanes = [PRIMES[0] + PRIMES[1] & WORD, PRIMES[1], 0, -PRIMES[0] & WORD]
    whole = len(data) // 32 * 32
    for at in range(0, whole, 32):
        lanes = [mixed(lane, word) for lane, word in zip(lanes, struct.unpack_from("<4Q", data, at))]
    total = PRIMES[4]
    if whole:
        total = sum(rotated(lane, by) for lane, by in zip(lanes, (1, 7, 12, 18))) & WORD
        for lane in lanes:
            total = (total ^ mixed(0, lane)) * PRIMES[0] + PRIMES[3] & WORD
    total, at = total + len(data) & WORD, whole
    for size, form, first, by, second, third in ((8, "<Q", None, 27, 0, 3), (4, "<I", 0, 23, 1, 2), (1, "<B", 4, 11, 0, None)):
        while at + size <= len(data):
            word = struct.unpack_from(form, data, at)[0]
            total ^= mixed(0, word) if first is None else word * PRIMES[first] & WORD
            total = rotated(total, by) * PRIMES[second] + (0 if third is None else PRIMES[third]) & WORD
            at += size
    for by, prime in ((33, 1), (29, 2)):
        total = (total ^ total >> by) * PRIMES[prime] & WORD
    return total ^ total >> 32


class Misfit(Exception):
    pass


def require(holds, message):
    if not holds:
        raise Misfit(message)


class Index:
    """The content of an index file, as Python's lists and dictionaries. Raises Misfit."""

    def __init__(self, path, identity):
        try:
            raw = content_of(path)
            head = head_of(raw, b"QUIPUIDX", 192, CHAINED, path, VERSION)
        except (Damage, Refused) as why:
            raise Misfit(str(why)) from None
        require(all(head[each] == identity[each] for each in ("lineage", "seed", "chained")), "belongs to another store")
        require(struct.unpack_from("<H", raw, 8)[0] == VERSION, "is of an older version")
        self.first, self.next, self.log_bytes, self.entities_of_log = struct.unpack_from("<QQQQ", raw, 48)
        self.first_id, self.last_id, self.last_id_of_log = raw[80:96], raw[96:112], raw[112:128]
        self.head = raw[128:160]
        self.binding, bits, size, self.count, sections, checksum, zero = struct.unpack_from("<IIQIIII", raw, 160)
        self.sealed = bits == 1
        require(bits in (0, 1) and size == len(raw) and sections < len(SIZES) and zero == 0, "the head")
        table = 192 + 24 * sections
        begin = struct.unpack_from("<Q", raw, 200)[0] if sections else len(raw)
        blocks = range(begin, len(raw), BLOCK)
        require(begin == table + (4 * len(blocks) + 7) // 8 * 8, "where the sections begin")
        require(crc32c(raw[192:begin]) == checksum, "the table's checksum")
        for number, at in enumerate(blocks):
            require(crc32c(raw[at:at + BLOCK]) == struct.unpack_from("<I", raw, table + 4 * number)[0], "block %d has a wrong checksum" % number)
        self.sections, end, before = {}, begin, 0
        for line in range(sections):
            number, zero, offset, size = struct.unpack_from("<IIQQ", raw, 192 + 24 * line)
            require(before < number < len(SIZES) and zero == 0 and offset == end and size > 0, "section %d is out of place" % number)
            before, end = number, (offset + size + 7) // 8 * 8
            require(end <= len(raw) and not any(raw[offset + size:end]), "section %d isn't filled up with zeros" % number)
            self.sections[number] = raw[offset:offset + size]
        require(end == len(raw), "bytes that belong to no section")
        self.order = self.places(0, self.count)
        holes = self.elements(HOLES)
        require(len(holes) <= 1, "the list of holes")
        self.holes = self.list(holes[0], 0) if holes else []
        self.coordinates = [struct.unpack("<II", each) for each in self.elements(COORDINATES)]
        self.entities = {self.text(each): (self.list(each, 8), *struct.unpack_from("<QQ", each, 16)) for each in self.elements(ENTITIES)}
        self.scopes = {self.text(each): self.list(each, 8) for each in self.elements(SCOPES)}
        self.tags = {self.text(each): self.list(each, 8) for each in self.elements(TAGS)}
        self.kinds = {struct.unpack_from("<H", each)[0]: self.list(each, 4) for each in self.elements(KINDS)}
        self.schemas = {struct.unpack_from("<HH", each): self.text(each, 4) for each in self.elements(SCHEMAS)}
        names = [(struct.unpack_from("<HH", each), self.text(each, 4)) for each in self.elements(TYPE_NAMES)]
        require([each[0] for each in names] == sorted(each[0] for each in names), "the names of types don't ascend")
        self.type_names = {of: [name for each, name in names if each == of] for of, _ in names}
        for each in self.elements(SCHEMAS):
            require(struct.unpack_from("<IQ", each, 12) == (0, xxh64(self.text(each, 4))), "the fingerprint of a schema")
        self.keys = {each[:16]: struct.unpack_from("<I", each, 16)[0] for each in self.elements(KEYS)}
        self.effects = {each[:16]: self.list(each, 16) for each in self.elements(EFFECTS)}
        self.conversations = {each[:16]: self.list(each, 16) for each in self.elements(CONVERSATIONS)}
        self.ids = self.elements(IDS) if IDS in self.sections else []
        require(list(self.kinds) == sorted(self.kinds) and list(self.schemas) == sorted(self.schemas), "kinds or schemas don't ascend")
        for of in SLOTS:
            self.check_slots(of)

    def elements(self, section):
        size = 8 if section == IDS else SIZES[section]
        raw = self.sections.get(section, b"")
        require(len(raw) % size == 0, "the size of section %d" % section)
        return [raw[at:at + size] for at in range(0, len(raw), size)]

    def numbers(self, section):
        return [struct.unpack("<I", each)[0] for each in self.elements(section)]

    def list(self, element, at):
        return self.places(*struct.unpack_from("<II", element, at))

    def places(self, position, count):
        """A packed list: a width, then blocks of up to 32 places, each of the first place and the distances from it."""
        raw, found = self.sections.get(LISTS, b""), []
        if count == 0:
            return found
        require(position < len(raw) and raw[position] <= 32, "a list that begins beyond its section, or its width")
        width, at = raw[position], position + 1
        while len(found) < count:
            here = min(32, count - len(found))
            end = at + 4 + (here * width + 7) // 8
            require(end <= len(raw), "a list that goes beyond its section")
            first, bits = struct.unpack_from("<I", raw, at)[0], int.from_bytes(raw[at + 4:end], "little")
            require(bits >> here * width == 0, "a list isn't filled up with zeros")
            found += [first + (bits >> each * width & (1 << width) - 1) for each in range(here)]
            at = end
        return found

    def text(self, element, at=0):
        offset, size = struct.unpack_from("<II", element, at)
        require(offset + size <= len(self.sections.get(TEXTS, b"")), "a text that goes beyond its section")
        return self.sections[TEXTS][offset:offset + size] if size else b""

    def check_slots(self, of):
        """Every element is found by its name."""
        slots, elements = self.numbers(SLOTS[of]), self.elements(of)
        require(bool(slots) == bool(elements) and len(slots) & (len(slots) - 1) == 0 and (not slots or 0 in slots), "the hash table of section %d" % of)
        for number, element in enumerate(elements, 1):
            checksum = crc32c(self.text(element) if of in (ENTITIES, SCOPES, TAGS) else element[:16])
            slot = checksum % len(slots)
            wanted = checksum - slot + number
            while slots[slot] not in (wanted, 0):
                slot = (slot + 1) % len(slots)
            require(slots[slot] == wanted, "an element of section %d isn't found" % of)


def expected_of(segment, log_bytes):
    """What an index must say that covers so many bytes of a segment."""
    made = {"order": [], "holes": [], "ids": [], "coordinates": [], "schemas": {}, "keys": {}, "effects": {}, "conversations": {}, "kinds": {}, "tags": {}, "type_names": {}}
    entities, scopes = {}, {}
    for frame, names in segment:
        if frame.at + frame.size > log_bytes:
            break
        place = frame.at // 8
        counted = []
        if not frame.internal:
            made["order"].append(place)
            made["ids"].append(frame.id)
            made["kinds"].setdefault(frame.kind, []).append(place)
            entities[names[0]][0].append(place)
            scopes[names[1]].append(place)
            for tag in frame.tags():
                made["tags"].setdefault(tag, []).append(place)
            counted = [(names[0], frame.entity_sequence)]
            for section, kind in (("keys", 3), ("effects", 2), ("conversations", 1)):
                other = frame.extensions.get(kind, b"")
                if len(other) == 16 and section == "keys":
                    made["keys"].setdefault(other, place)
                elif len(other) == 16:
                    made[section].setdefault(other, []).append(place)
        elif names["internal"] == "coordinate":
            entities.setdefault(names["entity"], [[], None, 0])
            scopes.setdefault(names["scope"], [])
            made["coordinates"].append((list(entities).index(names["entity"]), list(scopes).index(names["scope"])))
        elif names["internal"] == "schema":
            made["schemas"][int(names["kind"], 16), names["version"]] = names["text"]
            if "type" in names:
                known = made["type_names"].setdefault((int(names["kind"], 16), names["version"]), [])
                known += [names["type"]] if names["type"] not in known and len(known) < 16 else []
        elif names["internal"] == "hole":
            made["holes"].append(place)
            for each in names["dropped"]:
                counted.append((each["entity"], each["entity_sequence"]))
                if "key" in each:
                    made["keys"].setdefault(bytes.fromhex(each["key"].replace("-", "")), place)
        for entity, number in counted:
            known = entities[entity]
            known[1:] = [number if known[1] is None else known[1], number + 1]
    made["entities"] = {name: (each[0], each[1] or 0, each[2]) for name, each in entities.items()}
    made["scopes"] = scopes
    return made


def problem_of(path, segment_path, segment, identity):
    """Why the index at `path` doesn't fit a segment, whose frames are (frame, names); None where it does."""
    try:
        index = Index(path, identity)
        raw = content_of(segment_path)
        require("%020d" % index.first == path.name[:20] and index.log_bytes <= len(raw), "another segment's")
        tail = raw[max(0, index.log_bytes - 4096):index.log_bytes]
        require(crc32c(tail, crc32c(raw[:128])) == index.binding, "the segment isn't what it was when the index was made")
        expected = expected_of(segment, index.log_bytes)
        ids = expected.pop("ids")
        require(index.ids == [each[:8] for each in ids[::64]], "the ids differ")
        require((index.first_id, index.last_id) == ((ids[0], ids[-1]) if ids else (bytes(16), bytes(16))), "the first or the last id differs")
        for name, each in expected.items():
            require(getattr(index, name) == each, "the %s differ" % name.replace("_", " "))
        return None
    except Misfit as why:
        return str(why)
