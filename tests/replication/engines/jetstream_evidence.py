# SPDX-License-Identifier: BSL-1.0
#
# jetstream_evidence.py: what the servers of a stream have, read from their own files, beside what programs were told:
# the lines that observed_log.hpp writes. Tells a server that lost a record from a program that misread one.
import itertools
import re
import struct
import zlib

HAS_HEADERS = 1 << 31  # in a record's length
IS_ERASED = 1 << 63    # in its number
HEAD = struct.Struct("<IQQH")
CHECKSUM_BYTES = 8
ID = re.compile(rb"Nats-Msg-Id: *([^\r\n]+)")


def records_in(block):
    """The records of one of a server's block files: (position, (id, CRC-32 of the bytes))."""
    at = 0
    while at + HEAD.size <= len(block):
        length, position, _, subject = HEAD.unpack_from(block, at)
        size = length & ~HAS_HEADERS
        if size < HEAD.size + CHECKSUM_BYTES or at + size > len(block):
            return  # the rest was not written whole
        body = block[at + HEAD.size + subject:at + size - CHECKSUM_BYTES]
        headers = b""
        if length & HAS_HEADERS:
            end = 4 + struct.unpack_from("<I", body)[0]
            headers, body = body[4:end], body[end:]
        if not position & IS_ERASED:
            found = ID.search(headers)
            yield position, (found.group(1).decode() if found else "none", str(zlib.crc32(body)))
        at += size


def stored_by(server, stream):
    """What a server that was stopped has of a stream: position -> (id, CRC-32). A later copy of a record counts."""
    found = {}
    blocks = (server.folder / "store").glob("jetstream/*/streams/%s/msgs/*.blk" % stream)
    for block in sorted(blocks, key=lambda path: int(path.stem)):
        found.update(records_in(block.read_bytes()))
    return found


def told_to(file):
    """What a program was told: position -> the set of records (id, CRC-32) that it read there, and the same for the
    records whose append was acknowledged with that position."""
    told = {"read": {}, "acknowledged": {}}
    for line in file.read_text().splitlines() if file.exists() else []:
        words = line.split()
        if len(words) == 4:  # the last one may have been cut off
            what, position, *record = words
            told[what].setdefault(int(position), set()).add(tuple(record))
    return told


def evidence(servers, files, stream):
    """A report of the positions at which servers or programs contradict each other, and whether it proves that the
    servers are at fault: two of them have different records at one position, or none has one that was acknowledged."""
    stored = {server.name: stored_by(server, stream) for server in servers}
    told = {file.stem: told_to(file) for file in files}
    columns = {name: {at: {record} for at, record in records.items()} for name, records in stored.items()}
    for name, each in told.items():
        columns.update({"%s %s" % (name, what): records for what, records in each.items()})

    def records_at(position, names):
        return set(itertools.chain.from_iterable(columns[name].get(position, ()) for name in names))

    last = max((max(column, default=0) for column in columns.values()), default=0)
    everywhere = range(1, last + 1)
    acknowledged = ["%s acknowledged" % name for name in told]
    split = [at for at in everywhere if len(records_at(at, stored)) > 1]
    lost = [at for at in everywhere if not records_at(at, acknowledged) <= records_at(at, stored)]
    contradicted = [at for at in everywhere if len(records_at(at, columns)) > 1]
    lines = ["last record on each server: " +
             ", ".join("%s %d" % (name, max(records, default=0)) for name, records in stored.items()),
             "positions at which servers have different records: %s" % summary(split),
             "positions whose acknowledged record no server has: %s" % summary(lost),
             "positions at which servers and programs know different records: %s" % summary(contradicted)]
    firsts = [found[0] for found in (split, lost, contradicted) if found]
    for position in sorted({near for at in firsts for near in range(at - 2, at + 3)}):
        lines.append("position %d:" % position)
        for name, column in columns.items():
            if records := column.get(position):
                lines.append("  %-14s %s" % (name, ", ".join(sorted("%s %s" % record for record in records))))
    return lines, bool(split or lost)


def summary(positions):
    if not positions:
        return "none"
    return "%d, from %d to %d" % (len(positions), positions[0], positions[-1])
