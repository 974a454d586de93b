"""How often worthless trading is said to earn or to lose: `python -m bench.verdicts [--runs N] [--seed N] [--json]`.

Every kind of day below gains nothing on average, so each `earns` and each `loses` is an error. A 90 % interval promises
5 % of each; the last columns count how often the interval alone is above or below zero.
Normal days are bounded at 3 deviations and those of Student at 8: what is bounded can lose and win its bound.
"""

# ruff: noqa: T201 - a script, run by hand: it prints what it measured.
from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from drybulb.verification import Word, verdict

Floats = NDArray[np.float64]

DAYS = (35, 60, 100, 250)
PROMISED = 0.05


class Days(NamedTuple):
    """What days gained, and the most that each could lose and win [dollars]."""

    gains: Floats
    at_stake: Floats
    to_win: Floats


def _bounded(gains: Floats, bound: float) -> Days:
    most = np.full(len(gains), bound)
    return Days(np.clip(gains, -bound, bound), most, most)


def _after_another(rng: Generator, days: int, kept: float) -> Days:
    """Days of spread 1 of which each keeps a share of the day before."""
    gains, own = rng.standard_normal(days), sqrt(1.0 - kept**2)
    for day in range(1, days):
        gains[day] = kept * gains[day - 1] + own * gains[day]
    return _bounded(gains, 3.0)


def _rarely(rng: Generator, days: int, rate: float) -> Days:
    """Gain a dollar, and on days of that rate lose what makes it worth nothing."""
    loss = (1.0 - rate) / rate
    gains = np.where(rng.random(days) < rate, -loss, 1.0)
    return Days(gains, np.full(days, loss), np.ones(days))


def _fair(rng: Generator, days: int, low: float, high: float) -> Days:
    """Buy a leg a day at a fair price, without fees."""
    price = rng.uniform(low, high, days)
    return Days(np.where(rng.random(days) < price, 1.0 - price, -price), price, 1.0 - price)


KINDS: dict[str, Callable[[Generator, int], Days]] = {
    "normal": lambda rng, days: _bounded(rng.standard_normal(days), 3.0),
    "Student's t of 3 degrees": lambda rng, days: _bounded(rng.standard_t(3, days), 8.0),
    "normal, autocorrelation 0.3": lambda rng, days: _after_another(rng, days, 0.3),
    "normal, autocorrelation 0.6": lambda rng, days: _after_another(rng, days, 0.6),
    "loss on 5 % of days": lambda rng, days: _rarely(rng, days, 0.05),
    "loss on 2 % of days": lambda rng, days: _rarely(rng, days, 0.02),
    "fair legs at 95 to 99 c": lambda rng, days: _fair(rng, days, 0.95, 0.99),
    "fair legs at 1 to 5 c": lambda rng, days: _fair(rng, days, 0.01, 0.05),
}


def rates(kind: str, days: int, runs: int, seed: int) -> dict[str, Any]:
    """Return how often worthless days of a kind are said to earn, to lose, and have an interval above zero."""
    rng = np.random.default_rng([seed, list(KINDS).index(kind), days])
    said = {Word.EARNS: 0, Word.LOSES: 0, Word.TOO_EARLY: 0}
    above = below = 0
    for _ in range(runs):
        made = KINDS[kind](rng, days)
        found = verdict(range(days), made.gains, made.at_stake, made.to_win, made.gains, seed)
        said[found.word] += 1
        low, high = found.interval or (0.0, 0.0)
        above, below = above + (low > 0.0), below + (high < 0.0)
    earns, loses = said[Word.EARNS] / runs, said[Word.LOSES] / runs
    allowed = PROMISED + 2.0 * sqrt(PROMISED * (1.0 - PROMISED) / runs)
    over = round(max(earns, loses) - allowed, 4)
    return {
        "kind": kind,
        "days": days,
        "earns": round(earns, 4),
        "loses": round(loses, 4),
        "interval_above_zero": round(above / runs, 4),
        "interval_below_zero": round(below / runs, 4),
        "over": max(over, 0.0),
    }


def _table(rows: Sequence[dict[str, Any]], runs: int) -> str:
    lines = [
        "| days that gain nothing on average | days | earns | loses | interval above zero | below |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        cells = (
            f"{100 * row[name]:.1f} %" for name in ("earns", "loses", "interval_above_zero", "interval_below_zero")
        )
        lines.append(f"| {row['kind']} | {row['days']} | {' | '.join(cells)} |")
    over = [
        f"{row['kind']}, {row['days']} days: by {100 * row['over']:.1f} points" for row in rows if row["over"] > 0.0
    ]
    lines += [
        "",
        f"{runs} windows a row. More often wrong than 5 % and two standard errors: {'; '.join(over) or 'none'}.",
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulate every kind and number of days, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=600, help="windows of each kind and number of days (600)")
    parser.add_argument("--seed", type=int, default=5, help="of the draws (5)")
    parser.add_argument("--json", action="store_true", help="rows as JSON")
    asked = parser.parse_args(arguments)
    if asked.runs < 1 or asked.seed < 0:
        parser.error(f"--runs {asked.runs} --seed {asked.seed}: give 1 or more, and 0 or more")
    cases = [(kind, days, asked.runs, asked.seed) for kind in KINDS for days in DAYS]
    with ProcessPoolExecutor() as workers:
        rows = list(workers.map(rates, *zip(*cases, strict=True)))
    document = {"runs": asked.runs, "seed": asked.seed, "promised": PROMISED, "rows": rows}
    print(json.dumps(document, indent=1) if asked.json else _table(rows, asked.runs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
