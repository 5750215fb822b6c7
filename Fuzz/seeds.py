#!/usr/bin/env python3
"""Makes small streams of real ones: the records of RAM between its START and its END are left out.

usage: seeds.py FOLDER STREAM.xz...
"""

import lzma
import struct
import sys
from pathlib import Path

# Larger ones would make each run slow, and the fuzzer blind.
LARGEST = 45_000


def footer_end(data, section, start):
    """Behind the first footer of `section` after `start`; None when there is none."""
    place = data.find(b"\x7e" + section, start)
    return None if place < 0 else place + 5


def slim(data):
    """Header to START of RAM, an empty END, and the devices; None where the stream is of another shape."""
    start = data.find(b"\x03ram\0\0\0\0\0\0\0\x04")
    if start < 5:
        return None
    section = data[start - 4 : start]
    head = footer_end(data, section, start)
    # The END of RAM: after its footer the first device.
    last = data.rfind(struct.pack(">Q", 0x10) + b"\x7e" + section + b"\x04")
    if head is None or last < head:
        return None
    return data[:head] + b"\x03" + section + data[last:]


def main():
    folder = Path(sys.argv[1])
    for name in sys.argv[2:]:
        data = slim(lzma.open(name).read())
        if data and len(data) <= LARGEST:
            (folder / Path(name).stem).write_bytes(data)


main()
