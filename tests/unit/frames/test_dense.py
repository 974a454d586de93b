"""Dense minutes, each rule by a tape small enough to follow by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl
from polars.testing import assert_frame_equal

from drybulb.frames.candles import CandleLatency, candles_from_prints
from drybulb.frames.dense import densify_month
from drybulb.frames.schema import Dense, empty
from tests import tape


def _dense(candles: pl.DataFrame, hours: pl.DataFrame | None = None, **listed: Any) -> pl.DataFrame:
    made = densify_month(candles, tape.markets(**listed), tape.sessions() if hours is None else hours)
    return Dense.validate(made)


def _from_prints(*rows: tape.Print, hours: pl.DataFrame | None = None) -> pl.DataFrame:
    return _dense(candles_from_prints(tape.prints(rows)), hours)


def _at(frame: pl.DataFrame, clock: str, *columns: str) -> tuple[Any, ...]:
    return frame.filter(pl.col("end_at") == tape.instant(clock)).select(columns).row(0)


def test_rows_from_open_to_close() -> None:
    """A market open from 15:00 to 15:14 has fourteen rows, 15:01 to 15:14, with or without candles."""
    made = _dense(empty("candles"))
    assert made["end_at"].to_list() == [tape.instant("15:00") + timedelta(minutes=n) for n in range(1, 15)]
    assert made["source"].unique().to_list() == ["prints"]
    assert made.select(pl.col("yes_bid_close", "yes_ask_close", "price_close", "bid_age").is_null().all()).row(0) == (
        True,
        True,
        True,
        True,
    )


def test_a_market_that_opens_within_a_minute() -> None:
    """A market that opens at 15:00:30 and closes at 15:03:30 has rows from 15:01 to 15:03."""
    made = _dense(empty("candles"), opens="15:00:30", closes="15:03:30")
    assert made["end_at"].to_list() == [tape.instant(f"15:0{n}") for n in (1, 2, 3)]


def test_no_rows_while_the_exchange_is_closed() -> None:
    """Minutes of a closed session have no rows: closed from 15:04 to 15:07, the row after 15:04 is 15:08."""
    hours = tape.sessions(("14:00", "15:04", "open"), ("15:07", "16:00", "open"))
    made = _dense(empty("candles"), hours)
    assert [f"{end:%M}" for end in made["end_at"]] == ["01", "02", "03", "04", *(f"{n:02d}" for n in range(8, 15))]


def test_markets_without_hours_have_no_rows() -> None:
    """A market whose open or close is unknown has no rows; with none left the table is empty and still a table."""
    made = _dense(empty("candles"), opens=None, closes=None)
    assert made.is_empty()
    assert made.schema == empty("dense").schema
    assert _dense(empty("candles"), tape.sessions().clear()).is_empty()


def test_a_carried_minute_repeats_the_close() -> None:
    """A minute without a candle has four times the carried close, no volume, and ages that grow by a minute."""
    made = _from_prints(("15:01:10", 52, "yes"), ("15:01:20", 54, "yes"), ("15:01:30", 48, "no"))
    assert _at(made, "15:02", "yes_ask_open", "yes_ask_high", "yes_ask_low", "yes_ask_close") == (
        5200,
        5400,
        5200,
        5400,
    )
    assert _at(made, "15:05", "yes_ask_open", "yes_ask_high", "yes_ask_low", "yes_ask_close") == (5400,) * 4
    assert _at(made, "15:05", "price_open", "price_high", "price_low", "price_close", "price_mean") == (4800,) * 5
    assert _at(made, "15:02", "bid_age", "ask_age", "price_age", "quote_age") == (0, 0, 0, 0)
    assert _at(made, "15:05", "bid_age", "ask_age", "price_age", "quote_age") == (3, 3, 3, 3)
    assert _at(made, "15:02", "volume", "has_trade", "is_observed") == (300, True, True)
    assert _at(made, "15:05", "volume", "has_trade", "is_observed") == (0, False, False)


def test_previous_is_the_price_carried_into_the_minute() -> None:
    """price_previous is what price_close was a minute ago."""
    made = _from_prints(("15:01:10", 52, "yes"), ("15:04:10", 55, "yes"))
    clocks = ("15:02", "15:03", "15:05", "15:06")
    assert [_at(made, clock, "price_previous")[0] for clock in clocks] == [None, 5200, 5200, 5500]


def test_the_quote_is_as_old_as_its_older_side() -> None:
    """quote_age is the greater of the two ages, and null while one side is unknown."""
    made = _from_prints(("15:01:10", 48, "no"), ("15:03:10", 52, "yes"))
    assert _at(made, "15:03", "bid_age", "ask_age", "quote_age") == (1, None, None)
    assert _at(made, "15:06", "bid_age", "ask_age", "quote_age") == (4, 2, 4)


def test_a_print_through_the_carried_side_nulls_it() -> None:
    """A carried bid of 48 is gone from the minute in which an ask was taken at 48, until a bid is seen again."""
    made = _from_prints(("15:01:10", 48, "no"), ("15:03:10", 48, "yes"), ("15:05:10", 45, "no"))
    assert _at(made, "15:03", "yes_bid_close", "bid_age") == (4800, 1)
    assert _at(made, "15:04", "yes_bid_open", "yes_bid_close", "bid_age", "yes_ask_close") == (None, None, None, 4800)
    assert _at(made, "15:05", "yes_bid_close") == (None,)
    assert _at(made, "15:06", "yes_bid_close", "bid_age") == (4500, 0)


def test_a_print_short_of_the_carried_side_leaves_it() -> None:
    """A carried ask of 52 stands after a bid was hit at 51, and is gone after one was hit at 53."""
    made = _from_prints(("15:01:10", 52, "yes"), ("15:03:10", 51, "no"), ("15:05:10", 53, "no"))
    assert _at(made, "15:04", "yes_ask_close", "ask_age") == (5200, 2)
    assert _at(made, "15:06", "yes_ask_close", "ask_age") == (None, None)


def test_a_side_gone_within_its_minute_is_not_carried() -> None:
    """A bid seen and nulled in one minute keeps its extremes there, and is null at its close and after."""
    made = _from_prints(("15:01:10", 48, "no"), ("15:01:20", 47, "yes"))
    assert _at(made, "15:02", "yes_bid_high", "yes_bid_close", "bid_age") == (4800, None, None)
    assert _at(made, "15:03", "yes_bid_high", "yes_bid_close", "bid_age") == (None, None, None)


def test_nothing_is_carried_across_a_closed_session() -> None:
    """After a closed session sides, price, their ages and price_previous are null until seen again."""
    hours = tape.sessions(("14:00", "15:04", "open"), ("15:07", "16:00", "open"))
    made = _from_prints(("15:01:10", 48, "no"), ("15:02:10", 52, "yes"), ("15:09:10", 50, "yes"), hours=hours)
    sides = ("yes_bid_close", "yes_ask_close", "price_close", "price_previous", "bid_age", "price_age", "quote_age")
    assert _at(made, "15:04", *sides) == (4800, 5200, 5200, 5200, 2, 1, 2)
    assert _at(made, "15:08", *sides) == (None,) * 7
    assert _at(made, "15:10", *sides) == (None, 5000, 5000, None, None, 0, None)


def test_a_pause_has_rows_and_nothing_in_them() -> None:
    """Minutes of a pause are there with is_trading false; nothing is seen in them or carried through them."""
    hours = tape.sessions(("14:00", "16:00", "open"), ("15:04", "15:06", "pause"))
    made = _from_prints(("15:01:10", 48, "no"), ("15:04:30", 47, "no"), hours=hours)
    assert made.height == 14
    assert made.filter(~pl.col("is_trading"))["end_at"].to_list() == [tape.instant("15:05"), tape.instant("15:06")]
    for clock in ("15:05", "15:06", "15:07"):
        assert _at(made, clock, "yes_bid_close", "price_close", "is_observed", "volume") == (None, None, False, 0)


def test_a_null_side_of_the_exchange_is_an_empty_book() -> None:
    """Where the exchange says nobody bids, the bid is null from then on, while one of prints would be carried."""
    seen = tape.candles(tape.candle("15:02", bid=40, ask=44), tape.candle("15:04", ask=45))
    made = _dense(seen)
    assert _at(made, "15:03", "yes_bid_close", "yes_ask_close", "bid_age") == (4000, 4400, 1)
    assert _at(made, "15:05", "yes_bid_close", "yes_ask_close", "bid_age", "ask_age") == (None, 4500, None, 1)
    assert made.filter(pl.col("end_at") > tape.instant("15:01"))["source"].unique().to_list() == ["exchange"]


def test_a_quote_without_a_trade_carries_the_price() -> None:
    """An exchange candle without a trade shows the quote, and the price carried with its age."""
    made = _dense(tape.candles(tape.candle("15:02", bid=40, ask=44, price=42), tape.candle("15:05", bid=41, ask=44)))
    assert _at(made, "15:05", "yes_bid_close", "price_close", "price_age", "has_trade", "is_observed") == (
        4100,
        4200,
        3,
        False,
        True,
    )


def test_the_exchange_comes_before_prints() -> None:
    """From the exchange's first candle on, candles of prints are left aside; before it they count."""
    prints = candles_from_prints(tape.prints([("15:01:10", 30, "no"), ("15:06:10", 35, "no")]))
    made = _dense(pl.concat([prints, tape.candles(tape.candle("15:05", bid=40, ask=44))]))
    assert _at(made, "15:04", "source", "yes_bid_close") == ("prints", 3000)
    assert _at(made, "15:05", "source", "yes_bid_close") == ("exchange", 4000)
    assert _at(made, "15:07", "source", "yes_bid_close", "is_observed") == ("exchange", 4000, False)


def test_a_crossed_book_of_the_exchange_is_flagged() -> None:
    """Where the exchange itself reports a bid at or above the ask the row says so, carried or not."""
    made = _dense(tape.candles(tape.candle("15:02", bid=44, ask=44)))
    assert _at(made, "15:02", "is_crossed") == (True,)
    assert _at(made, "15:03", "is_crossed") == (True,)
    assert _at(made, "15:01", "is_crossed") == (False,)


def test_open_interest_is_carried() -> None:
    """Open interest stands until the exchange gives another."""
    row = tape.candle("15:02", bid=40, ask=44) | {"open_interest": 7_500}
    made = _dense(tape.candles(row, tape.candle("15:04", bid=40, ask=45)))
    assert _at(made, "15:06", "open_interest") == (7_500,)


def test_rows_are_known_with_their_source() -> None:
    """A row is known at its end plus its source's latency, whether a candle was seen in it or not."""
    prints = candles_from_prints(tape.prints([("15:01:10", 30, "no")]), timedelta(seconds=3))
    both = pl.concat([prints, tape.candles(tape.candle("15:05", bid=40, ask=44))])
    latency = CandleLatency(prints=timedelta(seconds=3), exchange=timedelta(seconds=2))
    made = densify_month(both, tape.markets(), tape.sessions(), latency)
    clocks = ("15:02", "15:03", "15:05", "15:06")
    known = [tape.instant(clock) for clock in ("15:02:03", "15:03:03", "15:05:02", "15:06:02")]
    assert [_at(made, clock, "known_at")[0] for clock in clocks] == known


def test_a_late_candle_counts_from_the_minute_that_could_know_it() -> None:
    """A candle of 15:02 known at 15:04:20 stands from 15:05 on, three minutes old, and is no minute's bar."""
    made = _dense(tape.candles(tape.candle("15:02", bid=40, ask=44, delay=140.0)))
    assert _at(made, "15:04", "yes_bid_close") == (None,)
    assert _at(made, "15:05", "yes_bid_close", "bid_age", "is_observed") == (4000, 3, False)


def test_a_candle_overtaken_by_a_newer_one_says_nothing() -> None:
    """A candle of 15:02 known only after that of 15:04 does not overwrite it."""
    late = tape.candle("15:02", bid=40, ask=44, delay=240.0)
    made = _dense(tape.candles(late, tape.candle("15:04", bid=42, ask=44)))
    assert _at(made, "15:07", "yes_bid_close", "bid_age") == (4200, 3)


def test_the_order_of_rows_does_not_matter() -> None:
    """Candles, markets and sessions in any order give the same rows."""
    made = pl.concat([candles_from_prints(tape.drawn_prints(3)), tape.drawn_exchange_candles(3)])
    markets, hours = (
        tape.markets(tickers=("A", "B")),
        tape.sessions(("14:00", "15:04", "open"), ("15:06", None, "open")),
    )
    turned = densify_month(made.reverse(), markets.reverse(), hours.reverse())
    assert_frame_equal(densify_month(made, markets, hours), turned, check_exact=True)
