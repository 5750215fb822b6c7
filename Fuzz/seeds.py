#!/usr/bin/env python3
"""Makes the first inputs of each fuzz target from the fixtures: small streams, small containers, and texts.

usage: seeds.py FOLDER FIXTURES     writes FOLDER/TARGET/NAME
"""

import io
import json
import lzma
import struct
import sys
import tarfile
import zipfile
import zlib
from pathlib import Path

# Larger ones would make each run slow, and the fuzzer blind.
LARGEST = 45_000


def footer_end(data, section, start):
    """After the first footer of `section` that follows `start`; None when there is none."""
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


def field(name, kind, size, count=None):
    more = {} if count is None else {"array_len": count}
    return {"name": name, **more, "type": kind, "size": size}


def written(devices):
    """A stream of devices, each a name and fields with their bytes; RAM of four pages before them."""
    def counted(text):
        return bytes([len(text)]) + text.encode()

    blocks = struct.pack(">Q", 0x4000 | 4) + counted("pc.ram") + struct.pack(">Q", 0x4000) + struct.pack(">Q", 0x10)
    data = b"QEVM" + struct.pack(">I", 3) + b"\x07" + struct.pack(">I", 4) + b"none"
    data += b"\x01" + struct.pack(">I", 2) + counted("ram") + struct.pack(">II", 0, 4) + blocks + b"\x7e" + struct.pack(">I", 2)
    page = struct.pack(">Q", 8) + counted("pc.ram") + bytes(range(256)) * 16
    data += b"\x03" + struct.pack(">I", 2) + page + struct.pack(">Q", 0x10) + b"\x7e" + struct.pack(">I", 2)
    described = []
    for number, (name, fields) in enumerate(devices):
        data += b"\x04" + struct.pack(">I", 10 + number) + counted(name) + struct.pack(">II", 0, 1)
        data += b"".join(content for _, content in fields) + b"\x7e" + struct.pack(">I", 10 + number)
        described.append({"name": name, "instance_id": 0, "vmsd_name": name, "version": 1,
                          "fields": [one for one, _ in fields]})
    text = json.dumps({"page_size": 4096, "devices": described}).encode()
    return data + b"\x00\x06" + struct.pack(">I", len(text)) + text


def processors():
    """A CPU of each family that no fixture has, with its page tables switched on."""
    words = lambda *values: b"".join(struct.pack(">Q", value) for value in values)
    s390 = [(field("env.regs", "uint64", 8, 16), words(*range(16))), (field("env.psw.mask", "uint64", 8), words(1 << 58)),
            (field("env.psw.addr", "uint64", 8), words(0x1000)), (field("env.psa", "uint64", 8), words(0x2000)),
            (field("env.cregs", "uint64", 8, 16), words(0, 0x100F, *[0x200B] * 14))]
    ppc = [(field("env.gpr", "uint64", 8, 32), words(*range(32))), (field("env.nip", "uint64", 8), words(0x100)),
           (field("env.msr", "uint64", 8), words(1 << 63 | 0x30)), (field("env.spr", "uint64", 8, 1024), words(*[1] * 1024))]
    spapr = [(field("patb_entry", "uint64", 8), words(1 << 63 | 0x1000))]
    yield "cpu-s390", written([("cpu", s390)])
    yield "cpu-ppc", written([("cpu", ppc), ("spapr", spapr)])
    for mode in (8, 9, 10):
        riscv = [(field("env.gpr", "uint64", 8, 32), words(*range(32))), (field("env.pc", "uint64", 8), words(0x80000000)),
                 (field("env.priv", "uint64", 8), words(1)), (field("env.satp", "uint64", 8), words(mode << 60 | 1))]
        yield f"cpu-riscv-{mode}", written([("cpu", riscv)])
    for name, cr0, cr4, efer in (("long", 0x80000001, 0x20, 0x500), ("pae", 0x80000001, 0x20, 0), ("five", 0x80000001, 0x1020, 0x500)):
        x86 = [(field("env.regs", "uint64", 8, 16), words(*range(16))), (field("env.eip", "uint64", 8), words(0xFFFF)),
               (field("env.eflags", "uint64", 8), words(2)), (field("env.hflags", "uint32", 4), struct.pack(">I", 1 << 15)),
               (field("env.cr[0]", "uint64", 8), words(cr0)), (field("env.cr[2]", "uint64", 8), words(0)),
               (field("env.cr[3]", "uint64", 8), words(0x1000)), (field("env.cr[4]", "uint64", 8), words(cr4)),
               (field("env.efer", "uint64", 8), words(efer))]
        yield f"cpu-x86-{name}", written([("cpu", x86)])


def qcow2(state, bits=9):
    """A small image with one snapshot."""
    size = 1 << bits
    span = size // 8 * size
    clusters = -(-len(state) // size)
    first, tables = -(-(1 << 16) // span), -(-clusters * size // span)
    l1, l2 = size, 2 * size + (first + tables) * 8 // size * size
    start = l2 + tables * size
    entry = start + clusters * size
    data = bytearray(entry)
    struct.pack_into(">4sIQIIQ", data, 0, b"QFI\xfb", 3, 0, 0, bits, 1 << 16)
    struct.pack_into(">I", data, 60, 1)
    struct.pack_into(">Q", data, 64, entry)
    struct.pack_into(">I", data, 100, 112)
    for table in range(tables):
        struct.pack_into(">Q", data, l1 + (first + table) * 8, (l2 + table * size) | 1 << 63)
    for cluster in range(clusters):
        struct.pack_into(">Q", data, l2 + cluster * 8, (start + cluster * size) | 1 << 63)
    data[start:start + len(state)] = state
    data += struct.pack(">QIHHIIQII", l1, first + tables, 1, 5, 1_700_000_000, 5, 7, len(state), 16)
    return bytes(data) + struct.pack(">QQ", len(state), 1 << 16) + b"1state"


def multifd(number, packer=None):
    """A multifd channel: two rounds of pages of pc.ram, packed by `packer`."""
    def packet(flags, pages, zeros, data):
        addresses = pages + zeros
        return (struct.pack(">IIIIIIQI", 0x11223344, 1, flags, 128 if addresses else 0, len(pages), len(data), number, len(zeros))
                + bytes(28) + (b"pc.ram" if addresses else b"").ljust(256, b"\0")
                + b"".join(struct.pack(">Q", address) for address in addresses).ljust(8 * 128, b"\0") + data)

    def pack(data):
        return packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH) if packer else data

    method = 2 if packer else 0
    page = bytes(range(256)) * 16
    return (struct.pack(">II", 0x11223344, 1) + bytes(16) + bytes([number]) + bytes(39) + packet(1, [], [], b"")
            + packet(method, [0x1000], [0x2000], pack(page)) + packet(1, [], [], b"")
            + packet(method, [0x3000], [], pack(page[::-1])) + packet(1, [], [], b""))


def returned():
    """What a destination sends back."""
    return struct.pack(">HHI", 2, 4, 0x42) + struct.pack(">HHQIB", 3, 19, 0x1000, 0x1000, 6) + b"pc.ram" + struct.pack(">HHI", 1, 4, 0)


def recovery():
    """What comes over the two connections of a postcopy that breaks and is recovered."""
    def counted(text):
        return bytes([len(text)]) + text

    def command(number, payload=b""):
        return b"\x08" + struct.pack(">HH", number, len(payload)) + payload

    def part(kind, data):
        return bytes([kind]) + struct.pack(">I", 2) + data + struct.pack(">QBI", 0x10, 0x7E, 2)

    def page(address, fill, named=False):
        return struct.pack(">Q", address | (8 if named else 0x28)) + (counted(b"pc.ram") if named else b"") + bytes([fill]) * 4096

    blocks = struct.pack(">Q", 0x4000 | 4) + counted(b"pc.ram") + struct.pack(">Q", 0x4000)
    start = b"\x01" + struct.pack(">I", 2) + counted(b"ram") + struct.pack(">II", 0, 4) + blocks + struct.pack(">QBI", 0x10, 0x7E, 2)
    device = b"\x04" + struct.pack(">I", 10) + counted(b"first") + struct.pack(">II", 0, 1) + bytes(8) + b"\x7e" + struct.pack(">I", 10)
    package = command(4) + device + command(5)
    discard = command(6, b"\0" + counted(b"pc.ram") + b"\0" + struct.pack(">QQ", 0x2000, 0x2000))
    first = (b"QEVM" + struct.pack(">I", 3) + b"\x07" + struct.pack(">I", 4) + b"none" + command(3) + start
             + part(2, page(0, 1, named=True) + page(0x1000, 1)) + discard + command(7, struct.pack(">I", len(package))) + package
             + part(2, page(0x2000, 2, named=True))[:3000])
    second = command(10, counted(b"pc.ram")) + command(9) + part(2, page(0x2000, 3, named=True) + page(0x3000, 3)) + part(3, b"") + b"\0"
    return first, second


def capture(connections, link=1, without=()):
    """A pcap of TCP connections to one port, each with what went there and what came back, `without` some segments."""
    sent = 0
    data = struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 1 << 18, link)
    for number, (there, back) in enumerate(connections):
        for content, way in ((there, 0), (back, 1)):
            ports = (50_000 + number, 4444) if way == 0 else (4444, 50_000 + number)
            for start, flags in [(-1, 2)] + [(place, 16) for place in range(0, len(content), 1400)]:
                piece = content[start:start + 1400] if start >= 0 else b""
                sent += 1
                if sent in without:
                    continue
                tcp = struct.pack(">HHIIBBHHH", *ports, 1000 + start, 0, 0x50, flags, 0xFFFF, 0, 0) + piece
                ends = (b"\x0a\0\0\x01", b"\x0a\0\0\x02")
                ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0x4000, 64, 6, 0) + ends[way] + ends[1 - way] + tcp
                packet = (bytes(12) + b"\x08\0" if link == 1 else b"") + ip
                data += struct.pack("<IIII", 1, 2, len(packet), len(packet)) + packet
    return data


def archives(files):
    """The files in a tar of each form, and in a zip, stored and packed: (name, bytes)."""
    for name, form in (("ustar", tarfile.USTAR_FORMAT), ("gnu", tarfile.GNU_FORMAT), ("pax", tarfile.PAX_FORMAT)):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=form) as archive:
            for path, data in files:
                member = tarfile.TarInfo(path)
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
        yield f"tar-{name}", out.getvalue()[:-tarfile.RECORDSIZE // 2]
    for name, method in (("stored", zipfile.ZIP_STORED), ("packed", zipfile.ZIP_DEFLATED)):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", method) as archive:
            for path, data in files:
                archive.writestr(zipfile.ZipInfo(path), data, method)
        yield f"zip-{name}", out.getvalue()


DUMP = {
    "vmschkmachine": {"Name": "none"},
    "first": {"Name": "first", "version_id": 1, "minimum_version_id": 1, "Description": {
        "name": "first", "version_id": 1, "minimum_version_id": 1,
        "Fields": [{"field": "word", "version_id": 0, "field_exists": False, "size": 4}]}},
    "long": {"Name": "long", "version_id": 2, "minimum_version_id": 1, "Description": {
        "name": "long", "version_id": 2, "minimum_version_id": 1,
        "Fields": [{"field": "list", "version_id": 0, "field_exists": False, "num": 300, "size": 2, "Description": {
            "name": "pair", "version_id": 1, "minimum_version_id": 1,
            "Fields": [{"field": "x", "version_id": 0, "field_exists": False, "size": 1},
                       {"field": "y", "version_id": 1, "field_exists": True, "size": 1}]}}],
        "Subsections": [{"name": "long/more", "version_id": 1, "minimum_version_id": 1,
                         "Fields": [{"field": "m", "version_id": 0, "field_exists": False, "size": 2}]}]}},
}
SETTINGS = [
    '# as I like it\ntheme = "light"\ncolor = 256\nascii = true\nmouse = false\nlayout = \'stacked\'\nbase = "dec"\n',
    '[keys]\nquit = ["Q", "<C-q>"]\nhelp = "?"\n"search" = "/"\n', 'clipboard = "xclip -selection \\"clipboard\\""\nsession = false\r\n',
    "themes = 1\n[key]\n", 'theme = "dark', "[keys]\nquit = [\n  'x', # why\n]\n",
]
SESSION = ("migscope session 1\nfile\tbase.mig\nfold\t2\topen\tlong:300/list\nfold\tall\topen\tfirst:0\nselect\t0x40\tfirst:0/word\n"
           "mark\ta\t0x40\tfirst:0\nnote\tfirst:0/word\ta note\n")
HISTORY = "/word\n&list\n:first:0\no0x40\n"
SEARCHES = ["0^wo.*d$", "0(x|y)+", "0[a-z]{2,}", "17e????0005", "1aa aa", "2word", "2LIST", "3first:0/word", "30x40", "3+16",
            "3pc.ram@0x1000", "3file:0x10", "3long:300/list[299]/y", "3-4K"]
KEYS = ["jjjlllGEGg", "/word\rnnN", ":0x200\r", "R>>j\r", "SDeicAM?q", "\tvjjj", "s&list\rz9", "y", "w", ";note\rma'a", "X"]


def targets(fixtures):
    """Each target with its inputs: (target, name, bytes)."""
    streams = {}
    for path in sorted(fixtures.glob("*.mig.xz")):
        data = slim(lzma.open(path).read())
        if data and len(data) <= LARGEST:
            streams[path.name.removesuffix(".mig.xz")] = data
    for name, data in streams.items():
        yield "stream", name, data
        yield "memory", name, data
    for name, data in processors():
        yield "memory", name, data
    small = min(streams.values(), key=len)
    for name, data in streams.items():
        version = name.rsplit("-", 1)[-1]
        other = streams.get(name.replace(version, "7.2" if version == "10.0" else "10.0"), small)
        if len(data) + len(other) < 60_000:
            yield "two", name, struct.pack("<I", len(data)) + data + other
    for path in sorted(fixtures.glob("*")):
        if path.suffix in (".gz", ".bz2", ".zst", ".save") and path.stat().st_size < 20_000:
            yield "container", path.name, path.read_bytes()
    yield "container", "xz", (fixtures / "microvm-10.0.mig.xz").read_bytes()
    tiny = written([("first", [(field("word", "uint32", 4), b"\1\2\3\4")])])
    yield "container", "qcow2", qcow2(tiny)
    yield "container", "prefix", b"# a header of something else\n" * 9 + tiny
    xml = b"<domain type='kvm'><name>guest</name></domain>\0"
    yield "container", "libvirt", (b"LibvirtQemudSave" + struct.pack("<IIIII", 2, len(xml), 0, 0, 0) + bytes(56) + xml + tiny)
    channels = [("raw", multifd(1)), ("zlib", multifd(2, zlib.compressobj(1))), ("back", returned()),
                ("preempt", struct.pack(">Q", 0x1008) + b"\x06pc.ram" + bytes(range(256)) * 16),
                ("cpr", b"QCPR" + struct.pack(">IBI", 1, 1, 7) + b"memory\0" + struct.pack(">i", 3) + b" \0")]
    for name, data in channels:
        yield "channels", name, struct.pack("<I", len(tiny)) + tiny + data
    long = "folder/" * 20
    for name, data in archives([("README", b"words"), (long + "vm.0.fwd", tiny), (long + "vm.1.fwd", channels[0][1]),
                                (long + "vm.0.back", channels[2][1])]):
        yield "archive", name, data
    pair = [(tiny, channels[2][1]), (channels[0][1], b"")]
    yield "wire", "pcap", capture(pair)
    yield "wire", "pcap-raw", capture(pair, link=101)
    first, second = recovery()
    yield "channels", "recovery", struct.pack("<I", len(first)) + first + second
    yield "wire", "recovery", capture([(first, returned()), (second, b"")])
    yield "wire", "lost", capture([(first, b""), (second, b"")], without=(4, 7, 13))
    yield "wire", "two", capture([(tiny, b""), (channels[1][1], b""), (tiny, channels[2][1])])
    yield "dump", "dump", json.dumps(DUMP).encode()
    yield "dump", "one", json.dumps({key: DUMP[key] for key in ("first",)}).encode()
    for name, data in streams.items():
        start = data.rfind(b'{"page_size"')
        if start > 0 and len(data) - start < 20_000:
            yield "description", name, data[start:]
    start = tiny.rfind(b'{"page_size"')
    yield "description", "tiny", tiny[start:]
    for path in sorted((fixtures / "broken").glob("*.json")):
        for case in json.loads(path.read_text())["cases"]:
            if case["qemu"]:
                text = "\n".join("2026-03-01T10:00:00.123456Z qemu-system-x86_64: " + line for line in case["qemu"])
                yield "explain", f"{path.stem} {case['name']}".replace(" ", "-"), text.encode()
    for number, text in enumerate(SETTINGS):
        yield "settings", str(number), text.encode()
    yield "session", "session", SESSION.encode()
    yield "session", "history", (SESSION + HISTORY).encode()
    for number, text in enumerate(SEARCHES):
        yield "search", str(number), text.encode()
    for number, text in enumerate(KEYS):
        yield "keys", str(number), text.encode()


def main():
    for target, name, data in targets(Path(sys.argv[2])):
        folder = Path(sys.argv[1]) / target
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


main()
