#!/usr/bin/python3
"""Makes the pictures of this folder from the real program in a real terminal.

Usage: screenshots/make.py [PROGRAM]

PROGRAM is the built migscope, else .build/release/migscope. Needs tmux, xz-utils, python3-pil and
fonts-dejavu-core (`make screenshots` installs them). The same program gives
the same bytes on each run.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "tools"))

from animation import write_animation  # noqa: E402
from cells import parse, with_cursor  # noqa: E402
from png import write_png  # noqa: E402
from svg import write_svg  # noqa: E402
from terminal import Shell, Terminal, split  # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parent
PROGRAM = FOLDER.parent / ".build/release/migscope"
SAMPLE = FOLDER.parent / "Tests/CoreTests/Fixtures/sample-q35-10.0.mig.xz"

# Name, columns, rows, keys (in the words of --keys).
PICTURES = [
    ("browser", 100, 28, ":mc146818rtc:0/cmos_data<Enter>"),
    ("search", 100, 28, "/period"),
    ("hex", 100, 28, ":0x499a3<Enter><Tab>"),
    ("help", 100, 28, "?"),
    ("narrow", 44, 20, ":mc146818rtc:0/cmos_index<Enter>"),
    ("sizes", 100, 28, "S"),
    ("ram", 100, 28, "R"),
]

# What the animated picture shows: keys, and how long the screen after each of them stays, in seconds.
TOUR_SIZE = (100, 28)
TOUR = [
    ("", 1.5), ("/period", 0.18), ("<Enter>", 1.2), ("n", 1.0), ("<Tab>", 0.6), ("llllll", 0.2), ("jjj", 0.3),
    ("v", 0.4), ("lll", 0.25), ("<Esc>", 0.5), ("i", 1.8), ("i", 0.3), ("<Tab>", 0.5), ("S", 1.5), ("jj", 0.5),
    ("l", 1.5), ("S", 0.6), ("R", 1.8), (">>", 0.8), ("q", 0.5), ("/=0xfee00900", 0.1), ("<Enter>", 2.0), ("?", 2.0),
    ("q", 0.6),
]

# The diagnosis: a damaged stream, and what the real QEMU 10.0 said to it.
DAMAGES = FOLDER.parent / "Tests/CoreTests/Fixtures/broken/broken-10.0.json"
DAMAGE = "PCI vendor differs"
DIAGNOSIS_SIZE = (100, 28)
# Commands of the shell, and how long their output stays, in seconds; then keys in the browser, what they bring to
# the screen, and how long that stays.
DIAGNOSIS = [
    ("cat qemu.log", 3.0, []),
    ("migscope explain qemu.log", 4.0, []),
    ("migscope vm.mig --like good.mig", 0, [
        ("", "⚠", 1.5), ("D", "vendor id", 3.0), ("<Enter>", "irq_state", 3.0), ("q", None, 0)]),
    ("migscope repair vm.mig --like good.mig -o new.mig", 4.0, []),
    ("migscope check new.mig --like good.mig && echo it loads", 3.0, []),
]


def unpack(folder, fixture=SAMPLE):
    sample = folder / fixture.stem
    with open(sample, "wb") as output:
        subprocess.run(["xz", "-dc", fixture], stdout=output, check=True)
    return sample


def damage(folder):
    """Writes good.mig, vm.mig with the damage, and qemu.log."""
    recorded = json.loads(DAMAGES.read_text())
    case = next(case for case in recorded["cases"] if case["name"] == DAMAGE)
    good = unpack(folder, SAMPLE.parent / (recorded["base"] + ".xz")).rename(folder / "good.mig")
    stream = bytearray(good.read_bytes())
    for offset, digits in case["ops"]:
        stream[offset:offset + len(digits) // 2] = bytes.fromhex(digits)
    (folder / "vm.mig").write_bytes(stream)
    (folder / "qemu.log").write_text("".join(f"qemu-system-x86_64: {line}\n" for line in case["qemu"]))


def diagnosis(program, folder):
    """(screen, seconds) from a log to a repaired stream."""
    width, height = DIAGNOSIS_SIZE
    damage(folder)
    with Shell(program, folder, width, height) as shell:
        def frame(screen, seconds):
            return with_cursor(parse(screen, width, height), shell.cursor()), seconds

        yield frame(shell.prompt(), 0.8)
        for command, seconds, keys in DIAGNOSIS:
            shell.clear()
            yield frame(shell.type(command), 1.2)
            shell.press("<Enter>")
            for key, sight, stay in keys:
                if key:
                    shell.press(key)
                if sight:
                    yield frame(shell.await_screen(lambda text: sight in text, sight), stay)
            screen = shell.prompt()
            if seconds:
                yield frame(screen, seconds)


def tour(program, sample):
    """(screen, seconds) for each key of the tour."""
    width, height = TOUR_SIZE
    typed = ""
    with Terminal(program, sample, width, height) as terminal:
        terminal.wait("")
        for keys, seconds in TOUR:
            for key in split(keys) or [""]:
                if key:
                    terminal.press(key)
                typed += key
                yield with_cursor(parse(terminal.wait(typed), width, height), terminal.cursor()), seconds


def main():
    if len(sys.argv) > 2:
        sys.exit(__doc__.strip())
    program = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) == 2 else PROGRAM
    if not program.is_file():
        sys.exit(f"no program at {program}: `make release` builds it")
    # A browser whose terminal is gone may still keep its session there.
    with tempfile.TemporaryDirectory(prefix="migscope-pictures-", ignore_cleanup_errors=True) as folder:
        sample = unpack(pathlib.Path(folder))
        for name, width, height, keys in PICTURES:
            with Terminal(program, sample, width, height) as terminal:
                screen = with_cursor(parse(terminal.show(keys), width, height), terminal.cursor())
            write_svg(screen, FOLDER / f"{name}.svg")
            write_png(screen, FOLDER / f"{name}.png")
            print(f"screenshots/{name}.svg screenshots/{name}.png")
        write_animation(list(tour(program, sample)), FOLDER / "tour.svg")
        print("screenshots/tour.svg")
        write_animation(list(diagnosis(program, pathlib.Path(folder))), FOLDER / "diagnosis.svg")
        print("screenshots/diagnosis.svg")


main()
