"""What a walk gained: the tallies of its windows, kept as plain values and added up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from drybulb.app.extremes import Extremes
from drybulb.app.tally import Tally

Row = dict[str, Any]

_COUNTS = ("events", "orders", "fills", "count", "fees", "turnover")


def kept(part: Tally) -> Row:
    """Return a tally as a file keeps it: whole amounts, and no word on beliefs and refusals."""
    return {
        **{name: getattr(part, name) for name in _COUNTS},
        "gains": {day.isoformat(): part.gains[day] for day in sorted(part.gains)},
        "traded": [[day.isoformat(), event, gain] for (day, event), gain in sorted(part.traded.items())],
        "extremes": {day.isoformat(): list(could) for day, could in sorted(part.extremes.items())},
        "capital": {day.isoformat(): amount for day, amount in sorted((part.capital or {}).items())},
    }


def added(parts: Iterable[Row]) -> Tally:
    """Return the tally of several windows, of which no two have an event day in common.

    Args:
        parts: as :func:`kept` has them, in the order of the windows.
    """
    whole = Tally(capital={})
    for part in parts:
        for name in _COUNTS:
            setattr(whole, name, getattr(whole, name) + part[name])
        whole.gains |= _by_day(part["gains"])
        whole.traded |= {(date.fromisoformat(day), event): gain for day, event, gain in part["traded"]}
        whole.extremes |= {day: Extremes(*could) for day, could in _by_day(part["extremes"]).items()}
        whole.capital = {**(whole.capital or {}), **_by_day(part["capital"])}
    return whole


def _by_day(values: Mapping[str, Any]) -> dict[date, Any]:
    return {date.fromisoformat(day): value for day, value in values.items()}
