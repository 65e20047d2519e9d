# SPDX-License-Identifier: BSL-1.0
#
# report.py: the tables and plots of run_journal. A figure is the median over the rounds; a ratio is the median of each round's ratio, so
# that a machine that slows down between rounds doesn't change it.
import os
import platform
import statistics
import subprocess
import textwrap

import plot

LABELS = {
    "quipu": "quipu", "quipu_nochain": "quipu, no chain", "quipu_batch": "quipu, batches of 256", "lmdb": "LMDB",
    "lmdb_10000": "LMDB, 10,000 a transaction", "lmdb_covering": "LMDB, covering", "sqlite": "SQLite",
    "sqlite_covering": "SQLite, covering", "rocksdb": "RocksDB", "rocksdb_1": "RocksDB, one by one", "fwrite_log": "fwrite log, 4 KiB",
    "fwrite_log_1m": "fwrite log, 1 MiB",
}
PEERS = ("lmdb", "lmdb_covering", "sqlite", "sqlite_covering", "rocksdb", "fwrite_log")


def count(value):
    """Three digits, and thousands apart."""
    if value >= 1000:
        return format(int(float("%.3g" % value)), ",")
    return "%.3g" % value


def rate(nanoseconds):
    """Of events, from nanoseconds an event."""
    per_second = 1e9 / nanoseconds
    return "%s M/s" % count(per_second / 1e6) if per_second >= 1e6 else "%s k/s" % count(per_second / 1e3)


class Medians:
    def __init__(self, figures):
        self.figures = figures

    def of(self, task, subject, name):
        values = self.figures.all(task, subject, name)
        return statistics.median(values.values()) if values else None

    def ratio(self, task, subject, name, other_task, other, other_name=None):
        """How many times the first is the second, round by round."""
        first, second = self.figures.all(task, subject, name), self.figures.all(other_task, other, other_name or name)
        both = [first[number] / second[number] for number in first if number in second and second[number]]
        if both:
            return statistics.median(both)
        return self.of(task, subject, name) / self.of(other_task, other, other_name or name)


    def share_ratio(self, task, subject, other):
        """How many times the share of the bare flush's speed that one reaches is what another reaches; each beside its own bare flush."""
        shares = []
        for each in (subject, other):
            bare = self.figures.all(task, each, "bare_per_second")
            shares.append({number: value / bare[number] for number, value in self.figures.all(task, each, "per_second").items()})
        return statistics.median(shares[0][number] / shares[1][number] for number in shares[0] if number in shares[1])


class Table:
    def __init__(self):
        self.lines = ["| what | quipu | beside it, same run | ratio | target | |", "|---|---|---|---|---|---|"]

    def row(self, what, ours, others, ratio, target, reached):
        if ratio is not None:
            ratio = ("%.1f" if ratio >= 10 else "%.2f") % ratio
        verdict = {True: "reached", False: "**not reached**", None: ""}[reached]
        self.lines.append("| %s | %s | %s | %s | %s | %s |" % (what, ours, others, ratio or "", target, verdict))


def others(medians, task, name, show, subjects=PEERS):
    found = [(subject, medians.of(task, subject, name)) for subject in subjects]
    return "; ".join("%s %s" % (LABELS[subject], show(value)) for subject, value in found if value is not None)


def microseconds(value):
    return "%s µs" % count(value)


def milliseconds(value):
    return "%s ms" % count(value)


def nanoseconds(value):
    return "%s ns" % count(value)


def append_rows(table, medians):
    of, ratio = medians.of, medians.ratio
    times = ratio("append", "lmdb", "append_ns", "append", "quipu")
    table.row("append, buffered, chain on, 1 thread", rate(of("append", "quipu", "append_ns")),
              others(medians, "append", "append_ns", rate, ("lmdb", "lmdb_10000", "rocksdb", "rocksdb_1", "sqlite")), times,
              "≥ 3.5 × LMDB, later 5 ×", times >= 3.5)
    times = ratio("append", "lmdb", "append_cpu_ns", "append", "quipu")
    table.row("same, processor time of all threads", nanoseconds(of("append", "quipu", "append_cpu_ns")),
              others(medians, "append", "append_cpu_ns", nanoseconds, ("lmdb", "lmdb_10000", "rocksdb", "sqlite")), times, "", None)
    for log, text in (("fwrite_log", "≥ the fwrite log"), ("fwrite_log_1m", "with its large buffer too")):
        times = ratio("append", log, "append_ns", "append", "quipu_nochain")
        table.row("append, buffered, chain off", rate(of("append", "quipu_nochain", "append_ns")),
                  others(medians, "append", "append_ns", rate, (log,)), times, text, times >= 1)
    table.row("same, processor time", nanoseconds(of("append", "quipu_nochain", "append_cpu_ns")),
              others(medians, "append", "append_cpu_ns", nanoseconds, ("fwrite_log", "fwrite_log_1m")),
              ratio("append", "fwrite_log", "append_cpu_ns", "append", "quipu_nochain"), "", None)
    times = ratio("append", "quipu", "append_ns", "append", "quipu_batch")
    table.row("append in batches of 256, chain on", rate(of("append", "quipu_batch", "append_ns")),
              "single append %s; %s" % (rate(of("append", "quipu", "append_ns")),
                                        others(medians, "append", "append_ns", rate, ("rocksdb",))),
              times, "≥ the single append", times >= 1)
    table.row("same, processor time", nanoseconds(of("append", "quipu_batch", "append_cpu_ns")),
              "single append %s" % nanoseconds(of("append", "quipu", "append_cpu_ns")),
              ratio("append", "quipu", "append_cpu_ns", "append", "quipu_batch"), "", None)
    for subject, most in (("quipu", 136), ("quipu_nochain", 100)):
        size = of("append", subject, "bytes")
        table.row("bytes on disk an event, chain %s" % ("on" if most == 136 else "off"), "%.1f" % size,
                  others(medians, "append", "bytes", count, ("sqlite", "lmdb", "rocksdb", "fwrite_log")), None, "≤ %d" % most, size <= most)


def durable_rows(table, medians):
    of, ratio = medians.of, medians.ratio

    def per_second(value):
        return "%s/s" % count(value)

    slower = ratio("durable 1", "quipu", "p50_us", "durable 1", "quipu", "bare_p50_us")
    table.row("durable append, 1 thread, median wait", microseconds(of("durable 1", "quipu", "p50_us")),
              "bare write + fdatasync %s" % microseconds(of("durable 1", "quipu", "bare_p50_us")), slower, "≤ 1.10 × the bare flush",
              slower <= 1.10)
    table.row("same, the fastest tenth (what others do on the machine counts less)", microseconds(of("durable 1", "quipu", "p10_us")),
              microseconds(of("durable 1", "quipu", "bare_p10_us")),
              ratio("durable 1", "quipu", "p10_us", "durable 1", "quipu", "bare_p10_us"), "", None)
    times = medians.share_ratio("durable 1", "quipu", "sqlite")
    table.row("durable append, 1 thread", per_second(of("durable 1", "quipu", "per_second")),
              others(medians, "durable 1", "per_second", per_second), times, "≥ 1.3 × SQLite", times >= 1.3)
    for threads in (2, 8):
        task = "durable %d" % threads
        times = ratio(task, "quipu", "per_second", task, "quipu", "bare_per_second")
        table.row("durable append, %d threads" % threads, per_second(of(task, "quipu", "per_second")),
                  "bare group commit %s; %s" % (per_second(of(task, "quipu", "bare_per_second")),
                                                others(medians, task, "per_second", per_second)),
                  times, "≥ 0.8 × the bare group commit" if threads == 8 else "", times >= 0.8 if threads == 8 else None)
    slower = ratio("durable batches", "quipu", "batch64_p50_us", "durable batches", "quipu", "batch64_bare_p50_us")
    table.row("durable batch of 64, median wait", microseconds(of("durable batches", "quipu", "batch64_p50_us")),
              "bare flush of as many bytes %s" % microseconds(of("durable batches", "quipu", "batch64_bare_p50_us")), slower,
              "≤ 1.25 × the bare flush (of the tickets' 0.8)", slower <= 1.25)


def read_rows(table, medians, events, large):
    of, ratio = medians.of, medians.ratio
    task = "read %d 1000" % events
    for name, what, text, enough in (
            ("hot_ns", "replay one entity, its %s events together, warm" % count(events // 100), "≥ 100 M/s", lambda ns: ns <= 10),
            ("hot_first_ns", "same, first read in a fresh process, after opening", "≥ 8 M/s", lambda ns: ns <= 125),
            ("spread_ns", "replay one entity, its %s events all over the log, warm" % count(events // 1000), "", None)):
        ours = of(task, "quipu", name)
        table.row(what, rate(ours), others(medians, task, name, rate), ratio(task, "lmdb_covering", name, task, "quipu"), text,
                  enough and enough(ours))
    table.row("fresh process: opening and the first read together", milliseconds(of(task, "quipu", "hot_fresh_ms")),
              others(medians, task, "hot_fresh_ms", milliseconds), ratio(task, "lmdb_covering", "hot_fresh_ms", task, "quipu"), "", None)
    times = ratio(task, "lmdb", "all_ns", task, "quipu")
    table.row("replay everything into one fold, warm", rate(of(task, "quipu", "all_ns")), others(medians, task, "all_ns", rate), times,
              "≥ 2 × LMDB", times >= 2)
    more = "more %d" % events
    times = ratio(more, "quipu", "project_all_1_ns", more, "quipu", "project_all_2_ns")
    table.row("`project_all`, a state an entity, two threads", rate(of(more, "quipu", "project_all_2_ns")),
              "one thread %s; two threads that share nothing got %.2f × the work of one done here" % (
                  rate(of(more, "quipu", "project_all_1_ns")), of(more, "quipu", "two_threads")), times, "≥ 1.6 × one", times >= 1.6)
    for size in [events] + ([10 * events] if large else []):
        task, most = "read %d 1000" % size, 0.5 if size == events else 1
        took = of(task, "quipu", "open_ms")
        table.row("cold open, clean, %s events (their pages in memory)" % count(size), milliseconds(took),
                  others(medians, task, "open_ms", milliseconds), ratio(task, "lmdb", "open_ms", task, "quipu"), "≤ %g ms" % most,
                  took <= most)
    took = of(more, "quipu", "open_read_only_ms")
    table.row("same, read-only, %s events" % count(events), milliseconds(took), "", None, "", None)
    took = of("crash", "quipu", "open_ms")
    table.row("open after kill -9, %s events" % count(events), milliseconds(took), others(medians, "crash", "open_ms", milliseconds),
              ratio("crash", "lmdb", "open_ms", "crash", "quipu"), "≤ 20 ms", took <= 20)
    size = 10 * events if large else events
    heap = of("read %d 1000" % size, "quipu", "heap_bytes")
    table.row("heap after opening %s events" % count(size), "%s MiB" % count(heap / 2**20),
              others(medians, "read %d 1000" % size, "heap_bytes", lambda value: "%s MiB" % count(value / 2**20)), None,
              "≤ 64 MiB at 10 M" + ("" if large else " (at this rate %s MiB)" % count(heap / 2**20 * 1e7 / size)),
              heap * 1e7 / size <= 64 * 2**20)
    task = "read %d 1000" % events
    took = of(task, "quipu", "get_ns")
    table.row("get one by id (the others: by number), warm", microseconds(took / 1e3),
              others(medians, task, "get_ns", lambda value: microseconds(value / 1e3)), ratio(task, "lmdb", "get_ns", task, "quipu"),
              "≤ 0.7 µs", took <= 700)


def query_rows(table, medians, events):
    of, ratio = medians.of, medians.ratio
    size = events // 5
    task, found = "read %d 1000" % size, size * 1.01 / 10

    def whole(value):
        return milliseconds(value * found / 1e6)

    took = of(task, "quipu", "by_kind_ns") * found / 1e6
    table.row("by kind, %s of %s, every payload read" % (count(found), count(size)), milliseconds(took),
              others(medians, task, "by_kind_ns", whole), ratio(task, "lmdb_covering", "by_kind_ns", task, "quipu"),
              "≤ 0.1 ms for 20,000", took <= 0.1 * found / 20200)
    more = "more %d" % size
    table.row("same, to its first event only", microseconds(of(more, "quipu", "by_kind_make_us")), "", None, "≤ 100 µs (lazily)",
              of(more, "quipu", "by_kind_make_us") <= 100)
    table.row("same, each decoded as its type", whole(of(more, "quipu", "by_kind_as_ns")), "", None, "", None)
    table.row("same, counted", microseconds(of(more, "quipu", "count_kind_us")), "", None, "", None)
    table.row("by scope, %s of %s, every payload read" % (count(found), count(size)), whole(of(task, "quipu", "by_scope_ns")),
              others(medians, task, "by_scope_ns", whole), ratio(task, "lmdb_covering", "by_scope_ns", task, "quipu"), "", None)
    task = "read %d 1000" % events
    took = of(task, "quipu", "poll_ns") / 1e3
    table.row("a consumer's next 64 events, `poll_batch`, anywhere among %s" % count(events), microseconds(took),
              others(medians, task, "poll_ns", lambda value: microseconds(value / 1e3)),
              ratio(task, "lmdb_covering", "poll_ns", task, "quipu"), "≤ 10 µs", took <= 10)
    took = of("more %d" % events, "quipu", "verify_ns")
    table.row("verify everything, chain included", rate(took), "", None, "≥ 20 M/s", took <= 50)


def project_rows(table, medians, events):
    def of(name):
        return medians.of("project", "quipu", name)

    history = count(events // 100)
    for name, what, most in (
            ("memory_current_hot_us", "project, in a memory cache and current, %s events behind it" % history, 0.15),
            ("memory_current_us", "same, one of 1,000 entities, each asked for once", None),
            ("file_hit_us", "project, file-cache hit in a fresh process, one of 1,000 entities", 8),
            ("file_hit_hot_us", "same, the entity with %s events behind it, again and again" % history, 8),
            ("file_hit_hot_first_us", "same, its first time", None),
            ("file_hit_first_us", "same, the very first projection of the process", None),
            ("memory_after_one_us", "project after one new event, %s before, memory cache" % history, 2),
            ("file_after_one_us", "same, file cache", None)):
        took = of(name)
        table.row(what, microseconds(took), "", None, "≤ %g µs" % most if most else "", took <= most if most else None)
    for name, most in (("hit", 5), ("miss", 1.5), ("put new", 40), ("overwrite", 25)):
        took, bare = medians.of("file cache", "quipu", name), medians.of("file cache", "quipu", name + " bare")
        if took is not None:
            table.row("file cache, %s, 64 bytes" % name, microseconds(took), "bare system calls %s" % microseconds(bare), took / bare,
                      "≤ %g µs" % most, took <= most)


PANELS = (
    ("append, ns an event", "append", "append_ns"), ("cold open, ms", "read", "open_ms"),
    ("heap after opening, bytes", "read", "heap_bytes"), ("replay everything, ns an event", "read", "all_ns"),
    ("replay one entity (spread), ns an event", "read", "spread_ns"), ("get, ns", "read", "get_ns"),
    ("by kind, ns an event", "read", "by_kind_ns"), ("by scope, ns an event", "read", "by_scope_ns"),
    ("next 64 of a consumer, ns", "read", "poll_ns"),
    ("bytes on disk an event", "append", "bytes"),
)


def slopes(medians, shapes, workload, along):
    """The panels of one picture: `along` takes the number of events or of entities from a shape."""
    panels = []
    for title, task, name in PANELS:
        lines = []
        for subject in ("quipu",) + PEERS:
            points = []
            for shape in shapes:
                value = medians.of("%s %d %d" % ((task,) + shape), subject, name)
                if value is None and task == "append" and shape == workload:
                    value = medians.of("append", subject, name)
                if value:
                    points.append((along(shape), value))
            if len(points) > 1:
                lines.append((subject, points))
        panels.append((title, lines))
    return panels


def slope_table(panels, axis):
    """Each panel's lines as rows: the figure at each place of the axis, and how many times the first the last is."""
    across = sorted({x for _, lines in panels for _, line in lines for x, _ in line})
    rows = ["| %s | | %s | last / first |" % (axis, " | ".join(count(x) for x in across)), "|---|---|" + "---|" * (len(across) + 1)]
    for title, lines in panels:
        for subject, line in lines:
            values = dict(line)
            cells = [count(values[x]) if x in values else "" for x in across]
            first, last = (values[each(values)] for each in (min, max))
            rows.append("| %s | %s | %s | %.3g |" % (title, LABELS[subject], " | ".join(cells), last / first))
            title = ""
    return rows


def machine(system):
    model = "an unknown processor"
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as about:
            model = next((line.split(":", 1)[1].strip() for line in about if line.startswith("model name")), model)
        with open("/proc/meminfo", encoding="utf-8") as about:
            memory = "%d GiB of memory" % round(int(next(about).split()[1]) / 2**20)
    except OSError:
        memory = "an unknown amount of memory"
    return "%d cores of %s, %s, %s on %s" % (os.cpu_count(), model, memory, system, platform.system())


def version_of(compiler):
    return subprocess.run([compiler, "--version"], stdout=subprocess.PIPE, text=True).stdout.splitlines()[0]


def wrapped(text):
    """The text with the lines of its paragraphs filled again, but not tables, headings and commands."""
    paragraphs = text.split("\n\n")
    return "\n\n".join(each if each.startswith(("#", "|", "!", "    ")) else textwrap.fill(
        each, 140, break_long_words=False, break_on_hyphens=False) for each in paragraphs) + "\n"


def write(folder, figures, events, options, command, seconds, system):
    medians = Medians(figures)
    table = Table()
    append_rows(table, medians)
    durable_rows(table, medians)
    read_rows(table, medians, events, options.large)
    query_rows(table, medians, events)
    project_rows(table, medians, events)
    sizes = [events // 100, events // 10, events // 5, events] + ([10 * events] if options.large else [])
    by_events = slopes(medians, [(size, 1000) for size in sizes if size >= 2000], (events, 1000), lambda shape: shape[0])
    by_entities = slopes(medians, [(events, entities) for entities in sorted({100, 1000, events // 100, events})], (events, 1000),
                         lambda shape: shape[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, heading, axis, panels in (("events", "With the number of events, 1,000 entities", "events", by_events),
                                        ("entities", "With the number of entities, %s events" % count(events), "entities", by_entities)):
        (folder / ("journal_%s.svg" % name)).write_text(plot.picture(heading, axis, panels, LABELS), encoding="utf-8")
    load = os.getloadavg()[2]
    rounds = max(len(each) for each in figures.rounds.values())
    text = TEXT.format(
        command=command, seconds=round(seconds), machine=machine(system), compiler=version_of(options.compiler), rounds=rounds,
        load="%.1f" % load,
        events=count(events), hot=count(events // 100), table="\n".join(table.lines),
        small="This was a run with few events, to see that everything works: its figures say nothing.\n\n" if options.quick else "",
        by_events="\n".join(slope_table(by_events, "events")),
        by_entities="\n".join(slope_table(by_entities, "entities")),
        append=others(medians, "append", "append_ns", rate, tuple(LABELS)), bytes=others(medians, "append", "bytes", count, tuple(LABELS)),
        covering=others(medians, "append %d 1000" % events, "append_ns", rate, ("lmdb_covering", "sqlite_covering")),
        covering_bytes=others(medians, "append %d 1000" % events, "bytes", count, ("lmdb_covering", "sqlite_covering")))
    (folder / "journal.md").write_text(wrapped(text), encoding="utf-8")


TEXT = """# What the journal costs, beside other stores

{small}    {command}

measures all of it in one run (here {seconds} s) and writes this page: {machine}; `{compiler}`, -O2 -DNDEBUG. The machine's load over the
last quarter of an hour was {load}, the benchmark's own included. Where that is much above 2, the absolute figures are too slow, all of them.

Workload W: {events} events round robin over 1,000 entities, 32-byte payload, scope and kind set, one event in ten of another kind, and then
one entity with {hot} events. Each store takes its turn in each round, in a process of its own; figures are medians over up to {rounds}
rounds, ratios are medians of each round's ratio, above 1 where quipu is the better, except for times beside bare system calls or a bare
flush, which are quipu's over theirs. A durable append takes turns with a bare write and fdatasync in the same process, and is compared with
other stores by the share of that speed that each reaches. What is read back is added up and compared with what was written, in each
measurement: a store that skipped something ends the run.

{table}

All appends: {append}. Bytes an event: {bytes}. The covering variants, which the reads above use, pay for it when they write: {covering};
bytes an event: {covering_bytes}.

## How it grows

![with the number of events](journal_events.svg)

{by_events}

![with the number of entities](journal_entities.svg)

{by_entities}

## What isn't measured here

Compaction (`run_tails` has appends beside it), opening for salvage, workers, subscriptions and read models; tickets: a durable batch of 64
stands in for them. Conditions, tags, the ledger of a Git repository and replication have pages of their own.

## How the others are set up

SQLite: write-ahead log, `synchronous=NORMAL` (`FULL` where an event must be durable), `wal_autocheckpoint=10000`, prepared statements,
1,000 events a transaction, `mmap_size` 16 GiB; `events(seq INTEGER PRIMARY KEY, entity_id, kind, ts, payload)` with an index on
(entity_id, seq); covering: an index on (entity_id, seq, kind, payload), and indexes by kind and by scope. LMDB:
`MDB_NOSYNC|MDB_WRITEMAP`, `MDB_APPEND`, 1,000 (10,000) events a transaction, `DUPFIXED` lists of numbers by entity; covering: the payload
is in the list, and there are lists by kind and by scope; durable: neither flag, an event a transaction. RocksDB: key of entity and
number, no compression, 256 events a batch, tables flushed before the store is closed; "everything" comes in the order of entities.
**Debian's packages of RocksDB are built with assertions and run about 3.5 times slower than they could.** The fwrite log: one file of
length, CRC-32C and record, an `unordered_map` from name to offsets, read with `pread`; it has no order but the file's, no ids, no
batches, no threads. All stamp each event with the time; the peers take entities as numbers, quipu and the fwrite log as names. Nothing is
synced while events are appended "buffered" (quipu: `sync.interval_ms = 0`), but that quipu flushes a segment of 32 MiB when it is full.
SQLite and RocksDB with single events append a fifth of W. quipu has its default settings otherwise.

The benchmark is a plain program and not one of Google Benchmark's: `benchmarks/journal_bench.cpp` says why.
"""
