"""Prints and the exchange's hours."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import polars as pl
import pytest

from drybulb.adapters.archive.rules import Era, Rules
from drybulb.adapters.archive.sessions import outside_hours, sessions
from drybulb.app.config import load
from drybulb.app.ingest import rules_of
from tests.unit.adapters.archives import (
    DAILY,
    INSTANT,
    TRADES,
    plus,
    read,
    refusals,
    small_archive,
    sound,
    spoiled,
    trade,
    trades,
    utc,
)


def test_a_print_in_the_units_of_the_lake() -> None:
    """Cents become centicents, contracts hundredths; a print is known a second after it happened."""
    prints = sound()[0]["prints"]
    row = prints.row(by_predicate=pl.col("trade_id") == "t003", named=True)
    assert (row["yes_price"], row["count"], row["taker_side"]) == (100, 100_000, "yes")
    assert (row["city"], row["day"], row["at"]) == ("chicago", date(2024, 11, 20), utc("2024-11-20T18:00"))
    assert (row["known_at"], row["known_from"]) == (utc("2024-11-20T18:00") + timedelta(seconds=1), "latency")


NOON = "2024-11-20T18:00"
LOW = "KXHIGHCHI-24NOV20-T40"

#: A print that must be refused, and why.
SPOILED: list[tuple[str, str, dict[str, Any]]] = [
    ("miami", "strikes are nowhere", trade(10, "HIGHMIA-24JAN16-B75.5", "2024-01-16T18:00")),
    ("chicago", "strikes are nowhere", trade(11, "HIGHCHI-24JAN16-B-1.5", "2024-01-16T18:00")),
    ("chicago", "outside the exchange's hours", trade(12, LOW, "2024-11-20T11:00")),
    ("chicago", "outside the market's open and close", trade(13, LOW, "2024-11-19T14:30")),
    ("chicago", "outside the market's open and close", trade(14, LOW, "2024-11-21T05:30")),
    ("chicago", "price is not 1 to 99 cents", trade(15, LOW, NOON, price=100)),
    ("chicago", "price is not 1 to 99 cents", trade(16, LOW, NOON, price=0)),
    ("chicago", "count is not a positive number of contracts", trade(17, LOW, NOON, count=0)),
    ("chicago", "taker side is neither yes nor no", trade(18, LOW, NOON) | {"taker_side": "buy"}),
    ("chicago", "no yes_price", trade(19, LOW, NOON) | {"yes_price": None}),
    ("chicago", "city or day is not its market's", trade(20, LOW, NOON) | {"event_date": date(2024, 11, 21)}),
    ("NYC", "city is not in the configuration", trade(21, "KXHIGHNY-24NOV20-T40", NOON) | {"city": "NYC"}),
]


def test_a_print_that_tells_nothing_is_refused() -> None:
    """A print without its bracket, outside trading, or that is no trade at all is refused with its row and reason."""
    tables, findings = read(plus(TRADES, [row for *_, row in SPOILED]))
    counts = Counter((place, reason) for place, reason, _ in SPOILED)
    assert refusals(findings) == {(TRADES, place, reason, count) for (place, reason), count in counts.items()}
    named = {(r.city, r.reason): r.examples for r in findings.refusals}
    assert named["chicago", "outside the market's open and close"] == (f"row 8 ({LOW} t013)", f"row 9 ({LOW} t014)")
    assert tables["prints"].equals(sound()[0]["prints"])


def test_prints_of_a_refused_event_have_their_own_reason() -> None:
    """A print whose strikes are known and whose event was refused is told apart from one whose strikes are nowhere."""
    frames = small_archive()
    frames[DAILY] = frames[DAILY].filter(~((pl.col("city") == "CHI") & (pl.col("result") == "yes")))
    assert (TRADES, "chicago", "its event was refused", 1) in refusals(read(frames)[1])


def test_a_trade_is_counted_once() -> None:
    """Of prints that say the same under one trade id one is kept, whatever the order of the file."""
    again = plus(TRADES, trades().head(1).to_dicts())
    tables, findings = read(again)
    assert refusals(findings) == {(TRADES, "chicago", "duplicated key", 1)}
    assert tables["prints"].equals(sound()[0]["prints"])


def test_prints_that_contradict_each_other_are_both_refused() -> None:
    """Where one trade id has two prices nobody can tell which is right: neither is kept, in any order of the file."""
    frames = plus(TRADES, [trade(1, "KXHIGHCHI-24NOV20-B40.5", "2024-11-19T15:30", price=40)])
    tables, findings = read(frames)
    assert refusals(findings) == {(TRADES, "chicago", "rows of one key contradict each other", 2)}
    assert tables["prints"].height == sound()[0]["prints"].height - 1
    frames[TRADES] = frames[TRADES].reverse()
    assert read(frames)[0]["prints"].equals(tables["prints"])


def test_prices_in_dollars_refuse_the_file() -> None:
    """A tape whose prices are dollars is refused as a whole, not read as fractions of a cent."""
    tables, findings = read(spoiled(TRADES, yes_price=pl.col("yes_price") / 100))
    assert refusals(findings) == {(TRADES, "all", "prices are dollars, not cents", 1)}
    assert "prints" not in tables
    assert tables["quotes"].height == 22


def _rules(eras: tuple[Era, ...]) -> Rules:
    base = rules_of(load())
    return Rules(base.cities, base.latency, eras, "10:00", "23:59", date(2026, 7, 1), "America/New_York")


NIGHT = (("00:00", "03:00"), ("08:00", "24:00"))


def test_sessions_run_through_midnight_and_clock_changes() -> None:
    """Hours are exchange-local: an evening runs into the night, and a night is an hour longer when clocks go back."""
    rows = sessions(_rules((Era(date(2024, 11, 2), NIGHT), Era(date(2024, 11, 4), (("00:00", "24:00"),)))))
    assert rows.select("from", "to", "kind").rows() == [
        (utc("2024-11-02T04:00"), utc("2024-11-02T07:00"), "open"),
        (utc("2024-11-02T07:00"), utc("2024-11-02T12:00"), "closed"),
        (utc("2024-11-02T12:00"), utc("2024-11-03T08:00"), "open"),
        (utc("2024-11-03T08:00"), utc("2024-11-03T13:00"), "closed"),
        (utc("2024-11-03T13:00"), None, "open"),
    ]
    assert (rows["known_at"] == rows["from"]).all()


def test_sessions_tile_time() -> None:
    """From the first era on every instant lies in exactly one session, in the packaged hours and in others."""
    shut_at_night = (Era(date(2024, 1, 1), (("08:00", "24:00"),)),)
    for rules in (rules_of(load()), _rules(shut_at_night)):
        rows = sessions(rules)
        assert rows["from"][1:].equals(rows["to"][:-1].alias("from"))
        kinds = rows["kind"].to_list()
        assert all(before != after for before, after in pairwise(kinds))


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2024-04-04T10:01", False),  # 06 Eastern
        ("2024-04-04T12:00", True),  # 08 Eastern
        ("2024-04-05T03:59", True),
        ("2024-04-05T04:00", False),  # midnight Eastern
        ("2024-10-16T06:59", True),  # 02:59 Eastern of the new era
        ("2024-12-10T08:30", False),  # 03:30 Eastern
        ("2024-11-06T09:00", True),  # the election's nights
        ("2025-01-18T10:00", True),  # one night more
        ("2025-01-19T10:00", False),
        ("2026-07-15T09:00", True),
        ("2020-06-01T15:00", False),  # before the first era nothing is known to be open
    ],
)
def test_the_packaged_hours(at: str, is_open: bool) -> None:
    """The packaged hours are those in which the tape has prints: shut at night, with the nights excepted."""
    rows = pl.DataFrame({"row": [0], "at": [utc(at)]}, schema={"row": pl.UInt32, "at": INSTANT})
    shut = rows.select(outside_hours(rows, "at", sessions(rules_of(load())))).item()
    assert shut is not is_open


def test_assumed_hours_follow_the_exchanges_clock() -> None:
    """Assumed hours are Eastern by the clock on the wall, in summer and in winter."""
    rules = rules_of(load())
    assert rules.assumed_open(date(2024, 7, 2)) == datetime(2024, 7, 1, 14, tzinfo=UTC)
    assert rules.assumed_open(date(2024, 12, 2)) == datetime(2024, 12, 1, 15, tzinfo=UTC)
    assert rules.assumed_close(date(2024, 7, 2), "chicago") == datetime(2024, 7, 3, 3, 59, tzinfo=UTC)
    assert rules.assumed_close(date(2026, 7, 2), "chicago") == datetime(2026, 7, 3, 6, tzinfo=UTC)
