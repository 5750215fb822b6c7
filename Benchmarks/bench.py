#!/usr/bin/env python3
"""Measures the first screen, a search keystroke and the dump of migscope, and their ratio to QEMU's reader.

Streams: the sample, and of the folder MIGSCOPE_CORPUS (NAME.mig or NAME.mig.xz) the large ones.
QEMU's reader: the path in ANALYZE_MIGRATION, else what fetch-reader downloads; skipped where neither is to be had.
Times are medians of wall-clock time, from a warm cache unless said otherwise; memory is the peak of all runs.
"""

import argparse
import lzma
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
# What the first screen may cost: milliseconds, MB; and a keystroke of a search: milliseconds.
BUDGETS = {"sample-q35-10.0": (30, None, None), "many-7.2": (150, 120, 50)}
CORPUS = ["many-7.2", "linux-256m-7.2", "q35-rich-10.0"]
SCREEN = ["--dump-screen", "120x40"]
SEARCH = "virtio"
# So often is it typed, that one keystroke shows beside the noise of a whole run.
REPEATS = 20


def run(command):
    """Seconds, peak RSS in MB and status of one run, its output thrown away."""
    with open(os.devnull, "r+b") as null:
        actions = [(os.POSIX_SPAWN_DUP2, null.fileno(), number) for number in (0, 1, 2)]
        start = time.perf_counter()
        child = os.posix_spawnp(command[0], command, os.environ, file_actions=actions)
        _, status, usage = os.wait4(child, 0)
        return time.perf_counter() - start, usage.ru_maxrss / 1000, os.waitstatus_to_exitcode(status)


def measure(command, count, before=lambda: None):
    """Median milliseconds and peak MB of `count` runs; None when the command fails."""
    results = []
    for _ in range(count):
        before()
        results.append(run(command))
        if results[-1][2] != 0:
            return None
    return 1000 * statistics.median(r[0] for r in results), max(r[1] for r in results)


def evict(path):
    """Takes the file out of the page cache."""
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)


def unpacked(name, folder, scratch):
    """The path of NAME.mig, unpacked when only NAME.mig.xz is there; None when neither is."""
    plain, packed = folder / f"{name}.mig", folder / f"{name}.mig.xz"
    if plain.exists():
        return plain
    target = scratch / f"{name}.mig"
    if not packed.exists():
        return None
    if not target.exists():
        scratch.mkdir(parents=True, exist_ok=True)
        with lzma.open(packed) as source, open(target, "wb") as sink:
            shutil.copyfileobj(source, sink, 1 << 20)
    return target


def find_reader(scratch):
    """The path of analyze-migration.py, or None with a message."""
    named = os.environ.get("ANALYZE_MIGRATION")
    if named:
        if os.path.exists(named):
            return named
        print(f"no file {named} (ANALYZE_MIGRATION): QEMU's reader is skipped", file=sys.stderr)
        return None
    scratch.mkdir(parents=True, exist_ok=True)
    found = subprocess.run([HERE / "fetch-reader", scratch], capture_output=True, text=True)
    if found.returncode == 0:
        return found.stdout.strip()
    reason = (found.stderr.strip().splitlines() or ["no reason given"])[-1]
    print(f"QEMU's reader is skipped: {reason}; try: ANALYZE_MIGRATION=PATH", file=sys.stderr)
    return None


class Table:
    """Rows of name, time, memory, ratio, budget."""

    def __init__(self):
        self.over_budget = False
        print(f"{'':44}{'ms':>9}{'MB':>9}{'ratio':>9}   budget")

    def row(self, name, result, ratio=None, budget=(None, None)):
        if result is None:
            print(f"  {name:42}{'fails':>9}")
            return
        milliseconds, megabytes = result
        over = [limit is not None and value is not None and value > limit
                for value, limit in zip(result, budget)]
        self.over_budget |= any(over)
        limits = ", ".join(f"{limit} {unit}" for limit, unit in zip(budget, ("ms", "MB")) if limit is not None)
        verdict = f"   {limits} {'OVER' if any(over) else 'kept'}" if limits else ""
        memory = f"{megabytes:9.1f}" if megabytes is not None else " " * 9
        shown = f"{ratio:8.0f}x" if ratio else " " * 9
        print(f"  {name:42}{milliseconds:9.1f}{memory}{shown}{verdict}", flush=True)


def bench(name, path, program, reader, runs, table):
    print(f"{name}  {path.stat().st_size:,} bytes")
    screen_budget, memory_budget, key_budget = BUDGETS.get(name, (None, None, None))
    first = [program, path, *SCREEN]
    screen = measure(first, runs)
    state = measure([sys.executable, reader, "-f", path, "-d", "state"], max(1, runs // 7)) if reader else None

    def ratio(result):
        return state[0] / result[0] if state and result else None

    table.row("first screen", screen, ratio(screen), (screen_budget, memory_budget))
    table.row("first screen, file not in the cache", measure(first, runs, lambda: evict(path)))
    if screen:
        typed = measure([*first, "--keys", f"/{SEARCH}<Esc>" * REPEATS], runs)
        key = typed and (max(typed[0] - screen[0], 0) / len(SEARCH) / REPEATS, None)
        table.row(f"a keystroke of the search /{SEARCH}", key, budget=(key_budget, None))
    dump = measure([program, "dump", path, "--format", "json"], max(1, runs // 3))
    table.row("dump --format json", dump, ratio(dump))
    if reader:
        table.row("analyze-migration.py -d state", state)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=".build/release/migscope", help="the migscope to measure")
    parser.add_argument("--sample", default=".build/sample/sample-q35-10.0.mig", help="the sample, unpacked")
    parser.add_argument("--runs", type=int, default=15, help="runs for each median (default 15)")
    parser.add_argument("--scratch", type=Path, default=Path(".build/bench"), help="where large files go")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a budget is exceeded")
    options = parser.parse_args()
    if not os.access(options.program, os.X_OK):
        sys.exit(f"no program {options.program}; try: make release")

    reader = find_reader(options.scratch)
    streams = [("sample-q35-10.0", Path(options.sample))]
    corpus = os.environ.get("MIGSCOPE_CORPUS")
    if not corpus:
        print("MIGSCOPE_CORPUS is not set: the large streams are skipped", file=sys.stderr)
    for name in CORPUS if corpus else []:
        path = unpacked(name, Path(corpus), options.scratch)
        if path:
            streams.append((name, path))
        else:
            print(f"no {name}.mig or {name}.mig.xz in {corpus}: skipped", file=sys.stderr)

    print(f"medians of {options.runs} runs; a child of this script counts at least {run(['true'])[1]:.0f} MB")
    table = Table()
    for name, path in streams:
        bench(name, path, options.program, reader, options.runs, table)
    if options.check and table.over_budget:
        sys.exit(1)


if __name__ == "__main__":
    main()
