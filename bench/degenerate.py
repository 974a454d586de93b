"""The "degenerate" models of the original, made again on a synthetic world, and the gate before planted ones.

    python -m bench.degenerate [--page FILE] [--json]

No archive is needed: the world has a fixed seed. First the disease: the original recipe with labels clipped to
-2 … 10 °F, thresholds of one class with a placeholder in their place, a program that does not know the placeholder, and
what the placeholder says at ten in the morning and at eleven at night. Then the hazards on the same world, and what the
gate says of models planted with one fault each. It ends with status 1 where the disease does not show, where a planted
fault passes, or where it takes too long; the page then stays as it is.
"""

# ruff: noqa: T201 - a script, run by hand: it prints what it measured.
from __future__ import annotations

import argparse
import json
from pathlib import Path
from time import process_time
from typing import Any

import polars as pl

from bench.degenerate_page import page
from bench.degenerate_plants import NAME, UNSEEN, is_refused, next_in_line, plants, sound_models, ungrown, verdict
from bench.degenerate_recipe import by_clock, cities, mean_crps, ranges, steps
from bench.degenerate_world import GROWN, held_out, make
from drybulb.forecast.baselines.climatology import Climatology
from drybulb.forecast.structural import Structural

SECONDS = 60.0
"""CPU time everything must take less than [s]."""

Document = dict[str, Any]


def measure() -> Document:
    """Make the world, the disease, the models and the plants; return all that was found."""
    made = make()
    rows = made.recipe_rows()
    mine = rows.filter(pl.col("city") == GROWN)
    training = made.training(GROWN)
    sound = sound_models(training, made)
    planted = plants(training, made, sound[NAME])
    by_kind = {plant.kind: plant.model for plant in planted}
    return {
        "city": GROWN,
        "cities": cities(rows),
        "ranges": ranges(mine),
        "clocks": by_clock(mine, {"model": sound[NAME].model, "S": training.fitted.models[Structural.name]}),
        "steps": steps(mine),
        "ungrown": ungrown(training, made),
        "plants": [verdict(plant) for plant in planted],
        "next": next_in_line(by_kind["constant"], sound, held_out(mine)),
        "unseen": {
            "model": mean_crps(by_kind[UNSEEN].model, held_out(mine)),
            "climatology": mean_crps(training.fitted.models[Climatology.name], held_out(mine)),
        },
    }


def rows_of(document: Document, seconds: float) -> list[Document]:
    """Rows of the bench."""
    failing = [row for row in document["cities"] if row["error"]]
    faults = [row for row in document["plants"] if row["kind"] not in ("sound", UNSEEN)]
    return [
        _row("cities with a constant threshold", sum(bool(row["constants"]) for row in document["cities"]), "cities"),
        _row("cities a private predict cannot serve", len(failing), "cities"),
        _row("greatest CRPS of the recipe there", max((row["crps"] for row in failing), default=0.0), "°F"),
        _row(
            "least CRPS of a model of constants there", min((row["crps_dummy"] for row in failing), default=0.0), "°F"
        ),
        *(
            _row(f"constants, told {_span(row['range'])}, labels {_span(row['labels'])}", len(row["constants"]), "")
            for row in document["ranges"]
        ),
        _row("planted faults", len(faults), "models"),
        _row("refused of them", sum(is_refused(row) for row in faults), "models", f"{len(faults)}"),
        _row("CPU", seconds, "s", f"< {SECONDS:g}"),
    ]


def broken(document: Document, seconds: float) -> list[str]:
    """What should have shown and did not, in words."""
    found = [
        f"{row['city']}: {len(row['constants'])} constants, and a private predict {'fails' if row['error'] else 'runs'}"
        for row in document["cities"]
        if bool(row["constants"]) != bool(row["error"])
    ]
    if not any(row["error"] for row in document["cities"]):
        found.append("no city shows the disease")
    if all(row["error"] for row in document["cities"]):
        found.append("no city is free of the disease")
    found += [
        f"the gate and the {row['kind']} model: {row['verdict']}"
        for row in document["plants"]
        if row["kind"] != UNSEEN and is_refused(row) == (row["kind"] == "sound")
    ]
    if seconds >= SECONDS:
        found.append(f"{seconds:.0f} CPU seconds, not < {SECONDS:g}")
    return found


def _row(name: str, measured: float, unit: str, reference: str = "") -> Document:
    return {"name": name, "measured": round(measured, 3), "unit": unit, "reference": reference}


def _span(pair: list[int] | None) -> str:
    return "not clipped" if pair is None else f"{pair[0]} … {pair[1]}"


def main() -> None:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--page", type=Path, help="write what was found as a page")
    parser.add_argument("--json", action="store_true", help="print the document of schema bench/1")
    asked = parser.parse_args()
    began = process_time()
    document = measure()
    seconds = process_time() - began
    rows = rows_of(document, seconds)
    failed = broken(document, seconds)
    if asked.page is not None and not failed:
        asked.page.parent.mkdir(parents=True, exist_ok=True)
        asked.page.write_text(page(document), encoding="utf-8")
    if asked.json:
        print(json.dumps({"schema": "bench/1", "rows": rows}, indent=1))
    else:
        for row in rows:
            print(f"{row['name']:<52} {row['measured']:>9.3f} {row['unit']:<6} {row['reference']}")
        for row in document["plants"]:
            print(f"{row['kind']}: {row['verdict']}", *row["reasons"], sep="\n  ")
    if failed:
        raise SystemExit("\n".join(["does not hold:", *failed]))


if __name__ == "__main__":
    main()
