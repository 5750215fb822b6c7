"""Runs a program and says what it took: time, memory, pages of a file that it touched."""

import ctypes
import json
import mmap
import os
import statistics
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

Run = namedtuple("Run", "milliseconds megabytes status")
LIBC = ctypes.CDLL(None, use_errno=True)
PAGE = mmap.PAGESIZE


class Runner:
    """Starts programs from a small process of its own: the peak of a child counts what its parent had."""

    def __init__(self):
        script = Path(__file__).with_name("runner.py")
        self.process = subprocess.Popen([sys.executable, "-I", "-S", script], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def run(self, command):
        self.process.stdin.write(json.dumps([os.fspath(part) for part in command]) + "\n")
        self.process.stdin.flush()
        return Run(*json.loads(self.process.stdout.readline()))


RUNNER = Runner()


def run(command):
    """One run, its output thrown away; memory is the peak of the resident set."""
    return RUNNER.run(command)


def median(command, count, before=lambda: None, accepted=(0, 1)):
    """Median time and peak memory of `count` runs; None when the command fails (1 is: findings)."""
    runs = []
    for _ in range(count):
        before()
        runs.append(run(command))
        if runs[-1].status not in accepted:
            return None
    return Run(statistics.median(r.milliseconds for r in runs), max(r.megabytes for r in runs), 0)


def alternating(commands, count):
    """Medians of several commands that take turns, so that what else the machine does hits all of them."""
    runs = [[] for _ in commands]
    for _ in range(count):
        for number, command in enumerate(commands):
            runs[number].append(run(command))
    return [
        None if any(r.status not in (0, 1) for r in results)
        else Run(statistics.median(r.milliseconds for r in results), max(r.megabytes for r in results), 0)
        for results in runs
    ]


def evict(path):
    """Takes the file out of the page cache, as far as nobody maps it."""
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)


def warm(path):
    """Reads the file, so that it is in the page cache as far as memory goes. Holes are not read."""
    with open(path, "rb") as file:
        size, offset = os.fstat(file.fileno()).st_size, 0
        while offset < size:
            try:
                offset = os.lseek(file.fileno(), offset, os.SEEK_DATA)
                end = os.lseek(file.fileno(), offset, os.SEEK_HOLE)
            except OSError:
                return
            while offset < end:
                offset += len(os.pread(file.fileno(), min(1 << 22, end - offset), offset)) or end


def resident_megabytes(path):
    """How much of the file is in the page cache (mincore)."""
    size = os.path.getsize(path)
    descriptor = os.open(path, os.O_RDONLY)
    LIBC.mmap.restype = ctypes.c_void_p
    LIBC.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
    base = LIBC.mmap(None, size, mmap.PROT_READ, mmap.MAP_SHARED, descriptor, 0)
    os.close(descriptor)
    if base in (None, ctypes.c_void_p(-1).value):
        return None
    pages = (size + PAGE - 1) // PAGE
    states = (ctypes.c_ubyte * pages)()
    failed = LIBC.mincore(ctypes.c_void_p(base), ctypes.c_size_t(size), states)
    LIBC.munmap(ctypes.c_void_p(base), ctypes.c_size_t(size))
    return None if failed else bytes(states).count(1) * PAGE / 1e6


def touched_megabytes(command, path):
    """What a run brings into the page cache of a file that is not in it; None where eviction does not work."""
    evict(path)
    before = resident_megabytes(path)
    run(command)
    after = resident_megabytes(path)
    return None if before is None or after is None or before > 1 else after - before
