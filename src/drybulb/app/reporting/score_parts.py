"""Scores on a page: tables and pictures of what ``verify`` found."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from drybulb.app import charts
from drybulb.app.reporting import pictures
from drybulb.app.reporting.documents import ScoreRow, VerifyDocument
from drybulb.app.reporting.market_parts import difference_picture, difference_table
from drybulb.app.reporting.parts import Picture, Section, Table
from drybulb.app.reporting.score_names import FEW, QUOTE, clock_name, day_name, place_name
from drybulb.app.reporting.sentences import ALL, counts, spaced, span

#: What forecasters are paired with, and the score that then compares them.
PAIRINGS = {None: "crps", "market": "rps"}
_METRICS = {
    "crps": ("CRPS [°F]", 2),
    "rps": ("RPS", 3),
    "log_score": ("log score [nats]", 3),
    "mae": ("MAE [°F]", 2),
    "within_1": ("within 1 °F", 2),
    "within_2": ("within 2 °F", 2),
}


def _cell(row: ScoreRow | None, metric: str) -> str:
    """A score, and its interval on a line below."""
    value = None if row is None else getattr(row, metric)
    if row is None or value is None:
        return "–"
    digits = _METRICS[metric][1]
    interval = row.ci90.get(metric)
    return f"{value:.{digits}f}" + ("" if interval is None else f"\n{span(interval, digits)}")


def _names(rows: Iterable[ScoreRow]) -> list[str]:
    """Forecasters, in the same order everywhere; those that have no line of their own come last."""
    found = {row.forecaster for row in rows}
    return [name for name in charts.LINES if name in found] + sorted(found - set(charts.LINES))


def _pivot(caption: str, rows: list[ScoreRow], metric: str, label: Callable[[ScoreRow], str]) -> Table:
    """A row a label, a column a forecaster."""
    names = _names(rows)
    cells: dict[str, dict[str, ScoreRow]] = {}
    for row in rows:
        cells.setdefault(label(row), {})[row.forecaster] = row
    lines = [
        [head, f"{next(iter(found.values())).n_events:,}", *(_cell(found.get(name), metric) for name in names)]
        for head, found in cells.items()
    ]
    return Table(caption, ("", "events", *(spaced(name) for name in names)), lines)


def _byclock_name(verified: VerifyDocument, paired_with: str | None) -> list[ScoreRow]:
    rows = [row for row in verified.rows if row.paired_with == paired_with]
    return [row for row in rows if row.city == ALL and row.clock != ALL]


def score_sections(verified: VerifyDocument, policy: str) -> list[Section]:
    """Return the models among themselves, then beside the market.

    Args:
        verified: what `drybulb verify` found.
        policy: of the run; if it is no forecaster, S stands for ours.
    """
    return [
        section
        for section in (_models(verified), _market(verified, policy))
        if section.pictures or section.tables or section.folded
    ]


def _models(verified: VerifyDocument) -> Section:
    overall = [row for row in verified.rows if (row.city, row.clock, row.paired_with) == (ALL, ALL, None)]
    by_clock, by_city = _score_tables(verified, None, "models")
    return Section(
        "Models and baselines",
        _there([_score_picture(verified, None)]),
        _told([by_clock]),
        _told([by_city, _every_metric(overall)]),
    )


def _market(verified: VerifyDocument, policy: str) -> Section:
    ours = list(dict.fromkeys(name for name in (policy, "S") if name in _names(verified.rows)))
    by_clock, by_city = _score_tables(verified, "market", "models and the market")
    return Section(
        "Beside the market",
        _there([difference_picture(verified, ours), _score_picture(verified, "market")]),
        _told([difference_table(verified, ours), by_clock]),
        _told([by_city]),
    )


def _there(found: Iterable[Picture | None]) -> list[Picture]:
    return [picture for picture in found if picture is not None]


def _told(tables: Iterable[Table]) -> list[Table]:
    return [table for table in tables if table.rows]


def _score_tables(verified: VerifyDocument, paired_with: str | None, who: str) -> tuple[Table, Table]:
    """All cities by clock, and each city over all clocks."""
    metric = PAIRINGS[paired_with]
    title = _METRICS[metric][0]
    by_city = [row for row in verified.rows if row.paired_with == paired_with and row.clock == ALL]
    by_clock = _byclock_name(verified, paired_with)
    said = f"{who} (lower is better)"
    return (
        _pivot(f"{title} by clock, all cities: {said}", by_clock, metric, _clock_of),
        _pivot(f"{title} by city, all clocks: {said}", by_city, metric, _city_of),
    )


def _clock_of(row: ScoreRow) -> str:
    return clock_name(row.lead, row.clock)


def _city_of(row: ScoreRow) -> str:
    return place_name(row.city, row.lead)


def _every_metric(rows: list[ScoreRow]) -> Table:
    names = [title for title, _ in _METRICS.values()]
    lines = [
        [f"{spaced(row.forecaster)}, {day_name(row.lead)}", *(_cell(row, metric) for metric in _METRICS)]
        for row in rows
    ]
    return Table("Every score, all cities and clocks", ("", *names), lines)


def _score_picture(verified: VerifyDocument, paired_with: str | None) -> Picture | None:
    metric = PAIRINGS[paired_with]
    rows = [row for row in _byclock_name(verified, paired_with) if row.clock != QUOTE]
    scarce = {_clock_of(row): row.n_events for row in rows if row.n_events < FEW}
    rows = [row for row in rows if row.n_events >= FEW]
    if not rows:
        return None
    clocks = list(dict.fromkeys((row.lead, row.clock) for row in rows))
    found = {(row.forecaster, row.lead, row.clock): row for row in rows}
    curves = []
    for name in _names(rows):
        mine = [found.get((name, *clock)) for clock in clocks]
        means = [None if row is None else getattr(row, metric) for row in mine]
        curves.append(pictures.Curve(name, means, [None if row is None else row.ci90.get(metric) for row in mine]))
    title, labels = _METRICS[metric][0], [clock_name(*clock) for clock in clocks]
    caption = (
        f"{title} by clock, all cities; lower is better, bars are 90 % intervals. The axis is logarithmic, and"
        " clocks differ in their events."
    )
    if scarce:
        caption += f" Left out for having fewer than {FEW} events: {counts(scarce)}."
    return Picture.drawn(
        caption, lambda width: pictures.scores(labels, curves, metric=title, width=width, name=f"{metric}{width}")
    )
