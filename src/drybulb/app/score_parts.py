"""Scores on a page: tables and pictures of what ``verify`` found."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from drybulb.app import charts
from drybulb.app.page_parts import Picture, Table
from drybulb.app.reported import ScoreRow, VerifyDocument
from drybulb.app.sentences import ALL, city_name, counts, span

#: What forecasters are paired with, and the score that then compares them.
PAIRINGS = ((None, "crps"), ("market", "rps"))
_QUOTE = "quote"
_FEW = 10  # events, below which a clock's mean would be read as more than it is
_METRICS = {
    "crps": ("CRPS [°F]", 2),
    "rps": ("RPS", 3),
    "log_score": ("log score [nats]", 3),
    "mae": ("MAE [°F]", 2),
    "within_1": ("within 1 °F", 2),
    "within_2": ("within 2 °F", 2),
}


def _day(lead: int) -> str:
    return "D−1" if lead else "D"


def _clock(lead: int, clock: str) -> str:
    return f"{_day(lead)} {'daily quote' if clock == _QUOTE else clock}"


def _cell(row: ScoreRow | None, metric: str) -> str:
    """A score, and its interval on a line below."""
    value = None if row is None else getattr(row, metric)
    if row is None or value is None:
        return "–"
    digits = _METRICS[metric][1]
    interval = row.ci90.get(metric)
    return f"{value:.{digits}f}" + ("" if interval is None else f"\n{span(interval, digits)}")


def _spaced(name: str) -> str:
    return name.replace("_", " ")


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
    return Table(caption, ("", "events", *(_spaced(name) for name in names)), lines)


def _by_clock(verified: VerifyDocument, paired_with: str | None) -> list[ScoreRow]:
    rows = [row for row in verified.rows if row.paired_with == paired_with]
    return [row for row in rows if row.city == ALL and row.clock != ALL]


def score_tables(verified: VerifyDocument) -> list[Table]:
    """Return all cities by clock, then each city over all clocks: models alone, then beside the market."""
    tables = []
    for paired_with, metric in PAIRINGS:
        title = _METRICS[metric][0]
        who = f"{'models' if paired_with is None else f'models and the {paired_with}'} (lower is better)"
        by_city = [row for row in verified.rows if row.paired_with == paired_with and row.clock == ALL]
        tables += [
            _pivot(f"{title} by clock, all cities: {who}", _by_clock(verified, paired_with), metric, _clock_of),
            _pivot(f"{title} by city, all clocks: {who}", by_city, metric, _city_of),
        ]
    tables.append(_every_metric([r for r in verified.rows if (r.city, r.clock, r.paired_with) == (ALL, ALL, None)]))
    return [table for table in tables if table.rows]


def _clock_of(row: ScoreRow) -> str:
    return _clock(row.lead, row.clock)


def _city_of(row: ScoreRow) -> str:
    return f"{'All cities' if row.city == ALL else city_name(row.city)}, {_day(row.lead)}"


def _every_metric(rows: list[ScoreRow]) -> Table:
    names = [title for title, _ in _METRICS.values()]
    lines = [
        [f"{_spaced(row.forecaster)}, {_day(row.lead)}", *(_cell(row, metric) for metric in _METRICS)] for row in rows
    ]
    return Table("Every score, all cities and clocks", ("", *names), lines)


def score_pictures(verified: VerifyDocument) -> list[Picture]:
    """Return a picture by clock of the models' scores, and one beside the market's, where they were scored."""
    pictures = (_score_picture(verified, paired_with, metric) for paired_with, metric in PAIRINGS)
    return [picture for picture in pictures if picture is not None]


def _score_picture(verified: VerifyDocument, paired_with: str | None, metric: str) -> Picture | None:
    rows = [row for row in _by_clock(verified, paired_with) if row.clock != _QUOTE]
    scarce = {_clock_of(row): row.n_events for row in rows if row.n_events < _FEW}
    rows = [row for row in rows if row.n_events >= _FEW]
    if not rows:
        return None
    clocks = list(dict.fromkeys((row.lead, row.clock) for row in rows))
    found = {(row.forecaster, row.lead, row.clock): row for row in rows}
    curves = []
    for name in _names(rows):
        mine = [found.get((name, *clock)) for clock in clocks]
        means = [None if row is None else getattr(row, metric) for row in mine]
        curves.append(charts.Curve(name, means, [None if row is None else row.ci90.get(metric) for row in mine]))
    title, labels = _METRICS[metric][0], [_clock(*clock) for clock in clocks]
    caption = f"{title} by clock, all cities; lower is better, bars are 90 % intervals. Clocks differ in their events."
    if scarce:
        caption += f" Left out for having fewer than {_FEW} events: {counts(scarce)}."
    return Picture.drawn(
        caption, lambda width: charts.scores(labels, curves, metric=title, width=width, name=f"{metric}{width}")
    )
