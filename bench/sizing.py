"""How exact the sizing is, how fast, and what it gains: `python -m bench.sizing [--books N] [--seed N] [--json]`.

On random books of six legs (with and without holdings, with and without depth, risk aversion 1, 2 and 4):

- the expected utility of the exact trade beside that of a convex solver (cvxpy), as the log of the sure wealth that is
  worth as much; the gap is the solver's less ours, so above 0 where ours is worse;
- what whole contracts and hundredths lose of it;
- the time of a call, the best of five, of the exact trade and of `size` with its checks and lots;
- one-leg-at-a-time Kelly beside the exact trade, in the same unit, on books without holdings and without depth; the
  books it can pay for and that leave wealth in every outcome are averaged, the others counted.

It ends with status 1 if a gap is above 1e-6.
"""

# ruff: noqa: T201 - a script, run by hand: it prints what it measured.
from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from math import inf, log
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.sizing_books import CASH, FEES, Book, books, old_kelly, oracle
from drybulb.domain.money import MICRODOLLARS_PER_DOLLAR
from drybulb.strategy.curve import utility
from drybulb.strategy.sizing import SizingRules, size
from drybulb.strategy.upfront import after, trades_within_cash

#: The gap in growth that is allowed.
LARGEST_GAP = 1e-6
_REPEATS = 5
_RESAMPLES, _SEED_OF_INTERVALS = 2000, 3
_NO_CASH_LEFT = 1e-6


def sure(book: Book, wealths: Sequence[float]) -> float:
    """Return the log of the sure wealth, in units of the cash, that is worth as much as ``wealths``."""
    shares = [wealth / CASH for wealth in wealths]
    value = utility(book.probabilities, shares, book.risk_aversion)
    if book.risk_aversion == 1.0 or value == -inf:
        return value
    power = 1.0 - book.risk_aversion
    return log(power * value) / power


def compared(book: Book) -> dict[str, float]:
    """Compare one book with the oracle and with lots, and time it."""
    held, curves = [count / 100 for count in book.held], book.curves
    given = (book.probabilities, curves, held, CASH)
    traded = trades_within_cash(*given, book.risk_aversion)
    left, wealths = after(curves, held, CASH, traded)
    reached = sure(book, wealths)
    found = {"gap": sure(book, oracle(book)) - reached, "left": left, "least": min(wealths)}
    for step in (100, 1):
        counts = _size(book, step)
        _, then = after(curves, held, CASH, [count / 100 for count in counts])
        found[f"lost_{step}"] = reached - sure(book, then)
    return found | {
        "exact_us": _microseconds(lambda: trades_within_cash(*given, book.risk_aversion)),
        "size_us": _microseconds(lambda: _size(book, 100)),
    }


def _size(book: Book, step: int) -> tuple[int, ...]:
    rules = SizingRules(book.risk_aversion, step)
    cash = round(CASH * MICRODOLLARS_PER_DOLLAR)
    return size(book.probabilities, book.offers, book.held, cash, FEES.__getitem__, rules).counts


def _microseconds(call: Callable[[], object]) -> float:
    times = []
    for _ in range(_REPEATS):
        began = perf_counter()
        call()
        times.append(perf_counter() - began)
    return min(times) * 1e6


def beside_old(given: Sequence[Book]) -> dict[str, Any]:
    """Compare with one-leg-at-a-time Kelly, by risk aversion, on books without holdings and without depth."""
    found: dict[str, Any] = {}
    for gamma in (1.0, 2.0, 4.0):
        mine = [book for book in given if book.risk_aversion == gamma and not any(book.held) and _is_endless(book)]
        exact, old, unpayable = [], [], 0
        for book in mine:
            none = [0.0] * len(book.held)
            trades = trades_within_cash(book.probabilities, book.curves, none, CASH, gamma)
            side_by_side = old_kelly(book)
            left, wealths = after(book.curves, none, CASH, side_by_side)
            if left < 0.0 or min(wealths) <= 0.0:
                unpayable += 1
                continue
            exact.append(sure(book, after(book.curves, none, CASH, trades)[1]))
            old.append(sure(book, wealths))
        found[f"{gamma:g}"] = {
            "books": len(exact),
            "unpayable": unpayable,
            "exact": float(np.mean(exact)),
            "old": float(np.mean(old)),
            "lost": float(1.0 - np.mean(old) / np.mean(exact)),
            "lost_90": _interval(np.array(exact), np.array(old)),
            "harmful": sum(value < 0.0 for value in old),
        }
    return found


def _interval(exact: NDArray[np.float64], old: NDArray[np.float64]) -> list[float]:
    """Return the 90 % interval of the share lost, books resampled."""
    drawn = np.random.default_rng(_SEED_OF_INTERVALS).integers(len(exact), size=(_RESAMPLES, len(exact)))
    lost = 1.0 - old[drawn].mean(axis=1) / exact[drawn].mean(axis=1)
    return [float(np.quantile(lost, level)) for level in (0.05, 0.95)]


def _is_endless(book: Book) -> bool:
    return all(size is None for offer in book.offers for _, size in offer.buy + offer.sell)


def measured(count: int, seed: int) -> dict[str, Any]:
    """Measure everything; ``broken`` says in words what does not hold."""
    given = books(count, seed)
    rows = [compared(book) for book in given]
    gap = max(row["gap"] for row in rows)
    free = [row for row in rows if row["left"] > _NO_CASH_LEFT]
    bound = [row for row in rows if row["left"] <= _NO_CASH_LEFT]
    kinds = {
        "plain": [row for row, book in zip(rows, given, strict=True) if _is_endless(book) and not any(book.held)],
        "held": [row for row, book in zip(rows, given, strict=True) if _is_endless(book) and any(book.held)],
        "deep": [row for row, book in zip(rows, given, strict=True) if not _is_endless(book)],
    }
    times = {name: _times([row for row in mine if row in free]) for name, mine in kinds.items()}
    times["all"], times["cash binds"] = _times(free), _times(bound)
    return {
        "schema": "sizing/1",
        "books": count,
        "seed": seed,
        "cash_binds": len(bound),
        "largest_gap": gap,
        "least_gap": min(row["gap"] for row in rows),
        "least_cash_left": min(row["left"] for row in rows),
        "lost_to_lots": {str(step): max(row[f"lost_{step}"] for row in rows) for step in (100, 1)},
        "times_us": times,
        "beside_old": beside_old(books(6 * count, seed + 1)),
        "broken": [] if gap <= LARGEST_GAP else [f"largest gap {gap:.2e}, at most {LARGEST_GAP:.0e} is allowed"],
    }


def _times(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return median and 99th percentile of both times [us]."""
    return {
        f"{what}_p{rank}": float(np.percentile([row[f"{what}_us"] for row in rows], rank)) if rows else 0.0
        for what in ("exact", "size")
        for rank in (50, 99)
    }


def main() -> int:
    """Print what is measured; return 1 if something is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--books", type=int, default=500, help="how many random books")
    parser.add_argument("--seed", type=int, default=6, help="seed of the books")
    parser.add_argument("--json", action="store_true", help="as JSON")
    given = parser.parse_args()
    found = measured(given.books, given.seed)
    print(json.dumps(found, indent=1) if given.json else "\n".join(_lines(found)))
    return 1 if found["broken"] else 0


def _lines(found: dict[str, Any]) -> list[str]:
    lines = [
        f"{found['books']} books, cash binds on {found['cash_binds']}",
        f"growth, solver's less ours: {found['least_gap']:+.1e} to {found['largest_gap']:+.1e}",
        f"lots lose at most {found['lost_to_lots']['100']:.1e} (whole), {found['lost_to_lots']['1']:.1e} (0.01)",
        "time of a call [us]      exact p50  p99    size p50  p99",
    ]
    for name, times in found["times_us"].items():
        lines.append(
            f"  {name:20s} {times['exact_p50']:9.0f} {times['exact_p99']:6.0f}"
            f" {times['size_p50']:9.0f} {times['size_p99']:6.0f}"
        )
    for gamma, old in found["beside_old"].items():
        lines.append(
            f"one leg at a time, risk aversion {gamma}: worth {old['old']:.5f} beside {old['exact']:.5f}"
            f" ({old['lost']:.0%} lost, 90 % interval {old['lost_90'][0]:.0%} to {old['lost_90'][1]:.0%});"
            f" worse than no trade on {old['harmful']} of {old['books']} books,"
            f" and {old['unpayable']} more cannot be paid for"
        )
    return lines + [f"BROKEN {what}" for what in found["broken"]]


if __name__ == "__main__":
    sys.exit(main())
