"""The pipeline on the recorded archive, measured: `python -m bench.archive --archive PATH --out DIR`.

Each step is the command a person would type, run as its own process; what it printed is kept as JSON in
``DIR``. With ``--page FILE`` what there is, what was refused and what is promised are also written as a page (see
``bench.archive_page``), which holds nothing that differs from one run to the next; what forecasts and policies are
worth, `drybulb results` says. With ``--json`` the times and memory are one document, ``bench/1``. It ends with status 1
where a promise does not hold: the time, the memory, the refusals of incomplete ladders, or S below climatology and
persistence at every city and clock where it speaks.
"""

# ruff: noqa: T201 - a script, run by hand: it prints what it measured.
from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.archive_page import page

START, END, UNTIL = "2024-11-20", "2025-02-28", "2024-11-17T12:00Z"
#: The whole pipeline must take less than this on two cores [s], and any step less than this much memory [GB].
SECONDS, GIGABYTES = 360.0, 3.0
#: The window is locked by these settings, and opened for this page.
_LOCK = ("--config", "bench/results.toml", "--open-locked", "the page of the archive in the pipeline")
_WINDOW = ("--start", START, "--end", END, *_LOCK)
#: Events whose ladder does not tile, by file and city: what the archive's own description counts.
INCOMPLETE = {
    ("kalshi_daily_quotes.parquet", "chicago"): (240, 930),
    ("kalshi_daily_quotes.parquet", "austin"): (237, 789),
    ("kalshi_daily_quotes.parquet", "philadelphia"): (36, 237),
    ("kalshi_markets.parquet", "philadelphia"): (25, 238),
}


def steps(archive: Path, out: Path) -> dict[str, tuple[str, ...]]:
    """Command of each step, by the name of the document it prints."""
    return {
        "import": ("import", str(archive)),
        "dense": ("dense",),
        "coverage": ("coverage",),
        "train": ("train", "--until", UNTIL),
        "verify": ("verify", *_WINDOW),
        "backtest": ("backtest", *_WINDOW, "--policy", "S", "--out", str(out / "run")),
    }


#: What the page says of these promises.
PROMISES = {
    "import, dense minutes, training and one backtest take, on two cores": f"less than {SECONDS:.0f} s",
    "any one step takes, of memory": f"less than {GIGABYTES:.0f} GB",
    "S against climatology and persistence": "CRPS clearly lower at every city and clock where S speaks",
    "ladders that do not tile": "refused, as many as the archive's own description counts",
}

#: The steps the time limit is about.
TIMED = ("import", "dense", "train", "backtest")


def run_step(command: tuple[str, ...], lake: Path, kept: Path) -> dict[str, float]:
    """Run one command, keep its document, and return wall seconds, CPU seconds and peak memory [GB].

    Raises:
        SystemExit: the command failed; its standard error has been shown.
    """
    began = perf_counter()
    with kept.open("wb") as printed:
        arguments = [sys.executable, "-m", "drybulb", *command, "--lake", str(lake), "--json"]
        process = os.posix_spawn(
            sys.executable, arguments, dict(os.environ), file_actions=[(os.POSIX_SPAWN_DUP2, printed.fileno(), 1)]
        )
        _, status, used = os.wait4(process, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 3):
        raise SystemExit(f"drybulb {' '.join(command)} ended with status {code}")
    return {
        "wall": perf_counter() - began,
        "cpu": used.ru_utime + used.ru_stime,
        "memory": used.ru_maxrss / 1024**2,
    }


def measure(archive: Path, out: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Run every step on a new lake under ``out``; return the documents and the rows of the bench."""
    lake = out / "lake"
    if lake.exists():
        shutil.rmtree(lake)
    out.mkdir(parents=True, exist_ok=True)
    documents: dict[str, Any] = {}
    rows: list[dict[str, Any]] = []
    total = 0.0
    for name, command in steps(archive, out).items():
        kept = out / f"{name}.json"
        used = run_step(command, lake, kept)
        documents[name] = json.loads(kept.read_text(encoding="utf-8"))
        total += used["wall"] if name in TIMED else 0.0
        rows.append(_row(f"{name}, wall", used["wall"], "s", ""))
        rows.append(_row(f"{name}, CPU", used["cpu"], "s", ""))
        rows.append(_row(f"{name}, peak memory", used["memory"], "GB", f"< {GIGABYTES}"))
    rows.append(_row(" + ".join(TIMED), total, "s", f"< {SECONDS}"))
    return documents, rows


def broken(documents: dict[str, Any], rows: list[dict[str, Any]]) -> list[str]:
    """Return the promises that do not hold, in words."""
    found = [f"{row['name']}: {row['measured']} {row['unit']}, not {row['reference']}" for row in rows if _exceeds(row)]
    refused = {
        (r["file"], r["city"]): (r["count"], r["of"])
        for r in documents["import"]["refusals"]
        if r["reason"] == "ladder does not tile"
    }
    if refused != INCOMPLETE:
        found.append(f"incomplete ladders: {refused}, not {INCOMPLETE}")
    of_s = [c for c in documents["verify"]["comparisons"] if c["forecaster"] == "S"]
    paired = [c for c in of_s if c["paired_with"] is None]
    found += [
        f"S is not below {c['reference']} in {c['city']} at {c['clock']}, lead {c['lead']}: {c['ci90']}"
        for c in paired
        if c["reference"] in ("climatology", "persistence") and c["ci90"][1] >= 0
    ]
    return found


def _exceeds(row: dict[str, Any]) -> bool:
    bound = row["reference"].removeprefix("< ")
    return bool(bound) and row["measured"] >= float(bound)


def _row(name: str, measured: float, unit: str, reference: str) -> dict[str, Any]:
    return {"name": name, "measured": round(measured, 2), "unit": unit, "reference": reference}


def main() -> None:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--out", type=Path, help="folder for the lake and the documents; a temporary one otherwise")
    parser.add_argument("--page", type=Path, help="write the figures as a page, if all promises hold")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if not asked.archive.is_dir():
        raise SystemExit(f"no archive at {asked.archive}; the page stays as it is")
    with tempfile.TemporaryDirectory() as temporary:
        documents, rows = measure(asked.archive, asked.out or Path(temporary))
    failed = broken(documents, rows)
    if asked.page is not None and not failed:
        asked.page.parent.mkdir(parents=True, exist_ok=True)
        asked.page.write_text(page(documents, PROMISES), encoding="utf-8")
    if asked.json:
        print(json.dumps({"schema": "bench/1", "rows": rows}, indent=1))
    else:
        for row in rows:
            print(f"{row['name']:<32} {row['measured']:>9.2f} {row['unit']:<3} {row['reference']}")
    if failed:
        raise SystemExit("\n".join(["does not hold:", *failed]))


if __name__ == "__main__":
    main()
