"""Ours beside the market: how much worse or better the forecasts were than its prices, on the same events."""

from __future__ import annotations

from drybulb.app.reporting import pictures
from drybulb.app.reporting.documents import Comparison, VerifyDocument
from drybulb.app.reporting.parts import Picture, Table
from drybulb.app.reporting.score_names import FEW, QUOTE, clock_name, place_name
from drybulb.app.reporting.sentences import ALL, signed, spaced, span


def difference_table(verified: VerifyDocument, ours: list[str]) -> Table:
    """Return by how much ours were worse or better than the market, by city and lead, over all clocks."""
    found = [row for row in _against_market(verified, ours) if row.clock == ALL]
    rows = []
    for city, lead in dict.fromkeys((row.city, row.lead) for row in sorted(found, key=_all_last)):
        mine = {row.forecaster: row for row in found if (row.city, row.lead) == (city, lead)}
        events = f"{max(row.n_events for row in mine.values()):,}"
        rows.append([place_name(city, lead), events, *(_verdict(mine.get(one)) for one in ours)])
    names = ("", "events", *(f"{spaced(one)} − market" for one in ours))
    return Table("Difference of RPS to the market's, all clocks: below zero is better than the market", names, rows)


def _all_last(row: Comparison) -> tuple[bool, str, int]:
    return row.city == ALL, row.city, -row.lead


def _verdict(row: Comparison | None) -> str:
    if row is None:
        return "–"
    low, high = row.ci90
    word = "better" if high < 0 else "worse" if low > 0 else "neither"
    return f"{signed(row.difference, 3)} {word}\n{span(row.ci90, 3)}"


def _against_market(verified: VerifyDocument, ours: list[str]) -> list[Comparison]:
    kind = ("market", "rps", "market")
    rows = [row for row in verified.comparisons if (row.reference, row.metric, row.paired_with) == kind]
    return [row for row in rows if row.forecaster in ours]


def difference_picture(verified: VerifyDocument, ours: list[str]) -> Picture | None:
    """Return the same by clock, all cities, if a clock has events enough."""
    found = [row for row in _against_market(verified, ours) if row.city == ALL and row.clock not in (ALL, QUOTE)]
    rows = [row for row in found if row.n_events >= FEW]
    if not rows:
        return None
    clocks = sorted({(row.lead, row.clock) for row in rows}, key=lambda clock: (-clock[0], clock[1]))
    at = {(row.forecaster, row.lead, row.clock): row for row in rows}
    curves = []
    for name in ours:
        mine = [at.get((name, *clock)) for clock in clocks]
        means = [None if row is None else row.difference for row in mine]
        curves.append(pictures.Curve(name, means, [None if row is None else row.ci90 for row in mine]))
    labels, what = [clock_name(*clock) for clock in clocks], "RPS less the market's"
    return Picture.drawn(
        f"{what}, by clock, all cities, on the same events: below zero the forecast was better than the market's price,"
        " above it worse; bars are 90 % intervals.",
        lambda width: pictures.around_zero(labels, curves, what=what, width=width, name=f"difference{width}"),
    )
