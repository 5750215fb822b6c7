#!/usr/bin/env python3
"""Measures migscope and its peers in one run, prints tables, and writes them to a file.

Streams: from the folders MIGSCOPE_STREAMS and MIGSCOPE_CORPUS (NAME.mig, NAME.mig.xz), else QEMU makes them in the
scratch folder. QEMU's reader: ANALYZE_MIGRATION, else what fetch-reader downloads. What can't be had is skipped with
a message. Times are medians of wall-clock time, warm cache unless said otherwise; memory is the peak of all runs.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

import measure
from report import Report, machine, version
from streams import Streams, say
from terminal import Browser, pressed

HERE = Path(__file__).resolve().parent
SCREEN = ["--dump-screen", "120x40"]
SIZES = (1, 2, 4, 8)
PROCESSORS = (1, 64, 255)


def find_reader(scratch):
    """The path of analyze-migration.py, or None with a message."""
    named = os.environ.get("ANALYZE_MIGRATION")
    if named and os.path.exists(named):
        return named
    if not named:
        found = subprocess.run([HERE / "fetch-reader", scratch], capture_output=True, text=True)
        if found.returncode == 0:
            return found.stdout.strip()
    say(f"QEMU's reader is skipped: {'no file ' + named if named else 'not to be had'}; try: ANALYZE_MIGRATION=PATH")
    return None


class Bench:
    def __init__(self, options):
        self.program = options.program
        self.sample = Path(options.sample)
        self.runs = options.runs
        self.quick = options.quick
        self.streams = Streams(options.scratch)
        self.reader = find_reader(options.scratch)
        self.report = Report()

    def peer(self, path):
        return [sys.executable, self.reader, "-f", path, "-d", "state"]

    # What a person waits for first.

    def start(self):
        self.report.table("Start", "ms", "MB")
        result = measure.median([self.program, "--version"], 5 * self.runs)
        self.report.row("--version", result.milliseconds, result.megabytes, budget=(5,))
        self.report.row("size of the program, MB", os.path.getsize(self.program) / 1e6, None, budget=(16,))

    def first_screens(self):
        self.report.table("First screen and info", "ms", "MB", "read, MB", "peer, ms", "ratio")
        cases = [
            ("sample-q35-10.0", self.sample, (50, 50)),
            ("8 GiB of RAM", None if self.quick else self.streams.big(8), (50, 50)),
            ("64 GiB mapped-ram", self.streams.corpus("mapped-64g-10.0.mig"), (50, 50)),
            ("3.5 million fields", self.streams.corpus("many-7.2.mig"), (100, 80)),
        ]
        for name, path, budget in cases:
            if path is None:
                self.report.skip(name, "skipped")
                continue
            # The peer can't read mapped-ram, and takes minutes for gigabytes of pages.
            peer = measure.median(self.peer(path), 1) if self.reader and "GiB" not in name else None
            for work, command in (("first screen", [path, *SCREEN]), ("info", ["info", path])):
                command = [self.program, *command]
                touched = measure.touched_megabytes(command, path)
                result = measure.median(command, self.runs)
                if result is None:
                    self.report.skip(f"{name}: {work}", "fails")
                    continue
                ratio = f"{peer.milliseconds / result.milliseconds:.0f}x" if peer else None
                self.report.row(f"{name}: {work}", result.milliseconds, result.megabytes, touched,
                                peer and peer.milliseconds, ratio, budget=budget)

    # RAM.

    def ram(self):
        self.report.table("RAM index (pages), beside reading the file once", "ms", "MB", "cat, ms", "GB/s")
        cases = [("256 MiB, Linux", self.streams.corpus("linux-256m-7.2.mig"), ()),
                 ("64 GiB mapped-ram", self.streams.corpus("mapped-64g-10.0.mig"), ())]
        if not self.quick:
            cases.insert(0, ("8 GiB", self.streams.big(8), (300, 60)))
        for name, path, budget in cases:
            if path is None:
                self.report.skip(name, "skipped")
                continue
            work = [self.program, "pages", path]
            is_sparse = os.stat(path).st_blocks * 512 < path.stat().st_size / 2
            if is_sparse:
                result, cat = measure.median(work, self.runs), None
            else:
                measure.warm(path)
                result, cat = measure.alternating([work, ["cat", path]], max(3, self.runs // 3))
            self.report.row(name, result and result.milliseconds, result and result.megabytes,
                            cat and cat.milliseconds,
                            None if is_sparse else path.stat().st_size / result.milliseconds / 1e6, budget=budget)
            if not is_sparse:
                result, cat = (measure.median(command, 1, lambda: measure.evict(path)) for command in (work, ["cat", path]))
                self.report.row(f"{name}, not in the cache", result.milliseconds, result.megabytes, cat.milliseconds,
                                path.stat().st_size / result.milliseconds / 1e6)

    # The browser, in a terminal.

    def keys(self):
        self.report.table("From a key to the end of the paint, in a terminal", "ms", "bytes")
        many = self.streams.corpus("many-7.2.mig")
        mapped = self.streams.corpus("mapped-64g-10.0.mig")
        small = [("j", "j", "k", 5), ("a page down", "\x1b[6~", "\x1b[5~", 5), ("G", "G", "g", 10)]
        self.session("sample-q35-10.0", self.sample, small)
        if many:
            self.session("3.5 million fields", many, small + [
                ("a keystroke of a search", "/v", "\x1b", 20),
                ("the next one", "/vi", "\x1b", 20),
                ("to an offset", ":0x1500000\r", "g", 5),
                ("expand all", "E", "Cg", 10),
                ("expand all, then the last row", "EG", "Cg", 10),
            ])
            self.value_search("3.5 million fields", many)
        if mapped:
            self.session("64 GiB mapped-ram", mapped, small + [("to an offset", ":0x800000000\r", "g", 5)])

    def session(self, name, path, works):
        browser = Browser(self.program, path)
        try:
            for work, keys, back, budget in works:
                milliseconds, count = pressed(browser, keys, back)
                self.report.row(f"{name}: {work}", milliseconds, int(count), budget=(budget,))
        finally:
            browser.close()

    def value_search(self, name, path):
        browser = Browser(self.program, path)
        try:
            milliseconds, count = browser.press("/=0xdeadbeef01\r", until="no field has the value")
            self.report.row(f"{name}: a value that is nowhere", milliseconds, int(count), budget=(200,))
        finally:
            browser.close()

    # Everything, for scripts.

    def dumps(self):
        self.report.table("All fields, beside QEMU's reader", "ms", "MB", "peer, ms", "peer, MB", "ratio")
        for name in ("q35-rich-10.0.mig", "linux-256m-7.2.mig", "many-7.2.mig"):
            path = self.streams.corpus(name)
            if path is None:
                self.report.skip(name, "skipped")
                continue
            # The first run of each reads a file that was just unpacked.
            count = max(3, self.runs // 3)
            formats = {form: [self.program, "dump", path, "--format", form] for form in ("tsv", "json")}
            commands = list(formats.values()) + ([self.peer(path)] if self.reader else [])
            *results, peer = measure.alternating(commands, count) + ([] if self.reader else [None])
            least = 40 if name.startswith("many") else 20
            for form, result in zip(formats, results):
                ratio = peer and result and peer.milliseconds / result.milliseconds
                memory = 80 if form == "tsv" else None
                self.report.row(f"{name}: dump --format {form}", result and result.milliseconds,
                                result and result.megabytes, peer and peer.milliseconds, peer and peer.megabytes,
                                ratio and f"{ratio:.0f}x", budget=(None, memory))
                if ratio and form == "tsv" and ratio < least:
                    self.report.over.append(f"{name}: {ratio:.0f}x, not {least}x")

    def bytes_search(self):
        self.report.table("A pattern of bytes that is nowhere, beside grep", "ms", "MB", "grep, ms")
        path = self.streams.corpus("linux-256m-7.2.mig")
        if path is None:
            return self.report.skip("256 MiB, Linux", "skipped")
        pattern = "f1e2d3c4b5a69788"
        escaped = "".join(f"\\x{pattern[i:i + 2]}" for i in range(0, len(pattern), 2))
        ours, grep = measure.alternating([[self.program, "find", path, "--bytes", pattern],
                                          ["grep", "-c", "-a", "-P", escaped, path]], max(3, self.runs // 3))
        return self.report.row("256 MiB, Linux", ours and ours.milliseconds, ours and ours.megabytes,
                               grep and grep.milliseconds)

    def hex(self):
        self.report.table("The bytes at an offset of a large file, beside hexyl", "ms", "MB", "hexyl, ms")
        path = None if self.quick else self.streams.big(8)
        if path is None or not shutil.which("hexyl"):
            return self.report.skip("8 GiB", "skipped: no stream" if path is None else "skipped: no hexyl")
        offset = path.stat().st_size // 2
        ours, peer = measure.alternating(
            [[self.program, path, "--at", str(offset), *SCREEN], ["hexyl", "-s", str(offset), "-n", "640", path]],
            self.runs)
        return self.report.row("8 GiB", ours.milliseconds, ours.megabytes, peer and peer.milliseconds)

    # How it grows.

    def scaling(self):
        self.report.table("Scaling with RAM", *(f"{gib} GiB" for gib in SIZES))
        paths = [None if self.quick else self.streams.big(gib) for gib in SIZES]
        for work, command in (("first screen, ms", SCREEN), ("info, ms", None), ("pages, ms", None)):
            self.scaling_row(work, paths, lambda path: (
                [path, *command] if command else [work.split(",")[0], path]))
        self.report.table("Scaling with CPUs", *map(str, PROCESSORS))
        paths = [self.streams.processors(count) for count in PROCESSORS]
        self.scaling_row("first screen, ms", paths, lambda path: [path, *SCREEN])
        self.scaling_row("dump --format tsv, ms", paths, lambda path: ["dump", path, "--format", "tsv"])
        if self.reader:
            results = [path and measure.median(self.peer(path), 1) for path in paths]
            self.report.row("QEMU's reader, ms", *(result and result.milliseconds for result in results))

    def scaling_row(self, work, paths, command):
        results = []
        for path in paths:
            if path and work.startswith("pages"):
                measure.warm(path)
            results.append(path and measure.median([self.program, *command(path)], max(3, self.runs // 3)))
        self.report.row(work, *(result and result.milliseconds for result in results))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=".build/release/migscope", help="the migscope to measure")
    parser.add_argument("--sample", default=".build/sample/sample-q35-10.0.mig", help="the sample, unpacked")
    parser.add_argument("--runs", type=int, default=9, help="runs for each median (default 9)")
    parser.add_argument("--scratch", type=Path, default=Path(".build/bench"), help="where large files go")
    parser.add_argument("--output", type=Path, help="write the tables to this file too")
    parser.add_argument("--quick", action="store_true", help="leave out the streams of gigabytes")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a budget is exceeded")
    options = parser.parse_args()
    if not os.access(options.program, os.X_OK):
        sys.exit(f"no program {options.program}; try: make release")

    bench = Bench(options)
    introduction = [
        "The last table of `make bench`: medians, warm cache unless said otherwise. Memory is the peak of the resident",
        "set. *Read* is what a run on a file that is not in the page cache brings into it.",
        "",
        f"{version(options.program)} on {machine()}.",
    ]
    print(introduction[-1])
    for part in (bench.start, bench.first_screens, bench.ram, bench.keys, bench.dumps, bench.bytes_search, bench.hex,
                 bench.scaling):
        part()
    if bench.report.over:
        print("\nover budget: " + "; ".join(bench.report.over))
    if options.output:
        options.output.write_text(bench.report.markdown(introduction))
    if options.check and bench.report.over:
        sys.exit(1)


if __name__ == "__main__":
    main()
