"""Official highs beside what the exchange paid."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from drybulb.app import config
from drybulb.app.results.disputes import disputes, only_sources
from drybulb.app.results.plan import Window
from tests.unit.app.lakes import DAY, at, lake_at, list_event, merge

CONFIG = config.load()
DAYS = [DAY + timedelta(days=n) for n in range(3)]
WINDOW = Window(DAYS[0], DAYS[-1], ("chicago",))


def official(high: int, day: int = 0, version: int = 1, source: str = "nws") -> dict[str, Any]:
    """A final official high of the nth day at Chicago's station."""
    row = {"station": "KMDW", "day": DAYS[day], "high": high, "version": version, "is_final": True, "source": source}
    return {**row, "known_at": at("12:00", DAYS[day] + timedelta(days=version)), "known_from": "latency"}


def test_an_event_paid_otherwise_than_its_newest_high_is_told(tmp_path: Path) -> None:
    """Bracket ≤39° was paid thrice. Corrected from 39° to 41°: told; 39°: not; without an official high: not."""
    lake = lake_at(tmp_path)
    event, *_ = (list_event(lake, day=day, winner=0) for day in DAYS)
    merge(lake, "official", [official(39), official(41, version=2), official(39, day=1)])
    (found,) = disputes(lake, CONFIG, WINDOW)
    assert found.told == f"{DAY} at {event}-0 where the official high is 41 °F"
    assert found.by_official == {f"{event}-0": 0, f"{event}-1": 10_000, f"{event}-2": 0}


def test_another_value_in_the_bracket_that_was_paid_is_told_too(tmp_path: Path) -> None:
    """Settled at 38° where the official high is 37°: told, though it pays the same; without a value: not."""
    lake = lake_at(tmp_path)
    list_event(lake, winner=0)
    event = list_event(lake, day=DAYS[1], winner=None)
    base = {"city": "chicago", "day": DAYS[1], "source": "made", "known_from": "latency", "known_at": at("12:00")}
    paid = [{**base, "ticker": f"{event}-{n}", "version": 1, "payout": 10_000 * (n == 0)} for n in range(3)]
    merge(lake, "settlements", [{**row, "value": 38.0} for row in paid])
    merge(lake, "official", [official(37), official(37, day=1)])
    (found,) = disputes(lake, CONFIG, WINDOW)
    assert found.told == f"{DAYS[1]} at 38 °F where the official high is 37 °F"
    assert found.by_official[f"{event}-0"] == 10_000


def test_highs_of_one_source_each_are_counted(tmp_path: Path) -> None:
    """Two listed days of one source each, and one not listed: two are counted; where a day has two sources, none."""
    lake = lake_at(tmp_path)
    for day in DAYS[:2]:
        list_event(lake, day=day)
    merge(lake, "official", [official(39), official(39, day=1, source="club"), official(39, day=2)])
    assert only_sources(lake, CONFIG, WINDOW) == {"chicago": {"club": 1, "nws": 1}}
    merge(lake, "official", [official(39, source="club")])
    assert only_sources(lake, CONFIG, WINDOW) == {}
