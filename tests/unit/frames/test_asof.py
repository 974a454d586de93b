"""Lives of versions, logs of what stood, and the join on known_at."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl

from drybulb.frames.asof import INSTANT, NEVER, best_alive, count_alive, lookup, with_lives
from tests.laws.records import utc


def _at(hour: float) -> datetime:
    return utc(date(2024, 7, 15), hour)


def _frame(rows: list[tuple[Any, ...]], *columns: str) -> pl.DataFrame:
    schema = {name: INSTANT if name in ("known_at", "until", "at") else None for name in columns}
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_a_version_lives_until_the_next_is_known() -> None:
    """A version stands from its known_at until that of the next version of the same thing; the last stands for good."""
    rows = _frame([("a", _at(5), 2), ("b", _at(1), 9), ("a", _at(3), 1)], "thing", "known_at", "value")
    lives = with_lives(rows, ["thing"])
    assert lives.select("thing", "value", "until").rows() == [("a", 1, _at(5)), ("a", 2, NEVER), ("b", 9, NEVER)]


def test_of_versions_known_at_once_one_stands() -> None:
    """Two versions known at the same instant leave one: the other never stood."""
    rows = _frame([("a", _at(3), 1), ("a", _at(3), 2)], "thing", "known_at", "value")
    assert with_lives(rows, ["thing"])["value"].to_list() == [2]


def test_the_best_alive_gives_way_when_it_dies() -> None:
    """The best item stands while it lives; then the next best alive does, and nothing when none is left."""
    items = _frame(
        [("a", 3, _at(0), _at(4)), ("a", 5, _at(2), _at(3)), ("a", 9, _at(1), _at(2))],
        "key",
        "value",
        "known_at",
        "until",
    ).sort("value")
    log = best_alive(items, ["key"]).sort("known_at")
    assert log.select("known_at", "value").rows() == [
        (_at(0), 3),
        (_at(1), 9),
        (_at(2), 5),
        (_at(3), 3),
        (_at(4), None),
    ]


def test_the_alive_are_counted() -> None:
    """A count rises when an item is known and falls when it dies."""
    items = _frame([("a", _at(0), _at(4)), ("a", _at(2), NEVER), ("b", _at(1), NEVER)], "key", "known_at", "until")
    log = count_alive(items, ["key"]).sort("key", "known_at")
    assert log.rows() == [("a", _at(0), 1), ("a", _at(2), 2), ("a", _at(4), 1), ("b", _at(1), 1)]


def test_a_lookup_sees_what_was_known_by_then() -> None:
    """A request finds the last row of its key known by its instant, the instant included, and keeps its place."""
    log = _frame([("a", _at(1), 1), ("a", _at(3), 3), ("b", _at(0), 7)], "key", "known_at", "value")
    asked = _frame([("a", _at(5)), ("a", _at(0.9)), ("b", _at(2)), ("a", _at(3)), ("c", _at(9))], "key", "at")
    found = lookup(asked, log, by=["key"])
    assert found.columns == ["key", "at", "value"]
    assert found["value"].to_list() == [3, None, 7, 3, None]
    assert found.select("key", "at").equals(asked)
