"""The backtest a sceptic would run: every policy, filled in every way, on all that the archive can replay.

    python -m bench.traded --archive PATH --out DIR [--page FILE] [--json]

Each window of ``bench.traded_plan`` is replayed once, with all its desks beside each other. At every instant the newest
training speaks that could have been made by then: those of ``bench.models`` and ``bench.earned`` under ``DIR/models``,
and those of the lake that ``bench.archive`` left in ``DIR``; one that is missing is made. The weights of the anchored
policy are fitted walk-forward on them. The winter of 2024-25, which is locked, is opened and noted.
"""

# ruff: noqa: T201 - a script, run by hand: it prints what it measured.
from __future__ import annotations

import argparse
import json
import tempfile
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from bench.earned import SETTINGS
from bench.earned_models import Kept, noon, say, together, trained
from bench.models import TRIALS, imported
from bench.traded_luck import luck
from bench.traded_page import page
from bench.traded_plan import WINDOWS, Window, desks
from bench.traded_runs import Asked, replay, window_document
from bench.traded_shown import NAIVE, called, whole, word
from drybulb.adapters.lake import Lake
from drybulb.app import settings
from drybulb.app.anchor_beliefs import Eras
from drybulb.app.anchoring import anchor
from drybulb.app.config import Config
from drybulb.app.densify import densify
from drybulb.app.locked import open_window
from drybulb.app.parallel import each
from drybulb.app.results import plan
from drybulb.app.results.disputes import disputes
from drybulb.app.results.ground import trained as train_until
from drybulb.domain.money import COUNT_PER_CONTRACT

Row = dict[str, Any]

COMMAND = "python -m bench.traded"
WHY = "docs/results/backtest.md: every policy in every way of being filled, replayed with all limits"
YOUNG = TRIALS[0]
#: Trainings beside the lake's own: each speaks from when it could have been made until the next one could.
KEPT = (
    Kept("2023", noon(2023)),
    Kept(YOUNG.name, YOUNG.until, settings=YOUNG.settings),
    Kept("2025", noon(2025)),
    Kept("2026", noon(2026)),
)
#: First event day on which a belief is weighed beside the market.
WEIGHED = date(2023, 1, 4)


def measure(archive: Path, out: Path) -> Row:
    """Replay every window under ``out``, keep the document there, and return it."""
    stock = settings.load(SETTINGS)
    config = unhalted(stock)
    lake = ground(archive, out, stock)
    first, last = min(window.start for window in WINDOWS), max(window.end for window in WINDOWS)
    say("anchor")
    until = datetime.combine(last, time(), UTC) + timedelta(days=2)
    weights = anchor(lake, config, WEIGHED, last, until, now=until).weights
    eras = Eras.stored(lake, config)
    opened = open_window(config, COMMAND, first, last, list(config.city), lambda: eras.models(first, last), WHY)
    for one in opened:
        say(one.sentence)
    halt = stock.risk.max_drawdown_usd
    asked = [
        Asked(lake.path, config, window, tried, out / "traded" / f"{window.name}-{number}", halt)
        for window in WINDOWS
        for number, tried in enumerate(desks(window))
    ]
    found = each("replays", replay, asked)
    document = {
        "bankroll_usd": config.strategy.bankroll_usd,
        "halt_usd": halt,
        "seed": config.training.seed,
        "untils": [f"{until:%Y-%m-%d}" for until in eras.untils],
        "weights": {"above": sum(row.weight > 0.0 for row in weights), "of": len(weights)},
        "locked": [
            {"name": one.name, "start": one.starts.isoformat(), "end": one.ends.isoformat()} for one in config.locked
        ],
        "openings": [{"window": one.opening.window, "number": one.number} for one in opened],
        "windows": [_window(lake, config, window, found) for window in WINDOWS],
    }
    (out / "traded.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
    return document


def unhalted(config: Config) -> Config:
    """The configuration under which no desk is halted before it has lost all: the whole window is to be seen."""
    risk = config.risk.model_copy(update={"max_drawdown_usd": config.strategy.bankroll_usd})
    return config.model_copy(update={"risk": risk})


def ground(archive: Path, out: Path, stock: Config) -> Lake:
    """The archive's lake with every training that may speak, each made where it is missing."""
    lake = imported(archive, out)
    if "dense" not in Lake(lake).tables():
        say("dense minutes")
        densify(Lake(lake), stock, list(stock.city))
    polled = plan.polled_window(Lake(lake), stock)
    for window in (plan.archive_window(stock), polled):
        if window is not None:
            train_until(Lake(lake), stock, window.until)
    for kept in KEPT:
        trained(kept, lake, out / "models", stock)
    return together(lake, [lake, *(out / "models" / kept.name for kept in KEPT)], out / "traded-lake")


def _window(lake: Lake, config: Config, window: Window, found: list[Row]) -> Row:
    document = window_document(window, [one for one in found if one["window"] == window.name])
    document["luck"] = luck(document["desks"])
    document["printed"] = _printed(lake, window)
    disputed = disputes(lake, config, plan.Window(window.start, window.end, window.cities))
    document["disputes"] = [{"city": one.city, "told": one.told} for one in disputed]
    return document


def _printed(lake: Lake, window: Window) -> dict[str, float]:
    """How many contracts were printed in the markets of a window, by city."""
    read = {city: lake.read("prints", [city], window.start, window.end, columns=["count"]) for city in window.cities}
    return {city: float(found["count"].sum()) / COUNT_PER_CONTRACT for city, found in read.items()}


def rows_of(document: Row) -> list[Row]:
    """The rows of the bench."""
    return [
        {
            "name": f"{window['name']}: {called(desk)}",
            "measured": whole(desk)["pnl_usd"],
            "ci90": whole(desk)["pnl_per_day"]["ci90"],
            "unit": "$",
            "reference": "naive" if desk["fills"] == NAIVE else word(whole(desk)),
        }
        for window in document["windows"]
        for desk in window["desks"]
    ]


def main() -> None:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--out", type=Path, help="folder for the lake, models and runs; a temporary one otherwise")
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
            print(f"{row['name']:<60} {row['measured']:>12,.2f} {row['unit']}  {row['reference']}")


if __name__ == "__main__":
    main()
