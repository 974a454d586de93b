"""How long a year of six cities takes to replay and to screen, and in how much memory: 30 million bracket-minutes.

    python -m bench.backtest [--days 365] [--sets 100] [--json]

The year is made up: months of dense minutes, prints and beliefs are drawn as the lake would give them, and go the way
of the recorded ones from there on (`drybulb.app.recorded`). Drawing them is not counted.
"""

# ruff: noqa: T201 - a script, run by hand: it prints what it measured.
from __future__ import annotations

import argparse
import gc
import json
import resource
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from time import perf_counter, process_time
from typing import Any

from bench.backtest_year import FIRST, Year
from drybulb.app import config, wiring
from drybulb.app.config import Config
from drybulb.app.screening import make_screen
from drybulb.engine.fills import Fills
from drybulb.engine.replay import MemoryJournal, ReplayClock, ReplayFeed
from drybulb.engine.session import run
from drybulb.research.taping import tape_of
from drybulb.strategy.policy import Threshold
from drybulb.strategy.rules import Rules

Row = dict[str, Any]
_POLICY = "hybrid"


def _row(name: str, measured: float, unit: str, most: float | None = None) -> Row:
    """What was measured, beside what it may be at most; over says by how much it is more."""
    over = None if most is None else round(max(0.0, measured - most), 3)
    return {"name": name, "measured": round(measured, 3), "unit": unit, "target": most, "over": over}


class _Watch:
    """Time since it was made: on the wall, and what this process had of a processor, which others cannot slow."""

    def __init__(self, year: Year | None = None) -> None:
        self._year, self._wall, self._own = year, perf_counter(), process_time()

    def row(self, name: str, most: float | None = None) -> Row:
        """What it has measured by now, less what drawing the year took [s]."""
        wall, own = perf_counter() - self._wall, process_time() - self._own
        if self._year is not None:
            wall, own = wall - self._year.seconds_made, own - self._year.own_seconds_made
        return {**_row(name, wall, "s", most), "processor": round(own, 3)}


def _peak() -> float:
    """Most memory the process has had so far [GB]."""
    # ru_maxrss is in KiB on Linux and in bytes on macOS.
    scale = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale / 1e9


def _replayed(settings: Config, year: Year) -> Iterator[Row]:
    """The year through the engine, once, with the policy that trades the hybrid's belief."""
    costs, journal = wiring.charges(settings), MemoryJournal()
    state = wiring.new_state(settings, year.listings, wiring.policy(settings, _POLICY), costs)
    broker = wiring.simulated(settings, year.listings, costs, Fills.TAKER)
    watch = _Watch(year)
    run(state, ReplayFeed(year.events()), broker, ReplayClock(), journal)
    kinds = [record.kind for record in journal.records]
    taken = watch.row("the year replayed", 120.0)
    yield taken
    yield _row("a ladder of it", 1e6 * taken["processor"] / year.ladders, "µs")
    yield _row("bracket-minutes", year.rows / 1e6, "million")
    yield _row("orders sent", kinds.count("order"), "orders")
    yield _row("fills", kinds.count("fill"), "fills")
    yield _row("peak memory by then", _peak(), "GB", 3.0)


def _screened(settings: Config, year: Year, sets: int) -> Iterator[Row]:
    """The same year as a tape, made ready once, and asked for one set and for many."""
    watch = _Watch(year)
    tape = tape_of(year.events(), year.listings)
    yield watch.row("the tape made")
    watch = _Watch()
    screen = make_screen(tape, settings, least_edge=100.0)
    yield watch.row("the tape made ready")
    asked = list(_sets(wiring.rules(settings), sets))
    watch = _Watch()
    made = screen.trades(asked[0])
    yield watch.row("one set screened", 1.0)
    yield _row("fills of it", len(made.at), "fills")
    watch = _Watch()
    screen.rank(asked)
    yield watch.row(f"{sets} sets screened", 30.0)
    yield _row("peak memory of the process", _peak(), "GB", 3.0)


def _sets(rules: Rules, number: int) -> Iterator[Rules]:
    """Parameter sets of ten gates, and under each thresholds that rise."""
    for n in range(number):
        gate, step = n * 10 // number, n % 10
        gates = replace(rules.gates, max_spread=300 + 100 * gate, max_belief_age=20 + 5 * gate)
        least = Threshold(100.0 + 50.0 * step, 0.25), Threshold(150.0 + 75.0 * step, 0.25)
        yield replace(
            rules, cities={key: replace(own, thresholds=least) for key, own in rules.cities.items()}, gates=gates
        )


def _told(days: int, sets: int, *, is_quiet: bool) -> Iterator[Row]:
    """Measure everything; each row is printed as it is known, unless quiet."""
    settings = config.load()
    was_enabled = gc.isenabled()
    gc.disable()  # as a backtest does: a search of millions of values that refer to nothing finds nothing
    try:
        for part in (_replayed(settings, Year.of(settings, days)), _screened(settings, Year.of(settings, days), sets)):
            for row in part:
                if not is_quiet:
                    print(_line(row), flush=True)
                yield row
    finally:
        if was_enabled:
            gc.enable()


def main() -> None:
    """Measure, print a table or one JSON object, and say which targets are missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=365, help="event days of each city")
    parser.add_argument("--sets", type=int, default=100, help="parameter sets screened")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    rows = list(_told(asked.days, asked.sets, is_quiet=asked.json))
    missed = [row["name"] for row in rows if row["over"]]
    if asked.json:
        window = [str(FIRST), str(FIRST + timedelta(days=asked.days - 1))]
        print(json.dumps({"schema": "bench.backtest/1", "window": window, "rows": rows, "missed": missed}))
    else:
        print("missed: " + (", ".join(missed) or "nothing"))


def _line(row: Row) -> str:
    said = f"{row['name']:<28} {row['measured']:>12,.3f} {row['unit']:<8}"
    own = f"{row['processor']:>10,.3f} s of one processor" if "processor" in row else ""
    target = "" if row["target"] is None else f"at most {row['target']:g}"
    return f"{said} {own:<32} {target}" + (f", over by {row['over']:g}" if row["over"] else "")


if __name__ == "__main__":
    main()
