#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# quipu_dump.py: prints what is in a store, one event a line, without the library. Written from docs/format.md and docs/encoding.md alone, with nothing
# but Python's standard library. It only reads: no lock is taken, nothing is written, and the store may be in use.
#
#   quipu_dump.py STORE                    each event as JSON, as the library's event_view::to_json() has it
#   quipu_dump.py STORE --format text      each event for people
#   quipu_dump.py STORE --entity account:alice --kind 0xF001 --from 100 --to 200      only those; numbers are the store's, and inclusive
#   quipu_dump.py STORE --tag course:maths --tag student:ann               only those with both tags
#   quipu_dump.py STORE --internal         the library's own frames as well
#   quipu_dump.py STORE --head             the log's head, computed from the events' hashes
#   quipu_dump.py STORE --verify           no events, but every hash computed again, every index file compared with its segment, and a summary
#
# Exit codes: 0; 1, where there is damage: each is a line on the standard error with path and offset, and what is whole is printed all the same;
# 2, where it isn't a store that can be read at all, or the options are wrong. Of a damaged segment, what comes before the damage is shown.
import argparse
import datetime
import json
import os
import sys
import uuid

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import index_reader  # noqa: E402
import payload_json  # noqa: E402
import store_reader  # noqa: E402
from payload_json import json_string  # noqa: E402


def time_of(raw):
    own = int.from_bytes(raw, "big")
    return (own >> 80) * 1000 + (own >> 64 & 0xFFF)


def metadata_of(raw):
    """Pairs of key and value, in the order of the keys."""
    while len(raw) >= 3:
        key_end = 3 + raw[0]
        end = key_end + int.from_bytes(raw[1:3], "little")
        if end > len(raw):
            return
        yield raw[3:key_end], raw[key_end:end]
        raw = raw[end:]


def content_of(log, path, frame):
    """The end of an event's line: its payload as JSON, or what there is instead."""
    if frame.was is not None:
        return '"erased":{"kind":"0x%04X","version":%d,"size":%d}' % frame.was
    text = log.schemas.get((frame.kind, frame.version), b"") if frame.version else b""
    if text:
        try:
            return '"payload":' + payload_json.payload_to_json(text, frame.payload)
        except payload_json.Mismatch as why:
            log.damage.append(store_reader.Damage("event %d isn't of its schema: %s" % (frame.sequence, why), path, frame.at))
    return '"bytes":"%s"' % frame.payload.hex()


def event_to_json(log, path, frame, names):
    extensions = {kind: raw for kind, raw in frame.extensions.items() if kind > 2 or len(raw) == 16}
    line = '{"sequence":%d,"entity":%s,"scope":%s,"entity_sequence":%d,"id":"%s","correlation_id":"%s"' % (
        frame.sequence, json_string(names[0]), json_string(names[1]), frame.entity_sequence, uuid.UUID(bytes=frame.id), uuid.UUID(bytes=extensions.get(1, frame.id)))
    if 2 in extensions:
        line += ',"causation_id":"%s"' % uuid.UUID(bytes=extensions[2])
    line += ',"timestamp_us":%d' % time_of(frame.id)
    if len(extensions.get(8, b"")) == 8:
        line += ',"given_us":%d' % int.from_bytes(extensions[8], "little", signed=True)
    line += ',"kind":"0x%04X","version":%d' % (frame.kind, frame.version)
    if (frame.kind, frame.version) in log.names:
        line += ',"type":' + json_string(log.names[frame.kind, frame.version])
    if any(frame.hash):
        line += ',"hash":"%s"' % frame.hash.hex()
    if extensions.get(5):
        line += ',"bypass_reason":' + json_string(extensions[5])
    metadata = list(metadata_of(extensions.get(7, b"")))
    if metadata:
        line += ',"metadata":{%s}' % ",".join("%s:%s" % (json_string(key), json_string(value)) for key, value in metadata)
    if frame.tags():
        line += ',"tags":[%s]' % ",".join(json_string(tag) for tag in frame.tags())
    return line + "," + content_of(log, path, frame) + "}"


def event_to_text(log, path, frame, names):
    try:
        time = (datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=time_of(frame.id))).isoformat(timespec="microseconds") + "Z"
    except OverflowError:  # behind the year 9999
        time = "%dus" % time_of(frame.id)
    coordinate = json_string(names[0] + b"@" + names[1])[1:-1]
    return "%d %s %s #%d 0x%04X v%d %s" % (frame.sequence, time, coordinate, frame.entity_sequence, frame.kind, frame.version,
                                         content_of(log, path, frame).partition(":")[2])


def as_json(value):
    if isinstance(value, bytes):
        return json_string(value)
    if isinstance(value, dict):
        return "{" + ",".join('"%s":%s' % (name, as_json(each)) for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(as_json(each) for each in value) + "]"
    return json.dumps(value)


def kind_of(text):
    kind = int(text, 16) if text.lower().startswith("0x") else int(text)
    if not 0 <= kind <= 0xFFFF:
        raise ValueError
    return kind


def arguments():
    parser = argparse.ArgumentParser(description="Prints what is in a store, one event a line. It only reads; the store may be in use.",
                                     epilog="Exit codes: 0; 1 where there is damage; 2 where it can't be read at all.")
    parser.add_argument("store", help="the store's directory")
    parser.add_argument("--format", choices=("json", "text"), default="json", help="what a line looks like (json)")
    parser.add_argument("--entity", help="only the events of this entity")
    parser.add_argument("--tag", action="append", default=[], help="only events with this tag; given again, with all of them")
    parser.add_argument("--kind", type=kind_of, help="only events of this kind, such as 0xF001")
    parser.add_argument("--from", type=int, default=0, dest="first", metavar="N", help="only events from this number on")
    parser.add_argument("--to", type=int, default=1 << 64, dest="last", metavar="N", help="only events up to this number, inclusive")
    parser.add_argument("--internal", action="store_true", help="the library's own frames as well")
    parser.add_argument("--head", action="store_true", help="no events, but the log's head")
    parser.add_argument("--verify", action="store_true", help="no events, but every hash is computed again")
    return parser.parse_args()


def lines_of(log, wanted):
    entity = None if wanted.entity is None else os.fsencode(wanted.entity)
    tags = {os.fsencode(each) for each in wanted.tag}
    event_to = event_to_text if wanted.format == "text" else event_to_json
    segments = {}  # path -> its frames, as an index must know them
    for path, frame, names in log.read():
        if wanted.verify:
            if path not in segments:
                check_indexes(log, segments)
                segments = {path: []}
            segments[path].append((frame, names))
            if not frame.internal:
                content_of(log, path, frame)  # damage, where it isn't of its schema
        elif wanted.head:
            pass
        elif frame.internal:
            if wanted.internal and wanted.first <= frame.sequence <= wanted.last:
                yield as_json({**names, "before": frame.sequence, "path": os.fsencode(path), "offset": frame.at})
        elif wanted.first <= frame.sequence <= wanted.last and entity in (None, names[0]) and wanted.kind in (None, frame.kind) and tags <= set(frame.tags()):
            yield event_to(log, path, frame, names)
    check_indexes(log, segments)


def check_indexes(log, segments):
    for path, frames in segments.items():
        index = path.with_name(path.name[:20] + ".index")
        if index.exists():
            why = index_reader.problem_of(index, path, frames, log.identity)
            log.indexes += why is None
            if why is not None:
                log.notes.append("%s: isn't used: %s" % (index, why))


def summary_of(log):
    head = log.head()
    about = {"events": log.events, "dropped": log.dropped, "erased": log.erased, "next": log.next, "segments": log.segments, "generation": log.generation,
             "closed": log.closed, "indexes": log.indexes, "notes": len(log.notes), "damaged": len(log.damage)}
    return {**about, "head": None if head is None else head.hex()}


def main():
    wanted = arguments()
    sys.setrecursionlimit(20000)  # payloads nest
    out = sys.stdout.buffer
    try:
        log = store_reader.Log(wanted.store, verify=wanted.verify, hashes=wanted.verify or wanted.head)
        for line in lines_of(log, wanted):
            out.write(line.encode() + b"\n")
        if wanted.verify:
            out.write(as_json(summary_of(log)).encode() + b"\n")
        elif wanted.head:
            out.write(as_json({"head": summary_of(log)["head"]}).encode() + b"\n")
        out.flush()
    except BrokenPipeError:  # whoever reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except store_reader.Damage as found:
        print("damage: %s" % found, file=sys.stderr)
        return 1
    except (store_reader.Refused, OSError) as why:
        print("quipu_dump.py: %s" % why, file=sys.stderr)
        return 2
    for note in log.notes:
        print("note: %s" % note, file=sys.stderr)
    for found in log.damage:
        print("damage: %s" % found, file=sys.stderr)
    return 1 if log.damage else 0


if __name__ == "__main__":
    sys.exit(main())
