"""The market's probabilities: normalised mids of a whole ladder, and nothing of a broken one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from drybulb.frames.consensus import consensus, daily_consensus
from drybulb.frames.schema import TABLES, empty

DAY = date(2024, 12, 1)
AT = datetime(2024, 12, 1, 15, tzinfo=UTC)
TICKERS = ["E-T50", "E-B50.5", "E-T51"]


def _frame(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = TABLES[table]
    base = empty(table)
    return pl.concat([base, pl.DataFrame(rows, schema=dict(base.schema))]) if rows else schema.create_empty()


def _markets() -> pl.DataFrame:
    bounds = [(None, 49), (50, 51), (52, None)]
    return _frame(
        "markets",
        [
            {"ticker": t, "event": "E", "city": "chicago", "day": DAY, "low": low, "high": high, "known_at": AT}
            for t, (low, high) in zip(TICKERS, bounds, strict=True)
        ],
    )


def _quotes(prices: list[tuple[int | None, int | None]], source: str, ages: list[int]) -> pl.DataFrame:
    rows = []
    for ticker, (bid, ask), age in zip(TICKERS, prices, ages, strict=True):
        at = AT - timedelta(minutes=age)
        rows.append(
            {
                "ticker": ticker,
                "at": at,
                "known_at": at,
                "source": source,
                "city": "chicago",
                "day": DAY,
                "yes_bid": bid,
                "yes_ask": ask,
            }
        )
    return _frame("quotes", rows)


REQUEST = pl.DataFrame({"city": ["chicago"], "day": [DAY], "at": [AT]}).with_columns(
    pl.col("at").cast(pl.Datetime("us", "UTC"))
)


def test_mids_are_normalised_and_empty_sides_are_the_edge() -> None:
    """Mids 15, 60 and 3 (no bid, ask 6) become shares of 78."""
    quotes = _quotes([(1000, 2000), (5500, 6500), (None, 600)], "poll", [0, 0, 0])
    row = consensus(REQUEST, _markets(), empty("dense"), quotes).row(0, named=True)
    assert row["probabilities"] == pytest.approx([15 / 78, 60 / 78, 3 / 78])
    assert row["source"] == "quotes"


def test_a_ladder_with_a_silent_leg_has_no_consensus() -> None:
    """A leg whose last poll is older than an hour leaves the ladder broken."""
    quotes = _quotes([(1000, 2000), (5500, 6500), (300, 600)], "poll", [0, 0, 61])
    assert consensus(REQUEST, _markets(), empty("dense"), quotes).is_empty()


def test_a_quote_not_yet_known_does_not_speak() -> None:
    """A poll one minute later is not used."""
    quotes = _quotes([(1000, 2000), (5500, 6500), (300, 600)], "poll", [0, 0, -1])
    assert consensus(REQUEST, _markets(), empty("dense"), quotes).is_empty()


def _dense(rows: list[tuple[int | None, int | None, int | None]], *, is_trading: bool = True) -> pl.DataFrame:
    return _frame(
        "dense",
        [
            {
                "ticker": t,
                "end_at": AT,
                "known_at": AT,
                "source": "prints",
                "yes_bid_close": bid,
                "yes_ask_close": ask,
                "price_close": price,
                "is_trading": is_trading,
            }
            for t, (bid, ask, price) in zip(TICKERS, rows, strict=True)
        ],
    )


def test_on_prints_a_one_sided_leg_falls_back_on_its_last_print() -> None:
    """An unseen side of a leg built from prints says nothing; the last print of 4 ¢ stands in."""
    dense = _dense([(1000, 2000, 1500), (5500, 6500, 6000), (None, 600, 400)])
    row = consensus(REQUEST, _markets(), dense, empty("quotes")).row(0, named=True)
    assert row["probabilities"] == pytest.approx([15 / 79, 60 / 79, 4 / 79])
    assert row["source"] == "prints"


def test_no_consensus_while_the_exchange_is_shut() -> None:
    """Minutes without trading are no market."""
    dense = _dense([(1000, 2000, 1500)] * 3, is_trading=False)
    assert consensus(REQUEST, _markets(), dense, empty("quotes")).is_empty()


def test_the_minute_before_a_pause_does_not_speak_for_it() -> None:
    """In the first minute of a pause the newest row is the pause's, and an older one is not asked instead."""
    before = _dense([(1000, 2000, 1500)] * 3).with_columns(pl.col("known_at") - timedelta(minutes=1))
    paused = _dense([(None, None, None)] * 3, is_trading=False)
    assert consensus(REQUEST, _markets(), before, empty("quotes")).height == 1
    assert consensus(REQUEST, _markets(), pl.concat([before, paused]), empty("quotes")).is_empty()


def test_the_last_minute_falls_silent_when_the_next_would_be_known() -> None:
    """A minute speaks for a minute from when it is known; two minutes after the exchange shut nobody does."""
    dense = _dense([(1000, 2000, 1500)] * 3)
    later = [REQUEST.with_columns(pl.col("at") + timedelta(minutes=n)) for n in (1, 2)]
    assert [consensus(asked, _markets(), dense, empty("quotes")).height for asked in later] == [1, 0]


def test_daily_ladder_is_taken_at_its_earliest_leg_or_left_out() -> None:
    """Legs within an hour give the earliest leg's instant; legs further apart are counted and left out."""
    prices: list[tuple[int | None, int | None]] = [(1000, 2000), (5500, 6500), (300, 600)]
    whole, apart = daily_consensus(_markets(), _quotes(prices, "daily", [0, 30, 60]))
    assert (whole["at"].to_list(), apart) == ([AT - timedelta(minutes=60)], 0)
    whole, apart = daily_consensus(_markets(), _quotes(prices, "daily", [0, 30, 61]))
    assert (whole.height, apart) == (0, 1)
