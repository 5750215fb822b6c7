"""The streams to measure with: from folders of ready ones, or made by QEMU."""

import json
import lzma
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

GIB = 1 << 30


class Streams:
    """Finds or makes streams in `scratch`. What can't be had is None, with a message."""

    def __init__(self, scratch):
        self.scratch = scratch
        scratch.mkdir(parents=True, exist_ok=True)
        named = [os.environ.get(name) for name in ("MIGSCOPE_STREAMS", "MIGSCOPE_CORPUS")]
        self.folders = [Path(folder) for folder in named if folder] + [scratch]
        self.qemu = os.environ.get("QEMU") or shutil.which("qemu-system-x86_64")

    def find(self, name):
        """NAME, NAME.xz unpacked, or NAME.packed.xz with its holes made again."""
        for folder in self.folders:
            if (folder / name).exists():
                return folder / name
        for folder in self.folders:
            stem = name.removesuffix(".mig")
            for packed, unpack in ((f"{name}.xz", unxz), (f"{stem}.packed.xz", unsparse)):
                if (folder / packed).exists():
                    return self.kept(name, lambda part: unpack(folder / packed, part))
        return None

    def corpus(self, name):
        """A real stream by its name; None where it is not there."""
        path = self.find(name)
        if path is None:
            say(f"no {name} or {name}.xz in MIGSCOPE_CORPUS: skipped")
        return path

    def big(self, gib):
        """A guest with so many GiB of random RAM."""
        name = f"big-{gib}g.mig"
        if found := self.find(name):
            return found
        if not self.can_make(name, 2 * gib * GIB):
            return None
        ram = self.scratch / "ram.img"
        try:
            with open(ram, "wb") as file:
                for _ in range(gib * 64):
                    file.write(os.urandom(16 << 20))
            memory = f"memory-backend-file,id=r,size={gib}G,mem-path={ram},share=on"
            machine = ["-M", "q35,memory-backend=r", "-m", f"{gib}G", "-object", memory]
            return self.captured(name, machine + ["-device", "e1000e", "-device", "virtio-net-pci"])
        finally:
            ram.unlink(missing_ok=True)

    def processors(self, count):
        """A guest with so many CPUs."""
        name = f"cpus-{count}.mig"
        if found := self.find(name):
            return found
        if not self.can_make(name, 64 << 20):
            return None
        return self.captured(name, ["-M", "q35", "-m", "16M", "-smp", str(count)])

    def can_make(self, name, size):
        if not self.qemu:
            say(f"no {name}, and no QEMU to make it (QEMU=PATH): skipped")
            return False
        if shutil.disk_usage(self.scratch).free < size + GIB:
            say(f"no room for {name} in {self.scratch}: skipped")
            return False
        return True

    def captured(self, name, machine):
        say(f"making {name}")
        try:
            return self.kept(name, lambda part: capture(self.qemu, machine, part, self.scratch / "qmp"))
        except (OSError, RuntimeError, subprocess.SubprocessError) as error:
            say(f"QEMU made no {name}: {error}: skipped")
            return None

    def kept(self, name, make):
        """Makes a file under another name first, so that half of one is never taken for a whole."""
        part = self.scratch / f"{name}.part"
        try:
            make(part)
            part.rename(self.scratch / name)
        finally:
            part.unlink(missing_ok=True)
        return self.scratch / name


def say(text):
    print(text, file=sys.stderr, flush=True)


def unxz(packed, target):
    with lzma.open(packed) as source, open(target, "wb") as sink:
        shutil.copyfileobj(source, sink, 1 << 20)


def unsparse(packed, target):
    """A line of JSON with the size and the runs of data, then their bytes."""
    with lzma.open(packed) as source, open(target, "wb") as sink:
        head = json.loads(source.readline())
        sink.truncate(head["size"])
        for offset, count in head["runs"]:
            sink.seek(offset)
            sink.write(source.read(count))


def capture(qemu, machine, target, address, timeout=600):
    """Starts a guest that is stopped, migrates it into a file, and ends it."""
    address.unlink(missing_ok=True)
    command = [qemu, *machine, "-S", "-nodefaults", "-display", "none", "-qmp", f"unix:{address},server=on,wait=on"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as guest:
        try:
            monitor = connected(address, guest)
            ask(monitor, "qmp_capabilities")
            ask(monitor, "migrate-set-parameters", {"max-bandwidth": 8 << 30})
            ask(monitor, "migrate", {"uri": f"exec:cat > '{target}'"})
            end = time.monotonic() + timeout
            while (status := ask(monitor, "query-migrate").get("status")) != "completed":
                if status in ("failed", "cancelled") or time.monotonic() > end:
                    raise RuntimeError(f"migration {status}")
                time.sleep(0.05)
        finally:
            guest.kill()
            address.unlink(missing_ok=True)


def connected(address, guest):
    """The monitor's socket as a file, its greeting read."""
    for _ in range(200):
        try:
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(os.fspath(address))
            monitor = connection.makefile("rw")
            monitor.readline()
            return monitor
        except OSError:
            if guest.poll() is not None:
                break
            time.sleep(0.05)
    raise RuntimeError("QEMU does not start")


def ask(monitor, command, arguments=None):
    monitor.write(json.dumps({"execute": command, "arguments": arguments or {}}) + "\n")
    monitor.flush()
    while line := monitor.readline():
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"]["desc"])
        if "return" in answer:
            return answer["return"]
    raise RuntimeError("QEMU has gone")
