"""Text with SGR sequences, as cells."""
import re
import unicodedata
from dataclasses import dataclass, replace

from palette import BACKGROUND, FOREGROUND, color_of

TOKEN = re.compile(r"\x1b\[([0-9;:]*)m|[\x0e\x0f]|(.)", re.DOTALL)


# Line characters are drawn from edge to edge, not written: left, right, up, down.
LINES = {
    "─": "lr", "│": "ud", "┌": "rd", "┐": "ld", "└": "ru", "┘": "lu",
    "├": "rud", "┤": "lud", "┬": "lrd", "┴": "lru", "┼": "lrud",
}


@dataclass(frozen=True)
class Look:
    foreground: tuple = None
    background: tuple = None
    bold: bool = False
    dim: bool = False
    underline: bool = False
    reverse: bool = False

    def colors(self):
        """Foreground and background as they are seen."""
        front = self.foreground or FOREGROUND
        back = self.background or BACKGROUND
        if self.reverse:
            front, back = back, front
        if self.dim:
            front = tuple((2 * f + b) // 3 for f, b in zip(front, back))
        return front, back


@dataclass(frozen=True)
class Cell:
    text: str
    look: Look


def columns(character):
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def change(look, codes):
    """The look after one SGR sequence."""
    numbers = [int(code or 0) for code in re.split("[;:]", codes)]
    while numbers:
        code = numbers.pop(0)
        if code == 0:
            look = Look()
        elif code in (1, 2, 4, 7):
            look = replace(look, **{{1: "bold", 2: "dim", 4: "underline", 7: "reverse"}[code]: True})
        elif code in (38, 48):
            side = "foreground" if code == 38 else "background"
            look = replace(look, **{side: color_of(numbers)})
        elif code in (39, 49):
            look = replace(look, **{"foreground" if code == 39 else "background": None})
        elif 30 <= code <= 37 or 90 <= code <= 97:
            look = replace(look, foreground=color_of([5, code - 30 if code < 90 else code - 82]))
        elif 40 <= code <= 47 or 100 <= code <= 107:
            look = replace(look, background=color_of([5, code - 40 if code < 100 else code - 92]))
        else:
            raise SystemExit(f"unknown SGR code {code}")
    return look


def parse(text, width, height):
    """Rows of cells; the right half of a wide character is an empty text."""
    look = Look()
    rows = []
    for line in (text.split("\n") + [""] * height)[:height]:
        row = []
        for codes, character in TOKEN.findall(line):
            if character:
                row.append(Cell(character, look))
                row.extend([Cell("", look)] * (columns(character) - 1))
            elif codes is not None:
                look = change(look, codes)
        rows.append((row + [Cell(" ", Look())] * width)[:width])
    return rows


def with_cursor(rows, place):
    """The same rows with the cell under the cursor in reverse; place is (column, row) or None."""
    if place:
        column, row = place
        cell = rows[row][column]
        rows[row][column] = replace(cell, look=replace(cell.look, reverse=not cell.look.reverse))
    return rows


def runs(row):
    """(column, cells) for each stretch of a row in one look."""
    start = 0
    for column in range(1, len(row) + 1):
        if column == len(row) or row[column].look != row[start].look:
            yield start, row[start:column]
            start = column
