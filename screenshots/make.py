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

from cells import parse, with_cursor  # noqa: E402
from png import write_png  # noqa: E402
from svg import write_svg  # noqa: E402
from terminal import Terminal  # noqa: E402

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
]


def unpack(folder):
    sample = folder / SAMPLE.stem
    with open(sample, "wb") as output:
        subprocess.run(["xz", "-dc", SAMPLE], stdout=output, check=True)
    return sample


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


main()
