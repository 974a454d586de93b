"""The detail of each row of the page of `bench.earned_page`: the same hours, every reference beside the belief."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bench.earned_scores import DAYTIME, MIDNIGHT, WHOLE
from bench.earned_trials import CLOCKS, GUIDED, KERNEL, NEXT_HOUR, NOWCAST
from drybulb.app.markdown import interval, number, paragraph, table, title

Document = dict[str, Any]

FOUND_BEFORE = (34, 49, 56)
"""How far below EMOS such a nowcast was found before, in the same order of clocks [%]."""

_SAID = {"hybrid": "hybrid", "S": "S", "emos": "EMOS", "climatology": "climatology"}


def _with(row: Document, places: int = 3) -> str:
    """A number with its interval."""
    return f"{number(row['value'], places)} ({interval(row['ci90'], places)})"


def guided(document: Document) -> list[str]:
    """Mean scores of the three cities with guidance, in 2024 and in the winter."""
    lines = ["## Miami, Chicago and Philadelphia", ""]
    for part in ("test", "winter"):
        trial = document[part]
        lines += [
            f"### {trial['start']} to {trial['end']}",
            "",
            *paragraph(
                f"Trained until {trial['until']}. Every hour counts: a forecaster that was silent has climatology's"
                f" score there. {_silence(trial)}"
            ),
        ]
        for metric, head in (("crps", "CRPS [°F]"), ("log_score", "log score [nats]")):
            lines += table((head, "events", *_SAID.values()), _mean_lines(trial, metric))
        lines += [*paragraph("By how much each is below EMOS, CRPS [%]:"), *table(*_below(trial))]
    return lines


def _silence(trial: Document) -> str:
    """Who was silent at how many of the hours."""
    parts = []
    for city in GUIDED:
        found = trial["cities"][city]["silent"]
        said = ", ".join(f"{_SAID[name]} {count:,}" for name, count in found.items())
        parts.append(f"{title(city)} {said}")
    return f"Silent hours: {'; '.join(parts)}."


def _mean_lines(trial: Document, metric: str) -> Iterator[list[str]]:
    for city in GUIDED:
        rows = [row for row in trial["cities"][city]["means"] if row["metric"] == metric]
        for span in dict.fromkeys(row["span"] for row in rows):
            found = {row["forecaster"]: row for row in rows if row["span"] == span}
            cells = [
                _with(found[name]) if name == "hybrid" else number(found[name]["value"])
                for name in ("hybrid", "S", "emos", "climatology")
            ]
            yield [f"{title(city)} {span}", f"{found['hybrid']['events']:,}", *cells]


def _below(trial: Document) -> tuple[tuple[str, ...], list[list[str]]]:
    names = ("hybrid", "S", NOWCAST, NEXT_HOUR)
    lines = []
    for city in GUIDED:
        rows = trial["cities"][city]["below"]
        for span in dict.fromkeys(row["span"] for row in rows):
            found = {row["forecaster"]: row for row in rows if row["span"] == span}
            cells = [_with(found[name], 1) if name in found else "–" for name in names]
            lines.append([f"{title(city)} {span}", number(found["hybrid"]["reference"]), *cells])
    return ("", "EMOS", "hybrid", "S", "nowcast", "nowcast, next reading"), lines


def hours(document: Document) -> list[str]:
    """Miami hour by hour, and what its six-hour groups are worth."""
    rows = document["test"]["cities"]["miami"]["hours"]
    lines = ["## Miami hour by hour", "", *paragraph("CRPS of the hybrid [°F] at the hour of local standard time:")]
    for lead, head in ((1, "D−1"), (0, "D")):
        mine = [row for row in rows if (row["lead"], row["forecaster"]) == (lead, "hybrid")]
        said = ", ".join(f"{row['hour']:02d} {number(row['crps'])}" for row in mine)
        lines += paragraph(f"{head}: {said}.")
    lines += paragraph(
        f"With and without the six- and twenty-four-hour groups of its reports; the {KERNEL} looks at the days before"
        " 2024 on which guidance was as far above the running max, and was not tuned:"
    )
    variants = document["test"]["variants"]
    table_rows = []
    for span in (WHOLE.name, DAYTIME.name):
        for name in dict.fromkeys(row["forecaster"] for row in variants if row["span"] == span):
            found = {row["groups"]: row for row in variants if (row["span"], row["forecaster"]) == (span, name)}
            table_rows.append((f"{name}, {span}", _with(found[True]), _with(found[False])))
    return [*lines, *table(("CRPS [°F]", "with groups", "hourly readings only"), table_rows)]


def nowcast_note(document: Document) -> list[str]:
    """Why the nowcast's reference found before and the one found here differ."""
    rows = document["test"]["cities"]["chicago"]["below"]
    now, late = (
        {row["span"]: round(row["value"]) for row in rows if row["forecaster"] == name} for name in (NOWCAST, NEXT_HOUR)
    )
    said = ", ".join(f"{late[f'D {hour}']} % at {hour}:00" for hour in CLOCKS)
    between = all(now[f"D {hour}"] <= one <= late[f"D {hour}"] for hour, one in zip(CLOCKS, FOUND_BEFORE, strict=True))
    before = ", ".join(map(str, FOUND_BEFORE))
    return paragraph(
        "The linear nowcast is least squares of Midway's high on O'Hare's running max, O'Hare's last reading and the"
        " mean of the raw guidance, one fit a clock. A report of 51 minutes past the hour is known ten minutes"
        " later, so at a full hour the newest one is of an hour ago. Had the next hour's reading been out, the same"
        f" nowcast would be below EMOS by {said}. The {before} % found before {'lie' if between else 'do not all lie'}"
        " between the two."
    )


def unguided(document: Document) -> list[str]:
    """Denver and Los Angeles: hourly whole degrees, no guidance."""
    trial = document["unguided"]
    lines = [
        "## Denver and Los Angeles",
        "",
        *paragraph(
            f"Hourly readings in whole degrees and no guidance; trained until {trial['until']}, asked about"
            f" {trial['start']} to {trial['end']}, {DAYTIME.name}."
        ),
    ]
    rows = []
    for city, found in trial["cities"].items():
        one, log = found["below_s"], found["below_s_log"]
        rows.append(
            (
                title(city),
                f"{one['events']:,}",
                number(one["first"]),
                number(one["reference"]),
                _with(one, 1),
                _with(log, 1),
            )
        )
    lines += table(("", "events", "hybrid CRPS [°F]", "S", "below S [%]", "log score below S [%]"), rows)
    lines += paragraph("Median of the belief less the official high [°F], over these hours and at some of them:")
    picked = (10, 12, 14, 16, 18, 20, 23)
    bias = [
        (f"{title(city)}, {name}", _with(row), *(number(row["by_hour"][str(hour)], 2) for hour in picked))
        for city, found in trial["cities"].items()
        for name, row in found["median"].items()
    ]
    return [*lines, *table(("", DAYTIME.name, *map(str, picked)), bias)]


def sparse(document: Document) -> list[str]:
    """Guidance only, and stations left out of training."""
    lines = [
        "## Guidance only",
        "",
        *paragraph(
            "Trained and asked from a lake without a single observation, at local standard midnight of the event"
            " day, by how much the CRPS is below EMOS on the same sources:"
        ),
    ]
    rows = [
        (f"{title(city)}, {name}", number(row["first"]), number(row["reference"]), _with(row, 2))
        for city, found in document["blind"]["cities"].items()
        for name, row in found.items()
    ]
    lines += table((MIDNIGHT.name, "CRPS [°F]", "EMOS", "below EMOS [%]"), rows)
    lines += [
        "## A station nobody trained on",
        "",
        *paragraph(
            "Each city left out of the training, asked about with its own published highs and guidance, beside the EMOS"
            " that was trained on it; above 0 is worse than that EMOS:"
        ),
    ]
    rows = [
        (
            f"{title(city)} {row['span']}, {row['forecaster']}",
            number(row["first"]),
            number(row["reference"]),
            _worse(row),
        )
        for city, found in document["left_out"]["cities"].items()
        for row in found["spans"]
    ]
    return [*lines, *table(("", "CRPS [°F]", "its own EMOS", "above it [%]"), rows)]


def _worse(row: Document) -> str:
    low, high = row["ci90"]
    return _with({"value": -row["value"], "ci90": [-high, -low]}, 1)
