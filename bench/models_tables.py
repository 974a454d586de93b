"""The tables of the page of `bench.models_page`: scores, paired differences, calibration, and who spoke."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bench.model_scores import LEVELS, PAIRS, WINDOW
from drybulb.app.markdown import interval, number, paragraph, table, title

Document = dict[str, Any]

FORECASTERS = ("hybrid", "city", "global", "S", "emos", "original", "climatology")
_UNITS = {"crps": "CRPS [°F]", "log_score": "Log score [nats]", "mae": "MAE of the median [°F]"}
_POOLED = ("D−1 10–24", WINDOW.name)


def rows_of(document: Document, what: str, **wanted: str) -> list[Document]:
    """Rows of one kind of all trials, in which each of ``wanted`` has its value."""
    every = (row for trial in document["trials"] for row in trial[what])
    return [row for row in every if all(row[name] == value for name, value in wanted.items())]


def place(row: Document) -> str:
    """City and part of the day of a row."""
    return f"{title(row['city'])} {row['band']}"


def scores(document: Document) -> list[str]:
    """Scores of every forecaster by city and part of the day."""
    lines = [
        "## Scores",
        "",
        *paragraph(
            "In a line all forecasters are scored at the same hours of the same events: those at which each of them"
            " spoke that speaks in that line at all (*hours*, of an event). The lowest is bold."
        ),
    ]
    rows = rows_of(document, "scores")
    for metric, head in _UNITS.items():
        lines += [f"### {head}", "", *table(("", "events", "hours", *FORECASTERS), _score_lines(rows, metric))]
    return lines


def _score_lines(rows: Sequence[Document], metric: str) -> Iterable[list[str]]:
    for where in dict.fromkeys(place(row) for row in rows):
        found = {row["forecaster"]: row for row in rows if place(row) == where and row["forecaster"] in FORECASTERS}
        one = next(iter(found.values()))
        best = number(min(row[metric] for row in found.values()))
        cells = [number(found[name][metric]) if name in found else "–" for name in FORECASTERS]
        bold = [f"**{cell}**" if cell == best else cell for cell in cells]
        yield [where, f"{one['events']:,}", number(one["hours"], 1), *bold]


def differences(document: Document) -> list[str]:
    """Paired differences by city and part of the day."""
    lines = ["## Differences", "", "Each pair at all hours at which both spoke; below 0 the first is better.", ""]
    columns = [f"{first} − {reference}" for first, reference in PAIRS]
    for metric, head in _UNITS.items():
        lines += [f"### {head}, paired", "", *table(("", *columns), _pair_lines(document, metric))]
    return lines


def _pair_lines(document: Document, metric: str) -> Iterable[list[str]]:
    for trial in document["trials"]:
        rows = [row for row in trial["differences"] if row["city"] != "all" or row["band"] in _POOLED]
        asked = len(trial["observed"]) + len(trial["guided"])
        for where in dict.fromkeys(place(row) for row in rows):
            found = {(row["forecaster"], row["reference"]): row[metric] for row in rows if place(row) == where}
            cells = [
                f"{number(one['difference'])} ({interval(one['ci90'])})" if (one := found.get(pair)) else "–"
                for pair in PAIRS
            ]
            yield [where.replace("All ", f"these {asked} together, "), *cells]


def calibration(document: Document) -> list[str]:
    """Calibration by city and lead."""
    lines = [
        "## Calibration",
        "",
        *paragraph(
            "Distance of the PIT histogram from flat (by chance, were the forecasts calibrated), and how much of the"
            " outcomes lies in the central 50, 80 and 90 %."
        ),
    ]
    rows = [
        (
            f"{title(row['city'])} {'D−1' if row['lead'] else 'D'}",
            row["forecaster"],
            f"{row['events']:,}",
            f"{number(row['pit_deviation'])} ({number(row['pit_deviation_chance'])})",
            *(number(100 * covered, 1) for covered in row["coverage"]),
        )
        for row in rows_of(document, "calibration")
        if row["forecaster"] in ("hybrid", "S", "emos", "original")
    ]
    levels = (f"{100 * level:.0f} %" for level in LEVELS)
    return [*lines, *table(("", "forecaster", "events", "PIT from flat (by chance)", *levels), rows)]


def speakers(document: Document) -> list[str]:
    """Who spoke when the hybrid was asked."""
    lines = ["## Who spoke for the hybrid", ""]
    for trial in document["trials"]:
        for city in (*trial["observed"], *trial["guided"]):
            for lead in (1, 0):
                mine = [row for row in trial["speakers"] if (row["city"], row["lead"]) == (city, lead)]
                said = (f"{row['speaker']} {_share(row['percent'])} %" for row in mine)
                lines.append(f"- {title(city)}, {'the day before' if lead else 'the event day'}: {', '.join(said)}.")
    return [*lines, ""]


def _share(percent: float) -> str:
    return number(percent, 1) if percent >= 0.1 else "< 0.1"
