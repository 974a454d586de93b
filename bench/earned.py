"""What the forecasts reach beside references recomputed in the same run, on the recorded archive.

    python -m bench.earned --archive PATH --out DIR [--page FILE] [--json]

Trainings until 2020, 2023, 2024, 2025 and 2026, one without any observation, one without six-hour groups, three with a
city left out, and one until just before the winter of 2024-25, which is locked and opened here, noted in the file of
openings. Each training has a folder of its own under ``DIR/models`` and is made again only where the code, the tables
or the configuration have changed; those of ``bench.models`` are used where they are there. The lake that
``bench.archive`` left in ``DIR`` is used; without one the archive is imported there.

What was asked stands in ``bench.earned_promises.ASKED``, and what is known not to hold in ``MISSED``; it is printed and
written on the page. The bench ends with status 1 where anything else asked does not hold.
"""

# ruff: noqa: T201 - a script, run by hand: it prints what it measured.
from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from bench.earned_market import markout_rows, pool_rows, watch_rows
from bench.earned_models import Kept, noon, say, together, trained
from bench.earned_page import page
from bench.earned_promises import broken, mended, promises
from bench.earned_quotes import ladder_rows, yearly
from bench.earned_trials import WINTER, blind_rows, left_out_rows, test_rows, unguided_rows, winter_rows
from bench.models import imported
from drybulb.adapters.lake import Lake
from drybulb.app import settings
from drybulb.app.config import Config
from drybulb.app.densify import densify
from drybulb.app.forecaster import Forecaster
from drybulb.app.locked import models_of, open_window

Row = dict[str, Any]

SETTINGS = Path(__file__).with_name("results.toml")
COMMAND = "python -m bench.earned"
WHY = "docs/results/forecast.md: after all is chosen, trained again and scored once"
REFIT = Kept("winter", noon(2024, 11, 17))


def measure(archive: Path, out: Path) -> Row:
    """Train, ask and score under ``out``, keep each part's document there, and return them with what was reached."""
    stock, lake, folder = settings.load(SETTINGS), imported(archive, out), out / "models"
    if "dense" not in Lake(lake).tables():
        say("dense minutes")
        densify(Lake(lake), stock, list(stock.city))
    document: Row = {
        "test": _kept(out, "test", lambda: test_rows(lake, folder, stock)),
        "blind": _kept(out, "blind", lambda: blind_rows(lake, folder, stock)),
        "unguided": _kept(out, "unguided", lambda: unguided_rows(lake, folder, stock)),
        "left_out": _kept(out, "left_out", lambda: left_out_rows(lake, folder, stock)),
    }
    years = yearly(lake, folder, stock)
    trained(REFIT, lake, folder, stock)
    winter = Forecaster.load(together(lake, [folder / REFIT.name], folder / "winter-market"), stock, WINTER[0])
    asked = {str(year): Forecaster.load(years, stock, date(year, 1, 1)) for year in (2024, 2025)}
    document["openings"] = _open(stock, {REFIT.name: winter, **asked})
    document["winter"] = _kept(out, "winter", lambda: winter_rows(winter, REFIT))
    document["watch"] = _kept(out, "watch", lambda: watch_rows(winter, WINTER))
    document["markouts"] = _kept(out, "markouts", lambda: markout_rows(winter, WINTER))
    document["ladders"] = _kept(out, "ladders", lambda: ladder_rows(years, stock))
    document["pool"] = _kept(out, "pool", lambda: pool_rows(years, stock))
    return {**document, "promises": promises(document)}


def _kept(out: Path, name: str, made: Callable[[], Row]) -> Row:
    say(f"measure: {name}")
    document = made()
    (out / f"earned-{name}.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
    return document


def _open(stock: Config, forecasters: dict[str, Forecaster]) -> list[Row]:
    """Note that the winter is scored, once for all that is scored in it, before any of it is; which opening it is."""

    def scored() -> dict[str, str]:
        return {
            f"{training} {name}": model
            for training, forecaster in forecasters.items()
            for name, model in models_of(forecaster).items()
        }

    found = open_window(stock, COMMAND, *WINTER, list(stock.city), scored, WHY)
    for opened in found:
        say(opened.sentence)
    return [{"window": opened.opening.window, "number": opened.number} for opened in found]


def rows_of(document: Row) -> list[Row]:
    """The rows of the bench."""
    return [
        {
            "name": row["what"],
            "measured": row["value"],
            "ci90": row.get("ci90"),
            "unit": row["unit"],
            "reference": f"{row['sense']} {row['asked']:g}{'' if row['holds'] else ' MISSED'}",
        }
        for row in document["promises"]
    ]


def main() -> None:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--out", type=Path, help="folder for the lake, models and documents; a temporary one otherwise")
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
            print(f"{row['name']:<88} {row['measured']:>9.4f} {row['unit']:<4} {row['reference']}")
    for line in mended(document["promises"]):
        print(line, file=sys.stderr)
    if failed := broken(document["promises"]):
        raise SystemExit("\n".join(["does not hold:", *failed]))


if __name__ == "__main__":
    main()
