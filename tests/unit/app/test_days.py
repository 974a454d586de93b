"""Example days: which are chosen, and that they show what was known while they traded."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from drybulb.adapters.lake import Lake
from drybulb.app import config, days_known
from drybulb.app.backtest import backtest
from drybulb.app.days import examples
from drybulb.app.listings import load_playable
from drybulb.engine.ports import Listing, Record
from tests.meta.repository import ROOT
from tests.unit.app.lakes import DAY, Steady, at, calm, lake_at, list_event, merge, poll

CONFIG = calm(config.load())
CHICAGO = CONFIG.cities()["chicago"]


def journal(**gains: int | None) -> list[Record]:
    """Events with one fill each; None has not been paid yet. `idle` never fills."""
    fills = [Record(at("16:00"), "fill", {"event": name}) for name in gains if name != "idle"]
    settled = {name: gain for name, gain in gains.items() if gain is not None}
    return fills + [Record(at("23:00"), "settlement", {"event": name, "gain": gain}) for name, gain in settled.items()]


@pytest.mark.parametrize(
    ("gains", "chosen"),
    [
        ({}, {}),
        ({"a": 3}, {"best": "a"}),
        ({"a": 3, "b": 5}, {"best": "b", "worst": "a"}),
        ({"a": 3, "b": 5, "c": -1}, {"best": "b", "worst": "c", "median": "a"}),
        ({"a": 3, "b": 5, "c": -1, "d": 4}, {"best": "b", "worst": "c", "median": "a"}),
        ({"a": 1, "b": 1, "c": 1}, {"best": "a", "worst": "c", "median": "b"}),
        ({"a": 3, "idle": 0, "b": 5, "c": 4, "open": None}, {"best": "b", "worst": "a", "median": "c"}),
    ],
    ids=["none", "one", "two", "three", "four", "equal", "idle and unpaid"],
)
def test_the_best_the_worst_and_the_median_are_shown(gains: dict[str, int | None], chosen: dict[str, str]) -> None:
    """Of the events that filled and paid, each once: of two in the middle the lower, of equals in order of name."""
    found = examples(journal(**gains))
    assert {example.why: example.event for example in found} == chosen
    assert [example.gain for example in found] == [gains[name] for name in chosen.values()]


def observe(lake: Lake, *reports: tuple[str, str, float | None, float | None, str], station: str = "KMDW") -> None:
    """Add reports: clock, kind, temperature and six-hour maximum [°C], clock at which it was known."""
    rows = [
        {
            "station": station,
            "valid_at": at(clock),
            "kind": kind,
            "temp": temp,
            "max_6h": group,
            "known_at": at(known),
            "known_from": "received",
            "source": "made",
        }
        for clock, kind, temp, group, known in reports
    ]
    merge(lake, "observations", rows)


def listing(lake: Lake) -> Listing:
    """The one event of Chicago, open from 15:00 to 22:00."""
    (found,) = load_playable(lake, CONFIG.cities(), ["chicago"], DAY, DAY).listings.values()
    return found


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake with one event of Chicago."""
    found = lake_at(tmp_path)
    list_event(found)
    return found


@pytest.mark.parametrize(
    ("temp", "low", "high"), [(25.6, 78.0, 78.0), (25.0, 77.0, 77.0), (26.0, 77.9, 79.7), (-3.0, 25.7, 27.5)]
)
def test_a_reading_is_all_that_it_may_mean(lake: Lake, temp: float, low: float, high: float) -> None:
    """Tenths of °C give back one whole °F, as a multiple of 5 °C does; another whole °C means 1.8 °F around it."""
    observe(lake, ("16:00", "five_minute", temp, None, "16:05"))
    readings, groups = days_known.reports(lake, CHICAGO, "KMDW", listing(lake))
    assert [(row["low"], row["high"]) for row in readings] == [(low, high)]
    assert (readings[0]["valid_at"], readings[0]["known_at"]) == (at("16:00").isoformat(), at("16:05").isoformat())
    assert groups == []


def test_reports_are_those_known_while_the_market_was_open(lake: Lake) -> None:
    """A report before the open or known at the close is not shown; a correction stands beside what it corrects."""
    observe(
        lake,
        ("14:53", "metar", 3.9, None, "15:03"),
        ("15:53", "metar", 4.4, None, "16:03"),
        ("15:53", "metar", 5.0, None, "16:20"),
        ("21:53", "metar", 6.1, None, "22:00"),
    )
    readings, _ = days_known.reports(lake, CHICAGO, "KMDW", listing(lake))
    assert [(row["known_at"], row["low"]) for row in readings] == [
        (at("16:03").isoformat(), 40.0),
        (at("16:20").isoformat(), 41.0),
    ]


def test_a_group_covers_the_hours_before_it(lake: Lake) -> None:
    """The maximum that comes at 17:53 is that of 12:00 to 18:00; one at another hour is none."""
    observe(lake, ("17:53", "metar", 4.4, 7.2, "18:03"), ("19:53", "metar", 4.4, 8.9, "20:03"))
    _, groups = days_known.reports(lake, CHICAGO, "KMDW", listing(lake))
    wanted = {"from": at("12:00").isoformat(), "to": at("18:00").isoformat(), "known_at": at("18:03").isoformat()}
    assert groups == [{**wanted, "high": 45}]


def test_guidance_is_what_stood_at_the_open_and_came_until_the_close(lake: Lake) -> None:
    """Of each source the newest known at the open, and what came later; nothing known at the close."""
    said = (("nam", "06:00", 40.0), ("nam", "12:00", 41.0), ("nam", "18:00", 42.0), ("gfs", "22:00", 43.0))
    base = {"station": "KMDW", "day": DAY, "known_from": "received"}
    rows = [{**base, "source": s, "issued_at": at(t), "known_at": at(t), "high": high} for s, t, high in said]
    merge(lake, "guidance", rows)
    found = days_known.guidance(lake, CHICAGO, listing(lake))
    assert [(row["source"], row["high"]) for row in found] == [("nam", 41.0), ("nam", 42.0)]


def test_the_official_high_is_what_settled_else_the_newest_final_one(lake: Lake) -> None:
    """A preliminary high is none; a final one is; the settled value, where one is recorded, stands before both."""
    known = {"station": "KMDW", "day": DAY, "known_from": "received", "source": "made"}

    def publish(version: int, high: int, *, is_final: bool) -> None:
        row = {**known, "version": version, "high": high, "is_final": is_final, "known_at": at(f"23:0{version}")}
        merge(lake, "official", [row])

    publish(1, 37, is_final=False)
    assert days_known.official_high(lake, CHICAGO, DAY) is None
    publish(2, 38, is_final=True)
    assert days_known.official_high(lake, CHICAGO, DAY) == 38
    settled = {"city": "chicago", "day": DAY, "ticker": "KXHIGHCHI-24NOV20-9", "version": 1, "payout": 0, "value": 39.0}
    merge(lake, "settlements", [{**settled, "source": "made", "known_at": at("23:30"), "known_from": "received"}])
    assert days_known.official_high(lake, CHICAGO, DAY) == 39


def traded(folder: Path) -> dict[str, Any]:
    """The one example day of a run that bought 96 of the first bracket at 49 c, which won; checked by the schema."""
    lake = lake_at(folder)
    event = list_event(lake)
    poll(lake, event, ("16:00", 0, 48, 50), ("16:04", 0, 47, 49), ("16:04", 2, 9, None), ("17:00", 0, 98, 99))
    observe(lake, ("16:53", "metar", 4.4, None, "17:03"))
    observe(lake, ("16:51", "metar", 3.9, None, "17:01"), station="KORD")
    run = backtest(lake, CONFIG, DAY, DAY + timedelta(days=1), policy="steady", forecaster=Steady())
    document = json.loads((run.folder / "days.json").read_text(encoding="utf-8"))
    schema = json.loads((ROOT / "docs" / "reference" / "schemas" / "days.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema)
    (day,) = document["days"]
    return dict(day)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The day, made once for the tests that only read it."""
    return traded(tmp_path_factory.mktemp("lake"))


def test_a_day_names_its_event_and_its_ladder(day: dict[str, Any]) -> None:
    """Why it is shown, what it gained, when it could be traded, its brackets and which of them won."""
    assert (day["why"], day["city"], day["day"], day["event"]) == ("best", "chicago", "2024-11-20", "KXHIGHCHI-24NOV20")
    assert (day["open_at"], day["close_at"]) == (at("15:00").isoformat(), at("22:00").isoformat())
    assert (day["standard_offset_hours"], day["high"]) == (-6, None)
    assert [(one["low"], one["high"], one["won"]) for one in day["brackets"]] == [
        (None, 39, True),
        (40, 41, False),
        (42, None, False),
    ]


def test_a_day_shows_what_was_traded(day: dict[str, Any]) -> None:
    """Orders in time and at their limit, fills at their price with their fee; they come to the gain."""
    (bought,) = day["fills"]
    assert (bought["at"], bought["side"], bought["price"]) == (at("16:04").isoformat(), "bid", 49.0)
    assert (bought["count"], bought["fee_usd"], day["pnl_usd"]) == (96.0, 1.68, 47.28)
    assert (day["orders"][0]["at"], day["orders"][0]["price"]) == (at("16:00").isoformat(), 50.0)


def test_a_day_shows_every_belief_of_the_run(day: dict[str, Any]) -> None:
    """Every ten minutes from open to close: quantiles, and the probability of each bracket."""
    assert [one["at"] for one in day["beliefs"]] == [
        (at("15:00") + timedelta(minutes=10 * n)).isoformat() for n in range(42)
    ]
    # 60, 30, 0 and 10 % on 39, 40, 41 and 42 °F.
    assert day["beliefs"][0]["q"] == [39, 39, 39, 39, 40, 40, 42]
    assert day["beliefs"][0]["p"] == [0.6, 0.3, 0.1]


def test_a_day_shows_the_last_ladder_of_every_ten_minutes(day: dict[str, Any]) -> None:
    """Prices with their ages; a side never seen has neither."""
    first, last = day["quotes"]
    assert (first["at"], last["at"]) == (at("16:04").isoformat(), at("17:00").isoformat())
    assert (first["bid"], first["ask"]) == ([47.0, None, 9.0], [49.0, None, None])
    assert (last["bid"], last["ask"]) == ([98.0, None, 9.0], [99.0, None, None])
    assert (last["bid_age"], last["ask_age"]) == ([0, None, 56], [0, None, None])


def test_a_neighbour_speaks_for_itself(day: dict[str, Any]) -> None:
    """Readings of the station that settles are apart from those of its neighbour."""
    assert (day["station"], [one["low"] for one in day["readings"]]) == ("KMDW", [40.0])
    assert (day["neighbour"], [one["low"] for one in day["neighbour_readings"]]) == ("KORD", [39.0])


def test_the_same_run_shows_the_same_days(day: dict[str, Any], tmp_path: Path) -> None:
    """A run repeated on the same rows writes the same day."""
    assert traded(tmp_path) == day


def test_a_run_that_does_not_fill_has_no_days(tmp_path: Path) -> None:
    """Of a policy that never trades there is nothing to show, and its markouts have no rows."""
    lake = lake_at(tmp_path)
    poll(lake, list_event(lake), ("16:00", 0, 48, 50), ("17:00", 0, 47, 49))
    run = backtest(lake, CONFIG, DAY, DAY, policy="never")
    assert json.loads((run.folder / "days.json").read_text(encoding="utf-8"))["days"] == []
    assert json.loads((run.folder / "markouts.json").read_text(encoding="utf-8"))["rows"] == []
