#!/usr/bin/env python3
"""Sets each number in a machine's devices to a value that is out of range, loads the stream into the real QEMU, and
prints where QEMU refuses it and `migscope check` does not say so, in QEMU's own words.

usage: sweep.py [--program FILE] [--value ones|most|one] QEMU [ARGUMENT...]
e.g.   sweep.py qemu-system-x86_64 -M q35 -m 16 -nodefaults -device e1000e
"""
import argparse
import json
import os
import re
import socket
import subprocess
import tempfile
import time

LIMIT_SECONDS = 30
VALUES = {
    "ones": lambda size: b"\xff" * size,
    "most": lambda size: b"\x7f" + b"\xff" * (size - 1),
    "one": lambda size: bytes(size - 1) + b"\x01",
}


class Machine:
    """A QEMU that is never started, and its monitor."""

    def __init__(self, command, folder, more=()):
        path = os.path.join(folder, "qmp")
        if os.path.exists(path):
            os.unlink(path)
        self.log = tempfile.TemporaryFile("w+", encoding="latin-1", dir=folder)
        self.process = subprocess.Popen(
            [command[0], "-display", "none", "-monitor", "none", "-serial", "none", "-S",
             "-qmp", f"unix:{path},server=on,wait=off", *command[1:], *more],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.end = time.time() + LIMIT_SECONDS
        self.monitor = self.connect(path)

    def connect(self, path):
        while self.isRunning():
            try:
                connection = socket.socket(socket.AF_UNIX)
                connection.settimeout(5)
                connection.connect(path)
                monitor = connection.makefile("rw")
                monitor.readline()
                self.monitor = monitor
                self.ask("qmp_capabilities")
                return monitor
            except OSError:
                connection.close()
                time.sleep(0.02)
        return None

    def isRunning(self):
        return self.process.poll() is None and time.time() < self.end

    def ask(self, command, **arguments):
        """The answer; None from a QEMU that has gone."""
        try:
            self.monitor.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
            self.monitor.flush()
            while line := self.monitor.readline():
                reply = json.loads(line)
                if "error" in reply:
                    raise SystemExit(f"{command}: {reply['error']['desc']}")
                if "return" in reply:
                    return reply["return"]
        except OSError:
            pass
        return None

    def wait(self):
        """Whether migration, out or in, comes to its end."""
        while self.isRunning() and self.monitor:
            state = self.ask("query-migrate") or {}
            if state.get("status") == "completed":
                return True
            time.sleep(0.02)
        return False

    def stop(self):
        """What QEMU has printed, line by line."""
        self.process.kill()
        self.process.wait()
        self.log.seek(0)
        return [re.sub(r"^qemu-system-\w+: ", "", line) for line in self.log.read().splitlines() if line]


class Sweep:
    def __init__(self, program, command, value, folder):
        self.program, self.command, self.folder = program, command, folder
        self.value = VALUES[value]
        self.good = os.path.join(folder, "good.mig")
        self.changed = os.path.join(folder, "changed.mig")
        source = Machine(command, folder)
        source.ask("migrate", uri=f"exec:cat > {self.good}")
        if not source.wait():
            raise SystemExit("\n".join(source.stop()))
        source.stop()
        with open(self.good, "rb") as file:
            self.bytes = file.read()

    def fields(self):
        """Numbers by section: one of each vmstate and name, as (offset, size, path)."""
        text = subprocess.run(
            [self.program, "dump", "--all", self.good], check=True, capture_output=True, text=True).stdout
        sections, seen = {}, set()
        for line in text.splitlines():
            offset, size, path = line.split("\t")[:3]
            section, _, name = path.partition("/")
            kind = (section.split("%2f")[-1].split(":")[0], re.sub(r"\[\d+\]", "", name))
            if not offset.isdigit() and not offset.startswith("0x") or "@" in path or kind in seen:
                continue
            if int(size) <= 8 and not section.startswith("ram:"):
                seen.add(kind)
                sections.setdefault(section, []).append((int(offset, 0), int(size), path))
        return list(sections.values())

    def load(self, fields):
        changed = bytearray(self.bytes)
        for offset, size, _ in fields:
            changed[offset:offset + size] = self.value(size)
        with open(self.changed, "wb") as file:
            file.write(changed)
        target = Machine(self.command, self.folder, ["-incoming", f"exec:cat {self.changed}"])
        isLoaded = target.wait()
        return isLoaded, target.stop()

    def search(self, fields):
        """Halves the fields until each that is refused stands alone."""
        if not fields:
            return
        isLoaded, lines = self.load(fields)
        if isLoaded:
            return
        if len(fields) == 1:
            self.judge(fields[0][2], lines)
            return
        half = len(fields) // 2
        self.search(fields[:half])
        self.search(fields[half:])

    def judge(self, path, lines):
        text = subprocess.run(
            [self.program, "check", "--json", "--like", self.good, self.changed],
            capture_output=True, text=True).stdout
        said = "\n".join(finding["qemu"] for finding in json.loads(text) if finding["severity"] == "error")
        if not any(line in said or any(word in line for word in said.splitlines()) for line in lines[:2]):
            print(f"{path}: {' / '.join(lines)[:300] or 'nothing is said'}", flush=True)

    def run(self):
        sections = self.fields()
        print(f"{sum(map(len, sections))} fields", flush=True)
        for number in range(max(map(len, sections))):
            self.search([fields[number] for fields in sections if number < len(fields)])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=".build/release/migscope")
    parser.add_argument("--value", choices=VALUES, default="ones")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        Sweep(options.program, options.command, options.value, folder).run()


if __name__ == "__main__":
    main()
