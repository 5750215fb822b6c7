"""Screens one after the other as an animated SVG picture, which browsers and README pages play."""
from cells import runs
from svg import HEIGHT, background, head, lines, number, words


def draw_row(cells):
    """A row as if it were the first of the screen."""
    return "".join(draw(column, 0, run) for draw in (background, lines, words) for column, run in runs(cells))


def stretches(frames, row):
    """(cells, start, end) for each time that a row stays the same; start and end are frame numbers."""
    start = 0
    for end in range(1, len(frames) + 1):
        if end == len(frames) or frames[end][0][row] != frames[start][0][row]:
            yield frames[start][0][row], start, end
            start = end


def write_animation(frames, path):
    """`frames`: (screen, seconds) each. Rows that do not change are drawn once."""
    times = [0.0]
    for _, seconds in frames:
        times.append(times[-1] + seconds)
    total = times[-1]
    shapes, uses = {}, []
    for row in range(len(frames[0][0])):
        for cells, start, end in stretches(frames, row):
            drawn = draw_row(cells)
            if not drawn:
                continue
            shape = shapes.setdefault(drawn, f"r{len(shapes)}")
            place = f'<use href="#{shape}" y="{number(row * HEIGHT)}"'
            if (start, end) == (0, len(frames)):
                uses.append(f"{place}/>\n")
                continue
            shown = [(0, start == 0), (times[start], True), (times[end], False)]
            steps = [step for step in dict(shown).items() if step[0] < total]
            values = ";".join("visible" if visible else "hidden" for _, visible in steps)
            moments = ";".join(f"{time / total:.5f}" for time, _ in steps)
            uses.append(
                f'{place} visibility="hidden"><animate attributeName="visibility" dur="{number(total)}s" '
                f'repeatCount="indefinite" calcMode="discrete" values="{values}" keyTimes="{moments}"/></use>\n')
    definitions = "".join(f'<g id="{name}">\n{drawn}</g>\n' for drawn, name in shapes.items())
    parts = [head(frames[0][0]), "<defs>\n", definitions, "</defs>\n", *uses, "</g>\n</svg>\n"]
    path.write_text("".join(parts), encoding="utf-8")
