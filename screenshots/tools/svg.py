"""Cells as an SVG picture."""
from xml.sax.saxutils import escape

from cells import LINES, runs
from palette import BACKGROUND, FOREGROUND

SIZE = 14
# Advance, height and ascent of DejaVu Sans Mono at that size.
WIDTH, HEIGHT, ASCENT = 8.43, 17, 13.5
MARGIN = 12


def color(channels):
    return "#%02x%02x%02x" % channels


def number(value):
    return f"{value:.2f}".rstrip("0").rstrip(".")


def background(column, row, cells):
    _, back = cells[0].look.colors()
    if back == BACKGROUND:
        return ""
    x, y = MARGIN + column * WIDTH, MARGIN + row * HEIGHT
    return (f'<rect x="{number(x)}" y="{number(y)}" width="{number(len(cells) * WIDTH)}" '
            f'height="{HEIGHT}" shape-rendering="crispEdges" fill="{color(back)}"/>\n')


def lines(column, row, cells):
    moves = ""
    for place, cell in enumerate(cells):
        x, y = MARGIN + (column + place + 0.5) * WIDTH, MARGIN + (row + 0.5) * HEIGHT
        ends = {"l": f"h-{WIDTH / 2:.3f}", "r": f"h{WIDTH / 2:.3f}", "u": f"v-{HEIGHT / 2}", "d": f"v{HEIGHT / 2}"}
        for direction in LINES.get(cell.text, ""):
            moves += f"M{number(x)} {number(y)}{ends[direction]}"
    if not moves:
        return ""
    front, _ = cells[0].look.colors()
    return f'<path d="{moves}" stroke="{color(front)}"/>\n'


def words(column, row, cells):
    text = "".join(" " if cell.text in LINES else cell.text for cell in cells)
    look = cells[0].look
    if not text.strip() and not look.underline:
        return ""
    front, _ = look.colors()
    style = f' fill="{color(front)}"' if front != FOREGROUND else ""
    style += ' font-weight="bold"' if look.bold else ""
    style += ' text-decoration="underline"' if look.underline else ""
    x, y = MARGIN + column * WIDTH, MARGIN + row * HEIGHT + ASCENT
    return (f'<text x="{number(x)}" y="{number(y)}" textLength="{number(len(cells) * WIDTH)}"{style}>'
            f"{escape(text)}</text>\n")


def head(screen):
    """The start of a picture of this size, up to where rows are drawn."""
    width = 2 * MARGIN + len(screen[0]) * WIDTH
    height = 2 * MARGIN + len(screen) * HEIGHT
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{number(width)}" height="{number(height)}" '
        f'viewBox="0 0 {number(width)} {number(height)}">\n'
        f'<rect width="100%" height="100%" rx="6" fill="{color(BACKGROUND)}"/>\n'
        f"<g font-family=\"'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"{SIZE}\" "
        f'fill="{color(FOREGROUND)}" xml:space="preserve">\n'
    )


def write_svg(screen, path):
    parts = [head(screen)]
    for draw in (background, lines, words):
        for row, cells in enumerate(screen):
            parts += [draw(column, row, run) for column, run in runs(cells)]
    parts.append("</g>\n</svg>\n")
    path.write_text("".join(parts), encoding="utf-8")
