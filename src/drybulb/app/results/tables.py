"""Tables of scores: forecasters side by side, and their paired differences to one of them."""

from __future__ import annotations

from collections.abc import Sequence

from drybulb.app.clocked import ALL
from drybulb.app.markdown import interval, number, table, title
from drybulb.app.results.evidence import METRIC, Judged, Row, Spot
from drybulb.app.scored import QUOTE_CLOCK

#: Clocks of lines that stand for a whole lead: the mean over its clocks, and the one quote a day.
WHOLE = (ALL, QUOTE_CLOCK)
_CLOCKS = {ALL: "all clocks", QUOTE_CLOCK: "daily quote"}
_SHOWN = {"emos": "EMOS", "guidance_error": "guidance + error", "ladder_centre": "ladder's centre"}


def name(forecaster: str) -> str:
    """A forecaster as a person writes its name."""
    return _SHOWN.get(forecaster, forecaster)


def day(lead: int) -> str:
    """The day of a lead: D−1 or D."""
    return "D−1" if lead else "D"


def place(spot: Spot) -> str:
    """A city and day, such as Chicago D−1; with its clock, where that is not all of them."""
    where = "all cities" if spot.city == ALL else title(spot.city)
    return f"{where} {day(spot.lead) if spot.clock == ALL else clock(spot)}"


def clock(spot: Spot) -> str:
    """A day and clock, such as D−1 16:00."""
    return f"{day(spot.lead)} {_CLOCKS.get(spot.clock, spot.clock)}"


def scores(judged: Judged, spots: Sequence[Spot], names: Sequence[str], *, by_clock: bool = False) -> list[str]:
    """Return a table of mean scores with their intervals; forecasters that speak nowhere have no column.

    Args:
        judged: the scores.
        spots: the lines.
        names: forecasters, in the order of the columns.
        by_clock: whether a line is named by its clock; by its city otherwise.
    """
    spoken = [mine for mine in names if any((spot, mine) in judged.scores for spot in spots)]
    lines = []
    for spot in spots:
        found = [judged.scores.get((spot, mine)) for mine in spoken]
        events = max(row["n_events"] for row in found if row is not None)
        head = clock(spot) if by_clock else place(spot)
        lines.append((head, f"{events:,}", *(_score(row, METRIC[spot.paired_with], events) for row in found)))
    return table(("", "events", *(name(mine) for mine in spoken)), lines)


def differences(
    judged: Judged, spots: Sequence[Spot], names: Sequence[str], reference: str, *, by_clock: bool = False
) -> list[str]:
    """Return a table of paired differences to ``reference``; where a forecaster is clearly better it is bold.

    Args:
        judged: the scores.
        spots: the lines.
        names: forecasters, in the order of the columns.
        reference: whose score is taken away.
        by_clock: whether a line is named by its clock; by its city otherwise.
    """
    spoken = [mine for mine in names if any((spot, mine, reference) in judged.differences for spot in spots)]
    if not spoken:
        return []
    lines = []
    for spot in spots:
        found = [judged.differences.get((spot, mine, reference)) for mine in spoken]
        if any(row is not None for row in found):
            lines.append((clock(spot) if by_clock else place(spot), *map(_difference, found)))
    return table(("", *(f"{name(mine)} − {name(reference)}" for mine in spoken)), lines)


def _score(row: Row | None, metric: str, events: int) -> str:
    """A mean with its interval, and its own number of events where it is not that of the line."""
    if row is None:
        return "–"
    fewer = "" if row["n_events"] == events else f"; {row['n_events']:,} events"
    return f"{number(row[metric])} ({interval(row['ci90'][metric], 2)}{fewer})"


def _difference(row: Row | None) -> str:
    if row is None:
        return "–"
    text = f"{number(row['difference'])} ({interval(row['ci90'])})"
    return f"**{text}**" if row["ci90"][1] < 0 else text
