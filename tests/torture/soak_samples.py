#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# soak_samples.py SAMPLES PICTURE: says whether what was sampled during a soak (soak.csv) is flat, and draws it as SVG,
# a point for each minute. Exits with 1 if a curve isn't flat.
#
# A curve is flat if the median of its last quarter is at most that of its second quarter, and 5 %, and a slack. (The
# first quarter is for caches and buffers to fill.) Dropped events leave something in the log by design: the size of
# that is allowed for, and what each segment that it fills costs in descriptors, mappings and files.
import csv
import pathlib
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "benchmarks" / "journal"))
import plot

SHARE, LEAST_SECONDS, SEGMENT = 0.05, 120, 32 << 20
# Of each curve the slack, and what it may grow by for a segment of dropped events. In the program a writer and two
# readers are open; in the other process, one reader.
CURVES = {
    "anonymous_kib": (4096, 0), "heap_kib": (1024, 0), "descriptors": (4, 3), "maps": (8, 6), "threads": (0, 0),
    "reader_anonymous_kib": (4096, 0), "reader_heap_kib": (1024, 0), "reader_descriptors": (2, 1),
    "reader_maps": (4, 2), "reader_threads": (0, 0), "files": (16, 2), "bytes": (4 << 20, SEGMENT),
}

OWN, READER = "quipu", "lmdb"  # whose colours the lines have
LABELS = {OWN: "the program", READER: "a reader in another process"}
PANELS = (
    ("resident memory, KiB", "resident_kib"), ("of it not of files, KiB", "anonymous_kib"), ("heap in use, KiB", "heap_kib"),
    ("open descriptors", "descriptors"), ("mappings", "maps"), ("threads", "threads"),
    ("files of the store and its cache", "files"), ("bytes of them", "bytes"), ("of these left by dropped events", "bytes_of_dropped"),
)


def quarter(rows, number, column):
    values = [float(row[column]) for row in rows]
    return statistics.median(values[len(values) * number // 4:len(values) * (number + 1) // 4])


def judge(rows):
    """Prints a line for each curve. Returns whether all are flat."""
    if float(rows[-1]["seconds"]) < LEAST_SECONDS:
        print("soak: too short to say whether anything grows")
        return True
    segments = (quarter(rows, 3, "bytes_of_dropped") - quarter(rows, 1, "bytes_of_dropped")) / SEGMENT
    all_flat = True
    for column, (slack, for_a_segment) in CURVES.items():
        before, after = quarter(rows, 1, column), quarter(rows, 3, column)
        most = before * (1 + SHARE) + slack + segments * for_a_segment
        all_flat &= after <= most
        print("soak: %s%s: %.0f, then %.0f, at most %.0f" % ("" if after <= most else "PROBLEM: ", column, before, after, most))
    return all_flat


def points(rows, column):
    """The median of each minute."""
    minutes = {}
    for row in rows:
        minutes.setdefault(int(float(row["seconds"]) // 60), []).append(float(row[column]))
    return [(minute + 0.5, statistics.median(values)) for minute, values in minutes.items()]


def draw(rows):
    panels = [(title, [(line, points(rows, before + column)) for line, before in ((OWN, ""), (READER, "reader_"))
                       if before + column in rows[0]]) for title, column in PANELS]
    heading = "Soak: {:,} events in {:,.0f} seconds, of which {:,} were dropped".format(
        int(rows[-1]["events"]), float(rows[-1]["seconds"]), int(rows[-1]["dropped"]))
    return plot.picture(heading, "minutes", panels, LABELS, plot.linear_axes)


def main():
    samples, picture = map(pathlib.Path, sys.argv[1:])
    with samples.open(newline="") as file:
        rows = list(csv.DictReader(file))
    picture.write_text(draw(rows), encoding="utf-8")
    sys.exit(not judge(rows))


if __name__ == "__main__":
    main()
