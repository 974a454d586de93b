"""The table of `drybulb models` that says who speaks on the event day: each city's own model, or the global one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

TITLE = "event day: city or global model, log score out of fold"
COLUMNS = ("city", "hours", "events", "city model", "global", "difference (90 %)", "speaks")


def rows(document: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Rows of the city models that serve, of schema ``models/1``; with the parts of the day where it is asked why."""
    return [
        (
            row["name"].removeprefix("city-"),
            one["hours"],
            one["events"],
            one["city"],
            one["global"],
            _between(one["difference"], one["ci90"]),
            one["chosen"],
        )
        for row in document["rows"]
        for one in row["pooling"]
        if row["verdict"] == "serves" and one["lead"] == 0 and (document["why"] or one["hours"] == "all")
    ]


def notes(document: dict[str, Any]) -> list[str]:
    """Which city models that serve leave the event day to the global one, and why."""
    return [
        f"{row['name']}: the event day is the global model's; {one['why']}"
        for row in document["rows"]
        for one in row["pooling"]
        if row["verdict"] == "serves" and (one["lead"], one["chosen"]) == (0, "global")
    ]


def _between(difference: float | None, ci90: Sequence[float] | None) -> str:
    if difference is None or ci90 is None:
        return "–"
    return f"{difference:+.3f} ({ci90[0]:+.3f} … {ci90[1]:+.3f})"
