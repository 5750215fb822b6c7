#!/usr/bin/env python3
"""Compares `migscope check A --like B` with what real QEMUs said when they loaded A.

usage: check-loads.py [--migscope BINARY] [--only NAME] [--verbose] LIST…

Each LIST is a JSON file of loads: objects with "name", "loads" (true or false) and "qemu" (the lines that the
destination printed, without the name of the program). The streams are NAME-a.mig and NAME-b.mig beside it, perhaps as
.xz: what was saved, and a stream of the destination's own configuration. "source" and "target" may have "arguments"
and "qemu" (a version), which are only printed. Prints one line for each load that is not as it should be, then counts:

  words     the first error is in the destination's words, line by line
  first     only its first line is
  else      refused, but the first error is another one
  missed    the destination refuses, check has no error
  alarmed   the destination loads, check does not exit with 0
  good      the destination loads, check exits with 0

Exit status: 0 when nothing is missed, alarmed or in other words, else 1.
"""
import argparse, json, lzma, os, subprocess, sys, tempfile
from collections import Counter


def unpacked(path, folder):
    if os.path.exists(path): return path
    result = os.path.join(folder, os.path.basename(path))
    if not os.path.exists(result):
        with lzma.open(path + ".xz") as source, open(result, "wb") as target:
            while piece := source.read(1 << 20): target.write(piece)
    return result


def judge(load, status, findings):
    if load["loads"]: return "good" if status == 0 else "alarmed"
    errors = [f for f in findings if f["severity"] == "error"]
    if not errors: return "missed"
    said, wanted = errors[0].get("qemu", "").split("\n"), load["qemu"]
    return "words" if said == wanted else "first" if said[:1] == wanted[:1] else "else"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--migscope", default="migscope")
    parser.add_argument("--only"); parser.add_argument("--verbose", action="store_true")
    parser.add_argument("lists", nargs="+")
    options = parser.parse_args()
    counts = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for name in options.lists:
            base = os.path.dirname(os.path.abspath(name))
            for load in json.load(open(name)):
                if options.only and options.only != load["name"]: continue
                a, b = (unpacked(f"{base}/{load['name']}-{end}.mig", folder) for end in "ab")
                run = subprocess.run([options.migscope, "check", a, "--like", b, "--json"], stdin=subprocess.DEVNULL,
                                     capture_output=True, timeout=300)
                try: findings = json.loads(run.stdout)
                except ValueError: findings = []
                kind = judge(load, run.returncode, findings)
                counts[kind] += 1
                if run.returncode not in (0, 1): kind = f"{kind} (exit {run.returncode}: {run.stderr.decode()[:200]})"
                if kind in ("good", "words") and not options.verbose: continue
                sides = [f"{load[s].get('qemu', '')} {load[s].get('arguments', '')}" for s in ("source", "target") if s in load]
                print(f"{kind}: {load['name']}", *sides, sep="\n    ")
                for line in load["qemu"]: print(f"    qemu:  {line}")
                for f in [f for f in findings if f["severity"] != "note" or options.verbose][:4]:
                    print(f"    check: {f['severity']} [{f['code']}] {f['message']}")
                    for line in f.get("qemu", "").split("\n"):
                        if line: print(f"           | {line}")
    print(", ".join(f"{counts[k]} {k}" for k in ("words", "first", "else", "missed", "alarmed", "good")))
    sys.exit(1 if any(counts[k] for k in ("first", "else", "missed", "alarmed")) else 0)


main()
