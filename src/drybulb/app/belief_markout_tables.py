"""The tables of `drybulb markouts`: by how much the market comes to a belief, and how soon that is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from drybulb.app.explained_tables import Document, Section

_HEAD = ("city", "day", "until")
_SLOPES = (*_HEAD, "legs", "left out", "slope", "90 %", "free of noise", "90 % ")
_CENTS = (*_HEAD, "legs", "¢", "90 %", "free of noise", "90 % ")
_POWER = (*_HEAD, "events", "paid ¢", "90 %", "events for 1 ¢", "by payouts")


def sections(document: Document) -> Iterator[Section]:
    """Lay the markouts out as tables, three for each forecaster; single clocks are in the JSON.

    Args:
        document: of schema ``belief_markouts/1``.
    """
    for name in dict.fromkeys(row["forecaster"] for row in document["rows"]):
        rows = [row for row in document["rows"] if row["forecaster"] == name and row["clock"] == "all"]
        title = f"{name}: how much of its edge the mid has come towards it"
        yield Section(title, _SLOPES, [_slope(row) for row in rows])
        far = [row for row in rows if row["far"] is not None]
        title = f"{name}: how many cents it came, on legs whose edge on the mid is what the policy asks for after costs"
        yield Section(title, _CENTS, [_cents(row, row["far"]) for row in far])
        title = f"{name}: what the same legs paid, and how many events show one cent"
        moved = [row for row in far if row["horizon"] != "settlement"]
        yield Section(title, _POWER, [_power(row, row["far"]) for row in moved])


def _head(row: Document) -> tuple[Any, ...]:
    until = "paid" if row["horizon"] == "settlement" else row["horizon"]
    return row["city"].replace("_", " "), f"D{'-1' if row['lead'] else ''}", until


def _slope(row: Document) -> tuple[Any, ...]:
    return (
        *_head(row),
        *(row["n_legs"], row["missing"]),
        *(_number(row["slope"], 2), _interval(row["slope_ci90"], 2)),
        *(_number(row["slope_earlier"], 2), _interval(row["slope_earlier_ci90"], 2)),
    )


def _cents(row: Document, far: Document) -> tuple[Any, ...]:
    return (
        *_head(row),
        far["n_legs"],
        *(_number(far["cents"], 1), _interval(far["ci90"], 1)),
        *(_number(far["cents_earlier"], 1), _interval(far["ci90_earlier"], 1)),
    )


def _power(row: Document, far: Document) -> tuple[Any, ...]:
    return (
        *_head(row),
        far["n_events"],
        *(_number(far["paid_cents"], 1), _interval(far["paid_ci90"], 1)),
        *(far["events_for_1c"], far["paid_events_for_1c"]),
    )


def _number(value: float | None, digits: int) -> str | None:
    return None if value is None else f"{value:.{digits}f}"


def _interval(pair: Sequence[float] | None, digits: int) -> str | None:
    return None if pair is None else f"{pair[0]:.{digits}f} … {pair[1]:.{digits}f}"
