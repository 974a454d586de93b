"""What was asked of the forecasts, what was measured, and whether it is reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from bench.earned_quotes import ALL
from bench.earned_scores import DAYTIME, MIDNIGHT, WHOLE, clock
from bench.earned_trials import CLOCKS, GUIDED, UNGUIDED
from bench.model_scores import LEVELS

Row = dict[str, Any]

AT_MOST, AT_LEAST, WITHIN, EVERY = "at most", "at least", "within", "every"
LEAST_EVENTS = 200
PIT, POINTS = 0.03, 0.03
TRADABLE = ("usable", "narrow", "daily")
"""Classes of spread in which the pool is asked not to lose: tradable by the policy's rule, and of at most 10 ¢."""

MISSED: frozenset[str] = frozenset(
    {
        "miami-whole",
        "chicago-12",
        "chicago-14",
        "denver-median",
        "los_angeles-median",
        "chicago-blind",
        "philadelphia-blind",
        "philadelphia-ladder",
        "pit",
        "coverage",
    }
)
"""Keys of what is known not to hold."""


class Asked(NamedTuple):
    """One thing that was asked.

    Attributes:
        key: of the row.
        what: was asked of what, in words.
        sense: how the number asked for is meant.
        asked: the number.
        unit: of it; empty where it has none.
        is_clear: whether the interval must be clear of 0 too.
    """

    key: str
    what: str
    sense: str
    asked: float
    unit: str
    is_clear: bool = False


_NAMES = {
    "miami": "KMIA",
    "chicago": "KMDW",
    "philadelphia": "KPHL",
    "denver": "KDEN",
    "los_angeles": "KLAX",
}
ASKED: tuple[Asked, ...] = (
    Asked("miami-whole", f"KMIA, {WHOLE.name} hourly: CRPS", AT_MOST, 0.70, "°F"),
    Asked("miami-day", f"KMIA, {DAYTIME.name}: CRPS", AT_MOST, 0.32, "°F"),
    Asked("miami-day-log", f"KMIA, {DAYTIME.name}: log score", AT_MOST, 0.95, "nats"),
    *(
        Asked(f"chicago-{hour}", f"KMDW by way of O'Hare, D {hour}: CRPS below EMOS", AT_LEAST, asked, "%")
        for hour, asked in zip(CLOCKS, (38.0, 52.0, 58.0), strict=True)
    ),
    *(
        Asked(f"{key}-s", f"{_NAMES[key]}, {DAYTIME.name}: CRPS below S", AT_LEAST, 4.0, "%", is_clear=True)
        for key in UNGUIDED
    ),
    *(
        Asked(f"{key}-median", f"{_NAMES[key]}, {DAYTIME.name}: bias of the median", WITHIN, 0.1, "°F")
        for key in UNGUIDED
    ),
    *(
        Asked(
            f"{key}-blind", f"{_NAMES[key]}, guidance only, {MIDNIGHT.name}: CRPS below EMOS", AT_LEAST, 3.0, "%", True
        )
        for key in ("chicago", "philadelphia")
    ),
    *(
        Asked(f"{key}-out", f"{_NAMES[key]} left out of training: CRPS above its own EMOS", AT_MOST, 10.0, "%")
        for key in GUIDED
    ),
    *(
        Asked(f"{key}-ladder", f"{_NAMES[key]}, ladder at the daily quote: RPS", AT_MOST, 0.70, "")
        for key in ("chicago", "philadelphia")
    ),
    Asked(
        "pool",
        "anchored pool, spread ≤ 10 ¢, worst city and year: log score above the market's",
        AT_MOST,
        0.002,
        "nats",
    ),
    Asked("pit", f"PIT deviation ≤ {PIT:g} in every city and day of ≥ {LEAST_EVENTS} events", EVERY, PIT, ""),
    Asked("coverage", f"coverage at 50, 80 and 90 % within {100 * POINTS:g} points, likewise", EVERY, POINTS, ""),
)


def promises(document: Row) -> list[Row]:
    """What was asked, what was measured, and whether it is reached.

    Args:
        document: parts of the bench by name.
    """
    return [_judged(asked, _found(document, asked.key)) for asked in ASKED]


def _judged(asked: Asked, found: Row) -> Row:
    value, ci90 = found["value"], found.get("ci90")
    short = {
        AT_MOST: value - asked.asked,
        AT_LEAST: asked.asked - value,
        WITHIN: abs(value) - asked.asked,
        EVERY: found.get("of", 0) - value,
    }[asked.sense]
    is_clear = not asked.is_clear or (ci90 is not None and ci90[0] > 0)
    return {
        "key": asked.key,
        "what": asked.what,
        "sense": asked.sense,
        "asked": asked.asked,
        "unit": asked.unit,
        "must_be_clear": asked.is_clear,
        **found,
        "short": round(max(short, 0.0), 4),
        "is_clear": is_clear,
        "holds": short <= 0 and is_clear,
        "is_known": asked.key in MISSED,
    }


def broken(found: list[Row]) -> list[str]:
    """What does not hold though nobody knew, in words."""
    return [f"{_sentence(row)}: MISSED" for row in found if not row["holds"] and not row["is_known"]]


def mended(found: list[Row]) -> list[str]:
    """What holds though it is listed as missed, in words."""
    return [f"{_sentence(row)}: holds; take it off MISSED" for row in found if row["holds"] and row["is_known"]]


def _sentence(row: Row) -> str:
    return f"{row['key']}: asked {row['sense']} {row['asked']:g}, measured {row['value']:g}"


def _found(document: Row, key: str) -> Row:
    city, _, kind = key.partition("-")
    special: dict[str, Callable[[Row], Row]] = {"pool": _pool, "pit": _pit, "coverage": _coverage}
    if key in special:
        return special[key](document)
    if kind in ("whole", "day", "day-log"):
        span = WHOLE if kind == "whole" else DAYTIME
        return mean(document["test"], city, span.name, "hybrid", "log_score" if kind == "day-log" else "crps")
    if kind.isdigit():
        return under_emos(document["test"], city, clock(int(kind)).name, "hybrid")
    readers: dict[str, Callable[[], Row]] = {
        "s": lambda: document["unguided"]["cities"][city]["below_s"],
        "median": lambda: document["unguided"]["cities"][city]["median"]["hybrid"],
        "blind": lambda: document["blind"]["cities"][city]["hybrid"],
        "out": lambda: _left_out(document["left_out"]["cities"][city]["spans"]),
        "ladder": lambda: ladder(document["ladders"], city, ALL, "hybrid")["rps"],
    }
    return dict(readers[kind]())


def mean(trial: Row, city: str, span: str, forecaster: str, metric: str = "crps") -> Row:
    """Mean score of a forecaster over a span of a trial with guidance."""
    rows = trial["cities"][city]["means"]
    return dict(_the(rows, span=span, forecaster=forecaster, metric=metric))


def under_emos(trial: Row, city: str, span: str, forecaster: str) -> Row:
    """By how much a forecaster is below EMOS over a span."""
    return dict(_the(trial["cities"][city]["below"], span=span, forecaster=forecaster))


def ladder(ladders: Row, city: str, year: str, forecaster: str) -> Row:
    """Scores of a forecaster at the daily quotes of a city and year."""
    return dict(_the(ladders["cities"][city]["rows"], year=year, forecaster=forecaster))


def cells(document: Row) -> Iterator[Row]:
    """Calibration of the hybrid by city and day in the test windows, of enough events."""
    for trial in ("test", "unguided"):
        for city, found in document[trial]["cities"].items():
            yield from ({"city": city, **row} for row in found["calibration"] if row["events"] >= LEAST_EVENTS)


def is_covered(cell: Row) -> bool:
    """Whether each central interval holds as much as it says, to within three points."""
    return all(abs(found - level) <= POINTS for found, level in zip(cell["coverage"], LEVELS, strict=True))


def tradable(pool: Row) -> list[Row]:
    """The pool's rows by city and year, over all clocks, of the classes of spread that are asked about."""
    return [
        row
        for row in pool["rows"]
        if row["spread"] in TRADABLE and row["clock"] == ALL and ALL not in (row["city"], row["year"])
    ]


def _left_out(spans: list[Row]) -> Row:
    """The span at which the model that never saw the station is worst beside the station's own EMOS."""
    worst = min((row for row in spans if row["forecaster"] == "hybrid"), key=lambda row: float(row["value"]))
    low, high = worst["ci90"]
    return {**worst, "value": -worst["value"], "ci90": [-high, -low]}


def _pool(document: Row) -> Row:
    worst = max(tradable(document["pool"]), key=lambda row: float(row["difference"]))
    return {**worst, "value": worst["difference"]}


def _pit(document: Row) -> Row:
    found = list(cells(document))
    return {"value": sum(cell["pit"] <= PIT for cell in found), "of": len(found)}


def _coverage(document: Row) -> Row:
    found = list(cells(document))
    return {"value": sum(map(is_covered, found)), "of": len(found)}


def _the(rows: list[Row], **wanted: str) -> Row:
    """The one row in which each of ``wanted`` has its value."""
    (found,) = (row for row in rows if all(row[name] == value for name, value in wanted.items()))
    return found
