"""Tables on standard output, and as Markdown in RESULTS.md."""

import os
import platform
import subprocess
from pathlib import Path


class Report:
    """Collects tables; a row is a name, cells, and perhaps a budget that the first cells are held to."""

    def __init__(self):
        self.sections = []
        self.over = []

    def table(self, title, *columns):
        self.sections.append((title, ["", *columns, "budget"], []))
        print(f"\n{title}\n  {'':44}" + "".join(f"{column:>12}" for column in columns) + "  budget", flush=True)

    def row(self, name, *cells, budget=()):
        """`budget`: an upper limit for each of the first cells, None for none."""
        over = any(limit is not None and isinstance(cell, (int, float)) and cell > limit
                   for cell, limit in zip(cells, budget))
        limits = ", ".join(shown(limit) for limit in budget if limit is not None)
        verdict = (f"{limits} " + ("OVER" if over else "kept")) if limits else ""
        if over:
            self.over.append(name)
        self.sections[-1][2].append([name, *map(shown, cells), verdict])
        print(f"  {name:44}" + "".join(f"{shown(cell):>12}" for cell in cells) + f"  {verdict}", flush=True)

    def skip(self, name, reason):
        self.sections[-1][2].append([name, reason])
        print(f"  {name:44}  {reason}", flush=True)

    def markdown(self, introduction):
        lines = ["# Results", "", *introduction, ""]
        for title, columns, rows in self.sections:
            lines += [f"## {title}", "", "| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
            lines += ["| " + " | ".join(row + [""] * (len(columns) - len(row))) + " |" for row in rows]
            lines.append("")
        return "\n".join(lines)


def shown(cell):
    if cell is None:
        return "-"
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell >= 100 else f"{cell:.1f}"
    return str(cell)


def machine():
    """What was measured on, in a line."""
    model = ""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = platform.freedesktop_os_release().get("PRETTY_NAME", "")
    load = os.getloadavg()[0]
    return (f"{os.cpu_count()} CPUs ({model}), {memory:.0f} GiB of memory, {system}, Linux {platform.release()}; "
            f"load of the machine when it began: {load:.1f}")


def version(program):
    return subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
