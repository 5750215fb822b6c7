#!/usr/bin/env python3
"""Runs all commands of the installed program on damaged streams, and reports what no input may do: a signal, a run
without end, much memory, an exit status that the man page does not know, more than one line of error, control
characters in the output.

usage: blackbox.py [--runs N] [--seed N] [--jobs N] [--keep FOLDER] PROGRAM STREAM...
e.g.   blackbox.py --runs 100000 .build/release/migscope Tests/CoreTests/Fixtures/*.xz

Streams are damaged as disks, networks and enemies do it: bits flip, files end early, zeros and pieces of other streams
stand in the middle, lengths and counts are extreme, in frames and in the description. STREAM may also be an archive, an
image or a capture. What is written with exit status 0 must open. `record` stands between a source and a destination that
this program plays: what it passes on and writes down must be what was sent. What goes wrong is kept in FOLDER with its
command. The same seed gives the same runs.
"""
import argparse
import concurrent.futures
import lzma
import os
import random
import re
import resource
import shlex
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

SECONDS = 20
BATCH = 1000
MEMORY = 400 << 20
# Inputs are cut to this: what is wrong with a large one is wrong with a small one.
LARGEST = 1 << 20

COMMANDS = [
    "info {}", "info {} --json", "tree {} --values", "tree {} --depth 1", "dump {}", "dump {} --all",
    "dump {} --format json", "find {} version --values", "find {} --bytes 7e????0005", "find {} ^env --regex", "at {} 0x100",
    "at {} {n}", "desc {}", "desc {} --outline", "pages {}", "pages {} --json", "check {}", "check {} --json",
    "check {} --like {twin}", "check {twin} --like {}", "diff {} {twin} --values", "diff {twin} {}",
    "check {twin} --against {}", "dump {twin} --description {}", "report {}", "explain {} {message}",
    "memory {} --physical 0x1000+256", "memory {} --physical {n}+{n}", "memory {} --virtual {n}+64", "memory {} --elf {out}",
    "extract {} --block pc.ram -o {out}", "{} --dump-screen 100x30 --keys {keys}", "{} --dump-screen {w}x{h}", "- <{}",
    "info - <{}", "check - <{}",
    "edit {} --dry-run --drop section={section} --set {section}/{n}={n}", "edit {} -o {out}",
    "edit {} --rename section={section}:moved:{n} -o {out}", "edit {} --description rebuild -o {out}",
    "edit {} --description {twin} -o {out}", "edit {} --take shape={section} FROM={twin} -o {out}",
    "edit {twin} --take section={section} FROM={} -o {out}", "edit {} --resize block=pc.ram:{n} -o {out}",
    "repair {} --like {twin} --risky -o {out}", "repair {twin} --like {} --risky --json", "repair {} --qemu 7.2 -o {out}",
    "convert {} -o {out}", "convert {} --to mapped-ram -o {out}", "convert {} --description strip -o {out}",
    "share {} -o {out}", "share {} --no-registers -o {out}",
    "info {} --stream 2", "tree {} --stream {n}", "info {} --offset {n}", "info {} --offset {n} --search",
    "info {} --search", "info {} --member {n}", "info {} --max-unpacked {n}", "info {} --snapshot {n}",
    "info {twin} --channel {}", "pages {twin} --channel {} --channel {}", "extract {twin} --channel {} --block pc.ram -o {out}",
    "pages {twin} --ram pc.ram={}", "memory {twin} --ram pc.ram={} --physical {n}+64", "check {} --stream 2",
    "extract {} --range {n}+{n} -o {out}", "extract {} --path {section} -o {out}", "compare {} {section} ram:0",
    "edit {} --drop trailing -o {out}", "edit {} --from {twin} -o {out}", "edit {twin} --from {} --dry-run",
    "convert {} --xml {twin} -o {out}", "convert {} --stream 2 -o {out}", "explain {}", "explain {twin} {}",
    "diff {} {twin} --values --json", "tree {} {section} --values", "find {} {n} --values", "dump {} --section {section}",
    "record --listen unix:from --to unix:to -o {out}", "info {} --stream 1 --json", "tree {} --where 'size > {n}'",
    "find {} --where 'type == uint32' --json", "dump {} --ndjson", "dump {} --header --offsets hex --all", "find {} e --limit {n}",
    "find {} --bytes 00 --limit 9", "find {} e --context --limit 9", "desc {} --raw", "index {} --form object -o {out}",
    "index {} --form array -o {out}", "index {} --form subsection -o {out}", "pages {} --block pc.ram", "explain {twin} {message} --like {}",
    "explain {message} --against {}", "report {} {section} --with-ram", "report {} -o {out}", "at {} file:{n} --json",
    "compare {} {section} {section} --json", "share {} --keep --no-registers -o {out}", "edit {} --add-subsection {section}/x FROM={twin} -o {out}",
    "edit {} --version {section}={n} -o {out}", "edit {} --drop subsection={section}/x -o {out}",
    "repair {} --machine pc-q35-9.2 -o {out}", "repair {} --against {twin} -o {out}", "convert {} --compress zstd -o {out}",
    "convert {} --compress gzip --xml {twin} -o {out}", "convert {} --paused -o {out}", "convert {} --to mapped-ram -o {out} --force",
    "memory {} --virtual {n}+{n} --cpu {n}", "memory {} --elf {out} --paging --cpu {n}", "- <{} --dump-screen {w}x{h}",
    "tree {} --ndjson --description {twin}", "{} --like {twin} --dump-screen 120x40 --keys D",
    "{} --find {section} --dump-screen {w}x{h}", "{} --at {n} --dump-screen 80x24",
    "{} --diff {twin} --dump-screen 100x30", "memory {} --elf {out} --paging", "memory {} --elf {out} --map pc.ram@{n}",
]
SECTIONS = ["cpu:0", "virtio-net:0", "timer:0", "hpet", "apic:0", "ram:0", "globalstate", "serial", "0000:00:02.0/virtio-net"]
MESSAGES = [
    "error while loading state for instance 0x0 of device 'cpu'", "Missing section footer for 0000:00:02.0/virtio-net",
    "Unknown savevm section or instance 'apic' 7", "Failed to load virtio-net:virtio", "8 != 9",
    "get_pci_config_device: Bad config data: i=0x10 read: a1 device: 1 cmask: ff wmask: c0 w1cmask:0",
    "Unknown ramblock \"pc.ram\", cannot accept migration", "load of migration failed: Invalid argument",
]
KEYS = ["jjjlll", "/version<Enter>nnn", "GEGlllj", "R>>j", "S", "D", "e", "c", ":0x200<Enter>", "<Tab>vjjjy", "A", "M", "i?q",
        "X", "s&cpu<Enter>", "z9G", "R<Enter>", "E9jV0<Enter>P", "3],d],d,u2,rP", "/flags<Enter>V<Space>jj<Space>qP", "]lVx<Enter>q"]


def numbers(chance):
    """Numbers that code is often wrong about."""
    power = 1 << chance.randrange(64)
    return (power + chance.choice([-1, 0, 1])) % (1 << 64)


def description(data):
    """Where the JSON at the end is, and its length word before it; None without one."""
    end = data.rfind(b"}")
    start = data.rfind(b"\x06", 0, end)
    while start >= 0:
        if data[start + 5:start + 6] == b"{":
            return start + 5, end + 1
        start = data.rfind(b"\x06", 0, start)
    return None


def damage(data, other, chance):
    """One damage."""
    data = bytearray(data)
    if not data:
        return bytes(data)
    place = chance.randrange(len(data))
    length = min(len(data) - place, 1 << chance.randrange(14))
    kind = chance.randrange(12)
    if kind == 0:
        data[place] ^= 1 << chance.randrange(8)
    elif kind == 1:
        del data[place:]
    elif kind == 2:
        del data[place:place + length]
    elif kind == 3:
        data[place:place + length] = bytes(length)
    elif kind == 4:
        start = chance.randrange(len(other))
        data[place:place] = other[start:start + length]
    elif kind == 5:
        data[place:] = other[chance.randrange(len(other)):]
    elif kind == 6:
        data += bytes([chance.choice([0, 0xff, 0x20])]) * (1 << chance.randrange(18))
    elif kind == 7:
        data += other
    elif kind == 8:
        width = chance.choice([2, 4, 8])
        word = (numbers(chance) % (1 << 8 * width)).to_bytes(width, chance.choice(["big", "little"]))
        # Frames are near section types more often than elsewhere.
        if chance.randrange(2):
            found = data.find(b"\x7e", place)
            place = found + 1 if found >= 0 else place
        data[place:place + width] = word
    else:
        text = description(data)
        if text:
            json = bytes(data[text[0]:text[1]])
            found = list(re.finditer(rb"-?\d+", json)) if kind < 11 else list(re.finditer(rb'"[^"]*"|\{[^{}]*\}', json))
            if found:
                match = chance.choice(found)
                new = str(numbers(chance) - (1 << 63) * chance.randrange(2)).encode()
                if kind == 11:
                    new = chance.choice(found).group() * chance.randrange(3)
                json = json[:match.start()] + new + json[match.end():]
            size = len(json) if chance.randrange(6) else numbers(chance) % (1 << 32)
            data[text[0] - 4:text[1]] = struct.pack(">I", size) + json
    return bytes(data)


def limits():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))


def faults(status, usage, output, errors, command):
    """What is wrong with a run, as lines."""
    if status < 0:
        yield f"signal {signal.Signals(-status).name}"
    elif status not in (0, 1, 2):
        yield f"exit status {status}"
    if usage.ru_maxrss << 10 > MEMORY:
        yield f"{usage.ru_maxrss >> 10} MiB of memory"
    if status == 2 and errors.count(b"\n") != 1:
        yield f"{errors.count(bytes([10]))} lines of error"
    control = rb"[\x00-\x08\x0b-\x1f\x7f]"
    # Guest memory and the raw description go to pipes as they are.
    is_raw = any(option in command for option in (" --physical", " --virtual", " --raw"))
    for what, text in (("errors", errors), ("output", output)):
        found = None if is_raw else re.search(control, text)
        if found:
            yield f"control character {found.group()!r} in {what}"


class Migration:
    """A source that sends over several connections, and a destination that answers, on the sockets of `record`."""

    def __init__(self, folder, pieces, chance):
        self.source, self.pieces = os.path.join(folder, "from"), pieces
        self.answer = chance.randbytes(chance.randrange(1 << 12))
        # Whether the destination goes away before it has all, as one that refuses the stream.
        self.limit = chance.choice([None, None, chance.randrange(1 << 16)])
        self.got, self.threads, self.answered, self.sent = {}, [], 0, 0
        self.waiting = socket.socket(socket.AF_UNIX)
        self.waiting.bind(os.path.join(folder, "to"))
        self.waiting.listen(len(pieces))
        self.start(self.accept)
        self.start(self.send)

    def start(self, function, *arguments):
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        self.threads.append(thread)
        thread.start()

    def accept(self):
        for number in range(len(self.pieces)):
            self.start(self.receive, self.waiting.accept()[0], number)

    def receive(self, connection, number):
        data = bytearray()
        with connection:
            try:
                connection.sendall(self.answer)
                while piece := connection.recv(1 << 16):
                    data += piece
                    if self.limit is not None and len(data) > self.limit:
                        break
            except OSError:
                pass
        self.got[number] = bytes(data)

    def send(self):
        end, connections = time.monotonic() + SECONDS, []
        # They are numbered in the order of connecting.
        for _ in self.pieces:
            connection = socket.socket(socket.AF_UNIX)
            while True:
                try:
                    connection.connect(self.source)
                    break
                except OSError:
                    if time.monotonic() > end:
                        return
                    time.sleep(0.005)
            connections.append(connection)
        senders = [threading.Thread(target=self.transfer, args=pair) for pair in zip(connections, self.pieces)]
        for thread in senders:
            thread.start()
        for thread in senders:
            thread.join()

    def transfer(self, connection, piece):
        with connection:
            try:
                connection.sendall(piece)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(1 << 16):
                    pass
            except OSError:
                pass

    def faults(self, folder):
        """What differs between what was sent, what came, and what was written."""
        for thread in list(self.threads):
            thread.join(SECONDS)
        self.waiting.close()
        for number, piece in enumerate(self.pieces):
            came = self.got.get(number)
            if came is None:
                yield f"record passed nothing on of connection {number}"
                continue
            path = os.path.join(folder, f"{number}.fwd")
            written = b""
            if os.path.exists(path):
                with open(path, "rb") as file:
                    written = file.read()
            # What a destination that went away has not read may be written all the same.
            if not piece.startswith(written) or not written.startswith(came):
                yield f"record wrote {len(written)} bytes of connection {number}, passed {len(came)} on of {len(piece)}"
            elif self.limit is None and (came != piece or written != piece):
                yield f"record lost {len(piece) - len(came)} bytes of connection {number}, wrote {len(written)}"


class Sweep:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.streams = []
        for path in options.stream:
            with (lzma.open(path) if path.endswith(".xz") else open(path, "rb")) as file:
                self.streams.append((os.path.basename(path), file.read(LARGEST * 64)))
        if not self.streams:
            raise SystemExit("no streams")

    def run(self, number):
        chance = random.Random(self.options.seed * 1_000_003 + number)
        name, data = chance.choice(self.streams)
        other = chance.choice(self.streams)[1]
        small = data if len(data) <= LARGEST else data[:LARGEST // 2] + data[-LARGEST // 2:]
        for _ in range(chance.choice([1, 1, 2, 4])):
            small = damage(small, other[-LARGEST:], chance)[:2 * LARGEST]
        own = tempfile.mkdtemp(dir=self.folder)
        paths = {"": "bad.mig", "twin": "twin.mig", "out": "out"}
        with open(os.path.join(own, paths[""]), "wb") as file:
            file.write(small)
        with open(os.path.join(own, paths["twin"]), "wb") as file:
            file.write(data[:LARGEST] if len(data) > LARGEST else data)
        command = chance.choice(COMMANDS)
        shown = command.replace("{}", paths[""]).replace("{twin}", paths["twin"]).replace("{out}", paths["out"])
        for word, value in (("{n}", lambda: hex(numbers(chance))), ("{w}", lambda: str(chance.randrange(1, 300))),
                            ("{h}", lambda: str(chance.randrange(1, 100))),
                            ("{keys}", lambda: shlex.quote(chance.choice(KEYS))),
                            ("{section}", lambda: chance.choice(SECTIONS)), ("{message}", lambda: shlex.quote(chance.choice(MESSAGES)))):
            while word in shown:
                shown = shown.replace(word, value(), 1)
        migration = None
        if shown.startswith("record "):
            pieces = [small] + [other[:chance.randrange(1 << 18)] for _ in range(chance.choice([0, 0, 1, 4]))]
            migration = Migration(own, pieces, chance)
        found = list(self.execute(shown, own, migration))
        if found:
            kept = os.path.join(self.options.keep, f"{number}")
            os.makedirs(kept, exist_ok=True)
            for file in ("bad.mig", "twin.mig"):
                os.replace(os.path.join(own, file), os.path.join(kept, file))
            with open(os.path.join(kept, "command"), "w") as file:
                file.write(f"{shown}\n{name}\n" + "\n".join(found) + "\n")
        shutil.rmtree(own)
        return shown, found

    def execute(self, shown, own, migration):
        words = shlex.split(shown)
        given = os.devnull
        if "<bad.mig" in words:
            words.remove("<bad.mig")
            given = os.path.join(own, "bad.mig")
        with open(given, "rb") as stdin, open(os.path.join(own, "stdout"), "w+b") as output, \
                open(os.path.join(own, "stderr"), "w+b") as errors:
            process = subprocess.Popen(
                [self.options.program, *words], cwd=own, stdin=stdin, stdout=output, stderr=errors,
                preexec_fn=limits, env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8"})
            try:
                status, usage = wait(process)
            except TimeoutError:
                process.kill()
                process.wait()
                yield f"no end after {SECONDS} s"
                return
            written = os.path.join(own, "out")
            if migration:
                yield from migration.faults(written)
                again = subprocess.run([self.options.program, "info", written], capture_output=True, timeout=SECONDS)
                if again.returncode not in (0, 1, 2):
                    yield f"info of what was recorded ends with {again.returncode}"
            elif status == 0 and words[0] in ("edit", "convert", "share", "repair") and os.path.exists(written):
                again = subprocess.run([self.options.program, "info", written], capture_output=True, timeout=SECONDS)
                if again.returncode not in (0, 1):
                    yield f"wrote what is no stream: {again.stderr.decode(errors='replace').strip()}"
            output.seek(0)
            errors.seek(0)
            yield from faults(status, usage, output.read(8 << 20), errors.read(), shown)


def wait(process):
    """Exit status (negative for a signal) and what was used."""
    end, pause = time.monotonic() + SECONDS, 0.001
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode, usage
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(pause)
        pause = min(2 * pause, 0.05)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", default=".build/blackbox")
    parser.add_argument("program")
    parser.add_argument("stream", nargs="+")
    options = parser.parse_args()
    options.program = os.path.abspath(options.program)
    options.keep = os.path.abspath(options.keep)
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        sweep = Sweep(options, folder)
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            # In batches: the memory of this program counts as that of the ones it starts.
            for first in range(0, options.runs, BATCH):
                for shown, found in pool.map(sweep.run, range(first, min(first + BATCH, options.runs))):
                    for fault in found:
                        count += 1
                        print(f"{fault}: {shown}", flush=True)
    print(f"{options.runs} runs, {count} faults" + (f", kept in {options.keep}" if count else ""))
    sys.exit(1 if count else 0)


if __name__ == "__main__":
    main()
