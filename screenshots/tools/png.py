"""Cells as a PNG picture, twice as large as on a screen."""
import pathlib

from PIL import Image, ImageDraw, ImageFont

from cells import LINES
from palette import BACKGROUND

FONTS = pathlib.Path("/usr/share/fonts/truetype/dejavu")
SIZE = 30
WIDTH, HEIGHT = 18, 36
MARGIN = 24


def font(name):
    path = FONTS / name
    if not path.exists():
        raise SystemExit(f"no font at {path}: install fonts-dejavu-core")
    return ImageFont.truetype(str(path), SIZE, layout_engine=ImageFont.Layout.BASIC)


def draw_lines(draw, x, y, directions, color):
    middle_x, middle_y = x + WIDTH // 2, y + HEIGHT // 2
    ends = {
        "l": (x, middle_y - 1, middle_x, middle_y), "r": (middle_x - 1, middle_y - 1, x + WIDTH - 1, middle_y),
        "u": (middle_x - 1, y, middle_x, middle_y), "d": (middle_x - 1, middle_y - 1, middle_x, y + HEIGHT - 1),
    }
    for direction in directions:
        draw.rectangle(ends[direction], fill=color)


def draw_cell(draw, fonts, x, y, cell):
    front, back = cell.look.colors()
    if back != BACKGROUND:
        draw.rectangle((x, y, x + WIDTH - 1, y + HEIGHT - 1), fill=back)
    if cell.text in LINES:
        draw_lines(draw, x, y, LINES[cell.text], front)
    elif cell.text.strip():
        draw.text((x, y + 28), cell.text, font=fonts[cell.look.bold], fill=front, anchor="ls")
    if cell.look.underline:
        draw.rectangle((x, y + 31, x + WIDTH - 1, y + 32), fill=front)


def write_png(screen, path):
    fonts = {False: font("DejaVuSansMono.ttf"), True: font("DejaVuSansMono-Bold.ttf")}
    size = (2 * MARGIN + len(screen[0]) * WIDTH, 2 * MARGIN + len(screen) * HEIGHT)
    image = Image.new("RGB", size, BACKGROUND)
    draw = ImageDraw.Draw(image)
    for row, cells in enumerate(screen):
        for column, cell in enumerate(cells):
            draw_cell(draw, fonts, MARGIN + column * WIDTH, MARGIN + row * HEIGHT, cell)
    image.quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)
