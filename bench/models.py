"""The global, city and hybrid models beside S, EMOS and the original recipe, on the recorded archive.

    python -m bench.models --archive PATH --out DIR [--page FILE] [--json]

Two trainings with what was known before the days asked about: by 2024 (Miami, Chicago by way of O'Hare, and
Philadelphia, which has guidance only) and by 2020 (Denver and Los Angeles, which have hourly observations and no
guidance). Every reference is fitted and scored in the same run, on the same rows. The lake that ``bench.archive`` left
in ``DIR`` is used; without one the archive is imported there.

What was asked of the models stands in ``PROMISES``, and what is known not to hold in ``MISSED``; it is printed and
written on the page. The bench ends with status 1 where anything else asked does not hold.
"""

# ruff: noqa: T201 - a script, run by hand: it prints what it measured.
from __future__ import annotations

import argparse
import json
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.model_scores import WINDOW, Row
from bench.model_trials import Trial, run_trial
from bench.models_page import page
from drybulb.adapters.lake import Lake
from drybulb.app import config
from drybulb.app.ingest import import_archive

TRIALS = (
    Trial(
        name="2024",
        until=datetime(2024, 1, 1, 12, tzinfo=UTC),
        start=date(2024, 1, 1),
        end=date(2024, 10, 31),
        observed=("miami", "chicago"),
        guided=("philadelphia",),
    ),
    Trial(
        name="2020",
        until=datetime(2020, 1, 1, 12, tzinfo=UTC),
        start=date(2020, 1, 1),
        end=date(2021, 12, 31),
        observed=("denver", "los_angeles"),
        # All days from 2012 on are wanted, and the models are asked until two years later.
        settings={"window_days": 3000, "max_model_age_days": 731},
    ),
)
#: By how much the hybrid's CRPS on D 10–24 must be below the original's [%], and how many times less CPU its fit takes.
PERCENT, TIMES = 13.0, 50.0
CRPS, CPU = "CRPS", "CPU"
#: City and promise of what is known not to hold.
MISSED = frozenset({("los_angeles", CRPS), ("denver", CPU), ("los_angeles", CPU)})


def promises(trials: list[dict[str, Any]]) -> list[Row]:
    """What was asked of each city model that is served, what was measured, and whether it holds.

    Args:
        trials: documents of the trials.
    """
    found: list[Row] = []
    for trial in trials:
        for row in trial["differences"]:
            paired = (row["forecaster"], row["reference"], row["band"]) == ("hybrid", "original", WINDOW.name)
            if paired and row["city"] in trial["costs"]:
                found.append(_promise(row["city"], CRPS, PERCENT, row["percent"]["lower"], row["percent"]["ci90"]))
                found.append(_promise(row["city"], CPU, TIMES, trial["costs"][row["city"]]["ratios"]["fits"], None))
    return found


def _promise(city: str, what: str, asked: float, measured: float, ci90: list[float] | None) -> Row:
    return {
        "city": city,
        "what": what,
        "asked": asked,
        "measured": measured,
        "ci90": ci90,
        "holds": measured >= asked,
        "is_known": (city, what) in MISSED,
    }


def broken(found: list[Row]) -> list[str]:
    """What does not hold though nobody knew, in words."""
    return [f"{_sentence(row)}: MISSED" for row in found if not row["holds"] and not row["is_known"]]


def mended(found: list[Row]) -> list[str]:
    """What holds though it is listed as missed, in words."""
    return [f"{_sentence(row)}: holds; take it off MISSED" for row in found if row["holds"] and row["is_known"]]


def _sentence(row: Row) -> str:
    unit = "% lower" if row["what"] == CRPS else "times less"
    return f"{row['city']}, {row['what']}: asked {row['asked']:g} {unit}, measured {row['measured']:g}"


def imported(archive: Path, out: Path) -> Path:
    """Folder of the lake under ``out``, imported if it is not there."""
    lake = out / "lake"
    if not Lake(lake).tables():
        print(f"import {archive}", file=sys.stderr)
        import_archive(archive, Lake(lake), config.load())
    return lake


def measure(archive: Path, out: Path) -> dict[str, Any]:
    """Run the trials side by side under ``out``, keep their documents, and return them with what was reached."""
    began, lake = perf_counter(), imported(archive, out)
    with ProcessPoolExecutor(len(TRIALS), mp_context=get_context("spawn")) as pool:
        running = [pool.submit(run_trial, trial, lake, out / "models" / trial.name, config.load()) for trial in TRIALS]
        trials = [trial.result() for trial in running]
    for trial in trials:
        kept = out / f"models-{trial['name']}.json"
        kept.write_text(json.dumps(trial, indent=1), encoding="utf-8")
    return {"trials": trials, "promises": promises(trials), "seconds": perf_counter() - began}


def rows_of(document: dict[str, Any]) -> list[Row]:
    """The rows of the bench."""
    rows = [_row("the whole bench, wall", document["seconds"], "s", "")]
    for trial in document["trials"]:
        for city, costs in trial["costs"].items():
            rows += [_row(f"{city}, {name}, CPU", costs[name], "s", "") for name in costs if name != "ratios"]
            rows += [_row(f"{city}, original / {name}", ratio, "x", "") for name, ratio in costs["ratios"].items()]
    for row in document["promises"]:
        unit = "%" if row["what"] == CRPS else "x"
        name = f"{row['city']}, hybrid below the original, {row['what']}"
        rows.append(_row(name, row["measured"], unit, f">= {row['asked']:g}{'' if row['holds'] else ' MISSED'}"))
    return rows


def _row(name: str, measured: float, unit: str, reference: str) -> Row:
    return {"name": name, "measured": round(measured, 2), "unit": unit, "reference": reference}


def main() -> None:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--out", type=Path, help="folder for the lake and the documents; a temporary one otherwise")
    parser.add_argument("--page", type=Path, help="write the figures as a page")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if not asked.archive.is_dir():
        raise SystemExit(f"no archive at {asked.archive}; the page stays as it is")
    with tempfile.TemporaryDirectory() as temporary:
        document = measure(asked.archive, asked.out or Path(temporary))
    if asked.page is not None:
        asked.page.parent.mkdir(parents=True, exist_ok=True)
        asked.page.write_text(page(document), encoding="utf-8")
    rows = rows_of(document)
    if asked.json:
        print(json.dumps({"schema": "bench/1", "rows": rows}, indent=1))
    else:
        for row in rows:
            print(f"{row['name']:<52} {row['measured']:>9.2f} {row['unit']:<3} {row['reference']}")
    for line in mended(document["promises"]):
        print(line, file=sys.stderr)
    if failed := broken(document["promises"]):
        raise SystemExit("\n".join(["does not hold:", *failed]))


if __name__ == "__main__":
    main()
