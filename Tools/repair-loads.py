#!/usr/bin/env python3
"""Repairs refused streams and loads the results into real QEMUs: the table of docs/repair.md.

usage: repair-loads.py MIGSCOPE PAIRS LOADER ROOTS [--risky] [--only NAME[,NAME]] [--markdown OUT] [--jobs N]

PAIRS is a folder with pairs.json and NAME-a.mig, NAME-b.mig (or .xz): for each pair the stream that was saved and one of
the destination's own configuration, with both command lines. LOADER is a program that loads a stream into a QEMU
(LOADER [--root FOLDER] [--binary NAME] [--run SECONDS] [--file NAME:BYTES] [--capability NAME] STREAM -- ARGUMENTS) and
prints {"loads": …, "status": …, "words": […]}. ROOTS is a folder with a folder of QEMU for each version but the
machine's own.
"""
import argparse, concurrent.futures, json, lzma, os, re, shutil, subprocess, sys, tempfile, threading

p = argparse.ArgumentParser()
p.add_argument("migscope"); p.add_argument("pairs"); p.add_argument("loader"); p.add_argument("roots")
p.add_argument("--risky", action="store_true"); p.add_argument("--only", default=""); p.add_argument("--markdown", default="")
p.add_argument("--jobs", type=int, default=2); p.add_argument("--verbose", action="store_true"); p.add_argument("--all", action="store_true")
o = p.parse_args()
work = tempfile.mkdtemp()

def stream(name):
    path = os.path.join(o.pairs, name + ".mig")
    if os.path.exists(path): return path
    target = os.path.join(work, name + ".mig")
    with lzma.open(path + ".xz") as source, open(target, "wb") as f: shutil.copyfileobj(source, f)
    return target

def load(pair, path):
    target = pair["target"]
    root = os.path.join(o.roots, target["qemu"])
    words = [sys.executable, o.loader, "--binary", pair["binary"], "--run", "2"]
    if os.path.isdir(root): words += ["--root", root]
    for name, size in pair["files"].items(): words += ["--file", f"{name}:{size}"]
    for name in pair["capabilities"]: words += ["--capability", name]
    done = subprocess.run(["timeout", "180"] + words + [path, "--"] + target["arguments"].split(), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    try: return json.loads(done.stdout)
    except ValueError: return {"loads": None, "words": [done.stderr[-300:]]}

def measure(pair):
    name = pair["name"]
    a, b, out = stream(name + "-a"), stream(name + "-b"), os.path.join(work, name + ".out")
    words = [o.migscope, "repair", a, "--like", b, "--json", "-o", out] + (["--risky"] if o.risky else [])
    done = subprocess.run(["timeout", "300"] + words, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    try: plan = json.loads(done.stdout)
    except ValueError: plan = {"steps": [], "unmended": [{"title": "error", "reason": done.stderr.strip(), "setting": ""}], "left": []}
    result = load(pair, out) if os.path.exists(out) else {"loads": None, "words": []}
    if os.path.exists(out): os.unlink(out)
    log = [line for line in result.get("words", []) if "warning" not in line]
    return {"name": name, "exit": done.returncode, "steps": plan["steps"], "unmended": plan["unmended"], "left": plan["left"],
            "loads": result["loads"], "status": result.get("status", ""), "words": log}

pairs = json.load(open(os.path.join(o.pairs, "pairs.json")))
wanted = [x for x in pairs if (o.all or not x["loads"]) and (not o.only or x["name"] in o.only.split(","))]
rows = []
with concurrent.futures.ThreadPoolExecutor(o.jobs) as pool:
    for row in pool.map(measure, wanted):
        rows.append(row)
        good = row["loads"] and row["status"] == "running"
        print(("good " if good else "BAD  ") + ("wrong " if row["exit"] == 0 and not good else "") + f"{row['name']} exit {row['exit']} loads {row['loads']} {row['status']}", flush=True)
        if o.verbose or not good:
            for step in row["steps"]: print(f"      {step['grade']}: {step['title']}  ({step['cost']})")
            for item in row["unmended"]: print(f"      unmended: {item['title']}: {item['reason']}")
            for item in row["left"]: print(f"      left: {item['code']} {item['message']}")
            for line in row["words"][:6]: print("      | " + line)
shutil.rmtree(work, ignore_errors=True)
lived = [r for r in rows if r["loads"] and r["status"] == "running"]
wrong = [r for r in rows if r["exit"] == 0 and r not in lived]
print(f"{len(rows)} pairs, {len(lived)} load and live, {len([r for r in lived if r['exit'] == 0])} of them said to be repaired, {len(wrong)} wrongly so: {' '.join(r['name'] for r in wrong)}")
if o.markdown:
    grades = ["safe", "visible", "risky"]
    def cell(text): return re.sub(r"\s+", " ", text).replace("|", "\\|")
    with open(o.markdown, "w") as f:
        f.write("| pair | exit | loads | lives | grade | steps, or why not |\n|---|---|---|---|---|---|\n")
        for r in rows:
            grade = max((s["grade"] for s in r["steps"]), key=grades.index, default="")
            text = "; ".join(s["title"] for s in r["steps"])
            if r["exit"]: text += (". " if text else "") + "; ".join(f"not: {u['title']} ({u['reason']})" for u in r["unmended"][:2])
            f.write(f"| {r['name']} | {r['exit']} | {'yes' if r['loads'] else 'no'} | {'yes' if r['status'] == 'running' else 'no'} | {grade} | {cell(text)} |\n")
