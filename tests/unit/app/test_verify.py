"""Tables of verification: who is compared with whom, on which events."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl

from drybulb.app.scored import SCHEMA, SCORES
from drybulb.app.verify import tables

FIRST = date(2024, 11, 20)


def scored(**crps: list[float]) -> pl.DataFrame:
    """Scores of Miami at one clock, a day each; every other score is the CRPS."""
    rows: list[dict[str, Any]] = [
        {
            "city": "miami",
            "day": FIRST + timedelta(days=n),
            "lead": 0,
            "clock": "14:00",
            "forecaster": name,
            **dict.fromkeys(SCORES, value),
        }
        for name, values in crps.items()
        for n, value in enumerate(values)
    ]
    return pl.DataFrame(rows, schema=SCHEMA)


def test_each_pair_is_compared_once_and_as_asked() -> None:
    """Of S, city and climatology, with city after S: S and city less climatology, city less S, and nothing else."""
    _, found = tables(scored(S=[1.0, 2.0], city=[0.5, 1.5], climatology=[3.0, 3.0]), 7, ("S", "city"))
    pairs = {(row["forecaster"], row["reference"]): row["difference"] for row in found if row["clock"] == "14:00"}
    assert pairs == {("S", "climatology"): -1.5, ("city", "climatology"): -2.0, ("city", "S"): -0.5}


def test_a_forecaster_may_be_called_city() -> None:
    """The city models' name is also that of a column; their paired difference is that of the scores all the same."""
    _, found = tables(scored(S=[1.0, 2.0], city=[0.5, 1.5]), 7, ("S", "city"))
    assert {(row["city"], row["n_events"], row["difference"], *row["ci90"]) for row in found} == {
        ("miami", 2, -0.5, -0.5, -0.5),
        ("all", 2, -0.5, -0.5, -0.5),
    }


def test_all_of_a_line_are_scored_on_the_same_events() -> None:
    """S spoke on two days, the other on one: both are scored on that one."""
    rows, _ = tables(scored(S=[1.0, 2.0], emos=[5.0]), 7)
    assert {(row["forecaster"], row["n_events"], row["crps"]) for row in rows} == {("S", 1, 1.0), ("emos", 1, 5.0)}
