"""The tables of `drybulb watch`: the bets city by city, and where calibration is off by more than chance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from drybulb.app.explained_tables import Document, Section

_BETS = ("city", "events", "left out", "log score", "market", "evidence", "for it", "verdict")
_DRIFT = ("city", "clock", "period", "n", "PIT", "luck", "80 %", "bias", "less S", "off in")
_TITLE = "calibration by month or quarter: cells off by more than chance, and all together"
#: The tests in a word each.
_SHORT = {"pit": "PIT", "coverage_80": "cov", "median_bias": "bias", "log_score": "log"}
#: More evidence than this is not told apart.
_MOST = 9999.0


def head(document: Document) -> Iterator[str]:
    """Write what was registered, and how many flags there are, as sentences.

    Args:
        document: of schema ``watch/1``.
    """
    asked, flags = document["registered"], document["flags"]
    stops = f"{asked['level']:g} stops a city{'' if asked['is_enforced'] else ', in a backtest with --watch'}"
    yield (
        f"the market bets {asked['share']:g} of what it has against {asked['forecaster']} at {asked['clock']} of each"
        f" event, from {asked['began']} on; {stops if _is_registered(asked) else 'no verdict, see the notes'}"
    )
    yield (
        f"{flags['raised']} flags in {flags['tests']:,} tests of calibration; chance alone raises about"
        f" {flags['by_chance']:.1f}, in bunches: clocks of one event see one outcome"
    )
    yield (
        "PIT: its distance from flat, beside what that is by luck; 80 %: how often that interval held the high; bias of"
        " the median [°F]; less S: log score less that of S"
    )


def sections(document: Document) -> Iterator[Section]:
    """Lay the bets and the drift out as tables; what stands in no column is in the JSON.

    Args:
        document: of schema ``watch/1``.
    """
    is_registered = _is_registered(document["registered"])
    bets = [_bet(one, is_registered=is_registered) for one in document["cities"]]
    yield Section("the market's bets against the belief", _BETS, bets)
    shown = [row for row in document["drift"] if row["flags"] or row["period"] == "all"]
    yield Section(_TITLE, _DRIFT, [_cell(row) for row in shown])


def _is_registered(asked: Document) -> bool:
    """Whether the bets begin on the registered day; else they prove nothing."""
    return bool(asked["began"] == asked["from"])


def _bet(one: Document, *, is_registered: bool) -> tuple[Any, ...]:
    scores = one["log_score"] or {"belief": None, "market": None}
    if one["stopped"] is not None:
        verdict = f"refuted {one['stopped']['day']}"
    elif one["proven"] is not None:
        verdict = f"better {one['proven']['day']}"
    elif not one["n_events"]:
        verdict = "nothing to bet on"
    else:
        verdict = "open" if is_registered else "no verdict"
    return (
        *(_named(one["city"]), one["n_events"], sum(one["skipped"].values())),
        *(_fixed(scores["belief"], ".2f"), _fixed(scores["market"], ".2f")),
        *(_evidence(one["e_value"]), _evidence(one["e_for"])),
        verdict,
    )


def _evidence(value: float | None) -> str | None:
    return f">{_MOST:,.0f}" if value is not None and value > _MOST else _fixed(value, ",.2f")


def _cell(row: Document) -> tuple[Any, ...]:
    return (
        *(_named(row["city"]), f"D{'-1' if row['lead'] else ''} {row['clock']}", row["period"], row["n_events"]),
        *(_fixed(row["pit_deviation"], ".2f"), _fixed(row["pit_deviation_chance"], ".2f")),
        *(_fixed(row["coverage"][1], ".2f"), _fixed(row["median_bias"], "+.2f")),
        _fixed(row["log_score_less_reference"], "+.3f"),
        " ".join(word for test, word in _SHORT.items() if test in row["flags"]),
    )


def _named(key: str) -> str:
    return key.replace("_", " ")


def _fixed(value: float | None, form: str) -> str | None:
    return None if value is None else format(value, form)
