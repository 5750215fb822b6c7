#!/usr/bin/python3
"""Makes the pictures of this folder from the real program in a real terminal.

Usage: screenshots/make.py [PROGRAM]

PROGRAM is the built migscope, else .build/release/migscope. Needs tmux, xz-utils, python3-pil and
fonts-dejavu-core (`make screenshots` installs them). The same program gives
the same bytes on each run.
"""
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
from terminal import Terminal, split  # noqa: E402

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


def unpack(folder):
    sample = folder / SAMPLE.stem
    with open(sample, "wb") as output:
        subprocess.run(["xz", "-dc", SAMPLE], stdout=output, check=True)
    return sample


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
    with tempfile.TemporaryDirectory(prefix="migscope-pictures-") as folder:
        sample = unpack(pathlib.Path(folder))
        for name, width, height, keys in PICTURES:
            with Terminal(program, sample, width, height) as terminal:
                screen = with_cursor(parse(terminal.show(keys), width, height), terminal.cursor())
            write_svg(screen, FOLDER / f"{name}.svg")
            write_png(screen, FOLDER / f"{name}.png")
            print(f"screenshots/{name}.svg screenshots/{name}.png")
        write_animation(list(tour(program, sample)), FOLDER / "tour.svg")
        print("screenshots/tour.svg")


main()
